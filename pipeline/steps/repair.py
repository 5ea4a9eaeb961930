"""Makes the form whole where the scan itself says how: sides, sheets that only touch, small holes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.matter.alive import PerForm
from pipeline.matter.areas import area_vectors
from pipeline.matter.normals import unit
from pipeline.matter.surface import Material, Surface
from pipeline.measure import fans, topology
from pipeline.steps import patch as patches
from pipeline.steps import rims, winding
from pipeline.steps.registry import step

FILLED = "filled"
"""Name of the material of what was filled: it was not seen by the scanner, and shows no texture."""
GREY = (0.27, 0.27, 0.27, 1.0)
"""Linear; a neutral middle grey (sRGB 142) that no clay or stone has and that hurts no eye."""
APART = 2e-6
"""Sheets that only touched are drawn apart by this share of the diagonal: 1 µm on a jar, a hundredth of what
the finest level may be off, yet programs that weld by place (every STL reader) then see two sheets."""


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
    if max_hole_mm > 0:
        surface = _filled(surface, max_hole_mm / 1000)
    return _parted(surface) if part_touching else surface


def _worked_out(surface: Surface) -> rims.Form:
    of = topology.same_rows(surface.positions)
    welded = np.asarray(of[surface.triangles])
    places = surface.positions[topology.first_of(of)]
    found = fans.joins(welded, places)
    return rims.Form(welded, places, found, fans.sheets(found, len(welded)), fans.fans(welded, found))


_form = PerForm(_worked_out)
"""Gives a surface by place, worked out once for all three parts of the step while none changes it."""


def _turned(surface: Surface) -> Surface:
    form = _form(surface)
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


def _filled(surface: Surface, limit_m: float) -> Surface:
    form = _form(surface)
    found = rims.holes(form, limit_m)
    if not found:
        return surface
    beside = _beside(form.welded, np.concatenate([hole.loop for hole in found]))
    made: list[tuple[rims.Hole, patches.Patch]] = []
    for hole in found:
        loop, own = hole.loop, set(hole.loop.tolist())

        def around(corner: int, loop: NDArray[np.int64] = loop, own: set[int] = own) -> NDArray[np.float64]:
            return form.places[sorted(beside[int(loop[corner])] - own)]

        one = patches.patch(form.places[loop], _taken(loop, beside), around)
        if one is not None:
            made.append((hole, one))
    if not made:
        return surface
    whole = _with_patches(surface, form, made)
    added = area_vectors(whole.positions, whole.triangles[len(surface.triangles) :])
    return whole.noting(
        "holes-filled",
        "info",
        count=len(made),
        area_cm2=round(float(np.linalg.norm(added, axis=1).sum() / 2 * 1e4), 6),
        largest_mm=round(max(hole.across_m for hole, _ in made) * 1000, 3),
        limit_mm=round(limit_m * 1000, 3),
    )


def _taken(loop: NDArray[np.int64], beside: dict[int, set[int]]) -> NDArray[np.bool_]:
    """Says of every two corners of a rim whether the surface has an edge between them already."""
    at = {place: index for index, place in enumerate(loop.tolist())}
    taken = np.zeros((len(loop), len(loop)), bool)
    for place, index in at.items():
        taken[index, [at[other] for other in beside[place] if other in at]] = True
    return taken


def _beside(welded: NDArray[np.int32], corners: NDArray[np.int64]) -> dict[int, set[int]]:
    """Gives the places that hang together by an edge with each of the given ones."""
    asked = np.zeros(int(welded.max()) + 1, bool)
    asked[corners] = True
    beside: dict[int, set[int]] = {int(one): set() for one in corners}
    for triangle in welded[asked[welded].any(axis=1)].tolist():
        for one in triangle:
            if asked[one]:
                beside[one].update(other for other in triangle if other != one)
    return beside


def _with_patches(surface: Surface, form: rims.Form, made: list[tuple[rims.Hole, patches.Patch]]) -> Surface:
    """Adds patches with vertices of their own and the material ``filled``."""
    first = np.zeros(len(form.places), np.int32)
    first[form.welded] = surface.triangles
    points, triangles, normals, count = [], [], [], len(surface.positions)
    for hole, one in made:
        loop = hole.loop
        own = np.concatenate([form.places[loop], one.inner])
        points.append(own)
        triangles.append(one.triangles + np.int32(count))
        count += len(own)
        if surface.normals is not None:
            areas = area_vectors(own, one.triangles)
            sums = np.zeros_like(own)
            for corner in range(3):
                np.add.at(sums, one.triangles[:, corner], areas)
            sums[: len(loop)] = surface.normals[first[loop]]
            normals.append(unit(sums))
    added, new = np.concatenate(points), np.concatenate(triangles)
    names = [material.name for material in surface.materials]
    materials = surface.materials
    if FILLED not in names:
        materials = (*materials, Material(name=FILLED, base_colour=GREY, double_sided=_two_sided(surface)))
    which = [material.name for material in materials].index(FILLED)
    white = np.full((len(added), 4), 255, np.uint8)
    return surface.but(
        positions=np.concatenate([surface.positions, added]),
        triangles=np.concatenate([surface.triangles, new]),
        material_of=np.concatenate([surface.material_of, np.full(len(new), which, np.int32)]),
        materials=materials,
        normals=None if surface.normals is None else np.concatenate([surface.normals, *normals]),
        uvs=tuple(np.concatenate([uv, np.zeros((len(added), 2), np.float32)]) for uv in surface.uvs),
        colours=None if surface.colours is None else np.concatenate([surface.colours, white]),
    )


def _two_sided(surface: Surface) -> bool:
    return any(material.double_sided for material in surface.materials)


def _parted(surface: Surface) -> Surface:
    """Gives every fan but the largest at a place vertices of its own, a little apart."""
    form = _form(surface)
    fan = form.fans
    size = np.bincount(fan.reshape(-1))
    place_of = np.zeros(len(size), np.int64)
    place_of[fan] = form.welded
    order = np.lexsort((np.arange(len(size)), -size, place_of))
    moved = np.zeros(len(size), bool)
    moved[order] = np.diff(place_of[order], prepend=-1) == 0
    if not moved.any():
        return surface
    places = len(np.unique(place_of[moved]))
    corners = np.flatnonzero(moved[fan.reshape(-1)])
    vertex, its_fan = surface.triangles.reshape(-1)[corners], fan.reshape(-1)[corners]
    pairs, number = np.unique(np.stack([vertex, its_fan], 1), axis=0, return_inverse=True)
    index, own = pairs[:, 0], pairs[:, 1]
    count = len(surface.positions)
    triangles = surface.triangles.reshape(-1).copy()
    triangles[corners] = (count + number.reshape(-1)).astype(np.int32)
    shifts = _inwards(surface, fan, moved) * (APART * surface.diagonal)
    parted = surface.but(
        positions=np.concatenate([surface.positions, surface.positions[index] + shifts[own]]),
        triangles=triangles.reshape(-1, 3),
        normals=None
        if surface.normals is None
        else np.concatenate([surface.normals, surface.normals[index]]),
        uvs=tuple(np.concatenate([uv, uv[index]]) for uv in surface.uvs),
        colours=None
        if surface.colours is None
        else np.concatenate([surface.colours, surface.colours[index]]),
    )
    used = np.flatnonzero(parted.used())
    lookup = np.zeros(len(parted.positions), np.int32)
    lookup[used] = np.arange(len(used), dtype=np.int32)
    parted = parted.but(
        positions=parted.positions[used],
        triangles=lookup[parted.triangles],
        normals=None if parted.normals is None else parted.normals[used],
        uvs=tuple(uv[used] for uv in parted.uvs),
        colours=None if parted.colours is None else parted.colours[used],
    )
    return parted.noting(
        "sheets-parted", "info", count=places, by_mm=round(APART * surface.diagonal * 1000, 6)
    )


def _inwards(surface: Surface, fan: NDArray[np.int32], moved: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Gives for each fan the unit direction (F, 3) from its place into its own sheet, and off its face: two
    sheets that lie on one another go to different sides."""
    out = np.zeros((len(moved), 3))
    for k in range(3):
        some = np.flatnonzero(moved[fan[:, k]])
        corners = surface.positions[surface.triangles[some]]
        into = corners.mean(axis=1) - corners[:, k]
        into /= np.maximum(np.linalg.norm(into, axis=1, keepdims=True), 1e-300)
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-300)
        np.add.at(out, fan[some, k], into + 0.5 * normal)
    lengths = np.linalg.norm(out, axis=1, keepdims=True)
    return np.asarray(out / np.maximum(lengths, 1e-300))
