"""The picture on the plaster: a lotus over its leaves, buds, streaming ribbons, scrolls, and a band of
pearl roundels.

Drawn as such walls were: a first outline, flat colour, graded bands (叠晕) from deep to pale, a last
outline in ink or red, and lines and dots of paste raised and gilded (沥粉贴金). Millimetres, the middle of
the piece at 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .brush import Canvas, Points, Swath, spiral
from .fields import mix, smooth
from .ornament import beads, petals

Array = NDArray[Any]
Colour = tuple[float, float, float]

INK, RED, CINNABAR, PINK = (
    (0.135, 0.115, 0.105),
    (0.435, 0.130, 0.095),
    (0.690, 0.235, 0.155),
    (0.880, 0.640, 0.560),
)
AZURITE, SKY, PALE_SKY = (0.105, 0.255, 0.430), (0.285, 0.475, 0.620), (0.620, 0.745, 0.790)
MALACHITE, LEAF, PALE_LEAF = (0.120, 0.345, 0.265), (0.285, 0.535, 0.410), (0.640, 0.770, 0.640)
OCHRE, HONEY, WHITE, GOLD = (
    (0.690, 0.470, 0.185),
    (0.860, 0.700, 0.400),
    (0.945, 0.920, 0.860),
    (0.830, 0.640, 0.290),
)
BAND_TOP, BAND_LOW = -88.0, -146.0


def painting(canvas: Canvas, picture: Array) -> None:
    """Paints the whole piece over its white ground, in place."""
    _sky(canvas, picture)
    _scrolls(canvas, picture)
    for s in (-1, 1):
        _ribbon(canvas, picture, s)
    _pond(canvas, picture)
    for s in (-1, 1):
        _bud(canvas, picture, s)
    _lotus(canvas, picture, 0.0, 8.0, 1.0)
    _band(canvas, picture)


def gilding(canvas: Canvas) -> Array:
    """Gives the height in mm of the raised gilded paste: dots and lines."""
    out = np.zeros(canvas.shape, np.float32)

    def dot(x: float, y: float, r: float, high: float) -> None:
        found = canvas.ball(x, y, r)
        if found is not None:
            view = out[found[0]]
            np.maximum(view, high * found[1], out=view)

    def thread(points: Points, half: float, high: float) -> None:
        s = canvas.swath(points, [half])
        if s is not None:
            view = out[s.at]
            np.maximum(view, high * np.sqrt(np.clip(s.inside / half, 0, 1)), out=view)

    for x in np.arange(-209.0, 210.0, 11.0):
        dot(float(x), BAND_TOP - 3.2, 2.3, 1.25)
        dot(float(x) + 5.5, BAND_LOW + 3.2, 2.3, 1.25)
    for k in range(-4, 5):
        dot(52.0 * k, (BAND_TOP + BAND_LOW) / 2, 3.6, 1.7)
        for j in range(8):
            a = j * np.pi / 4
            dot(52.0 * k + 7.0 * np.cos(a), (BAND_TOP + BAND_LOW) / 2 + 7.0 * np.sin(a), 1.15, 0.9)
    # the lotus's seeds, the jewel over it and two strings of beads that hang from the ribbons
    for x, y in ((-11, 41.5), (0, 43.2), (11, 41.5), (-6, 37.2), (6, 37.2), (-16.5, 38.0), (16.5, 38.0)):
        dot(x, y, 1.9, 1.2)
    dot(0, 122, 6.5, 2.6)
    for j in range(16):
        a = j * np.pi / 8
        dot(11.2 * np.cos(a), 122 + 11.2 * np.sin(a), 1.35, 1.0)
    for s in (-1, 1):
        for k, t in enumerate(np.linspace(0, 1, 17)):
            x, y = 16 + 96 * t, 118 - 62 * t * (1 - t) - 8 * t
            dot(s * x, y, 2.4 if k % 4 == 0 else 1.5, 1.5 if k % 4 == 0 else 1.0)
        for j in range(3):
            dot(s * 112, 104 - 6.2 * j, 2.1 - 0.3 * j, 1.2)
        thread([(s * 24.5, 4), (s * 43, 14), (s * 57, 33), (s * 63, 56)], 0.55, 0.55)
    return out


def _fill(picture: Array, s: Swath | None, px: float, colour: Colour | Array, amount: float = 1.0) -> None:
    """Lays flat colour inside a swath."""
    if s is not None:
        mix(picture[s.at], colour, np.clip(s.inside * px + 0.5, 0, 1) * np.float32(amount))


def _outline(
    picture: Array, s: Swath | None, px: float, colour: Colour, half: float, *, amount: float = 0.92
) -> None:
    """Draws a line along a swath's border, swelling and thinning as a brush's."""
    if s is not None:
        swell = half * (0.75 + 0.45 * np.sin(np.pi * s.along))
        mix(
            picture[s.at],
            colour,
            np.clip((swell - np.abs(s.inside - 0.2)) * px + 0.5, 0, 1) * np.float32(amount),
        )


def _stroke(
    c: Canvas, picture: Array, points: Points, widths: Sequence[float], colour: Colour, *, amount: float = 1.0
) -> None:
    """One brush line."""
    _fill(picture, c.swath(points, widths), c.px, colour, amount)


def _petal(
    c: Canvas,
    picture: Array,
    spine: Points,
    half: float,
    tones: tuple[Colour, Colour, Colour, Colour],
    *,
    from_tip: bool = True,
) -> None:
    """A petal in graded bands: pale rim, then deeper and deeper towards the tip or the root, fine veins,
    outline.
    """
    s = c.swath(spine, [0.40 * half, 0.80 * half, 1.02 * half, 1.02 * half, 0.66 * half, 0.04])
    if s is None:
        return
    pale, middle, deep, line = tones
    view = picture[s.at]
    cover = np.clip(s.inside * c.px + 0.5, 0, 1)
    way = s.along if from_tip else 1 - s.along
    depth = way * 1.15 - 0.30 * np.abs(s.across) ** 2 + 0.02 * np.sin(s.across * 23)
    tone = np.empty_like(view)
    tone[:] = pale
    mix(tone, middle, smooth(0.40, 0.55, depth) * 0.80)
    mix(tone, deep, smooth(0.72, 0.90, depth) * 0.80)
    mix(tone, WHITE, 0.85 * smooth(1.9, 1.2, s.inside))
    vein = np.abs(np.mod(s.across * 3.2 + 0.5, 1.0) - 0.5) * s.half / 3.2
    mix(tone, deep, 0.34 * smooth(0.30, 0.10, vein) * smooth(0.12, 0.35, way) * smooth(1.0, 2.5, s.inside))
    mix(view, tone, cover)
    _outline(picture, s, c.px, line, 0.62)


def _lotus(c: Canvas, picture: Array, x: float, y: float, size: float) -> None:
    """The great flower, seen from a little above."""
    rose = (WHITE, PINK, CINNABAR, RED)

    def row(angles: Sequence[float], long: float, half: float, lift: float, bend: float) -> None:
        for degrees in angles:
            a = np.radians(degrees)
            tip = (x + size * long * np.sin(a) * 1.12, y + lift + size * long * np.cos(a))
            mid = (
                x + size * long * 0.55 * np.sin(a * 1.18 + bend * np.sign(a)),
                y + lift + size * long * 0.50 * np.cos(a),
            )
            root = (x + size * 9 * np.sin(a), y + lift * 0.5)
            _petal(c, picture, [root, mid, tip], size * half, rose)

    row((-38, 38, -13, 13), 86, 19, 4, 0.10)
    row((-62, 62), 84, 18, 2, 0.16)
    _pod(c, picture, x, y + 30 * size)
    row((-84, 84), 82, 16, 0, 0.18)
    row((-50, 50, -25, 25), 62, 18.5, -4, 0.10)
    row((-104, 104), 74, 14.5, -4, 0.10)
    row((-68, 68), 56, 16, -8, 0.10)
    row((-16, 16), 46, 16, -10, 0.08)
    row((-44, 44), 44, 14.5, -12, 0.08)
    _petal(c, picture, [(x, y - 14), (x, y + 4), (x, y + 25)], 12.5, rose)


def _pod(c: Canvas, picture: Array, x: float, y: float) -> None:
    """The seed pod with its fringe of stamens."""
    for k in range(-13, 14):
        a = k * 0.115
        tip = (x + 31 * np.sin(a), y - 4 + 27 * np.cos(a))
        _stroke(c, picture, [(x + 16 * np.sin(a), y - 8), tip], [0.45, 0.35], OCHRE)
        _stroke(c, picture, [tip, (tip[0] + 0.5 * np.sin(a), tip[1] + 2.6)], [1.0, 0.7], HONEY)
    s = c.swath([(x - 22, y + 7.5), (x, y + 9.5), (x + 22, y + 7.5)], [2.0, 8.0, 9.0, 8.0, 2.0])
    _fill(picture, s, c.px, LEAF)
    if s is not None:
        mix(picture[s.at], PALE_LEAF, smooth(5.0, 2.0, s.inside) * np.clip(s.inside * c.px, 0, 1) * 0.7)
    _outline(picture, s, c.px, INK, 0.55)


def _pond(c: Canvas, picture: Array) -> None:
    """Water, leaves and stems under the flower."""
    for k, y in enumerate(np.arange(-84.0, -48.0, 5.2)):
        for j in range(-6, 7):
            x0 = j * 37.0 + 13 * np.sin(3.1 * k + j)
            wave = [(x0 + d, y + 1.5 * np.sin(d / 4.6 + k)) for d in np.linspace(0, 26, 9)]
            _stroke(c, picture, wave, [0.1, 0.42, 0.42, 0.1], SKY, amount=0.6)
    stem = (PALE_LEAF, LEAF, MALACHITE)
    for points, half in (
        ([(0, 2), (2, -30), (-3, -60), (0, -90)], 3.0),
        ([(-118, 20), (-104, -20), (-80, -60), (-66, -90)], 2.2),
        ([(118, 20), (104, -20), (80, -60), (66, -90)], 2.2),
        ([(-150, -40), (-138, -66), (-130, -90)], 1.9),
        ([(150, -40), (138, -66), (130, -90)], 1.9),
    ):
        s = c.swath(points, [half])
        _fill(picture, s, c.px, stem[1])
        if s is not None:
            mix(picture[s.at], stem[0], smooth(0.1, 0.8, s.across) * np.clip(s.inside * c.px, 0, 1) * 0.8)
        _outline(picture, s, c.px, INK, 0.42)
        for t in np.linspace(0.12, 0.92, 11):
            i = int(t * (len(points) - 1))
            f = t * (len(points) - 1) - i
            px = points[i][0] * (1 - f) + points[i + 1][0] * f
            py = points[i][1] * (1 - f) + points[i + 1][1] * f
            found = c.ball(px, py, 0.6)
            if found is not None:
                mix(picture[found[0]], INK, (found[1] > 0.3) * np.float32(0.6))
    _leaf(c, picture, (-66, -38), size=(62, 25), turn=0.10)
    _leaf(c, picture, (66, -38), size=(62, 25), turn=-0.10)
    _leaf(c, picture, (-158, -42), size=(44, 21), turn=0.16)
    _leaf(c, picture, (158, -42), size=(44, 21), turn=-0.16)
    _leaf(c, picture, (0, -66), size=(54, 17), turn=0.0)


def _leaf(
    c: Canvas, picture: Array, at_mm: tuple[float, float], *, size: tuple[float, float], turn: float
) -> None:
    """A lotus leaf seen aslant: lobed border, graded green, veins from the middle."""
    (x, y), (a, b) = at_mm, size
    found = c.window(np.array([x - a - 4, y - a - 4]), np.array([x + a + 4, y + a + 4]))
    if found is None:
        return
    at, gx, gy = found
    dx, dy = gx[None] - x, gy[:, None] - y
    cs, sn = np.cos(turn), np.sin(turn)
    u, v = ((dx * cs + dy * sn) / a).astype(np.float32), ((dy * cs - dx * sn) / b).astype(np.float32)
    v = v - 0.28 * (1 - u * u)
    rho, phi = np.hypot(u, v), np.arctan2(v, u)
    lobes = 11
    border = 0.97 - 0.075 * (1 - np.abs(np.cos(phi * lobes / 2)) ** 0.7) + 0.02 * np.sin(3 * phi)
    scale = a * b / np.sqrt((a * np.sin(phi)) ** 2 + (b * np.cos(phi)) ** 2 + 1e-6)
    inside = ((border - rho) * scale).astype(np.float32)
    view = picture[at]
    cover = np.clip(inside * c.px + 0.5, 0, 1)
    tone = np.empty_like(view)
    tone[:] = PALE_LEAF
    depth = rho / border
    between = 1 - np.abs(np.cos(phi * lobes / 2))
    mix(tone, LEAF, smooth(0.93, 0.80, depth + 0.12 * between))
    mix(tone, MALACHITE, smooth(0.62, 0.38, depth + 0.16 * between) * 0.9)
    vein = np.abs(np.mod(phi * lobes / (2 * np.pi) + 0.5, 1.0) - 0.5) * (2 * np.pi / lobes) * rho * scale
    mix(
        tone,
        PALE_LEAF,
        0.85 * smooth(0.62, 0.30, vein) * smooth(0.96, 0.86, depth) * smooth(0.05, 0.12, depth),
    )
    mix(tone, HONEY, smooth(0.10, 0.07, depth))
    mix(view, tone, cover)
    mix(view, INK, np.clip((0.52 - np.abs(inside - 0.3)) * c.px + 0.5, 0, 1) * np.float32(0.9))


def _bud(c: Canvas, picture: Array, s: int) -> None:
    """A half-open flower at either side."""
    x, y = s * 119.0, 14.0
    rose = (WHITE, PINK, CINNABAR, RED)
    for a, long, half in (
        (-0.62, 44, 8.5),
        (0.62, 44, 8.5),
        (-0.30, 50, 9.5),
        (0.30, 50, 9.5),
        (0.0, 52, 10.0),
        (-0.48, 32, 8.5),
        (0.48, 32, 8.5),
        (0, 33, 9.5),
    ):
        tip = (x + long * np.sin(a) * 0.9, y + long * np.cos(a))
        mid = (x + long * 0.55 * np.sin(a * 1.55), y + long * 0.5)
        _petal(c, picture, [(x + 3 * np.sin(a), y - 2), mid, tip], half, rose)
    for a in (-0.9, 0.0, 0.9):
        _petal(
            c,
            picture,
            [(x, y - 5), (x + 7 * np.sin(a), y + 2), (x + 15 * np.sin(a), y + 13 * np.cos(a * 0.6))],
            4.5,
            (PALE_LEAF, LEAF, MALACHITE, INK),
            from_tip=False,
        )


def _ribbon(c: Canvas, picture: Array, s: int) -> None:
    """A streaming ribbon that turns over twice: azurite outside, cinnabar inside, an ochre hem."""
    runs: tuple[tuple[list[tuple[float, float]], list[float], tuple[Colour, Colour]], ...] = (
        ([(206, 150), (172, 138), (150, 112), (160, 88)], [9.0, 8.0, 8.5, 2.0], (AZURITE, SKY)),
        ([(160, 89), (176, 72), (196, 74), (205, 50)], [2.0, 6.5, 7.5, 6.0, 1.0], (CINNABAR, PINK)),
        ([(150, 113), (124, 128), (96, 120), (84, 98)], [6.0, 7.5, 8.0, 2.0], (MALACHITE, LEAF)),
        ([(84, 99), (78, 84), (92, 76), (101, 84), (96, 93)], [2.0, 4.6, 4.0, 2.6, 0.6], (CINNABAR, PINK)),
        ([(120, 127), (96, 146), (66, 142), (40, 154), (22, 146)], [4.5, 6.0, 5.6, 4.4, 0.4], (AZURITE, SKY)),
    )
    for points, widths, (deep, pale) in runs:
        w = c.swath([(s * x, y) for x, y in points], widths)
        if w is None:
            continue
        view = picture[w.at]
        tone = np.empty_like(view)
        tone[:] = pale
        mix(tone, deep, smooth(0.25, -0.15, s * w.across + 0.25 * np.sin(w.along * 11)))
        mix(tone, WHITE, 0.8 * smooth(0.10, 0.02, np.abs(s * w.across - 0.55)))
        mix(tone, HONEY, smooth(1.5, 1.1, w.inside))
        mix(view, tone, np.clip(w.inside * c.px + 0.5, 0, 1))
        _outline(picture, w, c.px, INK, 0.5)
        for fold in (-0.25, 0.1):
            crease = np.abs(w.across - fold - 0.1 * np.sin(6 * w.along)) * w.half
            mix(
                view,
                INK,
                0.55
                * smooth(0.42, 0.2, crease)
                * (w.inside > 0.6)
                * smooth(0.05, 0.3, w.along)
                * smooth(0.95, 0.6, w.along),
            )


def _scrolls(c: Canvas, picture: Array) -> None:
    """Cloud scrolls and small flowers that fill the sky."""
    for s in (-1, 1):
        for x, y, r, start, turns, tone in (
            (62, 112, 9, 3.6, 1.2, CINNABAR),
            (176, 22, 10, 2.4, -1.2, SKY),
            (190, 108, 7.5, 2.0, 1.2, OCHRE),
            (88, 58, 7.0, 1.0, -1.15, OCHRE),
            (158, 50, 6.5, 4.0, 1.1, MALACHITE),
            (30, 128, 5.5, 0.4, -1.2, MALACHITE),
        ):
            curl = spiral(0, 0, r, start, turns) * [s, 1] + [s * x, y]
            w = c.swath(curl, [0.6, 1.7, 1.5, 0.5])
            _fill(picture, w, c.px, tone, 0.92)
            _outline(picture, w, c.px, INK, 0.32, amount=0.75)
            out = curl[0] - curl[3]
            out = out / np.hypot(*out)
            for spread in (-0.7, 0.0, 0.7):
                cs, sn = np.cos(spread), np.sin(spread)
                way = np.array([out[0] * cs - out[1] * sn, out[0] * sn + out[1] * cs])
                tip = curl[0] + way * r * 0.95
                _petal(
                    c,
                    picture,
                    [curl[0] - out * 1.0, curl[0] + way * r * 0.5, tip],
                    0.24 * r,
                    (PALE_LEAF, LEAF, MALACHITE, INK) if tone != CINNABAR else (WHITE, PINK, CINNABAR, INK),
                )
        for x, y in ((48, 90), (138, 82), (205, 18), (176, 124), (112, 148)):
            for k in range(5):
                a = k * 2 * np.pi / 5 + 0.3
                tip = (s * x + 5.6 * np.cos(a), y + 5.6 * np.sin(a))
                mid = (s * x + 3.0 * np.cos(a), y + 3.0 * np.sin(a))
                _petal(
                    c,
                    picture,
                    [(s * x + 0.8 * np.cos(a), y + 0.8 * np.sin(a)), mid, tip],
                    2.1,
                    (WHITE, PALE_SKY, SKY, INK),
                )
            found = c.ball(s * x, y, 1.3)
            if found is not None:
                mix(picture[found[0]], CINNABAR, np.clip(found[1] * 3, 0, 1))


def _sky(c: Canvas, picture: Array) -> None:
    """The aureole behind the flower: rings of pale colour with a rayed border."""
    found = c.window(np.array([-112.0, -70.0]), np.array([112.0, 142.0]))
    if found is None:
        return
    at, gx, gy = found
    x, y = gx[None], gy[:, None] - 34.0
    rho, phi = np.hypot(x, y).astype(np.float32), np.arctan2(y, x).astype(np.float32)
    view = picture[at]
    above = smooth(-88, -70, gy[:, None] + 0 * x)
    for r0, r1, tone, amount in ((0, 74, PALE_SKY, 0.45), (74, 86, HONEY, 0.75), (88, 104, PALE_LEAF, 0.75)):
        mix(
            view,
            tone,
            smooth(r0 - 0.15, r0 + 0.15, rho)
            * smooth(r1 + 0.15, r1 - 0.15, rho)
            * np.float32(amount)
            * above,
        )
    inside, _, _ = petals(rho, phi, 40, 74, 87, tip=0.6, waist=0.9)
    mix(view, CINNABAR, np.clip((inside - 0.5) * c.px, 0, 1) * above * 0.85)
    mix(view, PINK, np.clip((inside - 1.7) * c.px, 0, 1) * above * 0.9)
    pearls = beads(rho, phi, 44, 96, 4.4)
    mix(view, MALACHITE, smooth(88, 88.3, rho) * smooth(104.2, 103.8, rho) * above * 0.9)
    mix(view, WHITE, smooth(0.05, 0.25, pearls) * above)
    mix(view, INK, 0.6 * smooth(0.0, 0.12, pearls) * smooth(0.32, 0.2, pearls) * above)
    for r in (74.0, 87.4, 104.6):
        mix(view, INK, np.clip((0.45 - np.abs(rho - r)) * c.px + 0.5, 0, 1) * above * 0.85)


def _band(c: Canvas, picture: Array) -> None:
    """The border below: pearl roundels with rosettes on cinnabar, half palmettes between, lines and dots."""
    found = c.window(np.array([c.x0, c.y0]), np.array([c.x1, BAND_TOP + 0.5]))
    if found is None:
        return
    at, gx, gy = found
    x, y = np.broadcast_arrays(gx[None].astype(np.float32), gy[:, None].astype(np.float32))
    view = picture[at]
    view[:] = OCHRE
    mix(view, CINNABAR, smooth(BAND_TOP - 6.6, BAND_TOP - 6.8, y) * smooth(BAND_LOW + 6.6, BAND_LOW + 6.8, y))
    mix(view, AZURITE, smooth(BAND_LOW - 0.1, BAND_LOW - 0.3, y))
    middle = (BAND_TOP + BAND_LOW) / 2
    turn = np.round(x / 52.0)
    u, v = x - 52.0 * turn, y - middle
    rho, phi = np.hypot(u, v), np.arctan2(v, u)
    odd = np.mod(turn, 2).astype(np.float32)

    def edge(distance: Array) -> Array:
        return np.clip(distance * c.px + 0.5, 0, 1).astype(np.float32)

    # palmettes between the roundels
    w, w_phi = np.hypot(np.abs(u) - 26, v), np.arctan2(v, np.abs(u) - 26)
    leaf, _, _ = petals(w, w_phi, 4, 2.0, 20.5, offset=0.5, tip=0.5, waist=0.35)
    for shrink, tone in ((0.0, INK), (0.6, PALE_LEAF), (1.9, LEAF), (3.2, MALACHITE)):
        mix(view, tone, edge(leaf - shrink) * (rho > 21.5))
    mix(view, HONEY, edge(2.7 - w))
    # roundels
    ring = np.where(odd[..., None] > 0.5, np.asarray(MALACHITE, np.float32), np.asarray(AZURITE, np.float32))
    mix(view, INK, edge(21.6 - rho))
    mix(view, WHITE, edge(21.0 - rho))
    mix(view, ring, edge(20.0 - rho))
    pearl = beads(rho, phi, 20, 17.2, 2.2)
    mix(view, WHITE, smooth(0.05, 0.4, pearl))
    mix(view, INK, edge(14.6 - rho))
    mix(view, HONEY, edge(14.0 - rho))
    for count, r0, r1, off, tones in (
        (8, 4.0, 13.6, 0.5, (RED, CINNABAR, PINK, WHITE)),
        (8, 3.0, 10.4, 0.0, (INK, SKY, PALE_SKY, WHITE)),
    ):
        q, _, _ = petals(rho, phi, count, r0, r1, offset=off, tip=0.6, waist=0.6)
        for shrink, tone in zip((0.0, 0.5, 1.2, 2.0), tones, strict=True):
            mix(view, tone, edge(q - shrink))
    mix(view, CINNABAR, edge(4.6 - rho))
    for at_y in (BAND_TOP, BAND_TOP - 6.7, BAND_LOW + 6.7, BAND_LOW):
        mix(view, INK, edge(0.5 - np.abs(y - at_y)))
        mix(view, WHITE, edge(0.45 - np.abs(y - at_y - 1.1)) * 0.8)
