"""Makes the skin of a scan closed, so that it can be printed, and tells what was made up for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.matter.areas import area_vectors
from pipeline.matter.surface import Material, Surface
from pipeline.measure import topology
from pipeline.measure.closed import Seams, loops_of, seams, seams_of, volume_m3, walls_mm
from pipeline.steps.plinth import on_a_plinth
from pipeline.steps.registry import step

ROUNDS = 6
"""Triangles at crowded edges are taken out so many times at most: each opens holes whose rims are checked."""


@step(version=1)
def solid(
    surface: Surface,
    *,
    close_holes_mm: float = 0.0,
    most_closed_share: float = 0.35,
    crowded: bool = False,
    plinth_mm: float = 0.0,
) -> Surface:
    """Closes the surface to a body that can be printed, or says why it is none.

    Nothing is closed unless it is asked for. A hole becomes a fan of triangles round the middle of its rim:
    flat where the rim is flat, as the foot that an object stood on. What was closed is told with its area,
    and so are volume and walls of the body. Colours and textures are left behind: nothing prints them here.

    Args:
        surface: placed, in metres.
        close_holes_mm: largest length round a hole that is closed, in mm; 0 closes none.
        most_closed_share: of the whole area, the most that may be made up; more is a sheet and no body.
        crowded: takes out triangles at edges that carry more than two, or two that face opposite ways, and
            closes what that opens. Without it such edges are refused.
        plinth_mm: for a piece of ground: its longest rim gets walls straight down to a flat base, so far
            below its lowest point, in mm; 0 makes none.

    Returns:
        Positions and triangles alone: closed, normals outwards.

    Raises:
        Refused: not placed; holes or crowded edges are left; too much would have to be made up.
    """
    if surface.placement is None:
        raise Refused("the scan has no size in metres yet", where="step solid", do="put step place before it")
    found, dropped = _uncrowded(seams_of(surface), wanted=crowded)
    if plinth_mm > 0:
        found = on_a_plinth(found, plinth_mm / 1000)
    closed = _closed(found, close_holes_mm)
    whole = _bare(surface, closed.triangles, closed.places)
    area = np.linalg.norm(area_vectors(whole.positions, whole.triangles), axis=1) / 2
    made_up = float(area[len(found.welded) :].sum())
    if made_up > most_closed_share * float(area.sum()):
        share = f"{made_up / area.sum():.0%}"
        raise Refused(
            f"closing it would make up {share} of the surface, it is a sheet and no body",
            where="step solid",
            do="give plinth_mm where it is a piece of ground, else thickness in a mesh program",
        )
    whole = _outward(whole)
    if plinth_mm > 0:
        whole = whole.noting("plinth-added", "warning", height_mm=plinth_mm)
    if dropped:
        whole = whole.noting("crowded-removed", "warning", count=dropped)
    if closed.lengths_mm:
        whole = whole.noting(
            "holes-closed",
            "warning",
            count=len(closed.lengths_mm),
            largest_mm=round(max(closed.lengths_mm), 2),
            area_cm2=round(made_up * 1e4, 3),
            area_percent=round(100 * made_up / float(area.sum()), 2),
        )
    return _told(whole)


def hold_closed(surface: Surface, where: str) -> None:
    """Makes sure that a surface is closed.

    Raises:
        Refused: it is not; says how many holes there are and how long the largest is around.
    """
    _refuse_open(seams_of(surface), where)


@dataclass(frozen=True, slots=True)
class _Closed:
    triangles: NDArray[np.int32]
    places: NDArray[np.float64]
    lengths_mm: list[float]


def _uncrowded(found: Seams, *, wanted: bool) -> tuple[Seams, int]:
    """The seams without crowded edges, and how many triangles that cost."""
    before = len(found.welded)
    for _ in range(ROUNDS if wanted else 0):
        if not len(found.crowded):
            break
        keep = np.ones(len(found.welded), bool)
        keep[found.crowded] = False
        found = seams(found.welded[keep], found.places)
    if len(found.crowded) or len(found.welded) == 0:
        raise Refused(
            f"triangles at edges that no body has: {len(found.crowded)}",
            where="step solid",
            do="give crowded = true, or repair it in a mesh program",
        )
    return found, before - len(found.welded)


def _closed(found: Seams, limit_mm: float) -> _Closed:
    """All holes up to a length closed by fans."""
    loops = loops_of(found.open)
    rims = [found.places[loop] for loop in loops]
    lengths = [float(np.linalg.norm(rim - np.roll(rim, -1, axis=0), axis=1).sum()) * 1000 for rim in rims]
    if limit_mm <= 0:
        _refuse_open(found, "step solid")
    if max(lengths, default=0.0) > limit_mm:
        raise Refused(
            f"a hole is {max(lengths):.1f} mm around, more than close_holes_mm allows",
            where="step solid",
            do="raise it, or give plinth_mm where the scan is a piece of ground",
        )
    triangles, count = [found.welded], len(found.places)
    for number, loop in enumerate(loops):
        around = np.array(loop, np.int32)
        middle = np.full(len(loop), count + number, np.int32)
        # the rim runs as its own triangles run it; the fan runs it the other way
        triangles.append(np.stack([np.roll(around, -1), around, middle], axis=1))
    middles = [rim.mean(axis=0)[None] for rim in rims]
    return _Closed(np.concatenate(triangles), np.concatenate([found.places, *middles]), lengths)


def _refuse_open(found: Seams, where: str) -> None:
    if found.closed:
        return
    if len(found.crowded):
        raise Refused(
            f"triangles at edges that no body has: {len(found.crowded)}",
            where=where,
            do="put step solid before it",
        )
    plain = topology.holes(topology.edges(found.welded), found.places)
    longest_mm = round(float(plain.perimeters[0]) * 1000, 1)
    raise Refused(
        f"the surface is not closed (holes: {plain.count}, the largest {longest_mm} mm around)",
        where=where,
        do="close them in a mesh program, or give step solid close_holes_mm = …",
    )


def _bare(surface: Surface, triangles: NDArray[np.int32], places: NDArray[np.float64]) -> Surface:
    index, corners = np.unique(triangles, return_inverse=True)
    return surface.but(
        positions=places[index],
        triangles=corners.reshape(-1, 3).astype(np.int32),
        material_of=np.zeros(len(triangles), np.int32),
        materials=(Material("solid"),),
        normals=None,
        uvs=(),
        colours=None,
    )


def _outward(surface: Surface) -> Surface:
    """Turned inside out where it encloses less than nothing."""
    if volume_m3(surface) >= 0:
        return surface
    return surface.but(triangles=np.ascontiguousarray(surface.triangles[:, ::-1]))


def _told(surface: Surface) -> Surface:
    walls = walls_mm(surface)
    low, high = surface.bounds
    sides = sorted((round(float(side) * 1000, 1) for side in high - low), reverse=True)
    figures: dict[str, float | int | str] = {
        "volume_cm3": round(volume_m3(surface) * 1e6, 3),
        "longest_mm": sides[0],
    }
    if walls is None:
        return surface.noting("print-body", "info", **figures, wall_mm=0.0, wall_p5_mm=0.0)
    return surface.noting("print-body", "info", **figures, wall_mm=walls[1], wall_p5_mm=walls[0])
