"""Irregular triangles over a flat thing with relief: front, edge and back, watertight.

The outline is given as a radius over the angle (tile ends, mirrors and plaster pieces are all star-shaped
seen from their middle), so inside and outside and the distance to the edge need no polygon code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from .shape import Shape

Array = NDArray[Any]
Height = Callable[[Array, Array], Array]
FRONT, EDGE, BACK = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Slab:
    """A flat thing standing up.

    Attributes:
        radius: outline, mm at angles counter-clockwise from +X seen from the front.
        front, back: height z in mm at (x, y).
        bulge: outward displacement in mm of the edge at (way round in mm, 0 at the front to 1 at the back);
            zero at both ends.
    """

    radius: Callable[[Array], Array]
    front: Height
    back: Height
    bulge: Height

    def inside(self, x: Array, y: Array) -> Array:
        """Gives roughly the distance to the outline in mm, positive inside."""
        angle, step = np.arctan2(y, x), 1e-3
        r = self.radius(angle)
        lean = (self.radius(angle + step) - self.radius(angle - step)) / (2 * step * r)
        return np.asarray((r - np.hypot(x, y)) / np.sqrt(1 + lean * lean))

    def ring(self, edge_mm: float) -> tuple[Array, Array]:
        """Gives the outline as points (M, 2) about ``edge_mm`` apart, and their way round (M + 1,) in mm."""
        angle = np.linspace(0, 2 * np.pi, 20001)
        r = self.radius(angle)
        x, y = r * np.cos(angle), r * np.sin(angle)
        way = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
        even = np.linspace(0, way[-1], round(way[-1] / edge_mm) + 1)
        return np.stack([np.interp(even, way, x), np.interp(even, way, y)], axis=1)[:-1], even


def triangulated(
    slab: Slab, rng: np.random.Generator, *, edge_mm: float, back_edge_mm: float, jitter: float = 0.3
) -> Shape:
    """Gives the slab as irregular triangles on three sheets: front (x, y), edge (way round, z), back (-x,
    y).
    """
    rim, way = slab.ring(edge_mm * 0.9)
    count = len(rim)
    faces = [_face(slab, rim, rng, edge, jitter) for edge in (edge_mm, back_edge_mm)]
    (front_xy, front_tri), (back_xy, back_tri) = faces
    front_z = slab.front(front_xy[:, 0], front_xy[:, 1])
    back_z = slab.back(back_xy[:, 0], back_xy[:, 1])

    thick = float(np.mean(front_z[:count] - back_z[:count]))
    rows = max(2, round(thick / edge_mm) + 1)
    share = np.repeat(np.linspace(0, 1, rows)[:, None], count, axis=1)
    round_mm = np.repeat(way[None, :-1], rows, axis=0)
    share[1:-1] += rng.uniform(-1, 1, (rows - 2, count)) * jitter / (rows - 1)
    round_mm[1:-1] += rng.uniform(-1, 1, (rows - 2, count)) * jitter * edge_mm
    x = np.interp(round_mm, way, np.append(rim[:, 0], rim[0, 0]), period=way[-1])
    y = np.interp(round_mm, way, np.append(rim[:, 1], rim[0, 1]), period=way[-1])
    ahead = np.stack(
        [
            np.interp(round_mm + d, way, np.append(rim[:, k], rim[0, k]), period=way[-1])
            for d in (-2, 2)
            for k in (0, 1)
        ]
    )
    tx, ty = ahead[2] - ahead[0], ahead[3] - ahead[1]
    norm = np.hypot(tx, ty)
    push = slab.bulge(round_mm % way[-1], share)
    x, y = x + push * ty / norm, y - push * tx / norm
    z = front_z[:count] * (1 - share) + back_z[:count] * share
    edge_xyz = np.stack([x, y, z], axis=-1).reshape(-1, 3)[count:-count]
    edge_at = np.stack([round_mm, z], axis=-1).reshape(-1, 2)

    positions = np.concatenate(
        [np.column_stack([front_xy, front_z]), np.column_stack([back_xy, back_z]), edge_xyz]
    )
    start_back, start_edge = len(front_xy), len(front_xy) + len(back_xy)
    number = np.arange(rows * count).reshape(rows, count)
    vertex = number - count + start_edge
    vertex[0], vertex[-1] = np.arange(count), start_back + np.arange(count)
    strip, strip_at = _strip(number, vertex, edge_at, way[-1], rng)
    flip = np.array([-1.0, 1.0])
    triangles = np.concatenate([front_tri, strip, back_tri[:, ::-1] + start_back])
    corners = np.concatenate([front_xy[front_tri], strip_at, (back_xy * flip)[back_tri[:, ::-1]]])
    sheet_of = np.repeat([FRONT, EDGE, BACK], [len(front_tri), len(strip), len(back_tri)])
    return Shape(positions, triangles.astype(np.int32), sheet_of.astype(np.int32), corners)


def _face(
    slab: Slab, rim: Array, rng: np.random.Generator, edge: float, jitter: float
) -> tuple[Array, Array]:
    """Gives points (the rim first) and counter-clockwise triangles that fill the outline."""
    reach = np.abs(rim).max(axis=0) + edge
    rows = np.arange(-reach[1], reach[1], 0.87 * edge)
    columns = np.arange(-reach[0], reach[0], edge)
    x = columns[None, :] + 0.5 * edge * (np.arange(len(rows)) % 2)[:, None]
    y = np.repeat(rows[:, None], len(columns), axis=1)
    x = (x + rng.uniform(-1, 1, x.shape) * jitter * edge).ravel()
    y = (y + rng.uniform(-1, 1, y.shape) * jitter * edge * 0.87).ravel()
    kept = slab.inside(x, y) > 0.62 * edge
    points = np.concatenate([rim, np.stack([x[kept], y[kept]], axis=1)])
    mesh = Delaunay(points).simplices
    p = points[mesh]
    a, b = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]
    area = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    mesh = np.where(area[:, None] < 0, mesh[:, ::-1], mesh)
    middle = p.mean(axis=1)
    on_rim = (mesh < len(rim)).all(axis=1)
    good = (np.abs(area) > 1e-9) & (~on_rim | (slab.inside(middle[:, 0], middle[:, 1]) > 0))
    return points, mesh[good]


def _strip(
    number: Array, vertex: Array, at: Array, period: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Gives the edge's triangles, their diagonals at random, and their corners unrolled over the seam."""
    a, b = number[:-1], np.roll(number, -1, axis=1)[:-1]
    c, d = number[1:], np.roll(number, -1, axis=1)[1:]
    one = rng.random(a.shape) < 0.5
    first = np.stack([a, c, np.where(one, b, d)], axis=-1).reshape(-1, 3)
    second = np.stack([np.where(one, c, a), d, b], axis=-1).reshape(-1, 3)
    local = np.concatenate([first, second])
    corners = at[local].copy()
    jump = corners[..., 0] - corners[:, :1, 0]
    corners[..., 0] += period * ((jump < -period / 2).astype(float) - (jump > period / 2))
    return vertex.ravel()[local], corners
