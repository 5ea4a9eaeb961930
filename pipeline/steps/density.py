"""How large a texture has to be for a size on the screen: finer texels than a screen can show are only bytes.

A scan with twenty textures of 4096 px on half a metre has texels of a hundredth of a millimetre; where the
object fills 600 pixels, each of them covers thousands. A texture is halved as long as two texels are left
for every pixel on 95 % of the surface it lies on: more than a screen resolves, so nothing is lost there.
Not a step: ``textures`` asks it.
"""

from __future__ import annotations

from pipeline.matter.alive import PerSurface
from pipeline.matter.surface import Surface
from pipeline.measure.textures import texel_mm

TEXELS_A_PIXEL = 2.0
"""Kept along a pixel's side: as many as a screen with twice the pixels would show."""
LEAST_PX = 64


def _texels_mm(surface: Surface) -> dict[str, float]:
    """Digest of a colour texture -> size of its texels on the object, 95 % of the surface have finer ones."""
    found: dict[str, float] = {}
    for material in surface.materials:
        use = material.colour_texture
        size = None if use is None else texel_mm(surface, use)
        if use is not None and size is not None:
            found[use.texture.sha256] = max(size[2], found.get(use.texture.sha256, 0.0))
    return found


_texels = PerSurface(_texels_mm)


def sides_seen(surface: Surface, screen_px: int | None) -> dict[str, int]:
    """Gives for each colour texture the longest side that the screen can still tell from a larger one.

    Args:
        surface: in any unit, for only its texels' share of it counts.
        screen_px: pixels that the object's diagonal fills; None sets no bound.

    Returns:
        digest -> longest side in px, for textures that are finer than the screen shows.
    """
    if screen_px is None:
        return {}
    pixel_mm = surface.diagonal * 1000 / screen_px
    sides: dict[str, int] = {}
    for texture in surface.textures():
        texel, side = _texels(surface).get(texture.sha256, 0.0), max(texture.width, texture.height)
        before = side
        while 0 < 2 * texel * TEXELS_A_PIXEL <= pixel_mm and side // 2 >= LEAST_PX:
            side, texel = side // 2, texel * 2
        if side < before:
            sides[texture.sha256] = side
    return sides
