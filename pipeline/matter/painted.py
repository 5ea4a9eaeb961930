"""Which vertices show their own colours, and not a texture's tinted by them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Surface


def shows_own_colour(surface: Surface) -> NDArray[np.bool_]:
    """Says of each vertex (V,) whether its colour stands for itself: no triangle with a texture uses it.

    Where one does, glTF multiplies the two, and a correction of both would be made twice.
    """
    textured = np.array([material.colour_texture is not None for material in surface.materials])
    own = np.ones(len(surface.positions), bool)
    own[surface.triangles[textured[surface.material_of]]] = False
    return own
