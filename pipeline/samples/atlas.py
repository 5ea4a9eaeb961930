"""Cuts the sheets into charts and packs them on one square texture, as photogrammetry programs do.

Charts follow triangle borders (jagged, as in real exports) round seeds on a shaken grid; their boxes are
turned to lie flat and set on shelves. The density of texels is lowered until everything fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .shape import Shape, Sheet

Array = NDArray[Any]
MARGIN_PX = 6


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: its box on the sheet's raster (may go beyond it on a periodic sheet) and its place in
    the atlas.
    """

    sheet: int
    row: int
    column: int
    rows: int
    columns: int
    turned: bool
    at_row: int = 0
    at_column: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies: ``scale`` of the sheets' densities, charts, chart of each triangle, corner
    texels.
    """

    scale: float
    charts: list[Chart]
    chart_of: Array
    texels: Array


def lay_out(shape: Shape, sheets: list[Sheet], texture_px: int, rng: np.random.Generator) -> Layout:
    """Gives the atlas of a shape on a square texture.

    ``texels`` is (T, 3, 2): column, row in the atlas, in pixels from the top left corner.
    """
    chart_of, at, sheet_of_chart = _cut(shape, sheets, rng)
    scale = texture_px / 4096
    for _ in range(60):
        charts, corner = _boxes(shape, sheets, chart_of, at, sheet_of_chart, scale=scale)
        placed = _shelves(charts, texture_px)
        if placed is not None:
            return Layout(scale, placed, chart_of, _texels(placed, chart_of, corner))
        scale *= 0.975
    raise AssertionError("the sheets do not fit on the texture")


def _cut(shape: Shape, sheets: list[Sheet], rng: np.random.Generator) -> tuple[Array, Array, list[int]]:
    """Gives each triangle's chart and its corners (mm), unrolled round the chart's seed."""
    chart_of = np.zeros(len(shape.triangles), np.int64)
    at = shape.corners.copy()
    sheet_of_chart: list[int] = []
    for k, sheet in enumerate(sheets):
        mine = np.flatnonzero(shape.sheet_of == k)
        if not len(mine):
            continue
        columns, rows = sheet.charts
        fine = rng.uniform(-0.16, 0.16, (rows, columns, 2))
        cx = sheet.x0 + (np.arange(columns) + 0.5) * (sheet.x1 - sheet.x0) / columns
        cy = sheet.y0 + (np.arange(rows) + 0.5) * (sheet.y1 - sheet.y0) / rows
        seeds = np.stack(np.meshgrid(cx, cy), axis=-1)
        seeds += fine * [(sheet.x1 - sheet.x0) / columns, (sheet.y1 - sheet.y0) / rows]
        seeds = seeds.reshape(-1, 2)
        middle = at[mine].mean(axis=1)
        gap = middle[:, None, :] - seeds[None]
        if sheet.period:
            gap[..., 0] -= sheet.period * np.round(gap[..., 0] / sheet.period)
        near = np.argmin((gap**2).sum(-1), axis=1)
        if sheet.period:
            goal = seeds[near, 0] + gap[np.arange(len(mine)), near, 0]
            at[mine, :, 0] += (goal - middle[:, 0])[:, None]
        present, dense = np.unique(near, return_inverse=True)
        chart_of[mine] = dense + len(sheet_of_chart)
        sheet_of_chart += [k] * len(present)
    return chart_of, at, sheet_of_chart


def _boxes(
    shape: Shape, sheets: list[Sheet], chart_of: Array, at: Array, sheet_of_chart: list[int], *, scale: float
) -> tuple[list[Chart], Array]:
    """Gives the charts' boxes in pixels of their sheets, and the corners (column, row) in those pixels."""
    corner = np.empty_like(at)
    for k, sheet in enumerate(sheets):
        mine = shape.sheet_of == k
        x, y = sheet.grid(sheet.px_per_mm * scale)
        row, column = sheet.pixels(at[mine], (len(y), len(x)))
        corner[mine] = np.stack([column + 0.5, row + 0.5], axis=-1)
    low = np.full((len(sheet_of_chart), 2), np.inf)
    high = -low
    for axis in (0, 1):
        np.minimum.at(low[:, axis], chart_of, corner[..., axis].min(axis=1))
        np.maximum.at(high[:, axis], chart_of, corner[..., axis].max(axis=1))
    first = np.floor(low).astype(int) - MARGIN_PX
    size = np.ceil(high).astype(int) + MARGIN_PX - first
    charts = [
        Chart(
            sheet_of_chart[i], first[i, 1], first[i, 0], size[i, 1], size[i, 0], bool(size[i, 1] > size[i, 0])
        )
        for i in range(len(sheet_of_chart))
    ]
    return charts, corner


def _shelves(charts: list[Chart], texture_px: int) -> list[Chart] | None:
    """Gives the charts with their places, or None where they do not fit."""
    from dataclasses import replace

    tall = [min(c.rows, c.columns) for c in charts]
    wide = [max(c.rows, c.columns) for c in charts]
    shelves: list[list[int]] = []  # row, height, filled width
    placed = list(charts)
    used = 0
    for i in sorted(range(len(charts)), key=lambda i: (-tall[i], -wide[i])):
        fits = [s for s in shelves if s[2] + wide[i] <= texture_px]
        if not fits:
            if used + tall[i] > texture_px or wide[i] > texture_px:
                return None
            fits = [[used, tall[i], 0]]
            shelves.append(fits[0])
            used += tall[i]
        shelf = min(fits, key=lambda s: texture_px - s[2])
        placed[i] = replace(charts[i], at_row=shelf[0], at_column=shelf[2])
        shelf[2] += wide[i]
    return placed


def _texels(charts: list[Chart], chart_of: Array, corner: Array) -> Array:
    """Gives the corners in the atlas; a turned chart is turned a quarter clockwise."""
    column = np.array([c.column for c in charts])[chart_of][:, None]
    row = np.array([c.row for c in charts])[chart_of][:, None]
    rows = np.array([c.rows for c in charts])[chart_of][:, None]
    turned = np.array([c.turned for c in charts])[chart_of][:, None]
    x, y = corner[..., 0] - column, corner[..., 1] - row
    x, y = np.where(turned, rows - y, x), np.where(turned, x, y)
    at_column = np.array([c.at_column for c in charts])[chart_of][:, None]
    at_row = np.array([c.at_row for c in charts])[chart_of][:, None]
    return np.stack([x + at_column, y + at_row], axis=-1)


def compose(layout: Layout, sheets: list[Sheet], rasters: list[Array], texture_px: int) -> Array:
    """Gives the texture (px, px, 3) uint8 from the sheets' rasters, uint8, painted at the layout's
    density.
    """
    mean = np.mean([r[::16, ::16].reshape(-1, 3).mean(axis=0) for r in rasters], axis=0)
    atlas = np.empty((texture_px, texture_px, 3), np.uint8)
    atlas[:] = mean.astype(np.uint8)
    for chart in layout.charts:
        raster = rasters[chart.sheet]
        rows = np.clip(np.arange(chart.row, chart.row + chart.rows), 0, raster.shape[0] - 1)
        columns = np.arange(chart.column, chart.column + chart.columns)
        if sheets[chart.sheet].period:
            columns = columns % raster.shape[1]
        else:
            columns = np.clip(columns, 0, raster.shape[1] - 1)
        block = raster[rows][:, columns]
        if chart.turned:
            block = np.rot90(block, -1)
        atlas[
            chart.at_row : chart.at_row + block.shape[0], chart.at_column : chart.at_column + block.shape[1]
        ] = block
    return atlas
