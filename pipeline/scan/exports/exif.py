"""Camera and day from the photographs themselves, where an export has some and its files do not tell.

Only Make, Model and DateTimeOriginal are looked for, in the first APP1 segment of a JPEG (CIPA DC-008, Exif
2.32; the TIFF structure in it: TIFF 6.0). Everything stays in one block of 64 KB: an offset that leads out
of it gives nothing. Textures have no Make, so they are not taken for photographs.
"""

from __future__ import annotations

import datetime
import struct

from .bounded import head
from .listing import Listing
from .told import Told, day_of

_PHOTOS = r".*\.jpe?g"
_LOOKED_AT = 12
"""Photographs looked into: the first by name, among them the first of a session."""
_MAKE, _MODEL, _TIME, _EXIF, _ORIGINAL = 0x010F, 0x0110, 0x0132, 0x8769, 0x9003
_ENTRIES_MAX = 200
_ASCII, _LONG = 2, 4


def tell(listing: Listing) -> Told:
    """Gives camera and day of the first photographs; nothing where there are none with EXIF."""
    device, days = "", list[datetime.date]()
    for name in listing.matching(_PHOTOS)[:_LOOKED_AT]:
        tags = tags_of(head(listing.path(name)))
        make, model = tags.get(_MAKE, ""), tags.get(_MODEL, "")
        if not make:
            continue
        device = device or (model if model.startswith(make) else f"{make} {model}").strip()[:200]
        day = day_of(tags.get(_ORIGINAL) or tags.get(_TIME) or "")
        days += [day] if day else []
    return Told(device=device, date=min(days, default=None))


def tags_of(start: bytes) -> dict[int, str]:
    """Gives the text tags of the first two directories of a JPEG's EXIF, none where it has none.

    Args:
        start: the first 64 KB of the file.
    """
    at = start.find(b"\xff\xe1", 2, 4096)
    tiff = (
        start[at + 10 :] if start.startswith(b"\xff\xd8") and start[at + 4 : at + 10] == b"Exif\0\0" else b""
    )
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return {}
    found: dict[int, str] = {}
    try:
        first = _directory(tiff, order, struct.unpack_from(f"{order}I", tiff, 4)[0], found)
        if first:
            _directory(tiff, order, first, found)
    except struct.error:
        return found
    return found


def _directory(tiff: bytes, order: str, at: int, found: dict[int, str]) -> int:
    """Reads the texts of one directory; gives where the EXIF directory begins, 0 where none is named."""
    exif = 0
    for number in range(min(struct.unpack_from(f"{order}H", tiff, at)[0], _ENTRIES_MAX)):
        tag, kind, count, value = struct.unpack_from(f"{order}HHII", tiff, at + 2 + 12 * number)
        if kind == _ASCII and count <= 1024:
            inside = at + 2 + 12 * number + 8 if count <= 4 else value
            text = tiff[inside : inside + count].split(b"\0")[0]
            found.setdefault(tag, text.decode("ascii", errors="replace").strip())
        elif tag == _EXIF and kind == _LONG:
            exif = value
    return exif
