"""How the parts of one object meet: whether their borders touch, how far apart they are, what lies double.

Survey programs cut a large model into tiles; borders that are simplified on their own no longer meet. A
border is an edge of one triangle only. Its vertices that come within a few edge lengths of another part
should lie on that part; how far off they are is the gap. A vertex whose nearest place on another part is
inside that part, not on its border, lies double.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Surface
from pipeline.measure import topology
from pipeline.measure.scene import scene_of

REACH_EDGES = 5.0
"""How far a part looks for its neighbours, in median lengths of its border's edges. Farther apart it is
another border: the outer rim of the whole, or a hole."""
DOUBLE_EDGES = 1.0
"""How near a vertex lies to another part's inside to count as double, in the same lengths."""
CORNER_VERTICES = 4 * REACH_EDGES
"""Two parts that touch at a corner see at most so many of each other's border vertices: two borders of
each, each seen as far as the reach."""
MOST_VERTICES = 20_000
"""Vertices of a part that are looked at, for borders and insides each; of larger ones every n-th."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """How parts meet.

    Attributes:
        pairs: neighbouring pairs of parts; two that touch at a corner alone are none.
        apart: numbers of the parts, from 0, that have no neighbour.
        gap_median, gap_p95: distance of border vertices from the nearest other part that they run along, in
            the unit of the positions; 0 where all lie on it. No largest one: where the border turns away from
            its neighbour it leaves it slowly, so that would only be how far was looked.
        seen: border vertices that run along another part.
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
    places: NDArray[np.float64]
    on_rim: NDArray[np.bool_]
    edge: float


def meeting(parts: Sequence[Surface]) -> Meeting:
    """Measures how the parts of one object meet; nothing is changed.

    Distances are those of single precision around each part's own middle: 1e-7 of its size.
    """
    rims = [_rim(part) for part in parts]
    pairs: set[tuple[int, int]] = set()
    gaps: list[NDArray[np.float32]] = []
    double = 0
    for a, part in enumerate(parts):
        places = _some(rims[a].places)
        nearest = np.full(len(places), np.inf, np.float32)
        for b, other in enumerate(parts):
            if a == b:
                continue
            edge = max(rims[a].edge, rims[b].edge)
            near = _inside(places, other, REACH_EDGES * edge)
            if near.any():
                found = scene_of(other).distances(places[near])
                found[found > REACH_EDGES * edge] = np.inf
                nearest[near] = np.minimum(nearest[near], found)
                if np.isfinite(found).sum() > CORNER_VERTICES:
                    pairs.add((min(a, b), max(a, b)))
            lying = _double(part, other, rims[b], DOUBLE_EDGES * edge)
            if lying:
                double += lying
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
    """The places on a part's borders, which of its triangles have a border edge, and the edges' median."""
    points = topology.same_rows(part.positions)
    welded = points[part.triangles]
    edges = topology.edges(welded)
    first = topology.first_of(points)
    rim = edges.ends[edges.uses == 1]
    ends = part.positions[first[rim]]
    on = np.zeros(len(first), bool)
    on[rim] = True
    lengths = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)
    if len(lengths) == 0:
        sides = part.positions[part.triangles[:, 0]] - part.positions[part.triangles[:, 1]]
        lengths = np.linalg.norm(sides, axis=1)
    places = part.positions[first[np.flatnonzero(on)]]
    return _Rim(places, np.asarray(on[welded].any(axis=1)), float(np.median(lengths)))


def _inside(points: NDArray[np.float64], part: Surface, reach: float) -> NDArray[np.bool_]:
    """Says of points whether they lie in a part's box, made larger by ``reach``."""
    low, high = part.bounds
    return np.asarray(((points >= low - reach) & (points <= high + reach)).all(axis=1))


def _some(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points[:: max(1, -(-len(points) // MOST_VERTICES))]


def _double(a: Surface, b: Surface, rim: _Rim, reach: float) -> int:
    """How many vertices of ``a`` lie on the inside of ``b``, worked out from some of them."""
    every = a.positions[_inside(a.positions, b, reach)]
    points = _some(every)
    if len(points) == 0:
        return 0
    scene = scene_of(b)
    triangle, _ = scene.nearest(points)
    near = scene.distances(points) <= reach
    return round(int((near & ~rim.on_rim[triangle]).sum()) * len(every) / len(points))
