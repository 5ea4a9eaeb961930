"""Small holes filled, in a material of their own that nobody takes for something seen.

Not a step: ``repair`` asks it; ``rims`` finds the holes, ``patch`` makes what goes over them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.areas import area_vectors
from pipeline.matter.normals import unit
from pipeline.matter.surface import Material, Surface
from pipeline.steps import patch as patches
from pipeline.steps import rims
from pipeline.steps.form import Form, form_of

FILLED = "filled"
"""Name of the material of what was filled: it was not seen by the scanner, and shows no texture."""
GREY = (0.27, 0.27, 0.27, 1.0)
"""Linear; a neutral middle grey (sRGB 142) that no clay or stone has and that hurts no eye."""


def filled(surface: Surface, limit_m: float) -> Surface:
    """Fills the holes of at most that size across, and says so."""
    form = form_of(surface)
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


def _with_patches(surface: Surface, form: Form, made: list[tuple[rims.Hole, patches.Patch]]) -> Surface:
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
