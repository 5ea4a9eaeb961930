"""A texture as a promise: where its bytes are and what they hold. Pixels are decoded where they are needed.

A 16K texture is 1 GiB decoded: a Surface with several of them must stay small until each is really used, one
after another. Decoding, colour management and limits live in ``formats.images``.

What steps do to colours is a promise too: a :class:`Change` is kept with the texture and carried out when the
pixels are asked for, before they are reduced and encoded. So a texture is encoded once, from what the camera
gave, however many steps changed it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

Role = Literal["colour", "data"]


MAP_STOPS = 2.0
"""What a gain map reaches, in stops: its values run from a quarter of the light to four times as much."""

DARK, DARK_END = 0.004, 0.012
BRIGHT, BRIGHT_END = 0.6, 1.0
"""A place's brightest channel, in linear light: up to the first a gain does nothing, from the second to the
third it is whole, from the fourth on it does nothing. Noise and clipping hold no colour."""

Row = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of colours in linear light: ``matrix · terms(light ^ tone)``, times what ``gains`` says of the
    place.

    Attributes:
        matrix: a row each for red, green and blue, over (r, g, b), or over the six terms of a root polynomial
            of degree two: (r, g, b, √rg, √gb, √rb).
        gains: a grey picture of 16 bit over the whole texture, or None; a value v of 0..1 stands for the
            factor 2^((2 v - 1) · :data:`MAP_STOPS`). What is nearly black or nearly white is spared.
        tone: exponent that takes back a camera's contrast; 1 where there is nothing to take back.
    """

    matrix: tuple[Row, Row, Row] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    gains: Texture | None = None
    tone: float = 1.0


@dataclass(frozen=True, slots=True)
class Texture:
    """An encoded image, in a file or in memory.

    Attributes:
        name: for people and for the report, the file's own name.
        sha256: digest of the encoded bytes, lower-case hex; with ``changes``, of that digest and of them.
        media_type: ``image/jpeg``, ``image/png``, ``image/tiff``, ``image/webp``, ``image/ktx2``.
        width, height: pixels, after EXIF orientation.
        channels: 1 to 4 as stored.
        bits: 8 or 16 per channel as stored.
        profile: name of the embedded ICC profile, "" where there is none (then sRGB is meant).
        orientation: EXIF orientation, 1 to 8.
        role: ``colour`` (sRGB) or ``data`` (normal, roughness, occlusion, curvature: linear, never
            colour-managed).
        path: where the bytes are, or None when they are in ``data``.
        data: the bytes, when they are not in a file of their own.
        changes: what is to be done to the colours, in this order; the bytes are from before.
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
    changes: tuple[Change, ...] = ()

    def encoded(self) -> bytes:
        """Gives the encoded bytes, read from disk if need be; ``formats.baked`` makes a changed one's."""
        assert not self.changes, "a changed texture is encoded before its bytes are used"
        return self.source()

    def source(self) -> bytes:
        """Gives the bytes as they came, before any change."""
        if self.data is not None:
            return self.data
        assert self.path is not None
        return self.path.read_bytes()

    def changed(self, change: Change) -> Texture:
        """Gives the texture with one more change of its colours, under another digest."""
        map_digest = change.gains.sha256 if change.gains else ""
        said = f"{self.sha256} {change.matrix!r} {change.tone!r} {map_digest}"
        digest = hashlib.sha256(said.encode()).hexdigest()
        return replace(self, sha256=digest, changes=(*self.changes, change))


def spared(brightest: Any) -> Any:
    """Gives how much of a gain (less 1) takes effect, 0..1, by a place's brightest channel: an array."""
    above = np.clip((brightest - DARK) / (DARK_END - DARK), 0, 1)
    return above * np.clip((BRIGHT_END - brightest) / (BRIGHT_END - BRIGHT), 0, 1)
