"""The histogram of the deviation and the scale of the heat map, laid out for an SVG in the page.

Both have the same colours: a bar is painted as the heat map paints what is so far off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.derivative import Deviation
from pipeline.catalogue.finding import number
from pipeline.catalogue.proof import Histogram, Proof
from pipeline.render.heat import scale_colour

WIDE, HALF = 720.0, 84.0
"""Width of the histogram, height of each of its halves, in SVG units."""
STOPS = 12
TICKS = (1.0, 2.0, 5.0, 10.0)
APART = 92.0
"""Marks nearer to each other than this stand on different lines."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: left edge, width, height (of scan to model upwards, model to scan downwards), colour."""

    x: float
    wide: float
    up: float
    down: float
    colour: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the axis with its words; ``line`` keeps marks that are close together legible."""

    x: float
    zh: str
    en: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """A histogram ready to be drawn, in SVG units; shares in percent belong to the full height of a half."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...]
    most_percent: str
    beyond: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """The heat map's scale: stops (share in percent, colour), millimetres at its start, middle and end."""

    stops: tuple[tuple[float, str], ...]
    labels: tuple[str, str, str]


def scale(heat_mm: float) -> Scale:
    """Gives the legend of a heat map that ends at ``heat_mm``."""
    shares = np.linspace(0, 1, STOPS)
    stops = tuple((round(100 * s, 2), c) for s, c in zip(shares.tolist(), _hex(shares), strict=True))
    return Scale(stops, ("0", number(heat_mm / 2), number(heat_mm)))


def chart(deviation: Deviation, proof: Proof, heat_mm: float) -> Chart | None:
    """Lays out a histogram with mean, 95 % and one pixel of the level's screen marked; None without one."""
    found = proof.histogram
    if found is None:
        return None
    count, reach = len(found.scan_to_model), found.bin_mm * len(found.scan_to_model)
    up, down = (np.array(side) / max(1, sum(side)) for side in (found.scan_to_model, found.model_to_scan))
    most = float(max(up.max(), down.max()))
    colours = _hex((np.arange(count) + 0.5) * found.bin_mm / heat_mm if heat_mm else np.zeros(count))
    step = WIDE / count
    bars = tuple(
        Bar(
            x=round(i * step + 0.5, 2),
            wide=round(step - 1, 2),
            up=round(HALF * float(up[i]) / most, 2),
            down=round(HALF * float(down[i]) / most, 2),
            colour=colour,
        )
        for i, colour in enumerate(colours)
    )
    return Chart(bars, _ticks(reach), _marks(deviation, proof, reach), number(100 * most), _beyond(found))


def _marks(deviation: Deviation, proof: Proof, reach: float) -> tuple[Mark, ...]:
    wanted = [(deviation.mean, "平均", "mean"), (deviation.p95, "95% 以内", "95 % within")]
    if proof.deviation_px is not None:
        wanted.append((proof.deviation_px.pixel_mm, "屏幕 1 像素", "1 pixel"))
    marks: list[Mark] = []
    for at, zh, en in sorted(wanted):
        x = round(WIDE * at / reach, 2)
        if x <= WIDE:
            close = bool(marks) and x - marks[-1].x < APART
            marks.append(Mark(x, f"{zh} {number(at)}", en, (marks[-1].line + 1) % 3 if close else 0))
    return tuple(marks)


def _ticks(reach: float) -> tuple[tuple[float, str], ...]:
    power = 10.0 ** np.floor(np.log10(reach / 4))
    step = next(t * power for t in TICKS if t * power >= reach / 6)
    return tuple((round(WIDE * i * step / reach, 2), number(i * step)) for i in range(int(reach / step) + 1))


def _beyond(found: Histogram) -> bool:
    return bool(found.scan_to_model[-1] or found.model_to_scan[-1])


def _hex(shares: NDArray[np.floating[Any]]) -> list[str]:
    return ["#{:02x}{:02x}{:02x}".format(*map(int, np.rint(colour))) for colour in scale_colour(shares)]
