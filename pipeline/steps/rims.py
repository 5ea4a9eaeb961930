"""The rims of holes: walked from half to half, each simple and closed, and measured across.

Not a step: ``repair`` asks it. A rim is followed from fan to fan (``measure.fans``), so it never jumps from
one sheet to another where both touch in a point; where a rim comes back to a place it is two rims that meet
there, and each is a hole of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.measure import fans

LONGEST = 400
"""Corners of the longest rim that is filled: triangulating takes the cube of them, 400 about 1 s."""
OWN_RIM = 4.0
"""A sheet less than this many times as wide as one of its rims has no hole there, it ends there."""


@dataclass(frozen=True, slots=True)
class Rims:
    """Closed rims: ``loops`` of places, each in the direction in which a patch's triangles run along it;
    ``across_m`` the largest distance between two of its places; ``sheet_m`` the diagonal of its sheet's box;
    ``unclosed`` halves that belong to no loop that closes."""

    loops: tuple[NDArray[np.int64], ...]
    across_m: NDArray[np.float64]
    sheet_m: NDArray[np.float64]
    unclosed: int

    def small(self, limit_m: float) -> list[NDArray[np.int64]]:
        """Gives the loops that are holes of at most that size across, and can be filled."""
        good = (self.across_m <= limit_m) & (self.sheet_m >= OWN_RIM * self.across_m) & (self.across_m > 0)
        return [loop for loop, one in zip(self.loops, good, strict=True) if one and 3 <= len(loop) <= LONGEST]


def rims(welded: NDArray[np.int32], places: NDArray[np.float64], found: fans.Joins) -> Rims:
    """Walks all rims of a surface.

    Args:
        welded: (T, 3) triangles by place, all showing the same side as their neighbours.
        places: (P, 3) the places' positions.
        found: how the triangles go on.
    """
    fan = fans.fans(welded, found).reshape(-1)
    start, _ = fans.ends(welded)
    after = np.arange(len(start)).reshape(-1, 3)[:, (1, 2, 0)].reshape(-1)
    sheet = fans.sheets(found, len(welded))
    next_: dict[int, int] = {}
    doubtful: set[int] = set()
    for half in found.rims.tolist():
        leaves = int(fan[half])
        if leaves in next_:
            doubtful.add(leaves)
        next_[leaves] = half
    loops: list[NDArray[np.int64]] = []
    of: list[int] = []
    unclosed, gone = 0, set()
    for first in found.rims.tolist():
        if first in gone:
            continue
        walk, half = [], first
        while half >= 0 and half not in gone:
            gone.add(half)
            walk.append(half)
            arrives = int(fan[after[half]])
            half = -1 if arrives in doubtful else next_.get(arrives, -1)
        if half != first:
            unclosed += len(walk)
            continue
        for loop in _simple(start[walk]):
            loops.append(loop[::-1].copy())
            of.append(int(sheet[first // 3]))
    across = np.array([_across(places[loop]) for loop in loops])
    return Rims(tuple(loops), across, _diagonals(welded, places, sheet, np.array(of, np.int64)), unclosed)


def _simple(walk: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Cuts a closed walk into loops that pass each place once; there and back along an edge is no loop."""
    loops: list[NDArray[np.int64]] = []
    path: list[int] = []
    at: dict[int, int] = {}
    for place in walk.tolist():
        if place in at:
            cut = at[place]
            loops.append(np.array(path[cut:], np.int64))
            for one in path[cut + 1 :]:
                del at[one]
            del path[cut + 1 :]
        else:
            at[place] = len(path)
            path.append(place)
    loops.append(np.array(path, np.int64))
    return [loop for loop in loops if len(loop) >= 3]


def _across(points: NDArray[np.float64]) -> float:
    """The largest distance between two of the points; the box's diagonal where they are many."""
    if len(points) > LONGEST:
        return float(np.linalg.norm(points.max(axis=0) - points.min(axis=0)))
    return float(np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2).max()))


def _diagonals(
    welded: NDArray[np.int32],
    places: NDArray[np.float64],
    sheet: NDArray[np.int32],
    asked: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Gives the diagonals (N,) of the boxes of the sheets asked for."""
    if len(asked) == 0:
        return np.zeros(0)
    low, high = np.full((len(welded), 3), np.inf), np.full((len(welded), 3), -np.inf)
    wanted = np.isin(sheet, asked)
    for corner in range(3):
        points = places[welded[wanted, corner]]
        for axis in range(3):
            np.minimum.at(low[:, axis], sheet[wanted], points[:, axis])
            np.maximum.at(high[:, axis], sheet[wanted], points[:, axis])
    return np.asarray(np.linalg.norm(high[asked] - low[asked], axis=1))
