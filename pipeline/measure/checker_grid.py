"""The grid of a chart's patches as it lies in a picture, in perspective."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.measure.checker import COLUMNS, ROWS


def texels_of(
    rgb: NDArray[np.uint8], quad: NDArray[np.float64], share: float, grain: int
) -> NDArray[np.uint8] | None:
    """Gives what lies in the middle of each patch: (24, grain², 3) uint8; None where that is outside.

    Args:
        rgb: (H, W, 3), the picture.
        quad: (4, 2) pixels, the corners of the grid at dark skin, bluish green, black and white.
        share: of a patch's side.
        grain: points across a patch.
    """
    where = _places(quad, share, grain)
    if where is None or where.min() < 0 or (where > np.array(rgb.shape[1::-1]) - 1).any():
        return None
    x, y = np.rint(where).astype(np.int64).T
    texels: NDArray[np.uint8] = rgb[y, x].reshape(ROWS * COLUMNS, -1, 3)
    return texels


def _places(quad: NDArray[np.float64], share: float, grain: int) -> NDArray[np.float64] | None:
    """Where to read: (24 · grain², 2) pixels, patch by patch; None where the corners enclose nothing."""
    inner = (np.arange(grain) / (grain - 1) - 0.5) * share + 0.5
    row, column, down, across = np.meshgrid(np.arange(ROWS), np.arange(COLUMNS), inner, inner, indexing="ij")
    flat = np.stack([(column + across) / COLUMNS, (row + down) / ROWS], axis=-1).reshape(-1, 2)
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float64)
    matrix = homography(square, quad)
    if matrix is None:
        return None
    at = np.column_stack([flat, np.ones(len(flat))]) @ matrix.T
    if (at[:, 2] <= 1e-9).any():
        return None
    out: NDArray[np.float64] = at[:, :2] / at[:, 2:]
    return out


def homography(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Gives the projective map (3, 3) that takes four points (4, 2) to four others; None if there is none."""
    rows, wanted = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [(x, y, 1, 0, 0, 0, -u * x, -u * y), (0, 0, 0, x, y, 1, -v * x, -v * y)]
        wanted += [u, v]
    try:
        found = np.linalg.solve(np.array(rows), np.array(wanted))
    except np.linalg.LinAlgError:
        return None
    return np.append(found, 1.0).reshape(3, 3) if np.isfinite(found).all() else None
