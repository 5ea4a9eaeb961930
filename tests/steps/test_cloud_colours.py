"""Colours of clouds that are denser than their surface, against the truth they were taken from."""

import numpy as np
import pytest

from pipeline.errors import Refused
from pipeline.formats import read
from pipeline.measure.colour import ciede2000, colour_difference, lab, linear_of, srgb_of
from pipeline.measure.deviation import sample
from pipeline.measure.scene import scene_of
from pipeline.render.look import Look
from pipeline.steps.mesh import mesh
from tests import clouds

RED, BLUE = (190, 60, 40), (40, 90, 170)
SIDE = 40.0


def board(points):
    """Colours of squares of 1 mm in the plane of x and y, (N, 3)."""
    odd = (np.floor(points[:, 0]) + np.floor(points[:, 1])) % 2 > 0
    return np.where(odd[:, None], RED, BLUE).astype(np.uint8)


def chequered(spacing=0.25, noise=0.03, at=(0.0, 0.0, 0.0)):
    """A plane of 40 mm, a point somewhere in each square of 0.25 mm, 0.03 mm off it."""
    random = np.random.default_rng(6)
    line = np.arange(0, SIDE, spacing)
    x, y = (axis.ravel() for axis in np.meshgrid(line, line))
    points = np.stack([x, y, np.zeros_like(x)], axis=1)
    points[:, :2] += random.uniform(0, spacing, (len(points), 2))
    colours = np.full((len(points), 4), 255, np.uint8)
    colours[:, :3] = board(points)
    points[:, 2] += random.normal(scale=noise, size=len(points))
    return clouds.cloud(points + at, colours=colours)


def off(surface):
    """Mean CIEDE2000 between a surface and the squares, at 20,000 places."""
    random = np.random.default_rng(7)
    places = np.zeros((20_000, 3))
    places[:, :2] = random.uniform(1, SIDE - 1, (20_000, 2))
    triangle, uv = scene_of(surface).nearest(places)
    found = Look(surface, 8192).colours(triangle, uv)
    return float(ciede2000(lab(found), lab(linear_of(board(places)))).mean())


def test_squares_finer_than_the_surface_stay_squares():
    """Points 0.25 mm apart, vertices 0.5: mean CIEDE2000 is 18.6 with colours at the vertices, 10.1 in the
    texture."""
    cloud = chequered()
    made = mesh(cloud, unit="mm", max_depth=6)
    plain = mesh(cloud, unit="mm", max_depth=6, colours="vertices")
    assert off(plain) > 17 and off(made) < 0.7 * off(plain)
    assert made.colours is None and plain.colours is not None and len(made.triangles) == len(plain.triangles)
    told = clouds.codes(made)["cloud-colours-in-texture"]
    assert told["points"] == 25_600 and told["vertices"] == len(plain.positions)
    assert 0.25 <= told["texel_mm"] < 0.27  # never finer than the points
    texture = made.materials[0].colour_texture.texture
    assert told["px"] == texture.width == texture.height
    assert np.isfinite(made.positions).all() and np.isfinite(made.uvs[0]).all()


def test_the_same_points_give_the_same_picture():
    one, two = (mesh(chequered(spacing=0.4), unit="mm", max_depth=5) for _ in range(2))
    assert one.textures()[0].sha256 == two.textures()[0].sha256
    assert (one.uvs[0] == two.uvs[0]).all() and one.findings == two.findings


def test_a_survey_far_from_its_origin_keeps_its_squares():
    far = np.array([500_000.0, 4_000_000.0, 70.0])
    near, there = (mesh(chequered(at=at), unit="mm", max_depth=6) for at in ((0, 0, 0), far))
    assert there.bounds[0] == pytest.approx(near.bounds[0] + far, abs=0.1)
    assert off(there.but(positions=there.positions - far)) == pytest.approx(off(near), abs=0.5)


def test_a_wall_of_a_millimetre_has_each_side_in_its_own_colour():
    random = np.random.default_rng(8)
    front = np.concatenate([random.uniform(0, 20, (25_000, 2)), np.full((25_000, 1), 0.5)], axis=1)
    points = np.concatenate([front, front * (1, 1, -1)])
    colours = np.full((50_000, 4), 255, np.uint8)
    colours[:25_000, :3], colours[25_000:, :3] = RED, BLUE
    stands = np.array([[10.0, 10, 300], [10, 10, -300]])
    seen_from = np.repeat(np.int32([0, 1]), 25_000)
    made = mesh(
        clouds.cloud(points, colours=colours, seen_from=seen_from, sensors=stands), unit="mm", max_depth=6
    )
    assert "cloud-colours-in-texture" in clouds.codes(made)
    for side, colour in ((0.5, RED), (-0.5, BLUE)):
        places = np.concatenate([random.uniform(1, 19, (5000, 2)), np.full((5000, 1), side)], axis=1)
        triangle, uv = scene_of(made).nearest(places)
        found = Look(made, 4096).colours(triangle, uv)
        assert np.abs(found - linear_of(np.uint8(colour))).max() < 0.02


def test_where_two_stands_saw_the_same_the_near_one_that_saw_it_squarely_is_believed():
    cloud = chequered(spacing=0.4)
    colours = np.full((2 * len(cloud.positions), 4), 255, np.uint8)
    half = len(cloud.positions)
    colours[:half, :3], colours[half:, :3] = RED, BLUE
    stands = np.array([[SIDE / 2, SIDE / 2, 100.0], [900.0, SIDE / 2, 300.0]])
    both = clouds.cloud(
        np.concatenate([cloud.positions, cloud.positions + 0.01]),
        colours=colours,
        seen_from=np.repeat(np.int32([0, 1]), half),
        sensors=stands,
    )
    made = mesh(both, unit="mm", max_depth=5)
    places = np.random.default_rng(9).uniform(1, SIDE - 1, (5000, 3)) * (1, 1, 0)
    found = Look(made, 4096).colours(*scene_of(made).nearest(places)).mean(axis=0)
    red, blue = linear_of(np.uint8(RED)), linear_of(np.uint8(BLUE))
    assert np.linalg.norm(found - red) < 0.1 * np.linalg.norm(found - blue)


def test_a_cloud_no_denser_than_its_surface_keeps_its_colours_at_the_vertices():
    points = clouds.ball(4000)
    made = mesh(clouds.cloud(points, colours=clouds.halves(points)))
    told = clouds.codes(made)["cloud-colours-at-vertices"]
    assert told == {"points": 4000, "vertices": len(made.positions)}
    assert made.colours is not None and not made.textures() and not made.uvs


@pytest.mark.parametrize("alpha", [None, 0])
def test_a_dense_cloud_without_colours_gets_none(alpha):
    cloud = chequered(spacing=0.4)
    colours = None if alpha is None else np.zeros((len(cloud.positions), 4), np.uint8)
    made = mesh(cloud.but(colours=colours), unit="mm", max_depth=5)
    assert made.colours is None and not made.textures() and not made.uvs
    assert not any(code.startswith("cloud-colours") for code in clouds.codes(made))


def test_a_surface_too_large_to_lay_out_keeps_its_colours_at_the_vertices_and_says_so(monkeypatch):
    monkeypatch.setattr("pipeline.steps.cloud_colours.MOST_TRIANGLES", 100)
    made = mesh(chequered(), unit="mm", max_depth=6)
    assert made.colours is not None and not made.materials[0].colour_texture
    assert clouds.codes(made)["cloud-colours-of-large-surface"]["points"] == 25_600


def test_colours_of_stray_points_are_not_painted():
    cloud = chequered(spacing=0.4)
    strays = np.random.default_rng(10).uniform((0, 0, 5), (SIDE, SIDE, SIDE), (300, 3))
    green = np.tile(np.uint8([0, 255, 0, 255]), (300, 1))
    both = clouds.cloud(
        np.concatenate([cloud.positions, strays]), colours=np.concatenate([cloud.colours, green])
    )
    told = clouds.codes(mesh(both, unit="mm", max_depth=5))
    assert told["cloud-colours-in-texture"]["points"] == len(cloud.positions)


def test_a_side_that_no_atlas_has_is_refused():
    with pytest.raises(Refused, match="max_px = 20 is not allowed; give 64 to 16384"):
        mesh(chequered(spacing=1.0), max_px=20)


@pytest.mark.real
def test_points_of_a_textured_scan_bring_its_picture_back(scans):
    """150,000 points of trench_019, a surface of 18,000 vertices: 3.3 at the vertices, 1.9 in the texture."""
    scan = read(scans / "excavation-obj/trench_019.obj")
    points = sample(scan, 150_000, 3)
    colours = np.full((len(points), 4), 255, np.uint8)
    colours[:, :3] = srgb_of(Look(scan, 8192).colours(*scene_of(scan).nearest(points)))
    cloud = clouds.cloud(points, colours=colours)
    made = colour_difference(scan, mesh(cloud, max_depth=7))
    plain = colour_difference(scan, mesh(cloud, max_depth=7, colours="vertices"))
    assert made.mean < 0.7 * plain.mean and made.p95 < 0.7 * plain.p95
