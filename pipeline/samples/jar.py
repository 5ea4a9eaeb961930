"""A lidded jar after Tang three-colour ware (三彩): white slip, amber, green and cream lead glaze run down
by gravity.

Everything is worked out on one unrolled sheet, angle across and arc length up, from the foot to the knob.
The glaze is coloured as glass is: light goes through its thickness twice and each colourant takes its
share (Beer- Lambert), so it is pale over edges and deep where it pooled, which is what makes this ware
look wet.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .fields import (
    Finer,
    blur,
    cells,
    fractal,
    generator,
    in_bands,
    mix,
    occlusion,
    piece,
    sample,
    slope,
    smooth,
)
from .lathe import TURN, Profile, turned
from .ornament import beads, petals, pillow
from .shape import Shape, Sheet

Array = NDArray[Any]
RELIEF_PX_PER_MM = 2.5
BODY, LID, KNOB, BASE, CLOTH = range(5)

AMBER, GREEN, CREAM = (0.665, 0.335, 0.085), (0.185, 0.360, 0.155), (0.960, 0.895, 0.715)
SLIP, CLAY, SOIL = (0.93, 0.88, 0.775), (0.80, 0.665, 0.52), (0.47, 0.37, 0.265)


class Jar:
    """The jar of one seed. Millimetres, Y up, on the plane y = 0."""

    noise_mm = 0.14
    edge_mm = 1.4

    def __init__(self, seed: int) -> None:
        self.seed = seed
        foot = [(0, 2.6), (30, 2.2), (45.5, 1.6), (48.5, 0.0), (52, 0.0)]
        wall = [
            (52, 0),
            (54, 2.5),
            (53.2, 9),
            (52.6, 15),
            (57, 28),
            (72, 55),
            (91, 88),
            (103.5, 122),
            (106.8, 150),
            (102.5, 177),
            (89.5, 199),
            (73, 212.5),
            (60.5, 218.5),
        ]
        neck = [(60.5, 218.5), (57, 223), (56, 229), (58.2, 234), (63.5, 238.2), (65.6, 241), (64.5, 243)]
        rim = [(64.5, 243), (62.6, 244.2), (61.9, 245.2)]
        lid = [(61.9, 245.2), (64.8, 246), (66.5, 247.8), (66.2, 250.3), (63.5, 252)]
        dome = [
            (63.5, 252),
            (60, 252.4),
            (57.5, 254),
            (50, 260.2),
            (38, 267.6),
            (25, 273.2),
            (15, 276),
            (10.5, 277.4),
        ]
        knob = [
            (10.5, 277.4),
            (8.6, 279.6),
            (8.2, 282),
            (9.6, 284.2),
            (13.6, 286.4),
            (15.6, 291),
            (14.9, 296),
            (11.6, 301),
            (7.2, 305.2),
            (3.2, 308.6),
            (1.2, 310.4),
            (0, 310.9),
        ]
        self.profile = Profile.through([foot, wall, neck, rim, lid, dome, knob], soften_mm=0.45)
        p = self.profile
        self.s_end = float(p.s[-1])
        self.s_foot = self._s_at(54, 2.5)
        self.s_lid = self._s_at(61.9, 245.2)
        self.s_flange = self._s_at(63.5, 252)
        self.s_knob = self._s_at(10.0, 277.6)
        self.s_belly = float(p.s[np.argmax(p.r)])
        self.r_max = float(p.r.max())
        self.round_mm = TURN * self.r_max
        knob_round = TURN * 15.6
        lid_r = float(p.r[p.s > self.s_lid].max()) + 1.0
        self.sheets = [
            Sheet("body", 0, self.round_mm, self.s_foot - 3, self.s_lid, 6.7, self.round_mm, (7, 3)),
            Sheet("lid", -lid_r, lid_r, -lid_r, lid_r, 6.7, 0, (2, 2)),
            Sheet("knob", 0, knob_round, self.s_knob, self.s_end, 6.7, knob_round, (2, 1)),
            Sheet("base", -58, 58, -58, 58, 3.2, 0, (2, 1)),
            Sheet("cloth", -150, 150, -150, 150, 1.6, 0, (2, 2)),
        ]

    def _s_at(self, r: float, y: float) -> float:
        p = self.profile
        return float(p.s[np.argmin((p.r - r) ** 2 + (p.y - y) ** 2)])

    # ---- form ----

    def shape(self, rng: np.random.Generator, *, edge_mm: float, jitter: float) -> Shape:
        """Gives the jar's clean surface in triangles of about ``edge_mm``."""
        p = self.profile
        edge = np.full(len(p.s), edge_mm)
        edge *= np.where(p.s < self.s_foot, 1.8, 1.0)
        edge *= np.where(p.s > self.s_lid - 6, 0.8, 1.0)
        edge = np.interp(p.s, p.s[::60], edge[::60])
        angle, s, triangles, unrolled = turned(p, edge, rng, jitter=jitter)
        positions = self.place(angle, s)
        middle = s[triangles].mean(axis=1)
        sheet_of = np.select(
            [middle < self.s_foot - 2.5, middle < self.s_lid, middle < self.s_knob], [BASE, BODY, LID], KNOB
        )
        s3 = s[triangles]
        r3 = np.interp(s3, p.s, p.r)
        flat = np.stack([r3 * np.sin(unrolled), -r3 * np.cos(unrolled)], axis=-1)
        corners = np.where((sheet_of == LID)[:, None, None], flat, 0.0)
        corners = np.where((sheet_of == BASE)[:, None, None], flat * [-1, 1], corners)
        for part in (BODY, KNOB):
            band = np.stack([unrolled * (self.sheets[part].period / TURN), s3], axis=-1)
            corners = np.where((sheet_of == part)[:, None, None], band, corners)
        return Shape(positions, triangles, sheet_of.astype(np.int32), corners)

    def place(self, angle: Array, s: Array) -> Array:
        """Gives positions (N, 3) in mm: the turned form, its relief, and what hand and kiln did to it."""
        r, y, nr, ny = self.profile.at(s)
        h = self._relief_at(angle, s)
        sway = smooth(self.s_foot, self.s_belly, s) * smooth(self.s_lid, self.s_belly, s)
        r = r * (1 + sway * (0.006 * np.cos(2 * angle + 0.7) + 0.0035 * np.cos(3 * angle + 2.1)))
        r, y = r + nr * h, y + ny * h
        x, z = r * np.sin(angle), r * np.cos(angle)
        lid = (s > self.s_lid).astype(float)
        y = y + lid * (0.011 * x - 0.006 * z)
        lean = (y / 300) ** 2
        return np.stack([x + 1.6 * lean + 0.5 * lid, y, z - 0.8 * lean + 0.3 * lid], axis=1)

    def _relief_at(self, angle: Array, s: Array) -> Array:
        h = self.relief
        column = (angle % TURN) / TURN * h.shape[1] - 0.5
        row = (self.s_end - s) / self.s_end * h.shape[0] - 0.5
        return sample(h, row, column, wrap=True)

    # ---- the unrolled sheet ----

    @cached_property
    def _grid(self) -> tuple[Array, Array, Array]:
        """Angle of the columns, arc length of the rows (top first), radius of the rows; at relief density."""
        columns = round(self.round_mm * RELIEF_PX_PER_MM / 32) * 32
        rows = round(self.s_end * RELIEF_PX_PER_MM)
        angle = (np.arange(columns, dtype=np.float32) + 0.5) * np.float32(TURN / columns)
        s = (self.s_end - (np.arange(rows) + 0.5) * (self.s_end / rows)).astype(np.float32)
        return angle, s, np.interp(s, self.profile.s, self.profile.r).astype(np.float32)

    @cached_property
    def _ornament(self) -> tuple[Array, Array, Array]:
        """Applied and incised ornament: height in mm, mask of the medallions, mask of their centres."""
        angle, s, _ = self._grid
        h = np.zeros((len(s), len(angle)), np.float32)
        mask, heart = np.zeros_like(h), np.zeros_like(h)
        big, small = self.s_belly + 8, self.s_belly + 63
        for k in range(4):
            self._floret((h, mask, heart), k * TURN / 4, big, size=37.0, high=2.9)
        for k in range(8):
            self._floret((h, mask, heart), (k + 0.5) * TURN / 8, small, size=12.5, high=1.5)
        for at, deep in ((self.s_belly + 82, 0.55), (self.s_belly + 85.5, 0.4), (self.s_belly - 46, 0.5)):
            wobble = at + 0.35 * np.sin(angle * 2 + at)
            h -= deep * np.exp(-(((s[:, None] - wobble[None]) / 0.65) ** 2)).astype(np.float32)
        lid_r = np.interp(s, self.profile.s, self.profile.r)
        on_lid = np.flatnonzero((s > self.s_flange + 5) & (s < self.s_knob - 1))
        rho, phi = np.meshgrid(lid_r[on_lid], angle, indexing="ij")
        inside, t, across = petals(rho, phi, 12, 13.5, 41, tip=0.62, waist=0.55)
        leaf = pillow(inside, 3.2) * (1.25 - 0.45 * np.abs(across) ** 2) * (0.65 + 0.5 * t)
        vein = np.exp(-((across / 0.10) ** 2)) * smooth(0.05, 0.3, t) * smooth(0.95, 0.7, t)
        h[on_lid] += ((leaf - 0.4 * vein) * 1.25).astype(np.float32)
        mask[on_lid] = np.maximum(mask[on_lid], smooth(0, 0.8, inside))
        return h, mask, heart

    def _floret(
        self, onto: tuple[Array, Array, Array], theta: float, s0: float, *, size: float, high: float
    ) -> None:
        """Adds one moulded flower of ``size`` mm radius."""
        h, mask, heart = onto
        angle, s, _ = self._grid
        rows = np.flatnonzero(np.abs(s - s0) < size * 1.25)
        scale = float(np.interp(s0, self.profile.s, self.profile.r))
        dx = ((angle - theta + np.pi) % TURN - np.pi) * scale
        columns = np.flatnonzero(np.abs(dx) < size * 1.25)
        x, y = np.meshgrid(dx[columns], s[rows] - s0)
        rho, phi = np.hypot(x, y), np.arctan2(x, y) % TURN
        u = size / 37.0
        outer, t, across = petals(rho, phi, 8, 15 * u, 37 * u, tip=0.85, waist=0.62)
        inner, ti, ai = petals(rho, phi, 8, 9.5 * u, 26 * u, offset=0.5, tip=0.95, waist=0.6)
        curl = 0.72 + 0.5 * np.clip(t, 0, 1) ** 2
        g = pillow(outer, 3.4 * u) * curl * (1 - 0.42 * (1 - across**2) * smooth(0.15, 0.6, t))
        g = g - 0.22 * np.exp(-((across / 0.09) ** 2)) * (outer > 0) * smooth(1.0, 0.7, t)
        over = smooth(0.0, 0.7 * u, inner)
        second = 0.85 + 0.55 * pillow(inner, 2.8 * u) * (1 - 0.4 * (1 - ai**2) * smooth(0.1, 0.6, ti))
        g = g * (1 - over) + second * over
        disc = smooth(12.2 * u, 11.4 * u, rho)
        g = g * (1 - disc) + disc * (0.95 + 0.35 * np.sqrt(np.clip(1 - (rho / (13 * u)) ** 2, 0, 1)))
        g += 0.42 * beads(rho, phi, 14, 9.6 * u, 1.75 * u) + 0.75 * np.sqrt(
            np.clip(1 - (rho / (6.0 * u)) ** 2, 0, 1)
        )
        g += 0.22 * beads(rho, phi, 6, 3.6 * u, 1.1 * u)
        body = np.maximum(smooth(-0.2, 0.9, outer), disc)
        body = np.maximum(body, over)
        at = np.ix_(rows, columns)
        h[at] = np.maximum(h[at], (g * high * 0.62 * (body > 0.02)).astype(np.float32))
        mask[at] = np.maximum(mask[at], body)
        heart[at] = np.maximum(heart[at], np.maximum(disc, over * 0.999))

    @cached_property
    def _glaze(self) -> tuple[Array, Array, Array, Array]:  # noqa: PLR0915 - one recipe, in its order
        """Where the glaze lies: thickness (about 1), and shares of amber, green and cream."""
        angle, s, _ = self._grid
        shape = (len(s), len(angle))
        rng = generator(self.seed, "jar glaze")
        h, mask, heart = self._ornament
        px = RELIEF_PX_PER_MM
        streak = fractal(shape, rng, beta=2.9, longest=90 * px, shortest=1.6 * px, stretch=(4.2, 1.0))
        broad = fractal(shape, rng, beta=3.2, longest=200 * px, shortest=8 * px, stretch=(3.0, 1.0))
        fine = fractal(shape, rng, beta=2.0, longest=24 * px, shortest=1.0 * px, stretch=(7.0, 1.0))

        # the lower border: tongues that ran, each with a bead of glaze at its tip
        base = self.s_belly - 70 + 5 * np.sin(angle * 2 + 1.0) + 3.5 * np.sin(angle * 5 + 0.4)
        edge = base.copy()
        for _ in range(44):
            at, width, run = rng.uniform(0, TURN), rng.uniform(3.0, 7.5), rng.gamma(1.6, 11.0)
            dx = ((angle - at + np.pi) % TURN - np.pi) * 86
            foot = base - min(run, 66.0) * np.sqrt(np.clip(1 - (dx / width) ** 2, 0, 1)) ** 0.8
            root = base - 7 * np.exp(-((dx / (width * 2.2)) ** 2)) * min(run / 12, 1.0)
            edge = np.minimum(edge, np.minimum(foot, root))
        below = (s[:, None] - edge[None]).astype(np.float32) + 0.5 * streak
        on_body = (s < self.s_lid - 4)[:, None]
        covered = np.where(on_body, smooth(-0.35, 0.35, below), 1.0).astype(np.float32)
        seat = smooth(self.s_lid - 5.5, self.s_lid - 3.5, s) * smooth(self.s_lid + 4.5, self.s_lid + 3, s)
        covered *= 1 - seat[:, None]
        bead = np.where(on_body, np.exp(-(((below - 1.6) / 1.9) ** 2)), 0.0)
        sag = np.where(on_body, np.exp(-np.clip(below, 0, None) / 26.0), 0.35)

        # colours poured on in tongues from the shoulder, alternating, each wandering as it runs
        wander = angle[None] + 0.075 * broad + 0.012 * streak
        wave = np.sin(4 * wander + 0.6)
        second = np.sin(8 * wander - 0.9 + 0.3 * broad)
        green = 1.5 * wave + 0.55 * second + 0.5 * streak + 0.22 * fine
        amber = (
            -1.25 * wave + 0.75 * np.cos(4 * wander + 0.2) + 0.55 * np.roll(streak, 401, axis=1) + 0.22 * fine
        )
        cream = 0.42 + 0.75 * np.roll(streak, 977, axis=1) - 0.6 * wave * second
        lid = (s > self.s_lid)[:, None]
        around = np.sin(6 * angle[None] + 0.5 * broad)
        green = np.where(lid, 1.1 * around + 0.6 * streak, green)
        amber = np.where(lid, -1.1 * around + 0.6 * np.roll(streak, 401, axis=1), amber)
        cream = np.where(lid, 0.15 + 0.5 * np.roll(streak, 977, axis=1), cream)
        knob = smooth(self.s_knob - 2, self.s_knob + 3, s)[:, None]
        amber, green = amber + 2.2 * knob, green - 1.2 * knob

        # the potter's hand: petals amber, hearts green, cream beside them; spots kept free by wax
        petal = smooth(0.35, 0.9, mask) * (s < self.s_lid)[:, None]
        halo = blur(petal, 5 * px, wrap=True) * (1 - petal)
        hearts = smooth(0.3, 0.8, heart)
        amber += petal * (1 - hearts) * 2.6 + hearts * (-1.0)
        green += hearts * 3.2 - petal * (1 - hearts) * 1.5
        cream += halo * 2.3
        cream += 4.5 * self._spots() * (1 - petal)
        stack = np.stack([amber, green, cream]) * np.float32(3.4)
        stack -= stack.max(axis=0)
        np.exp(stack, out=stack)
        stack /= stack.sum(axis=0)
        slump = np.stack([_run(w, 1.6 * px) for w in stack])
        slump /= slump.sum(axis=0)

        hollow = np.clip(occlusion(h, px, 2.2, wrap=True), -0.6, 0.9)
        thick = 0.80 + 0.16 * streak + 0.10 * broad + 0.9 * bead + 0.45 * sag + 0.95 * hollow
        ridge = smooth(self.s_lid - 14, self.s_lid - 9, s) * smooth(self.s_lid - 2, self.s_lid - 6, s)
        flange = np.exp(-(((s - self.s_flange + 2.5) / 2.5) ** 2))
        thick = thick - 0.35 * (ridge + flange)[:, None]
        return np.clip(thick, 0.12, 2.4).astype(np.float32) * covered, slump[0], slump[1], slump[2]

    def _spots(self) -> Array:
        """Gives the white spots kept free by wax, in lozenges between the medallions, each with a short
        tail.
        """
        angle, s, _ = self._grid
        rng = generator(self.seed, "jar spots")
        out = np.zeros((len(s), len(angle)), np.float32)
        for k in range(4):
            for i in range(-3, 4):
                for j in range(-3, 4):
                    if abs(i) + abs(j) > 3 or (i + j) % 2:
                        continue
                    theta = (k + 0.5) * TURN / 4 + i * 0.072 + rng.normal(0, 0.006)
                    s0 = self.s_belly - 2 + j * 10.5 + rng.normal(0, 0.8)
                    size = rng.uniform(2.3, 3.1)
                    rows = np.flatnonzero((s < s0 + 8) & (s > s0 - 22))
                    dx = ((angle - theta + np.pi) % TURN - np.pi) * self.r_max
                    columns = np.flatnonzero(np.abs(dx) < 8)
                    x, y = np.meshgrid(dx[columns], s[rows] - s0)
                    tail = np.clip(-y / 13, 0, 1)
                    d = np.where(
                        y > 0,
                        np.hypot(x, y),
                        np.abs(x) * (1 + 0.5 * tail) + np.clip(-y - 1.0, 0, None) * 0.25,
                    )
                    at = np.ix_(rows, columns)
                    out[at] = np.maximum(out[at], smooth(size + 0.9, size - 0.9, d) * (1 - 0.75 * tail))
        return out

    @cached_property
    def relief(self) -> Array:
        """Height over the turned form in mm on the unrolled sheet, rows from the knob down."""
        angle, s, r = self._grid
        rng = generator(self.seed, "jar relief")
        shape = (len(s), len(angle))
        px = RELIEF_PX_PER_MM
        h = self._ornament[0].copy()
        pitch = 3.4
        ring = fractal((1, 8192), rng, beta=1.6, longest=300, shortest=6)[0]
        turn = (s[:, None] + pitch * angle[None] / TURN) / pitch
        marks = np.interp((turn * 24) % 8192, np.arange(8192), ring).astype(np.float32)
        strength = 0.05 + 0.13 * smooth(self.s_belly - 40, self.s_belly - 90, s) * (s > self.s_foot)
        h += marks * strength[:, None]
        h += 0.22 * fractal(shape, rng, beta=3.4, longest=160 * px, shortest=14 * px)
        thick = self._glaze[0]
        h += 0.42 * thick + 0.35 * np.clip(thick - 1.25, 0, 1)
        h += (
            0.045
            * fractal(shape, rng, beta=1.5, longest=6 * px, shortest=0.9 * px)
            * (1 - smooth(0, 0.3, thick))
        )
        near_end = np.minimum(1, np.minimum(s, self.s_end - s) / 3.0)
        small = smooth(0.0, 8.0, r)
        return np.asarray(h * (near_end * (0.15 + 0.85 * small))[:, None], dtype=np.float32)

    # ---- colour ----

    def paint(self, scale: float, *, lit: bool) -> list[Array]:
        """Gives each sheet's raster, sRGB uint8, with the baked light where ``lit``."""
        px = self.sheets[BODY].px_per_mm * scale
        colour = self._unrolled(px, lit)
        out = []
        for part, sheet in enumerate(self.sheets):
            gx, gy = sheet.grid(sheet.px_per_mm * scale)
            if part in (BODY, KNOB):
                rows = np.clip(np.round((self.s_end - gy) * px - 0.5), 0, len(colour) - 1).astype(int)
                columns = np.round(gx / sheet.period * colour.shape[1] - 0.5).astype(int) % colour.shape[1]
                out.append(colour[rows][:, columns])
            elif part in (LID, BASE):
                out.append(self._disc(part, gx, gy, colour, px))
            else:
                out.append(_cloth(gx, gy, generator(self.seed, "jar cloth colour")))
        return out

    def _disc(self, part: int, gx: Array, gy: Array, colour: Array, px: float) -> Array:
        """Gives lid or base, flat, from the unrolled sheet."""
        p = self.profile
        run = (p.s > self.s_lid) if part == LID else (p.s < self.s_foot - 1)
        s_of, r_of = p.s[run], p.r[run]
        if part == LID:
            s_of, r_of = s_of[::-1], r_of[::-1]
            widest = int(np.argmax(r_of))
            s_of, r_of = s_of[: widest + 1], r_of[: widest + 1]
        r_of = np.maximum.accumulate(r_of) + np.arange(len(r_of)) * 1e-7

        def rows(band: slice) -> Array:
            xx, yy = np.meshgrid(gx if part == LID else -gx, gy[band])
            s = np.interp(np.hypot(xx, yy), r_of, s_of)
            angle = np.arctan2(xx, -yy) % TURN
            row, column = (self.s_end - s) * px - 0.5, angle / TURN * colour.shape[1] - 0.5
            return sample(colour, row, column, wrap=True) / np.float32(255)

        return in_bands((len(gy), len(gx)), rows)

    def _unrolled(self, px: float, lit: bool) -> Array:  # noqa: PLR0915 - one recipe, in its order
        """Gives the whole unrolled sheet's raster."""
        rng = generator(self.seed, "jar colour")
        grid_angle, grid_s, _ = self._grid
        small, coarse = (len(grid_s), len(grid_angle)), RELIEF_PX_PER_MM
        shape = (round(self.s_end * px), round(self.round_mm * px))
        angle = (np.arange(shape[1], dtype=np.float32) + 0.5) * np.float32(TURN / shape[1])
        s_of = self.s_end - (np.arange(shape[0], dtype=np.float32) + 0.5) * np.float32(self.s_end / shape[0])
        fine = Finer(small, *shape, wrap=True)
        mottle = fractal(small, rng, beta=2.4, longest=60 * coarse, shortest=1.0 * coarse)
        streak = fractal(small, rng, beta=1.7, longest=40 * coarse, shortest=0.5 * coarse, stretch=(9.0, 1.0))
        tarnish = fractal(small, rng, beta=2.8, longest=80 * coarse, shortest=1.0 * coarse)
        low = occlusion(self.relief, coarse, 1.4, wrap=True)
        deep = occlusion(self.relief, coarse, 6.0, wrap=True)
        gx, gy = slope(self.relief, coarse)
        light = 1.0 + 0.16 * np.clip(-0.45 * gx + 0.75 * gy, -1.2, 1.2) - 0.45 * np.clip(low, -0.15, 0.6)
        light *= 1 + 0.07 * np.cos(grid_angle[None] + 0.55) + (0.05 * grid_s / self.s_end - 0.03)[:, None]
        under_lid = np.exp(-np.clip(self.s_lid - grid_s, 0, None) / 5.0) * (grid_s < self.s_lid)
        light *= (1 - 0.42 * under_lid)[:, None]
        light = light.astype(np.float32)
        grain = fractal((1024, 1024), rng, beta=1.0, longest=30, shortest=1.5)
        pores = fractal((1024, 1024), rng, beta=0.9, longest=24, shortest=3.2)
        wide, _ = cells(1024, 44, rng)
        narrow, _ = cells(1024, 100, rng)
        density = np.log(np.asarray([AMBER, GREEN, CREAM], np.float32))
        thickness, *shares = self._glaze

        def rows(band: slice) -> Array:
            s = s_of[band]
            g, pore = piece(grain, band, shape[1]), piece(pores, band, shape[1])
            m, k, t = fine(mottle, band), fine(streak, band), fine(thickness, band)
            amber, green, cream = (fine(f, band) for f in shares)
            n, f = fine(low, band), fine(deep, band)
            body = np.empty((*m.shape, 3), np.float32)
            body[:] = CLAY
            body *= (1 + 0.035 * m + 0.028 * g)[..., None]
            mix(body, (0.70, 0.52, 0.37), 0.35 * smooth(0.6, 2.2, m))
            slip_edge = smooth(self.s_belly - 92, self.s_belly - 88, s)[:, None] + 0.16 * k
            slip = smooth(0.35, 0.65, slip_edge) * (0.93 - 0.10 * smooth(0.2, 1.8, -k))
            mix(body, SLIP, slip)
            # glass: each colourant takes its share per thickness
            depth = t * (1 + 0.10 * k + 0.025 * g)
            for channel in range(3):
                share = (
                    amber * density[0, channel] + green * density[1, channel] + cream * density[2, channel]
                )
                body[..., channel] *= np.exp(share * depth)
            glazed = smooth(0.02, 0.10, t)
            # crackle, stained where it lay in the ground
            lines = np.maximum(
                smooth(0.040, 0.0, piece(wide, band, shape[1])),
                0.55 * smooth(0.060, 0.0, piece(narrow, band, shape[1])) * smooth(-0.6, 0.8, m),
            )
            body *= (1 - lines * glazed * (0.17 + 0.17 * smooth(-0.8, 1.0, m)))[..., None]
            # wear: rubbed edges, pits, silvery weathering on the green, earth in the hollows
            rub = smooth(0.15, 0.34, -n + 0.05 * m + 0.03 * g) * glazed
            mix(body, (0.87, 0.79, 0.65), 0.50 * rub)
            mix(body, (0.60, 0.47, 0.34), 0.8 * smooth(2.9, 3.3, pore) * glazed)
            silver = smooth(0.9, 2.2, fine(tarnish, band) + 0.15 * g) * glazed * smooth(0.3, 0.6, green)
            mix(body, (0.58, 0.64, 0.56), 0.20 * silver)
            earth = smooth(0.10, 0.42, n + 0.35 * f + 0.05 * m + 0.03 * g)
            foot = smooth(self.s_foot + 26, self.s_foot - 2, s)[:, None] * smooth(-0.6, 1.6, m + 0.5 * g)
            mix(body, SOIL, np.clip(0.58 * earth + 0.50 * foot, 0, 0.85))
            if lit:
                body *= (np.clip(fine(light, band), 0.3, 1.3) + 0.010 * g)[..., None]
            return body

        del angle
        return in_bands(shape, rows)


def _run(field: Array, length_px: float) -> Array:
    """Gives the field smeared downwards (rows increase downwards) with an exponential tail, as glaze runs."""
    from scipy.signal import lfilter

    a = np.float32(np.exp(-1.0 / length_px))
    return np.asarray(lfilter([1 - a], [1, -a], field, axis=0, zi=field[:1] * a)[0], dtype=np.float32)


def _cloth(gx: Array, gy: Array, rng: np.random.Generator) -> Array:
    """Gives the turntable's cloth: dark blue-grey twill with lint."""
    shape = (len(gy), len(gx))
    weave = np.sin((gx[None] + gy[:, None]) * 3.1) * np.sin((gx[None] - gy[:, None]) * 3.1)
    tone = 0.17 + 0.02 * weave + 0.018 * fractal(shape, rng, beta=1.5, longest=90, shortest=1.5)
    out = np.stack([tone * 0.95, tone, tone * 1.12], axis=-1).astype(np.float32)
    lint = smooth(2.9, 3.3, fractal(shape, rng, beta=0.5, longest=6, shortest=1.2))
    mix(out, (0.55, 0.55, 0.52), lint)
    return (np.clip(out, 0, 1) * 255).astype(np.uint8)
