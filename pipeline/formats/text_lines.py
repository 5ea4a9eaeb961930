"""Whole lines of a text file, some at a time, and the numbers in them as rows.

Programs of surveyors separate numbers by blanks, tabs, commas or semicolons, and some write decimals with a
comma. Which it is, the first line of numbers says; ``numbers`` reads them in bulk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused

from . import limits, numbers

_DECIMAL_COMMA = re.compile(rb"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")
_NUMBER = re.compile(rb"[-+]?(?:\d|\.\d|nan|inf|1\.#)", re.IGNORECASE)


class Lines:
    """Reads a file by whole lines; ``\\r\\n`` and ``\\r`` end one too.

    Args:
        file: open, at its start.
        name: of the file, for refusals.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.file, self.name = file, name
        self.number = 1
        self._text, self._at, self._ended = b"", 0, False
        self._last_was_return = False

    def peek(self) -> bytes | None:
        """Gives the next line without its end, None at the end of the file."""
        if not self._fill():
            return None
        return self._text[self._at : self._text.index(b"\n", self._at)]

    def line(self) -> bytes | None:
        """Takes the next line, None at the end of the file."""
        found = self.peek()
        if found is not None:
            self._at += len(found) + 1
            self.number += 1
        return found

    def block(self, most: int | None = None) -> bytes:
        """Takes as many whole lines as have been read, at most ``most``; nothing at the end of the file."""
        if not self._fill():
            return b""
        end = self._text.rindex(b"\n") + 1
        if most is not None and self._text.count(b"\n", self._at, end) > most:
            ends = np.flatnonzero(np.frombuffer(self._text, np.uint8, offset=self._at) == 10)
            end = self._at + int(ends[most - 1]) + 1
        block = self._text[self._at : end]
        self.number += block.count(b"\n")
        self._at = end
        return block

    def _fill(self) -> bool:
        """Has at least one whole line ready; False at the end of the file."""
        while self._text.find(b"\n", self._at) < 0:
            rest = self._text[self._at :]
            if len(rest) > limits.LINE_MAX_BYTES:
                raise Refused(f"line {self.number} has no end", where=self.name, do="export the file again")
            if self._ended:
                self._text, self._at = (rest + b"\n" if rest else b""), 0
                return bool(rest)
            self._text, self._at = rest + self._read(), 0
        return True

    def _read(self) -> bytes:
        read = self.file.read(limits.BLOCK_BYTES)
        self._ended = not read
        if self._last_was_return and read.startswith(b"\n"):
            read = read[1:]
        self._last_was_return = read.endswith(b"\r")
        return read.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in read else read


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a file spells its rows: what separates numbers, and the sign of the decimals."""

    columns: int
    separators: bytes = b""
    decimal_comma: bool = False

    @staticmethod
    def of(line: bytes) -> Spelling | None:
        """Finds it from a line of numbers; None where the line is not one."""
        if b";" in line:
            found = Spelling(0, b";", b"," in line)
        elif b"," in line and all(_DECIMAL_COMMA.fullmatch(w) or w.isdigit() for w in line.split()):
            alone = len(line.split()) == 1  # 1,2,3 without a blank is a row, and so is 1,2
            found = Spelling(0, b"," if alone else b"", not alone)
        else:
            found = Spelling(0, b"," if b"," in line else b"")
        words = found.plain(line).split()
        if not words or not all(_NUMBER.match(word) for word in words):
            return None
        return Spelling(len(words), found.separators, found.decimal_comma)

    def plain(self, text: bytes) -> bytes:
        """Gives text with blanks between numbers and points in them."""
        for separator in self.separators:
            text = text.replace(bytes([separator]), b" ")
        return text.replace(b",", b".") if self.decimal_comma else text

    def rows(self, text: bytes, name: str, line: int) -> NDArray[np.float64]:
        """Gives whole lines as rows, (N, columns); empty lines are none.

        Args:
            text: the lines.
            name: of the file.
            line: number of the first of them, for refusals.

        Raises:
            Refused: a line holds something that is no number, or not as many numbers as the first one.
        """
        plain = self.plain(text)
        data = np.frombuffer(plain, np.uint8)
        blank = data <= 32
        begins = ~blank
        begins[1:] &= blank[:-1]
        words = np.bincount((np.cumsum(data == 10) - (data == 10))[begins])
        uneven = np.flatnonzero((words != 0) & (words != self.columns))
        if len(uneven):
            at = int(uneven[0])
            raise Refused(
                f"the line has {words[at]} numbers and the first one has {self.columns}",
                where=f"{name}, line {line + at}",
                do="export the file again",
            )
        values = numbers.floats(plain, where=f"{name}, after line {line}")
        if len(values) != self.columns * int((words != 0).sum()):
            raise Refused(
                "the data holds something that is no number",
                where=f"{name}, after line {line}",
                do="export it again",
            )
        return values.reshape(-1, self.columns)
