"""Takes out of a picture's file what is not the picture, without decoding it: EXIF with its coordinates, XMP,
comments, thumbnails, times. A texture that is kept as it came is published with the model.
"""

from __future__ import annotations

import struct

_JPEG_KEPT = {0xE0, 0xEE}
"""JFIF's head, and Adobe's, which says how the colours are coded."""
_JPEG_SCAN = 0xDA
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT"}
_WEBP_GONE = {b"EXIF", b"XMP "}
_WEBP_FLAGS = 0x08 | 0x04
"""Bits of the VP8X chunk that announce EXIF and XMP."""


def bare(data: bytes, media_type: str) -> bytes:
    """Gives a JPEG, PNG or WebP file with its pixels' bytes untouched and everything personal left out.

    A file of another kind, or one that does not follow its format, comes back as it is.
    """
    strip = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}.get(media_type)
    try:
        return data if strip is None else strip(data)
    except (struct.error, IndexError):
        return data


def _jpeg(data: bytes) -> bytes:
    """Segments up to the first scan (ITU-T T.81, annex B); what follows it is pixels."""
    out, at = [data[:2]], 2
    while True:
        marker, kind = data[at], data[at + 1]
        if marker != 0xFF:
            return data
        if kind == _JPEG_SCAN:
            return b"".join([*out, data[at:]])
        size = 2 + struct.unpack_from(">H", data, at + 2)[0]
        if not (0xE0 <= kind <= 0xEF and kind not in _JPEG_KEPT) and kind != 0xFE:
            out.append(data[at : at + size])
        at += size


def _png(data: bytes) -> bytes:
    out, at = [data[:8]], 8
    while at < len(data):
        size = 12 + struct.unpack_from(">I", data, at)[0]
        if data[at + 4 : at + 8] in _PNG_KEPT:
            out.append(data[at : at + size])
        at += size
    return b"".join(out)


def _webp(data: bytes) -> bytes:
    chunks, at = [], 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        chunk = data[at : at + 8 + size + size % 2]
        if name == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if name not in _WEBP_GONE:
            chunks.append(chunk)
        at += len(chunk)
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body
