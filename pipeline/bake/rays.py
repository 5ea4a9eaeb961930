"""The place of the scan that each texel of a level shows: along the level's smooth normal, from outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Surface
from pipeline.measure.scene import Scene

FARTHER = 3.0
"""A texel whose ray meets nothing takes the nearest place of the scan, if that is not farther than so many
reaches."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where texels land on the scan, N rows.

    Attributes:
        triangle: of the scan (N,) int32, -1 where nothing is near.
        uv: barycentric weights of its corners 1 and 2 (N, 2).
        missed: texels whose ray met nothing within reach (N,).
    """

    triangle: NDArray[np.int32]
    uv: NDArray[np.float32]
    missed: NDArray[np.bool_]


def places(scene: Scene, points: NDArray[np.float64], normals: NDArray[np.float32], reach_m: float) -> Places:
    """Finds where rays that fall on a level meet the scan.

    Args:
        scene: of the scan.
        points: on the level (N, 3), in metres.
        normals: smooth ones there (N, 3), unit length.
        reach_m: a ray begins so far outside the level and ends so far inside it.

    Where a ray meets the back of a sheet, or nothing, the nearest place of the scan is taken.
    """
    local = (points - scene.origin).astype(np.float32)
    outside = local + normals * np.float32(reach_m)
    far, triangle, uv, facing = scene.cast(np.concatenate([outside, -normals], axis=1))
    found = triangle.astype(np.int64).astype(np.int32)
    missed = (far > 2 * reach_m) | (np.einsum("ij,ij->i", facing, normals) <= 0)
    lost = np.flatnonzero(missed)
    if len(lost):
        gaps, near, near_uv = scene.closest(points[lost])
        found[lost] = np.where(gaps <= FARTHER * reach_m, near.astype(np.int64), -1).astype(np.int32)
        uv[lost] = near_uv
    return Places(found, uv, missed)


def reach_m(p95_mm: float, max_mm: float, surface: Surface) -> float:
    """Gives how far the scan may lie from a level, from the deviation that was measured.

    The largest distance, unless that is a spike: then four times the 95th percentile. Never less than what
    single precision loses.
    """
    return max(min(max_mm, 4 * p95_mm) * 1.25 / 1000, surface.diagonal * 1e-5)
