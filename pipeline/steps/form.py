"""A surface by place: vertices at one position count as one, and how the triangles hang together there.

Not a step: the parts of ``repair`` ask it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.alive import PerForm
from pipeline.matter.rows import first_of, same_rows
from pipeline.matter.surface import Surface
from pipeline.measure import fans


@dataclass(frozen=True, slots=True)
class Form:
    """How a surface hangs together.

    Attributes:
        welded: (T, 3) triangles by place.
        places: (P, 3) the places' positions.
        joins: how the triangles go on.
        sheets: (T,) the lowest triangle of the sheet that each hangs together with.
        fans: (T, 3) the fan that each corner belongs to.
    """

    welded: NDArray[np.int32]
    places: NDArray[np.float64]
    joins: fans.Joins
    sheets: NDArray[np.int32]
    fans: NDArray[np.int32]

    def crossings(self) -> NDArray[np.float64]:
        """Gives the positions (N, 3) where several fans meet."""
        many = np.bincount(self.fan_places(), minlength=len(self.places)) > 1
        return self.places[many]

    def fan_places(self) -> NDArray[np.int64]:
        """Gives the place of each fan (F,)."""
        place_of = np.zeros(int(self.fans.max()) + 1 if self.fans.size else 0, np.int64)
        place_of[self.fans] = self.welded
        return place_of


def worked_out(surface: Surface) -> Form:
    """Gives the form of a surface; 0.4 s of one core for 250,000 triangles, most of it sorting."""
    of = same_rows(surface.positions)
    welded = np.asarray(of[surface.triangles])
    places = surface.positions[first_of(of)]
    found = fans.joins(welded, places)
    return Form(welded, places, found, fans.sheets(found, len(welded)), fans.fans(welded, found))


form_of = PerForm(worked_out)
"""Gives the form of a surface, worked out once while nothing changes it."""
