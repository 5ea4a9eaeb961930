"""How the parts of one object meet: whether their borders touch, how far apart they are, what lies double.

Survey programs cut a large model into tiles; borders that are simplified on their own no longer meet. A
border is an edge of one triangle only. Where it runs along another part, no more than a few edge lengths
away, it should lie on that part; how far off it is is the gap. A vertex whose nearest place on another part
is inside that part, not on its border, lies double.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.rows import first_of, same_rows
from pipeline.matter.surface import Material, Surface
from pipeline.measure import topology
from pipeline.measure.scene import scene_of

REACH_EDGES = 5.0
"""How far a part looks for its neighbours, in median lengths of its border's edges. Farther apart it is
another border: the outer rim of the whole, or a hole."""
ALONG = 0.5
"""A border's edge runs along another part where its ends' distances from it differ by less than this share
of its length. The outer rim leaves the neighbour at the corner: its edges point away and tell of no gap."""
ALONG_MIN = 3
"""Edges that run along a part, and along no nearer one, from which on the two are neighbours."""
DOUBLE_EDGES = 1.0
"""How near a vertex lies to another part's inside to count as double, in the same lengths."""
MOST = 20_000
"""Border edges and vertices of a part that are looked at; of larger ones every n-th."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """How parts meet.

    Attributes:
        pairs: neighbouring pairs of parts; two that touch at a corner alone are none.
        apart: numbers of the parts, from 0, that have no neighbour.
        gap_median, gap_p95: how far border edges lie off the nearest part that they run along, in the unit of
            the positions; 0 where all lie on it.
        seen: border edges that run along another part.
        double_share: share of the vertices, all parts together, that lie on another part's inside.
    """

    pairs: int
    apart: tuple[int, ...]
    gap_median: float
    gap_p95: float
    seen: int
    double_share: float


@dataclass(frozen=True, slots=True)
class _Rim:
    """The ends of a part's border edges (E, 2, 3), which triangles have such an edge, the edges' median."""

    ends: NDArray[np.float64]
    on_rim: NDArray[np.bool_]
    edge: float


@dataclass(frozen=True, slots=True)
class _Strip:
    """The triangles of a part that lie near another, and which have a border edge of the whole part."""

    surface: Surface
    on_rim: NDArray[np.bool_]


def meeting(parts: Sequence[Surface]) -> Meeting:
    """Measures how the parts of one object meet; nothing is changed.

    Distances are those of single precision around each part's own middle: 1e-7 of its size.
    """
    rims = [_rim(part) for part in parts]
    pairs: set[tuple[int, int]] = set()
    gaps: list[NDArray[np.float64]] = []
    double = 0
    for a, part in enumerate(parts):
        ends = _some(rims[a].ends)
        nearest, owner = np.full(len(ends), np.inf), np.full(len(ends), -1)
        for b, other in enumerate(parts):
            edge = max(rims[a].edge, rims[b].edge)
            strip = None if a == b else _strip(other, rims[b], part, REACH_EDGES * edge)
            if strip is None:
                continue
            found = _along(ends, strip.surface, REACH_EDGES * edge)
            owner[found < nearest] = b
            nearest = np.minimum(nearest, found)
            if lying := _double(part, strip, DOUBLE_EDGES * edge):
                double += lying
                pairs.add((min(a, b), max(a, b)))
        for b, count in enumerate(np.bincount(owner[owner >= 0], minlength=len(parts))):
            if count >= ALONG_MIN:
                pairs.add((min(a, b), max(a, b)))
        gaps.append(nearest[np.isfinite(nearest)])
    neighbours = {number for pair in pairs for number in pair}
    every = np.concatenate(gaps)
    vertices = sum(len(part.positions) for part in parts)
    return Meeting(
        pairs=len(pairs),
        apart=tuple(number for number in range(len(parts)) if number not in neighbours),
        gap_median=float(np.median(every)) if len(every) else 0.0,
        gap_p95=float(np.quantile(every, 0.95)) if len(every) else 0.0,
        seen=len(every),
        double_share=min(1.0, double / vertices),
    )


def _rim(part: Surface) -> _Rim:
    points = same_rows(part.positions)
    welded = points[part.triangles]
    edges = topology.edges(welded)
    first = first_of(points)
    rim = edges.ends[edges.uses == 1]
    ends = part.positions[first[rim]]
    on = np.zeros(len(first), bool)
    on[rim] = True
    lengths = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)
    if len(lengths) == 0:
        sides = part.positions[part.triangles[:, 0]] - part.positions[part.triangles[:, 1]]
        lengths = np.linalg.norm(sides, axis=1)
    return _Rim(ends, np.asarray(on[welded].any(axis=1)), float(np.median(lengths)))


def _strip(part: Surface, rim: _Rim, other: Surface, reach: float) -> _Strip | None:
    """Cuts out of a part what lies within ``reach`` of another's box, None where nothing does.

    Neighbouring tiles share a strip a few edges wide. Asking that instead of the whole part keeps the trees
    for distances small: one of a part of 10 M triangles would take 1 GB.
    """
    low, high = other.bounds
    own = part.bounds
    if (own[0] > high + reach).any() or (own[1] < low - reach).any():
        return None
    outside = np.zeros(len(part.positions), np.uint8)  # a bit for each side of the box that it lies beyond
    for axis in range(3):
        column = part.positions[:, axis]
        outside |= (column < low[axis] - reach).astype(np.uint8) << (2 * axis)
        outside |= (column > high[axis] + reach).astype(np.uint8) << (2 * axis + 1)
    a, b, c = (outside[part.triangles[:, corner]] for corner in range(3))
    kept = (a & b & c) == 0
    if not kept.any():
        return None
    names, numbers = np.unique(part.triangles[kept], return_inverse=True)
    triangles = numbers.reshape(-1, 3).astype(np.int32)
    cut = Surface(part.positions[names], triangles, np.zeros(len(triangles), np.int32), (Material(),))
    return _Strip(cut, rim.on_rim[kept])


def _along(ends: NDArray[np.float64], other: Surface, reach: float) -> NDArray[np.float64]:
    """How far edges (E, 2, 3) lie off a part, (E,); infinite for those that do not run along it."""
    off = np.full(len(ends), np.inf)
    near = np.flatnonzero(_inside(ends.reshape(-1, 3), other, reach).reshape(-1, 2).all(axis=1))
    if len(near) == 0:
        return off
    both = scene_of(other).distances(ends[near].reshape(-1, 3)).reshape(-1, 2).astype(np.float64)
    lengths = np.linalg.norm(ends[near, 0] - ends[near, 1], axis=1)
    along = (both <= reach).all(axis=1) & (np.abs(both[:, 0] - both[:, 1]) < ALONG * lengths)
    off[near[along]] = both[along].mean(axis=1)
    return off


def _inside(points: NDArray[np.float64], part: Surface, reach: float) -> NDArray[np.bool_]:
    """Says of points whether they lie in a part's box, made larger by ``reach``."""
    low, high = part.bounds
    return np.asarray(((points >= low - reach) & (points <= high + reach)).all(axis=1))


def _some(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return rows[:: max(1, -(-len(rows) // MOST))]


def _double(a: Surface, strip: _Strip, reach: float) -> int:
    """How many vertices of ``a`` lie on the inside of a strip, worked out from some of them."""
    every = a.positions[_inside(a.positions, strip.surface, reach)]
    points = _some(every)
    if len(points) == 0:
        return 0
    scene = scene_of(strip.surface)
    triangle, _ = scene.nearest(points)
    near = scene.distances(points) <= reach
    return round(int((near & ~strip.on_rim[triangle]).sum()) * len(every) / len(points))
