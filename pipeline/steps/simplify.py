"""Fewer triangles, chosen by error and not by number: meshoptimizer's simplifier, checked by measuring.

The simplifier's own figure is an estimate (a root of quadrics, usually two to four times what is measured),
so the result is measured against what came in, and the simplifier is run again closer to the bound: at most
three passes. What counts as error beside distance, with 1 meaning "as bad as the whole geometric error":

- a texture that slides on the surface, by the distance it slides;
- a vertex colour off by ``COLOUR_OFF``, a normal turned by ``NORMAL_OFF``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.matter.normals import smooth_normals, unit
from pipeline.matter.surface import Surface
from pipeline.measure.deviation import deviation
from pipeline.node.simplifier import Simplified
from pipeline.node.simplifier import simplify as run_simplifier
from pipeline.progress import report
from pipeline.steps.registry import step

COLOUR_OFF = 0.15
"""Difference of an sRGB channel (of 1) that counts as the whole error: 38 of 255."""
NORMAL_OFF = 0.7
"""Difference of unit normals (40 degrees) that counts as the whole error; a scan's noise turns them by 10."""
PASSES = 3
GOOD_ENOUGH = 0.8
"""A measured error above this share of the bound is close enough to stop."""
SAMPLES = 20_000
UNBOUNDED = 1e9


@step(version=1)
def simplify(
    surface: Surface,
    *,
    max_error_mm: float | None = None,
    screen_px: int | None = None,
    max_error_px: float = 1.0,
    max_triangles: int | None = None,
) -> Surface:
    """Takes out triangles until 95 % of the surface would be off by the given error.

    UV seams and borders between materials stay closed and where they are; vertices that stay move to where
    the error is least, their normals, colours and texture coordinates with them.

    Args:
        surface: placed, in metres.
        max_error_mm: bound of the 95th percentile of the measured distance, both directions, in mm.
        screen_px: instead, the size on the screen the level is made for: the object's diagonal fills so many
            pixels, and the error is ``max_error_px`` of them. With both, the smaller error counts.
        max_error_px: see ``screen_px``.
        max_triangles: never more than these, even where the error then passes the bound; that is reported.

    Returns:
        The simplified surface with smooth normals; ``error_mm`` grows by the bound (or by the measured
        error where ``max_triangles`` passed it). A surface that cannot lose a triangle comes back with
        normals only.

    Raises:
        Refused: not placed, or none of error, screen size and triangles is given.
    """
    bound_mm = _bound_mm(surface, max_error_mm, screen_px, max_error_px, max_triangles)
    split = _split_by_material(surface)
    best, error_mm = split, 0.0
    if bound_mm < UNBOUNDED:
        best, error_mm = _within_error(split, surface, bound_mm)
    if max_triangles is not None and len(best.triangles) > max_triangles:
        best = _simplified(best, bound_mm, UNBOUNDED, max_triangles)
        error_mm = deviation(surface, best, samples=SAMPLES).p95
        if error_mm > bound_mm:
            best = best.noting(
                "error-above-aim",
                "warning",
                error_mm=error_mm,
                aim_mm=round(bound_mm, 4),
                triangles=max_triangles,
            )
    made_for = error_mm if error_mm > bound_mm or bound_mm >= UNBOUNDED else bound_mm
    return best.but(error_mm=surface.error_mm + made_for)


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


def _within_error(split: Surface, scan: Surface, bound_mm: float) -> tuple[Surface, float]:
    """The fewest triangles found in a few passes within the measured bound, and their error."""
    best, best_mm, start, try_mm = split, 0.0, split, bound_mm
    for done in range(PASSES):
        report(done, PASSES, "passes")
        candidate = _simplified(start, bound_mm, try_mm, 0)
        found = deviation(scan, candidate, samples=SAMPLES).p95
        if found <= bound_mm and len(candidate.triangles) <= len(best.triangles):
            best, best_mm, start = candidate, found, candidate
            if found > GOOD_ENOUGH * bound_mm or len(candidate.triangles) < 4:
                break
            try_mm *= min(4.0, 0.9 * bound_mm / max(found, 1e-9))
        else:
            try_mm *= min(0.5, 0.8 * bound_mm / found) if start is split else 0.6
    report(PASSES, PASSES, "passes")
    return best, best_mm


def _split_by_material(surface: Surface) -> Surface:
    """Gives every material vertices of its own, so that its border is a seam to the simplifier; adds
    normals.
    """
    normals = surface.normals
    if normals is None:
        normals = smooth_normals(surface.positions, surface.triangles)
    surface = surface.but(normals=normals)
    if len(surface.materials) == 1:
        return surface
    corners = surface.triangles.astype(np.int64) * len(surface.materials) + surface.material_of[:, None]
    names, triangles = np.unique(corners, return_inverse=True)
    index = names // len(surface.materials)
    if len(names) == len(surface.positions):
        return surface
    return surface.but(
        positions=surface.positions[index],
        normals=normals[index],
        uvs=tuple(uv[index] for uv in surface.uvs),
        colours=None if surface.colours is None else surface.colours[index],
        triangles=triangles.reshape(-1, 3).astype(np.int32),
    )


@dataclass(frozen=True, slots=True)
class _Attributes:
    """Columns that move with the positions, and what a difference in each weighs."""

    values: NDArray[np.float32]
    weights: list[float]


def _attributes(surface: Surface, extent: float, error: float) -> _Attributes:
    assert surface.normals is not None
    relative = error / extent
    columns: list[NDArray[Any]] = [surface.normals]
    weights = [relative / NORMAL_OFF] * 3
    for uv in surface.uvs:
        columns.append(uv)
        weights += [_metres_per_uv(surface, uv) / extent] * 2
    if surface.colours is not None:
        columns.append(surface.colours.astype(np.float32) / 255)
        weights += [relative / COLOUR_OFF] * 4
    return _Attributes(np.concatenate(columns, axis=1, dtype=np.float32), weights)


def _metres_per_uv(surface: Surface, uv: NDArray[np.float32]) -> float:
    """How far on the surface one unit of UV reaches, on average."""
    corner, flat = surface.positions[surface.triangles], uv[surface.triangles].astype(np.float64)
    area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1).sum()
    a, b = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    flat_area = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()
    return float(np.sqrt(area / flat_area)) if flat_area > 0 else 0.0


def _simplified(surface: Surface, bound_mm: float, error_mm: float, target: int) -> Surface:
    low, high = surface.bounds
    extent = float((high - low).max())
    attributes = _attributes(surface, extent, min(bound_mm / 1000, 0.002 * extent))
    out = run_simplifier(
        surface.positions,
        surface.triangles,
        attributes.values,
        attributes.weights,
        target_triangles=target,
        max_error=error_mm / 1000,
        options=("Prune",),
    )
    return _rebuilt(surface, out)


def _rebuilt(surface: Surface, out: Simplified) -> Surface:
    """Puts the simplifier's columns back where they came from."""
    assert out.attributes is not None
    material_of_vertex = np.zeros(len(surface.positions), np.int32)
    material_of_vertex[surface.triangles] = surface.material_of[:, None]
    at, uvs = 3, []
    for _ in surface.uvs:
        uvs.append(np.ascontiguousarray(out.attributes[:, at : at + 2]))
        at += 2
    colours = None
    if surface.colours is not None:
        colours = np.clip(np.rint(out.attributes[:, at : at + 4] * 255), 0, 255).astype(np.uint8)
    return surface.but(
        positions=out.positions,
        triangles=out.triangles,
        material_of=material_of_vertex[out.kept[out.triangles[:, 0]]]
        if len(out.triangles)
        else surface.material_of[:0],
        normals=unit(out.attributes[:, :3]),
        uvs=tuple(uvs),
        colours=colours,
    )
