"""The name of an ICC profile, from its description tag (ICC.1:2022, 9.2.41 and 10.15, and that of v2)."""

from __future__ import annotations

import struct


def profile_name(profile: bytes) -> str:
    """Gives the profile's own name such as ``Adobe RGB (1998)``, ``unnamed`` where none can be read."""
    try:
        return _description(profile) or "unnamed"
    except (struct.error, UnicodeDecodeError, IndexError):
        return "unnamed"


def _description(profile: bytes) -> str:
    (count,) = struct.unpack_from(">I", profile, 128)
    for tag in range(min(count, 100)):
        signature, offset, size = struct.unpack_from(">4sII", profile, 132 + 12 * tag)
        if signature == b"desc":
            return _text(profile[offset : offset + min(size, 1 << 16)])
    return ""


def _text(element: bytes) -> str:
    if element[:4] == b"desc":  # ICC v2: length, then ASCII with a closing zero
        (length,) = struct.unpack_from(">I", element, 8)
        return element[12 : 12 + length].split(b"\0")[0].decode("latin-1").strip()
    if element[:4] == b"mluc":  # ICC v4: records of (language, country, length, offset), UTF-16
        (records,) = struct.unpack_from(">I", element, 8)
        texts: dict[bytes, str] = {}
        for record in range(min(records, 100)):
            language, _country, length, offset = struct.unpack_from(">2s2sII", element, 16 + 12 * record)
            texts[language] = element[offset : offset + length].decode("utf-16-be").strip("\0 ")
        return texts.get(b"en") or next(iter(texts.values()), "")
    return ""
