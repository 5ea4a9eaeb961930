"""What can be printed is closed; what was made up for it is told; what cannot is refused in one sentence."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import Refused
from pipeline.measure.closed import seams_of, volume_m3
from pipeline.steps.place import place
from pipeline.steps.solid import solid
from tests.shapes import cube, grid, joined, sphere, surface


def placed(s):
    return place(s, up="+y", evidence="given")


def without(s, gone):
    keep = np.setdiff1d(np.arange(len(s.triangles)), gone)
    return s.but(triangles=s.triangles[keep], material_of=s.material_of[keep])


def figures(s, code):
    return next(f.figures for f in s.findings if f.code == code)


def test_a_closed_body_stays_as_it_is_and_its_volume_and_walls_are_told() -> None:
    made = solid(placed(cube(0.1)))
    assert len(made.triangles) == 12
    told = figures(made, "print-body")
    assert told["volume_cm3"] == pytest.approx(1000) and told["longest_mm"] == 100
    assert told["wall_mm"] == pytest.approx(100, abs=0.01)


def test_an_open_body_is_refused_with_its_largest_hole() -> None:
    with pytest.raises(Refused, match=r"not closed \(holes: 1, the largest 400.0 mm around\); close them"):
        solid(placed(without(cube(0.1), [0, 1])))


def test_an_open_body_is_closed_where_that_is_asked_for_and_its_area_is_told() -> None:
    made = solid(placed(without(cube(0.1), [0, 1])), close_holes_mm=401)
    assert seams_of(made).closed and volume_m3(made) == pytest.approx(0.001)
    told = figures(made, "holes-closed")
    assert (told["count"], told["largest_mm"]) == (1, 400) and told["area_cm2"] == pytest.approx(100)
    assert told["area_percent"] == pytest.approx(16.67, abs=0.01)


def test_a_hole_longer_than_asked_for_is_left_and_refused() -> None:
    with pytest.raises(Refused, match=r"a hole is 400\.0 mm around, more than close_holes_mm allows"):
        solid(placed(without(cube(0.1), [0, 1])), close_holes_mm=399)


def test_many_holes_of_a_ball_are_closed_each_by_its_own_fan() -> None:
    ball = placed(sphere(0.1, level=4))
    made = solid(without(ball, [5, 300, 301, 900]), close_holes_mm=1000)
    assert seams_of(made).closed and volume_m3(made) == pytest.approx(volume_m3(ball), rel=1e-3)


def test_holes_that_touch_in_a_corner_are_both_closed() -> None:
    ball = placed(sphere(0.1, level=4))
    corner = int(ball.triangles[0, 0])
    fan = np.flatnonzero((ball.triangles == corner).any(axis=1))
    made = solid(without(ball, [fan[0], fan[3]]), close_holes_mm=1000)
    assert seams_of(made).closed


def test_a_sheet_is_no_body() -> None:
    with pytest.raises(Refused, match="closing it would make up 50% of the surface, it is a sheet"):
        solid(placed(grid(10, size=0.3)), close_holes_mm=10_000)


def test_a_piece_of_ground_gets_a_plinth_with_walls_and_a_flat_base() -> None:
    hills = placed(grid(20, size=0.4, height=lambda x, z: 0.02 * np.sin(20 * x) * np.cos(15 * z)))
    made = solid(hills, plinth_mm=10)
    assert seams_of(made).closed
    low, _ = made.bounds
    assert low[1] == pytest.approx(-0.01) and figures(made, "plinth-added")["height_mm"] == 10
    under = np.mean(hills.positions[hills.triangles].mean(axis=1)[:, 1]) + 0.01
    assert volume_m3(made) == pytest.approx(0.16 * under, rel=0.02)
    assert "holes-closed" not in {f.code for f in made.findings}


def test_a_plinth_of_a_concave_rim_with_a_hole_in_the_ground_is_closed() -> None:
    sheet = placed(grid(12, size=0.3))
    middle = sheet.positions[sheet.triangles].mean(axis=1)
    notch = np.flatnonzero((middle[:, 0] > 0.05) & (np.abs(middle[:, 2]) < 0.05))
    hole = np.flatnonzero((middle[:, 0] < -0.05) & (np.abs(middle[:, 0] + 0.1) + np.abs(middle[:, 2]) < 0.03))
    made = solid(without(sheet, np.union1d(notch, hole)), plinth_mm=20, close_holes_mm=500)
    assert seams_of(made).closed and figures(made, "holes-closed")["count"] == 1
    area = 0.09 - len(notch) * 0.025**2 / 2
    assert volume_m3(made) == pytest.approx(area * 0.02, rel=1e-3)


def test_crowded_edges_are_refused_unless_their_triangles_may_go() -> None:
    fin = surface([(0, 0, 0), (0, 0, 0.1), (-0.05, 0, 0.05)], [(0, 1, 2)])
    crowded = placed(joined(cube(0.1), fin))
    with pytest.raises(Refused, match="triangles at edges that no body has: 3; give crowded = true"):
        solid(crowded, close_holes_mm=10_000)
    made = solid(crowded, close_holes_mm=10_000, crowded=True)
    assert seams_of(made).closed and figures(made, "crowded-removed")["count"] == 3


def test_a_body_that_is_inside_out_is_turned() -> None:
    box = cube(0.1)
    made = solid(placed(box.but(triangles=np.ascontiguousarray(box.triangles[:, ::-1]))))
    assert volume_m3(made) == pytest.approx(0.001)


def test_an_unplaced_scan_is_refused() -> None:
    with pytest.raises(Refused, match="put step place before it"):
        solid(cube())
