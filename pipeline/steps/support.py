"""Which parts of a reconstructed surface points support, and which were only thought up to close it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.areas import area_vectors
from pipeline.measure import topology
from pipeline.steps.thinning import SPARSEST, Spacing

AROUND = 12
ONE_SIDED = 0.8
"""How far the mean of the points around may lie to one side, as a share of their mean distance: 0 in the
middle of them, 0.64 on a straight rim, 0.8 half a point's distance beyond it, 1 far off. Without this a
sphere seen from two sides grew by a tenth: between rims Poisson's surface bulges outwards."""
CLOSE = 0.35
"""Nearer to a point than this share of its spacing a place is not looked at: no rim is crossed there."""
PINHOLE = 3.0
"""Diagonal, in spacings, up to which what was cut is given back: points that lie unevenly by chance leave
places with all of them to one side, 0.05 % of a sphere's area. No scan tells such a hole from a gap."""
AT_A_TIME = 1 << 17


def supported(
    vertices: NDArray[np.float64],
    triangles: NDArray[np.int32],
    points: NDArray[np.float64],
    spaced: Spacing,
    reach: float,
) -> tuple[NDArray[np.float64], NDArray[np.int32], float]:
    """Cuts away triangles with a corner out of reach of every point, or beyond the rim of them.

    Args:
        vertices, triangles: the surface, (V, 3) and (T, 3).
        points: (N, 3).
        spaced: how far the points are apart.
        reach: how far from the nearest point the surface may be, in spacings there.

    Returns:
        Vertices and triangles that are left, and the share of the area that went.
    """
    from scipy.spatial import cKDTree

    tree = cKDTree(points)
    near, gaps = nearest(tree, vertices, 1)
    apart = np.clip(spaced.of[near[:, 0]], spaced.median / 2, spaced.median * SPARSEST)
    sound = gaps[:, 0] <= reach * apart
    doubtful = np.flatnonzero(sound & (gaps[:, 0] > CLOSE * apart))
    sound[doubtful] = _one_sided(tree, points, vertices[doubtful]) <= ONE_SIDED
    kept: NDArray[np.bool_] = np.asarray(sound[triangles].all(axis=1))
    kept |= _pinholes(vertices, triangles, np.logical_not(kept), PINHOLE * spaced.median)
    areas = np.linalg.norm(area_vectors(vertices, triangles), axis=1)
    used, corners = np.unique(triangles[kept], return_inverse=True)
    cut = float(areas[~kept].sum() / max(float(areas.sum()), 1e-300))
    return vertices[used], corners.reshape(-1, 3).astype(np.int32), cut


def welded(
    vertices: NDArray[np.float64], triangles: NDArray[np.int32], apart: float
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Makes one of vertices nearer to one another than ``apart``; drops the triangles that had two of them.

    Where the surface passes a corner of its grid, Poisson leaves triangles of no area; taken out alone, each
    would leave a hole of no width.
    """
    from scipy.spatial import cKDTree

    pairs = cKDTree(vertices).query_pairs(apart, output_type="ndarray").astype(np.int32)
    one = topology.connected(pairs[:, 0], pairs[:, 1], len(vertices))
    corners = one[triangles]
    a, b, c = corners.T
    used, renumbered = np.unique(corners[(a != b) & (b != c) & (c != a)], return_inverse=True)
    return vertices[used], renumbered.reshape(-1, 3).astype(np.int32)


def _pinholes(
    vertices: NDArray[np.float64], triangles: NDArray[np.int32], cut: NDArray[np.bool_], most: float
) -> NDArray[np.bool_]:
    """Says which of the cut triangles belong to a patch no larger than ``most`` across, (T,)."""
    given_back = np.zeros(len(triangles), bool)
    if not cut.any():
        return given_back
    patch = topology.components(triangles[cut], len(vertices))
    corners = vertices[triangles[cut]]
    low = np.full((int(patch.max()) + 1, 3), np.inf)
    high = -low
    np.minimum.at(low, patch, corners.min(axis=1))
    np.maximum.at(high, patch, corners.max(axis=1))
    small = np.linalg.norm(high - low, axis=1) <= most
    given_back[np.flatnonzero(cut)[small[patch]]] = True
    return given_back


def _one_sided(tree: Any, points: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gives how much the points around each place lie to one side of it, 0 to 1."""
    out = np.empty(len(places))
    for at in range(0, len(places), AT_A_TIME):
        some = places[at : at + AT_A_TIME]
        near, gaps = nearest(tree, some, min(AROUND, len(points)))
        middle = points[near].mean(axis=1) - some
        out[at : at + len(some)] = np.linalg.norm(middle, axis=1) / np.maximum(gaps.mean(axis=1), 1e-300)
    return out


def nearest(
    tree: Any, places: NDArray[np.float64], count: int
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Gives the numbers of each place's nearest points and how far they are, both (N, count)."""
    near = np.empty((len(places), count), np.int32)
    gaps = np.empty((len(places), count))
    for at in range(0, len(places), AT_A_TIME):
        far, found = tree.query(places[at : at + AT_A_TIME], k=[*range(1, count + 1)])
        near[at : at + len(found)], gaps[at : at + len(found)] = found, far
    return near, gaps
