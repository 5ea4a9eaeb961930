"""A patch over a small hole: least area, then finer and fair where the hole has room for it.

Not a step: ``repair`` asks it. The rim is triangulated with the least area (Barequet and Sharir: Filling gaps
in the boundary of a polyhedron, CAGD 12, 1995). Where its triangles are much longer than the rim's edges,
they are halved until they are as fine, and the new points are moved along the patch's normal until the patch
goes on from the surface around it as a thin plate would (Liepa: Filling holes in meshes, SGP 2003). Points
never move in the plane, so a hole in a flat wall is filled flat and its area is exact.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COMPACT = 1e-4
"""Weight of the squared sides beside the area: of equal areas the rounder triangles, and none that is
flat."""
COARSE = 1.5
"""An inner edge this many times as long as the rim's edges on average is halved."""
FEWEST = 8
"""Corners of the smallest rim that gets points inside."""
MOST = 1_000
"""Points inside one patch at most: the thin plate is solved as one dense system."""
BULGE = 0.25
"""A thin plate that leaves the flat patch by more than this share of the hole's width follows noise of the
rim and is not believed; the flat patch stays."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch: points inside (N, 3); triangles (T, 3), below the rim's length its corners, above it those
    points."""

    inner: NDArray[np.float64]
    triangles: NDArray[np.int32]


Around = Callable[[int], NDArray[np.float64]]
"""Gives the positions (N, 3) of the surface's own neighbours of a rim's corner, the rim's corners left
out."""


def patch(rim: NDArray[np.float64], taken: NDArray[np.bool_], around: Around) -> Patch | None:
    """Gives a patch over a rim, None where every triangulation would use an edge twice.

    Args:
        rim: (N, 3) corners in the direction in which the patch's triangles run along them.
        taken: (N, N) whether the surface has an edge between two corners already.
        around: the surface beside the rim.
    """
    triangles = _least_area(rim, taken)
    if triangles is None or len(rim) < FEWEST:
        return None if triangles is None else Patch(np.zeros((0, 3)), triangles)
    sides = np.linalg.norm(rim - np.roll(rim, -1, axis=0), axis=1)
    points, triangles = _finer(rim, triangles, COARSE * float(sides.mean()))
    return Patch(_fair(points, triangles, len(rim), around), triangles)


def _least_area(rim: NDArray[np.float64], taken: NDArray[np.bool_]) -> NDArray[np.int32] | None:
    """Triangulates a rim by dynamic programming over its spans, all spans of a length at once."""
    n = len(rim)
    cost, best = np.zeros((n, n)), np.zeros((n, n), np.int32)
    squares = ((rim[:, None] - rim[None]) ** 2).sum(axis=2)
    for span in range(2, n):
        first = np.arange(n - span)
        last = first + span
        middle = first[:, None] + np.arange(1, span)[None]
        a, b = first[:, None], last[:, None]
        area = np.linalg.norm(np.cross(rim[middle] - rim[a], rim[b] - rim[a]), axis=2) / 2
        around = squares[a, middle] + squares[middle, b] + squares[a, b]
        flat = np.where(area < 1e-6 * around, around, 0.0)
        total = cost[a, middle] + cost[middle, b] + area + COMPACT * around + flat
        if span < n - 1:
            total = np.where(taken[first, last][:, None], np.inf, total)
        at = total.argmin(axis=1)
        cost[first, last], best[first, last] = total[first, at], middle[first, at]
    if not np.isfinite(cost[0, n - 1]):
        return None
    out, waiting = [], [(0, n - 1)]
    while waiting:
        i, j = waiting.pop()
        if j - i >= 2:
            k = int(best[i, j])
            out.append((i, k, j))
            waiting += [(i, k), (k, j)]
    return np.array(out, np.int32)


def _finer(
    rim: NDArray[np.float64], triangles: NDArray[np.int32], longest: float
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Halves inner edges, the longest first, until none is longer; the rim's own edges stay whole."""
    points = [tuple(p) for p in rim.tolist()]
    faces: dict[int, tuple[int, int, int]] = dict(enumerate(map(tuple, triangles.tolist())))
    users: dict[tuple[int, int], set[int]] = {}
    waiting: list[tuple[float, int, int]] = []

    def add(name: int, face: tuple[int, int, int]) -> None:
        faces[name] = face
        for a, b in _sides(face):
            users.setdefault((a, b), set()).add(name)
            length = float(np.linalg.norm(np.subtract(points[a], points[b])))
            if length > longest and len(users[a, b]) == 2:
                heapq.heappush(waiting, (-length, a, b))

    for name, face in list(faces.items()):
        add(name, face)
    count = len(faces)
    while waiting and len(points) < len(rim) + MOST:
        _, a, b = heapq.heappop(waiting)
        if len(users.get((a, b), ())) != 2:
            continue
        middle = len(points)
        points.append(tuple(np.add(points[a], points[b]) / 2))
        for name in sorted(users.pop((a, b))):
            face = faces.pop(name)
            for side in _sides(face):
                users.get(side, set()).discard(name)
            for end in (a, b):
                add(count, tuple(middle if corner == end else corner for corner in face))  # type: ignore[arg-type]
                count += 1
    out = np.array([faces[name] for name in sorted(faces)], np.int32)
    return np.array(points), out


def _sides(face: tuple[int, int, int]) -> list[tuple[int, int]]:
    a, b, c = face
    return [(min(p, q), max(p, q)) for p, q in ((a, b), (b, c), (c, a))]


def _fair(
    points: NDArray[np.float64], triangles: NDArray[np.int32], corners: int, around: Around
) -> NDArray[np.float64]:
    """Moves the points inside along the patch's normal until it bends least, rim and surroundings fixed."""
    inner = len(points) - corners
    if inner == 0:
        return points[corners:]
    corner = points[triangles]
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]).sum(axis=0)
    length = float(np.linalg.norm(normal))
    if length == 0:
        return points[corners:]
    normal = normal / length
    height = points @ normal
    beside: list[set[int]] = [set() for _ in points]
    for a, b, c in triangles.tolist():
        beside[a] |= {b, c}
        beside[b] |= {a, c}
        beside[c] |= {a, b}
    matrix, wanted = np.zeros((len(points), inner)), np.zeros(len(points))
    for row, others in enumerate(beside):
        outside = around(row) @ normal if row < corners else np.zeros(0)
        many = len(others) + len(outside)
        wanted[row] = outside.sum() / many - height[row] + sum(height[o] for o in others) / many
        for other in others:
            if other >= corners:
                matrix[row, other - corners] += 1 / many
        if row >= corners:
            matrix[row, row - corners] -= 1
    shift = np.linalg.solve(matrix.T @ matrix, -matrix.T @ wanted)
    width = float(np.linalg.norm(points[:corners].max(axis=0) - points[:corners].min(axis=0)))
    if np.abs(shift).max() > BULGE * width:
        return points[corners:]
    moved: NDArray[np.float64] = points[corners:] + shift[:, None] * normal
    return moved
