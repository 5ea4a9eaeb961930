"""Where on a model how much was lost: the deviation at each of its vertices, for the heat map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Surface
from pipeline.measure.pairs import pairs
from pipeline.measure.scene import scene_of

SAMPLES = 150_000
SHOWN_SHARE = 0.99
_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def deviation_at_vertices_mm(
    scan: Surface, model: Surface, *, samples: int = SAMPLES, seed: int = 9
) -> NDArray[np.float32]:
    """Gives the deviation around each vertex of the model, (V,) in mm.

    A vertex lies on the scan or near it even where the form between vertices was lost. So each takes the mean
    of its own distance and of those of the scan's samples whose nearest place on the model it is the nearest
    corner to.
    """
    count = len(model.positions)
    values, used = np.zeros(count, np.float64), model.used()
    if not used.any() or len(scan.triangles) == 0:
        return values.astype(np.float32)
    values[used] = scene_of(scan).distances(model.positions[used])
    found = pairs(scan, model, samples, seed)
    if len(found.gaps):
        u, v = found.b.uv[:, 0], found.b.uv[:, 1]
        nearest = np.stack([1 - u - v, u, v], axis=1).argmax(axis=1)
        at = model.triangles[found.b.triangle, nearest]
        sums = np.bincount(at, weights=found.gaps, minlength=count)
        values = (values + sums) / (1 + np.bincount(at, minlength=count))
    return (values * 1000).astype(np.float32)


def top_mm(values: NDArray[np.float32], used: NDArray[np.bool_]) -> float:
    """Gives the end of the heat map's scale: a round number that 99 of 100 vertices stay below, 0 where
    there is no deviation to show."""
    most = float(np.quantile(values[used], SHOWN_SHARE)) if used.any() else 0.0
    if most < 1e-5:
        return 0.0
    power = 10.0 ** np.floor(np.log10(most))
    return float(f"{next(step * power for step in _STEPS if step * power >= most * (1 - 1e-6)):.3g}")
