import numpy as np
import pytest

from pipeline.measure.deviation import deviation, sample
from tests.shapes import grid, sphere, surface


def test_a_plane_lifted_by_one_millimetre_is_one_millimetre_away():
    flat = grid(8, size=0.5)
    lifted = surface(np.add(flat.positions, [0, 0.001, 0]), flat.triangles)
    found = deviation(flat, lifted, samples=5000)
    assert found.mean == pytest.approx(1.0, abs=2e-4)
    assert found.p95 == pytest.approx(1.0, abs=2e-4)
    assert found.max == pytest.approx(1.0, abs=2e-4)


def test_a_coarse_ball_lies_inside_the_fine_one_by_its_sagitta():
    fine, coarse = sphere(0.1, level=6), sphere(0.1, level=3)
    corner = coarse.positions[coarse.triangles]
    deepest = 0.1 - np.linalg.norm(corner.mean(axis=1), axis=1).min()
    found = deviation(fine, coarse, samples=20_000)
    assert found.max == pytest.approx(deepest * 1000, rel=0.1)
    assert 0 < found.mean < found.p95 < found.max


def test_the_directions_are_told_apart():
    whole = grid(10, size=1.0)
    half = surface(
        whole.positions, whole.triangles[whole.positions[whole.triangles].mean(axis=1)[:, 0] < 0.5]
    )
    found = deviation(whole, half, samples=5000)
    assert found.model_to_scan[2] == pytest.approx(0, abs=1e-3)
    assert found.scan_to_model[2] == pytest.approx(500, rel=0.01)


def test_a_survey_far_from_the_origin_is_measured_to_the_micrometre():
    flat = grid(8, size=2.0)
    far = surface(np.add(flat.positions, [437_000.0, 0, 4_890_000.0]), flat.triangles)
    lifted = surface(np.add(far.positions, [0, 0.0001, 0]), far.triangles)
    assert deviation(far, lifted, samples=2000).mean == pytest.approx(0.1, abs=1e-3)


def test_the_same_seed_gives_the_same_figures():
    a, b = sphere(0.1, level=4), sphere(0.1, level=2)
    assert deviation(a, b, samples=1000) == deviation(a, b, samples=1000)


def test_points_are_drawn_evenly_by_area():
    stretched = grid(1).positions * [1, 1, 3]
    long_and_short = surface(
        np.concatenate([stretched, np.add(stretched, [5, 0, 0])]), [(0, 3, 1), (0, 2, 3), (4, 7, 5)]
    )
    points = sample(long_and_short, 9000, 1)
    assert (points[:, 0] > 4).mean() == pytest.approx(1 / 3, abs=0.001)
