"""Finds a ColorChecker Classic in a picture and reads its patches.

Where the four corners are not given, OpenCV looks for the chart (its module ``mcc``: squares of one size,
joined into a grid, checked against the known colours). We only take its corners and turn the grid by the
colours ourselves, so a chart on its side, upside down or (in a mirrored piece of a texture) the wrong way
round is read alike, found or given; then the corners are moved to where the patches are even to their edges.

A patch is the median of the middle 40 % of its square in linear light: print, dust and the frame's shadow
stay out. What lies there must be one colour, or the corners are not those of a chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.measure.checker import COLUMNS, REFERENCE, ROWS
from pipeline.measure.checker_grid import texels_of
from pipeline.measure.colour import ciede2000, lab, linear_of

FIND_PX = (1600, 4096)
"""Longest sides at which the picture is searched, the second only where the first finds nothing: in a picture
of 2832 px the first finds charts 300 px wide, the second those of 200."""
MIDDLE = 0.4
"""Share of a patch's side that is read."""
GRAIN = 21
"""Points read across a patch."""
PATCH_MAX_SPREAD = 0.06
"""Median deviation within the worst patch, as a share of the brightest patch: 0.009 to 0.013 in pictures with
grain, 0.5 where the corners are half a patch off, 0.28 (median) in windows of a photographed façade."""
ALIKE_MAX_DE = 15.0
"""Mean CIEDE2000 to the reference, after levelling each channel by the greys, up to which 24 colours are
those of a chart: 0 to 7 through cameras with casts and contrasts of their own, 18 for a chart without colour,
from 23 on in 200 windows of a photographed façade, from 33 on for colours at random or a chart turned wrong.
"""
SATURATED = 0.96
"""Linear share of full light from which on a channel may be clipped (250 of 255)."""

EDGES = 0.8
"""Share of a patch's side that must be even for its corners to be right: the black frame is not in it."""
REFINE = (0.16, 0.08, 0.04, 0.02)
"""Steps by which corners are moved, as shares of a patch's side. OpenCV's lie up to half a patch off."""

Corners = Sequence[tuple[float, float]]
"""Four points (x, y) in pixels, going round: the outer corners of the four corner patches."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A chart as it was read.

    Attributes:
        patches: (24, 3) linear sRGB, from dark skin to black.
        clipped: (24,) where a channel was too bright to be trusted.
        corners: (4, 2) pixels of the picture: at dark skin, bluish green, black, white.
        spread: largest median deviation within a patch, as a share of the brightest patch.
    """

    patches: NDArray[np.float64]
    clipped: NDArray[np.bool_]
    corners: NDArray[np.float64]
    spread: float


def find(picture: NDArray[np.uint8], *, corners: Corners = ()) -> Reading | None:
    """Reads the chart in a picture (H, W, 3|4) uint8 sRGB; None where none is found, or what the corners
    enclose is none.

    Args:
        picture: upright, of any size.
        corners: of the chart, in pixels of the picture; looked for where none are given.
    """
    rgb = picture[..., :3]
    if len(corners):
        return _read(rgb, np.array(corners, np.float64))
    for side in FIND_PX:
        readings = [reading for quad in _searched(rgb, side) if (reading := _read(rgb, quad)) is not None]
        if readings:
            return min(readings, key=lambda reading: reading.spread)
        if max(rgb.shape[:2]) <= side:
            break
    return None


def _searched(rgb: NDArray[np.uint8], side: int) -> list[NDArray[np.float64]]:
    """The corners of every chart that OpenCV finds in the picture made smaller, (4, 2) each."""
    import cv2

    step = max(1, -(-max(rgb.shape[:2]) // side))
    height, width = (max(1, length // step) for length in rgb.shape[:2])
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    detector: Any = cv2.mcc.CCheckerDetector.create()
    detector.setColorChartType(cv2.mcc.MCC24)
    try:
        if not detector.process(cv2.cvtColor(small, cv2.COLOR_RGB2BGR), 2):
            return []
    except cv2.error:  # a grid that it cannot fit ends the search in an exception
        return []
    factor = (rgb.shape[1] / width, rgb.shape[0] / height)
    return [_outer(chart) * factor for chart in detector.getListColorChecker()]


def _outer(chart: Any) -> NDArray[np.float64]:
    return np.asarray(chart.getBox(), np.float64).reshape(4, 2)


def _read(rgb: NDArray[np.uint8], quad: NDArray[np.float64]) -> Reading | None:
    best: tuple[float, Reading] | None = None
    for turn in _turns(quad):
        reading = _patches(rgb, turn)
        if reading is None:
            return None
        far = _unlike(reading.patches)
        if best is None or far < best[0]:
            best = far, reading
    if best is None or best[0] > ALIKE_MAX_DE:
        return None
    refined = _patches(rgb, _refined(rgb, best[1].corners))
    return None if refined is None or refined.spread > PATCH_MAX_SPREAD else refined


def _refined(rgb: NDArray[np.uint8], quad: NDArray[np.float64]) -> NDArray[np.float64]:
    """The corners moved, one after another, to where the patches are most even up to their edges."""
    patch = np.linalg.norm(quad - np.roll(quad, 1, axis=0), axis=1).sum() / (2 * (ROWS + COLUMNS))
    best = _unevenness(rgb, quad)
    for step in REFINE:
        for corner in (*range(4), *range(4)):
            for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1)):
                moved = quad.copy()
                moved[corner] += np.array([x, y]) * step * patch
                if (there := _unevenness(rgb, moved)) < best:
                    best, quad = there, moved
    return quad


def _unevenness(rgb: NDArray[np.uint8], quad: NDArray[np.float64]) -> float:
    """Mean deviation from the patches' middle values, over most of each patch, in sRGB steps."""
    texels = texels_of(rgb, quad, EDGES, GRAIN // 2)
    if texels is None:
        return np.inf
    values = texels.astype(np.float32)
    return float(np.abs(values - np.median(values, axis=1, keepdims=True)).mean())


def _turns(quad: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The ways in which a grid of 6 by 4 may lie in four corners: four turns, and each mirrored."""
    there = [np.roll(quad, -start, axis=0) for start in range(4)]
    return there + [turn[[1, 0, 3, 2]] for turn in there]


def _patches(rgb: NDArray[np.uint8], quad: NDArray[np.float64]) -> Reading | None:
    """Reads the 24 squares of a grid whose corners are at dark skin, bluish green, black and white."""
    texels = texels_of(rgb, quad, MIDDLE, GRAIN)
    if texels is None:
        return None
    light = linear_of(texels)
    middle = np.median(light, axis=1)
    spread = np.median(np.abs(light - middle[:, None]), axis=1).max() / max(float(middle.max()), 1e-6)
    return Reading(middle, np.any(middle > SATURATED, axis=1), quad, round(float(spread), 4))


def _unlike(patches: NDArray[np.float64]) -> float:
    """Mean CIEDE2000 to the reference once every channel is levelled by the four middle greys."""
    greys = slice(19, 23)
    gain = np.median(REFERENCE[greys] / np.maximum(patches[greys], 1e-4), axis=0)
    return float(ciede2000(lab(np.clip(patches * gain, 0, 1)), lab(REFERENCE)).mean())
