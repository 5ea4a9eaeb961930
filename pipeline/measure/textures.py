"""Figures of textures: how much was lost in encoding, how large a texel is on the object."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.proof import TexelSize
from pipeline.matter.surface import Surface, TextureUse

LOSSLESS_DB = 99.0
"""Given for equal pictures, whose ratio would be infinite."""


def psnr_db(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Gives the peak signal-to-noise ratio of two pictures (H, W, C) uint8 over all channels, in dB."""
    rows = max(1, (1 << 19) // max(1, a.shape[1] * a.shape[2]))
    total = 0.0
    for start in range(0, len(a), rows):
        gap = a[start : start + rows].astype(np.int32) - b[start : start + rows]
        total += float(np.einsum("ijk,ijk->", gap, gap, dtype=np.float64))
    return db(total / a.size)


def db(mean_square: float) -> float:
    """Gives the peak signal-to-noise ratio of 8-bit values that belongs to a mean square error, in dB."""
    return LOSSLESS_DB if mean_square == 0 else min(LOSSLESS_DB, 10 * math.log10(255**2 / mean_square))


def texel_sizes(surface: Surface) -> TexelSize | None:
    """Gives the sizes of colour texels on a surface, over all its textures; None where it has none."""
    uses = dict.fromkeys(m.colour_texture for m in surface.materials if m.colour_texture is not None)
    parts = [part for use in uses if (part := _sizes(surface, use)) is not None]
    if not parts:
        return None
    p5, median, p95 = _quantiles(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    return TexelSize(median, p5, p95)


def texel_mm(surface: Surface, use: TextureUse) -> tuple[float, float, float] | None:
    """Gives the size of a texel on the object: 5 % of the surface have finer ones, half, 95 % (mm).

    None where no triangle with that texture has an area in the picture.
    """
    found = _sizes(surface, use)
    return None if found is None else _quantiles(*found)


def _sizes(surface: Surface, use: TextureUse) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Size of a texel in mm and area of each triangle with that texture that has an area in it."""
    if use.uv_set >= len(surface.uvs):
        return None
    using = [i for i, m in enumerate(surface.materials) if m.colour_texture is not None]
    using = [i for i in using if surface.materials[i].colour_texture == use]
    triangles = surface.triangles
    if len(using) < len(surface.materials):
        triangles = triangles[np.isin(surface.material_of, using)]
    corner = surface.positions[triangles]
    flat = surface.uvs[use.uv_set][triangles].astype(np.float64) * (use.texture.width, use.texture.height)
    area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1)
    a, b = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    texels = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    good = (texels > 1e-6) & (area > 0)
    if not good.any():
        return None
    return np.sqrt(area[good] / texels[good]) * 1000, area[good]


def _quantiles(sizes: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float, float]:
    """The sizes that 5 %, half and 95 % of the weight stay below."""
    order = np.argsort(sizes)
    share = np.cumsum(weights[order]) / weights.sum()
    picked = [
        float(sizes[order[min(int(np.searchsorted(share, q)), len(order) - 1)]]) for q in (0.05, 0.5, 0.95)
    ]
    return (round(picked[0], 4), round(picked[1], 4), round(picked[2], 4))
