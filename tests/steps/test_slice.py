import numpy as np
import pytest

from pipeline.matter.areas import areas_of
from pipeline.matter.rows import first_of, same_rows
from pipeline.measure import topology
from pipeline.steps.slice import above
from tests.shapes import cube, grid, sphere, surface


def nothing(s):
    return np.zeros(len(s.triangles), bool)


def area(s):
    return float(np.linalg.norm(areas_of(s), axis=1).sum() / 2)


def test_a_cube_cut_at_a_third_keeps_its_lid_and_two_thirds_of_its_walls_with_a_rim_in_the_plane():
    box = cube(3.0)
    rest = above(box, box.positions[:, 1] - 1.0, nothing(box))
    assert area(rest) == pytest.approx(9 + 4 * 6)
    assert rest.bounds[0].tolist() == [0, 1, 0]
    places = same_rows(rest.positions)[rest.triangles]
    edges = topology.edges(places)
    rim = rest.positions[first_of(same_rows(rest.positions))][edges.ends[edges.uses == 1]]
    assert (rim[..., 1] == 1).all() and edges.uses.max() == 2
    assert np.linalg.norm(rim[:, 0] - rim[:, 1], axis=1).sum() == pytest.approx(12)


def test_the_side_that_a_triangle_shows_stays_what_it_was():
    ball = sphere(level=3)
    cap = above(ball, ball.positions[:, 1] - 0.2113, nothing(ball))
    middles = cap.positions[cap.triangles].mean(axis=1)
    assert np.einsum("ij,ij->i", areas_of(cap), middles).min() >= 0


def test_texture_coordinates_and_colours_go_on_evenly_up_to_the_cut():
    sheet = grid(5, size=2.0)
    colours = np.zeros((len(sheet.positions), 4), np.uint8)
    colours[:, 0] = np.rint(100 * sheet.positions[:, 0])
    half = above(sheet.but(colours=colours), sheet.positions[:, 0] - 0.61, nothing(sheet))
    used = half.used()
    assert half.uvs[0][used] * 2 == pytest.approx(half.positions[used][:, [0, 2]], abs=1e-6)
    assert half.colours[used, 0] == pytest.approx(100 * half.positions[used, 0], abs=0.51)


def test_two_sides_of_a_texture_seam_are_cut_at_the_same_places():
    ball = sphere(level=3)
    apart = surface(ball.positions[ball.triangles].reshape(-1, 3), np.arange(3 * len(ball.triangles))[::-1])
    cap = above(apart, apart.positions[:, 1] + 0.123, nothing(apart))
    edges = topology.edges(same_rows(cap.positions)[cap.triangles])
    assert (edges.uses == 1).sum() == (edges.uses == 1).sum() // 4 * 4
    level = cap.positions[first_of(same_rows(cap.positions))][edges.ends[edges.uses == 1]]
    assert level[..., 1] == pytest.approx(-0.123, abs=1e-12)


def test_what_is_told_to_go_goes_wherever_it_lies():
    box = cube()
    gone = areas_of(box)[:, 1] > 0
    assert area(above(box, np.ones(8), gone)) == pytest.approx(5)
