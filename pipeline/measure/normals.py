"""How far a model's directions are turned against the scan's: what light shows of lost detail.

A distance of a tenth of a pixel may still turn the surface by ten degrees, and then its shading is wrong. The
normals compared are those that are drawn, with normal maps, so that detail kept in a map counts as kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.proof import NormalDeviation
from pipeline.matter.normals import normals_of
from pipeline.matter.surface import Surface
from pipeline.measure.pairs import Pairs, blended, pairs
from pipeline.measure.seen import CHUNK


def turned_deg(one: NDArray[np.floating[Any]], two: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Gives the angles (N,) in degrees between unit vectors (N, 3).

    By the chord and not by the cosine, which in single precision knows no angle below 0.02 degrees.
    """
    a, b = one.astype(np.float64), two.astype(np.float64)
    out: NDArray[np.float64] = np.degrees(
        2 * np.arctan2(np.linalg.norm(a - b, axis=1), np.linalg.norm(a + b, axis=1))
    )
    return out


def normal_deviation(one: NDArray[np.float32], two: NDArray[np.float32], *, samples: int) -> NormalDeviation:
    """Gives mean and 95th percentile of the angles between normals (N, 3) of the same places."""
    pieces = [slice(start, start + CHUNK) for start in range(0, len(one), CHUNK)]
    turned = np.concatenate([turned_deg(one[some], two[some]) for some in pieces])
    return NormalDeviation(
        round(float(turned.mean()), 3), round(float(np.quantile(turned, 0.95)), 3), samples
    )


def turned_at(scan: Surface, level: Surface, found: Pairs) -> NDArray[np.float64]:
    """Gives the angles (N,) in degrees between the vertices' normals, normal maps left out, at pairs of
    places on two surfaces.
    """
    one, two = ((scan, found.a), (level, found.b))
    return turned_deg(*(_unit(blended(normals_of(s), s, places)) for s, places in (one, two)))


def turned_between(scan: Surface, level: Surface, *, samples: int, seed: int = 3) -> float:
    """Gives the mean of :func:`turned_at` at points of the scan and the nearest places of the level; 0 where
    one has no area.
    """
    found = pairs(scan, level, samples, seed)
    return float(turned_at(scan, level, found).mean()) if len(found.gaps) else 0.0


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    out: NDArray[np.float64] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-30)
    return out
