"""What is closed, how much it holds and how thick its walls are: known answers."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.measure.closed import loops_of, seams_of, volume_m3, walls_mm
from pipeline.steps.place import place
from tests.shapes import cube, grid, joined, sphere, surface


def test_a_cube_is_closed_and_a_sheet_is_open_at_its_rim() -> None:
    assert seams_of(cube()).closed
    rim = seams_of(grid(5))
    assert not rim.closed and len(rim.open) == 20 and len(rim.crowded) == 0


def test_a_seam_is_no_opening() -> None:
    box = cube()
    split = surface(box.positions[box.triangles].reshape(-1, 3), np.arange(36).reshape(-1, 3))
    assert seams_of(split).closed


def test_an_edge_with_three_triangles_is_crowded() -> None:
    fin = joined(cube(), surface([(0, 0, 0), (0, 0, 1), (-1, 0, 0.5)], [(0, 1, 2)]))
    found = seams_of(fin)
    assert len(found.open) == 2 and 12 in found.crowded.tolist() and len(found.crowded) == 3


def test_two_triangles_that_face_opposite_ways_are_crowded() -> None:
    box = cube()
    turned = box.triangles.copy()
    turned[0] = turned[0][::-1]
    assert 0 in seams_of(box.but(triangles=turned)).crowded


def test_two_holes_that_touch_in_a_corner_are_two_loops() -> None:
    eight = np.array([(0, 1), (1, 2), (2, 0), (0, 3), (3, 4), (4, 0)], np.int32)
    assert sorted(sorted(loop) for loop in loops_of(eight)) == [[0, 1, 2], [0, 3, 4]]


def test_a_cube_of_two_metres_holds_eight_cubic_metres_also_far_from_the_origin() -> None:
    box = cube(2.0)
    assert volume_m3(box) == pytest.approx(8)
    assert volume_m3(box.but(positions=box.positions + 500_000.0)) == pytest.approx(8)
    assert volume_m3(box.but(triangles=np.ascontiguousarray(box.triangles[:, ::-1]))) == pytest.approx(-8)


def test_the_walls_of_a_hollow_ball_are_as_thick_as_they_were_made() -> None:
    outside, inside = sphere(0.1, level=5), sphere(0.09, level=5)
    hollow = joined(outside, inside.but(triangles=np.ascontiguousarray(inside.triangles[:, ::-1])))
    found = walls_mm(place(hollow, up="+y", evidence="given"))
    assert found is not None and found == pytest.approx((10, 10), abs=0.1)
