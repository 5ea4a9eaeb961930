"""Colours that only vertices carry as a texture, for programs that show none of those: Quick Look is one.

Two triangles share a square cell; inside, the three corners' colours run into one another as on a GPU. Cells
follow the surface along a Morton curve, on the object and in the picture: where a small picture of it (a mip)
mixes neighbours, they are neighbours on the object too. No unwrapping is needed, so nothing is stretched and
nothing fails; the price is three texture coordinates a triangle. Not a step: ``usdz`` asks it.

Source of the curve: G. M. Morton, A computer oriented geodetic data base, IBM 1966.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyvips
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.formats.images import probe
from pipeline.matter.surface import Surface, TextureUse

MOST_PX = 2048
MOST_CELL_PX, LEAST_CELL_PX = 16, 5
"""Sides of a cell. Below 5 the two triangles would bleed into one another between texels."""
GAP = 3
"""A triangle's legs are so many texels shorter than its cell: bilinear filtering then meets only its own."""
QUALITY = 92
ROWS = 1 << 15
"""Cells that are painted at a time."""


def painted(surface: Surface) -> Surface:
    """Gives the surface with a texture in place of its vertex colours, three vertices a triangle.

    Args:
        surface: with colours at its vertices; texture coordinates that it has are given up.

    Raises:
        Refused: there are more triangles than a texture of 2048 px has cells for.
    """
    assert surface.colours is not None
    order = _along_the_curve(surface)
    level = max(0, int(np.ceil(np.log2(max(1, -(-len(order) // 2))) / 2)))
    cells = 1 << level
    cell_px = min(MOST_CELL_PX, MOST_PX // cells)
    if cell_px < LEAST_CELL_PX:
        raise Refused(
            f"{len(order)} triangles are too many to paint their colours into a texture",
            where="step usdz",
            do="give step simplify max_triangles = 100000",
        )
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    cell_x, cell_y = _apart(rank // 2)
    second = rank % 2 == 1
    data = _encoded(_picture(surface.colours[:, :3][surface.triangles[order]], cells, cell_px))
    texture = probe(data, name="vertex-colours.jpg")
    corners = surface.triangles.reshape(-1)
    return surface.but(
        positions=surface.positions[corners],
        triangles=np.arange(len(corners), dtype=np.int32).reshape(-1, 3),
        normals=None if surface.normals is None else surface.normals[corners],
        colours=None,
        uvs=(_uvs(cell_x, cell_y, second, cells, cell_px),),
        materials=tuple(
            replace(m, colour_texture=TextureUse(texture, wrap=("clamp", "clamp"))) for m in surface.materials
        ),
    )


def _along_the_curve(surface: Surface) -> NDArray[np.int64]:
    """Triangles in the order of a Morton curve through their middles, 1024 steps a side."""
    middle = surface.positions[surface.triangles].mean(axis=1)
    low, high = surface.bounds
    steps = ((middle - low) / max(float((high - low).max()), 1e-30) * 1023).astype(np.int64)
    code = sum(_spread(steps[:, axis], 3) << axis for axis in range(3))
    return np.argsort(code, kind="stable")


def _spread(values: NDArray[np.int64], apart: int) -> NDArray[np.int64]:
    """Ten bits of each number with so many places from one to the next."""
    out = np.zeros_like(values)
    for bit in range(10):
        out |= (values >> bit & 1) << (bit * apart)
    return out


def _apart(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Column and row of each place along a Morton curve in the plane."""
    x, y = np.zeros_like(numbers), np.zeros_like(numbers)
    for bit in range(16):
        x |= (numbers >> (2 * bit) & 1) << bit
        y |= (numbers >> (2 * bit + 1) & 1) << bit
    return x, y


def _uvs(
    cell_x: NDArray[np.int64], cell_y: NDArray[np.int64], second: NDArray[np.bool_], cells: int, cell_px: int
) -> NDArray[np.float32]:
    """Corners of each triangle at the middles of texels: the first at the cell's top left, the second at its
    bottom right."""
    leg, end = cell_px - GAP, cell_px - 1
    first_at = np.array([(0, 0), (leg, 0), (0, leg)], np.float64)
    at = np.where(second[:, None, None], end - first_at, first_at)
    at += np.stack([cell_x, cell_y], axis=1)[:, None] * cell_px + 0.5
    uv: NDArray[np.float32] = (at / (cells * cell_px)).reshape(-1, 2).astype(np.float32)
    return uv


def _picture(corners: NDArray[np.uint8], cells: int, cell_px: int) -> NDArray[np.uint8]:
    """Paints the corners' colours (T, 3, 3), along the curve, into a picture (S, S, 3)."""
    y, x = np.mgrid[:cell_px, :cell_px]
    own = x + y < cell_px  # the rest is the second triangle's
    leg = cell_px - GAP
    steps = np.where(own[..., None], np.stack([x, y], -1), cell_px - 1 - np.stack([x, y], -1)) / leg
    shares = np.concatenate([1 - steps.sum(axis=-1, keepdims=True), steps], axis=-1).astype(np.float32)
    picture = np.full((cells, cell_px, cells, cell_px, 3), 128, np.uint8)
    pairs = np.concatenate([corners, corners[-1:]])[: -(-len(corners) // 2) * 2].reshape(-1, 2, 3, 3)
    at_x, at_y = _apart(np.arange(len(pairs)))
    for start in range(0, len(pairs), ROWS):
        block = pairs[start : start + ROWS].astype(np.float32)
        both = np.einsum("yxk,nikc->niyxc", shares, block)
        blended = np.where(own[..., None], both[:, 0], both[:, 1])
        part = slice(start, start + len(block))
        picture[at_y[part], :, at_x[part]] = np.clip(np.rint(blended), 0, 255).astype(np.uint8)
    return picture.reshape(cells * cell_px, cells * cell_px, 3)


def _encoded(picture: NDArray[np.uint8]) -> bytes:
    image = pyvips.Image.new_from_array(np.ascontiguousarray(picture), interpretation="srgb")
    data: bytes = image.jpegsave_buffer(Q=QUALITY, optimize_coding=True, subsample_mode="off", keep="none")
    return data
