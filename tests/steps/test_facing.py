import numpy as np
import pytest

from pipeline.steps.facing import facing
from tests import clouds


def sides(points, found):
    """Share of normals that face away from the origin."""
    return float((np.einsum("ij,ij->i", found.normals, points) > 0).mean())


def test_a_ball_faces_out_when_nobody_knows_from_where_it_was_seen():
    points = clouds.ball(3000)
    found = facing(clouds.cloud(points), points)
    assert sides(points, found) == 1 and found.certain and found.evidence == "away from the middle"
    assert np.linalg.norm(found.normals, axis=1) == pytest.approx(1)


def test_every_piece_faces_out_of_itself():
    points = np.concatenate([clouds.ball(1500) + np.array([k * 5.0, 0, 0]) for k in range(3)])
    found = facing(clouds.cloud(points), points)
    for k in range(3):
        own = slice(1500 * k, 1500 * (k + 1))
        assert (np.einsum("ij,ij->i", found.normals[own], points[own] - (k * 5.0, 0, 0)) > 0).all()


def test_points_face_the_scanner_that_saw_them():
    points = clouds.ball(2000)
    inside = clouds.cloud(points, seen_from=np.zeros(2000, np.int32), sensors=np.zeros((1, 3)))
    found = facing(inside, points)
    assert sides(points, found) == 0 and found.certain  # a room, seen from its middle


def test_points_of_unknown_origin_follow_the_nearest_that_is_known():
    points = clouds.ball(2000)
    seen = np.where(np.arange(2000) % 3 == 0, 0, -1).astype(np.int32)
    found = facing(clouds.cloud(points, seen_from=seen, sensors=np.zeros((1, 3))), points)
    assert sides(points, found) == 0


def test_normals_of_the_file_are_believed_unless_the_scanner_says_otherwise():
    points = clouds.ball(500)
    inwards = (-points).astype(np.float32)
    assert sides(points, facing(clouds.cloud(points, normals=inwards), points)) == 0
    up = clouds.cloud(
        points, normals=inwards, seen_from=np.zeros(500, np.int32), sensors=np.array([[0, 0, 1e6]])
    )
    found = facing(up, points)
    assert (found.normals[:, 2] >= 0).all()


def test_a_flat_sheet_tells_no_side_and_that_is_not_called_certain():
    x, y = np.random.default_rng(5).uniform(-1, 1, (2, 1500))
    points = np.stack([x, y, 0 * x], axis=1)
    found = facing(clouds.cloud(points), points)
    assert not found.certain
    assert len(set(np.sign(found.normals[:, 2]))) == 1  # but it agrees with itself


def test_more_points_than_sides_are_carried_along_take_theirs_from_the_nearest(monkeypatch):
    monkeypatch.setattr("pipeline.steps.facing.TREE_POINTS", 500)
    points = clouds.ball(4000)
    assert sides(points, facing(clouds.cloud(points), points)) == 1
