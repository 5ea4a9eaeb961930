"""How much of a texture its triangles use, and how much of it they use twice: counted in cells of a grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GRID = 1024
"""Cells along a side: a share of a percent is known to a thousandth of it."""
COARSEST = 64
AT_ONCE = 1 << 19
"""Cells looked at in one go: some 50 MB."""
MOST_CELLS = 1 << 26
"""Cells looked at in all: where needles across the whole texture need more, the grid is made coarser."""
NUDGE = (0.5 + 3.137e-4, 0.5 + 1.951e-4)
"""Where in its cell a point is asked for: off the middle, where edges of tidy layouts run."""
FARTHEST = 1 << 15
"""Repeats of the texture up to which coordinates are believed; triangles beyond are left out."""


def coverage(uv: NDArray[np.float64]) -> tuple[float, float]:
    """Gives the shares of a texture that at least one, and that more than one triangle uses.

    Args:
        uv: corners of triangles (T, 3, 2), the texture from 0 to 1; it repeats beyond its borders, so that a
            triangle over two of its repeats uses the same texels twice.
    """
    uv = uv[(np.abs(uv) < FARTHEST).all(axis=(1, 2))]
    grid = GRID
    while grid > COARSEST and _boxes(uv, grid)[2].sum(dtype=np.float64) > MOST_CELLS:
        grid //= 2
    first, sides, cells = _boxes(uv, grid)
    # needles beyond even that (a hostile file): what was counted so far must do
    last = int(np.searchsorted(np.cumsum(cells, dtype=np.float64), MOST_CELLS, side="right"))
    counts = np.zeros(grid * grid, np.int64)
    ends = np.cumsum(cells[:last])
    start = 0
    while start < last:
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + AT_ONCE, side="right")))
        some = slice(start, stop)
        counts += _count(uv[some], first[some], sides[some], cells[some], grid)
        start = stop
    return float((counts > 0).mean()), float((counts > 1).mean())


def _boxes(
    uv: NDArray[np.float64], grid: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Of each triangle the first cell of its box (T, 2), the box's sides (T, 2), its number of cells (T,)."""
    low, high = uv.min(axis=1) * grid - NUDGE, uv.max(axis=1) * grid - NUDGE
    first = np.ceil(low).astype(np.int64)
    sides = np.maximum(np.floor(high).astype(np.int64) - first + 1, 0)
    return first, sides, sides[:, 0] * sides[:, 1]


def _count(
    uv: NDArray[np.float64],
    first: NDArray[np.int64],
    sides: NDArray[np.int64],
    cells: NDArray[np.int64],
    grid: int,
) -> NDArray[np.int64]:
    """How many of the triangles lie over each cell's point: (grid * grid,)."""
    of = np.repeat(np.arange(len(cells)), cells)
    within = np.arange(len(of)) - np.repeat(np.cumsum(cells) - cells, cells)
    wide = sides[of, 0]
    x, y = first[of, 0] + within % np.maximum(wide, 1), first[of, 1] + within // np.maximum(wide, 1)
    px, py = (x + NUDGE[0]) / grid, (y + NUDGE[1]) / grid
    left, right = np.ones(len(of), bool), np.ones(len(of), bool)
    for i in range(3):
        a, b = uv[of, i], uv[of, (i + 1) % 3]
        side = (b[:, 0] - a[:, 0]) * (py - a[:, 1]) - (b[:, 1] - a[:, 1]) * (px - a[:, 0])
        left &= side > 0
        right &= side < 0
    inside = left | right
    at = np.mod(y[inside], grid) * grid + np.mod(x[inside], grid)
    return np.bincount(at, minlength=grid * grid)
