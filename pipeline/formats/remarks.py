"""What cameras and programs write into a picture beside the picture: place, day, names, serial numbers.

A texture that is published as it came would carry them along: an EXIF block may hold the coordinates of a
find spot that the record keeps hidden. Taken out without decoding, so no pixel changes; what a decoder needs
(JFIF, Adobe's colour transform, ICC profile) stays.

Formats: ITU-T T.81 B.1.1 (JPEG markers), PNG 1.2 section 5, WebP container specification (RFC 9649).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_KEPT_JPEG = frozenset({0xE0, 0xE2, 0xEE})
"""JFIF, ICC, Adobe. The other application segments, and comments, are remarks."""
_REMARKS_PNG = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"})
_REMARKS_WEBP = frozenset({b"EXIF", b"XMP "})
_FLAGS_WEBP = 0x08 | 0x04
"""Of the head ``VP8X``: EXIF and XMP follow."""


def without_remarks(data: bytes, media_type: str) -> bytes | None:
    """Gives the file without remarks, the very same bytes where it has none.

    None where its structure is not understood: then nobody knows what else is in it.
    """
    take = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}.get(media_type)
    if take is None:
        return None
    try:
        return b"".join(take(data))
    except (struct.error, ValueError, IndexError):
        return None


def _jpeg(data: bytes) -> Iterator[bytes]:
    """Segments up to the start of scan; from there on all that is left, for remarks come before it."""
    yield data[:2]
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker where one must be")
        kind = data[at + 1]
        if kind == 0xFF:  # filling
            at += 1
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if length < 2 or at + 2 + length > len(data):
            raise ValueError("a segment beyond the end")
        if kind == 0xDA:
            end = data.rindex(b"\xff\xd9") + 2  # phones hang whole films behind it
            yield data[at:end]
            return
        remark = (0xE0 <= kind <= 0xEF and kind not in _KEPT_JPEG) or kind == 0xFE
        # APP2 may also be a phone's list of further pictures
        if kind == 0xE2 and data[at + 4 : at + 16] != b"ICC_PROFILE\0":
            remark = True
        if not remark:
            yield data[at : at + 2 + length]
        at += 2 + length


def _png(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    at = 8
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise ValueError("a chunk beyond the end")
        if kind not in _REMARKS_PNG:
            yield data[at:end]
        if kind == b"IEND":
            return
        at = end


def _webp(data: bytes) -> Iterator[bytes]:
    chunks, at = [], 12
    (size,) = struct.unpack_from("<I", data, 4)
    stop = size + 8
    if stop > len(data):
        raise ValueError("cut off")
    while at + 8 <= stop:
        kind, length = struct.unpack_from("<4sI", data, at)
        end = at + 8 + length + length % 2
        if at + 8 + length > stop:
            raise ValueError("a chunk beyond the end")
        chunk = data[at:end]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_FLAGS_WEBP]) + chunk[9:]
        if kind not in _REMARKS_WEBP:
            chunks.append(chunk)
        at = end
    body = b"WEBP" + b"".join(chunks)
    yield b"RIFF" + struct.pack("<I", len(body)) + body
