"""Clouds as text: XYZ, PTS, ASC, TXT, CSV. One point a line, with or without a line of its own for the count.

There is no standard. What the columns after x, y and z are is told by names in the first line (CloudCompare
writes ``//X Y Z R G B``), else by how many there are and what they hold:

    4   intensity
    6   colours, or normals where the three have length one
    7   intensity and colours (PTS), or colours and intensity where the first three are whole bytes
    9   colours and normals, either way round
    10  as 9, with an intensity before or after the colours

Colours are fractions of one, bytes or 16 bits, whichever the largest of the file asks for. Intensities are
not taken for colours: they are how strongly one wavelength came back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.finding import Finding
from pipeline.errors import Refused
from pipeline.matter.cloud import Cloud
from pipeline.progress import report

from . import assemble, limits
from .gather import Gathering
from .text_lines import Lines, Spelling

_NAMES = {
    **{name: axis for axis in "xyz" for name in (axis, f"coord_{axis}", f"coordinate{axis}")},
    **dict.fromkeys(("r", "red", "rf"), "r"),
    **dict.fromkeys(("g", "green", "gf"), "g"),
    **dict.fromkeys(("b", "blue", "bf"), "b"),
    **dict.fromkeys(("nx", "normalx", "normal_x"), "nx"),
    **dict.fromkeys(("ny", "normaly", "normal_y"), "ny"),
    **dict.fromkeys(("nz", "normalz", "normal_z"), "nz"),
    **dict.fromkeys(("i", "intensity", "reflectance", "scalar", "int"), "i"),
}
_GUESSED_ROWS = 4096
"""Rows looked at to tell what the columns hold."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row the colour and the normal begin, None without; and whether there are intensities."""

    colour: int | None = None
    normal: int | None = None
    intensity: bool = False
    position: int = 0


def read_points(path: Path) -> Cloud:
    """Reads a cloud of text.

    Raises:
        Refused: a line that is no row of numbers, fewer points than the file claims, or none.
    """
    name, size = path.name, path.stat().st_size
    gathering, columns = Gathering(name), Columns()
    with path.open("rb") as file:
        lines = Lines(file, name)
        names, claimed = _head(lines)
        spelling = _spelling(lines)
        read = 0
        while True:
            claimed = _next_claim(lines, claimed, read)
            line = lines.number
            text = lines.block(claimed - read if claimed is not None and claimed > read else None)
            if not text:
                break
            rows = spelling.rows(text, name, line)
            if read == 0:
                columns = _named(names, spelling.columns) or _guessed(rows[:_GUESSED_ROWS])
            read += len(rows)
            _take(gathering, rows, columns)
            report(file.tell(), size, "bytes")
    if claimed is not None and read < claimed:
        raise Refused(
            f"the file ends after {read} of its {claimed} points", where=name, do="copy or export it again"
        )
    noted: tuple[Finding, ...] = ()
    if columns.intensity and columns.colour is None:
        noted = (Finding("points-only-intensity", "info", {}),)
    return gathering.cloud(source_format="points", findings=noted)


def files_of(path: Path) -> tuple[Path, ...]:
    """Gives the file: a cloud of text needs no other."""
    return (path,)


def _head(lines: Lines) -> tuple[list[str], int | None]:
    """Takes comments, one line of names and one with the count: the names, and the points claimed."""
    names: list[str] = []
    while (line := lines.peek()) is not None:
        text = line.decode("utf-8", "replace").strip().lstrip("\ufeff")
        words = [w for w in re.split(r"[\s,;]+", text.lstrip("/#").strip()) if w]
        known = [_NAMES.get(re.sub(r"[\"'()\[\]]|\(.*", "", w).lower(), "") for w in words]
        if {"x", "y", "z"} <= set(known):
            names = known
        elif text and not text.startswith(("//", "#", ";", "!")):
            break
        lines.line()
    if line is not None and re.fullmatch(rb"\s*\d+\s*", line):
        count = int(line)
        assemble.count("points", count, limits.POINTS_MAX, name=lines.name)
        lines.line()
        return names, count
    return names, None


def _next_claim(lines: Lines, claimed: int | None, read: int) -> int | None:
    """Takes the count of the next scan where one is read and another follows: PTS files may hold many."""
    if claimed is None or read < claimed:
        return claimed
    while (line := lines.peek()) is not None and not line.strip():
        lines.line()
    if line is None or not re.fullmatch(rb"\s*\d+\s*", line):
        return claimed
    lines.line()
    assemble.count("points", claimed + int(line), limits.POINTS_MAX, name=lines.name)
    return claimed + int(line)


def _spelling(lines: Lines) -> Spelling:
    while (line := lines.peek()) is not None and not line.strip():
        lines.line()
    if line is None:
        raise Refused("the file holds no points", where=lines.name, do="export the cloud again")
    spelling = Spelling.of(line)
    where = f"{lines.name}, line {lines.number}"
    if spelling is None:
        shown = line[:40].decode("ascii", "replace")
        raise Refused(f"{shown!r} stands where a number should", where=where, do="export the file again")
    if spelling.columns < 3:
        raise Refused(
            f"the line has {spelling.columns} numbers and a point needs three",
            where=where,
            do="export the file again",
        )
    return spelling


def _named(names: list[str], count: int) -> Columns | None:
    if len(names) != count:
        return None

    def at(*wanted: str) -> int | None:
        first = names.index(wanted[0]) if wanted[0] in names else -1
        return first if first >= 0 and tuple(names[first : first + len(wanted)]) == wanted else None

    position = at("x", "y", "z")
    return (
        None if position is None else Columns(at("r", "g", "b"), at("nx", "ny", "nz"), "i" in names, position)
    )


def _guessed(rows: NDArray[np.float64]) -> Columns:
    count = rows.shape[1]
    normal = next(
        (at for at in (count - 3, 3, 6) if 3 <= at <= count - 3 and _are_normals(rows[:, at : at + 3])), None
    )
    left = [at for at in range(3, count) if normal is None or not normal <= at < normal + 3]
    if len(left) < 3:
        return Columns(None, normal, bool(left))
    starts = [left[i] for i in range(len(left) - 2) if left[i + 2] == left[i] + 2]
    whole = [at for at in starts if _are_bytes(rows[:, at : at + 3])]
    if not starts:
        return Columns(None, normal, True)
    # PTS puts the intensity first, so of two places that could be the later one is
    return Columns((whole or starts)[-1], normal, len(left) > 3)


def _are_normals(three: NDArray[np.float64]) -> bool:
    length = np.linalg.norm(three, axis=1)
    return bool((np.abs(length - 1) < 0.01).mean() > 0.95 and (three < 0).any())


def _are_bytes(three: NDArray[np.float64]) -> bool:
    return bool(((three >= 0) & (three <= 255) & (three == np.rint(three))).all())


def _take(gathering: Gathering, rows: NDArray[np.float64], columns: Columns) -> None:
    def three(at: int | None) -> Any:
        return None if at is None else rows[:, at : at + 3].astype(np.float32)

    with np.errstate(over="ignore"):
        colours, normals = three(columns.colour), three(columns.normal)
    position = rows[:, columns.position : columns.position + 3]
    gathering.add(position.copy(), colours=colours, normals=normals)
