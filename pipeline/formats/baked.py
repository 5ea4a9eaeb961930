"""A changed texture made good: its colours as they are to be, in bytes of its own.

The step ``textures`` encodes what it is given together with its changes; this is for whoever writes a model
without it.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pyvips

from pipeline.formats.images import undecodable, vips
from pipeline.matter.texture import Texture


def baked(texture: Texture) -> Texture:
    """Gives a texture without changes that shows the same, as PNG: nothing is lost but what 8 bits hold.

    Raises:
        Refused: cannot be decoded, or is cut off.
    """
    if not texture.changes:
        return texture
    try:
        image = vips(texture)
        data: bytes = image.pngsave_buffer(compression=6, keep="none")
    except pyvips.Error as error:
        raise undecodable(texture.name, error) from error
    return replace(
        texture,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type="image/png",
        channels=image.bands,
        bits=8,
        profile="",
        orientation=1,
        path=None,
        data=data,
        changes=(),
    )
