"""A level laid out over a square of texels: which place of it each texel shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pyvips
from numpy.typing import NDArray

from pipeline.bake.raster import triangle_of_texel, weights
from pipeline.matter.surface import Surface
from pipeline.matter.texture import Role, Texture
from pipeline.progress import report

BAND = 1 << 18
"""Texels worked on at a time, some 60 MB."""


class Sheet:
    """The texels that show a level.

    Args:
        level: laid out (:func:`pipeline.bake.unwrap.unwrapped`), with smooth normals.
        side_px: of the square picture.

    Attributes:
        of: triangle of each texel of the square, -1 where there is none, (side * side,).
        texels: those that show something, row times side plus column, (N,).
    """

    def __init__(self, level: Surface, side_px: int) -> None:
        self.level, self.side = level, side_px
        self.of = triangle_of_texel(level.uvs[0], level.triangles, side_px).ravel()
        self.texels = np.flatnonzero(self.of >= 0)

    def bands(self) -> Iterator[slice]:
        """Gives the texels' numbers in parts that fit in memory, and reports how far it is."""
        for start in range(0, len(self.texels), BAND):
            report(start, len(self.texels), "texels")
            yield slice(start, start + BAND)

    def at(self, texels: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Triangle and barycentric weights of texels."""
        of = self.of[texels]
        return of, weights(self.level.uvs[0], self.level.triangles, of, texels, self.side)

    def points(self, texels: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Points and unit normals of the level at texels."""
        of, share = self.at(texels)
        corners = self.level.triangles[of]
        normal = np.einsum("ij,ijk->ik", share, normals_in(self.level)[corners])
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
        return np.einsum("ij,ijk->ik", share, self.level.positions[corners]), normal.astype(np.float32)


def normals_in(level: Surface) -> NDArray[np.float32]:
    """Gives the normals that a level laid out for baking has, (V, 3)."""
    assert level.normals is not None
    return level.normals


def texture_of(name: str, picture: NDArray[np.uint8], role: Role, *, compression: int = 1) -> Texture:
    """Gives a picture as a texture, PNG at the quickest level: it is encoded once more for the level."""
    image = pyvips.Image.new_from_array(np.ascontiguousarray(picture), interpretation="srgb")
    data: bytes = image.pngsave_buffer(compression=compression, filter="none", keep="none")
    digest = hashlib.sha256(data).hexdigest()
    height, width = picture.shape[:2]
    return Texture(name, digest, "image/png", width, height, 3, 8, role=role, data=data)
