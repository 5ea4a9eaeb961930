import numpy as np
import pytest

from pipeline.formats import limits
from pipeline.formats.polygons import triangulate


def areas(positions, triangles):
    a, b, c = (positions[triangles[:, k]] for k in range(3))
    return np.cross(b - a, c - a) / 2


def star(points, far=0.0):
    angle = np.linspace(0, 2 * np.pi, 2 * points, endpoint=False)
    radius = np.where(np.arange(2 * points) % 2, 1.0, 3.0)
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle), 0 * angle)) + far


def shoelace(loop):
    x, y = loop[:, 0] - loop[0, 0], loop[:, 1] - loop[0, 1]
    return float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) / 2)


@pytest.mark.parametrize("points", [3, 5, 40])
@pytest.mark.parametrize("far", [np.zeros(3), np.array([5e5, 4.5e6, 300.0])])
def test_a_star_is_covered_exactly_once_whichever_way_it_lies(points, far):
    for turn in (np.eye(3), np.eye(3)[[1, 2, 0]], np.diag([1.0, -1, -1])):
        loop = star(points) @ turn + far
        triangles, polygon, fanned = triangulate(loop, np.arange(len(loop)), np.array([len(loop)]))
        assert len(triangles) == len(loop) - 2 and fanned == 0 and (polygon == 0).all()
        each = areas(loop - far, triangles)
        normal = each.sum(axis=0)
        assert np.linalg.norm(normal) == pytest.approx(shoelace(star(points)), rel=1e-6)
        assert (each @ normal > -1e-6).all()


def test_triangles_come_in_the_order_of_their_polygons():
    positions = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0.0]])
    triangles, polygon, _ = triangulate(
        positions, np.array([0, 1, 2, 3, 0, 1, 2, 1, 2, 3]), np.array([4, 3, 3])
    )
    assert polygon.tolist() == [0, 0, 1, 2]
    assert triangles.tolist() == [[0, 1, 2], [0, 2, 3], [4, 5, 6], [7, 8, 9]]


def test_polygons_of_fewer_than_three_corners_give_nothing():
    triangles, polygon, _ = triangulate(np.zeros((3, 3)), np.array([0, 1, 2]), np.array([2, 0, 1]))
    assert len(triangles) == 0 and len(polygon) == 0


def test_a_crossing_or_flat_polygon_ends_and_gives_as_many_triangles_as_any():
    bow = np.array([[0, 0, 0], [1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0], [2, 2, 0.0]])
    for loop in (bow, np.zeros((6, 3)), np.linspace([0, 0, 0], [1, 1, 1], 6)):
        triangles, _, _ = triangulate(loop, np.arange(6), np.array([6]))
        assert triangles.shape == (4, 3)


def test_a_huge_concave_polygon_becomes_a_fan_and_is_counted(monkeypatch):
    monkeypatch.setattr(limits, "CONCAVE_CORNERS_MAX", 20)
    triangles, _, fanned = triangulate(star(11), np.arange(22), np.array([22]))
    assert fanned == 1 and triangles[:, 0].tolist() == [0] * 20
