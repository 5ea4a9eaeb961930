"""How a Surface's numbers become integers, and what that costs in millimetres, degrees and texels.

Positions lie on **one** uniform grid for the whole object, as unsigned integers with the grid's step as the
node's scale: a vertex that two primitives share is the same integer in both, so no crack can open, and the
accessor's bounds are exact integers, where normalised floats would have to be rounded outwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Surface

FLOAT_BITS = 32
"""As ``position_bits``: single precision, no grid."""
UV_MOST_BITS = 16
"""Of a texture coordinate as an integer of a glTF accessor."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The positions' grid: metres = low + step · integer."""

    low: tuple[float, float, float]
    step: float
    bits: int

    @classmethod
    def of(cls, surface: Surface, bits: int) -> Grid:
        """Gives the grid whose longest side has 2^bits points."""
        low, high = surface.bounds
        extent: float = float((high - low).max()) or 1e-9
        return cls((float(low[0]), float(low[1]), float(low[2])), extent / (2**bits - 1), bits)

    @property
    def extent(self) -> float:
        """Length of the grid's side in metres."""
        return float(self.step * (2**self.bits - 1))

    def integers(self, positions: NDArray[np.float64]) -> NDArray[np.uint16]:
        """Gives the nearest grid points, (V, 3) uint16."""
        points = np.rint((positions - np.array(self.low)) / self.step)
        whole: NDArray[np.uint16] = np.clip(points, 0, 2**self.bits - 1).astype(np.uint16)
        return whole


def quantisation_error_mm(surface: Surface, position_bits: int) -> float:
    """Gives how far a vertex of a placed surface moves at most, in mm: half the diagonal of a grid cell."""
    if position_bits >= FLOAT_BITS:
        low, high = surface.bounds
        return float(np.spacing(np.float32(max(np.abs(low).max(), np.abs(high).max())))) * 1000
    return math.sqrt(3) / 2 * Grid.of(surface, position_bits).step * 1000


def position_bits_for(surface: Surface, max_error_mm: float, *, least: int = 8, most: int = 16) -> int:
    """Gives the fewest bits whose worst movement stays below an error in mm; ``most`` where none does."""
    for bits in range(least, most):
        if quantisation_error_mm(surface, bits) <= max_error_mm:
            return bits
    return most


UV_TEXELS = 0.25
"""Of a texel, that texture coordinates may move by."""


def uv_bits_for(uvs: NDArray[np.float32], texture_px: int, texels: float = UV_TEXELS) -> int:
    """Gives the bits, 8 or more, with which no coordinate moves by more than so much of a texel.

    More than 16, which no integer of a glTF holds, are needed where a texture is repeated (4096 px, 9 times).
    """
    extent = float((uvs.max(axis=0) - uvs.min(axis=0)).max()) if len(uvs) else 1.0
    return max(8, math.ceil(math.log2(max(2.0, texture_px * extent / (2 * texels)))))


@dataclass(frozen=True, slots=True)
class UvGrid:
    """Texture coordinates as uint16: offset + scale · integer / 65535, as in KHR_texture_transform."""

    offset: tuple[float, float]
    scale: tuple[float, float]
    integers: NDArray[np.uint16]

    @property
    def plain(self) -> bool:
        """Whether no transform is needed."""
        return self.offset == (0.0, 0.0) and self.scale == (1.0, 1.0)


def uv_grid(uvs: NDArray[np.float32], bits: int) -> UvGrid:
    """Puts (V, 2) coordinates on a grid of ``bits`` over their own range (16 bits inside 0..1: over 0..1)."""
    low, high = uvs.min(axis=0).astype(np.float64), uvs.max(axis=0).astype(np.float64)
    if bits == 16 and low.min() >= 0 and high.max() <= 1:
        low, high = np.zeros(2), np.ones(2)
    extent = np.where(high > low, high - low, 1.0)
    top = 2**bits - 1
    whole = np.rint((uvs - low) / extent * top).astype(np.uint16)
    scale = extent * 65535 / top
    return UvGrid((float(low[0]), float(low[1])), (float(scale[0]), float(scale[1])), whole)


def to_linear(srgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Gives (V, 4) sRGB bytes as linear 0..1 (IEC 61966-2-1); alpha is linear already."""
    value = srgb.astype(np.float64) / 255
    rgb = value[:, :3]
    value[:, :3] = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return value


def colour_bits_for(srgb: NDArray[np.uint8]) -> Literal[8, 12]:
    """Gives 8 where eight linear bits keep the colours, else 12, which tell all sRGB levels apart.

    Linear bytes have 9 levels for the 51 darkest of sRGB: dark bronze would show bands. Eight bits are taken
    when 99 % of the values come back within one level.
    """
    levels = np.arange(256)
    linear = to_linear(np.repeat(levels[:, None], 4, axis=1).astype(np.uint8))[:, 0]
    kept = np.rint(linear * 255) / 255
    back = np.where(kept <= 0.0031308, kept * 12.92, 1.055 * kept ** (1 / 2.4) - 0.055) * 255
    off: NDArray[Any] = np.abs(np.rint(back) - levels) > 1
    return 8 if len(srgb) and off[srgb[:, :3]].mean() <= 0.01 else 12
