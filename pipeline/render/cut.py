"""The picture of what was cut away: the scan as it came, the cut part in red."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Material, Surface
from pipeline.render.camera import poster_camera
from pipeline.render.draw import render
from pipeline.render.pictures import webp

VERMILION = (0.55, 0.04, 0.02, 1.0)
"""Linear; the red that conservation drawings mark with, and hardly a table has."""
CUT_PX = 640
PAPER = (255, 255, 255)


def marked(surface: Surface, part: NDArray[np.bool_]) -> Surface:
    """Gives a surface with a part (T,) of its triangles in plain red, textures and colours elsewhere kept."""
    own = surface.triangles[part].reshape(-1)
    count, many = len(surface.positions), len(surface.materials)
    triangles, material_of = surface.triangles.copy(), surface.material_of.copy()
    triangles[part] = np.arange(count, count + len(own), dtype=np.int32).reshape(-1, 3)
    material_of[part] = many
    colours = surface.colours
    if colours is not None:
        colours = np.concatenate([colours, np.full((len(own), 4), 255, np.uint8)])
    return surface.but(
        positions=np.concatenate([surface.positions, surface.positions[own]]),
        triangles=triangles,
        material_of=material_of,
        materials=(*surface.materials, Material("cut", base_colour=VERMILION)),
        normals=None if surface.normals is None else np.concatenate([surface.normals, surface.normals[own]]),
        uvs=tuple(np.concatenate([uv, uv[own]]) for uv in surface.uvs),
        colours=colours,
    )


def cut_picture(surface: Surface, part: NDArray[np.bool_], size_px: int = CUT_PX) -> bytes:
    """Draws the scan with the part that is cut away in red: WebP on white, ``size_px`` square.

    Args:
        surface: placed, before the cut.
        part: (T,) what is cut away.
        size_px: side of the picture.
    """
    drawn = render(
        marked(surface, part),
        camera=poster_camera(surface),
        width=size_px,
        height=size_px,
        background=PAPER,
        ground=False,
    )
    return webp(np.ascontiguousarray(drawn[..., :3]), quality=82)
