"""The sides of a scan's box: of all of it, without specks, and of its largest piece.

A turntable's rim or a marker left in the scan makes the box larger than the object. Where the register knows
the object's size, the piece that has it tells the unit, and that the rest are remains.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.cloud import Cloud
from pipeline.matter.rows import same_rows
from pipeline.measure import topology

if TYPE_CHECKING:
    from pipeline.matter.surface import Surface

STRAY_SHARE = 0.001
"""Share of a cloud's points that may lie beyond each side of its box before they count."""
STRAY_SAMPLE = 1_000_000
STRAYS_FROM = 1.5
"""How many times longer strays must make the longest side for the box without them to be the cloud's."""

SPECK_SHARE = 0.001
"""Pieces with less of the triangles than this are left out first, as the step ``clean`` would by area."""


def sides_of(surface: Surface | Cloud) -> Iterator[list[float]]:
    """Gives the three sides of boxes, in the unit of the positions, each only when it is asked for: around
    everything, around all but specks, around the largest piece. A cloud has no pieces: around all points,
    and around all but a few strays, which come first where strays make the box much larger."""
    low, high = surface.bounds
    whole = [float(side) for side in high - low]
    if isinstance(surface, Cloud):
        some = surface.positions[:: max(1, len(surface.positions) // STRAY_SAMPLE)]
        low, high = np.quantile(some, (STRAY_SHARE, 1 - STRAY_SHARE), axis=0)
        most = [float(side) for side in high - low]
        yield from (whole, most) if max(whole) <= STRAYS_FROM * max(most) else (most, whole)
        return
    yield whole
    pieces, counts = pieces_of(surface)
    if len(counts) == 1:
        return
    yield _box(surface, (counts >= SPECK_SHARE * counts.sum())[pieces])
    yield _box(surface, pieces == int(np.argmax(counts)))


def pieces_of(surface: Surface) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Gives each triangle's piece, (T,), and how many triangles each piece has; vertices at one place count
    as one."""
    points = same_rows(surface.positions)
    pieces = topology.components(points[surface.triangles], int(points.max()) + 1)
    return pieces, np.bincount(pieces)


def _box(surface: Surface, kept: NDArray[np.bool_]) -> list[float]:
    corners = surface.positions[surface.triangles[kept]].reshape(-1, 3)
    return [float(side) for side in corners.max(axis=0) - corners.min(axis=0)]
