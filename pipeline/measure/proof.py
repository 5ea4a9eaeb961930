"""All figures of one derivative: the file as our own decoder reads it, against the scan after cleaning.

One search for nearest places serves distance, normals and colours. With half a million samples each way a
million triangles take some 3 s a level; the search inside ``simplify`` keeps its own small counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.catalogue.derivative import ColourDifference, Deviation
from pipeline.catalogue.finding import Finding
from pipeline.catalogue.proof import Proof, ScreenDeviation
from pipeline.matter.surface import Surface
from pipeline.measure.colour import coloured, difference_of
from pipeline.measure.deviation import both_ways, deviation_of, histogram
from pipeline.measure.normals import normal_deviation
from pipeline.measure.readback import read_back
from pipeline.measure.seen import seen, seen_on_scan
from pipeline.measure.textures import texel_sizes
from pipeline.measure.uv import uv_layout
from pipeline.measure.views import VIEW_PX, likeness

SAMPLES = 500_000
"""Points drawn on each surface: the 95th percentile is then known to a thousandth of itself."""
MISSES = ("baked", "miss_percent")
FILLED = ("holes-filled", "area_cm2")
"""Findings of steps that hold a figure of the proof, and its name in them."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What was measured of a level: distance, colours (None where the scan has none), and the rest."""

    deviation: Deviation
    colour: ColourDifference | None = None
    proof: Proof | None = None


def prove(
    scan: Surface,
    model: Surface,
    *,
    before: Surface | None = None,
    findings: Iterable[Finding] = (),
    screen_px: int | None = None,
    samples: int = SAMPLES,
    seed: int = 1,
) -> Proven:
    """Measures a model against a scan, both placed in metres.

    Args:
        scan: the truth: what came in, placed and cleaned.
        model: what was made of it, read back.
        before: the surface that went into the model's file, for what compression changed; None leaves that
            out.
        findings: what the steps found: bake misses and filled holes are among them.
        screen_px: the pixels that the object's diagonal fills on the screen that the model is made for; None
            where it is made for none.
        samples: points drawn on each surface.
        seed: of the generator; the same seed gives the same figures.
    """
    ways = both_ways(scan, model, samples=samples, seed=seed)
    deviation, colour, normals = deviation_of(scan, model, ways, samples=samples), None, None
    if len(ways.there.gaps):
        own = seen_on_scan(scan, ways.there.a, samples, seed)
        other = seen(model, ways.there.b)
        normals = normal_deviation(own.normal, other.normal, samples=samples)
        if coloured(scan) and coloured(model):  # what a printer gets has no colours
            colour = difference_of(own.colour, other.colour, samples=samples)
    noted = tuple(findings)
    proof = Proof(
        deviation_px=on_screen(deviation, scan.diagonal * 1000, screen_px),
        normals_deg=normals,
        histogram=histogram(ways),
        likeness=likeness(scan, model, view_px=min(VIEW_PX, screen_px or VIEW_PX)),
        texel_mm=texel_sizes(model),
        uv=uv_layout(model),
        bake_miss_percent=_noted(noted, *MISSES),
        filled_area_cm2=_noted(noted, *FILLED),
        read_back=None if before is None else read_back(before, model),
    )
    return Proven(deviation, colour, proof)


def on_screen(deviation: Deviation, diagonal_mm: float, screen_px: int | None) -> ScreenDeviation | None:
    """Gives a deviation in pixels of the screen whose ``screen_px`` pixels the diagonal fills."""
    if not screen_px or not diagonal_mm > 0:
        return None
    pixel_mm = diagonal_mm / screen_px
    figures = (deviation.mean, deviation.rms or 0.0, deviation.p95, deviation.max)
    mean, rms, p95, most = (round(figure / pixel_mm, 4) for figure in figures)
    return ScreenDeviation(screen_px, round(pixel_mm, 5), mean, rms, p95, most)


def _noted(findings: tuple[Finding, ...], code: str, figure: str) -> float | None:
    """Adds up a figure of all findings of a code; None where there is no such finding."""
    values = [finding.figures.get(figure) for finding in findings if finding.code == code]
    numbers = [float(value) for value in values if isinstance(value, int | float)]
    return sum(numbers) if numbers else None
