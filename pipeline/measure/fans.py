"""Which triangles go on into which: across edges, and round a vertex.

At a manifold edge two triangles go on into each other. At a crowded one (two cubes that share an edge, a fin
on a wall) they are told apart by the solid between them: sorted by their angle round the edge, the two that
bound a wedge of solid belong together, so that bodies that only touch come apart there. The triangles round a
vertex that hang together across edges are a *fan*; a vertex with several fans is a place where sheets only
touch. (Guéziec et al.: Cutting and Stitching, IEEE TVCG 7, 2001, names the same cuts.)

A *half* is one side of a triangle: 3·t + k runs from the triangle's corner k to the next one; the corner that
it starts from has the same number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.measure import topology

SAME_ANGLE = 1e-6
"""Triangles round an edge at angles nearer than this (radians) lie on one another."""


@dataclass(frozen=True, slots=True)
class Joins:
    """How triangles go on: ``one`` and ``other`` (J,) are halves that lie on one another; ``agree`` (J,) says
    of each pair whether both triangles show the same side; ``rims`` (R,) are halves that nothing joins."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    agree: NDArray[np.bool_]
    rims: NDArray[np.int64]


def ends(welded: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Gives every half's first and last vertex, each (3·T,)."""
    return welded.reshape(-1).astype(np.int64), welded[:, (1, 2, 0)].reshape(-1).astype(np.int64)


def joins(welded: NDArray[np.int32], places: NDArray[np.float64]) -> Joins:
    """Finds which halves lie on one another.

    Args:
        welded: (T, 3) triangles by place.
        places: (P, 3) the places' positions.
    """
    start, end = ends(welded)
    keys = np.minimum(start, end) << 32 | np.maximum(start, end)
    order = np.argsort(keys, kind="stable")
    begin = np.flatnonzero(np.diff(keys[order], prepend=-1))
    uses = np.diff(np.append(begin, len(order)))
    pair = begin[uses == 2]
    one, other, rims = [order[pair]], [order[pair + 1]], [order[begin[uses == 1]]]
    crowded = [order[at : at + many] for at, many in zip(begin[uses > 2], uses[uses > 2], strict=True)]
    if crowded:
        areas = _sheet_areas(welded, places, order[pair], order[pair + 1])
        for halves in crowded:
            pairs, loose = _by_angle(halves, welded, places, areas)
            one.append(pairs[:, 0])
            other.append(pairs[:, 1])
            rims.append(loose)
    first, second = np.concatenate(one), np.concatenate(other)
    return Joins(first, second, start[first] != start[second], np.sort(np.concatenate(rims)))


def fans(welded: NDArray[np.int32], found: Joins) -> NDArray[np.int32]:
    """Gives each corner the number of its fan: (T, 3) int32, from 0 without gaps."""
    start, end = ends(welded)
    after = np.arange(len(start)).reshape(-1, 3)[:, (1, 2, 0)].reshape(-1)
    low = np.where(start < end, np.arange(len(start)), after)
    high = np.where(start < end, after, np.arange(len(start)))
    links = [np.concatenate([side[found.one], side[found.other]]).astype(np.int32) for side in (low, high)]
    half = len(found.one)
    roots = topology.connected(
        np.concatenate([links[0][:half], links[1][:half]]),
        np.concatenate([links[0][half:], links[1][half:]]),
        len(start),
    )
    return np.unique(roots, return_inverse=True)[1].reshape(-1, 3).astype(np.int32)


def sheets(found: Joins, triangles: int) -> NDArray[np.int32]:
    """Gives each triangle the lowest triangle of the sheet that it hangs together with: (T,) int32."""
    return topology.connected(
        (found.one // 3).astype(np.int32), (found.other // 3).astype(np.int32), triangles
    )


def _sheet_areas(
    welded: NDArray[np.int32],
    places: NDArray[np.float64],
    one: NDArray[np.int64],
    other: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Gives each triangle the area of all that hangs together with it over plain edges."""
    corner = places[welded]
    areas = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1) / 2
    of = topology.connected((one // 3).astype(np.int32), (other // 3).astype(np.int32), len(welded))
    return np.bincount(of, weights=areas, minlength=len(welded)).astype(np.float64)[of]


def _by_angle(
    halves: NDArray[np.int64],
    welded: NDArray[np.int32],
    places: NDArray[np.float64],
    areas: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs the halves of one crowded edge by the solid between them; gives pairs (N, 2) and what is left."""
    triangle, corner = halves // 3, halves % 3
    start, end = welded[triangle, corner], welded[triangle, (corner + 1) % 3]
    tip = places[welded[triangle, (corner + 2) % 3]]
    a, b = places[min(start[0], end[0])], places[max(start[0], end[0])]
    upwards = start < end
    every = halves
    halves, tip, upwards = _balanced(halves, tip, upwards, areas[triangle])
    angles = np.rint(_angles(tip - a, b - a) / SAME_ANGLE)
    # of two that lie on one another the one that shows its face first comes first: no wedge is between them
    order = sorted(range(len(halves)), key=lambda i: (angles[i], not upwards[i]))
    pairs: list[tuple[int, int]] = []
    waiting: list[int] = []
    done: set[int] = set()
    for i in [*order, *order]:  # twice round: the wedge that holds angle 0 is closed in the second round
        if i in done:
            continue
        if not upwards[i]:
            waiting += [] if i in waiting else [i]
        elif waiting:
            pairs.append((waiting.pop(), i))
            done |= {*pairs[-1]}
    joined = np.array([(halves[i], halves[j]) for i, j in pairs], np.int64).reshape(-1, 2)
    return joined, np.setdiff1d(every, joined.reshape(-1))


def _balanced(
    halves: NDArray[np.int64],
    tip: NDArray[np.float64],
    upwards: NDArray[np.bool_],
    areas: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """Leaves out the smallest sheets until as many halves run one way as the other: fins go, walls stay."""
    keep = np.ones(len(halves), bool)
    more = bool(2 * upwards.sum() > len(upwards))
    surplus = abs(int(2 * upwards.sum()) - len(upwards))
    ways = np.flatnonzero(upwards == more)
    keep[ways[np.argsort(areas[ways], kind="stable")[:surplus]]] = False
    return halves[keep], tip[keep], upwards[keep]


def _angles(arms: NDArray[np.float64], axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gives the angles (N,) of arms (N, 3) round an axis, 0 at the first one."""
    along = axis / max(float(np.linalg.norm(axis)), 1e-300)
    flat = arms - (arms @ along)[:, None] * along
    if len(flat) == 0:
        return np.zeros(0)
    right = flat[0] / max(float(np.linalg.norm(flat[0])), 1e-300)
    turned: NDArray[np.float64] = np.arctan2(flat @ np.cross(along, right), flat @ right)
    return np.where(turned < -SAME_ANGLE / 2, turned + 2 * np.pi, np.maximum(turned, 0.0))
