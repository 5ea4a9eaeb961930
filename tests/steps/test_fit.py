import numpy as np

from pipeline.measure.deviation import deviation
from pipeline.steps.fit import fitted
from pipeline.steps.place import place
from pipeline.steps.simplify import simplify
from tests.shapes import cube, grid, sphere, surface


def placed(s):
    return place(s, up="+y", evidence="given")


def test_a_coarse_ball_inside_a_fine_one_comes_to_lie_half_outside():
    fine, coarse = sphere(0.05, level=6), sphere(0.05, level=3)
    before, after = deviation(fine, coarse), deviation(fine, fitted(coarse, fine))
    assert after.mean < 0.5 * before.mean and after.p95 < 0.6 * before.p95
    radii = np.linalg.norm(fitted(coarse, fine).positions, axis=1)
    assert radii.min() > 0.05


def test_what_lies_in_the_scan_already_does_not_move():
    sheet = grid(40, size=0.2)
    moved = fitted(grid(2, size=0.2), sheet)
    assert np.abs(moved.positions - grid(2, size=0.2).positions).max() < 1e-9


def test_a_cube_keeps_its_edges():
    box = cube(0.1)
    assert np.abs(fitted(box, box).positions - box.positions).max() < 1e-9


def test_the_rim_of_a_smaller_sheet_is_not_pulled_outwards():
    small, large = grid(6, size=0.1), grid(40, size=0.3)
    middle = large.positions - (0.1, 0, 0.1)
    moved = fitted(small, large.but(positions=middle))
    assert np.abs(moved.positions - small.positions).max() < 1e-6


def test_vertices_at_one_place_move_together():
    fine = sphere(0.05, level=5)
    coarse = sphere(0.05, level=2)
    corners = coarse.triangles.ravel()
    split = surface(coarse.positions[corners], np.arange(len(corners)).reshape(-1, 3))
    moved = fitted(split, fine)
    whole = fitted(coarse, fine)
    assert np.allclose(moved.positions, whole.positions[corners], atol=1e-12)


def test_the_same_scan_moves_the_same_vertices_by_the_same_way():
    fine, coarse = sphere(0.05, level=5), sphere(0.05, level=2)
    assert (fitted(coarse, fine).positions == fitted(coarse, fine).positions).all()


def test_a_level_with_fitting_needs_fewer_triangles_for_the_same_error():
    bumpy = placed(grid(120, size=0.3, height=lambda x, z: 0.004 * np.sin(40 * x) * np.cos(35 * z)))
    plain, better = (simplify(bumpy, max_error_mm=0.2, fit=fit) for fit in (False, True))
    assert len(better.triangles) < 0.92 * len(plain.triangles)
    assert deviation(bumpy, better).p95 <= 0.2
