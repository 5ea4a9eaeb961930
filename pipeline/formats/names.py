"""Names for textures inside the files and archives that we write."""

from __future__ import annotations

from pipeline.matter.surface import Surface
from pipeline.matter.texture import Texture

SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "image/ktx2": ".ktx2",
}


def texture_names(surface: Surface, folder: str = "textures") -> dict[str, tuple[str, Texture]]:
    """Gives digest -> name and texture, of every texture once: ``textures/texture-1.jpg``.

    Numbers and not the scan's own names, for those may hold blanks (which end a name in many readers of MTL),
    letters outside ASCII, or a person's name.
    """
    return {
        texture.sha256: (f"{folder}/texture-{number}{SUFFIXES[texture.media_type]}", texture)
        for number, texture in enumerate(surface.textures(), 1)
    }
