import tracemalloc

import numpy as np
import pytest

from pipeline import formats
from pipeline.errors import Refused
from pipeline.formats.gather import Gathering
from pipeline.matter import grid
from tests import clouds


def test_more_points_than_fit_are_thinned_evenly_while_they_come(monkeypatch):
    monkeypatch.setattr("pipeline.formats.limits.POINTS_KEPT_MAX", 2000)
    gathering = Gathering("a")
    points = clouds.ball(20_000, seed=4)
    for part in np.split(points, 40):
        gathering.add(part)
    cloud = gathering.cloud(source_format="points")
    kept = len(cloud.positions)
    assert 500 <= kept <= 2000
    assert clouds.codes(cloud) == {"points-thinned-reading": {"points": 20_000, "kept": kept}}
    gaps = np.linalg.norm(points[::100, None] - cloud.positions[None], axis=2).min(axis=1)
    assert gaps.max() < 0.25  # no part of the ball is bare
    assert {tuple(p) for p in cloud.positions} <= {tuple(p) for p in points}  # measured points, not means


def test_the_same_points_give_the_same_cloud_however_many_there_are(monkeypatch):
    monkeypatch.setattr("pipeline.formats.limits.POINTS_KEPT_MAX", 1000)

    def read():
        gathering = Gathering("a")
        for part in np.split(clouds.ball(9000), 9):
            gathering.add(part)
        return gathering.cloud(source_format="points").positions

    assert (read() == read()).all()


def test_a_far_stray_point_does_not_thin_the_rest_to_nothing():
    points = np.concatenate([clouds.ball(5000), [[4e9, 0, 0]]])
    edge = grid.edge_for(points, 1000)
    kept = len(grid.one_a_cell(points, edge))
    assert 250 <= kept <= 1000


def test_colours_after_thinning_stay_with_points_that_have_some(monkeypatch):
    monkeypatch.setattr("pipeline.formats.limits.POINTS_KEPT_MAX", 500)
    gathering = Gathering("a")
    sensor = gathering.stand(np.array([0.0, 0, 9]))
    for number in range(6):
        points = clouds.ball(200, seed=number)
        coloured = number % 2 == 0
        gathering.add(
            points,
            colours=np.full((200, 3), 128.0, np.float32) if coloured else None,
            sensor=sensor if coloured else -1,
        )
    cloud = gathering.cloud(source_format="points")
    assert ((cloud.colours[:, 3] > 0) == (cloud.seen_from == 0)).all()
    assert {tuple(c) for c in cloud.colours} == {(128, 128, 128, 255), (0, 0, 0, 0)}


def test_normals_that_only_some_points_have_are_no_normals():
    gathering = Gathering("a")
    gathering.add(clouds.ball(10), normals=clouds.ball(10) * 3)
    assert np.linalg.norm(gathering.cloud(source_format="").normals, axis=1) == pytest.approx(1)
    gathering.add(clouds.ball(10))
    assert gathering.cloud(source_format="").normals is None


def test_nothing_with_a_position_is_refused():
    gathering = Gathering("a.las")
    with pytest.raises(Refused, match=r"a\.las: the file holds no points"):
        gathering.cloud(source_format="las")
    gathering.add(np.full((3, 3), np.inf))
    with pytest.raises(Refused, match="none of the file's points has a position"):
        gathering.cloud(source_format="las")


def test_a_long_file_is_read_within_the_memory_that_is_kept(tmp_path, monkeypatch):
    points = np.tile(clouds.ball(10_000), (30, 1)) + np.linspace(0, 50, 300_000)[:, None]
    path = clouds.write_las(tmp_path / "a.laz", points, kind=0)
    monkeypatch.setattr("pipeline.formats.limits.POINTS_KEPT_MAX", 20_000)
    monkeypatch.setattr("pipeline.formats.limits.POINTS_AT_A_TIME", 10_000)
    formats.read(path)  # what is imported once is not the file's
    tracemalloc.start()
    cloud = formats.read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 5_000 <= len(cloud.positions) <= 20_000
    assert peak < 6 << 20  # the points alone would be 7 MB, with what is decoded 20


def test_points_at_zero_were_not_measured():
    gathering = Gathering("a")
    gathering.add(np.concatenate([clouds.ball(50) + 1000, np.zeros((30, 3))]))
    cloud = gathering.cloud(source_format="points")
    assert len(cloud.positions) == 50 and clouds.codes(cloud) == {"points-at-zero": {"points": 30}}
