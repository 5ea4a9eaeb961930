"""Whether a surface is the skin of a body: every edge between exactly two triangles that agree on outside.

Corners at exactly one place are one corner here, as in ``topology``: a UV seam is no opening. What prints and
what has a volume is closed; a scan almost never is, for it stood on something.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.rows import same_rows
from pipeline.matter.surface import Surface
from pipeline.measure.deviation import sample
from pipeline.measure.scene import scene_of


@dataclass(frozen=True, slots=True)
class Seams:
    """The edges of a surface that no closed skin has.

    Attributes:
        open: edges with one triangle, as directed (E, 2): from, to, as that triangle runs them.
        crowded: triangles at edges with more than two triangles, or with two that face opposite ways: (N,).
        welded: (T, 3) corners by place.
        places: (P, 3) where the places are.
    """

    open: NDArray[np.int32]
    crowded: NDArray[np.int64]
    welded: NDArray[np.int32]
    places: NDArray[np.float64]

    @property
    def closed(self) -> bool:
        """Whether there are none."""
        return len(self.open) == 0 and len(self.crowded) == 0


def seams_of(surface: Surface) -> Seams:
    """Finds the edges that keep a surface from being closed."""
    ids = same_rows(surface.positions)
    places = np.zeros((int(ids.max()) + 1 if len(ids) else 0, 3))
    places[ids] = surface.positions
    return seams(ids[surface.triangles], places)


def seams(welded: NDArray[np.int32], places: NDArray[np.float64]) -> Seams:
    """As :func:`seams_of`, of triangles over places."""
    ends = np.concatenate([welded[:, (0, 1)], welded[:, (1, 2)], welded[:, (2, 0)]])
    low, high = ends.min(axis=1).astype(np.int64), ends.max(axis=1).astype(np.int64)
    keys = low << 32 | high
    found, name, uses = np.unique(keys, return_inverse=True, return_counts=True)
    turn = np.where(ends[:, 0] < ends[:, 1], 1, -1)
    balance = np.bincount(name, weights=turn, minlength=len(uses))
    bad = (uses > 2) | ((uses == 2) & (balance != 0)) | (found >> 32 == found & 0xFFFFFFFF)
    crowded = np.unique(np.flatnonzero(bad[name]) % len(welded)) if len(welded) else np.zeros(0, np.int64)
    return Seams(ends[(uses == 1)[name]], crowded, welded, places)


def loops_of(edges: NDArray[np.int32]) -> list[list[int]]:
    """Gives the closed walks along open edges, no place twice in one of them: where two holes touch in a
    corner, they are two.

    Args:
        edges: (E, 2) directed; as many begin at a place as end there, or what is left over is no loop.
    """
    onward: dict[int, list[int]] = {}
    for start, end in edges.tolist():
        onward.setdefault(start, []).append(end)
    loops: list[list[int]] = []
    for first in list(onward):
        while onward.get(first):
            walk, at, where = [first], first, {first: 0}
            while onward.get(at):
                at = onward[at].pop()
                if at in where:  # a loop came back to itself: take it off the walk
                    begin = where[at]
                    loops.append(walk[begin:])
                    for gone in walk[begin + 1 :]:
                        del where[gone]
                    walk = walk[: begin + 1]
                else:
                    where[at] = len(walk)
                    walk.append(at)
    return loops


def volume_m3(surface: Surface) -> float:
    """Gives what a closed surface encloses; negative where it is inside out (divergence theorem)."""
    corners = (surface.positions - surface.bounds[0])[surface.triangles]
    return float(np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6)


def walls_mm(surface: Surface, *, samples: int = 20_000) -> tuple[float, float] | None:
    """Gives how thick a closed body is, in mm: 5 % of its surface have thinner walls, and half.

    From points spread evenly over the surface a ray goes straight in; where it comes out is the thickness
    there. None where no ray comes out.
    """
    points = sample(surface, samples, seed=3)
    if len(points) == 0:
        return None
    scene = scene_of(surface)
    triangle, _ = scene.nearest(points)
    corner = surface.positions[surface.triangles[triangle]]
    outward = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    length = np.linalg.norm(outward, axis=1, keepdims=True)
    inward = -outward / np.where(length > 0, length, 1)
    skin = 1e-5 * surface.diagonal  # begins just below the skin, or it would meet that
    start = points - scene.origin + inward * skin
    far = scene.cast(np.concatenate([start, inward], axis=1).astype(np.float32))[0] + skin
    good = np.isfinite(far) & (length[:, 0] > 0)
    if not good.any():
        return None
    thin, half = np.quantile(far[good], (0.05, 0.5)) * 1000
    return round(float(thin), 3), round(float(half), 3)
