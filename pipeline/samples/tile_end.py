"""An eave tile end with lotus (莲花纹瓦当): grey fired clay pressed in a mould, worn, chipped, earth in its
hollows.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .fields import Finer, fractal, generator, in_bands, mix, occlusion, piece, slope, smooth
from .flat import BACK, EDGE, FRONT, Chip, Flat
from .ornament import beads, line, petals, pillow
from .shape import Sheet
from .slab import Slab

Array = NDArray[Any]
RELIEF_PX_PER_MM = 6.0
RADIUS = 76.0
DEEP = -19.0

CLAY, WARM, SMOKE = (0.470, 0.468, 0.448), (0.560, 0.515, 0.450), (0.285, 0.295, 0.300)
WORN, EARTH, LIME = (0.625, 0.612, 0.575), (0.640, 0.520, 0.365), (0.830, 0.805, 0.745)


class TileEnd(Flat):
    """The tile end of one seed. Millimetres, standing on y = 0, its face towards +Z."""

    noise_mm = 0.07
    edge_mm = 0.52
    back_edge_mm = 1.3
    lift_mm = RADIUS

    def __init__(self, seed: int) -> None:
        self.seed = seed
        r = RADIUS + 2
        way = 2 * np.pi * RADIUS * 1.001
        self.slab = Slab(self._radius, self._front, self._back, self._bulge)
        way = float(self.slab.ring(1.0)[1][-1])
        self.sheets = [
            Sheet("front", -r, r, -r, r, 20.0, 0, (4, 4)),
            Sheet("edge", 0, way, DEEP - 20, 9, 9.0, way, (6, 1)),
            Sheet("back", -r, r, -r, r, 8.5, 0, (3, 3)),
        ]
        self.chips = (
            Chip((61.5, 31.0, 2.0), _unit(0.80, 0.42, 0.42), 0.3, 0.9),
            Chip((-52.5, 49.0, 3.6), _unit(-0.62, 0.55, 0.56), 1.9),
            Chip((-71.8, -12.5, 2.6), _unit(-0.80, -0.10, 0.59), 4.0),
            Chip((24.0, -70.2, 2.8), _unit(0.25, -0.78, 0.57), 2.6),
            Chip((4.0, 74.6, 3.4), _unit(0.02, 0.80, 0.60), 5.2, 0.5),
            Chip((49, -57, -16), _unit(0.55, -0.6, -0.58), 0.9),
        )

    # ---- form ----

    def _radius(self, angle: Array) -> Array:
        a = angle
        hand = 0.35 * np.sin(2 * a + 0.4) + 0.28 * np.sin(3 * a + 2.0) + 0.15 * np.sin(7 * a + 1.1)
        return np.asarray(RADIUS - 0.6 + hand + 0.10 * np.sin(17 * a) + 0.07 * np.sin(31 * a + 0.7))

    def _front(self, x: Array, y: Array) -> Array:
        drop = np.clip(1 - self.slab.inside(x, y) / 1.6, 0, 1)
        return self.relief_at(self.relief, self.sheets[FRONT], x, y) - 1.1 * drop**2

    def _back(self, x: Array, y: Array) -> Array:
        return -self.relief_at(self.back_relief, self.sheets[BACK], -x, y)

    def _bulge(self, way: Array, share: Array) -> Array:
        s = np.sin(np.pi * share)
        hand = 0.25 * np.sin(way * 0.21) * np.cos(share * 7) + 0.18 * np.sin(way * 0.9 + 5 * share)
        return np.asarray(s * (0.5 + hand) + 0.9 * np.sqrt(np.clip(s, 0, 1)))

    @cached_property
    def _design(self) -> Array:
        """The mould's face in mm over the ground of the petals."""
        sheet = self.sheets[FRONT]
        gx, gy = sheet.grid(RELIEF_PX_PER_MM)
        shape = (len(gy), len(gx))
        rng = generator(self.seed, "tile hand")
        bend = [0.55 * fractal(shape, rng, beta=4.0, longest=600, shortest=160) for _ in range(2)]
        x, y = gx[None] + bend[0], gy[:, None] + bend[1]
        rho, phi = np.hypot(x, y), np.arctan2(y, x) - np.pi / 2
        out = np.zeros(shape, np.float32)
        # the rim, a groove, the string of pearls between two lines
        out += 5.4 * pillow(rho - 62.2, 1.8) * (1 - 0.10 * smooth(66, 70, rho) * smooth(75, 71, rho))
        out += 1.5 * line(rho - 60.2, 1.0)
        out += 1.7 * line(rho - 49.8, 1.05)
        out = np.maximum(out, 2.75 * beads(rho, phi, 32, 55.0, 2.75))
        # eight double petals, each in its own raised border, darts between them
        wide, t, across = petals(rho, phi, 8, 18.5, 48.2, tip=0.46, waist=0.60)
        dart, td, ad = petals(rho, phi, 8, 30.0, 49.0, offset=0.5, tip=0.62, waist=0.2)
        ridge = np.clip(1.6 - 1.6 * np.abs(ad), 0, 1) * smooth(0, 0.25, td)
        dart_h = 2.9 * pillow(dart, 2.2) * (0.35 + 0.65 * ridge)
        border = 2.3 * line(wide - 0.95, 1.15)
        lobe = np.minimum(wide - 2.5, np.abs(across) * 0.5 * (2 * np.pi * rho / 8) - 0.45)
        swell = 3.9 * pillow(lobe, 4.3) * (0.78 + 0.45 * smooth(0.0, 0.75, t))
        tip_up = 0.9 * smooth(0.72, 0.98, t) * (wide > 0)
        petal = np.maximum(border + tip_up * 0.8, swell + tip_up)
        out = np.maximum(out, np.where(wide > -0.2, petal, dart_h * smooth(0.0, -0.6, wide)))
        # the seed pod: a ring, a domed disc, one seed and eight round it
        pod = smooth(16.0, 14.6, rho)
        out = np.where(rho < 18.4, 1.9 * line(rho - 17.1, 1.05), out)
        dome = 3.3 + 0.9 * np.sqrt(np.clip(1 - (rho / 16) ** 2, 0, 1))
        seeds = 1.7 * beads(rho, phi, 8, 9.3, 2.15, offset=0.5) + 2.0 * np.sqrt(
            np.clip(1 - (rho / 2.9) ** 2, 0, 1)
        )
        out = out * (1 - pod) + pod * (dome + seeds)
        return np.asarray(out, dtype=np.float32)

    @cached_property
    def relief(self) -> Array:
        """The face as it is: worn, pitted, cracked; mm."""
        px = RELIEF_PX_PER_MM
        rng = generator(self.seed, "tile wear")
        design = self._design
        shape = design.shape
        where = smooth(-0.9, 1.3, fractal(shape, rng, beta=3.2, longest=520, shortest=60))
        from .fields import blur

        soft, softer = blur(design, 0.30 * px), blur(design, 0.9 * px)
        out = soft + (softer - soft) * where * 0.85
        out -= 0.5 * where * smooth(2.0, 4.5, softer)
        out += 0.35 * fractal(shape, rng, beta=3.6, longest=500, shortest=50)
        out += 0.060 * fractal(shape, rng, beta=1.7, longest=9 * px, shortest=0.5 * px)
        grit = smooth(2.2, 3.2, fractal(shape, rng, beta=0.8, longest=2.5 * px, shortest=0.7 * px))
        pits = smooth(2.0, 3.0, fractal(shape, rng, beta=0.9, longest=4.0 * px, shortest=1.1 * px))
        out += 0.22 * grit - 0.55 * pits
        out -= 0.6 * self._crack
        return np.asarray(out, dtype=np.float32)

    @cached_property
    def _crack(self) -> Array:
        """A drying crack from the rim towards the pod: 1 in it."""
        gx, gy = self.sheets[FRONT].grid(RELIEF_PX_PER_MM)
        shape = (len(gy), len(gx))
        wander = fractal(shape, generator(self.seed, "tile crack"), beta=2.6, longest=260, shortest=6)
        x, y = gx[None], gy[:, None]
        along, off = -0.72 * x - 0.69 * y, -0.69 * x + 0.72 * y
        width = 0.42 * smooth(20, 60, along) + 0.04
        return smooth(1.0, 0.2, np.abs(off - 3 + 1.5 * wander) / width) * smooth(21, 27, along)

    @cached_property
    def back_relief(self) -> Array:
        """How far the back stands behind z = 0, mm: smoothed by hand, with the stump of the tile above."""
        sheet = self.sheets[BACK]
        gx, gy = sheet.grid(2.5)
        shape = (len(gy), len(gx))
        rng = generator(self.seed, "tile back")
        rho = np.hypot(gx[None], gy[:, None])
        rough = fractal(shape, rng, beta=2.6, longest=90, shortest=5)
        hand = fractal(shape, rng, beta=3.4, longest=200, shortest=25, stretch=(1.0, 2.5))
        stump = smooth(55, 57.5, rho) * smooth(73.5, 71, rho) * smooth(-4, 6, gy[:, None] + 3 * rough)
        tall = 9.0 + 3.2 * hand + 1.3 * rough
        return (-DEEP + 0.6 * hand + 0.15 * rough + stump * tall).astype(np.float32)

    # ---- colour ----

    def paint(self, scale: float, *, lit: bool) -> list[Array]:
        """Gives each sheet's raster, sRGB uint8, with the baked light where ``lit``."""
        return [self._sheet(part, scale, lit) for part in (FRONT, EDGE, BACK)]

    def _sheet(self, part: int, scale: float, lit: bool) -> Array:  # noqa: PLR0915 - one recipe, in its order
        sheet = self.sheets[part]
        px = sheet.px_per_mm * scale
        gx, gy = sheet.grid(px)
        shape = (len(gy), len(gx))
        rng = generator(self.seed, f"tile colour {part}")
        coarse = 3.0 if part != FRONT else RELIEF_PX_PER_MM
        cx, cy = sheet.grid(coarse)
        small = (len(cy), len(cx))
        if part == FRONT:
            relief = self.relief
        elif part == BACK:
            relief = Finer(self.back_relief.shape, *small)(self.back_relief, slice(0, small[0]))
        else:
            relief = 0.25 * fractal(small, rng, beta=2.2, longest=40, shortest=2)
        height = relief if part == FRONT else (-relief if part == BACK else 0.0)
        broken = smooth(-0.25, 0.3, self.struck(part, cx, cy, np.asarray(height)))
        cloud = fractal(small, rng, beta=3.0, longest=70 * coarse, shortest=1.2 * coarse)
        smoke = smooth(0.3, 1.9, fractal(small, rng, beta=3.2, longest=90 * coarse, shortest=3 * coarse))
        near, far = occlusion(relief, coarse, 1.3), occlusion(relief, coarse, 5.0)
        gx_, gy_ = slope(relief, coarse)
        light = 1.0 + 0.10 * np.clip(-0.6 * gx_ + 0.7 * gy_, -1.5, 1.5) - 0.5 * np.clip(near, -0.1, 0.5)
        light -= 0.22 * np.clip(far, 0, 0.8)
        light *= 1.03 - 0.06 * (cx[None] - cy[:, None]) / 150 if part != EDGE else 1.0
        crack = self._crack if part == FRONT else np.zeros(small, np.float32)
        crust = fractal(small, rng, beta=2.4, longest=26 * coarse, shortest=0.8 * coarse)
        fine = Finer(small, *shape, wrap=part == EDGE)
        grain = fractal((1024, 1024), rng, beta=0.9, longest=40, shortest=1.4)
        speck = fractal((1024, 1024), rng, beta=0.5, longest=10, shortest=2.6)
        dust = fractal((1024, 1024), rng, beta=1.6, longest=120, shortest=1.6)

        def rows(band: slice) -> Array:
            columns = shape[1]
            g, k, d = (piece(t, band, columns) for t in (grain, speck, dust))
            c, n, f = fine(cloud, band), fine(near, band), fine(far, band)
            out = np.empty((*c.shape, 3), np.float32)
            out[:] = CLAY
            mix(out, WARM, 0.55 * smooth(-0.2, 2.0, c + 0.25 * d))
            mix(out, SMOKE, 0.62 * fine(smoke, band))
            out *= (1 + 0.045 * g + 0.030 * d)[..., None]
            struck = fine(broken, band)
            mix(out, (0.545, 0.535, 0.515), 0.8 * struck * (0.9 + 0.1 * g))
            worn = smooth(0.015, 0.22, -n - 0.25 * f + 0.022 * g + 0.03 * d) * (1 - 0.7 * struck)
            mix(out, WORN, 0.72 * worn)
            earth = smooth(0.02, 0.36, n + 0.55 * f + 0.05 * d + 0.02 * g + 0.035 * c)
            mix(out, EARTH, 0.80 * earth * (1 - 0.3 * struck))
            mix(out, (0.40, 0.315, 0.215), 0.45 * smooth(0.30, 0.75, n + 0.3 * f + 0.04 * g))
            lime = smooth(1.35, 2.2, fine(crust, band) + 0.30 * d + 0.22 * g) * smooth(0.25, -0.05, n)
            mix(out, LIME, 0.62 * lime)
            mix(out, (0.20, 0.19, 0.18), 0.75 * smooth(2.75, 3.3, k))
            mix(out, (0.74, 0.72, 0.67), 0.7 * smooth(2.75, 3.3, -k))
            mix(out, (0.16, 0.13, 0.10), 0.8 * fine(crack, band))
            if lit:
                out *= (np.clip(fine(light, band), 0.4, 1.3) + 0.012 * g)[..., None]
            return out

        return in_bands(shape, rows)


def _unit(x: float, y: float, z: float) -> tuple[float, float, float]:
    n = float(np.sqrt(x * x + y * y + z * z))
    return x / n, y / n, z / n
