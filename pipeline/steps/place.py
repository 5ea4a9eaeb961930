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


@step(version=1)
def place(
    surface: Surface,
    *,
    unit: Literal["m", "cm", "mm", "in", "ft"] = "m",
    evidence: Literal["given", "capture", "format", "register", "assumed"] = "assumed",
    up: Literal["auto", "+x", "-x", "+y", "-y", "+z", "-z"] = "auto",
    ground: bool = True,
) -> Surface:
    """Scales the scan to metres, turns it upright and sets it on the ground at the origin.

    All in double precision, so that a survey far from its origin keeps its micrometres. Nothing is bent:
    the step is one 4x4 matrix, which is kept in ``surface.placement`` together with the evidence.

    Args:
        surface: as read, in the scan's unit and axes.
        unit: the unit of the scan's numbers.
        evidence: how the unit is known; ``assumed`` is reported as not confirmed.
        up: the scan's axis that points up; ``auto`` looks for it (``measure.upright`` says how).
        ground: centre in x and z and stand on y = 0; without it coordinates keep their origin.

    Returns:
        The placed surface.

    Raises:
        Refused: the surface has no triangles, or its coordinates are not finite.
    """
    low, high = _bounds(surface)
    found = find_up(surface) if up == "auto" else Upright(up, "given", certain=True)
    turn = np.array(TURNS[found.axis], dtype=np.float64) * METRES[unit]
    corners = np.array([turn @ low, turn @ high])
    offset = np.zeros(3)
    if ground:
        offset = corners.mean(axis=0)
        offset[1] = corners[:, 1].min()
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = turn, -offset
    # the local origin comes off before the rotation is applied, else the far offset's digits are lost
    centre = (low + high) / 2
    positions = (surface.positions - centre) @ turn.T + (turn @ centre - offset)
    normals = surface.normals
    if normals is not None:
        normals = (normals @ np.array(TURNS[found.axis], dtype=np.float32).T).astype(np.float32)
    placement = Placement(
        unit=unit,
        evidence=evidence,
        up=found.axis,
        up_evidence=found.evidence,
        offset_m=(float(offset[0]), float(offset[1]), float(offset[2])),
        matrix=tuple(tuple(float(v) for v in row) for row in matrix),  # type: ignore[misc]
    )
    placed = surface.but(positions=positions, normals=normals, placement=placement)
    return _with_findings(placed, found, np.abs(corners[1] - corners[0]) * 1000)


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
    longest = float(size_mm.max())
    if placement.evidence == "assumed":
        placed = placed.noting("unit-assumed", "warning", unit=placement.unit, longest_mm=round(longest, 2))
    if not SMALLEST_MM <= longest <= LARGEST_MM:
        placed = placed.noting("size-doubtful", "warning", longest_mm=round(longest, 3), unit=placement.unit)
    return placed
