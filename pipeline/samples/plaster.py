"""A piece of painted plaster: mud, fine plaster, white ground, mineral colours, black line, raised gilded
dots.

The layers are real in the relief: where paint, ground or plaster are lost the surface steps down, and
what lies below
shows: the ground, the fine plaster, the coarse mud with its straw.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .brush import Canvas
from .fields import Finer, blur, fractal, generator, in_bands, mix, occlusion, piece, slope, smooth
from .flat import BACK, EDGE, FRONT, Flat
from .lotus_pond import GOLD, gilding, painting
from .shape import Sheet
from .slab import Slab

Array = NDArray[Any]
RELIEF_PX_PER_MM = 2.5
WIDE, HIGH, THICK = 214.0, 164.0, 30.0

GROUND, FINE, MUD = (0.885, 0.850, 0.765), (0.770, 0.680, 0.550), (0.575, 0.460, 0.335)
STRAW, DUST, SOOT = (0.780, 0.655, 0.420), (0.735, 0.640, 0.510), (0.200, 0.175, 0.155)


class Plaster(Flat):
    """The piece of one seed. Millimetres, standing on y = 0, its painting towards +Z."""

    noise_mm = 0.12
    edge_mm = 1.28
    back_edge_mm = 3.4
    lift_mm = HIGH - 2

    def __init__(self, seed: int) -> None:
        self.seed = seed
        rng = generator(seed, "plaster outline")
        self._waves = [(k, rng.uniform(-1, 1) * 3.4 / k**0.75, rng.uniform(0, 6.28)) for k in range(3, 42)]
        turn = np.linspace(-np.pi, np.pi, 6001)
        self._outline = (turn, self._star(turn))
        self.slab = Slab(self._radius, self._front, self._back, self._bulge)
        way = float(self.slab.ring(1.0)[1][-1])
        self.sheets = [
            Sheet("front", -WIDE - 6, WIDE + 6, -HIGH - 6, HIGH + 6, 8.0, 0, (5, 4)),
            Sheet("edge", 0, way, -THICK - 14, 6, 4.4, way, (8, 1)),
            Sheet("back", -WIDE - 6, WIDE + 6, -HIGH - 6, HIGH + 6, 2.6, 0, (3, 2)),
        ]

    # ---- form ----

    def _radius(self, angle: Array) -> Array:
        folded = np.mod(np.asarray(angle) + np.pi, 2 * np.pi) - np.pi
        return np.interp(folded, *self._outline)

    def _star(self, angle: Array) -> Array:
        """Gives the broken outline: a rounded oblong, bites out of it, jagged all round."""
        c, s = np.abs(np.cos(angle)) / (WIDE - 5), np.abs(np.sin(angle)) / (HIGH - 5)
        r = (c**9 + s**9) ** (-1 / 9)
        r = r * (1 - 0.115 * np.exp(-(((np.mod(angle - 0.62, 2 * np.pi)) / 0.13) ** 2)))
        for at, deep, wide in (
            (0.66, 0.13, 0.12),
            (3.83, 0.10, 0.09),
            (2.35, 0.045, 0.10),
            (5.70, 0.05, 0.06),
        ):
            away = np.mod(angle - at + np.pi, 2 * np.pi) - np.pi
            r = r * (1 - deep * np.exp(-(np.abs(away / wide) ** 1.5)))
        for k, size, phase in self._waves:
            r = r + size * np.sin(k * angle + phase)
        return np.asarray(r)

    def _front(self, x: Array, y: Array) -> Array:
        drop = np.clip(1 - self.slab.inside(x, y) / 2.2, 0, 1)
        return self.relief_at(self.relief, self.sheets[FRONT], x, y) - 1.6 * drop**2

    def _back(self, x: Array, y: Array) -> Array:
        lumps = (
            2.4 * np.sin(x / 23 + 1) * np.cos(y / 19)
            + 1.3 * np.sin(x / 7.3 + y / 11)
            + 0.8 * np.cos(y / 4.9 - x / 13)
        )
        return np.asarray(-THICK + lumps)

    def _bulge(self, way: Array, share: Array) -> Array:
        s = np.sin(np.pi * share)
        rough = (
            1.5 * np.sin(way * 0.19 + 4 * share)
            + 0.9 * np.sin(way * 0.53 - 9 * share)
            + 0.5 * np.sin(way * 1.7 + 14 * share)
        )
        return np.asarray(s * rough + 2.5 * share * s)

    @cached_property
    def _small(self) -> tuple[Array, Array, tuple[int, int]]:
        gx, gy = self.sheets[FRONT].grid(RELIEF_PX_PER_MM)
        return gx, gy, (len(gy), len(gx))

    @cached_property
    def _losses(self) -> tuple[Array, Array, Array]:
        """How far a place is lost: paint, ground, fine plaster; signed fields, positive is gone, about mm."""
        gx, gy, shape = self._small
        rng = generator(self.seed, "plaster losses")
        inside = self.slab.inside(gx[None], gy[:, None]).astype(np.float32)
        large = fractal(shape, rng, beta=2.7, longest=420, shortest=5)
        rough = fractal(shape, rng, beta=1.9, longest=60, shortest=3)
        flake = fractal(shape, rng, beta=1.9, longest=70, shortest=2.4)
        calm = smooth(30, 105, np.hypot(gx[None] / 1.25, gy[:, None] - 18))
        rim = np.exp(-np.clip(inside, 0, None) / 13.0)
        deep = 9 * (large * 0.55 + 0.22 * rough + 2.15 * rim - 1.95 - 0.5 * (1 - calm))
        ground = 6 * (large * 0.50 + 0.40 * flake + 1.85 * rim - 1.55 - 0.75 * (1 - calm))
        paint = 4 * (flake * 0.85 + 0.35 * large + 1.0 * rim - 1.78 - 0.35 * (1 - calm))
        return np.maximum(paint, ground - 0.5), np.maximum(ground, deep + 2.2), deep

    @cached_property
    def _cracks(self) -> Array:
        """Distance to the nearest crack in mm, less its half width: negative in it."""
        _, _, shape = self._small
        rng = generator(self.seed, "plaster cracks")
        c = Canvas(float(-WIDE - 6), float(WIDE + 6), float(-HIGH - 6), float(HIGH + 6), RELIEF_PX_PER_MM)
        out = np.full(c.shape, 9.0, np.float32)
        for start, way, length, width in (
            ((150, 165), -1.95, 210, 0.55),
            ((-215, 40), -0.25, 150, 0.45),
            ((-90, -168), 1.25, 120, 0.4),
            ((215, -70), 2.95, 130, 0.45),
            ((96, 25), -2.6, 70, 0.3),
            ((-75, -20), -1.2, 60, 0.28),
            ((-150, 168), -1.3, 80, 0.35),
        ):
            p, a, points = np.array(start, dtype=float), float(way), []
            for _ in range(int(length / 7)):
                points.append(p.copy())
                a += rng.normal(0, 0.30) + 0.12 * (way - a)
                p = p + 7 * np.array([np.cos(a), np.sin(a)])
            found = c.swath(np.array(points), [width, width * 0.8, 0.06], margin_mm=5.0)
            if found is not None:
                np.minimum(out[found.at], -found.inside, out=out[found.at])
        wander = fractal(shape, rng, beta=1.8, longest=24, shortest=2)
        return out + 0.22 * wander

    @cached_property
    def relief(self) -> Array:
        """The painted side, mm."""
        _, _, shape = self._small
        rng = generator(self.seed, "plaster relief")
        paint, ground, deep = self._losses
        px = RELIEF_PX_PER_MM
        wall = 1.1 * fractal(shape, rng, beta=4.0, longest=700, shortest=120) + 0.16 * fractal(
            shape, rng, beta=3.0, longest=110, shortest=10
        )
        trowel = 0.10 * fractal(shape, rng, beta=2.4, longest=60, shortest=3, stretch=(1.0, 6.0))
        mud = 0.75 * fractal(shape, rng, beta=2.1, longest=70, shortest=2.2)
        gild = gilding(Canvas(-WIDE - 6, WIDE + 6, -HIGH - 6, HIGH + 6, px))
        out = wall + trowel
        out += gild * smooth(0.4, -0.3, paint)
        lifted = np.exp(-((np.clip(-ground, 0, None) / 1.6) ** 2)) * (ground < 0)
        out += 0.22 * lifted
        out -= 0.55 * smooth(-0.15, 0.35, ground)
        out -= (4.6 + 0.25 * np.clip(deep, 0, 8) - mud) * smooth(-0.2, 1.0, deep)
        crack = self._cracks
        out -= 1.4 * smooth(0.35, -0.15, crack)
        out += 0.14 * np.exp(-(((crack - 0.9) / 0.8) ** 2))
        out += 0.03 * fractal(shape, rng, beta=1.2, longest=12, shortest=2)
        return out.astype(np.float32)

    # ---- colour ----

    def paint(self, scale: float, *, lit: bool) -> list[Array]:
        """Gives each sheet's raster, sRGB uint8, with the baked light where ``lit``."""
        return [self._face(scale, lit), self._mud(EDGE, scale), self._mud(BACK, scale)]

    def _face(self, scale: float, lit: bool) -> Array:  # noqa: PLR0915 - one recipe, in its order
        sheet = self.sheets[FRONT]
        px = sheet.px_per_mm * scale
        gx, gy = sheet.grid(px)
        shape = (len(gy), len(gx))
        rng = generator(self.seed, "plaster colour")
        _, sgy, small = self._small
        coarse = RELIEF_PX_PER_MM
        canvas = Canvas(sheet.x0, sheet.x1, sheet.y0, sheet.y1, shape[1] / (sheet.x1 - sheet.x0))
        picture = np.empty((*shape, 3), np.float32)
        picture[:] = GROUND
        painting(canvas, picture)
        gild = gilding(canvas)
        lost_paint, lost_ground, lost_fine = self._losses
        near, far = occlusion(self.relief, coarse, 1.6), occlusion(self.relief, coarse, 8.0)
        sx, sy = slope(self.relief, coarse)
        light = 1 + 0.14 * np.clip(-0.6 * sx + 0.7 * sy, -1.4, 1.4) - 0.32 * np.clip(near, -0.1, 0.8)
        light *= (1.02 + 0.035 * sgy / HIGH)[:, None]
        stain = fractal(small, rng, beta=3.0, longest=320, shortest=6, stretch=(3.0, 1.0))
        cloud = fractal(small, rng, beta=2.8, longest=240, shortest=4)
        soot = smooth(
            0.2, 2.2, fractal(small, rng, beta=3.4, longest=420, shortest=60) + 0.9 * (sgy / HIGH)[:, None]
        )
        straw = _straw(Canvas(sheet.x0, sheet.x1, sheet.y0, sheet.y1, coarse * 2), rng, 1500)
        fine = Finer(small, *shape)
        finer = Finer(straw.shape, *shape)
        grain = fractal((1024, 1024), rng, beta=0.9, longest=30, shortest=1.5)
        wear = fractal((2048, 2048), rng, beta=1.5, longest=160, shortest=1.8)
        net = np.abs(fractal((1024, 1024), rng, beta=2.0, longest=90, shortest=5))
        cracks, light32 = self._cracks, light.astype(np.float32)

        def rows(band: slice) -> Array:
            g, w, n2 = (piece(t, band, shape[1]) for t in (grain, wear, net))
            c = fine(cloud, band)
            layer = picture[band]
            base = np.empty_like(layer)
            base[:] = GROUND
            base *= (1 + 0.018 * g + 0.02 * c)[..., None]
            # thin, dry pigment: brush and grain show, rubbed where the wall stands proud
            thin = 0.93 - 0.16 * smooth(0.3, 2.0, w + 0.35 * c) - 0.10 * smooth(0.9, 2.2, -w)
            thin *= 1 - 0.85 * smooth(2.0, 2.7, w + 0.5 * g)
            layer *= (1 + 0.030 * g + 0.022 * w)[..., None]
            for channel in range(3):
                base[..., channel] += (layer[..., channel] - base[..., channel]) * thin
            lifted = np.clip(gild[band] * 3.0, 0, 1)
            leaf = lifted * (1 - 0.9 * smooth(0.75, 1.5, w + 0.4 * g))
            mix(base, (0.55, 0.23, 0.13), lifted * 0.55)
            mix(base, GOLD, leaf)
            base *= (1 + leaf * 0.10 * w)[..., None]
            mix(base, DUST, np.clip(0.10 + 0.30 * smooth(0.2, 2.2, fine(stain, band)), 0, 1))
            mix(base, SOOT, 0.20 * fine(soot, band))
            base *= (1 - 0.13 * smooth(0.05, 0.0, n2) * smooth(-0.6, 1.2, c))[..., None]
            p = fine(lost_paint, band) + 0.35 * g
            mix(base, (0.865, 0.825, 0.735), 0.93 * smooth(-0.1, 0.12, p))
            q = fine(lost_ground, band) + 0.16 * g
            fine_plaster = np.empty_like(layer)
            fine_plaster[:] = FINE
            fine_plaster *= (1 + 0.05 * g + 0.04 * w)[..., None]
            mix(base, fine_plaster, smooth(-0.05, 0.12, q))
            base *= (1 - 0.25 * np.exp(-(((q - 0.25) / 0.3) ** 2)))[..., None]
            d = fine(lost_fine, band) + 0.2 * g
            mud = np.empty_like(layer)
            mud[:] = MUD
            mud *= (1 + 0.09 * g + 0.06 * w)[..., None]
            mix(mud, STRAW, 0.85 * finer(straw, band))
            mix(base, mud, smooth(-0.1, 0.25, d))
            k = fine(cracks, band) + 0.05 * g
            mix(base, (0.22, 0.17, 0.12), 0.88 * smooth(0.22, -0.12, k))
            hollow = smooth(0.12, 0.5, fine(near, band) + 0.4 * fine(far, band))
            mix(base, (0.50, 0.40, 0.285), 0.45 * hollow)
            if lit:
                base *= np.clip(fine(light32, band), 0.4, 1.25)[..., None]
            return base

        return in_bands(shape, rows)

    def _mud(self, part: int, scale: float) -> Array:
        """Gives edge or back: coarse mud and straw; along the edge the fine plaster and the ground show
        in section.
        """
        sheet = self.sheets[part]
        px = sheet.px_per_mm * scale
        gx, gy = sheet.grid(px)
        shape = (len(gy), len(gx))
        rng = generator(self.seed, f"plaster mud {part}")
        grain = fractal(shape, rng, beta=1.1, longest=40, shortest=1.5)
        cloud = fractal(shape, rng, beta=2.4, longest=200, shortest=3)
        straw = _straw(
            Canvas(sheet.x0, sheet.x1, sheet.y0, sheet.y1, shape[1] / (sheet.x1 - sheet.x0)), rng, 1400
        )

        def rows(band: slice) -> Array:
            g, c = grain[band], cloud[band]
            out = np.empty((*g.shape, 3), np.float32)
            out[:] = MUD
            out *= (1 + 0.07 * g + 0.07 * c)[..., None]
            mix(out, STRAW, 0.75 * straw[band])
            if part == EDGE:
                z = gy[band][:, None] + 0.5 * c
                mix(out, FINE, smooth(-5.4, -4.6, z))
                mix(out, GROUND, smooth(-1.0, -0.7, z))
            return out

        return in_bands(shape, rows)


def _straw(canvas: Canvas, rng: np.random.Generator, count: int) -> Array:
    """Gives chopped straw lying every way: 1 on a stalk."""
    out = np.zeros(canvas.shape, np.float32)
    for _ in range(count):
        x, y = rng.uniform(canvas.x0, canvas.x1), rng.uniform(canvas.y0, canvas.y1)
        a, long, half = rng.uniform(0, np.pi), rng.gamma(3.0, 2.2), rng.uniform(0.25, 0.6)
        n = max(2, int(long * canvas.px))
        t = np.linspace(-0.5, 0.5, n) * long
        bend = rng.normal(0, 0.02) * t * t
        for off in np.arange(-half, half + 1e-6, 0.7 / canvas.px):
            px = x + t * np.cos(a) - (bend + off) * np.sin(a)
            py = y + t * np.sin(a) + (bend + off) * np.cos(a)
            column = ((px - canvas.x0) * canvas.px).astype(int)
            row = ((canvas.y1 - py) * canvas.px).astype(int)
            ok = (column >= 0) & (row >= 0) & (column < out.shape[1]) & (row < out.shape[0])
            out[row[ok], column[ok]] = 0.65 + 0.35 * (1 - abs(off) / half)
    return blur(out, 0.5)


__all__ = ["BACK", "EDGE", "FRONT", "Plaster"]
