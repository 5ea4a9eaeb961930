"""The lines of an OBJ file as columns, a block at a time.

A block's lines are classed by their first bytes; lines of one class are laid end to end and parsed by
``numbers``. Corners (``f 1/2/3``) need no case for each spelling: every run of digits is a number, and the
slashes since the last blank say which of v, vt, vn it is.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.progress import report

from . import limits, numbers

Bytes = NDArray[np.uint8]

AHEAD = 2
"""Blocks parsed at a time."""
_NEWLINE, _SLASH, _MINUS, _HASH = 10, 47, 45, 35
_WIDEST = 8
"""Numbers of the longest sensible vertex line: x y z w and a colour with alpha."""
_BLANK = np.zeros(256, np.bool_)
_BLANK[[9, 10, 11, 12, 13, 32]] = True
_DIGIT = np.zeros(256, np.bool_)
_DIGIT[48:58] = True
_IN_FACE = _BLANK | _DIGIT
_IN_FACE[[_SLASH, _MINUS]] = True
_COMMENT = re.compile(rb"(?<!\.)#[^\n]*")  # "-1.#IND" is no comment but a number that is none
_CONTINUED = re.compile(rb"\\[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of the file.

    Attributes:
        v, vt, vn: numbers of those lines, (N, C), NaN where a line has fewer than the longest.
        seen: (F, 3) for every face how many v, vt and vn lines stand before it in this block.
        corners: (C, 3) int64, v, vt and vn as written, 0 where not written.
        sizes: (F,) corners of every face.
        face_lines: (F,) number of every face's line in the file, from 1.
        words: lines ``usemtl`` and ``mtllib``: (faces of this block before it, key, rest).
    """

    v: NDArray[np.float64]
    vt: NDArray[np.float64]
    vn: NDArray[np.float64]
    seen: NDArray[np.int64]
    corners: NDArray[np.int64]
    sizes: NDArray[np.int64]
    face_lines: NDArray[np.int64]
    words: tuple[tuple[int, str, bytes], ...]


def blocks(file: BinaryIO, *, size: int, name: str) -> Iterator[Block]:
    """Reads the file from where it stands; a block ends at a line's end.

    Two blocks are parsed side by side: numpy lets go of the interpreter for two thirds of the work.

    Raises:
        Refused: a line without end, or one of numbers that holds something else.
    """
    with ThreadPoolExecutor(AHEAD) as pool:
        waiting: deque[Future[Block]] = deque()
        try:
            for text, line in _texts(file, size=size, name=name):
                waiting.append(pool.submit(_block, text, name, line))
                if len(waiting) > AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _texts(file: BinaryIO, *, size: int, name: str) -> Iterator[tuple[bytes, int]]:
    """Whole lines, a block of them at a time, and the number of the first."""
    rest, line = b"", 1
    while True:
        read = file.read(limits.BLOCK_BYTES)
        if b"\n" not in read:  # lines that end as on the Macintosh of the nineties
            read = read.replace(b"\r", b"\n")
        text = rest + read
        cut = _cut(text) if read else len(text)
        if cut == 0 and len(text) > limits.LINE_MAX_BYTES:
            raise Refused(f"line {line} has no end", where=name, do="the file is damaged: export it again")
        text, rest = text[:cut], text[cut:]
        if text:
            yield text, line
            line += text.count(b"\n")
        report(file.tell(), size, "bytes")
        if not read:
            return


def _cut(text: bytes) -> int:
    """Where the last whole line ends that is not continued on the next."""
    cut = text.rfind(b"\n") + 1
    while cut and text[max(0, cut - 16) : cut].rstrip(b"\r\n \t").endswith(b"\\"):
        cut = text.rfind(b"\n", 0, cut - 1) + 1
    return cut


def _block(text: bytes, name: str, line: int) -> Block:
    if b"\\" in text:
        text = _CONTINUED.sub(b" ", text)
    if not text.endswith(b"\n"):
        text += b"\n"
    data = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(data == _NEWLINE)
    starts = _past_blanks(text, data, np.concatenate(([0], ends[:-1] + 1)), ends)
    first, second, third = (data[np.minimum(starts + k, ends)] for k in range(3))
    gap = _BLANK[second]
    wide_gap = ~gap & _BLANK[third]
    is_v = (first == ord("v")) & gap
    is_vt = (first == ord("v")) & (second == ord("t")) & wide_gap
    is_vn = (first == ord("v")) & (second == ord("n")) & wide_gap
    is_f = (first == ord("f")) & (gap | ((second == ord("o")) & wide_gap))
    faces = np.flatnonzero(is_f)
    corners, sizes = _corners(_Lines.of(data, starts, ends, is_f), name, line + faces)
    seen = np.column_stack([np.cumsum(mask)[faces] for mask in (is_v, is_vt, is_vn)])
    words = []
    for i in np.flatnonzero((first == ord("u")) | (first == ord("m"))).tolist():
        key, *rest = text[starts[i] : ends[i]].split(None, 1)
        if key in (b"usemtl", b"mtllib"):
            before = int(np.searchsorted(faces, i))
            words.append((before, key.decode("ascii"), rest[0].strip() if rest else b""))
    where = f"{name}, after line {line}"
    return Block(
        v=_table(_Lines.of(data, starts, ends, is_v), 3, where),
        vt=_table(_Lines.of(data, starts, ends, is_vt), 1, where),
        vn=_table(_Lines.of(data, starts, ends, is_vn), 3, where),
        seen=seen,
        corners=corners,
        sizes=sizes,
        face_lines=line + faces,
        words=tuple(words),
    )


def _past_blanks(
    text: bytes, data: Bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Moves the starts of indented lines to their first word."""
    for i in np.flatnonzero(_BLANK[data[starts]] & (starts < ends)).tolist():
        line = text[starts[i] : ends[i]]
        starts[i] += len(line) - len(line.lstrip())
    return starts


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines of one class laid end to end, each with its newline, keywords and comments blanked."""

    data: Bytes
    starts: NDArray[np.int64]
    token_starts: NDArray[np.bool_]
    blank: NDArray[np.bool_]

    @staticmethod
    def of(
        data: Bytes, starts: NDArray[np.int64], ends: NDArray[np.int64], mask: NDArray[np.bool_]
    ) -> _Lines:
        if not mask.any():
            none = np.empty(0, np.bool_)
            return _Lines(np.empty(0, np.uint8), np.empty(0, np.int64), none, none)
        lengths = ends + 1 - starts
        if mask.all() and (lengths[:-1] == np.diff(starts)).all():
            chosen = data[starts[0] :].copy()
        else:
            low, high = int(np.argmax(mask)), len(mask) - int(np.argmax(mask[::-1]))
            edges = np.concatenate((starts[low:high], ends[high - 1 : high] + 1))
            chosen = data[edges[0] : edges[-1]][np.repeat(mask[low:high], np.diff(edges))]
            lengths = np.diff(edges)
            lengths = np.concatenate((lengths[:-1], ends[high - 1 : high] + 1 - edges[-2]))[mask[low:high]]
            mask = np.ones(len(lengths), np.bool_)
        begins = np.concatenate(([0], np.cumsum(lengths[mask])[:-1]))
        chosen[begins] = 32
        chosen[begins + 1] = np.where(chosen[begins + 1] == _NEWLINE, _NEWLINE, 32)
        if (chosen == _HASH).any():
            text = _COMMENT.sub(b"", chosen.tobytes())
            chosen = np.frombuffer(text, np.uint8)
            begins = np.concatenate(([0], np.flatnonzero(chosen == _NEWLINE)[:-1] + 1))
        blank = _BLANK[chosen]
        token_starts = ~blank
        token_starts[1:] &= blank[:-1]
        return _Lines(chosen, begins, token_starts, blank)

    def tokens(self) -> NDArray[np.int64]:
        """Words of every line."""
        if not len(self.starts):
            return np.empty(0, np.int64)
        return np.add.reduceat(self.token_starts, self.starts, dtype=np.int64)


def _table(lines: _Lines, least: int, where: str) -> NDArray[np.float64]:
    """Numbers of the lines, one row each; NaN where a line has fewer than the longest."""
    tokens = lines.tokens()
    if not len(tokens):
        return np.empty((0, 0), np.float64)
    low, high = int(tokens.min()), int(tokens.max())
    if low < least or high > _WIDEST:
        wrong = low if low < least else high
        raise Refused(
            f"a vertex line has {wrong} numbers", where=where, do="the file is damaged: export it again"
        )
    values = numbers.floats(lines.data.tobytes(), where=where)
    if len(values) != int(tokens.sum()):
        raise Refused("a vertex line holds something that is no number", where=where, do="export it again")
    if low == high:
        return values.reshape(-1, high)
    table = np.full((len(tokens), high), np.nan)
    table[np.arange(high) < tokens[:, None]] = values
    return table


def _corners(lines: _Lines, name: str, at: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Corners as (C, 3) numbers for v, vt, vn, 0 where missing; and how many each face has."""
    data, sizes = lines.data, lines.tokens()
    if not len(sizes):
        return np.empty((0, 3), np.int64), sizes
    odd = ~_IN_FACE[data]
    if odd.any():
        line = int(at[np.searchsorted(lines.starts, int(np.argmax(odd)), side="right") - 1])
        raise Refused("the face holds something that is no number", where=f"{name}, line {line}")
    slash = data == _SLASH
    numeric = ~(lines.blank | slash)
    numeric[1:] &= ~numeric[:-1]
    begins = np.flatnonzero(numeric)
    values = numbers.integers(np.where(slash, np.uint8(32), data).tobytes())
    if values is None or len(values) != len(begins):
        raise Refused("a face is misspelt", where=f"{name}, lines {at[0]} to {at[-1]}", do="export it again")
    if not slash.any():
        corners = np.zeros((len(values), 3), np.int64)
        corners[:, 0] = values
        return corners, sizes
    slashes = np.cumsum(slash, dtype=np.int32)
    tokens = np.flatnonzero(lines.token_starts)
    corner = np.searchsorted(tokens, begins, side="right") - 1
    slot = slashes[begins] - slashes[tokens[corner]] + slash[tokens[corner]]
    if int(slot.max()) > 2:
        raise Refused("a corner has more than three numbers", where=f"{name}, lines {at[0]} to {at[-1]}")
    corners = np.zeros((len(tokens), 3), np.int64)
    corners[corner, slot] = values
    return corners, sizes
