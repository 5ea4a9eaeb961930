"""What is seen at places of a surface: colour and direction, as a viewer would draw them.

Textures are compared as area means of at most :data:`TEXTURE_PX`, so that a level is not blamed for grain
that it was made to leave out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.alive import PerSurface
from pipeline.measure.pairs import Places

if TYPE_CHECKING:
    from pipeline.matter.surface import Surface

TEXTURE_PX = 2048
CHUNK = 1 << 17
"""Places looked at in one go: some 40 MB."""


@dataclass(frozen=True, slots=True)
class Seen:
    """N places: linear sRGB colour (N, 3), unit normal (N, 3), normal maps applied."""

    colour: NDArray[np.float32]
    normal: NDArray[np.float32]


def seen(surface: Surface, places: Places) -> Seen:
    """Gives what is seen at places of a surface."""
    from pipeline.render.look import Look

    look, count = Look(surface, TEXTURE_PX), len(places.triangle)
    out = Seen(np.empty((count, 3), np.float32), np.empty((count, 3), np.float32))
    for start in range(0, count, CHUNK):
        some = slice(start, start + CHUNK)
        points = look.at(places.triangle[some], places.uv[some])
        out.colour[some], out.normal[some] = points.colour, points.normal
    return out


def seen_on_scan(scan: Surface, places: Places, samples: int, seed: int) -> Seen:
    """As :func:`seen`, kept for as long as the scan lives: every level and pass asks for the same places.

    Args:
        scan, places: as drawn by ``pairs``.
        samples, seed: that they were drawn with.
    """
    known = _kept(scan)
    if (samples, seed) not in known:
        known[samples, seed] = seen(scan, places)
    return known[samples, seed]


def _nothing_yet(_: Surface) -> dict[tuple[int, int], Seen]:
    return {}


_kept = PerSurface(_nothing_yet)
