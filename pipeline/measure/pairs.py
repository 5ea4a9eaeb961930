"""Points of one surface, each with the nearest place on another: what every comparison starts from.

Points are drawn by area (seeded, so that figures are the same every time). The nearest places come from
Open3D's bounding-volume hierarchy; half a million of them on a million triangles take some 2 s, so distance,
normals and colours share one search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.alive import PerForm
from pipeline.matter.areas import areas_of
from pipeline.matter.surface import Surface
from pipeline.measure.scene import scene_of


@dataclass(frozen=True, slots=True)
class Places:
    """N places on a surface: triangle (N,), barycentric weights (N, 2) of its corners 1 and 2."""

    triangle: NDArray[np.uint32]
    uv: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Places on surface a, the nearest places on surface b, and the gaps (N,) float32 between them in the
    unit of the positions."""

    a: Places
    b: Places
    gaps: NDArray[np.float32]


def pairs(a: Surface, b: Surface, samples: int, seed: int) -> Pairs:
    """Draws points on ``a`` and finds the nearest places on ``b``; none where one of the two has no area."""
    own, points = drawn(a, samples, seed)
    if len(points) == 0 or len(b.triangles) == 0:
        nowhere = Places(np.zeros(0, np.uint32), np.zeros((0, 2), np.float32))
        return Pairs(nowhere, nowhere, np.zeros(0, np.float32))
    gaps, triangle, uv = scene_of(b).closest(points)
    return Pairs(own, Places(triangle, uv), gaps)


def blended(values: NDArray[np.generic], surface: Surface, places: Places) -> NDArray[np.float64]:
    """Gives values of the vertices (V, n) blended at N places: (N, n)."""
    corner = values[surface.triangles[places.triangle]].astype(np.float64)
    u, v = places.uv[:, :1].astype(np.float64), places.uv[:, 1:].astype(np.float64)
    out: NDArray[np.float64] = corner[:, 0] * (1 - u - v) + corner[:, 1] * u + corner[:, 2] * v
    return out


def drawn(surface: Surface, count: int, seed: int) -> tuple[Places, NDArray[np.float64]]:
    """Draws ``count`` places on the surface, evenly by area, and gives their points (count, 3) too, in the
    unit of its positions."""
    random = np.random.Generator(np.random.PCG64(seed))
    reach = _reach(surface)
    if len(reach) == 0 or reach[-1] <= 0:
        return Places(np.zeros(0, np.uint32), np.zeros((0, 2), np.float32)), np.zeros((0, 3))
    # one draw per equal share of the area (stratified): steadier figures than free draws for the same count
    at = (np.arange(count) + random.random(count)) * (reach[-1] / count)
    chosen = np.minimum(np.searchsorted(reach, at, side="right"), len(reach) - 1)
    u, v = random.random((2, count))
    outside = u + v > 1
    u[outside], v[outside] = 1 - u[outside], 1 - v[outside]
    corner = surface.positions[surface.triangles[chosen]]
    points: NDArray[np.float64] = (
        corner[:, 0] + u[:, None] * (corner[:, 1] - corner[:, 0]) + v[:, None] * (corner[:, 2] - corner[:, 0])
    )
    return Places(chosen.astype(np.uint32), np.stack([u, v], axis=1).astype(np.float32)), points


def _areas_added_up(surface: Surface) -> NDArray[np.float64]:
    """Up to and with each triangle, twice the area: (T,)."""
    return np.cumsum(np.linalg.norm(areas_of(surface), axis=1))


# a scan is asked for it by every level and by every pass of the simplifier
_reach = PerForm(_areas_added_up)
