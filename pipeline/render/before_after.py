"""Two small pictures of one surface for the report: as its colours came, and as steps changed them.

What was done to textures is a promise that they carry, so the colours from before are still there.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.matter.surface import Material, Surface
from pipeline.render.camera import poster_camera
from pipeline.render.pictures import poster, webp

PICTURE_PX = 480


def before_after(surface: Surface, *, size_px: int = PICTURE_PX) -> tuple[bytes, bytes] | None:
    """Draws a surface with its textures as they came and as they were changed, from one place.

    Returns:
        Two WebP pictures of ``size_px``, transparent around the object; None where no texture was changed
        (colours of vertices are changed at once and not kept from before).
    """
    before = as_it_came(surface)
    if before is surface:
        return None
    camera = poster_camera(surface)
    drawn = (poster(one, size_px=size_px, camera=camera) for one in (before, surface))
    first, second = (webp(picture, quality=82) for picture in drawn)
    return first, second


def as_it_came(surface: Surface) -> Surface:
    """Gives a surface with the changes of its colour textures taken back; itself where there are none."""
    materials = tuple(_unchanged(material) for material in surface.materials)
    return surface if materials == surface.materials else surface.but(materials=materials)


def _unchanged(material: Material) -> Material:
    use = material.colour_texture
    if use is None or not use.texture.changes:
        return material
    # decoded pictures are kept by digest: this one must not be taken for the changed one
    texture = replace(use.texture, sha256=f"{use.texture.sha256}-before", changes=())
    return replace(material, colour_texture=replace(use, texture=texture))
