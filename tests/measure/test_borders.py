"""How parts meet: grids laid side by side with a known gap, a known overlap, or far apart."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.matter.surface import Surface
from pipeline.measure.borders import meeting
from tests.shapes import grid


def at(x: float, z: float = 0.0, steps: int = 20) -> Surface:
    """A square of one unit with edges of 0.05, moved; far from the origin as surveys are."""
    sheet = grid(steps)
    return sheet.but(positions=sheet.positions + np.array([300 + x, 5, 200 + z]))


def test_tiles_that_share_their_border_meet_exactly() -> None:
    found = meeting([at(0), at(1)])
    assert (found.pairs, found.apart, found.seen > 30) == (1, (), True)
    assert found.gap_p95 < 1e-6 and found.double_share == 0


def test_four_tiles_have_four_borders_and_the_corner_between_them_is_none() -> None:
    found = meeting([at(0), at(1), at(0, 1), at(1, 1)])
    assert found.pairs == 4 and found.gap_median < 1e-6 and found.double_share == 0


def test_a_gap_is_measured_in_the_scan_s_unit() -> None:
    found = meeting([at(0), at(1.01)])
    assert found.pairs == 1
    assert found.gap_median == pytest.approx(0.01, abs=1e-5)


def test_vertices_that_lie_on_another_part_are_counted() -> None:
    found = meeting([at(0), at(0.5)])
    # of 21 columns each the inner ones of the shared half lie double: 9 or 10, less the rows at the rims
    assert found.pairs == 1 and 0.3 < found.double_share < 0.5


def test_a_part_in_another_coordinate_system_is_named() -> None:
    found = meeting([at(0), at(1), at(5000)])
    assert (found.pairs, found.apart) == (1, (2,))


def test_borders_of_other_steps_meet_where_one_lies_on_the_other_s_edges() -> None:
    found = meeting([at(0, steps=20), at(1, steps=7)])
    assert found.pairs == 1 and found.gap_p95 < 1e-5


def test_closed_parts_without_any_border_are_measured_too() -> None:
    from tests.shapes import sphere

    ball = sphere(level=2)
    moved = ball.but(positions=ball.positions + 50.0)
    found = meeting([ball, moved])
    assert (found.pairs, found.apart, found.seen) == (0, (0, 1), 0)
