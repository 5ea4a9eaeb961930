"""Makes the form whole where the scan itself says how: sides, sheets that only touch, small holes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.matter.areas import area_vectors
from pipeline.matter.surface import Surface
from pipeline.steps import winding
from pipeline.steps.filling import filled
from pipeline.steps.form import form_of
from pipeline.steps.parting import parted
from pipeline.steps.registry import step


@step(version=1)
def repair(
    surface: Surface, *, max_hole_mm: float = 3.0, turn_flipped: bool = True, part_touching: bool = True
) -> Surface:
    """Turns flipped parts, parts sheets that only touch, and fills small holes with a grey of their own.

    Nothing is invented silently: what was filled has the material ``filled`` without texture, its number,
    area and largest size are a finding, and every larger hole stays open. The levels are measured against
    the surface as it is after this step: a filled place counts as part of the reference there, not as a
    deviation of the model. A repaired surface comes out of a second repair as it is.

    Args:
        surface: cleaned, in metres.
        max_hole_mm: largest distance across a hole that is filled, in mm; 0 fills none. A sheet that is less
            than four times as wide as its own rim ends there and has no hole.
        turn_flipped: turn patches that show another side than what they hang together with, and closed
            pieces that are inside out; an open piece as a whole is left as it is.
        part_touching: give sheets that share only a point or an edge vertices of their own, drawn apart by
            two millionths of the diagonal; so every edge then has at most two triangles.

    Returns:
        The repaired surface; texture assignment of everything that was scanned untouched.

    Raises:
        Refused: the surface was not placed, or ``max_hole_mm`` is below 0.
    """
    if surface.placement is None:
        raise Refused(
            "the scan has no size in metres yet", where="step repair", do="put step place before it"
        )
    if not max_hole_mm >= 0:
        raise Refused("max_hole_mm must not be below 0", where="step repair")
    if turn_flipped:
        surface = _turned(surface)
    crossings = form_of(surface).crossings()
    if max_hole_mm > 0:
        surface = filled(surface, max_hole_mm / 1000)
    return parted(surface, crossings) if part_touching else surface


def _turned(surface: Surface) -> Surface:
    form = form_of(surface)
    found = winding.turns(form.welded, form.places, form.joins, form.sheets)
    if found.contradictions:
        surface = surface.noting("sides-contradict", "warning", count=found.contradictions)
    if not found.turned.any():
        return surface
    triangles = surface.triangles.copy()
    triangles[found.turned] = triangles[found.turned][:, (0, 2, 1)]
    areas = area_vectors(surface.positions, triangles)
    share = np.linalg.norm(areas, axis=1)
    surface = surface.but(triangles=triangles, normals=_facing(surface, triangles, areas, found.turned))
    return surface.noting(
        "sides-turned",
        "info",
        count=int(found.turned.sum()),
        area_percent=round(float(share[found.turned].sum() / share.sum() * 100), 3),
    )


def _facing(
    surface: Surface, triangles: NDArray[np.int32], areas: NDArray[np.float64], turned: NDArray[np.bool_]
) -> NDArray[np.float32] | None:
    """Gives the normals, those of turned triangles on the side that these now show."""
    if surface.normals is None:
        return None
    sums = np.zeros((len(surface.positions), 3))
    for corner in range(3):
        np.add.at(sums, triangles[:, corner], areas)
    wrong = np.einsum("ij,ij->i", sums, surface.normals) < 0
    touched = np.zeros(len(sums), bool)
    touched[triangles[turned]] = True
    return np.where((wrong & touched)[:, None], -surface.normals, surface.normals)
