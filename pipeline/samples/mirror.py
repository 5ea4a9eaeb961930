"""The back of a bronze mirror of Tang type: lobed like a sunflower, knob on a lotus, birds among a vine
with grapes.

Vertex colours only, as some programs export: the triangles are fine enough to carry the patina.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .brush import Canvas, spiral
from .fields import Finer, blur, fractal, generator, in_bands, mix, occlusion, piece, sample, slope, smooth
from .flat import BACK, EDGE, FRONT, Flat
from .ornament import beads, line, petals, pillow
from .shape import Sheet
from .slab import Slab

Array = NDArray[Any]
RELIEF_PX_PER_MM = 8.0
RADIUS = 74.0
MIDDLE = 38.0
THICK = 4.6

BRONZE, DARK, GOLD = (0.205, 0.180, 0.145), (0.105, 0.098, 0.088), (0.560, 0.445, 0.265)
MALACHITE, PALE, AZURITE = (0.235, 0.385, 0.305), (0.500, 0.600, 0.490), (0.145, 0.260, 0.380)
CUPRITE, EARTH = (0.355, 0.175, 0.110), (0.520, 0.430, 0.310)


class Mirror(Flat):
    """The mirror of one seed. Millimetres, standing on y = 0, its ornamented back towards +Z."""

    noise_mm = 0.035
    edge_mm = 0.38
    back_edge_mm = 1.4
    lift_mm = RADIUS

    def __init__(self, seed: int) -> None:
        self.seed = seed
        r = RADIUS + 2
        self.slab = Slab(self._radius, self._front, self._back, self._bulge)
        way = float(self.slab.ring(1.0)[1][-1])
        self.sheets = [
            Sheet("front", -r, r, -r, r, 10.0, 0, (4, 4)),
            Sheet("edge", 0, way, -THICK - 2, 6, 5.0, way, (6, 1)),
            Sheet("back", -r, r, -r, r, 5.0, 0, (3, 3)),
        ]

    # ---- form ----

    def _radius(self, angle: Array) -> Array:
        arc = np.abs(np.cos(4 * (angle - np.pi / 2)))
        return np.asarray(RADIUS - 3.6 * (1 - (arc * arc + 0.0006) ** 0.36) + 0.05 * np.sin(5 * angle))

    def _front(self, x: Array, y: Array) -> Array:
        drop = np.clip(1 - self.slab.inside(x, y) / 0.8, 0, 1)
        return self.relief_at(self.relief, self.sheets[FRONT], x, y) - 0.5 * drop**2

    def _back(self, x: Array, y: Array) -> Array:
        return np.asarray(
            -THICK + 0.6 * (1 - (x * x + y * y) / RADIUS**2) - 0.6 + 0.05 * np.sin(x / 7) * np.cos(y / 9)
        )

    def _bulge(self, way: Array, share: Array) -> Array:
        return np.asarray(0.5 * np.sin(np.pi * share) + 0.06 * np.sin(way * 1.1) * np.sin(np.pi * share))

    @cached_property
    def _field(self) -> tuple[Array, Array, Array]:
        """Distance from the middle, angle, distance to the outline, on the relief's raster, a little bent
        by hand.
        """
        gx, gy = self.sheets[FRONT].grid(RELIEF_PX_PER_MM)
        shape = (len(gy), len(gx))
        rng = generator(self.seed, "mirror hand")
        x = gx[None] + 0.35 * fractal(shape, rng, beta=4.0, longest=800, shortest=240)
        y = gy[:, None] + 0.35 * fractal(shape, rng, beta=4.0, longest=800, shortest=240)
        return np.hypot(x, y), np.arctan2(y, x), self.slab.inside(x, y)

    @cached_property
    def _design(self) -> Array:
        """The mould's ornament in mm over the ground."""
        rho, phi, edge = self._field
        out = np.zeros(rho.shape, np.float32)
        out += 3.4 * pillow(3.9 - edge, 1.2) * (edge < 3.9)
        out = np.maximum(out, 1.7 * line(edge - 15.5, 0.95))
        out = np.maximum(out, 0.9 * line(edge - 13.6, 0.5))
        # the vine, drawn once and repeated four times round
        canvas, vine = _vine()
        across = np.mod(phi * (4 / (2 * np.pi)) + 0.5 + 0.125, 1.0) - 0.5
        u, v = across * (2 * np.pi * MIDDLE / 4), rho - MIDDLE
        row, column = (canvas.y1 - v) * canvas.px - 0.5, (u - canvas.x0) * canvas.px - 0.5
        ring = sample(vine, row, column) * smooth(17.2, 18.2, rho) * smooth(16.6, 17.6, edge)
        out = np.maximum(out, ring)
        # sprigs and clouds between the line and the rim, one in each lobe
        canvas, sprig = _sprigs()
        across = np.mod(phi * (4 / (2 * np.pi)) + 0.5, 1.0) - 0.5
        u, v = across * (2 * np.pi * 65 / 4), 8.6 - edge
        row, column = (canvas.y1 - v) * canvas.px - 0.5, (u - canvas.x0) * canvas.px - 0.5
        out = np.maximum(out, sample(sprig, row, column) * (edge > 4.2) * (edge < 13.2))
        # the knob on its lotus
        inside, t, across2 = petals(rho, phi, 8, 9.0, 17.4, tip=0.5, waist=0.8)
        lotus = (
            1.9 * pillow(inside, 1.7) * (1 - 0.35 * smooth(0.25, 0.6, 1 - np.abs(across2))) * (0.6 + 0.5 * t)
        )
        lotus = np.maximum(lotus, 1.2 * line(inside - 0.45, 0.5))
        out = np.where(rho < 18.0, np.maximum(lotus, 0), out)
        out = np.maximum(out, 1.6 * line(rho - 17.9, 0.7))
        knob = 8.2 * np.sqrt(np.clip(1 - (rho / 10.2) ** 2, 0, 1)) ** 0.85
        out = np.where(rho < 10.2, np.maximum(knob, out * (rho > 9.4)), out)
        out = np.maximum(out, 1.5 * beads(rho, phi, 28, 11.3, 0.8) * (rho > 10.2))
        return out.astype(np.float32)

    @cached_property
    def relief(self) -> Array:
        """The ornamented side as it is, mm: cast, a little worn, corroded."""
        rng = generator(self.seed, "mirror wear")
        px = RELIEF_PX_PER_MM
        design = blur(self._design, 0.13 * px)
        shape = design.shape
        rho = self._field[0]
        dish = 0.9 * (rho / RADIUS) ** 2
        worn = smooth(-1.0, 1.6, fractal(shape, rng, beta=3.4, longest=600, shortest=90))
        out = design + (blur(self._design, 0.42 * px) - design) * worn * 0.8 + dish
        crust = self.crust
        out += 0.16 * smooth(0.6, 1.6, crust) + 0.10 * smooth(1.5, 2.3, crust)
        out += 0.022 * fractal(shape, rng, beta=1.6, longest=5 * px, shortest=0.35 * px)
        pits = smooth(2.1, 3.0, fractal(shape, rng, beta=0.9, longest=3 * px, shortest=0.8 * px))
        return (out - 0.22 * pits).astype(np.float32)

    @cached_property
    def crust(self) -> Array:
        """Where corrosion grew: noise of unit deviation."""
        rng = generator(self.seed, "mirror crust")
        shape = self._field[0].shape
        large = fractal(shape, rng, beta=2.9, longest=60 * RELIEF_PX_PER_MM, shortest=4)
        fine = fractal(shape, rng, beta=1.8, longest=9 * RELIEF_PX_PER_MM, shortest=3)
        return (0.84 * large + 0.54 * fine).astype(np.float32)

    # ---- colour ----

    def paint(self, scale: float, *, lit: bool) -> list[Array]:
        """Gives each sheet's raster, sRGB uint8, with the baked light where ``lit``."""
        return [self._sheet(part, scale, lit) for part in (FRONT, EDGE, BACK)]

    def _sheet(self, part: int, scale: float, lit: bool) -> Array:
        sheet = self.sheets[part]
        px = sheet.px_per_mm * scale
        gx, gy = sheet.grid(px)
        shape = (len(gy), len(gx))
        rng = generator(self.seed, f"mirror colour {part}")
        coarse = RELIEF_PX_PER_MM if part == FRONT else 4.0
        cx, cy = sheet.grid(coarse)
        small = (len(cy), len(cx))
        if part == FRONT:
            relief, crust = self.relief, self.crust
        else:
            relief = 0.05 * fractal(small, rng, beta=2.0, longest=60, shortest=2)
            crust = fractal(small, rng, beta=2.4, longest=60 * coarse, shortest=3)
        near, far = occlusion(relief, coarse, 0.9), occlusion(relief, coarse, 3.2)
        sx, sy = slope(relief, coarse)
        light = 1 + 0.10 * np.clip(-0.6 * sx + 0.7 * sy, -1.2, 1.2) - 0.35 * np.clip(near, -0.2, 0.6)
        blue = fractal(small, rng, beta=2.8, longest=34 * coarse, shortest=3)
        red = fractal(small, rng, beta=2.6, longest=46 * coarse, shortest=3)
        sheen = fractal(small, rng, beta=3.2, longest=90 * coarse, shortest=10)
        hole = np.zeros(small, np.float32)
        if part == FRONT:
            rho, phi, _ = self._field
            x, y = rho * np.cos(phi), rho * np.sin(phi)
            hole = smooth(2.1, 1.5, np.hypot((np.abs(x) - 9.2) / 0.75, y * 1.0))
        fine = Finer(small, *shape, wrap=part == EDGE)
        grain = fractal((512, 512), rng, beta=1.0, longest=40, shortest=2.5)

        def rows(band: slice) -> Array:
            g = piece(grain, band, shape[1])
            c, n, f = fine(crust, band), fine(near, band), fine(far, band)
            out = np.empty((*c.shape, 3), np.float32)
            out[:] = BRONZE
            mix(out, DARK, 0.7 * smooth(-0.4, 1.4, fine(sheen, band)))
            out *= (1 + 0.07 * g)[..., None]
            mix(out, CUPRITE, 0.55 * smooth(0.5, 1.7, fine(red, band) + 0.2 * g) * smooth(0.6, -0.2, n))
            green = smooth(-0.9, 1.3, c + 1.1 * np.clip(n + f, -0.4, 0.6) + 0.10 * g)
            mix(out, MALACHITE, 0.88 * green * (0.92 + 0.08 * g))
            mix(out, PALE, 0.75 * smooth(1.35, 2.2, c + 0.25 * g + 0.3 * n))
            mix(
                out,
                AZURITE,
                0.70 * smooth(1.2, 2.1, fine(blue, band) + 0.35 * np.clip(n, -0.3, 0.5) + 0.15 * g),
            )
            earth = smooth(0.20, 0.62, n + 0.5 * f + 0.04 * g)
            mix(out, EARTH, 0.42 * earth)
            rub = smooth(0.10, 0.40, -n - 0.35 * f + 0.03 * g) * smooth(1.6, 0.3, c)
            mix(out, GOLD, 0.80 * rub)
            mix(
                out,
                (0.76, 0.64, 0.42),
                0.45 * smooth(0.36, 0.75, -n - 0.35 * f + 0.03 * g) * smooth(1.2, 0.2, c),
            )
            mix(out, (0.05, 0.05, 0.045), 0.9 * fine(hole, band))
            if lit:
                out *= np.clip(fine(light, band), 0.45, 1.25)[..., None]
            return out

        return in_bands(shape, rows)


def _put(h: Array, swath: Any, height: float, *, vein: float = 0.0, flat: float = 1.0) -> None:
    """Lays one swath on a relief: rounded across, an optional vein along its middle."""
    if swath is None:
        return
    rise = np.sqrt(
        np.clip(1 - np.clip(1 - swath.inside / np.maximum(swath.half * flat, 1e-3), 0, 1) ** 2, 0, 1)
    )
    form = height * rise * (swath.inside > 0)
    if vein:
        form *= 1 - vein * np.exp(-((swath.across / 0.16) ** 2)) * (swath.half > 0.5)
    view = h[swath.at]
    np.maximum(view, form, out=view)


def _vine() -> tuple[Canvas, Array]:
    """One of four repeats of the main zone, unrolled: a waving stem, a grape cluster with leaves, a
    flying bird.
    """
    length = 2 * np.pi * MIDDLE / 4
    c = Canvas(-length / 2, length / 2, -22, 22, 14.0)
    h = np.zeros(c.shape, np.float32)
    u = np.linspace(-0.75 * length, 0.75 * length, 40)
    _put(h, c.swath(np.stack([u, 10.6 * np.sin(2 * np.pi * u / length)], 1), [1.0]), 1.9)
    q = length / 4
    # tendrils that curl into the hollows, and small ones off the crests
    for x, y, r, start, turns, w in (
        (q + 8.5, -12.6, 4.6, 1.9, -1.35, 0.62),
        (-q - 9.5, 12.0, 3.8, -1.2, -1.3, 0.6),
        (q - 10.5, -14.2, 3.2, 1.2, 1.2, 0.5),
        (-q + 11.0, 15.2, 2.8, -1.9, 1.25, 0.5),
        (q, 16.5, 2.2, -2.6, 1.2, 0.45),
        (-q, -16.5, 2.2, 0.5, 1.2, 0.45),
        (q + 5.5, 15.8, 1.7, 3.4, -1.1, 0.4),
        (-q - 5.5, -15.8, 1.7, 0.2, -1.1, 0.4),
        (q - 6.4, 14.6, 2.6, -0.4, 1.3, 0.5),
        (-q + 6.4, -14.8, 2.6, 2.6, 1.3, 0.5),
        (q - 7.4, -4.0, 2.6, 0.9, 1.3, 0.5),
        (q + 7.6, -3.2, 2.4, 2.2, -1.3, 0.5),
        (0.6, 17.4, 2.4, -2.2, 1.3, 0.5),
        (1.0, -9.0, 2.8, 1.6, -1.3, 0.5),
        (-1.4, 8.6, 2.4, -1.4, -1.3, 0.5),
        (length / 2 - 0.6, -8.4, 2.2, 1.8, 1.2, 0.5),
    ):
        _put(h, c.swath(spiral(x, y, r, start, turns), [w, w * 0.9, w * 0.55]), 1.35)
        end = spiral(x, y, r, start, turns)[-1]
        spot = c.ball(float(end[0]), float(end[1]), 0.95)
        if spot is not None:
            np.maximum(h[spot[0]], 1.5 * spot[1], out=h[spot[0]])
    _leaf(h, c, (q - 1.5, 5.2), -0.35, 7.4)
    _leaf(h, c, (-q + 1.5, -5.4), np.pi - 0.35, 7.4)
    _leaf(h, c, (q + 11.5, 1.0), -1.0, 5.2)
    _leaf(h, c, (-q - 12.0, -1.4), 2.1, 5.2)
    _leaf(h, c, (length / 2 - 1.5, -15.0), 0.6, 5.0)
    _leaf(h, c, (-length / 2 + 1.5, 15.6), 3.6, 4.6)
    for x, y, turn, size in (
        (q + 2.5, 13.6, 1.3, 4.6),
        (-q - 1.5, -13.6, -1.7, 5.4),
        (-4.8, -14.6, -2.3, 4.6),
        (4.0, 13.2, 0.9, 4.4),
        (-q + 7.5, -10.2, -0.8, 4.4),
        (q - 9.0, 10.4, 2.3, 4.0),
        (-q - 9.8, -8.0, -2.6, 4.4),
    ):
        _leaf(h, c, (x, y), turn, size)
    _grapes(h, c, -q + 0.5, -12.5, 0.62)
    _grapes(h, c, q - 0.5, -5.5)
    _bird(h, c, -q, 7.5)
    return c, h


def _leaf(h: Array, c: Canvas, at: tuple[float, float], turn: float, size: float) -> None:
    """A vine leaf of five lobes, each with a vein."""
    x, y = at
    for k, long in ((-2, 0.62), (2, 0.62), (-1, 0.86), (1, 0.86), (0, 1.0)):
        a = turn + k * 0.72
        tip = (x + size * long * np.cos(a), y + size * long * np.sin(a))
        mid = (x + 0.5 * size * long * np.cos(a + 0.05 * k), y + 0.5 * size * long * np.sin(a + 0.05 * k))
        w = 0.20 * size
        _put(
            h, c.swath([(x, y), mid, tip], [0.3 * w, w, 0.85 * w, 0.1]), 1.25 + 0.1 * (2 - abs(k)), vein=0.45
        )


def _grapes(h: Array, c: Canvas, x: float, y: float, size: float = 1.0) -> None:
    """A hanging cluster with its stalk."""
    _put(
        h,
        c.swath([(x + 1.5 * size, y + 9.5 * size), (x + 0.8 * size, y + 5 * size), (x, y + 1)], [0.7, 0.6]),
        1.3,
    )
    for row, count in enumerate((4, 5, 4, 3, 2, 1)):
        for k in range(count):
            px = x + size * ((k - (count - 1) / 2) * 2.15 + 0.15 * np.sin(5 * k + row))
            py = y - size * row * 1.85
            for a, high in ((1.22, 2.15), (0.5, 2.35)):
                spot = c.ball(px, py, a * size)
                if spot is not None:
                    np.maximum(h[spot[0]], high * size**0.5 * spot[1], out=h[spot[0]])


def _bird(h: Array, c: Canvas, x: float, y: float) -> None:
    """A bird flying to the right with a spray in its beak."""

    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x + 1.12 * a, y + 1.12 * b) for a, b in points]

    for k in range(4):  # tail
        d = 1.15 * (k - 1.5)
        _put(
            h,
            c.swath(
                at((-3, -0.4), (-7.5, -0.6 + 0.5 * d), (-12.5 + abs(d), 0.6 + 1.5 * d)),
                [0.5, 0.75, 0.8, 0.25],
            ),
            1.25 + 0.1 * k,
            vein=0.4,
        )
    for k in range(6):  # far wing
        a = 1.95 - 0.20 * k
        _put(
            h,
            c.swath(
                at(
                    (0.6 + 0.4 * k - 1, 0.8),
                    (0.5 + 4.2 * np.cos(a), 4.6 * np.sin(a) + 0.6),
                    (-0.4 + (8.2 - 0.4 * k) * np.cos(a + 0.16), (8.6 - 0.5 * k) * np.sin(a + 0.1)),
                ),
                [0.4, 0.72, 0.72, 0.2],
            ),
            1.15 + 0.05 * k,
            vein=0.4,
        )
    for k in range(6):  # near wing
        a = -2.15 + 0.17 * k
        _put(
            h,
            c.swath(
                at(
                    (-0.5 + 0.45 * k, -0.4),
                    (-0.4 + 3.8 * np.cos(a), 4.2 * np.sin(a)),
                    (-0.8 + (7.4 - 0.3 * k) * np.cos(a - 0.14), (7.2 - 0.4 * k) * np.sin(a - 0.05)),
                ),
                [0.4, 0.75, 0.75, 0.2],
            ),
            1.3 + 0.06 * k,
            vein=0.4,
        )
    _put(h, c.swath(at((-4.2, -0.3), (-1.0, -0.2), (2.4, 0.3), (4.6, 1.4)), [0.7, 1.9, 2.0, 1.25, 0.8]), 2.3)
    _put(h, c.swath(at((3.2, 0.8), (5.0, 2.0), (6.2, 3.0)), [1.2, 0.95, 0.85]), 2.1)
    for px, py, r, high in ((6.7, 3.4, 1.35, 2.5), (7.1, 3.7, 0.42, 3.0)):
        spot = c.ball(x + 1.12 * px, y + 1.12 * py, r)
        if spot is not None:
            np.maximum(h[spot[0]], high * spot[1] ** 0.7, out=h[spot[0]])
    _put(h, c.swath(at((7.6, 3.5), (9.6, 3.1)), [0.6, 0.12]), 1.9)
    _put(h, c.swath(at((6.0, 4.4), (4.8, 5.6), (3.4, 5.6)), [0.4, 0.3, 0.1]), 1.6)
    _put(h, c.swath(at((9.2, 3.0), (10.6, 1.6), (11.4, -0.4)), [0.35, 0.3, 0.2]), 1.3)
    for k in range(3):
        _put(h, c.swath(at((10.9, 0.6 - k), (11.8 + 0.3 * k, 0.9 - k)), [0.55, 0.2]), 1.3)
        _put(h, c.swath(at((10.9, 0.6 - k), (9.9 + 0.2 * k, 0.2 - k)), [0.55, 0.2]), 1.3)


def _sprigs() -> tuple[Canvas, Array]:
    """One of four repeats of the border, unrolled: a flower sprig and a cloud."""
    length = 2 * np.pi * 65 / 4
    c = Canvas(-length / 2, length / 2, -5.5, 5.5, 14.0)
    h = np.zeros(c.shape, np.float32)
    for k in range(5):
        a = np.pi / 2 + (k - 2) * 0.62
        _put(
            h,
            c.swath(
                [
                    (0, 0.1),
                    (1.5 * np.cos(a), 0.1 + 1.5 * np.sin(a)),
                    (2.9 * np.cos(a), 0.1 + 2.9 * np.sin(a)),
                ],
                [0.4, 0.85, 0.75, 0.15],
            ),
            1.15,
            vein=0.4,
        )
    spot = c.ball(0, 0.2, 1.0)
    assert spot is not None
    np.maximum(h[spot[0]], 1.7 * spot[1], out=h[spot[0]])
    for s in (-1, 1):
        _put(h, c.swath([(0, -0.6), (4 * s, -2.4), (8.2 * s, -0.9), (11 * s, -1.4)], [0.5, 0.45, 0.2]), 1.0)
        for x, y, a in (
            (4.2, -1.6, 1.1),
            (6.2, -1.2, 0.8),
            (8.4, 0.0, 1.2),
            (6.0, -3.0, -0.8),
            (9.8, -2.0, -0.6),
        ):
            tip = (s * (x + 2.4 * np.cos(a)), y + 2.4 * np.sin(a))
            mid = (s * (x + 1.2 * np.cos(a)), y + 1.2 * np.sin(a))
            _put(h, c.swath([(s * x, y), mid, tip], [0.2, 0.75, 0.6, 0.1]), 1.0, vein=0.4)
        # half a cloud at each end of the repeat; the neighbour has the other half
        e = s * length / 2
        for dx, dy, r, start, turns in ((3.4, 0.9, 1.7, 0.3, 1.2), (6.4, -0.5, 1.4, 0.3, 1.1)):
            curl = spiral(0, 0, r, start, turns)
            _put(h, c.swath(curl * [s, 1] + [e - s * dx, dy], [0.6, 0.5, 0.35]), 1.15)
        _put(
            h,
            c.swath(
                [(e, -1.5), (e - s * 4, -2.0), (e - s * 8, -2.6), (e - s * 11, -1.9)], [0.65, 0.6, 0.4, 0.1]
            ),
            1.05,
        )
        _put(h, c.swath([(e, 2.4), (e - s * 2.2, 2.6), (e - s * 4.8, 2.2)], [0.7, 0.6, 0.2]), 1.15)
    return c, h
