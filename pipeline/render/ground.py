"""The shadow on the ground, so that the size is felt: gathered once on a grid, read by every ray."""

from __future__ import annotations

import math

import numpy as np
import pyvips
from numpy.typing import NDArray

from pipeline.matter.surface import Surface
from pipeline.measure.scene import Scene
from pipeline.render.light import KEY_SPREAD, Rig

CELLS = 160
RAYS = 40
AROUND = 0.7
"""The grid reaches so many half-sizes of the object beyond it."""
SOFT_CELLS = 1.6
"""Sigma of the blur that takes the grain of the rays away, in cells."""
CONTACT, CAST = 0.62, 0.34
"""Darkness right below the object, and in the shadow of the key."""


class Ground:
    """The darkness of the floor at y = the object's lowest point, fading to nothing at the grid's rim."""

    def __init__(self, surface: Surface, scene: Scene, lights: Rig) -> None:
        low, high = surface.bounds
        low, high = low - scene.origin, high - scene.origin
        half = float(max(high[0] - low[0], high[2] - low[2], 0.4 * (high[1] - low[1]))) / 2
        self.half = half * (1 + AROUND)
        self.centre = np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2], np.float32)
        self.grid = self._gathered(scene, lights, half)

    def _gathered(self, scene: Scene, lights: Rig, half: float) -> NDArray[np.float32]:
        line = ((np.arange(CELLS) + 0.5) / CELLS * 2 - 1) * self.half
        z, x = np.meshgrid(line, line, indexing="ij")
        at = (
            np.stack([x.ravel(), np.full(x.size, 1e-4 * half), z.ravel()], axis=1).astype(np.float32)
            + self.centre
        )
        turn = np.modf(np.arange(len(at)) * 0.754877666)[0].astype(np.float32)
        contact, cast = np.zeros(len(at), np.float32), np.zeros(len(at), np.float32)
        for i in range(RAYS):
            height = math.sqrt(1 - (i + 0.5) / RAYS)
            wide = math.sqrt(1 - height**2)
            angle = 2 * math.pi * (turn + i * 0.618034)
            ray = np.stack([np.cos(angle) * wide, np.full(len(at), height), np.sin(angle) * wide], axis=1)
            contact += scene.blocked(np.concatenate([at, ray], axis=1, dtype=np.float32), 1.2 * half)
        keys = RAYS // 4
        for i in range(keys):
            angle = 2 * math.pi * (turn + i * 0.618034)
            wide = 2.2 * KEY_SPREAD * math.sqrt((i + 0.5) / keys)
            ray = lights.key + np.stack([np.cos(angle), np.zeros(len(at)), np.sin(angle)], axis=1) * wide
            cast += scene.blocked(np.concatenate([at, ray], axis=1, dtype=np.float32), 40 * half)
        dark = CONTACT * (contact / RAYS) + CAST * (cast / keys)
        grid = pyvips.Image.new_from_array(dark.reshape(CELLS, CELLS).astype(np.float32))
        soft = grid.gaussblur(SOFT_CELLS, min_ampl=0.01, precision="float").numpy()
        away = np.maximum(np.abs(x), np.abs(z)) / self.half
        fade = np.clip((1 - away) / 0.45, 0, 1)
        out: NDArray[np.float32] = (soft * fade * fade * (3 - 2 * fade)).astype(np.float32)
        return out

    def darkness(self, eye: NDArray[np.float32], view: NDArray[np.float32]) -> NDArray[np.float32]:
        """Opacity (N,) of the shadow where rays from the eye that missed the object meet the floor."""
        down = view[:, 1]
        distance = np.where(down < -1e-4, (self.centre[1] - eye[1]) / np.minimum(down, -1e-4), -1)
        at = eye + view * distance[:, None] - self.centre
        u = (at[:, 0] / self.half + 1) / 2 * CELLS - 0.5
        v = (at[:, 2] / self.half + 1) / 2 * CELLS - 0.5
        inside = (distance > 0) & (u >= 0) & (v >= 0) & (u < CELLS - 1) & (v < CELLS - 1)
        out = np.zeros(len(view), np.float32)
        u, v = u[inside], v[inside]
        u0, v0 = u.astype(np.int64), v.astype(np.int64)
        fu, fv = u - u0, v - v0
        g = self.grid
        top = g[v0, u0] * (1 - fu) + g[v0, u0 + 1] * fu
        bottom = g[v0 + 1, u0] * (1 - fu) + g[v0 + 1, u0 + 1] * fu
        out[inside] = top * (1 - fv) + bottom * fv
        return out
