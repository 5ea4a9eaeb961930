"""A large question cut into small ones: the points that lie about some places, a block of space at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]

GAIN = 0.8
"""A cut that leaves a half with more than this share of the points is not made: what is left lies within the
margin, or at one end of the places."""


def blocks(
    points: NDArray[np.floating], places: NDArray[np.floating], *, most: int, margin: float
) -> Iterator[tuple[Numbers, Numbers]]:
    """Gives the numbers of some points and of some places, until every place was given once.

    Every point nearer than ``margin`` to a place is among those given with it. The places are halved across
    the longest side of the box around them, so a search tree is only ever made for one block: eight million
    points were painted with 200 MB beside them.

    Args:
        points: (N, 3).
        places: (M, 3).
        most: points of a block at most, as far as the margin allows.
        margin: how far around its places a block has all points.
    """
    waiting = [(np.arange(len(points), dtype=np.int32), np.arange(len(places), dtype=np.int32))]
    while waiting:
        near, own = waiting.pop()
        if not len(own):
            continue
        if len(near) <= most:
            yield near, own
            continue
        low, high = places[own].min(axis=0), places[own].max(axis=0)
        axis = int(np.argmax(high - low))
        ours, theirs = places[own, axis], points[near, axis]
        cut = np.median(ours)
        halves = [
            (near[theirs <= cut + margin], own[ours <= cut]),
            (near[theirs >= cut - margin], own[ours > cut]),
        ]
        if not len(halves[1][1]) or max(len(half[0]) for half in halves) > GAIN * len(near):
            inside = ((points[near] >= low - margin) & (points[near] <= high + margin)).all(axis=1)
            yield near[inside], own
            continue
        waiting += halves[::-1]
