"""Image files from the outside: which kind by its first bytes, and whether the end is there. Nothing is
decoded.

A download or a memory stick that stopped half-way leaves a file with a good header; the table of contents at
the front (TIFF, WebP, KTX2), the chain of chunks (PNG) or the end marker (JPEG) tells.
"""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

KTX2_MAGIC = b"\xabKTX 20\xbb\r\n\x1a\n"

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (KTX2_MAGIC, "image/ktx2"),
)


def media_type(head: bytes) -> str:
    """Gives the media type that the first 16 bytes say, ``""`` for anything that is not read here."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in MAGIC if head.startswith(magic)), "")


def complete(file: BinaryIO, kind: str) -> bool:
    """Whether the file ends where its own structure says. False also where that cannot be told this way."""
    size = file.seek(0, io.SEEK_END)
    check = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "image/tiff": _tiff}[kind]
    try:
        return check(file, size)
    except (struct.error, ValueError, KeyError, OverflowError, OSError):
        return False


def _jpeg(file: BinaryIO, size: int) -> bool:
    file.seek(max(0, size - 4096))
    return b"\xff\xd9" in bytes(file.read(4096))


def _png(file: BinaryIO, size: int) -> bool:
    at = 8
    while at + 12 <= size:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        at += 12 + length
        if kind == b"IEND":
            return bool(at <= size)
    return False


def _webp(file: BinaryIO, size: int) -> bool:
    file.seek(4)
    return bool(struct.unpack("<I", file.read(4))[0] + 8 <= size)


def _tiff(file: BinaryIO, size: int) -> bool:
    """Every strip or tile of the first picture lies inside the file."""
    file.seek(0)
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    word = "Q" if big else "I"
    (at,) = struct.unpack_from(order + word, head, 8 if big else 4)
    file.seek(at)
    (entries,) = struct.unpack(order + ("Q" if big else "H"), file.read(8 if big else 2))
    table = file.read(min(entries, 4096) * (20 if big else 12))
    found: dict[int, tuple[int, ...]] = {}
    for entry in struct.iter_unpack(order + ("HHQ8s" if big else "HHI4s"), table):
        tag, kind, count, value = entry
        if tag in (273, 279, 324, 325):
            found[tag] = _tiff_values(file, order, word, kind=kind, count=min(count, 1 << 22), value=value)
    offsets, counts = found.get(273) or found[324], found.get(279) or found[325]
    return all(offset + count <= size for offset, count in zip(offsets, counts, strict=True))


def _tiff_values(
    file: BinaryIO, order: str, word: str, *, kind: int, count: int, value: bytes
) -> tuple[int, ...]:
    letter = {3: "H", 4: "I", 16: "Q"}[kind]
    length = struct.calcsize("<" + letter) * count
    if length > len(value):
        file.seek(struct.unpack(order + word, value)[0])
        value = file.read(length)
    return struct.unpack_from(f"{order}{count}{letter}", value)
