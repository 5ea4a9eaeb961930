import numpy as np
import pytest

from pipeline.steps.mesh import mesh
from pipeline.steps.sight import believable
from tests import clouds


def seen_from(points, *places):
    """A cloud whose points are dealt out to the places in turn."""
    seen = (np.arange(len(points)) % len(places)).astype(np.int32)
    return clouds.cloud(points, seen_from=seen, sensors=np.array(places, float))


@pytest.mark.parametrize("place", [(0, 0, 1.5), (0, 0, 4), (10, 10, -30)])
def test_a_place_is_believed_when_its_points_are_in_sight_of_it(place):
    points = clouds.ball(6000)
    points = points[clouds.visible(points, place)]
    cloud = seen_from(points, place)
    assert believable(cloud, points, 0.06) is cloud


@pytest.mark.parametrize("place", [(0, 0, 1.5), (0, 0, 4), (10, 10, -30)])
def test_a_place_that_would_have_to_see_through_things_is_not(place):
    points = clouds.ball(6000)
    doubted = believable(seen_from(points, place), points, 0.06)
    assert doubted.seen_from is None and len(doubted.sensors) == 0
    assert clouds.codes(doubted) == {"sensors-doubted": {"count": 1}}


def test_only_the_wrong_one_of_two_places_is_left_out():
    points = clouds.ball(6000)
    up = clouds.visible(points, (0, 0, 5))
    cloud = clouds.cloud(
        np.concatenate([points[up], points]),
        seen_from=np.repeat([0, 1], [int(up.sum()), 6000]).astype(np.int32),
        sensors=np.array([[0, 0, 5.0], [0, 4.0, 0]]),
    )
    found = believable(cloud, cloud.positions, 0.06)
    assert np.unique(found.seen_from[: int(up.sum())]).tolist() == [0]
    assert np.unique(found.seen_from[int(up.sum()) :]).tolist() == [-1]


def test_a_merged_ball_with_a_shift_for_a_place_still_faces_out():
    points = clouds.ball(4000)
    found = mesh(seen_from(points, (0, 3, 3)))
    middles = found.positions[found.triangles].mean(axis=1)
    corners = found.positions[found.triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert ((normals * middles).sum(axis=1) > 0).mean() > 0.999
    assert clouds.codes(found)["cloud-meshed"]["sides"] == "away from the middle"


def test_a_surface_that_faces_a_scanner_inside_of_it_is_told():
    assert "faces-inwards" in clouds.codes(mesh(seen_from(clouds.ball(3000), (0, 0, 0))))


@pytest.mark.real
@pytest.mark.parametrize("name", ["lato180", "lato270"])
def test_a_real_range_map_is_in_sight_of_its_scanner_and_comes_back(scans, name):
    from pipeline.formats import read
    from pipeline.measure.deviation import deviation

    scan = read(scans / f"rangemaps/{name}.ply")
    used = scan.positions[scan.used()]  # the scanner stands at the origin
    points = used[::2] - used.mean(axis=0)
    cloud = clouds.cloud(
        points,
        seen_from=np.zeros(len(points), np.int32),
        sensors=-used.mean(axis=0)[None],
        source_format="ply",
    )
    found = mesh(cloud, unit="mm", max_depth=8)
    assert "sensors-doubted" not in clouds.codes(found) and "faces-inwards" not in clouds.codes(found)
    apart = deviation(scan.but(positions=scan.positions - used.mean(axis=0)), found, samples=10_000)
    assert apart.scan_to_model[0] < 0.001 * scan.diagonal * 1000
    assert apart.model_to_scan[1] < 0.01 * scan.diagonal * 1000
