"""A surface painted by a value at each vertex: the heat map of a report.

The scale is magma turned round (Smith, van der Walt 2015): lightness falls evenly from plaster to a dark
violet, so it reads in grey print and by every kind of colour vision; where nothing is off the object stays
light.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Surface
from pipeline.measure.scene import scene_of
from pipeline.render.camera import Camera
from pipeline.render.light import rig, towards_eye
from pipeline.render.look import Look

SCALE = np.array(
    [
        (252, 253, 191), (254, 194, 135), (251, 135, 97), (229, 80, 100), (181, 54, 122),
        (129, 37, 129), (79, 18, 123), (28, 16, 68),
    ],
    np.float32,
)  # fmt: skip
"""sRGB from 0 to the top of the scale, evenly spaced."""
CHUNK = 1 << 17
_INNER = (-1 / 3, 0.0, 1 / 3)
SHADE = 0.28
"""So much darker a place is that faces away from the light: enough to read the form, too little to mistake
one value for another."""


def scale_colour(share: NDArray[np.floating]) -> NDArray[np.float32]:
    """Gives sRGB 0..255 (N, 3) of shares (N,) of the scale; beyond its ends the ends."""
    at = np.clip(np.nan_to_num(share), 0, 1) * (len(SCALE) - 1)
    return np.stack([np.interp(at, np.arange(len(SCALE)), SCALE[:, i]) for i in range(3)], 1).astype(
        np.float32
    )


def heat(
    surface: Surface, values: NDArray[np.float32], top: float, *, camera: Camera, size_px: int
) -> NDArray[np.uint8]:
    """Draws the surface by the values at its vertices.

    Args:
        surface: placed, in metres.
        values: (V,), blended over each triangle.
        top: value at the end of the scale; 0 paints all as 0.
        camera: where to stand.
        size_px: side of the picture.

    Returns:
        (size, size, 4) uint8 sRGB with straight alpha.
    """
    painter = _Painter(surface, values, top, camera, size_px)
    y, x = np.mgrid[0:size_px, 0:size_px].reshape(2, -1) + 0.5
    out = painter.cast(x, y)
    edge = np.flatnonzero(_rim(out[:, 3].reshape(size_px, size_px) > 0))
    inner = np.stack(np.meshgrid(_INNER, _INNER), axis=-1).reshape(-1, 2)
    fine = painter.cast(*(np.add.outer(at[edge], inner[:, i]).ravel() for i, at in enumerate((x, y))))
    out[edge] = fine.reshape(len(edge), len(inner), 4).mean(axis=1)
    out[:, :3] /= np.maximum(out[:, 3:], 1e-4)
    out[:, 3] *= 255
    return np.rint(np.clip(out, 0, 255)).astype(np.uint8).reshape(size_px, size_px, 4)


class _Painter:
    def __init__(
        self, surface: Surface, values: NDArray[np.float32], top: float, camera: Camera, size_px: int
    ) -> None:
        self._surface, self._camera, self._size_px = surface, camera, size_px
        self._shares = values / np.float32(top) if top else values * np.float32(0)
        self._scene, self._lights, self._look = scene_of(surface), rig(camera), Look(surface, 1)
        self._eye = (np.asarray(camera.eye) - self._scene.origin).astype(np.float32)

    def cast(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float32]:
        """sRGB 0..255 times cover, and cover 0..1: (N, 4)."""
        out = np.zeros((len(x), 4), np.float32)
        for start in range(0, len(x), CHUNK):
            some = slice(start, start + CHUNK)
            view = self._camera.directions(x[some], y[some], self._size_px, self._size_px)
            rays = np.concatenate([np.broadcast_to(self._eye, view.shape), view], axis=1)
            far, triangle, uv, form = self._scene.cast(rays)
            hit = np.isfinite(far)
            triangle, uv = triangle[hit], uv[hit]
            corner, (u, v) = self._shares[self._surface.triangles[triangle]], uv.T
            share = corner[:, 0] * (1 - u - v) + corner[:, 1] * u + corner[:, 2] * v
            normal = towards_eye(self._look.at_normals(triangle, uv), form[hit], view[hit])
            light = 1 - SHADE * (1 - np.clip(normal @ self._lights.key, 0, 1))
            part = out[some]
            part[hit, :3], part[hit, 3] = scale_colour(share) * light[:, None], 1
        return out


def _rim(cover: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels beside which the object begins or ends."""
    rim = np.zeros_like(cover)
    for axis in (0, 1):
        first, second = [slice(None)] * 2, [slice(None)] * 2
        first[axis], second[axis] = slice(None, -1), slice(1, None)
        jump = cover[tuple(first)] != cover[tuple(second)]
        rim[tuple(first)] |= jump
        rim[tuple(second)] |= jump
    return rim
