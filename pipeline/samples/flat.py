"""What the flat samples share: a front relief on a raster, edge and back, chipped corners, standing
upright.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .fields import sample
from .shape import Shape, Sheet
from .slab import BACK, EDGE, FRONT, Slab, triangulated

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Chip:
    """A flake struck off: everything beyond a rough plane is gone. Point and outward unit normal, mm."""

    point: tuple[float, float, float]
    normal: tuple[float, float, float]
    phase: float
    rough_mm: float = 0.7

    def beyond(self, p: Array) -> Array:
        """Gives how far places (…, 3) lie beyond the fracture, mm; positive is gone."""
        x, y, z = p[..., 0], p[..., 1], p[..., 2]
        n, c = self.normal, self.point
        d = (x - c[0]) * n[0] + (y - c[1]) * n[1] + (z - c[2]) * n[2]
        f, q = self.rough_mm, self.phase
        wave = np.sin(0.55 * x + 0.31 * z + q) * np.cos(0.47 * y - 0.4 * z + 2 * q)
        fine = np.sin(1.9 * x - 1.3 * y + 1.7 * z + 3 * q) + 0.5 * np.sin(3.7 * y + 2.9 * x + 5 * q)
        bowl = ((x - c[0]) ** 2 + (y - c[1]) ** 2 + (z - c[2]) ** 2 - d * d) * 0.011
        return np.asarray(d + f * (0.8 * wave + 0.28 * fine) - bowl)


class Flat:
    """A flat object of one seed: subclasses set the fields and paint."""

    noise_mm: float
    edge_mm: float
    back_edge_mm: float
    sheets: list[Sheet]
    slab: Slab
    chips: tuple[Chip, ...] = ()
    lift_mm: float = 0.0

    def relief_at(self, relief: Array, sheet: Sheet, x: Array, y: Array) -> Array:
        """Gives a relief raster of a sheet at places on it, mm."""
        row, column = sheet.pixels(np.stack([x, y], axis=-1), relief.shape)
        return sample(relief, row, column, wrap=bool(sheet.period))

    def shape(self, rng: np.random.Generator, *, edge_mm: float, jitter: float) -> Shape:
        """Gives the clean surface in triangles of about ``edge_mm``, standing on y = 0, front to +Z."""
        back = self.back_edge_mm * edge_mm / self.edge_mm
        shape = triangulated(self.slab, rng, edge_mm=edge_mm, back_edge_mm=back, jitter=jitter)
        p = shape.positions
        for chip in self.chips:
            p = p - np.clip(chip.beyond(p), 0, None)[:, None] * np.asarray(chip.normal)
        return replace(shape, positions=p + np.array([0.0, self.lift_mm, 0.0]))

    def struck(self, part: int, x: Array, y: Array, z: Array) -> Array:
        """Gives how far beyond a fracture the places of a raster lie, mm; ``z`` is the height on front
        and back.
        """
        if part == EDGE:
            ring, way = self.slab.ring(1.0)
            turn = np.mod(x, way[-1])
            px = np.interp(turn, way, np.append(ring[:, 0], ring[0, 0]))
            py = np.interp(turn, way, np.append(ring[:, 1], ring[0, 1]))
            p = np.stack(np.broadcast_arrays(px[None], py[None], y[:, None]), axis=-1)
        else:
            sign = -1.0 if part == BACK else 1.0
            p = np.stack(np.broadcast_arrays(sign * x[None], y[:, None], z), axis=-1)
        out = np.full(p.shape[:2], -9.0, np.float32)
        for chip in self.chips:
            np.maximum(out, chip.beyond(p), out=out)
        return out


__all__ = ["BACK", "EDGE", "FRONT", "Chip", "Flat"]
