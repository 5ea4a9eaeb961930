"""Where a level's texels met no scan when they were baked: the level in plaster, those places in colour.

The level's own colours are left out: a sherd is often as red as a mark would be.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pyvips
from numpy.typing import NDArray

from pipeline.formats.images import pixels
from pipeline.matter.beside import FILLED, MISSES, NEAREST, beside
from pipeline.matter.surface import Material, Surface, TextureUse
from pipeline.matter.texture import Texture
from pipeline.measure.pairs import drawn
from pipeline.measure.scene import scene_of
from pipeline.render.camera import Camera, framed, front_view
from pipeline.render.draw import render
from pipeline.render.look import Look
from pipeline.render.pictures import webp

MISSED_PX = 480
MAP_PX = 1024
"""Side at which the marks are painted: finer than the picture, and a single texel of 4096² is still seen."""
GUTTERS = 256
"""Charts lie the side divided by this apart, as step ``reduce`` lays them out."""
PLASTER, OCHRE, CINNABAR = (212, 206, 196), (192, 138, 62), (176, 57, 43)
"""sRGB of what met the scan, was taken from the nearest place, was filled: ever darker, for grey print."""
SAMPLES, SEED = 40_000, 11
AZIMUTHS, ELEVATIONS_DEG = 8, (11.0, 50.0, -35.0)
WORTH = 0.1
"""A second view is drawn where it shows this share of the places that the first one does not."""


def missed_pictures(level: Surface, *, size_px: int = MISSED_PX) -> tuple[bytes, ...]:
    """Draws a level from where most of its misses are seen, and once more from where most others are.

    Args:
        level: placed, as it was baked, with its picture of misses beside it.
        size_px: side of the pictures.

    Returns:
        One or two WebP with a transparent ground; none where nothing missed.
    """
    found = beside(level, MISSES)
    if found is None:
        return ()
    values = _pooled(pixels(found)[..., 0])
    views = _views(level, values)
    painted = level.but(
        materials=(Material("misses", colour_texture=TextureUse(_marked(values))),),
        material_of=np.zeros(len(level.triangles), np.int32),
        colours=None,
    )
    shots = (
        render(painted, camera=camera, width=size_px, height=size_px, supersample=2, ground=False)
        for camera in views
    )
    return tuple(webp(shot, quality=82) for shot in shots)


def _pooled(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The values at :data:`MAP_PX` at most; of several texels in one the highest. Marks are as much wider as
    gutters are at least, so that the thin line of a rim is seen and none comes upon another chart."""
    import cv2

    times = max(1, len(values) // MAP_PX)
    side = len(values) // times
    highest = values.reshape(side, times, side, times).max(axis=(1, 3))
    wide = 2 * max(1, side // GUTTERS) + 1
    return np.asarray(cv2.dilate(highest, np.ones((wide, wide), np.uint8)), np.uint8)


def _marked(values: NDArray[np.uint8]) -> Texture:
    colours = np.zeros((256, 3), np.uint8)
    colours[0], colours[NEAREST], colours[FILLED] = PLASTER, OCHRE, CINNABAR
    image = pyvips.Image.new_from_array(np.ascontiguousarray(colours[values]), interpretation="srgb")
    data: bytes = image.pngsave_buffer(compression=1, filter="none", keep="none")
    height, width = values.shape
    return Texture("misses", hashlib.sha256(data).hexdigest(), "image/png", width, height, data=data)


def _views(level: Surface, values: NDArray[np.uint8]) -> list[Camera]:
    """The camera that sees most of the missed places, and the one that sees most of the others."""
    at, normal = _places(level, values)
    azimuth, elevation = front_view(level)
    turns = [
        (azimuth + 360 * i / AZIMUTHS, up) for up in (elevation, *ELEVATIONS_DEG) for i in range(AZIMUTHS)
    ]
    cameras = [framed(level, *turn, 1.0) for turn in turns]
    seen = np.array([_seen(level, at, normal, camera) for camera in cameras])
    first = int(seen.sum(axis=1).argmax())
    others = (seen & ~seen[first]).sum(axis=1)
    second = int(others.argmax())
    if others[second] < max(1, WORTH * len(at)):
        return [cameras[first]]
    return [cameras[first], cameras[second]]


def _places(level: Surface, values: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Points of the level that missed, drawn evenly by area, and the normals there."""
    places, points = drawn(level, SAMPLES, SEED)
    corner = level.uvs[0][level.triangles[places.triangle]]
    share = np.stack([1 - places.uv.sum(axis=1), places.uv[:, 0], places.uv[:, 1]], axis=1)
    flat = np.einsum("ij,ijk->ik", share, corner)
    x, y = np.clip((flat * len(values)).astype(np.int64), 0, len(values) - 1).T
    missed = values[y, x] > 0
    normal = Look(level, 1).at_normals(places.triangle[missed], places.uv[missed])
    return points[missed], normal


def _seen(
    level: Surface, at: NDArray[np.float64], normal: NDArray[np.float32], camera: Camera
) -> NDArray[np.bool_]:
    """Says of points (N,) whether the camera sees them."""
    scene = scene_of(level)
    way = np.asarray(camera.eye) - at
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    start = at - scene.origin + normal * (level.diagonal * 1e-4)
    facing = np.einsum("ij,ij->i", way, normal) > 0.1
    free = ~scene.blocked(np.concatenate([start, way], axis=1).astype(np.float32), np.inf)
    seen: NDArray[np.bool_] = facing & free
    return seen
