"""A texture as a promise: where its bytes are and what they hold. Pixels are decoded where they are needed.

A 16K texture is 1 GiB decoded: a Surface with several of them must stay small until each is really used, one
after another. Decoding, colour management and limits live in ``formats.images``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Role = Literal["colour", "data"]


@dataclass(frozen=True, slots=True)
class Texture:
    """An encoded image, in a file or in memory.

    Attributes:
        name: for people and for the report, the file's own name.
        sha256: digest of the encoded bytes, lower-case hex.
        media_type: ``image/jpeg``, ``image/png``, ``image/tiff``, ``image/webp``, ``image/ktx2``.
        width, height: pixels, after EXIF orientation.
        channels: 1 to 4 as stored.
        bits: 8 or 16 per channel as stored.
        profile: name of the embedded ICC profile, "" where there is none (then sRGB is meant).
        orientation: EXIF orientation, 1 to 8.
        role: ``colour`` (sRGB) or ``data`` (normal, roughness, occlusion: linear, never colour-managed).
        path: where the bytes are, or None when they are in ``data``.
        data: the bytes, when they are not in a file of their own.
    """

    name: str
    sha256: str
    media_type: str
    width: int
    height: int
    channels: int = 3
    bits: int = 8
    profile: str = ""
    orientation: int = 1
    role: Role = "colour"
    path: Path | None = None
    data: bytes | None = None

    def encoded(self) -> bytes:
        """Gives the encoded bytes, read from disk if need be."""
        if self.data is not None:
            return self.data
        assert self.path is not None
        return self.path.read_bytes()
