"""One pass of meshoptimizer's simplifier over a Surface, and what counts as error beside distance.

The simplifier compares an attribute's difference times its weight with distances divided by the extent:

- a texture that slides on the surface counts by the distance it slides;
- a normal turned by ``NORMAL_OFF`` counts as the level's whole error;
- where there is no texture, shading and vertex colours are all that is seen, and weigh ``NORMAL_WEIGHT`` and
  ``COLOUR_WEIGHT`` whatever the level. On a scanned bust, at the same triangles, similarity of renders
  (SSIM, 1,417 / 4,476 / 14,360 triangles) and mean distance in mm:

      normals alone, as above       0.9821 / 0.9883 / 0.9948    0.46 / 0.18 / 0.063
      0.02 and 0.3                  0.9833 / 0.9904 / 0.9960    0.50 / 0.19 / 0.067
      0.05 and 0.7                  0.9836 / 0.9914 / 0.9965    0.61 / 0.22 / 0.075
      0.10 and 1.0                  0.9835 / 0.9914 / 0.9967    0.74 / 0.24 / 0.082
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.alive import PerSurface
from pipeline.matter.normals import normals_of, unit
from pipeline.matter.surface import Surface
from pipeline.node.simplifier import Simplified
from pipeline.node.simplifier import simplify as run_simplifier
from pipeline.steps.whole import lost_mm, with_pieces

NORMAL_OFF = 0.7
"""Difference of unit normals (40 degrees) that counts as the whole error; a scan's noise turns them by 10."""
NORMAL_WEIGHT, COLOUR_WEIGHT = 0.05, 0.7
"""Of unit normals and of sRGB channels (0 to 1) where there is no texture."""
COARSEST = 0.002
"""Of the extent: a level coarser than this is weighed as this one."""
AGAIN = 4.0
"""A piece that was lost is simplified again within this part of the error: the estimate is a mean over the
triangles around a vertex, and let a piece of five times the error go for less than the error."""
SOME = 50_000
"""Triangles that are looked at for how large a texture is drawn."""
RUNGS = (8_000, 2_000, 500)
"""Errors of the passes that levels have in common, as parts of the diagonal."""


def start_for(surface: Surface, bound_mm: float) -> Surface:
    """Gives what a level with this error starts from: the coarsest common pass that is finer than it.

    A million triangles are so gone through once and not once a level. Starting again from a simplified mesh
    also comes out closer to the scan than one long pass, for the quadrics forget what no longer matters
    (mean distance 5 to 10 % smaller at the same triangles).
    """
    errors = [surface.diagonal * 1000 / parts for parts in RUNGS]
    finer = sum(error <= bound_mm for error in errors)
    return _rungs[finer - 1](surface) if finer else ready(surface)


def _rung(level: int) -> PerSurface[Surface]:
    def made(surface: Surface) -> Surface:
        error_mm = surface.diagonal * 1000 / RUNGS[level]
        before = _rungs[level - 1](surface) if level else ready(surface)
        follow = surface.normals is None and bool(surface.uvs)
        after = collapsed(before, error_mm, max_error_mm=error_mm, normals_follow=follow)
        return after if len(after.triangles) else before  # many small pieces may all be smaller than that

    return PerSurface(made)


_rungs = [_rung(level) for level in range(len(RUNGS))]


def _ready(surface: Surface) -> Surface:
    """Gives every material vertices of its own, so that its border is a seam to the simplifier; adds
    normals.
    """
    normals = normals_of(surface)
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


ready = PerSurface(_ready)
"""Gives a surface as the simplifier wants it: with normals, no vertex shared by two materials."""


def collapsed(
    surface: Surface,
    bound_mm: float,
    *,
    max_error_mm: float,
    target_triangles: int = 0,
    whole_pieces: bool = True,
    normals_follow: bool = False,
) -> Surface:
    """Takes out triangles until the simplifier's own estimate passes an error or a number is reached.

    Args:
        surface: from :func:`ready` or from a pass before.
        bound_mm: the level's error, by which normals are weighed.
        max_error_mm: of the simplifier's estimate, usually two to four times what is measured afterwards.
        target_triangles: stop when so few are left; pieces that were put back come on top.
        whole_pieces: put back loose pieces that are larger than the level's error (``steps.whole``); else a
            finding says which are gone.
        normals_follow: work normals out anew from the form that is left and do not weigh them: the first pass
            over a million triangles with a texture then takes 2.6 s and not 4.4, and levels made from it come
            out as like the scan (SSIM +0.001, -0.001, +0.002 with 6 % more, 4 and 2 % fewer triangles).
    """
    low, high = surface.bounds
    extent = float((high - low).max())
    values, weights = _attributes(surface, extent, min(bound_mm / 1000, COARSEST * extent))
    if normals_follow:
        values, weights = values[:, 3:], weights[3:]

    def run(triangles: NDArray[np.int32], error_mm: float, target: int) -> Simplified:
        return run_simplifier(
            surface.positions,
            triangles,
            values,
            weights,
            target_triangles=target,
            max_error=error_mm / 1000,
            options=("Prune",),
        )

    out = run(surface.triangles, max_error_mm, target_triangles)
    if whole_pieces:
        again_mm = bound_mm / AGAIN
        out = with_pieces(surface, values, out, bound_mm / 1000, lambda lost: run(lost, again_mm, 0))
    elif len(gone := lost_mm(surface, out, bound_mm)):
        count, largest_mm = len(gone), round(float(gone.max()), 2)
        surface = surface.noting("pieces-left-out", "warning", count=count, largest_mm=largest_mm)
    assert out.attributes is not None
    if normals_follow:
        return ready(_rebuilt(surface, out, None, out.attributes))
    return _rebuilt(surface, out, unit(out.attributes[:, :3]), out.attributes[:, 3:])


def _attributes(surface: Surface, extent: float, error: float) -> tuple[NDArray[np.float32], list[float]]:
    """Columns that move with the positions, and what a difference in each weighs."""
    assert surface.normals is not None
    columns: list[NDArray[Any]] = [surface.normals]
    weights = [error / extent / NORMAL_OFF if surface.uvs else NORMAL_WEIGHT] * 3
    for uv in surface.uvs:
        columns.append(uv)
        weights += [_metres_per_uv(surface, uv) / extent] * 2
    if surface.colours is not None:
        columns.append(surface.colours.astype(np.float32) / 255)
        weights += [COLOUR_WEIGHT] * 4
    return np.concatenate(columns, axis=1, dtype=np.float32), weights


def _metres_per_uv(surface: Surface, uv: NDArray[np.float32]) -> float:
    """How far on the surface one unit of UV reaches, on average."""
    some = surface.triangles[:: max(1, len(surface.triangles) // SOME)]
    corner, flat = surface.positions[some], uv[some].astype(np.float64)
    area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1).sum()
    a, b = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    flat_area = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()
    return float(np.sqrt(area / flat_area)) if flat_area > 0 else 0.0


def _rebuilt(
    surface: Surface, out: Simplified, normals: NDArray[np.float32] | None, values: NDArray[np.float32]
) -> Surface:
    """Puts the simplifier's columns, UVs and colours (V, A), back where they came from."""
    material_of_vertex = np.zeros(len(surface.positions), np.int32)
    material_of_vertex[surface.triangles] = surface.material_of[:, None]
    at, uvs = 0, []
    for _ in surface.uvs:
        uvs.append(np.ascontiguousarray(values[:, at : at + 2]))
        at += 2
    colours = None
    if surface.colours is not None:
        colours = np.clip(np.rint(values[:, at : at + 4] * 255), 0, 255).astype(np.uint8)
    return surface.but(
        positions=out.positions,
        triangles=out.triangles,
        material_of=material_of_vertex[out.kept[out.triangles[:, 0]]]
        if len(out.triangles)
        else surface.material_of[:0],
        normals=normals,
        uvs=tuple(uvs),
        colours=colours,
    )
