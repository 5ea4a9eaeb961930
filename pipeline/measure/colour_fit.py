"""The correction that a chart asks for: a matrix in linear light, fitted to its 24 patches.

A 3x3 matrix holds exposure, white balance and the camera's mixing of colours; it keeps hues along every ray
from black, so what is half as bright stays the same colour. A root polynomial of degree two bends saturated
colours further and keeps that property (Finlayson, Mackiewicz and Hurlbert, *Color Correction Using
Root-Polynomial Regression*, IEEE Trans. Image Processing 24, 2015); an ordinary polynomial does not.

What a camera shows is seldom linear in light: its picture style adds contrast. The six greys tell how much,
as the exponent that makes their brightnesses proportional to the reference's; it is applied before the matrix
where colours that the fit did not see come out clearly better with it.

Fitted by least squares in linear light, each patch weighted by what an error there means to the eye (1 over
its lightness), then by Gauss and Newton on the differences in CIELAB. How well colours come out that the fit
did not see is said by leaving out each patch in turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.texture import Row
from pipeline.measure.checker import REFERENCE, differences
from pipeline.measure.colour import lab

Model = Literal["matrix", "root-polynomial"]
LEAST_PATCHES = 18
"""Patches that must not be clipped: with fewer the white, yellow and light greys are missing together."""
MAX_GAIN, MIN_GAIN = 4.0, 0.25
"""A grey may become four times as bright or as dark: two stops. More is no photograph of a chart."""
MAX_CAST = 2.5
"""How much more one channel of a grey may be raised than another: tungsten light under a daylight setting."""
MAX_STRETCH = 8.0
"""Largest over smallest singular value of the matrix for unit greys: beyond it noise becomes colour."""
MIDDLE_GREYS = slice(19, 23)
"""Neutral 8 to neutral 3.5: white may be clipped, black is mostly stray light."""
MIN_TONE, MAX_TONE = 0.6, 1.6
"""Contrast that a picture style takes away or adds: 1.0 is none, 0.8 a strong one."""
TONE_PAYS = 0.9
"""Share of the error on unseen patches below which the exponent is used."""
OUT_OF_SRGB: NDArray[np.bool_] = np.any(REFERENCE < -1e-3, axis=1)
_WEIGHTS = np.where(OUT_OF_SRGB, 0.25, 1.0) / np.sqrt(np.maximum(REFERENCE.mean(axis=1), 0.0) + 0.02)
STEPS = 12


@dataclass(frozen=True, slots=True)
class Fit:
    """A correction.

    Attributes:
        matrix: rows for red, green and blue, over 3 or 6 terms (``matter.texture.Change``).
        gain: what it does to a middle grey's brightness.
        cast: how much more it raises one channel of a grey than another.
        stretch: largest over smallest singular value, each channel levelled by its gain.
        unseen_mean_de: mean CIEDE2000 of each patch under the fit made without it.
        tone: exponent of the light before the matrix.
    """

    matrix: tuple[Row, Row, Row]
    gain: float
    cast: float
    stretch: float
    unseen_mean_de: float
    tone: float = 1.0

    @property
    def plausible(self) -> bool:
        """Whether a photograph of a chart can need this."""
        return MIN_GAIN <= self.gain <= MAX_GAIN and self.cast <= MAX_CAST and 0 < self.stretch <= MAX_STRETCH


def fit(patches: NDArray[np.float64], *, use: NDArray[np.bool_], model: Model = "matrix") -> Fit:
    """Fits a correction to a chart.

    Args:
        patches: (24, 3) linear sRGB as read.
        use: (24,) which patches can be trusted, at least :data:`LEAST_PATCHES`.
        model: 9 or 18 numbers.
    """
    plain = _fit(patches, use, model, 1.0)
    tone = _tone(patches, use)
    if tone == 1.0:
        return plain
    toned = _fit(patches, use, model, tone)
    return toned if toned.unseen_mean_de < TONE_PAYS * plain.unseen_mean_de else plain


def _fit(seen: NDArray[np.float64], use: NDArray[np.bool_], model: Model, tone: float) -> Fit:
    patches = np.maximum(seen, 0) ** tone
    matrix = _fitted(patches, use, model)
    greys = np.flatnonzero(use[MIDDLE_GREYS]) + MIDDLE_GREYS.start
    greys = greys if len(greys) else np.flatnonzero(use)
    after = terms(patches[greys], model) @ matrix.T
    gains = np.median(after / np.maximum(seen[greys], 1e-6), axis=0)
    toned = np.median(after / np.maximum(patches[greys], 1e-6), axis=0)
    values = np.linalg.svd(matrix[:, :3] / toned.clip(1e-6)[:, None], compute_uv=False)
    unseen = []
    for left_out in np.flatnonzero(use):
        others = use.copy()
        others[left_out] = False
        guess = terms(patches, model) @ _fitted(patches, others, model).T
        unseen.append(float(differences(guess)[left_out]))
    return Fit(
        matrix=tuple(tuple(float(v) for v in row) for row in matrix),  # type: ignore[arg-type]
        gain=round(float(np.median(gains)), 4),
        cast=round(float(gains.max() / max(float(gains.min()), 1e-6)), 4),
        stretch=round(float(values[0] / max(float(values[-1]), 1e-9)), 3),
        unseen_mean_de=round(float(np.mean(unseen)), 2),
        tone=tone,
    )


def _tone(seen: NDArray[np.float64], use: NDArray[np.bool_]) -> float:
    """The exponent after which the greys that can be trusted are as far apart as the reference's."""
    greys = np.flatnonzero(use[18:]) + 18
    if len(greys) < 4:
        return 1.0
    mine, theirs = (np.log(np.maximum(p[greys].mean(axis=1), 1e-5)) for p in (seen, REFERENCE))
    if mine.std() < 1e-3:
        return 1.0
    slope = float(np.polyfit(mine, theirs, 1)[0])
    return round(min(MAX_TONE, max(MIN_TONE, slope)), 4)


def terms(linear: NDArray[np.float64], model: Model) -> NDArray[np.float64]:
    """Gives what the matrix is over: (N, 3), or (N, 6) with √rg, √gb, √rb."""
    if model == "matrix":
        return linear
    r, g, b = np.maximum(linear, 0).T
    return np.column_stack([r, g, b, np.sqrt(r * g), np.sqrt(g * b), np.sqrt(r * b)])


def applied(
    linear: NDArray[np.float64], matrix: tuple[Row, Row, Row], tone: float = 1.0
) -> NDArray[np.float64]:
    """Gives colours (N, 3) in linear light corrected by a :class:`Fit`'s matrix and tone; not clipped."""
    model: Model = "matrix" if len(matrix[0]) == 3 else "root-polynomial"
    out: NDArray[np.float64] = terms(np.maximum(linear, 0) ** tone, model) @ np.array(matrix).T
    return out


def _fitted(patches: NDArray[np.float64], use: NDArray[np.bool_], model: Model) -> NDArray[np.float64]:
    seen, wanted = terms(patches, model)[use], REFERENCE[use]
    weight = _WEIGHTS[use][:, None]
    matrix = np.linalg.lstsq(seen * weight, wanted * weight, rcond=None)[0].T
    importance = np.sqrt(np.where(OUT_OF_SRGB[use], 0.25, 1.0))
    return _refined(matrix, seen, lab(wanted), importance)


def _refined(
    matrix: NDArray[np.float64],
    seen: NDArray[np.float64],
    wanted: NDArray[np.float64],
    importance: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Damped Gauss-Newton on CIELAB; a step that makes it worse is not taken."""

    def gaps(flat: NDArray[np.float64]) -> NDArray[np.float64]:
        out: NDArray[np.float64] = (
            (lab(seen @ flat.reshape(matrix.shape).T) - wanted) * importance[:, None]
        ).ravel()
        return out

    flat, damping = matrix.ravel(), 1e-3
    now = gaps(flat)
    for _ in range(STEPS):
        slope = np.column_stack([(gaps(flat + 1e-6 * unit) - now) / 1e-6 for unit in np.eye(len(flat))])
        normal = slope.T @ slope
        step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-9), -slope.T @ now)
        then = gaps(flat + step)
        if then @ then < now @ now:
            flat, now, damping = flat + step, then, damping / 4
        else:
            damping *= 8
    return flat.reshape(matrix.shape)
