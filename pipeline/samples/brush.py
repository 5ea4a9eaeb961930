"""One brush for everything drawn: a swath along a curve with a width that changes.

Petals, leaves, stems, feathers, ribbons and tendrils are all swaths. Each gives, for the pixels of a
small window, the distance inside its border, the way along it and the place across it: enough to model it
in relief or to paint it in graded bands with an outline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.spatial import cKDTree

from .fields import stretch

Array = NDArray[Any]
Points = Sequence[tuple[float, float]] | Array


@dataclass(frozen=True, slots=True)
class Swath:
    """A swath on its window of the canvas.

    Attributes:
        at: rows and columns of the window.
        inside: distance to the border in mm, positive inside.
        along: 0 at its beginning to 1 at its end.
        across: -1 at the right border to 1 at the left one, looking along it.
        half: half its width there, mm.
    """

    at: tuple[slice, slice]
    inside: Array
    along: Array
    across: Array
    half: Array


@dataclass(frozen=True, slots=True)
class Canvas:
    """A rectangle in mm with ``px`` pixels a millimetre; row 0 is the top."""

    x0: float
    x1: float
    y0: float
    y1: float
    px: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, columns."""
        return round((self.y1 - self.y0) * self.px), round((self.x1 - self.x0) * self.px)

    def window(self, low: Array, high: Array) -> tuple[tuple[slice, slice], Array, Array] | None:
        """Gives the window that covers a box, and its pixels' x and y; None where the box lies outside."""
        rows, columns = self.shape
        c0, c1 = int((low[0] - self.x0) * self.px) - 1, int((high[0] - self.x0) * self.px) + 2
        r0, r1 = int((self.y1 - high[1]) * self.px) - 1, int((self.y1 - low[1]) * self.px) + 2
        c0, r0, c1, r1 = max(c0, 0), max(r0, 0), min(c1, columns), min(r1, rows)
        if c1 <= c0 or r1 <= r0:
            return None
        x = self.x0 + (np.arange(c0, c1) + 0.5) / self.px
        y = self.y1 - (np.arange(r0, r1) + 0.5) / self.px
        return (slice(r0, r1), slice(c0, c1)), x, y

    def swath(self, spine: Points, widths: Sequence[float], *, margin_mm: float = 0.6) -> Swath | None:
        """Gives the swath along a smooth curve through ``spine``, of half widths ``widths`` evenly along
        it.
        """
        curve, half = _dense(np.asarray(spine, dtype=float), widths)
        reach = float(half.max()) + margin_mm
        found = self.window(curve.min(axis=0) - reach, curve.max(axis=0) + reach)
        if found is None:
            return None
        at, x, y = found
        # the fields are smooth: work them out on a coarser lattice, refine linearly, and borders stay crisp
        step = int(np.clip(self.px * float(np.median(half)) / 3, 1, 6))
        if step > 1 and min(len(x), len(y)) > 4 * step:
            fine_x = np.arange(len(x)) / step
            fine_y = np.arange(len(y)) / step
            x, y = (v[0] + (v[1] - v[0]) * step * np.arange(-(-len(v) // step) + 1) for v in (x, y))
        else:
            step = 1
        xx, yy = np.meshgrid(x, y)
        pixels = np.stack([xx.ravel(), yy.ravel()], axis=1)
        distance, near = cKDTree(curve).query(pixels, distance_upper_bound=reach)
        near = np.minimum(near, len(curve) - 1)
        tangent = np.gradient(curve, axis=0)
        tangent /= np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-9)[:, None]
        away = pixels - curve[near]
        side = tangent[near, 0] * away[:, 1] - tangent[near, 1] * away[:, 0]
        width = half[near]
        distance = np.where(np.isfinite(distance), distance, reach + 9)
        fields = (width - distance, near / (len(curve) - 1), side / np.maximum(width, 0.05), width)
        shaped = [f.reshape(xx.shape).astype(np.float32) for f in fields]
        if step > 1:
            shaped = [stretch(f, fine_y, fine_x) for f in shaped]
        return Swath(at, *shaped)

    def ball(
        self, x: float, y: float, a: float, b: float = 0.0, turn: float = 0.0
    ) -> tuple[Any, Array] | None:
        """Gives an ellipse's window and its height as of half a ball (0 to 1)."""
        b = b or a
        big = max(a, b)
        found = self.window(np.array([x - big, y - big]), np.array([x + big, y + big]))
        if found is None:
            return None
        at, gx, gy = found
        dx, dy = gx[None] - x, gy[:, None] - y
        c, s = np.cos(turn), np.sin(turn)
        q = ((dx * c + dy * s) / a) ** 2 + ((dy * c - dx * s) / b) ** 2
        return at, np.sqrt(np.clip(1 - q, 0, 1)).astype(np.float32)


def _dense(points: Array, widths: Sequence[float]) -> tuple[Array, Array]:
    """Gives the curve through points at about 0.15 mm to 1 mm and its half widths."""
    chord = np.concatenate([[0.0], np.cumsum(np.sqrt(np.hypot(*np.diff(points, axis=0).T)))])
    length = float(np.hypot(*np.diff(points, axis=0).T).sum())
    count = int(np.clip(length / 0.2, 24, 500))
    t = np.linspace(0, 1, count)
    if len(points) == 2:
        curve = points[0] + (points[1] - points[0]) * t[:, None]
    else:
        from scipy.interpolate import CubicSpline

        curve = CubicSpline(chord / chord[-1], points)(t)
    half = (
        PchipInterpolator(np.linspace(0, 1, len(widths)), widths)(t)
        if len(widths) > 1
        else np.full(count, widths[0])
    )
    return curve, np.maximum(half, 0.02)


def spiral(x: float, y: float, radius: float, start: float, turns: float, *, end: float = 0.15) -> Array:
    """Gives points of a spiral that curls in to (x, y); ``turns`` is negative for clockwise."""
    t = np.linspace(0, 1, max(6, int(abs(turns) * 12)))
    r = radius * (1 - (1 - end) * t)
    a = start + turns * 2 * np.pi * t
    return np.stack([x + r * np.cos(a), y + r * np.sin(a)], axis=1)
