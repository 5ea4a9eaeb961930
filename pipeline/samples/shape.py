"""A clean triangulated form: what an object module makes, before it is scanned.

Millimetres, Y up, the front towards +Z. Colour lives on *sheets*: rectangles of the plane, in
millimetres, x to the right and y up, each painted as one raster. Every triangle lies on one sheet; its
corners say where. Sheets that go round a pot are periodic in x, and the corners of one triangle are
unrolled so that it never spans the seam.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One painted rectangle.

    Attributes:
        name: for reading.
        x0, x1, y0, y1: its extent in mm.
        px_per_mm: texels a millimetre at full quality.
        period: length of the way round in mm, 0 for a flat sheet.
        charts: columns, rows into which the atlas cuts it.
    """

    name: str
    x0: float
    x1: float
    y0: float
    y1: float
    px_per_mm: float
    period: float = 0.0
    charts: tuple[int, int] = (2, 2)

    def grid(self, px_per_mm: float) -> tuple[Array, Array]:
        """Gives the raster's pixel centres: x of the columns, y of the rows (top first), mm."""
        columns = max(8, round((self.x1 - self.x0) * px_per_mm))
        rows = max(8, round((self.y1 - self.y0) * px_per_mm))
        x = self.x0 + (np.arange(columns) + 0.5) * ((self.x1 - self.x0) / columns)
        y = self.y1 - (np.arange(rows) + 0.5) * ((self.y1 - self.y0) / rows)
        return x.astype(np.float32), y.astype(np.float32)

    def pixels(self, at: Array, shape: tuple[int, ...]) -> tuple[Array, Array]:
        """Gives rows and columns (pixel centres at whole numbers) of places (…, 2) in mm."""
        column = (at[..., 0] - self.x0) * (shape[1] / (self.x1 - self.x0)) - 0.5
        row = (self.y1 - at[..., 1]) * (shape[0] / (self.y1 - self.y0)) - 0.5
        return row, column


@dataclass(frozen=True, slots=True)
class Shape:
    """A triangle mesh on sheets.

    Attributes:
        positions: (V, 3) float64 mm.
        triangles: (T, 3) int32, counter-clockwise from outside.
        sheet_of: (T,) int32.
        corners: (T, 3, 2) float64 mm on that sheet.
    """

    positions: Array
    triangles: Array
    sheet_of: Array
    corners: Array

    def keep(self, mask: Array) -> Shape:
        """Gives the shape with some triangles only; unused vertices go."""
        triangles = self.triangles[mask]
        used, renumbered = np.unique(triangles, return_inverse=True)
        return Shape(
            self.positions[used],
            renumbered.reshape(-1, 3).astype(np.int32),
            self.sheet_of[mask],
            self.corners[mask],
        )


def join(shapes: list[Shape]) -> Shape:
    """Gives several shapes as one, without welding."""
    starts = np.cumsum([0] + [len(s.positions) for s in shapes[:-1]])
    return Shape(
        np.concatenate([s.positions for s in shapes]),
        np.concatenate([s.triangles + o for s, o in zip(shapes, starts, strict=True)]).astype(np.int32),
        np.concatenate([s.sheet_of for s in shapes]).astype(np.int32),
        np.concatenate([s.corners for s in shapes]),
    )


def vertex_normals(positions: Array, triangles: Array) -> Array:
    """Gives area-weighted unit normals (V, 3)."""
    p = positions[triangles]
    face = np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0])
    out = np.zeros_like(positions)
    for axis in range(3):
        out[:, axis] = np.bincount(
            triangles.ravel(), weights=np.repeat(face[:, axis], 3), minlength=len(positions)
        )
    length = np.linalg.norm(out, axis=1, keepdims=True)
    return np.asarray(out / np.maximum(length, 1e-12))
