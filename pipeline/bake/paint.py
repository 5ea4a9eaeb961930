"""Points painted onto a level that has been laid out flat: each texel takes its colour from those about it.

A texel asks for its nearest points, and of them counts those that face its way: the points on the back of a
thin wall are as near as its own, and are not seen from here. Their weights fall off within the texel's own
width, so that nothing finer than a texel is mixed in twice; where points are farther apart than texels, the
nearest decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.bake.blocks import blocks
from pipeline.bake.edges import spread
from pipeline.bake.sheet import Sheet
from pipeline.matter.surface import Surface
from pipeline.measure.colour import linear_of, srgb_of

WIDTH = 0.35
"""Standard deviation of the weights, in texels. Mean CIEDE2000 on a plane with 1 mm squares, points and
texels 0.25 mm apart, and on a picture of 1/f detail with noise of 4 in 255: 9.1 and 7.7 at 0.2, 10.0 and 7.4
at 0.3, 11.4 and 7.3 at 0.4, 12.9 and 7.3 at 0.5."""
FEW, MANY = 8, 48
"""Points that a texel asks for, and those it asks for where none of the first faces its way."""
BLOCK = 1 << 20
"""Points in one search tree: 60 MB."""
AT_A_TIME = 1 << 16
"""Texels painted at a time: with eight points each 30 MB."""


@dataclass(frozen=True, slots=True)
class Dots:
    """Coloured points in the frame of a level, N of them.

    Attributes:
        positions: (N, 3) float64.
        colours: (N, 3) uint8 sRGB.
        normals: a few unit normals (M, 3) that the points share, and which is whose.
        normal_of: (N,) int32 index into ``normals``.
        worth: (N,) float32 how much a point counts against others as near, or None where all count alike.
    """

    positions: NDArray[np.float64]
    colours: NDArray[np.uint8]
    normals: NDArray[np.float64]
    normal_of: NDArray[np.int32]
    worth: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Painted:
    """A picture (side, side, 3) uint8, how many of its texels show the level, and how many of those had no
    point within reach and were filled from their neighbours."""

    picture: NDArray[np.uint8]
    texels: int
    empty: int


def painted(level: Surface, dots: Dots, *, side_px: int, texel: float, reach: float) -> Painted:
    """Paints a level from points.

    Args:
        level: laid out (:func:`pipeline.bake.unwrap.unwrapped`), with smooth normals, near the origin.
        dots: at least one.
        side_px: of the picture.
        texel: width of one of its texels on the level, in the unit of the positions.
        reach: how far from a texel a point may be.
    """
    work = _Painting(Sheet(level, side_px), dots, texel, reach)
    sheet = work.sheet
    places = np.empty((len(sheet.texels), 3), np.float32)
    for band in sheet.bands():
        places[band] = sheet.points(sheet.texels[band])[0]
    for near, own in blocks(dots.positions, places, most=BLOCK, margin=1.01 * reach):
        if len(near):
            work.paint(near, sheet.texels[own])
    square = (side_px, side_px)
    filled = spread(work.picture.reshape(*square, 3), work.known.reshape(square))
    return Painted(filled, len(sheet.texels), len(sheet.texels) - int(work.known.sum()))


class _Painting:
    """A picture that comes to be, and which of its texels are known."""

    def __init__(self, sheet: Sheet, dots: Dots, texel: float, reach: float) -> None:
        self.sheet, self._dots, self._texel, self._reach = sheet, dots, texel, reach
        self.picture = np.zeros((sheet.side * sheet.side, 3), np.uint8)
        self.known = np.zeros(sheet.side * sheet.side, bool)

    def paint(self, near: NDArray[np.int32], texels: NDArray[np.int64]) -> None:
        """Paints some texels from the points that lie about them."""
        from scipy.spatial import cKDTree

        tree = cKDTree(self._dots.positions[near])
        for start in range(0, len(texels), AT_A_TIME):
            some = texels[start : start + AT_A_TIME]
            for count in (FEW, MANY):
                light, found = self._mixed(tree, near, some, count)
                self.picture[some[found]], self.known[some[found]] = srgb_of(light), True
                some = some[~found]
                if not len(some):
                    break

    def _mixed(
        self, tree: Any, near: NDArray[np.int32], texels: NDArray[np.int64], count: int
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Gives linear colours of the texels that have a point, and which those are."""
        dots, (at, facing) = self._dots, self.sheet.points(texels)
        gaps, rows = tree.query(at, k=[*range(1, count + 1)], distance_upper_bound=self._reach)
        there = np.isfinite(gaps)
        points = near[np.where(there, rows, 0)]
        seen = there & (np.einsum("ikj,ij->ik", dots.normals[dots.normal_of[points]], facing) > 0)
        found: NDArray[np.bool_] = seen.any(axis=1)
        points, gaps = points[found], np.where(seen, gaps, np.inf)[found]
        beyond = gaps**2 - gaps.min(axis=1, keepdims=True) ** 2
        weights = np.exp(-beyond / (2 * (WIDTH * self._texel) ** 2))
        if dots.worth is not None:
            weights *= dots.worth[points]
        weights /= weights.sum(axis=1, keepdims=True)
        return np.einsum("ikj,ik->ij", linear_of(dots.colours[points]), weights), found
