"""Where to stand: framing by the object's own outline, so that it fills the picture whatever its shape."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.alive import PerForm
from pipeline.matter.areas import areas_of
from pipeline.matter.surface import Surface

FOV_DEG = 26.0
"""Vertical angle of view, that of a portrait lens: near enough to feel the depth, without bending."""
FLAT, PLATE, THIN = 0.3, 0.16, 0.22
"""Lower than FLAT of its width an object is ground or a dish, lower than PLATE a plate;
thinner than THIN a panel."""
ONE_SIDED = 0.6
FRONT_TURN_DEG = 18.0
OUTLINE_POINTS = 20_000


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole at ``eye`` looking at ``target`` (metres, Y up); ``fov_deg`` is vertical."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    fov_deg: float = FOV_DEG

    def basis(self) -> NDArray[np.float64]:
        """Right, up and forward as rows (3, 3), unit length."""
        forward = np.subtract(self.target, self.eye)
        forward /= np.linalg.norm(forward)
        side = np.cross(forward, (0.0, 1.0, 0.0))
        if np.linalg.norm(side) < 1e-6:  # straight down: north is away from the viewer
            side = np.array([1.0, 0.0, 0.0])
        side /= np.linalg.norm(side)
        return np.stack([side, np.cross(side, forward), forward])

    def directions(self, x: NDArray[Any], y: NDArray[Any], width: int, height: int) -> NDArray[np.float32]:
        """Unit directions (N, 3) through picture points, x to the right and y down in pixels."""
        scale = 2 * math.tan(math.radians(self.fov_deg) / 2) / height
        right, up, forward = self.basis()
        across, down = (x - width / 2) * scale, (y - height / 2) * scale
        length = 1 / np.sqrt(1 + across * across + down * down)
        out = np.empty((len(x), 3), np.float32)
        for i in range(3):
            out[:, i] = (forward[i] + across * right[i] - down * up[i]) * length
        return out


def framed(
    surface: Surface, azimuth_deg: float, elevation_deg: float, aspect: float, margin: float = 0.09
) -> Camera:
    """Gives the camera at that angle from which the outline just fills the picture.

    Args:
        surface: placed.
        azimuth_deg: 0 looks along -Z at the front, positive walks to the right round the object.
        elevation_deg: above the horizon.
        aspect: width / height of the picture.
        margin: share of the picture left free on each side.
    """
    azimuth, elevation = math.radians(azimuth_deg), math.radians(elevation_deg)
    away = np.array(
        [
            math.sin(azimuth) * math.cos(elevation),
            math.sin(elevation),
            math.cos(azimuth) * math.cos(elevation),
        ]
    )
    points = outline(surface)
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    size = max(float(np.linalg.norm(points.max(axis=0) - points.min(axis=0))), 1e-6)
    camera = Camera(_triple(centre + away * size * 2), _triple(centre))
    high = math.tan(math.radians(camera.fov_deg) / 2) * (1 - 2 * margin)
    right, up, forward = camera.basis()
    # in camera axes a point is inside when |x| <= wide * depth; with the eye moved back by d, depth grows
    # by d
    local = points - centre
    x, y, z = local @ right, local @ up, local @ forward
    wide = high * aspect
    left_right = (x / wide - z).max() + (-x / wide - z).max()
    up_down = (y / high - z).max() + (-y / high - z).max()
    distance = max(left_right, up_down, 0.2 * size) / 2
    shift_x = ((x / wide - z).max() - (-x / wide - z).max()) / 2 * wide
    shift_y = ((y / high - z).max() - (-y / high - z).max()) / 2 * high
    target = centre + shift_x * right + shift_y * up
    return replace(camera, eye=_triple(target - forward * distance), target=_triple(target))


def front_view(surface: Surface) -> tuple[float, float]:
    """Gives azimuth and elevation (degrees, as :func:`framed` takes them) that show an object best.

    The front, a little turned and from slightly above; what lies flat from well above, a plate or a mirror
    on its back steeply; a panel nearly level. What was scanned from one side only is seen from that side.
    Where somebody said which side is the front, it faces +Z (``place``) and nothing is guessed.
    """
    low, high = surface.bounds
    width, height, depth = high - low
    facing = _facing(surface)
    # a sheet is seen from the side to which its walls and slopes turn
    sheet = np.linalg.norm(facing) > ONE_SIDED
    said = surface.placement is not None and surface.placement.front_deg is not None
    turned = not said and sheet and np.hypot(facing[0], facing[2]) > 0.1
    side = math.degrees(math.atan2(facing[0], facing[2])) if turned else 0.0
    if height < PLATE * max(width, depth):
        return round(side, 1), 60.0
    if (sheet and facing[1] > 0.5) or height < FLAT * max(width, depth):
        return round(side + FRONT_TURN_DEG, 1), 42.0
    if depth < THIN * max(width, height):
        return round(side + FRONT_TURN_DEG, 1), 4.0
    if width < THIN * max(depth, height):
        return round((side if turned or said else 90.0) + FRONT_TURN_DEG, 1), 4.0
    return round(side + FRONT_TURN_DEG, 1), 11.0


def poster_camera(surface: Surface, aspect: float = 1.0) -> Camera:
    """Gives the poster's camera: :func:`front_view`, framed."""
    return framed(surface, *front_view(surface), aspect)


def view_cameras(surface: Surface, count: int = 8, aspect: float = 16 / 9) -> tuple[Camera, ...]:
    """Gives ``count`` views around the object, alternately 10 and 35 degrees above the horizon."""
    return tuple(framed(surface, 360.0 * i / count, (10.0, 35.0)[i % 2], aspect) for i in range(count))


def _sum_of_areas(surface: Surface) -> NDArray[np.float64]:
    areas = areas_of(surface)
    facing: NDArray[np.float64] = areas.sum(axis=0) / max(float(np.linalg.norm(areas, axis=1).sum()), 1e-30)
    return facing


_facing = PerForm(_sum_of_areas)
"""Gives the sum of the area vectors as a share of the area, (3,): where a one-sided surface looks."""


def outline(surface: Surface) -> NDArray[np.float64]:
    """Gives points (N, 3) that a picture must hold: some of the vertices, and the outermost ones."""
    used = np.zeros(len(surface.positions), bool)
    used[surface.triangles] = True
    points = surface.positions if used.all() else surface.positions[used]
    some = points[:: max(1, len(points) // OUTLINE_POINTS)]
    ends = np.concatenate([points.argmin(axis=0), points.argmax(axis=0)])
    return np.concatenate([some, points[ends]])


def _triple(v: NDArray[np.float64]) -> tuple[float, float, float]:
    return (float(v[0]), float(v[1]), float(v[2]))
