import numpy as np
import pytest

from pipeline import formats
from pipeline.errors import Refused

HEAD = "{columns}\n{rows}\n{x} {y} {z}\n1 0 0\n0 1 0\n0 0 1\n{matrix}"
QUARTER = "0 1 0 0\n-1 0 0 0\n0 0 1 0\n{x} {y} {z} 1\n"
"""A quarter turn about Z for row vectors: the scanner's X becomes the world's Y."""


def scan(points, at=(100, 200, 5), columns=1):
    x, y, z = at
    head = HEAD.format(
        columns=columns, rows=len(points) // columns, x=x, y=y, z=z, matrix=QUARTER.format(x=x, y=y, z=z)
    )
    return head + "".join(" ".join(map(str, p)) + "\n" for p in points)


def read(tmp_path, text):
    (tmp_path / "a.ptx").write_text(text)
    return formats.read(tmp_path / "a.ptx")


def test_points_are_placed_by_the_pose_and_seen_from_where_the_scanner_stood(tmp_path):
    one = scan([(2, 0, 0, 0.5), (0, 3, 1, 0.5)])
    two = scan([(1, 0, 0, 0.5, 10, 20, 30)] * 2, at=(0, 0, 0))
    cloud = read(tmp_path, one + two)
    assert cloud.source_format == "ptx"
    assert cloud.positions.tolist() == [[100, 202, 5], [97, 200, 6], [0, 1, 0], [0, 1, 0]]
    assert cloud.sensors.tolist() == [[100, 200, 5], [0, 0, 0]] and cloud.seen_from.tolist() == [0, 0, 1, 1]
    assert cloud.colours.tolist() == [[0, 0, 0, 0]] * 2 + [[10, 20, 30, 255]] * 2


def test_places_where_nothing_came_back_are_no_points(tmp_path):
    cloud = read(tmp_path, scan([(0, 0, 0, 0.5, 0, 0, 0), (1, 2, 3, 0.5, 9, 9, 9)] * 3, columns=2))
    assert len(cloud.positions) == 3 and (cloud.colours == (9, 9, 9, 255)).all() and cloud.findings == ()


def test_intensities_alone_are_no_colours(tmp_path):
    cloud = read(tmp_path, scan([(1, 2, 3, 0.5)] * 3))
    assert cloud.colours is None and [one.code for one in cloud.findings] == ["points-only-intensity"]


def test_blocks_end_where_the_next_head_begins(tmp_path, monkeypatch):
    text = "".join(scan([(n, k, 1, 0.5) for n in range(1, 40)], at=(k, 0, 0)) for k in range(5))
    whole = read(tmp_path, text)
    monkeypatch.setattr("pipeline.formats.limits.BLOCK_BYTES", 97)
    parts = read(tmp_path, text)
    assert len(whole.positions) == 195 and (parts.positions == whole.positions).all()
    assert np.bincount(parts.seen_from).tolist() == [39] * 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (scan([(1, 2, 3, 0.5)] * 4)[:-30], "ends after [0-9] of its 4 points"),
        (scan([(1, 2, 3, 0.5)] * 4).replace("1\n4\n", "90000\n90000\n", 1), "allowed are 0 to"),
        (scan([(1, 2, 3, 0.5)] * 4).replace("1\n4\n", "1\n5\n", 1), "ends after 4 of its 5 points"),
        (scan([(1, 2, 3, 0.5)] * 4).replace("1\n4\n", "1.5\n4\n", 1), "no number of columns and rows"),
        (scan([(1, 2, 3, 0.5)] * 4).replace("1 0 0\n", "1 0\n", 1), "not the ten lines of numbers"),
        (scan([(1, 2, 3, 0.5)] * 4) + "what\n", "a.ptx, line 15: the head of a scan is not"),
        (scan([(0, 0, 0, 0.5)] * 4), "holds no points"),
        ("these are words\n", "not the ten lines of numbers"),
    ],
)
def test_a_head_that_lies_or_is_none_is_refused(tmp_path, text, said):
    with pytest.raises(Refused, match=said):
        read(tmp_path, text)
