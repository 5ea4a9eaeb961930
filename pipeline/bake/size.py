"""How large an atlas has to be: as many texels as the scan really has, and not one power of two more."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.areas import areas_of
from pipeline.matter.surface import Surface

SMALLEST_PX = 64
USED = 0.7
"""Share of an atlas that charts fill, about; what is not texels of the object is gutter and gaps."""
FINER = 1.25
"""Texels of the source to one of the atlas, along a side, where the source is made smaller first: filtering
once by area and once between texels blurs twice."""
PER_VERTEX = 2.0
"""Texels for each vertex that carries a colour: two, so that a colour between two vertices has a place."""


def texels_of(scan: Surface) -> float:
    """Gives how many texels of colour a scan has: of its textures those that triangles show, else two for
    each coloured vertex; 0 where it has no colours.
    """
    shown = 0.0
    for index, material in enumerate(scan.materials):
        use = material.colour_texture
        if use is None or use.uv_set >= len(scan.uvs):
            continue
        mine = scan.triangles if len(scan.materials) == 1 else scan.triangles[scan.material_of == index]
        area = uv_areas(scan.uvs[use.uv_set], mine).sum()
        shown += min(float(area), 4.0) * use.texture.width * use.texture.height
    if shown:
        return shown
    return PER_VERTEX * int(scan.used().sum()) if scan.colours is not None else 0.0


def side_px(scan: Surface, max_px: int) -> int:
    """Gives the side of the square atlas that holds the scan's texels, a power of two up to ``max_px``."""
    return _side(texels_of(scan), max_px)


def values_px(scan: Surface, max_px: int) -> int:
    """As :func:`side_px` for a value that each vertex has, such as curvature: two texels for each."""
    return _side(PER_VERTEX * int(scan.used().sum()), max_px)


def texel_m(level: Surface, side: int) -> float:
    """Gives the size of a texel on a level that is laid out over a square of them, in metres."""
    texels = float(uv_areas(level.uvs[0], level.triangles).sum()) * side * side
    return math.sqrt(_metres(level) / max(texels, 1e-12))


def _side(texels: float, max_px: int) -> int:
    wanted = math.sqrt(max(texels, 1.0) / USED)
    power: int = 1 << math.ceil(math.log2(max(wanted, 1.0)))
    # a power of two up to a sixth too small is nearer to the truth than one twice as large
    if power > SMALLEST_PX and wanted <= power / 2 * 7 / 6:
        power //= 2
    return max(SMALLEST_PX, min(power, 1 << int(math.log2(max_px))))


def source_px(scan: Surface, level: Surface, side: int) -> int:
    """Gives the longest side at which to read the scan's textures so that a texel of theirs is about as large
    on the object as one of the atlas; never more than they have.
    """
    largest = max((max(t.width, t.height) for t in scan.textures()), default=0)
    own = math.sqrt(max(texels_of(scan), 1.0) / max(_metres(scan), 1e-30))
    atlas = math.sqrt(float(uv_areas(level.uvs[0], level.triangles).sum()) * side * side / _metres(level))
    wanted = atlas / own * FINER
    return largest if wanted > 0.85 else max(min(SMALLEST_PX, largest), round(largest * wanted))


def _metres(surface: Surface) -> float:
    return max(float(np.linalg.norm(areas_of(surface), axis=1).sum()) / 2, 1e-30)


def uv_areas(uv: NDArray[np.float32], triangles: NDArray[np.int32]) -> NDArray[np.float64]:
    """Gives the area of every triangle in the unit square of its picture; (n,), never negative."""
    a, b, c = (uv[triangles[:, i]].astype(np.float64) for i in range(3))
    p, q = b - a, c - a
    return np.asarray(np.abs(p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]) / 2)
