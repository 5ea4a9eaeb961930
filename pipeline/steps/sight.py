"""Whether a scanner can have seen what it is said to have seen.

Programs that merge scans, or move them to where coordinates are short, write that move where the scanner's
place belongs. Points turned towards such a place would be inside out on the far side. But a scanner does not
see through things: of the points in one direction from its place, those behind the first ones are hidden.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.matter import grid
from pipeline.matter.cloud import Cloud

FEWEST = 200
"""Points of a place below which it is believed: they decide nothing."""
MOST_PLACES = 256
"""Places that are looked at, those with the most points first."""
CELL = 3.0
"""Width of a direction, in spacings of the points."""
STEEPEST = 6.0
"""Tangent of the angle between sight and normal up to which a surface may rise within a direction: 80.5
degrees, beyond which scanners see little."""
HIDDEN = 0.15
"""Share of hidden points from which a place is not believed. A ball seen from where the scanner stood has
none, the whole ball from outside 0.3 and more; a real range map of a head 0.01."""


def believable(cloud: Cloud, planes: NDArray[np.float64], spacing: float) -> Cloud:
    """Gives the cloud without the places that cannot have seen their points, which are noted.

    Args:
        cloud: with ``seen_from``.
        planes: normals of either side, (N, 3).
        spacing: between points, in the unit of the positions.
    """
    if cloud.seen_from is None:
        return cloud
    counts = np.bincount(cloud.seen_from[cloud.seen_from >= 0], minlength=len(cloud.sensors))
    seen_from = cloud.seen_from.copy()
    doubted = 0
    for place in np.argsort(-counts, kind="stable")[:MOST_PLACES]:
        own = cloud.seen_from == place
        if counts[place] < FEWEST:
            continue
        if _hidden(cloud.positions[own], planes[own], cloud.sensors[place], spacing) > HIDDEN:
            seen_from[own] = -1
            doubted += 1
    if not doubted:
        return cloud
    known = bool((seen_from >= 0).any())
    cloud = cloud.but(
        seen_from=seen_from if known else None, sensors=cloud.sensors if known else np.empty((0, 3))
    )
    return cloud.noting("sensors-doubted", "warning", count=doubted)


def _hidden(
    positions: NDArray[np.float64], planes: NDArray[np.float64], place: NDArray[np.float64], spacing: float
) -> float:
    """Gives the share of points that lie behind others as seen from a place."""
    sight = positions - place
    depth = np.maximum(np.linalg.norm(sight, axis=1), 1e-300)
    direction = sight / depth[:, None]
    width = CELL * spacing / float(np.median(depth))
    cell = grid.cells(direction, np.zeros(3), min(width, 0.5))
    _, cell = np.unique(cell, return_inverse=True)
    cosine = np.abs(np.einsum("ij,ij->i", direction, planes))
    steep = np.minimum(np.sqrt(np.maximum(1 - cosine**2, 0)) / np.maximum(cosine, 1e-9), STEEPEST)
    allowed = width * depth * (1 + steep)
    order = np.lexsort((depth, cell))
    first = np.full(int(cell.max()) + 1, -1)
    first[cell[order[::-1]]] = order[::-1]  # of several, the last one written stays: the nearest
    front = first[cell]
    return float((depth - depth[front] > allowed + allowed[front]).mean())
