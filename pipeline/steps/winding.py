"""Triangles that show the wrong side: found, and turned.

Not a step: ``repair`` asks it. Within what hangs together, patches whose triangles show the other side than
their neighbours are turned to the side that most of the area shows. A closed piece is turned outwards when
its signed volume is below 0 and it does not lie inside another closed piece (ray parity): then it is a cavity
and looks inwards rightly. An open piece as a whole is left as it is: a niche is seen from inside, a ball from
outside, and nothing in the form says which of them is meant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.measure import fans, topology
from pipeline.measure.o3d import open3d

SLANT = np.array([0.3129, 0.7411, 0.5940])
"""Direction of the rays that ask whether a piece lies inside another: along no axis, so that they graze
nothing that people or programs have made."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Which triangles are to be turned (T,), and at how many edges the two sides then still disagree: a
    Möbius band has no two sides."""

    turned: NDArray[np.bool_]
    contradictions: int


def turns(
    welded: NDArray[np.int32],
    places: NDArray[np.float64],
    found: fans.Joins,
    pieces: NDArray[np.int32],
) -> Turns:
    """Finds the triangles that show the wrong side.

    Args:
        welded: (T, 3) triangles by place.
        places: (P, 3) the places' positions.
        found: how the triangles go on.
        pieces: (T,) the sheet that each hangs together with.
    """
    count = len(welded)
    turned = np.zeros(count, bool)
    left = 0
    if not found.agree.all():
        turned, left = _unified(found, _areas(welded, places), count)
    open_ = np.zeros(count, bool)
    open_[pieces[found.rims // 3]] = True
    closed = ~open_[pieces]
    if left:
        torn = turned[found.one // 3] ^ turned[found.other // 3] == found.agree
        closed &= ~np.isin(pieces, pieces[found.one[torn] // 3])
    inside_out = closed & _inside_out(np.where(turned[:, None], welded[:, ::-1], welded), places, pieces)
    inside_out &= ~_enclosed(welded, places, pieces, closed & ~inside_out, inside_out)
    return Turns(turned ^ inside_out, left)


def _unified(found: fans.Joins, areas: NDArray[np.float64], count: int) -> tuple[NDArray[np.bool_], int]:
    """Turns the smaller share of the area within each piece, so that neighbours agree."""
    one, other = (found.one // 3).astype(np.int32), (found.other // 3).astype(np.int32)
    patch = topology.connected(one[found.agree], other[found.agree], count)
    first, second = patch[one[~found.agree]], patch[other[~found.agree]]
    left = int((first == second).sum())
    low, high = np.minimum(first, second), np.maximum(first, second)
    pairs, weights = np.unique(np.stack([low, high], 1)[first != second], axis=0, return_counts=True)
    joint = _Parity()
    # the longest borders decide first: where a band has no two sides, it is torn where it hangs least
    for index in np.argsort(-weights, kind="stable"):
        if not joint.differ(int(pairs[index, 0]), int(pairs[index, 1])):
            left += int(weights[index])
    flips = np.zeros(count, bool)
    area_of = np.bincount(patch, weights=areas, minlength=count)
    sides: dict[int, list[list[int]]] = {}
    for name in joint.names():
        root, odd = joint.root(name)
        sides.setdefault(root, [[], []])[odd].append(name)
    for even, odd_ones in sides.values():
        shares = area_of[even].sum(), area_of[odd_ones].sum()
        flips[odd_ones if shares[0] >= shares[1] else even] = True
    return flips[patch], left


class _Parity:
    """Names of which each shows the same side as its root or the other one (a union-find with parity)."""

    def __init__(self) -> None:
        self._up: dict[int, tuple[int, int]] = {}

    def names(self) -> list[int]:
        return list(self._up)

    def root(self, name: int) -> tuple[int, int]:
        path, odd = [], 0
        while (above := self._up.setdefault(name, (name, 0)))[0] != name:
            path.append(name)
            name = above[0]
        for one in reversed(path):
            odd ^= self._up[one][1]
            self._up[one] = (name, odd)
        return name, odd

    def differ(self, one: int, other: int) -> bool:
        """Notes that two show different sides; says whether that can be."""
        (root, odd), (second, other_odd) = self.root(one), self.root(other)
        if root != second:
            self._up[max(root, second)] = (min(root, second), odd ^ other_odd ^ 1)
            return True
        return odd != other_odd


def _areas(welded: NDArray[np.int32], places: NDArray[np.float64]) -> NDArray[np.float64]:
    corner = places[welded]
    out: NDArray[np.float64] = np.linalg.norm(
        np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1
    )
    return out


def _inside_out(
    welded: NDArray[np.int32], places: NDArray[np.float64], pieces: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Says of each triangle whether its piece's signed volume is below 0."""
    a, b, c = (places[welded[:, i]] - places.mean(axis=0) for i in range(3))
    volume = np.bincount(pieces, weights=np.einsum("ij,ij->i", a, np.cross(b, c)), minlength=len(welded))
    below: NDArray[np.bool_] = volume[pieces] < 0
    return below


def _enclosed(
    welded: NDArray[np.int32],
    places: NDArray[np.float64],
    pieces: NDArray[np.int32],
    bodies: NDArray[np.bool_],
    asked: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Says of each triangle asked for whether its piece lies inside one of the closed bodies."""
    inside = np.zeros(len(welded), bool)
    if not asked.any() or not bodies.any():
        return inside
    o3d = open3d()
    origin = places.mean(axis=0)
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(
        o3d.core.Tensor((places - origin).astype(np.float32)),
        o3d.core.Tensor(np.ascontiguousarray(welded[bodies], dtype=np.uint32)),
    )
    names, first = np.unique(pieces[asked], return_index=True)
    starts = places[welded[np.flatnonzero(asked)[first], 0]] - origin
    rays = np.concatenate([starts, np.broadcast_to(SLANT, starts.shape)], axis=1).astype(np.float32)
    odd = scene.count_intersections(o3d.core.Tensor(rays)).numpy() % 2 == 1
    inside[np.isin(pieces, names[odd])] = True
    return inside & asked
