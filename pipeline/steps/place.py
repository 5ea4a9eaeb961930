"""Puts the scan where every reader expects it: metres, Y up, standing on y = 0, centred over the origin."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.capture import METRES
from pipeline.errors import Refused
from pipeline.matter.surface import Placement, Surface
from pipeline.measure.upright import Upright, find_up
from pipeline.steps.registry import step

TURNS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "+y": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "-y": ((1, 0, 0), (0, -1, 0), (0, 0, -1)),
    "+z": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "-z": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    "+x": ((0, -1, 0), (1, 0, 0), (0, 0, 1)),
    "-x": ((0, 1, 0), (-1, 0, 0), (0, 0, 1)),
}
"""Rotation (determinant +1, never a mirror) that brings the named axis of the scan to +Y."""

SMALLEST_MM, LARGEST_MM = 2.0, 200_000.0
"""Outside of these a size is doubted: no relic is 2 mm, and a site of 200 m is hardly one capture."""


LEVEL_FROM_DEG = 0.2
"""Less than this the base is off by the scan's own noise: it stays as it came."""


@step(version=2)
def place(
    surface: Surface,
    *,
    unit: Literal["m", "cm", "mm", "in", "ft"] = "m",
    evidence: Literal[
        "scale-bar", "targets", "given", "capture", "format", "register", "assumed"
    ] = "assumed",
    factor: float = 1.0,
    up: Literal["auto", "+x", "-x", "+y", "-y", "+z", "-z"] = "auto",
    register_height_mm: float | None = None,
    front_deg: float | None = None,
    level: bool = True,
    ground: bool = True,
) -> Surface:
    """Scales the scan to metres, turns it upright and sets it on the ground at the origin.

    All in double precision, so that a survey far from its origin keeps its micrometres. Nothing is bent:
    the step is one 4x4 matrix, which is kept in ``surface.placement`` together with the evidence.

    Args:
        surface: as read, in the scan's unit and axes.
        unit: the unit of the scan's numbers.
        evidence: how the unit is known; ``assumed`` is reported as not confirmed.
        factor: what the numbers are multiplied by beside the unit, as scale bars or targets gave it.
        up: the scan's axis that points up; ``auto`` looks for it (``measure.upright`` says how).
        register_height_mm: the register's height; where the form is silent, the side that is as long points
            up.
        front_deg: the direction, round the upright object, that is its front: 0 is +Z as it stands without
            this parameter, 90 is +X. The object is turned until this side faces +Z.
        level: with ``auto``, tilt the object until it stands exactly on its own base, or on its axis, where
            the evidence is strong; without it only quarter turns are made.
        ground: centre in x and z and stand on y = 0; without it coordinates keep their origin.

    Returns:
        The placed surface.

    Raises:
        Refused: the surface has no triangles, or its coordinates are not finite.
    """
    low, high = _bounds(surface)
    if not (np.isfinite(factor) and factor > 0 and np.isfinite(front_deg or 0.0)):
        raise Refused("factor and front_deg must be numbers, and factor above 0", where="step place")
    metres = METRES[unit] * factor
    height = None if register_height_mm is None else register_height_mm / 1000 / metres
    found = find_up(surface, height) if up == "auto" else Upright(up, "given", certain=True)
    tilt, levelled_deg = _tilt(found) if level else (np.eye(3), 0.0)
    rotation = _about_up(-(front_deg or 0.0)) @ tilt @ np.array(TURNS[found.axis], dtype=np.float64)
    turn = rotation * metres
    # the local origin comes off before the rotation is applied, else the far offset's digits are lost
    centre = (low + high) / 2
    positions = (surface.positions - centre) @ turn.T
    used = positions if surface.used().all() else positions[surface.used()]
    corners = np.array([used.min(axis=0), used.max(axis=0)]) + turn @ centre
    offset = np.zeros(3)
    if ground:
        offset = corners.mean(axis=0)
        offset[1] = corners[:, 1].min()
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = turn, -offset
    positions += turn @ centre - offset
    normals = surface.normals
    if normals is not None:
        normals = (normals @ rotation.T.astype(np.float32)).astype(np.float32)
    placement = Placement(
        unit=unit,
        evidence=evidence,
        up=found.axis,
        up_evidence=found.evidence,
        offset_m=(float(offset[0]), float(offset[1]), float(offset[2])),
        matrix=tuple(tuple(float(v) for v in row) for row in matrix),  # type: ignore[misc]
        levelled_deg=round(levelled_deg, 3),
        front_deg=front_deg,
    )
    placed = surface.but(positions=positions, normals=normals, placement=placement)
    return _with_findings(placed, found, np.abs(corners[1] - corners[0]) * 1000)


def _tilt(found: Upright) -> tuple[NDArray[np.float64], float]:
    """Gives the smallest rotation (3, 3) that brings the exact direction of up to +Y, and its angle in
    degrees; none where nothing is known exactly or it is within the noise."""
    if found.direction is None:
        return np.eye(3), 0.0
    x, y, z = np.array(TURNS[found.axis], dtype=np.float64) @ found.direction
    angle = float(np.degrees(np.arctan2(np.hypot(x, z), y)))
    if angle < LEVEL_FROM_DEG:
        return np.eye(3), 0.0
    # Rodrigues: about the horizontal axis that both are square to
    cross = np.array([[0.0, -x, 0.0], [x, 0.0, z], [0.0, -z, 0.0]])
    return np.eye(3) + cross + cross @ cross / (1 + y), angle


def _about_up(degrees: float) -> NDArray[np.float64]:
    """Gives the rotation (3, 3) about +Y; from +Z towards +X is positive."""
    turn = np.radians(degrees)
    if degrees == 0:
        return np.eye(3)
    return np.array([[np.cos(turn), 0.0, np.sin(turn)], [0.0, 1.0, 0.0], [-np.sin(turn), 0.0, np.cos(turn)]])


def _bounds(surface: Surface) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if len(surface.triangles) == 0:
        raise Refused("the scan has no triangles", do="export a mesh")
    low, high = surface.bounds
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        raise Refused("some coordinates of the scan are not numbers", do="export it again")
    return low, high


def _with_findings(placed: Surface, found: Upright, size_mm: NDArray[np.float64]) -> Surface:
    placement = placed.placement
    assert placement is not None
    if not found.certain:
        placed = placed.noting("up-uncertain", "warning", axis=found.axis, evidence=found.evidence)
    if placement.levelled_deg:
        placed = placed.noting(
            "levelled", "info", angle_deg=placement.levelled_deg, evidence=placement.up_evidence
        )
    longest = float(size_mm.max())
    if placement.evidence == "assumed":
        placed = placed.noting("unit-assumed", "warning", unit=placement.unit, longest_mm=round(longest, 2))
    if not SMALLEST_MM <= longest <= LARGEST_MM:
        placed = placed.noting("size-doubtful", "warning", longest_mm=round(longest, 3), unit=placement.unit)
    return placed
