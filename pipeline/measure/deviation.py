"""How far two surfaces are apart, in mm, measured and not estimated.

Points are drawn on each surface by area (seeded, so the figure is the same every time) and their closest
points on the other surface found by Open3D's bounding-volume hierarchy in single precision around a local
origin. One-way figures are kept because they say different things: scan to model finds what was lost,
model to scan what was made up. Corners and thin spikes fall between random points, so every vertex counts
for ``max`` (not for mean and p95).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.derivative import Deviation
from pipeline.matter.alive import PerForm
from pipeline.matter.areas import areas_of
from pipeline.matter.surface import Surface
from pipeline.measure.scene import scene_of

MOST_VERTICES = 100_000
"""Vertices looked at for ``max``; of larger meshes every n-th."""


def deviation(a: Surface, b: Surface, *, samples: int = 50_000, seed: int = 1) -> Deviation:
    """Measures the distance between two placed surfaces in both directions.

    Args:
        a: the scan, in metres.
        b: the model, in metres.
        samples: points drawn on each surface.
        seed: of the generator (PCG64); the same seed gives the same points.

    Returns:
        mean, 95th percentile and maximum in mm, one-way (a to b, b to a) and together.
    """
    there = _one_way(a, b, samples, seed)
    back = _one_way(b, a, samples, seed + 1)
    return Deviation(
        mean=_mm((there[0] + back[0]) / 2),
        p95=_mm(max(there[1], back[1])),
        max=_mm(max(there[2], back[2])),
        scan_to_model=(_mm(there[0]), _mm(there[1]), _mm(there[2])),
        model_to_scan=(_mm(back[0]), _mm(back[1]), _mm(back[2])),
        samples=samples,
    )


def p95_mm(a: Surface, b: Surface, *, samples: int = 50_000, seed: int = 1) -> float:
    """Gives the 95th percentile alone, of the worse direction, in mm: as :func:`deviation` has it, in half
    the time.
    """
    ways = (_gaps(a, b, samples, seed), _gaps(b, a, samples, seed + 1))
    return _mm(max(float(np.quantile(gaps, 0.95)) if len(gaps) else 0.0 for gaps in ways))


def sample(surface: Surface, count: int, seed: int) -> NDArray[np.float64]:
    """Draws ``count`` points on the surface, evenly by area: (count, 3), in the unit of its positions."""
    random = np.random.Generator(np.random.PCG64(seed))
    reach = _reach(surface)
    if len(reach) == 0 or reach[-1] <= 0:
        return np.zeros((0, 3))
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
    return points


def _areas_added_up(surface: Surface) -> NDArray[np.float64]:
    """Up to and with each triangle, twice the area: (T,)."""
    return np.cumsum(np.linalg.norm(areas_of(surface), axis=1))


def _some_vertices(surface: Surface) -> NDArray[np.float64]:
    used = np.flatnonzero(surface.used())
    return surface.positions[used[:: max(1, -(-len(used) // MOST_VERTICES))]]


# a scan is asked for both by every level and by every pass of the simplifier
_reach = PerForm(_areas_added_up)
_vertices = PerForm(_some_vertices)


def _one_way(a: Surface, b: Surface, samples: int, seed: int) -> tuple[float, float, float]:
    """Mean, p95 and max of the distances from ``a`` to ``b`` in metres."""
    gaps = _gaps(a, b, samples, seed)
    if len(gaps) == 0:
        return (0.0, 0.0, 0.0)
    most = max(float(gaps.max()), float(scene_of(b).distances(_vertices(a)).max()))
    return float(gaps.mean(dtype=np.float64)), float(np.quantile(gaps, 0.95)), most


def _gaps(a: Surface, b: Surface, samples: int, seed: int) -> NDArray[np.float32]:
    """Distances of points on ``a`` to ``b`` in metres; none where one of the two has no area."""
    points = sample(a, samples, seed)
    if len(points) == 0 or len(b.triangles) == 0:
        return np.zeros(0, np.float32)
    return scene_of(b).distances(points)


def _mm(metres: float) -> float:
    """Millimetres to a tenth of a micrometre: below that single precision says nothing."""
    return round(metres * 1000, 4)
