"""Takes the object off what it stood on: turntable, floor or cloth, also where both are one piece."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.matter.areas import areas_of
from pipeline.matter.surface import Surface
from pipeline.measure.support import Support, find_support
from pipeline.steps.registry import step
from pipeline.steps.slice import above

LEVEL_FROM_DEG = 0.2
"""As in ``place``: less than this is the scan's own noise."""


@step(version=2)
def detach(
    surface: Surface, *, keep_support: bool = False, cut_support: bool = False, level: bool = True
) -> Surface:
    """Cuts away the turntable, floor or cloth that the object stands on, where it is certain that it is one.

    ``measure.support`` says what has to hold; the object's own flat foot faces down and is never looked at.
    The cut runs along the contact at three times the scatter of the support's own plane, at most 0.4 % of the
    diagonal above it: so much of the foot may be missing or of the support be left. Below the cut the object
    was not seen, and it stays open there. What was cut is a finding and a picture, the scan itself is
    never changed: ``keep_support = true`` in ``capture.toml`` brings all of it back.

    Args:
        surface: placed, in metres.
        keep_support: the support belongs to the object; nothing is looked for.
        cut_support: somebody looked and said that it is a table or floor: it is cut away where one is found,
            certain or not.
        level: stand the object upright on the plane that was found: a table is level, whatever the scan's
            axes are.

    Returns:
        The object alone, on the ground at the origin; the surface as it was where it stands on nothing.

    Raises:
        Refused: the surface was not placed, or both were said of its support.
    """
    if surface.placement is None:
        raise Refused(
            "the scan has no size in metres yet", where="step detach", do="put step place before it"
        )
    if keep_support and cut_support:
        raise Refused(
            "keep_support and cut_support are both true", where="step detach", do="leave one of them out"
        )
    found = None if keep_support else find_support(surface)
    if found is None:
        return surface
    areas = np.linalg.norm(areas_of(surface), axis=1)
    figures: dict[str, float | int | str] = {
        "triangles": int(found.part.sum()),
        "area_cm2": round(float(areas[found.part].sum() / 2 * 1e4), 3),
        "area_percent": round(float(areas[found.part].sum() / areas.sum() * 100), 2),
        "scatter_mm": round(found.scatter_m * 1000, 4),
    }
    colours = "" if found.contrast_de is None else "-by-colour"
    if found.contrast_de is not None:
        figures["contrast_de"] = round(found.contrast_de, 2)
    if not (found.sure or cut_support):
        return surface.noting(f"support-suspected{colours}", "warning", **figures)
    heights = surface.positions @ found.normal - found.height - found.cut_m
    freed = above(surface, heights, found.folds)
    return _settled(freed, found, level).noting(f"support-removed{colours}", "warning", **figures)


def _settled(surface: Surface, found: Support, level: bool) -> Surface:
    """Stands the object on the ground at the origin, upright on the plane that it stood on."""
    placement = surface.placement
    assert placement is not None
    turn = _upright(found.normal) if level else np.eye(3)
    used = surface.used()
    points = surface.positions @ turn.T
    low, high = points[used].min(axis=0), points[used].max(axis=0)
    shift = np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])
    step_ = np.eye(4)
    step_[:3, :3], step_[:3, 3] = turn, -shift
    matrix = step_ @ np.array(placement.matrix)
    angle = float(np.degrees(np.arccos(np.clip(turn[1, 1], -1, 1))))
    offset = turn @ np.array(placement.offset_m) + shift
    moved = replace(
        placement,
        offset_m=(float(offset[0]), float(offset[1]), float(offset[2])),
        matrix=tuple(tuple(float(v) for v in row) for row in matrix),  # type: ignore[misc]
        levelled_deg=round(placement.levelled_deg + angle, 3),
    )
    normals = surface.normals
    if normals is not None:
        normals = (normals @ turn.T.astype(np.float32)).astype(np.float32)
    return surface.but(positions=points - shift, normals=normals, placement=moved)


def _upright(normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gives the smallest rotation (3, 3) that brings a unit vector to +Y; none where it is within the
    noise."""
    x, y, z = (float(v) for v in normal)
    if np.degrees(np.arctan2(np.hypot(x, z), y)) < LEVEL_FROM_DEG:
        return np.eye(3)
    cross = np.array([[0.0, -x, 0.0], [x, 0.0, z], [0.0, -z, 0.0]])
    return np.asarray(np.eye(3) + cross + cross @ cross / (1 + y))
