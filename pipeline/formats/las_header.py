"""The head of a LAS file, looked at before laspy sees it: laspy believes its counts, and one byte turned in
the number of records kept it reading nothing for hours. In a LAZ file a wrong number of chunks has lazrs ask
for 30 GB and end the whole process."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from pipeline.errors import Refused

from . import assemble

_SMALLEST, _WITH_LONG_COUNT = 227, 375
_RECORD_BYTES = 54
_COMPRESSED = 0x80
_LASZIP = 22204
_CHUNK_MIN_BYTES = 20
"""A chunk begins with a whole point."""


@dataclass(frozen=True, slots=True)
class LasHead:
    """What the head claims, where that can be: points, and whether they are packed (LAZ)."""

    points: int
    packed: bool


def read_las_head(path: Path) -> LasHead:
    """Reads and checks the head (LAS 1.4 R15, table 3).

    Raises:
        Refused: cut off, or a claim that the length of the file makes impossible.
    """
    name, size = path.name, path.stat().st_size
    with path.open("rb") as file:
        data = file.read(_WITH_LONG_COUNT)
        head = _claims(data, size, name)
        if head.packed:
            length, points_at, records, _, width = struct.unpack_from("<HIIBH", data, 94)
            _hold_items(file, length, records, width, name)
            _hold_chunks(file, points_at, size, name)
    return head


def _claims(data: bytes, size: int, name: str) -> LasHead:
    if len(data) < _SMALLEST:
        raise Refused("the head of the LAS file is cut off", where=name, do="copy it again")
    length, points_at, records, kind, width, points = struct.unpack_from("<HIIBHI", data, 94)
    if data[25] >= 4 and len(data) >= 255:
        points = struct.unpack_from("<Q", data, 247)[0] or points
    packed = bool(kind & _COMPRESSED)
    assemble.packed_points(points, size, name=name)
    if points_at > size or length + records * _RECORD_BYTES > points_at:
        raise Refused(
            f"the head of the LAS file claims {records} records before the points, which have no room there",
            where=name,
            do="copy or export it again",
        )
    if not packed and points_at + points * width > size:
        raise Refused(
            f"the file claims {points} points but is only {size} bytes long", where=name, do="copy it again"
        )
    numbers = np.array(struct.unpack_from("<6d", data, 131))
    if not (np.isfinite(numbers).all() and (numbers[:3] > 0).all()):
        raise Refused("the file states no scale for its coordinates", where=name, do="export it again")
    return LasHead(points, packed)


def _hold_items(file: BinaryIO, at: int, records: int, width: int, name: str) -> None:
    """Refuses a packed file that says another width of a point where it says how it is packed."""
    for _ in range(records):
        file.seek(at)
        head = file.read(_RECORD_BYTES)
        if len(head) < _RECORD_BYTES:
            break
        number, length = struct.unpack_from("<HH", head, 18)
        if number == _LASZIP and head[2:18].rstrip(b"\0") == b"laszip encoded":
            data = file.read(length)
            count = struct.unpack_from("<H", data, 32)[0] if len(data) >= 34 else 0
            items = np.frombuffer(data[34 : 34 + 6 * count], np.uint8)
            if count and len(items) == 6 * count and int(items.view("<u2")[1::3].sum()) == width:
                return
            break
        at += _RECORD_BYTES + length
    raise _damaged(name)


def _hold_chunks(file: BinaryIO, points_at: int, size: int, name: str) -> None:
    """Refuses a table of more chunks than the file has room for."""
    file.seek(points_at)
    place = file.read(8)
    if len(place) == 8:
        at = struct.unpack("<q", place)[0]
        if at == -1:  # written without going back: then the place stands at the end
            file.seek(max(size - 8, 0))
            at = struct.unpack("<q", file.read(8))[0]
        if points_at <= at <= size - 8:
            file.seek(at)
            _, chunks = struct.unpack("<II", file.read(8))
            if chunks * _CHUNK_MIN_BYTES <= size:
                return
    raise _damaged(name)


def _damaged(name: str) -> Refused:
    return Refused("the packing of the LAZ file is damaged", where=name, do="copy or export it again")
