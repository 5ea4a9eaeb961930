"""How far two surfaces are apart, in mm, measured and not estimated.

Points are drawn on each surface by area and their closest points on the other found (``pairs``). One-way
figures are kept because they say different things: scan to model finds what was lost, model to scan what was
made up. Corners and thin spikes fall between random points, so every vertex counts for ``max`` (not for mean
and p95).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.derivative import Deviation
from pipeline.catalogue.proof import Histogram
from pipeline.matter.alive import PerForm
from pipeline.matter.surface import Surface
from pipeline.measure.pairs import Pairs, drawn, pairs
from pipeline.measure.scene import scene_of

MOST_VERTICES = 100_000
"""Vertices looked at for ``max``; of larger meshes every n-th."""
BINS = 40
SHOWN_SHARE = 0.99
"""A histogram reaches as far as this share of the samples; what lies beyond is in its last bin."""


@dataclass(frozen=True, slots=True)
class BothWays:
    """The pairs from a to b and from b to a."""

    there: Pairs
    back: Pairs


def both_ways(a: Surface, b: Surface, *, samples: int, seed: int = 1) -> BothWays:
    """Draws points on each surface and finds the nearest places on the other."""
    return BothWays(pairs(a, b, samples, seed), pairs(b, a, samples, seed + 1))


def deviation(a: Surface, b: Surface, *, samples: int = 50_000, seed: int = 1) -> Deviation:
    """Measures the distance between two placed surfaces in both directions.

    Args:
        a: the scan, in metres.
        b: the model, in metres.
        samples: points drawn on each surface.
        seed: of the generator (PCG64); the same seed gives the same points.

    Returns:
        mean, root mean square, 95th percentile and maximum in mm, one-way (a to b, b to a) and together.
    """
    return deviation_of(a, b, both_ways(a, b, samples=samples, seed=seed), samples=samples)


def deviation_of(a: Surface, b: Surface, ways: BothWays, *, samples: int) -> Deviation:
    """As :func:`deviation`, of pairs that were found already."""
    there = _one_way(a, b, ways.there.gaps)
    back = _one_way(b, a, ways.back.gaps)
    return Deviation(
        mean=_mm((there[0] + back[0]) / 2),
        p95=_mm(max(there[1], back[1])),
        max=_mm(max(there[2], back[2])),
        scan_to_model=(_mm(there[0]), _mm(there[1]), _mm(there[2])),
        model_to_scan=(_mm(back[0]), _mm(back[1]), _mm(back[2])),
        samples=samples,
        rms=_mm(float(np.sqrt((_square(ways.there.gaps) + _square(ways.back.gaps)) / 2))),
    )


def p95_mm(a: Surface, b: Surface, *, samples: int = 50_000, seed: int = 1) -> float:
    """Gives the 95th percentile alone, of the worse direction, in mm: as :func:`deviation` has it, in half
    the time.
    """
    ways = (_gaps(a, b, samples, seed), _gaps(b, a, samples, seed + 1))
    return _mm(max(float(np.quantile(gaps, 0.95)) if len(gaps) else 0.0 for gaps in ways))


def histogram(ways: BothWays) -> Histogram | None:
    """Counts the samples by their distance; None where nothing is off by a hundredth of a micrometre."""
    both = np.concatenate([ways.there.gaps, ways.back.gaps])
    top_mm = float(np.quantile(both, SHOWN_SHARE)) * 1000 if len(both) else 0.0
    if top_mm < 1e-5:
        return None
    bin_mm = float(f"{top_mm / BINS:.3g}")

    def counts(gaps: NDArray[np.float32]) -> tuple[int, ...]:
        bins = np.minimum(gaps * (1000 / bin_mm), BINS - 1).astype(np.int64)
        return tuple(int(count) for count in np.bincount(bins, minlength=BINS))

    return Histogram(bin_mm, counts(ways.there.gaps), counts(ways.back.gaps))


def sample(surface: Surface, count: int, seed: int) -> NDArray[np.float64]:
    """Draws ``count`` points on the surface, evenly by area: (count, 3), in the unit of its positions."""
    return drawn(surface, count, seed)[1]


def _some_vertices(surface: Surface) -> NDArray[np.float64]:
    used = np.flatnonzero(surface.used())
    return surface.positions[used[:: max(1, -(-len(used) // MOST_VERTICES))]]


# a scan is asked for them by every level and by every pass of the simplifier
_vertices = PerForm(_some_vertices)


def _one_way(a: Surface, b: Surface, gaps: NDArray[np.float32]) -> tuple[float, float, float]:
    """Mean, p95 and max of the distances from ``a`` to ``b`` in metres."""
    if len(gaps) == 0:
        return (0.0, 0.0, 0.0)
    most = max(float(gaps.max()), float(scene_of(b).distances(_vertices(a)).max()))
    return float(gaps.mean(dtype=np.float64)), float(np.quantile(gaps, 0.95)), most


def _square(gaps: NDArray[np.float32]) -> float:
    """Mean square of distances, 0 of none."""
    return float(np.square(gaps, dtype=np.float64).mean()) if len(gaps) else 0.0


def _gaps(a: Surface, b: Surface, samples: int, seed: int) -> NDArray[np.float32]:
    """Distances of points on ``a`` to ``b`` in metres; none where one of the two has no area."""
    points = sample(a, samples, seed)
    if len(points) == 0 or len(b.triangles) == 0:
        return np.zeros(0, np.float32)
    return scene_of(b).distances(points)


def _mm(metres: float) -> float:
    """Millimetres to a tenth of a micrometre: below that single precision says nothing."""
    return round(metres * 1000, 4)
