"""Fewer triangles, chosen by error and not by number: meshoptimizer's simplifier, checked by measuring.

The simplifier's own figure is an estimate (a root of quadrics, usually two to four times what is measured),
so each result is measured against what came in: its distance, and the colours where only vertices carry
them. From that the number of triangles for the next pass follows (distance falls about as their number
grows), until the measure lies just within its bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from pipeline.errors import Refused
from pipeline.matter.surface import Surface
from pipeline.measure.colour import colour_difference
from pipeline.measure.deviation import p95_mm
from pipeline.measure.normals import normal_deviation, turned_between
from pipeline.measure.pairs import pairs
from pipeline.measure.seen import seen, seen_on_scan
from pipeline.progress import report
from pipeline.steps.collapse import collapsed, ready, start_for
from pipeline.steps.fit import fitted
from pipeline.steps.registry import step

PASSES = 4
GOOD_ENOUGH, AIM = 0.85, 0.93
"""A measure between these shares of its bound is close enough to stop; the next pass aims at the second."""
HOLDS = 0.98
"""A measure of 20,000 points up to this share holds its bound with 500,000 points too."""
SLOPE = 0.9
"""Distance falls with the triangles to this power: 0.86 on a bust, 0.95 on a jar, 1 on a ball."""
SAMPLES = 20_000
TURNED_SAMPLES = 5_000
SLIDE = 12.0
"""A texture may slide by the bound times this at most, in the simplifier's estimate, however flat the form
is that it slides on."""
FINEST = 4.0
"""Times by which normals may make a level finer than its distance asks for."""
SEED = 3
UNBOUNDED = 1e9


@step(version=4)
def simplify(
    surface: Surface,
    *,
    max_error_mm: float | None = None,
    screen_px: int | None = None,
    max_error_px: float = 1.0,
    max_colour_de: float = 4.0,
    max_normals_deg: float | None = None,
    max_triangles: int | None = None,
    fit: bool = False,
) -> Surface:
    """Takes out triangles until 95 % of the surface would be off by the given error.

    UV seams and borders between materials stay closed and where they are; vertices that stay move to where
    the error is least, their normals, colours and texture coordinates with them. Loose pieces larger than the
    error stay too, unless ``max_triangles`` leaves no room for them; that is reported.

    Args:
        surface: placed, in metres.
        max_error_mm: bound of the 95th percentile of the measured distance, both directions, in mm.
        screen_px: instead, the size on the screen the level is made for: the object's diagonal fills so many
            pixels, and the error is ``max_error_px`` of them. With both, the smaller error counts.
        max_error_px: see ``screen_px``.
        max_colour_de: bound of the mean CIEDE2000, where colours are kept at the vertices and not in a
            texture.
        max_normals_deg: bound of the mean angle to the scan's normals, where no texture tells the form and
            shading is all that is seen: a plain helmet within one pixel of 256 had 301 triangles, and corners
            that anyone sees. It makes a level ``FINEST`` times finer at most, for noise has no end.
        max_triangles: never more than these, even where an error then passes its bound; that is reported.
        fit: move the vertices that stay so that the triangles lie in the scan (``steps.fit``): fewer of them
            for the same error, a second or two more.

    Returns:
        The simplified surface with smooth normals; ``error_mm`` grows by the bound (or by the measured
        error where ``max_triangles`` passed it), ``turned_deg`` by what is measured. A surface that cannot
        lose a triangle comes back with normals only.

    Raises:
        Refused: not placed, or none of error, screen size and triangles is given.
    """
    bound_mm = _bound_mm(surface, max_error_mm, screen_px, max_error_px, max_triangles)
    best, error_mm = ready(surface), 0.0
    if bound_mm < UNBOUNDED:
        limits = _Limits(bound_mm, max_colour_de, None if surface.textures() else max_normals_deg)
        best, error_mm = _Search(surface, limits, fit).found()
    if max_triangles is not None and len(best.triangles) > max_triangles:
        best = _at_most(best, bound_mm, max_triangles)
        best = fitted(best, surface) if fit else best
        error_mm = p95_mm(surface, best, samples=SAMPLES)
        if error_mm > bound_mm:
            best = best.noting(
                "error-above-aim",
                "warning",
                error_mm=error_mm,
                aim_mm=round(bound_mm, 4),
                triangles=max_triangles,
            )
        colour = _colour_de(surface, best)
        if colour > max_colour_de:
            best = best.noting(
                "colour-above-aim",
                "warning",
                colour_de=round(colour, 2),
                aim_de=max_colour_de,
                triangles=max_triangles,
            )
    made_for = error_mm if error_mm > bound_mm or bound_mm >= UNBOUNDED else bound_mm
    turned = 0.0 if best is ready(surface) else turned_between(surface, best, samples=TURNED_SAMPLES)
    return best.but(error_mm=surface.error_mm + made_for, turned_deg=surface.turned_deg + turned)


def _bound_mm(
    surface: Surface, error_mm: float | None, screen_px: int | None, error_px: float, triangles: int | None
) -> float:
    if surface.placement is None:
        raise Refused(
            "the scan has no size in metres yet", where="step simplify", do="put step place before it"
        )
    bounds = [] if error_mm is None else [float(error_mm)]
    if screen_px is not None:
        bounds.append(surface.diagonal * 1000 / screen_px * error_px)
    if not bounds and triangles is None:
        raise Refused(
            "nothing says how far to go",
            where="step simplify",
            do="give max_error_mm, screen_px or max_triangles",
        )
    if any(not b > 0 for b in bounds):
        raise Refused("the error must be above 0", where="step simplify")
    return min(bounds, default=UNBOUNDED)


def _colour_de(scan: Surface, level: Surface) -> float:
    """Mean CIEDE2000 where only vertices carry colours, 0 elsewhere: textures keep theirs."""
    if scan.colours is None or scan.uvs:
        return 0.0
    colour = colour_difference(scan, level)
    return colour.mean if colour else 0.0


def _at_most(level: Surface, bound_mm: float, triangles: int) -> Surface:
    """Gives the level with no more triangles than these, with all its larger pieces where that can be done,
    else with a finding of what had to go."""
    target = triangles
    for _ in range(2):  # pieces that are put back come on top: the rest has to make room for them
        fewer = collapsed(level, bound_mm, max_error_mm=UNBOUNDED, target_triangles=target)
        over = len(fewer.triangles) - triangles
        if over <= 0:
            return fewer
        target = max(target - over, 0)
    return collapsed(level, bound_mm, max_error_mm=UNBOUNDED, target_triangles=triangles, whole_pieces=False)


def _normals_deg(scan: Surface, level: Surface) -> float:
    """Mean angle between the normals at points of the scan and the nearest places of the level."""
    found = pairs(scan, level, SAMPLES, SEED)
    if len(found.gaps) == 0:
        return 0.0
    own = seen_on_scan(scan, found.a, SAMPLES, SEED)
    return normal_deviation(own.normal, seen(level, found.b).normal, samples=SAMPLES).mean


@dataclass(frozen=True, slots=True)
class _Limits:
    """What a level may be off by: 95 % of its surface in mm, colours and normals on average."""

    mm: float
    colour_de: float
    normals_deg: float | None

    def share(self, scan: Surface, level: Surface) -> tuple[float, float]:
        """The worst of distance, colour and normals, each as a share of its bound; the distance in mm."""
        error_mm = p95_mm(scan, level, samples=SAMPLES)
        share = error_mm / self.mm
        worst = max(share, _colour_de(scan, level) / self.colour_de)
        if self.normals_deg is not None:
            worst = max(worst, min(_normals_deg(scan, level) / self.normals_deg, share * FINEST))
        return worst, error_mm


class _Search:
    """The fewest triangles within the bounds that a few passes find."""

    def __init__(self, scan: Surface, limits: _Limits, fit: bool) -> None:
        self._scan, self._limits, self._bound_mm, self._fit = scan, limits, limits.mm, fit
        self._tried: list[tuple[int, float]] = []

    def found(self) -> tuple[Surface, float]:
        """Gives the surface and the 95th percentile of its distance in mm."""
        start = source = start_for(self._scan, self._bound_mm)
        best, best_mm, limit_mm, target = ready(self._scan), 0.0, self._bound_mm, 0
        for done in range(PASSES):
            report(done, PASSES, "passes")
            candidate = collapsed(source, self._bound_mm, max_error_mm=limit_mm, target_triangles=target)
            count = len(candidate.triangles)
            if count == 0:  # nothing measures as no distance at all: go back to where something was left
                limit_mm, target = limit_mm / 4, max(4, len(source.triangles) // 2)
                continue
            if self._fit:
                candidate = fitted(candidate, self._scan)
            share, error_mm = self._limits.share(self._scan, candidate)
            self._tried.append((count, max(share, 1e-9)))
            stuck = done > 0 and count > 0.97 * len(source.triangles)
            if share <= HOLDS and 0 < count <= len(best.triangles):
                best, best_mm = candidate, error_mm
            if GOOD_ENOUGH < share <= HOLDS or count < 4 or stuck:
                break
            source = best if best_mm else start
            limit_mm = SLIDE * self._bound_mm if self._scan.uvs else UNBOUNDED
            target = min(self._next(), int(0.97 * len(source.triangles)))
        report(PASSES, PASSES, "passes")
        return best, best_mm

    def _next(self) -> int:
        """How many triangles should bring the measure to its aim, by the slope between the last two tries."""
        count, share = self._tried[-1]
        slope = SLOPE
        if len(self._tried) > 1 and self._tried[-2][0] != count:
            before, its_share = self._tried[-2]
            slope = min(max(-log(share / its_share) / log(count / before), 0.3), 2.0)
        return int(count * min(max((share / AIM) ** (1 / slope), 0.05), 4.0))
