"""Curvature of shapes whose curvature is known."""

from itertools import pairwise

import numpy as np
import pytest

from pipeline.measure.curvature import mean_curvature
from tests.shapes import cube, grid, joined, sphere, surface


def tube(radius=0.02, length=0.1, around=96, along=60):
    """An open pipe along X, seen from outside."""
    turn = np.arange(around) * 2 * np.pi / around
    x, angle = np.meshgrid(np.linspace(0, length, along + 1), turn, indexing="ij")
    points = np.stack([x, radius * np.cos(angle), radius * np.sin(angle)], axis=-1).reshape(-1, 3)
    at = np.arange((along + 1) * around).reshape(along + 1, around)
    a, b = at[:-1].ravel(), at[1:].ravel()
    c, d = np.roll(at, -1, axis=1)[1:].ravel(), np.roll(at, -1, axis=1)[:-1].ravel()
    return surface(points, np.concatenate([np.stack([a, c, b], 1), np.stack([a, d, c], 1)]))


def stairs(tread=0.03, rise=0.02):
    """Three levels along X, up at ``tread`` and down at twice that, as an unfolded sheet."""
    profile = [(0, 0), (tread, 0), (tread, rise), (2 * tread, rise), (2 * tread, 0), (3 * tread, 0)]
    fine = []
    for one, two in pairwise(profile):
        fine += [np.array(one) + (np.array(two) - one) * k / 20 for k in range(20)]
    fine.append(np.array(profile[-1]))
    sheet = grid(len(fine) - 1, size=0.09)
    column = np.rint(sheet.uvs[0][:, 0] * (len(fine) - 1)).astype(int)
    points = sheet.positions.copy()
    points[:, :2] = np.array(fine)[column]
    return sheet.but(positions=points)


def noisy(s, sigma, seed=1):
    random = np.random.default_rng(seed)
    return s.but(positions=s.positions + random.normal(0, sigma, s.positions.shape))


@pytest.mark.parametrize("radius", [0.03, 1.7])
def test_a_ball_has_one_by_its_radius_everywhere(radius):
    found = mean_curvature(sphere(radius, level=5), radius_m=radius / 50)
    assert np.abs(found * radius - 1).max() < 0.001


def test_a_ball_seen_from_inside_is_as_hollow_as_it_is_convex():
    ball = sphere(0.05, level=4)
    inside = ball.but(triangles=np.ascontiguousarray(ball.triangles[:, ::-1]))
    assert mean_curvature(inside, radius_m=0.001) == pytest.approx(-20, rel=0.03)


@pytest.mark.parametrize("factor", [0.001, 30.0])
def test_a_form_made_larger_is_less_curved_by_as_much(factor):
    form = stairs()
    one = mean_curvature(form, radius_m=0.002)
    two = mean_curvature(form.but(positions=form.positions * factor), radius_m=0.002 * factor)
    assert np.abs(one).max() > 50
    assert np.abs(two * factor - one).max() < 1e-3 * np.abs(one).max()


def test_a_plane_has_none_however_it_is_cut_and_lies():
    turn = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]
    flat = grid(30, size=0.2)
    points = flat.positions + np.random.default_rng(3).uniform(-0.002, 0.002, flat.positions.shape) * (
        1,
        0,
        1,
    )
    found = mean_curvature(flat.but(positions=points @ turn.T), radius_m=0.01)
    assert np.abs(found).max() < 1e-9


def test_a_pipe_has_half_of_one_by_its_radius_up_to_its_open_ends():
    found = mean_curvature(tube(0.02), radius_m=0.002)
    assert np.abs(found * 2 * 0.02 - 1).max() < 0.01


def test_half_a_ball_is_as_curved_at_its_rim_as_at_its_top():
    ball = sphere(0.05, level=5)
    upper = ball.positions[ball.triangles].mean(axis=1)[:, 1] > 0.011
    half = ball.but(triangles=ball.triangles[upper], material_of=ball.material_of[upper])
    found = mean_curvature(half, radius_m=0.001)[half.used()]
    assert np.abs(found * 0.05 - 1).max() < 0.02


def test_stairs_are_curved_at_their_edges_alone_convex_above_and_hollow_below():
    form, radius = stairs(), 0.002
    found = mean_curvature(form, radius_m=radius)
    x, y, _ = form.positions.T
    inner = (form.positions[:, 2] > 0.01) & (form.positions[:, 2] < 0.08)
    for corner_x in (0.03, 0.06):
        for corner_y, sign in ((0.0, -1), (0.02, 1)):
            far = np.hypot(x - corner_x, y - corner_y)
            assert (sign * found[inner & (far < 1e-9)]).min() > 30, (corner_x, corner_y)
    away = np.min([np.hypot(x - cx, y - cy) for cx in (0.03, 0.06) for cy in (0.0, 0.02)], axis=0)
    assert np.abs(found[away > 4 * radius]).max() < 2
    assert np.count_nonzero(away > 4 * radius) > len(found) / 4


def test_the_curvature_across_an_edge_adds_up_to_half_of_what_it_turns_whatever_the_radius():
    form = stairs()
    column = np.abs(form.positions[:, 2] - 0.045) < 0.02
    for radius in (0.002, 0.004):
        found = mean_curvature(form, radius_m=radius)
        x, y, _ = form.positions.T
        near = column & (np.hypot(x - 0.03, y - 0.02) < 0.009)
        along = np.where(y[near] < 0.02 - 1e-9, y[near] - 0.02, x[near] - 0.03)
        order = np.argsort(along)
        turned = np.trapezoid(found[near][order], along[order])
        assert turned == pytest.approx(np.sin(np.pi / 4), rel=0.1)


def test_noise_of_a_scan_is_smoothed_away_and_the_form_stays():
    ball = noisy(sphere(0.05, level=6), 0.02e-3)
    rough = mean_curvature(ball, radius_m=0.0)
    smooth = mean_curvature(ball, radius_m=0.006)
    assert np.std(rough) > 3 * np.std(smooth)
    assert np.abs(smooth * 0.05 - 1).mean() < 0.05


def test_the_two_sides_of_a_thin_wall_do_not_mix():
    outer, inner = sphere(0.05, level=5), sphere(0.0495, level=5)
    inner = inner.but(triangles=np.ascontiguousarray(inner.triangles[:, ::-1]))
    found = mean_curvature(joined(outer, inner), radius_m=0.003)
    half = len(outer.positions)
    assert found[:half] == pytest.approx(20, rel=0.03) and found[half:] == pytest.approx(
        -1 / 0.0495, rel=0.03
    )


def test_a_seam_is_no_border():
    ball = sphere(0.05, level=4)
    corners = ball.triangles.ravel()
    loose = surface(ball.positions[corners], np.arange(len(corners)).reshape(-1, 3))
    found = mean_curvature(loose, radius_m=0.001)
    assert found == pytest.approx(mean_curvature(ball, radius_m=0.001)[corners], rel=1e-5)


def test_triangles_without_area_slivers_and_crossing_sheets_leave_numbers():
    ball = sphere(0.05, level=4)
    a, b, c = ball.triangles[0]
    middle = len(ball.positions)
    points = np.concatenate([ball.positions, [(ball.positions[a] + ball.positions[b]) / 2]])
    odd = [(a, b, middle), (a, a, b), (a, b, ball.triangles[40][2]), (c, middle, a)]
    broken = surface(points, np.concatenate([ball.triangles, odd]))
    found = mean_curvature(broken, radius_m=0.001)
    assert np.isfinite(found).all()
    far = np.linalg.norm(broken.positions - ball.positions[a], axis=1) > 0.03
    assert found[far] == pytest.approx(20, rel=0.05)


def test_what_consists_of_borders_alone_has_no_curvature_and_neither_has_nothing():
    one = surface([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [(0, 1, 2)])
    assert (mean_curvature(one, radius_m=0.1) == 0).all()
    line = surface([(0, 0, 0), (1, 0, 0), (2, 0, 0)], [(0, 1, 2)])
    assert (mean_curvature(line, radius_m=0.1) == 0).all()


def test_a_block_is_convex_at_every_corner():
    assert (mean_curvature(cube(0.1), radius_m=0.01) > 0).all()


def test_the_same_surface_gives_the_same_numbers():
    one, two = (mean_curvature(noisy(sphere(0.05), 1e-5), radius_m=0.002) for _ in range(2))
    assert one.tobytes() == two.tobytes()
