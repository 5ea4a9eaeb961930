"""Smooth vertex normals, computed across seams: vertices at one place get one normal."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.alive import PerForm
from pipeline.matter.areas import area_vectors, areas_of
from pipeline.matter.rows import same_rows
from pipeline.matter.surface import Surface


def smooth_normals(positions: NDArray[np.float64], triangles: NDArray[np.int32]) -> NDArray[np.float32]:
    """Gives unit normals (V, 3), the mean of the triangles around each place weighted by area.

    Area rather than angle: scanners leave slivers whose direction is noise, and a sliver has no area.
    Places without a triangle of any area get +Y.
    """
    return _smoothed(positions, triangles, area_vectors(positions, triangles))


def _smoothed(
    positions: NDArray[np.float64], triangles: NDArray[np.int32], areas: NDArray[np.float64]
) -> NDArray[np.float32]:
    place = same_rows(positions)
    count = int(place.max()) + 1 if len(place) else 0
    at = place[triangles].ravel()
    sums = np.stack(
        [np.bincount(at, weights=np.repeat(areas[:, i], 3), minlength=count) for i in range(3)], 1
    )
    return unit(sums)[place]


def normals_of(surface: Surface) -> NDArray[np.float32]:
    """Gives a surface's own normals (V, 3), smooth ones where it has none."""
    return _smooth(surface) if surface.normals is None else surface.normals


_smooth = PerForm(lambda surface: _smoothed(surface.positions, surface.triangles, areas_of(surface)))


def unit(vectors: NDArray[Any]) -> NDArray[np.float32]:
    """Gives the vectors (N, 3) at length one; those of no length become +Y."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    none = ~(lengths[:, 0] > 1e-30)
    out: NDArray[np.float32] = (vectors / np.where(none[:, None], 1, lengths)).astype(np.float32)
    out[none] = (0, 1, 0)
    return out
