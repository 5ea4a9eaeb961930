"""KTX2 textures by Basis Universal's own encoder, where it is installed. Not a step: ``textures`` asks it.

ETC1S for colours, UASTC for what is no colour (a normal map in ETC1S shows blocks in every reflection).
"""

from __future__ import annotations

from typing import Literal, cast

import numpy as np
import pyvips
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.matter.texture import Role
from pipeline.node.ktx2 import basisu_program, ktx2_decode, ktx2_encode

BITS_PER_TEXEL = 8
"""On the GPU, at most: UASTC as ASTC, BC7; ETC1S is half of that where it becomes ETC1 or BC1."""


def available() -> bool:
    """Says whether KTX2 can be written here."""
    try:
        basisu_program()
    except Refused:
        return False
    return True


def fitted(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Gives a picture (H, W, 3|4) with sides that are multiples of four, as KHR_texture_basisu demands."""
    height, width = (max(4, round(side / 4) * 4) for side in picture.shape[:2])
    if (height, width) == picture.shape[:2]:
        return picture
    image = pyvips.Image.new_from_array(picture, interpretation="srgb")
    scaled = image.resize(width / image.width, vscale=height / image.height, kernel="lanczos3")
    out: NDArray[np.uint8] = np.ascontiguousarray(scaled.numpy())
    assert out.shape[:2] == (height, width)
    return out


def encode(picture: NDArray[np.uint8], *, mode: str, role: Role) -> tuple[bytes, str, NDArray[np.uint8]]:
    """Encodes a picture (H, W, 3|4), sides multiples of four, as KTX2 with mips.

    Args:
        picture: sRGB for colour, linear for data.
        mode: ``ktx2-etc1s`` or ``ktx2-uastc``.
        role: decides the transfer function that is written down.

    Returns:
        The file, its media type, and what a GPU would show of it (H, W, 3|4).

    Raises:
        Refused: no encoder is installed.
        Failed: the encoder did not end, or ended badly.
    """
    if not available():
        raise Refused(
            "there is no KTX2 encoder here",
            where=f"format {mode}",
            do="use format auto or webp in the recipe",
        )
    kind = cast(Literal["etc1s", "uastc"], mode.removeprefix("ktx2-"))
    data = ktx2_encode(picture, kind, srgb=role == "colour")
    return data, "image/ktx2", ktx2_decode(data)
