import numpy as np
import pytest

from pipeline.matter.surface import Material
from pipeline.render import pictures, poster, poster_camera, render, share, view_cameras
from pipeline.render.camera import framed, front_view
from pipeline.steps.place import place
from tests.pictures import chequer, encoded, painted
from tests.shapes import cube, grid, sphere


def placed(s):
    return place(s, up="+y", evidence="given")


def test_a_red_ball_is_red_and_brighter_on_the_side_of_the_key():
    ball = placed(sphere(0.1).but(materials=(Material(base_colour=(0.5, 0.05, 0.05, 1)),)))
    picture = poster(ball, size_px=200).astype(int)
    red, green, alpha = picture[..., 0], picture[..., 1], picture[..., 3]
    solid = (alpha == 255) & (red > green + 30)
    assert solid.mean() > 0.4
    columns = np.arange(200)[None, :].repeat(200, axis=0)
    inner = [columns[solid].min() + 25, columns[solid].max() - 25]
    assert red[solid & (columns < inner[0])].mean() > red[solid & (columns > inner[1])].mean() + 10


def test_the_ground_round_the_object_is_transparent_and_darkest_at_its_foot():
    alpha = poster(placed(sphere(0.1)), size_px=200)[..., 3].astype(int)
    assert alpha[0].max() == 0 and alpha[:, 0].max() < 40
    foot = alpha[170:199, 100]
    assert ((foot > 60) & (foot < 255)).any()


def test_the_outline_just_fills_the_picture():
    for shape in (cube(), sphere(0.1), grid(4, size=30.0, height=lambda x, z: 0.1 * x)):
        solid = render(
            placed(shape), camera=poster_camera(placed(shape)), width=160, height=160, ground=False
        )
        rows, columns = np.flatnonzero(solid[..., 3].any(axis=1)), np.flatnonzero(solid[..., 3].any(axis=0))
        free = [rows[0], columns[0], 159 - rows[-1], 159 - columns[-1]]
        assert min(free) == pytest.approx(160 * 0.09, abs=3)
        assert min(free[0] + free[2], free[1] + free[3]) == pytest.approx(2 * 160 * 0.09, abs=6)


def test_texture_colours_land_where_the_uvs_say():
    board = placed(grid(4).but(materials=(painted(encoded(chequer(64, 2))),)))
    top = render(board, camera=framed(board, 0, 89.9, 1.0), width=100, height=100, ground=False).astype(int)
    # red where u and v are both small: to the left, and far from the viewer (small z is up in the picture)
    assert top[30, 30, 0] > top[30, 30, 2] + 40
    assert top[30, 70, 2] > top[30, 70, 0] + 40
    assert top[70, 30, 2] > top[70, 30, 0] + 40


def test_no_colour_is_shown_brighter_than_it_was_measured():
    white = placed(cube().but(materials=(Material(base_colour=(0.9, 0.9, 0.9, 1)),)))
    picture = poster(white, size_px=150)
    solid = picture[picture[..., 3] == 255][:, :3]
    assert solid.max() <= round(255 * (1.055 * 0.95 ** (1 / 2.4) - 0.055))


def test_an_inside_seen_through_a_hole_is_drawn():
    box = cube()
    lidless = placed(box.but(triangles=box.triangles[2:], material_of=box.material_of[2:]))
    seen = render(lidless, camera=framed(lidless, 270, 10, 1.0), width=80, height=80, ground=False)
    assert seen[40, 40, 3] == 255


def test_the_same_surface_gives_the_same_pictures():
    ball = placed(sphere(0.1, level=3))
    assert pictures(ball) == pictures(ball)


def test_the_picture_for_sharing_has_no_hole_in_its_ground():
    picture = share(placed(sphere(0.1)), width_px=240, height_px=126)
    assert picture.shape == (126, 240, 3)
    assert picture[0, 0].tolist() == [20, 17, 15]


def test_eight_views_go_round_the_object():
    eyes = np.array([c.eye for c in view_cameras(placed(cube()), 8)])
    angles = np.degrees(np.arctan2(eyes[:, 0], eyes[:, 2])) % 360
    assert np.sort(angles.round()) == pytest.approx(np.arange(0, 360, 45), abs=8)


def test_a_plate_on_its_back_is_looked_at_steeply_and_a_standing_one_from_its_front():
    plate = cube().but(positions=cube().positions * [1.0, 0.08, 1.0])
    assert front_view(placed(plate)) == (0.0, 60.0)
    panel = cube().but(positions=cube().positions * [1.0, 1.0, 0.08])
    azimuth, elevation = front_view(placed(panel))
    assert abs(azimuth) < 30 and elevation < 10
    sideways = cube().but(positions=cube().positions * [0.08, 1.0, 1.0])
    azimuth, elevation = front_view(placed(sideways))
    assert 60 < azimuth < 120 and elevation < 10


def test_the_pictures_say_from_where_they_look():
    ball = placed(sphere(0.1, level=2))
    assert {p.view_deg for p in pictures(ball)} == {front_view(ball)}
    eye, target = (np.array(v) for v in (poster_camera(ball).eye, poster_camera(ball).target))
    away = (eye - target) / np.linalg.norm(eye - target)
    assert np.degrees(np.arctan2(away[0], away[2])) == pytest.approx(front_view(ball)[0], abs=0.01)
    assert np.degrees(np.arcsin(away[1])) == pytest.approx(front_view(ball)[1], abs=0.01)


def test_the_object_fills_the_shared_picture_and_stands_in_its_middle():
    for shape in (sphere(0.1), cube().but(positions=cube().positions * [3.0, 0.5, 1.0])):
        picture = share(placed(shape), width_px=400, height_px=210).astype(int)
        solid = picture.sum(axis=2) > 20 + 17 + 15 + 60
        rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
        assert (rows[0] + rows[-1]) / 2 == pytest.approx(105, abs=6)
        assert (columns[0] + columns[-1]) / 2 == pytest.approx(200, abs=6)
        assert max((rows[-1] - rows[0]) / 210, (columns[-1] - columns[0]) / 400) == pytest.approx(
            0.82, abs=0.05
        )


def test_a_normal_map_turns_the_light_the_way_it_says():
    def lit(red):
        bumps = np.full((8, 8, 3), (red, 128, 218), np.uint8)
        board = placed(grid(4).but(materials=(painted(encoded(bumps), role="data"),)))
        return render(board, camera=framed(board, 0, 60, 1.0), width=60, height=60, ground=False)[30, 30, 0]

    # the key stands to the upper left: leaning left (x against u) is brighter than leaning right
    assert int(lit(50)) > int(lit(128)) > int(lit(206))


def test_green_in_a_normal_map_points_against_v():
    def lit(green):
        bumps = np.full((8, 8, 3), (128, green, 218), np.uint8)
        board = placed(grid(4).but(materials=(painted(encoded(bumps), role="data"),)))
        return render(board, camera=framed(board, 0, 60, 1.0), width=60, height=60, ground=False)[30, 30, 0]

    # v grows towards the viewer and the key stands on the viewer's side: leaning away (green) is darker
    assert int(lit(50)) > int(lit(206))


def test_the_shadow_runs_out_before_the_picture_ends():
    wide = cube().but(positions=cube().positions * [3.0, 1.0, 3.0])
    for shape in (placed(wide), placed(sphere(0.1))):
        alpha = poster(shape, size_px=200)[..., 3].astype(int)
        rim = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
        assert rim.max() <= 2
        assert ((alpha > 60) & (alpha < 255)).any()


def test_one_look_of_a_scanner_is_shown_from_the_side_it_was_taken_from():
    ball = placed(sphere(0.1, level=3))
    middle = ball.positions[ball.triangles].mean(axis=1)
    for axis, sign, side in ((0, 1, 90), (0, -1, -90), (2, 1, 0)):
        half = ball.but(
            triangles=ball.triangles[middle[:, axis] * sign > 0.02],
            material_of=ball.material_of[middle[:, axis] * sign > 0.02],
        )
        azimuth, elevation = front_view(half)
        assert azimuth == pytest.approx(side, abs=30) and elevation < 20
