"""The ColorChecker Classic: what its 24 patches should be, and how far measured ones are from that.

Reference: X-Rite, *New color specifications for ColorChecker SG and Classic charts* (2016), the edition made
**after November 2014** (CIELAB, D50, 2 degrees, M0), as BabelColor publishes it in
``ColorChecker24_After_Nov2014.txt``. Charts made before have other values: the date stands on the back of the
chart. Adapted to D65, the white of sRGB, by Bradford's matrix.

Cyan lies outside of sRGB (its red is negative): no corrected texture can show it, so its difference never
falls below 2.5 and it counts little in a fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.measure.colour import TO_XYZ, ciede2000, lab

ROWS, COLUMNS = 4, 6

NAMES = (
    *("dark skin", "light skin", "blue sky", "foliage", "blue flower", "bluish green"),
    *("orange", "purplish blue", "moderate red", "purple", "yellow green", "orange yellow"),
    *("blue", "green", "red", "yellow", "magenta", "cyan"),
    *("white", "neutral 8", "neutral 6.5", "neutral 5", "neutral 3.5", "black"),
)

LAB_D50 = np.array(
    [
        [(37.54, 14.37, 14.92), (64.66, 19.27, 17.50), (49.32, -3.82, -22.54)],
        [(43.46, -12.74, 22.72), (54.94, 9.61, -24.79), (70.48, -32.26, -0.37)],
        [(62.73, 35.83, 56.50), (39.43, 10.75, -45.17), (50.57, 48.64, 16.67)],
        [(30.10, 22.54, -20.87), (71.77, -24.13, 58.19), (71.51, 18.24, 67.37)],
        [(28.37, 15.42, -49.80), (54.38, -39.72, 32.27), (42.43, 51.05, 28.62)],
        [(81.80, 2.67, 80.41), (50.63, 51.28, -14.12), (49.57, -29.71, -28.32)],
        [(95.19, -1.03, 2.93), (81.29, -0.57, 0.44), (66.89, -0.75, -0.06)],
        [(50.76, -0.13, 0.14), (35.63, -0.46, -0.48), (20.64, 0.07, -0.46)],
    ]
).reshape(24, 3)
"""CIELAB of the patches under D50, row by row from dark skin to black."""

_WHITE_D50 = np.array([0.96422, 1.0, 0.82521])
"""ICC.1:2022, 7.2.16."""
_CONES = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
"""Bradford's sharpened cone responses of XYZ (Lam 1985; CIE 160:2004)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """CIEDE2000 of the 24 patches: the mean, the largest, and which patch that is."""

    mean: float
    max: float
    worst: str


def _reference() -> NDArray[np.float64]:
    y = (LAB_D50[:, 0] + 16) / 116
    f = np.stack([y + LAB_D50[:, 1] / 500, y, y - LAB_D50[:, 2] / 200], axis=1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * _WHITE_D50
    ratio = (_CONES @ TO_XYZ.sum(axis=1)) / (_CONES @ _WHITE_D50)
    adapted = np.linalg.inv(_CONES) @ np.diag(ratio) @ _CONES
    out: NDArray[np.float64] = xyz @ adapted.T @ np.linalg.inv(TO_XYZ).T
    return out


REFERENCE = _reference()
"""Linear sRGB of the patches, (24, 3), not clipped: cyan's red is below 0."""
REFERENCE.setflags(write=False)


def differences(linear: NDArray[np.floating]) -> NDArray[np.float64]:
    """Gives CIEDE2000 between patches (24, 3) in linear sRGB, as an image would hold them (clipped to 0..1),
    and the reference: (24,)."""
    return ciede2000(lab(np.clip(linear, 0, 1)), lab(REFERENCE))


def difference(linear: NDArray[np.floating]) -> Difference:
    """Gives the figures of :func:`differences`."""
    apart = differences(linear)
    worst = int(apart.argmax())
    return Difference(round(float(apart.mean()), 2), round(float(apart[worst]), 2), NAMES[worst])
