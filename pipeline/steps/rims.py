"""The rims of holes: walked from half to half, each simple and closed, and measured across.

Not a step: ``repair`` asks it. A rim is followed from fan to fan (``measure.fans``), so it never jumps from
one sheet to another where both touch in a point; where a rim comes back to a place it is two rims that meet
there, and each is a hole of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.measure import fans
from pipeline.steps.form import Form

LONGEST = 400
"""Corners of the longest rim that is filled: triangulating takes the cube of them, 400 about 1 s."""
OWN_RIM = 4.0
"""A sheet less than this many times as wide as one of its rims has no hole there, it ends there."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A hole: its ``loop`` (N,) of places in the direction in which a patch's triangles run along it, and the
    largest distance between two of them."""

    loop: NDArray[np.int64]
    across_m: float


def holes(form: Form, limit_m: float) -> list[Hole]:
    """Finds the holes of at most that size across, in the order of their first triangle."""
    found: list[Hole] = []
    of: list[int] = []
    for sheet, loop in _loops(form):
        if 3 <= len(loop) <= LONGEST and 0 < (across := _across(form.places[loop])) <= limit_m:
            found.append(Hole(loop, across))
            of.append(sheet)
    sheets_m = _diagonals(form, np.array(of, np.int64))
    return [hole for hole, wide in zip(found, sheets_m, strict=True) if wide >= OWN_RIM * hole.across_m]


def _loops(form: Form) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Walks every rim that closes; gives the sheet and each simple loop of it."""
    fan = form.fans.reshape(-1)
    start, _ = fans.ends(form.welded)
    after = np.arange(len(start)).reshape(-1, 3)[:, (1, 2, 0)].reshape(-1)
    halves = form.joins.rims
    leaving, arriving = (
        fan[halves].tolist(),
        dict(zip(halves.tolist(), fan[after[halves]].tolist(), strict=True)),
    )
    next_ = dict(zip(leaving, halves.tolist(), strict=True))
    doubtful = {one for one, many in Counter(leaving).items() if many > 1}
    gone: set[int] = set()
    for first in halves.tolist():
        walk, half = [], first
        while half >= 0 and half not in gone:
            gone.add(half)
            walk.append(half)
            half = -1 if arriving[half] in doubtful else next_.get(arriving[half], -1)
        if walk and half == first:
            for loop in _simple(start[walk]):
                yield int(form.sheets[first // 3]), loop[::-1].copy()


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
    """The largest distance between two of the points."""
    return float(np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2).max()))


def _diagonals(form: Form, asked: NDArray[np.int64]) -> NDArray[np.float64]:
    """Gives the diagonals (N,) of the boxes of the sheets asked for."""
    low, high = np.full((len(form.welded), 3), np.inf), np.full((len(form.welded), 3), -np.inf)
    wanted = np.isin(form.sheets, asked)
    for corner in range(3):
        points = form.places[form.welded[wanted, corner]]
        for axis in range(3):
            np.minimum.at(low[:, axis], form.sheets[wanted], points[:, axis])
            np.maximum.at(high[:, axis], form.sheets[wanted], points[:, axis])
    return np.asarray(np.linalg.norm(high[asked] - low[asked], axis=1))
