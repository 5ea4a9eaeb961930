"""An object turned round in small pictures, so that a page without script can show it from all sides."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Surface
from pipeline.render.camera import Camera, framed, front_view, outline
from pipeline.render.draw import render

FRAMES = 18
"""Twenty degrees from one to the next: the eye still follows an edge from picture to picture. 54 pictures of
scan, model and heat map take three seconds; 24 times three at 320 px took seven and told no more."""
TURN_PX = 300
MARGIN = 0.04
"""Share of the picture left free on each side."""


def turn_cameras(surface: Surface, frames: int = FRAMES) -> tuple[Camera, ...]:
    """Gives cameras all around, the first where the poster is taken from.

    All look at one place from one distance, the least at which nothing is cut: each framed by its own outline
    the object would breathe while it turns.
    """
    azimuth, elevation = front_view(surface)
    turns = [framed(surface, azimuth + 360 * i / frames, elevation, 1.0) for i in range(frames)]
    low, high = surface.bounds
    centre = (low + high) / 2
    points = outline(surface) - centre
    room = math.tan(math.radians(turns[0].fov_deg) / 2) * (1 - 2 * MARGIN)
    reach = 0.0
    for camera in turns:
        x, y, z = camera.basis() @ points.T
        reach = max(reach, float((np.maximum(np.abs(x), np.abs(y)) / room - z).max()))
    return tuple(_from(camera, centre, max(reach, 1e-6)) for camera in turns)


def turned(
    surface: Surface, cameras: tuple[Camera, ...], size_px: int = TURN_PX
) -> Iterator[NDArray[np.uint8]]:
    """Draws a surface from each camera: (px, px, 4) uint8 with a transparent ground, without shadows."""
    for camera in cameras:
        yield render(
            surface, camera=camera, width=size_px, height=size_px, supersample=2, ground=False, shadows=False
        )


def _from(camera: Camera, centre: NDArray[np.float64], far: float) -> Camera:
    forward = np.subtract(camera.target, camera.eye)
    forward /= np.linalg.norm(forward)
    eye = centre - forward * far
    return Camera(
        (float(eye[0]), float(eye[1]), float(eye[2])),
        (float(centre[0]), float(centre[1]), float(centre[2])),
        camera.fov_deg,
    )
