"""Polygons become triangles, with the winding they had.

Triangles pass, convex polygons become fans, concave ones are clipped ear by ear in the plane of their Newell
normal. A fan across a concave corner would cover ground outside the polygon and turn its normal over.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import limits


def triangulate(
    positions: NDArray[np.float64], corners: NDArray[Any], sizes: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Cuts polygons into triangles.

    Args:
        positions: (V, 3).
        corners: (C,) vertex of every corner, polygon after polygon.
        sizes: (P,) number of corners of every polygon; those with fewer than 3 give nothing.

    Returns:
        (T, 3) indices into ``corners``; (T,) the polygon that each came from, ascending; and how many concave
        polygons were too large to be clipped and became fans (:data:`limits.CONCAVE_CORNERS_MAX`).
    """
    starts = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))[:-1]
    pieces: list[NDArray[np.int64]] = []
    sources: list[NDArray[np.int64]] = []
    fanned, work = 0, 0
    for size in np.unique(sizes).tolist():
        if size < 3:
            continue
        which = np.flatnonzero(sizes == size)
        second = np.arange(1, size - 1, dtype=np.int64)
        fan = np.column_stack((np.zeros_like(second), second, second + 1))
        local = np.broadcast_to(fan, (len(which), *fan.shape))
        if size > 3:
            loops = positions[corners[starts[which, None] + np.arange(size)]]
            turns = _turns(loops)
            concave = np.flatnonzero((turns < -1e-9 * np.abs(turns).max(axis=1, keepdims=True)).any(axis=1))
            if len(concave):
                local = local.copy()
                if size == 4:  # the fan from the inward corner is right, and a million of them take no time
                    local[concave] = (fan + turns[concave].argmin(axis=1)[:, None, None]) % 4
                elif size > limits.CONCAVE_CORNERS_MAX:
                    fanned += len(concave)
                else:
                    clipped = concave[: (limits.CONCAVE_WORK_MAX - work) // size**3]
                    work += len(clipped) * size**3
                    fanned += len(concave) - len(clipped)
                    for polygon in clipped.tolist():
                        local[polygon] = clip_ears(loops[polygon])
        pieces.append((local + starts[which, None, None]).reshape(-1, 3))
        sources.append(np.repeat(which, size - 2))
    if not pieces:
        return np.empty((0, 3), np.int64), np.empty(0, np.int64), 0
    triangles, source = np.concatenate(pieces), np.concatenate(sources)
    if len(pieces) > 1:
        order = np.argsort(source, kind="stable")
        triangles, source = triangles[order], source[order]
    return triangles, source, fanned


def _turns(loops: NDArray[np.float64]) -> NDArray[np.float64]:
    """How each corner of (P, n, 3) loops turns, seen along the loop's own normal: negative where inwards."""
    ahead, behind = np.roll(loops, -1, axis=1) - loops, loops - np.roll(loops, 1, axis=1)
    local = loops - loops[:, :1]  # Newell's normal about a corner: far from the origin the plain sum cancels
    normal = np.cross(local, np.roll(local, -1, axis=1)).sum(axis=1)
    return np.asarray(np.einsum("pnc,pc->pn", np.cross(behind, ahead), normal), np.float64)


def clip_ears(loop: NDArray[np.float64]) -> NDArray[np.int64]:
    """Cuts one simple polygon, (n, 3), into (n − 2, 3) indices; what is left of a crossing one is fanned."""
    flat = _flattened(loop)
    left = list(range(len(flat)))
    ears: list[tuple[int, int, int]] = []
    while len(left) > 3:
        at = next((k for k in range(len(left)) if _is_ear(flat, left, k)), None)
        if at is None:
            ears.extend((left[0], left[k], left[k + 1]) for k in range(1, len(left) - 1))
            return np.array(ears, np.int64)
        ears.append((left[at - 1], left[at], left[(at + 1) % len(left)]))
        del left[at]
    ears.append((left[0], left[1], left[2]))
    return np.array(ears, np.int64)


def _flattened(loop: NDArray[np.float64]) -> NDArray[np.float64]:
    """The loop in its own plane, counter-clockwise, scaled to about 1."""
    local = loop - loop[0]
    normal = np.cross(local, np.roll(local, -1, axis=0)).sum(axis=0)
    length = float(np.linalg.norm(normal))
    normal = normal / length if length > 0 else np.array([0.0, 0.0, 1.0])
    across = np.cross(normal, np.eye(3)[int(np.argmin(np.abs(normal)))])
    across /= np.linalg.norm(across)
    flat = np.stack((local @ across, local @ np.cross(normal, across)), axis=1)
    return np.asarray(flat / (np.abs(flat).max() or 1.0), np.float64)


def _is_ear(flat: NDArray[np.float64], left: list[int], k: int) -> bool:
    """Whether the corner is convex and no other corner lies in its triangle."""
    a, b, c = flat[left[k - 1]], flat[left[k]], flat[left[(k + 1) % len(left)]]
    if _turn(a, b, c) <= 1e-12:
        return False
    skip = {left[k - 1], left[k], left[(k + 1) % len(left)]}
    others = flat[[i for i in left if i not in skip]]
    others = others[~((others == a).all(axis=1) | (others == b).all(axis=1) | (others == c).all(axis=1))]
    within = (_turn(a, b, others) >= 0) & (_turn(b, c, others) >= 0) & (_turn(c, a, others) >= 0)
    return not bool(np.any(within))


def _turn(a: NDArray[np.float64], b: NDArray[np.float64], p: NDArray[np.float64]) -> Any:
    """Twice the signed area of the triangle a b p; p may be (N, 2)."""
    return (b[0] - a[0]) * (p[..., 1] - a[1]) - (b[1] - a[1]) * (p[..., 0] - a[0])
