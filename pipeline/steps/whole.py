"""No loose piece of a scan vanishes for being small beside the rest.

meshoptimizer's simplifier, when it has to reach a number of triangles, takes whole pieces out however large
they are, or leaves splinters of them, and a level is judged by the 95th percentile of its distance, which no
piece below a twentieth of the surface can move: a sherd beside its bowl was gone, 200 times the level's
error. Such a piece is simplified once more by itself, within the error, and put back. Not a step:
``steps.collapse`` asks it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.alive import PerForm
from pipeline.matter.rows import same_rows
from pipeline.matter.surface import Surface
from pipeline.measure.topology import components
from pipeline.node.simplifier import Simplified
from pipeline.steps.pieces import Pieces, boxes, pieces_of

SHORTER = 4.0
"""A piece may become shorter by so many errors, two at each end; a splinter has lost more."""


def with_pieces(
    surface: Surface,
    values: NDArray[np.float32],
    out: Simplified,
    error_m: float,
    again: Callable[[NDArray[np.int32]], Simplified],
) -> Simplified:
    """Gives what the simplifier made, with the pieces that it took out and that are larger than the error.

    Args:
        surface: what went in.
        values: the columns (V, A) that went in with it.
        out: what came out of it.
        error_m: a piece whose half diagonal is not above it may go.
        again: simplifies some triangles (T, 3) alone, within the error. A piece that it takes out too comes
            back as it was.
    """
    told = _pieces(surface)
    if told is None:
        return out
    found, of_vertex = told
    lost = _lost(found, of_vertex, out, error_m)
    if not lost.any():
        return out
    back = again(surface.triangles[lost[found.of]])
    still = lost & _lost(found, of_vertex, back, error_m)
    parts = [
        _of_pieces(out, ~lost, of_vertex),
        _of_pieces(back, ~still, of_vertex),
        _as_it_was(surface, values, surface.triangles[still[found.of]]),
    ]
    return _joined([part for part in parts if len(part.triangles)])


def lost_mm(surface: Surface, out: Simplified, error_mm: float) -> NDArray[np.float64]:
    """Gives the diagonals, in mm, of the pieces larger than the error that were taken out."""
    told = _pieces(surface)
    if told is None:
        return np.zeros(0)
    found, of_vertex = told
    gone: NDArray[np.float64] = found.diagonals[_lost(found, of_vertex, out, error_mm / 1000)] * 1000
    return gone


def _told_apart(surface: Surface) -> tuple[Pieces, NDArray[np.int32]] | None:
    place = same_rows(surface.positions)
    of = components(place[surface.triangles], int(place.max()) + 1)
    if int(of.max(initial=0)) == 0:
        return None
    found = pieces_of(surface, of)
    of_vertex = np.zeros(len(surface.positions), np.int32)
    of_vertex[surface.triangles] = of[:, None]
    return found, of_vertex


_pieces = PerForm(_told_apart)
"""The pieces, and each vertex's piece (V,), None where there is one only, which is judged by its distance.
Levels and passes that start from one surface ask for the same."""


def _lost(found: Pieces, of_vertex: NDArray[np.int32], out: Simplified, error_m: float) -> NDArray[np.bool_]:
    """Says of each piece (N,) that is larger than the error whether a splinter of it is left at most."""
    low, high = boxes(of_vertex[out.kept], out.positions, found.count)
    left = np.linalg.norm(np.maximum(high - low, 0), axis=1)
    short: NDArray[np.bool_] = left < found.diagonals - SHORTER * error_m
    gone = ~np.isfinite(low[:, 0])
    lost: NDArray[np.bool_] = (short | gone) & (found.diagonals > 2 * error_m)
    return lost


def _of_pieces(out: Simplified, wanted: NDArray[np.bool_], of_vertex: NDArray[np.int32]) -> Simplified:
    """The part of what came out that belongs to some of the pieces (N,)."""
    mine = wanted[of_vertex[out.kept]]
    number = np.cumsum(mine, dtype=np.int32) - np.int32(1)
    return Simplified(
        out.positions[mine],
        number[out.triangles[mine[out.triangles[:, 0]]]] if len(out.triangles) else out.triangles,
        None if out.attributes is None else out.attributes[mine],
        out.kept[mine],
        out.error,
    )


def _as_it_was(surface: Surface, values: NDArray[np.float32], triangles: NDArray[np.int32]) -> Simplified:
    used, numbers = np.unique(triangles, return_inverse=True)
    own = numbers.reshape(-1, 3).astype(np.int32)
    return Simplified(surface.positions[used], own, values[used], used.astype(np.int64), 0.0)


def _joined(parts: list[Simplified]) -> Simplified:
    """One after another."""
    starts = np.cumsum([0, *(len(part.positions) for part in parts[:-1])])
    values = [part.attributes for part in parts if part.attributes is not None]
    return Simplified(
        np.concatenate([part.positions for part in parts]),
        np.concatenate([part.triangles + np.int32(at) for part, at in zip(parts, starts, strict=True)]),
        np.concatenate(values) if values else None,
        np.concatenate([part.kept for part in parts]),
        max(part.error for part in parts),
    )
