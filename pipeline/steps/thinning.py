"""A cloud before its surface is looked for: evenly thin, without points that belong to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.matter import grid
from pipeline.matter.cloud import Cloud

NEIGHBOURS = 12
LONELY = 4.0
"""A point is a stray when its neighbours are this many times farther off than theirs are. Where a plane's
points become 25 times fewer at once, 12 of 20,800 are lost at 4 and 26 at 3; on a ball with noise none."""
SPARSEST = 8.0
"""A point is a stray, too, when its neighbours are this many times farther off than those of most points:
strays that are many have one another for neighbours. Points that are 60 times fewer carry no surface."""
EVENINGS = 8
ROUND = 0.4
"""How wide neighbourhoods are for their length at least: 0.72 where points lie by chance, 1 in a grid, 0.67
in lines five times farther apart than their points, 0 in lines eight times farther apart."""
ROUND_SAMPLE = 20_000
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Spacing:
    """Mean distance of each point to its nearest neighbours, (N,) float32, and their median."""

    of: NDArray[np.float32]
    median: float


def thinned(cloud: Cloud, cell: float, most: int) -> Cloud:
    """Gives one point for each cube of a grid: the mean of the points in it, of their colours and normals.

    Means rather than a choice: a scanner's noise goes down with the square root of the points in a cube. The
    place that a cube's first point was seen from is the cube's.

    Args:
        cloud: any.
        cell: edge of the cubes in the cloud's unit; it grows until ``most`` suffice.
        most: points to keep.
    """
    middle, _ = grid.frame(cloud.positions)
    edge = grid.edge_for(cloud.positions, most, cell)
    keys = grid.cells(cloud.positions, middle, edge)
    _, first, which, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    if len(first) == len(keys):
        return cloud
    order = np.argsort(first)  # in the order of the file, not of the cells
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    which = place[which.reshape(-1)]
    counts = counts[order].astype(np.float64)
    whole = cloud.at(first[order])

    def mean(values: NDArray[Any], weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        scale = counts if weights is None else np.maximum(np.bincount(which, weights, len(counts)), 1e-300)
        columns = (v if weights is None else v * weights for v in values.astype(np.float64).T)
        return np.stack([np.bincount(which, column, len(counts)) / scale for column in columns], axis=1)

    positions = mean(cloud.positions - middle) + middle
    colours = None
    if cloud.colours is not None:
        seen = (cloud.colours[:, 3] > 0).astype(np.float64)
        colours = np.empty((len(counts), 4), np.uint8)
        colours[:, :3] = np.rint(mean(cloud.colours[:, :3], seen))
        colours[:, 3] = np.where(np.bincount(which, seen, len(counts)) > 0, 255, 0)
    normals = whole.normals
    if cloud.normals is not None and normals is not None:
        sums = mean(cloud.normals)
        length = np.linalg.norm(sums, axis=1)
        flat = ~(length > 0.1)  # sides that face away from one another: the first one's normal stands
        normals = np.where(flat[:, None], normals, sums / np.where(flat, 1, length)[:, None])
        normals = normals.astype(np.float32)
    return whole.but(positions=positions, colours=colours, normals=normals)


def spacing(positions: NDArray[np.float64]) -> tuple[Spacing, NDArray[np.int32]]:
    """Gives the spacing of points (N, 3), and the numbers of each one's neighbours, (N, K)."""
    from scipy.spatial import cKDTree

    tree: Any = cKDTree(positions)
    count = min(NEIGHBOURS + 1, len(positions))
    mean = np.empty(len(positions), np.float32)
    near = np.empty((len(positions), count - 1), np.int32)
    for at in range(0, len(positions), 1 << 17):
        gaps, found = tree.query(positions[at : at + (1 << 17)], k=count)
        mean[at : at + len(gaps)] = gaps[:, 1:].mean(axis=1)
        near[at : at + len(gaps)] = found[:, 1:]
    return Spacing(mean, float(np.median(mean))), near


def without_strays(cloud: Cloud) -> tuple[Cloud, Spacing]:
    """Takes out points that stand alone, and gives what is left with its spacing.

    A point stands alone when its neighbours are far off and have neighbours of their own close by: a share of
    the deviation of all would take the far, thinly seen side of a survey away. Strays hide one another, so
    this is done again until none is left, at most :data:`ROUNDS` times.
    """
    for _ in range(ROUNDS):
        spaced, near = spacing(cloud.positions)
        theirs = np.median(spaced.of[near], axis=1)
        alone = spaced.of > np.minimum(LONELY * np.maximum(theirs, 1e-30), SPARSEST * spaced.median)
        if not alone.any():
            break
        cloud = cloud.at(~alone)
        spaced = Spacing(spaced.of[~alone], float(np.median(spaced.of[~alone])))
    return cloud, spaced


def evened(cloud: Cloud, fewest: int) -> Cloud:
    """Thins points that stand in lines until they are as far apart along a line as from line to line.

    A scanner that draws profiles measures many times finer along them than across. Neighbours would all be of
    one line, which has no plane, and a surface would end at every line.

    Args:
        cloud: without strays.
        fewest: points below which it is left as it is.
    """
    made = cloud
    for _ in range(EVENINGS):
        spaced, near = spacing(made.positions)
        if _roundness(made.positions, near) >= ROUND:
            return made
        thin = thinned(made, spaced.median, len(made.positions))
        if len(thin.positions) < fewest:
            return cloud
        made = thin
    return cloud


def _roundness(positions: NDArray[np.float64], near: NDArray[np.int32]) -> float:
    """Gives how round neighbourhoods are: the median of their second extent over their first, 0 to 1."""
    some = np.arange(0, len(positions), max(1, len(positions) // ROUND_SAMPLE))
    around = positions[near[some]] - positions[some][:, None]
    around -= around.mean(axis=1, keepdims=True)
    sizes = np.linalg.svd(around, compute_uv=False)
    return float(np.median(sizes[:, 1] / np.maximum(sizes[:, 0], 1e-300)))
