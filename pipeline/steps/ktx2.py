"""KTX2 textures through the Node worker, where it has an encoder. Not a step: ``textures`` asks it."""

from __future__ import annotations

import importlib.util

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.matter.texture import Role


def available() -> bool:
    """Says whether KTX2 can be written here."""
    return importlib.util.find_spec("pipeline.node.basis") is not None


def encode(picture: NDArray[np.uint8], *, mode: str, role: Role) -> tuple[bytes, str, NDArray[np.uint8]]:
    """Encodes a picture (H, W, 3|4) as KTX2 with mips.

    Args:
        picture: sRGB for colour, linear for data.
        mode: ``ktx2-etc1s`` or ``ktx2-uastc``.
        role: decides the transfer function that is written down.

    Returns:
        The file, its media type, and what a GPU would show of it (H, W, 3|4).

    Raises:
        Refused: no encoder is installed.
    """
    raise Refused(
        "there is no KTX2 encoder here", where=f"format {mode}", do="use format auto or webp in the recipe"
    )
