"""The head of a PLY file: format, elements, properties, comments (Greg Turk, "The PLY Polygon File Format",
1994)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO, Literal

from pipeline.errors import Refused

from . import limits

Order = Literal["ascii", "<", ">"]
_ORDERS: dict[str, Order] = {"ascii": "ascii", "binary_little_endian": "<", "binary_big_endian": ">"}
_TYPES = {
    **{"char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4"},
    **{"float": "f4", "double": "f8", "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2"},
    **{"int32": "i4", "uint32": "u4", "float32": "f4", "float64": "f8", "int64": "i8", "uint64": "u8"},
}
_END = re.compile(rb"(?:^|(?<=[\r\n]))end_header[ \t]*(?=[\r\n]|$)")


@dataclass(frozen=True, slots=True)
class Property:
    """A scalar, or a list where ``count_type`` is set. Types as NumPy's, without byte order (``f4``)."""

    name: str
    type: str
    count_type: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """An element: ``count`` records of these properties."""

    name: str
    count: int
    properties: tuple[Property, ...]

    @property
    def lists(self) -> tuple[Property, ...]:
        """The properties that are lists."""
        return tuple(p for p in self.properties if p.count_type)


@dataclass(frozen=True, slots=True)
class Header:
    """The whole head; ``body_at`` is the byte where the data begins."""

    order: Order
    elements: tuple[Element, ...]
    comments: tuple[str, ...]
    body_at: int

    def element(self, name: str) -> Element | None:
        """The element of that name, or None."""
        return next((e for e in self.elements if e.name == name), None)

    @property
    def texture_files(self) -> tuple[str, ...]:
        """Names in ``comment TextureFile …``, in order: what ``texnumber`` counts."""
        split = (c.split(None, 1) for c in self.comments)
        return tuple(
            words[1].strip() for words in split if len(words) == 2 and words[0].lower() == "texturefile"
        )


def read_header(file: BinaryIO, *, name: str) -> Header:
    """Reads the head from the start of the file.

    Raises:
        Refused: no PLY, no end of the head, or a line in it that means nothing.
    """
    file.seek(0)
    data = file.read(limits.HEADER_MAX_BYTES)
    end = _END.search(data)
    if not re.match(rb"ply[ \t]*[\r\n]", data) or end is None:
        raise Refused("this is no PLY file, or its head has no end", where=name, do="export it again")
    newline = b"\r\n" if b"\r\n" in data[:8] else b"\n" if b"\n" in data[:8] else b"\r"
    lines = [_text(line).strip() for line in re.split(rb"\r\n|\n|\r", data[: end.start()])]
    order: Order | None = None
    elements: list[tuple[str, int, list[Property]]] = []
    comments: list[str] = []
    for number, line in enumerate(lines[1:], start=2):
        key, _, rest = line.partition(" ")
        words = rest.split()
        try:
            if key == "format":
                order = _ORDERS[words[0]]
            elif key == "element":
                elements.append((words[0], int(words[1]), []))
            elif key == "property":
                elements[-1][2].append(_property(words))
            elif key in ("comment", "obj_info"):
                comments.append(rest)
            elif line:
                raise ValueError
        except (ValueError, KeyError, IndexError):
            raise Refused(
                f"line {number} of the head means nothing: {line[:60]!r}", where=name, do="export it again"
            ) from None
    if order is None:
        raise Refused("the head does not say which format the data has", where=name, do="export it again")
    body_at = min(end.end() + len(newline), len(data))
    return Header(order, tuple(Element(n, c, tuple(p)) for n, c, p in elements), tuple(comments), body_at)


def _property(words: list[str]) -> Property:
    if words[0] == "list":
        if _TYPES[words[1]][0] == "f":
            raise ValueError
        return Property(words[3], _TYPES[words[2]], _TYPES[words[1]])
    return Property(words[1], _TYPES[words[0]])


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("gb18030", errors="replace")
