"""The plane that an object stands on, whichever way it lies: a flat part of its outside with all else above.

A relic taken from the turntable's own coordinates, or set upright by eye, stands some degrees askew.
Candidates are directions of the surface itself; one is a base when nothing of the object lies below its
plane, and the one that carries by far the most area is taken and fitted to all of its triangles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.areas import areas_of
from pipeline.matter.surface import Surface

TRIES, POINTS = 400, 20_000
"""Directions tried and points that must lie above: a base of 2 % of the area is tried eight times."""
REACH, FINE = 0.01, 0.004
"""How near the plane a triangle lies that belongs to it, first and when it is fitted, of the diagonal."""
ALONG, OTHER = 0.97, 0.9
"""Cosine of a triangle that belongs to the plane; directions with a smaller cosine are another plane."""


@dataclass(frozen=True, slots=True)
class Base:
    """A base: unit normal (3,) away from the object, its share of the area, and that of the best plane in
    another direction."""

    down: NDArray[np.float64]
    share: float
    second: float


def find_base(surface: Surface, seed: int = 5) -> Base | None:
    """Finds the plane with most area that has the whole object on one side; None where there is none."""
    areas = areas_of(surface)
    lengths = np.linalg.norm(areas, axis=1)
    total = float(lengths.sum())
    if not total > 0:
        return None
    normals = areas / np.maximum(lengths, 1e-300)[:, None]
    centres = surface.positions[surface.triangles].mean(axis=1)
    points = surface.positions[surface.used()]
    some = points[:: max(1, len(points) // POINTS)]
    # picked by area, so that a share of the triangles picked is a share of the area
    chosen = np.random.default_rng(seed).choice(len(lengths), POINTS, p=lengths / total)
    few, middles = normals[chosen], centres[chosen]
    directions = few[:TRIES]
    gap = (some @ directions.T).max(axis=0) - np.einsum("ij,ij->i", middles[:TRIES], directions)
    diagonal = surface.diagonal
    found: list[tuple[float, NDArray[np.float64]]] = []
    for direction in directions[gap < REACH * diagonal]:
        if any(float(direction @ known) > ALONG for _, known in found):
            continue
        found.append((float(_belonging(few, middles, direction, REACH * diagonal).mean()), direction))
    if not found:
        return None
    first, down = max(found, key=lambda one: one[0])
    for _ in range(3):
        belongs = _belonging(normals, centres, down, FINE * diagonal)
        if belongs.sum() < 3:
            return None
        down = _fitted(centres[belongs], lengths[belongs], down)
    share = float(lengths[_belonging(normals, centres, down, FINE * diagonal)].sum() / total)
    second = max((area for area, other in found if float(other @ down) < OTHER), default=0.0)
    return Base(down, min(first, share), second)


def _belonging(
    normals: NDArray[np.float64], centres: NDArray[np.float64], down: NDArray[np.float64], reach: float
) -> NDArray[np.bool_]:
    height = centres @ down
    belongs: NDArray[np.bool_] = (normals @ down > ALONG) & (height > height.max() - reach)
    return belongs


def _fitted(
    centres: NDArray[np.float64], weights: NDArray[np.float64], down: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The normal of the plane with the least squares of distance, on the same side as before."""
    off = centres - np.average(centres, axis=0, weights=weights)
    _, axes = np.linalg.eigh((off * weights[:, None]).T @ off)
    normal = axes[:, 0]
    out: NDArray[np.float64] = normal if normal @ down > 0 else -normal
    return out if out @ down > OTHER else down
