"""Pictures that lie beside a level (``Surface.beside``): over its first UV set, shown by no material."""

from __future__ import annotations

from pipeline.matter.surface import Surface
from pipeline.matter.texture import Texture

MISSES, NEAREST, FILLED = "baked-misses", 128, 255
"""Name of the picture of texels whose ray met no scan, and its values where the nearest place of the scan was
taken and where there was none; 0 elsewhere."""


def beside(surface: Surface, name: str) -> Texture | None:
    """Gives the picture of this name, None where a level has none."""
    return next((texture for texture in surface.beside if texture.name == name), None)
