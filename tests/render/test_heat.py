"""The heat map shows where something was lost, on a scale that paper and every eye can read."""

import numpy as np
import pytest

from pipeline.measure.heat import deviation_at_vertices_mm, top_mm
from pipeline.render.heat import SHADE, heat, scale_colour
from pipeline.render.turn import turn_cameras, turned
from pipeline.steps.place import place
from tests.shapes import cube, grid, sphere, surface


def placed(shape):
    return place(shape, up="+y", evidence="given")


def test_the_scale_darkens_evenly_from_nothing_to_its_top_and_stops_there():
    colours = scale_colour(np.linspace(0, 1, 50))
    luma = colours @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(luma) < 0).all() and luma[0] > 235 and luma[-1] < 25
    assert (scale_colour(np.array([2.0, -1.0, np.nan])) == scale_colour(np.array([1.0, 0.0, 0.0]))).all()


def test_a_dent_is_dark_and_the_rest_is_light():
    ball = placed(sphere(0.1, level=5))
    camera = turn_cameras(ball)[0]
    towards = np.subtract(camera.eye, camera.target)
    front = (ball.positions - [0, 0.1, 0]) @ (towards / np.linalg.norm(towards)) > 0.09
    picture = heat(ball, np.where(front, 1, 0).astype(np.float32), 1.0, camera=camera, size_px=100)
    light = scale_colour(np.zeros(1))[0]
    assert picture[50, 50, 0] < 30 and picture[50, 50, 3] == 255
    ring = picture[50, 15].astype(float)
    assert ring[3] == 255 and (ring[:3] >= light * (1 - SHADE) - 1).all() and (ring[:3] <= light).all()
    assert picture[0, 0, 3] == 0


def test_a_plane_raised_by_one_millimetre_is_one_millimetre_off_at_every_vertex():
    flat = grid(6, size=0.5)
    raised = surface(np.add(flat.positions, [0, 0.001, 0]), flat.triangles)
    values = deviation_at_vertices_mm(flat, raised, samples=2000)
    assert values == pytest.approx(1.0, abs=1e-3)
    assert top_mm(values, raised.used()) == 1.0
    assert top_mm(values * 0, raised.used()) == 0.0


def test_what_was_lost_between_vertices_shows_at_them():
    bump = grid(40, size=1.0, height=lambda x, z: 0.01 * np.sin(np.pi * x) * np.sin(np.pi * z))
    two = grid(1, size=1.0)
    values = deviation_at_vertices_mm(bump, two, samples=5000)
    assert (values > 2).all()  # each of the four corners lies on the scan: its own distance is nothing


@pytest.mark.parametrize(
    "shape", [cube(), sphere(0.1, level=3), grid(4, size=3.0)], ids=["cube", "ball", "sheet"]
)
def test_the_turn_keeps_the_whole_object_in_every_picture_and_one_distance(shape):
    thing = placed(shape)
    cameras = turn_cameras(thing)
    far = [np.linalg.norm(np.subtract(one.eye, one.target)) for one in cameras]
    assert np.ptp(far) < 1e-9 and len({one.target for one in cameras}) == 1
    widest = 0.0
    for picture in turned(thing, cameras[::3], 60):
        solid = picture[..., 3] > 0
        assert not (solid[0].any() or solid[-1].any() or solid[:, 0].any() or solid[:, -1].any())
        widest = max(widest, solid.any(axis=0).mean(), solid.any(axis=1).mean())
    assert widest > 0.8
