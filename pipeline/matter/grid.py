"""Points in the cells of a grid: how clouds are thinned evenly, with a memory that is known beforehand.

Sorting numbers of cells takes 40 bytes a point and a second for eight million; trees take ten times both. The
grid lies about the middle of most points: a stray at the other end of the world must not make it coarse.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BITS = 21
_HALF = 1 << (_BITS - 1)
"""Cells on either side of the middle along one axis: what lies farther out shares the last one."""
_SAMPLE = 20_000
STRAY = 0.002
"""Share of the points on each side that does not count for where and how large a cloud is."""


def frame(positions: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Gives the middle of most points, (3,), and the longest side of the box around all but strays."""
    some = positions[:: max(1, len(positions) // _SAMPLE)]
    low, middle, high = np.quantile(some, (STRAY, 0.5, 1 - STRAY), axis=0)
    return middle, float((high - low).max())


def cells(positions: NDArray[np.float64], middle: NDArray[np.float64], edge: float) -> NDArray[np.int64]:
    """Gives the number of each point's cell, (N,), in a grid of cubes of ``edge`` about ``middle``."""
    keys = np.zeros(len(positions), np.int64)
    for axis in range(3):
        steps = np.floor((positions[:, axis] - middle[axis]) / edge)
        keys = (keys << _BITS) | (np.clip(steps, -_HALF, _HALF - 1).astype(np.int64) + _HALF)
    return keys


def one_a_cell(positions: NDArray[np.float64], edge: float) -> NDArray[np.int64]:
    """Gives the first point of every cell, in the order of the points: (M,)."""
    keys = cells(positions, frame(positions)[0], edge)
    return np.sort(np.unique(keys, return_index=True)[1])


def edge_for(positions: NDArray[np.float64], most: int, start: float = 0.0) -> float:
    """Gives the edge of a grid in which at most ``most`` cells hold points, and not far fewer.

    Args:
        positions: (N, 3).
        most: points to keep.
        start: an edge to begin with: it is never made finer.
    """
    middle, longest = frame(positions)
    if longest <= 0:
        return start or 1.0
    edge = start or longest / 8192
    count = _count(positions, middle, edge)
    while not start and 4 * count < min(most, len(positions)) and edge > longest / _HALF:
        edge /= 2
        count = _count(positions, middle, edge)
    while count > most:
        # a surface has four times fewer cells of twice the edge, once cells are wider than points are apart
        alone = count > 0.95 * len(positions)
        edge *= 1.5 if alone else max(1.05, 1.02 * float(np.sqrt(count / most)))
        count = _count(positions, middle, edge)
    return edge


def _count(positions: NDArray[np.float64], middle: NDArray[np.float64], edge: float) -> int:
    keys = cells(positions, middle, edge)
    keys.sort()  # faster here than numpy's unique, which hashes: 0.36 s for 200,000
    return 1 + int(np.count_nonzero(keys[1:] != keys[:-1]))
