"""The axis of a turned form: vessels have one even where they have no flat base.

A surface of revolution does not leave itself when it is turned about its axis, so the normals are at right
angles to that motion everywhere. The axis is the turn that leaves the least of it, an eigenvalue problem
(Pottmann and Randrup: Rotational and helical surface approximation for reverse engineering, Computing 60,
1998). A ball has every axis and a block has none: both show in the eigenvalues.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.areas import areas_of
from pipeline.matter.surface import Surface
from pipeline.measure.scene import scene_of

TURNED, ALONE = 0.01, 0.1
"""The motion across the surface, squared and as a share of the size squared, below which a form is turned;
and its share of the next best axis' at most. A bust has 0.091 and 0.36, a helmet 0.075 and 0.49, a ball 0 on
every axis."""
SLAB = 0.05
"""A form that leaves itself when it is moved two ways is flat: a tablet turns in its plane too, and has no
axis."""
PITCH = 0.1
"""A motion that goes on along its axis by more than this per radian is a screw."""
SOME = 50_000
DEEP, SHALLOW = 0.3, 0.15
"""A vessel is open where one looks into it for more than DEEP of its height, and closed where for less than
SHALLOW."""
MIDDLE = 0.05
"""Rays go down in a ring of this share of the largest radius, for a knob or a hole in the very middle."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The axis of a turned form: unit direction (3,), a point on it (3,), how far the motion leaves the form;
    ``opens`` is 1 where the form is open at the end the direction points to, -1 at the other, 0 unknown."""

    direction: NDArray[np.float64]
    point: NDArray[np.float64]
    off: float
    opens: int


def find_axis(surface: Surface) -> Axis | None:
    """Finds the axis of a turned form; None where it is none or has several."""
    step = max(1, len(surface.triangles) // SOME)
    areas = areas_of(surface)[::step]
    weights = np.linalg.norm(areas, axis=1)
    good = weights > 0
    if not good.any():
        return None
    corner = surface.positions[surface.triangles[::step][good]]
    # at the middles of the sides a sum over triangles is exact for squares, however large they are
    centres = ((corner + np.roll(corner, 1, axis=1)) / 2).reshape(-1, 3)
    weights = np.repeat(weights[good], 3)
    normals = np.repeat(areas[good], 3, axis=0) / weights[:, None]
    middle = np.average(centres, axis=0, weights=weights)
    size = float(np.sqrt(np.average(((centres - middle) ** 2).sum(axis=1), weights=weights)))
    if not size > 0:
        return None
    lines = np.concatenate([np.cross((centres - middle) / size, normals), normals], axis=1)
    matrix = (lines * weights[:, None]).T @ lines / weights.sum()
    if np.linalg.eigvalsh(matrix[3:, 3:])[1] < SLAB:
        return None
    shift = np.linalg.pinv(matrix[3:, 3:], rcond=1e-6, hermitian=True) @ matrix[3:, :3]
    values, axes = np.linalg.eigh(matrix[:3, :3] - matrix[:3, 3:] @ shift)
    if not (values[0] < TURNED and values[0] < ALONE * values[1]):
        return None
    direction = axes[:, 0]
    moment = -shift @ direction
    if abs(float(moment @ direction)) > PITCH:
        return None
    point = middle + size * np.cross(direction, moment)
    return Axis(direction, point, float(values[0]), _opening(surface, direction, point))


def _opening(surface: Surface, direction: NDArray[np.float64], point: NDArray[np.float64]) -> int:
    """Looks in from both ends along the axis: at which of them is the form open?"""
    points = surface.positions[surface.used()] - point
    along = points @ direction
    low, high = float(along.min()), float(along.max())
    radius = float(np.linalg.norm(points - along[:, None] * direction, axis=1).max())
    side = np.cross(direction, np.eye(3)[int(np.argmin(np.abs(direction)))])
    side /= np.linalg.norm(side)
    turn = np.linspace(0, 2 * np.pi, 8, endpoint=False)[:, None]
    ring = MIDDLE * radius * (np.cos(turn) * side + np.sin(turn) * np.cross(direction, side))
    scene = scene_of(surface)
    depths = []
    for end, way in ((high, -direction), (low, direction)):
        starts = point + end * direction + ring - way * 0.1 * (high - low) - scene.origin
        rays = np.concatenate([starts, np.broadcast_to(way, starts.shape)], axis=1).astype(np.float32)
        far = scene.cast(np.ascontiguousarray(rays))[0] / (high - low) - 0.1
        depths.append(float(np.median(np.minimum(far, 1.0))))
    top, bottom = depths
    if top > DEEP and bottom < SHALLOW:
        return 1
    return -1 if bottom > DEEP and top < SHALLOW else 0
