"""Which triangle each texel of an atlas shows, and where in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SHIFT = 8
"""Binary digits behind the point of the coordinates that are drawn: 1/256 of a texel."""
FARTHEST = 2.0
"""Largest weight of a corner; the smallest is one less this."""


def triangle_of_texel(
    uv: NDArray[np.float32], triangles: NDArray[np.int32], side_px: int
) -> NDArray[np.int32]:
    """Gives the triangle that covers each texel, (side, side) int32, -1 where none does.

    A border texel shows the triangle that was drawn last; every texel that a triangle touches is covered, so
    that bilinear filtering on a border reads what was baked.
    """
    import cv2

    canvas = np.zeros((side_px, side_px), np.int32)
    # cv2 has the centres of texels at whole numbers
    corners = np.rint((uv.astype(np.float64) * side_px - 0.5) * (1 << SHIFT)).astype(np.int32)[triangles]
    for number, polygon in enumerate(corners, 1):
        cv2.fillConvexPoly(canvas, polygon, number, lineType=cv2.LINE_8, shift=SHIFT)
    canvas -= 1
    return canvas


def weights(
    uv: NDArray[np.float32],
    triangles: NDArray[np.int32],
    of: NDArray[np.int32],
    texels: NDArray[np.int64],
    side_px: int,
) -> NDArray[np.float32]:
    """Gives barycentric weights (N, 3) of texel centres in their triangles.

    Args:
        uv, triangles: of the atlas.
        of: triangle of each texel asked for (N,).
        texels: their places, row times side plus column (N,).
        side_px: of the atlas.

    On a border texel they may lie a little outside 0 to 1: the triangle's plane goes on there, which is
    nearer to the truth than its edge. Beside a triangle narrower than a texel it would go on far away: there
    they are drawn towards its middle until all lie within -1 and 2; their sum is one everywhere.
    """
    corners = uv[triangles[of]].astype(np.float64) * side_px - 0.5
    x, y = texels % side_px, texels // side_px
    (px, py), (qx, qy) = (corners[:, 1] - corners[:, 0]).T, (corners[:, 2] - corners[:, 0]).T
    dx, dy = x - corners[:, 0, 0], y - corners[:, 0, 1]
    area = px * qy - py * qx
    flat = np.abs(area) < 1e-9
    area = np.where(flat, 1.0, area)
    second, third = (dx * qy - dy * qx) / area, (px * dy - py * dx) / area
    out = np.stack([1 - second - third, second, third], axis=1)
    out[flat] = 1 / 3
    off = out - 1 / 3
    room = np.where(off > 0, FARTHEST - 1 / 3, FARTHEST - 2 / 3) / np.maximum(np.abs(off), 1e-12)
    return np.asarray(1 / 3 + off * np.minimum(room.min(axis=1, keepdims=True), 1), np.float32)
