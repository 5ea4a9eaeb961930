"""Sheets that only touch, in a point or along an edge, get vertices of their own.

Not a step: ``repair`` asks it. They are also drawn apart, by less than any level shows, so that programs that
weld by place (every STL reader) see two sheets too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.rows import same_rows
from pipeline.matter.surface import Surface
from pipeline.steps.form import worked_out

APART = 2e-6
"""How far, as a share of the diagonal: 1 µm on a jar, a hundredth of what the finest level may be off."""


def parted(surface: Surface, crossings: NDArray[np.float64]) -> Surface:
    """Gives every fan but the largest at a place vertices of its own, a little apart.

    Args:
        surface: any.
        crossings: the positions (N, 3) where several fans may meet; elsewhere nothing is looked at.
    """
    of = same_rows(np.concatenate([surface.positions, crossings]))
    crossed = np.zeros(int(of.max()) + 1, bool)
    crossed[of[len(surface.positions) :]] = True
    rows = np.flatnonzero(crossed[of[: len(surface.positions)]][surface.triangles].any(axis=1))
    if len(rows) == 0:
        return surface
    near = surface.but(triangles=surface.triangles[rows], material_of=surface.material_of[rows])
    form = worked_out(near)
    fan, place_of = form.fans, form.fan_places()
    size = np.bincount(fan.reshape(-1))
    # a place at the edge of what is looked at has fans that only seem to be several
    known = same_rows(np.concatenate([form.places, crossings]))
    inside = np.isin(known[: len(form.places)], known[len(form.places) :])
    order = np.lexsort((np.arange(len(size)), -size, place_of))
    moved = np.zeros(len(size), bool)
    moved[order] = np.diff(place_of[order], prepend=-1) == 0
    moved &= inside[place_of]
    if not moved.any():
        return surface
    places = len(np.unique(place_of[moved]))
    corners = np.flatnonzero(moved[fan.reshape(-1)])
    vertex, its_fan = near.triangles.reshape(-1)[corners], fan.reshape(-1)[corners]
    pairs, number = np.unique(np.stack([vertex, its_fan], 1), axis=0, return_inverse=True)
    index, own = pairs[:, 0], pairs[:, 1]
    count = len(surface.positions)
    triangles = surface.triangles.reshape(-1).copy()
    triangles[3 * rows[corners // 3] + corners % 3] = (count + number.reshape(-1)).astype(np.int32)
    shifts = _inwards(near, fan, moved) * (APART * surface.diagonal)
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
