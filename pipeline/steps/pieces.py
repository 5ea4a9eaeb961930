"""Loose pieces of a scan: which are specks, which are remains of the table, which belong to the object.

Not a step: ``clean`` asks it. Pieces are told apart by exact position, so a UV seam does not cut one off, and
the largest one, the body, always stays. A lid, a handle or a sherd beside the vessel is large or has
thickness or does not lie on the floor, and stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.areas import areas_of
from pipeline.matter.surface import Surface
from pipeline.measure import topology
from pipeline.measure.scene import scene_of

SPECK_SIZE = 0.03
"""Largest speck where none is given in mm, as a share of the object's diagonal."""
FLOOR = 0.02
"""Remains lie this near the body's lowest point, as a share of the object's diagonal."""
FLAT = 0.08
"""Remains are lower than this share of their own diagonal; a sherd on a table is thicker."""
UPWARD = 0.85
"""Share of a piece's area that must face up in sum: a table is seen from above only, a sherd has sides."""
AWAY = 0.005
"""At least half of a piece's vertices lie farther from the body than this share of the diagonal."""
GROUND = 0.5
"""A body that faces up with more than this share of its area is ground itself and stands on no table."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a surface: ``of`` each triangle (T,), and by piece area (m²), diagonal (m), sum of area
    vectors (m², (N, 3)), lowest and highest y (m).
    """

    of: NDArray[np.int32]
    areas: NDArray[np.float64]
    diagonals: NDArray[np.float64]
    facing: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.areas)

    @property
    def body(self) -> int:
        """The largest by area."""
        return int(np.argmax(self.areas))


def pieces(surface: Surface, welded: NDArray[np.int32], vertices: int) -> Pieces:
    """Tells the pieces apart; ``welded`` are the triangles (T, 3) by place, numbered below ``vertices``."""
    return pieces_of(surface, topology.components(welded, vertices))


def pieces_of(surface: Surface, of: NDArray[np.int32]) -> Pieces:
    """Measures pieces that are told apart already: ``of`` says which one each triangle (T,) belongs to."""
    count = int(of.max()) + 1
    vectors = areas_of(surface) / 2
    of_vertex, has = np.zeros(len(surface.positions), np.int32), surface.used()
    of_vertex[surface.triangles] = of[:, None]
    low, high = boxes(of_vertex[has], surface.positions[has], count)
    return Pieces(
        of=of,
        areas=np.bincount(of, weights=np.linalg.norm(vectors, axis=1), minlength=count).astype(np.float64),
        diagonals=np.linalg.norm(high - low, axis=1),
        facing=np.stack([np.bincount(of, weights=vectors[:, i], minlength=count) for i in range(3)], axis=1),
        low=low[:, 1],
        high=high[:, 1],
    )


def boxes(
    of: NDArray[np.int32], points: NDArray[np.float64], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gives the lowest and highest corners (count, 3) of each piece's points (N, 3), infinite for none."""
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    for axis in range(3):
        np.minimum.at(low[:, axis], of, points[:, axis])
        np.maximum.at(high[:, axis], of, points[:, axis])
    return low, high


def specks(found: Pieces, share: float, size_m: float) -> NDArray[np.bool_]:
    """Says of each piece whether it is both small in area (share of the whole) and small in size."""
    small: NDArray[np.bool_] = (found.areas < share * found.areas.sum()) & (found.diagonals < size_m)
    small[found.body] = False
    return small


def remains(surface: Surface, found: Pieces, share: float) -> NDArray[np.bool_]:
    """Says of each piece whether it is left of a table, a turntable or its cloth.

    That is a piece below ``share`` of the body's area which is flat, lies on the floor, faces up like
    something that was only seen from above, and is for the most part not at the body.
    """
    none = np.zeros(found.count, bool)
    body = found.body
    if found.facing[body, 1] > GROUND * found.areas[body]:
        return none
    reach = FLOOR * surface.diagonal
    base = found.low[body]
    likely = found.areas < share * found.areas[body]
    likely &= (found.low > base - reach) & (found.high < base + reach)
    likely &= found.high - found.low < FLAT * found.diagonals
    likely &= found.facing[:, 1] > UPWARD * found.areas
    likely[body] = False
    if not likely.any():
        return none
    at_body = found.of == body
    rest = surface.but(triangles=surface.triangles[at_body], material_of=surface.material_of[at_body])
    scene = scene_of(rest)
    for piece in np.flatnonzero(likely):
        points = surface.positions[np.unique(surface.triangles[found.of == piece])]
        none[piece] = np.median(scene.distances(points)) > AWAY * surface.diagonal
    return none
