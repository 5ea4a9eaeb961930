"""How far colours are apart: CIEDE2000, sampled at the same places of scan and model.

One unit is about what a trained eye just sees side by side. Textures are compared as area means of at most
:data:`TEXTURE_PX`, so that a level is not blamed for grain that it was made to leave out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.derivative import ColourDifference
from pipeline.measure.pairs import pairs
from pipeline.measure.seen import CHUNK, seen, seen_on_scan

if TYPE_CHECKING:
    from pipeline.matter.surface import Surface

TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
"""Linear sRGB to XYZ, D65 (IEC 61966-2-1)."""
_WHITE = TO_XYZ.sum(axis=1)


def colour_difference(
    scan: Surface, model: Surface, *, samples: int = 20_000, seed: int = 3
) -> ColourDifference | None:
    """Gives CIEDE2000 between a scan and a model at points of the scan and the nearest points of the model.

    None where the scan has neither texture nor vertex colours, or one of the two has no triangles.
    """
    if not coloured(scan):
        return None
    found = pairs(scan, model, samples, seed)
    if len(found.gaps) == 0:
        return None
    return difference_of(
        seen_on_scan(scan, found.a, samples, seed).colour, seen(model, found.b).colour, samples=samples
    )


def coloured(surface: Surface) -> bool:
    """Says whether a surface carries colours, in a texture or at its vertices."""
    return surface.colours is not None or any(m.colour_texture is not None for m in surface.materials)


def difference_of(one: NDArray[np.float32], two: NDArray[np.float32], *, samples: int) -> ColourDifference:
    """Gives CIEDE2000 of linear sRGB colours (N, 3) of the same places."""
    # a piece at a time: the formula holds some thirty arrays at once
    pieces = [slice(start, start + CHUNK) for start in range(0, len(one), CHUNK)]
    gaps = np.concatenate([ciede2000(lab(one[some]), lab(two[some])) for some in pieces])
    return ColourDifference(round(float(gaps.mean()), 3), round(float(np.quantile(gaps, 0.95)), 3), samples)


def linear_of(srgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Gives linear light 0..1 of 8-bit sRGB values, any shape (IEC 61966-2-1)."""
    return _LINEAR[srgb]


def srgb_of(linear: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Gives 8-bit sRGB values of linear light, any shape; what lies outside 0..1 is clipped."""
    light = np.clip(linear, 0, 1)
    curved = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    out: NDArray[np.uint8] = np.rint(curved * 255).astype(np.uint8)
    return out


_CODES = np.arange(256) / 255
_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4)


def lab(linear: NDArray[np.floating]) -> NDArray[np.float64]:
    """Gives CIELAB (D65, 2 degrees) of linear sRGB values 0..1, both (N, 3)."""
    ratio = linear.astype(np.float64) @ TO_XYZ.T / _WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = f.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def ciede2000(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gives the CIEDE2000 difference (N,) of CIELAB colours (N, 3).

    After Sharma, Wu, Dalal: The CIEDE2000 color-difference formula (Color Res. Appl. 30, 2005), with their
    treatment of hues across 0 and of greys.
    """
    (l1, a1, b1), (l2, a2, b2) = one.T, two.T
    grey = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1 + 0.5 * (1 - np.sqrt(grey / (grey + 25.0**7)))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    no_hue = c1 * c2 == 0
    turn = np.where(no_hue, 0, (h2 - h1 + 180) % 360 - 180)
    turn = np.where((np.abs(h2 - h1) == 180) & ~no_hue, h2 - h1, turn)
    lightness, chroma = l2 - l1, c2 - c1
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    apart, total = np.abs(h1 - h2) > 180, h1 + h2
    mean_h = np.where(apart, np.where(total < 360, total + 360, total - 360), total) / 2
    mean_h = np.where(no_hue, total, mean_h)
    t = 1 - 0.17 * _cos(mean_h - 30) + 0.24 * _cos(2 * mean_h)
    t += 0.32 * _cos(3 * mean_h + 6) - 0.20 * _cos(4 * mean_h - 63)
    square = (mean_l - 50) ** 2
    s_l = 1 + 0.015 * square / np.sqrt(20 + square)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    far = mean_c**7
    bend = (
        -2 * np.sqrt(far / (far + 25.0**7)) * np.sin(np.radians(60 * np.exp(-(((mean_h - 275) / 25) ** 2))))
    )
    light, c, h = lightness / s_l, chroma / s_c, hue / s_h
    out: NDArray[np.float64] = np.sqrt(np.maximum(light * light + c * c + h * h + bend * c * h, 0))
    return out


def _cos(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    out: NDArray[np.float64] = np.cos(np.radians(degrees))
    return out
