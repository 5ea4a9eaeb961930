"""Takes out what is no surface and tells what is wrong with the rest. Closes, smooths, invents nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.matter.areas import areas_of
from pipeline.matter.rows import first_of, same_rows
from pipeline.matter.surface import Surface
from pipeline.measure import topology
from pipeline.steps import pieces as loose
from pipeline.steps.registry import step

NO_AREA = 1e-14
"""A triangle with less than this share of the squared diagonal has no area: its normal is noise."""


DOUBTFUL, TOO_MUCH = 0.05, 0.3
"""Shares of the area that are taken away with a warning, and not at all: so much is no dust."""


@step(version=2)
def clean(
    surface: Surface,
    *,
    speck_share: float = 0.001,
    speck_mm: float | None = None,
    remains_share: float = 0.02,
    non_manifold: Literal["report", "split"] = "report",
) -> Surface:
    """Removes empty and double triangles, loose specks and remains of the table, merges equal vertices,
    drops unused ones, counts holes.

    A piece is a speck only when it is both small in area and small in size. Remains of a table or turntable
    are small flat sheets that face up, lie at the level of the body's foot and for the most part beside it;
    a lid or a thick sherd is none of that. The largest piece always stays, and what is left is set on
    the ground again. What was removed, non-manifold edges and holes become findings with figures.

    Args:
        surface: placed, in metres.
        speck_share: largest share of the whole area that a speck may have; 0 keeps everything.
        speck_mm: largest diagonal of a speck in mm; without it 3 % of the object's diagonal.
        remains_share: largest area of one piece of the table, as a share of the body's; 0 keeps them all.
        non_manifold: ``report`` only counts edges with more than two triangles; ``split`` also gives the
            third and further triangles vertices of their own, which programs that need manifold input ask
            for.

    Returns:
        The cleaned surface; material and texture assignment untouched.

    Raises:
        Refused: nothing is left.
    """
    if surface.placement is None:
        raise Refused("the scan has no size in metres yet", where="step clean", do="put step place before it")
    points = same_rows(surface.positions)
    surface = _without_empty(surface, points)
    welded = points[surface.triangles]
    limits = (speck_share, speck_mm, remains_share)
    surface, welded = _without_pieces(surface, welded, int(points.max()) + 1, limits)
    if len(surface.triangles) == 0:
        raise Refused("nothing is left of the scan after cleaning", where="step clean", do="look at the scan")
    surface, crowded = _tell_edges(surface, points, welded, non_manifold)
    surface = _tidy_vertices(surface)
    return _split(surface, welded, crowded) if non_manifold == "split" and len(crowded) else surface


def _without_empty(surface: Surface, points: NDArray[np.int32]) -> Surface:
    """Drops triangles without area and exact repetitions (same corners, same side, same material)."""
    triangles = surface.triangles
    a, b, c = points[triangles].T
    areas = np.linalg.norm(areas_of(surface), axis=1) / 2
    empty = (a == b) | (b == c) | (c == a) | ~(areas > NO_AREA * surface.diagonal**2)
    turned = _lowest_first(np.stack([a, b, c], axis=1))
    same = same_rows(turned, surface.material_of)
    first = np.zeros(len(triangles), bool)
    first[first_of(same)] = True
    double = ~first & ~empty
    if empty.any():
        surface = surface.noting("triangles-empty", "info", count=int(empty.sum()))
    if double.any():
        surface = surface.noting("triangles-double", "info", count=int(double.sum()))
    return _keeping(surface, ~empty & first)


def _lowest_first(triangles: NDArray[np.int32]) -> NDArray[np.int32]:
    """Turns every triangle so that its lowest corner comes first: its side stays what it was."""
    start = np.argmin(triangles, axis=1)[:, None]
    return np.take_along_axis(triangles, (start + np.arange(3)) % 3, axis=1)


def _without_pieces(
    surface: Surface,
    welded: NDArray[np.int32],
    vertices: int,
    limits: tuple[float, float | None, float],
) -> tuple[Surface, NDArray[np.int32]]:
    """Drops specks and what is left of the table; ``limits`` are speck_share, speck_mm, remains_share."""
    speck_share, speck_mm, remains_share = limits
    if len(welded) == 0:
        return surface, welded
    found = loose.pieces(surface, welded, vertices)
    if found.count == 1:
        return surface, welded
    size_m = loose.SPECK_SIZE * surface.diagonal if speck_mm is None else speck_mm / 1000
    small = loose.specks(found, speck_share, size_m)
    table = loose.remains(surface, found, remains_share) & ~small if remains_share > 0 else small & False
    kept = surface
    _hold_believable(float(found.areas[small].sum() / found.areas.sum()))
    for code, gone in (("specks-removed", small), ("remains-removed", table)):
        if gone.any():
            kept = kept.noting(
                code,
                "info" if found.areas[gone].sum() <= DOUBTFUL * found.areas.sum() else "warning",
                count=int(gone.sum()),
                triangles=int(gone[found.of].sum()),
                largest_mm=round(float(found.diagonals[gone].max()) * 1000, 3),
                area_percent=round(float(found.areas[gone].sum() / found.areas.sum() * 100), 4),
            )
    keep = ~(small | table)
    if not keep.all():
        kept = _settled(surface, _keeping(kept, keep[found.of]))
    if keep.sum() > 1:
        kept = kept.noting("pieces", "info", count=int(keep.sum()))
    return kept, welded[keep[found.of]]


def _hold_believable(share: float) -> None:
    """Stops where specks would be a large part of the scan: corners that should be one lie apart then."""
    if share > TOO_MUCH:
        raise Refused(
            f"the scan falls apart into specks: cleaning would take away {share * 100:.0f} % of its surface",
            where="step clean",
            do="merge vertices in the program that made it, or give speck_share = 0",
        )


def _settled(before: Surface, after: Surface) -> Surface:
    """Sets what is left on the ground again where it stood there: specks below had lifted it."""
    low, high = before.bounds
    middle = (low + high) / 2
    exact = 1e-9 * before.diagonal
    stood = abs(low[1]) <= exact and abs(middle[0]) <= exact and abs(middle[2]) <= exact
    placement = after.placement
    if not stood or placement is None or len(after.triangles) == 0:
        return after
    low, high = after.bounds
    shift = np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])
    matrix = np.array(placement.matrix)
    matrix[:3, 3] -= shift
    offset = np.array(placement.offset_m) + shift
    moved = replace(
        placement,
        offset_m=(float(offset[0]), float(offset[1]), float(offset[2])),
        matrix=tuple(tuple(float(v) for v in row) for row in matrix),  # type: ignore[misc]
    )
    return after.but(positions=after.positions - shift, placement=moved)


def _tell_edges(
    surface: Surface, points: NDArray[np.int32], welded: NDArray[np.int32], mode: str
) -> tuple[Surface, NDArray[np.int32]]:
    """Notes crowded edges and holes; gives the crowded edges' ends too, (E, 2)."""
    places = np.zeros((int(points.max()) + 1, 3))
    places[points] = surface.positions
    found = topology.edges(welded)
    crowded = found.uses > 2
    if crowded.any():
        surface = surface.noting("edges-non-manifold", "warning", count=int(crowded.sum()), treatment=mode)
    rims = topology.holes(found, places)
    if rims.count:
        surface = surface.noting(
            "holes",
            "info",
            count=rims.count,
            largest_mm=round(float(rims.perimeters[0]) * 1000, 2),
            all_mm=round(float(rims.perimeters.sum()) * 1000, 2),
        )
    return surface, found.ends[crowded]


def _split(surface: Surface, welded: NDArray[np.int32], crowded: NDArray[np.int32]) -> Surface:
    """Gives the third and further triangles at a crowded edge three vertices of their own."""
    pairs = np.concatenate([welded[:, (0, 1)], welded[:, (1, 2)], welded[:, (2, 0)]]).astype(np.int64)
    keys = pairs.min(axis=1) << 32 | pairs.max(axis=1)
    at = np.flatnonzero(np.isin(keys, crowded[:, 0].astype(np.int64) << 32 | crowded[:, 1]))
    order = at[np.argsort(keys[at], kind="stable")]
    _, starts, inverse = np.unique(keys[order], return_index=True, return_inverse=True)
    rank = np.arange(len(order)) - starts[inverse]
    loose = np.unique(order[rank >= 2] % len(welded))
    copied = surface.triangles[loose].reshape(-1)
    triangles = surface.triangles.copy()
    triangles[loose] = np.arange(len(surface.positions), len(surface.positions) + len(copied)).reshape(-1, 3)
    grown = _at_vertices(surface, np.concatenate([np.arange(len(surface.positions)), copied]))
    return grown.but(triangles=triangles)


def _tidy_vertices(surface: Surface) -> Surface:
    """Merges vertices equal in every attribute and drops those that no triangle uses; keeps their order."""
    attributes: list[NDArray[Any]] = [surface.positions, *surface.uvs]
    attributes += [a for a in (surface.normals, surface.colours) if a is not None]
    used = np.flatnonzero(surface.used())
    same = same_rows(*[a[used] for a in attributes])
    first = first_of(same)
    order = np.sort(first)
    if len(order) == len(surface.positions):
        return surface
    new = np.zeros(len(first), np.int32)
    new[same[order]] = np.arange(len(order), dtype=np.int32)
    lookup = np.zeros(len(surface.positions), np.int32)
    lookup[used] = new[same]
    merged, unused = len(used) - len(order), len(surface.positions) - len(used)
    if merged:
        surface = surface.noting("vertices-merged", "info", count=merged)
    if unused:
        surface = surface.noting("vertices-unused", "info", count=unused)
    return _at_vertices(surface, used[order]).but(triangles=lookup[surface.triangles])


def _at_vertices(surface: Surface, index: NDArray[np.integer]) -> Surface:
    """Gives the surface with its vertices picked by index; the triangles are the caller's to renumber."""
    return surface.but(
        positions=surface.positions[index],
        normals=None if surface.normals is None else surface.normals[index],
        uvs=tuple(uv[index] for uv in surface.uvs),
        colours=None if surface.colours is None else surface.colours[index],
    )


def _keeping(surface: Surface, keep: NDArray[np.bool_]) -> Surface:
    if keep.all():
        return surface
    return surface.but(triangles=surface.triangles[keep], material_of=surface.material_of[keep])
