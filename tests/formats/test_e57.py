import contextlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import formats
from pipeline.errors import Refused
from tests import clouds

POINTS = clouds.ball(1000) + np.array([10.0, 20.0, 1.0])
LEFT, RIGHT = np.array([10.0, 20.0, 6.0]), np.array([10.0, 20.0, -4.0])
GREY = np.full((1000, 3), (90, 120, 150), np.uint8)


def test_two_posed_scans_land_in_one_frame_and_know_where_they_were_seen_from(tmp_path):
    up = clouds.visible(POINTS - (10, 20, 1), LEFT - (10, 20, 1))
    scans = [(POINTS[up], LEFT, GREY[up], {}), (POINTS[~up], RIGHT, GREY[~up], {})]
    cloud = formats.read(clouds.write_e57(tmp_path / "a.e57", scans))
    assert (cloud.source_format, cloud.unit) == ("e57", "m")
    assert np.abs(cloud.positions - np.concatenate([POINTS[up], POINTS[~up]])).max() < 1e-6
    assert cloud.sensors.tolist() == [LEFT.tolist(), RIGHT.tolist()]
    assert cloud.seen_from.tolist() == [0] * int(up.sum()) + [1] * int((~up).sum())
    assert (cloud.colours == (90, 120, 150, 255)).all()


def test_a_scan_without_photographs_beside_one_with_has_points_without_a_colour(tmp_path):
    scans = [(POINTS, LEFT, GREY, {}), (POINTS, RIGHT, None, {})]
    cloud = formats.read(clouds.write_e57(tmp_path / "a.e57", scans))
    assert (cloud.colours[:1000] == (90, 120, 150, 255)).all() and not cloud.colours[1000:].any()


def test_points_without_a_distance_are_left_out_and_counted(tmp_path):
    invalid = np.zeros(1000, np.int8)
    invalid[::10] = 2
    scans = [(POINTS, LEFT, None, {"cartesianInvalidState": invalid})]
    cloud = formats.read(clouds.write_e57(tmp_path / "a.e57", scans))
    assert len(cloud.positions) == 900 and cloud.colours is None
    assert clouds.codes(cloud) == {"points-invalid": {"points": 100}}


def test_intensities_alone_are_no_colours(tmp_path):
    intensity = {"intensity": np.linspace(0, 1, 1000, dtype=np.float32)}
    cloud = formats.read(clouds.write_e57(tmp_path / "a.e57", [(POINTS, LEFT, None, intensity)]))
    assert cloud.colours is None and set(clouds.codes(cloud)) == {"points-only-intensity"}
    coloured = formats.read(clouds.write_e57(tmp_path / "b.e57", [(POINTS, LEFT, GREY, intensity)]))
    assert coloured.findings == ()


def test_a_merged_cloud_at_the_origin_does_not_pretend_to_have_been_seen_from_there(tmp_path):
    scans = [(POINTS, (0, 0, 0), None, {})]
    assert formats.read(clouds.write_e57(tmp_path / "a.e57", scans)).seen_from is None
    grid = {"rowIndex": np.arange(1000, dtype=np.uint16), "columnIndex": np.zeros(1000, np.uint16)}
    cloud = formats.read(clouds.write_e57(tmp_path / "b.e57", [(POINTS, (0, 0, 0), None, grid)]))
    assert cloud.sensors.tolist() == [[0, 0, 0]] and not cloud.seen_from.any()


def test_angles_and_ranges_become_coordinates(tmp_path):
    """A scanner's own frame: range, azimuth about Z from X on, elevation above the plane."""
    from pipeline.formats.e57 import _SPHERICAL, _Scan

    scan = object.__new__(_Scan)
    scan.axes, scan.rotation, scan.translation = _SPHERICAL, np.eye(3), np.array([1.0, 0, 0])
    half = np.pi / 2
    columns = dict(zip(_SPHERICAL, np.array([[2, 2, 2], [0, half, 0], [0, 0, half]], float), strict=True))
    assert scan.placed(columns) == pytest.approx(np.array([[3, 0, 0], [1, 2, 0], [1, 0, 2]], float))


def test_colours_of_sixteen_bits_and_points_without_one():
    from pipeline.formats.e57 import _COLOURS, _Scan

    scan = object.__new__(_Scan)
    scan.has_colours, scan.limits = True, (np.zeros(3, np.float32), np.full(3, 65535, np.float32))
    columns = {name: np.array([0.0, 257.0 * 100, 65535.0]) for name in _COLOURS}
    columns["isColorInvalid"] = np.array([0.0, 0, 1])
    assert scan.colours(columns, 3).tolist() == [[0, 0, 0, 255], [100, 100, 100, 255], [0, 0, 0, 0]]


def test_a_scan_in_blocks_gives_the_same_cloud(tmp_path, monkeypatch):
    path = clouds.write_e57(tmp_path / "a.e57", [(POINTS, LEFT, GREY, {}), (POINTS, RIGHT, None, {})])
    whole = formats.read(path)
    monkeypatch.setattr("pipeline.formats.limits.POINTS_AT_A_TIME", 37)
    parts = formats.read(path)
    assert (parts.positions == whole.positions).all() and (parts.colours == whole.colours).all()
    assert (parts.seen_from == whole.seen_from).all()


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99])
def test_a_file_that_is_cut_off_is_refused(tmp_path, share):
    path = clouds.write_e57(tmp_path / "a.e57", [(POINTS, LEFT, GREY, {})])
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(Refused, match="E57 file is damaged"):
        formats.read(path)


def test_a_turned_byte_is_refused_and_the_file_stays(tmp_path):
    path = clouds.write_e57(tmp_path / "a.e57", [(POINTS, LEFT, GREY, {})])
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(Refused, match="E57 file is damaged"):
        formats.read(path)
    assert path.read_bytes() == bytes(data)


def sealed(data):
    """Sets the check sum of every page of 1024 bytes (CRC-32C, big-endian) as ASTM E2807 asks for."""
    table = []
    for byte in range(256):
        rest = byte
        for _ in range(8):
            rest = rest >> 1 ^ (0x82F63B78 if rest & 1 else 0)
        table.append(rest)
    for page in range(0, len(data), 1024):
        total = 0xFFFFFFFF
        for byte in data[page : page + 1020]:
            total = table[(total ^ byte) & 255] ^ total >> 8
        data[page + 1020 : page + 1024] = (total ^ 0xFFFFFFFF).to_bytes(4, "big")
    return bytes(data)


def test_a_scan_that_claims_more_points_than_it_holds_is_refused(tmp_path):
    path = clouds.write_e57(tmp_path / "a.e57", [(POINTS, LEFT, None, {})])
    data = path.read_bytes()
    assert sealed(bytearray(data)) == data and b'recordCount="1000"' in data
    path.write_bytes(sealed(bytearray(data.replace(b'recordCount="1000"', b'recordCount="9999"'))))
    with pytest.raises(Refused, match="ends after 1000 of its 9999 points"):
        formats.read(path)


def test_more_points_than_the_file_has_bits_are_a_bomb(tmp_path, monkeypatch):
    path = clouds.write_e57(tmp_path / "a.e57", [(POINTS, LEFT, None, {})])
    monkeypatch.setattr("pipeline.formats.limits.POINTS_PER_BYTE_MAX", 0.01)
    with pytest.raises(Refused, match="claims 1000 points but is only"):
        formats.read(path)


PAGES = st.lists(
    st.tuples(st.sampled_from(["head", "data", "xml"]), st.integers(0, 2000), st.integers(0, 255)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=PAGES)
def test_damage_under_a_right_check_sum_is_read_or_refused(tmp_path, changes):
    path = clouds.write_e57(tmp_path / "a.e57", [(POINTS[:60], LEFT, GREY[:60], {})])
    data = bytearray(path.read_bytes())
    starts = {"head": 0, "data": 48, "xml": data.find(b"<?xml")}
    for place, offset, value in changes:
        at = (starts[place] + offset) % len(data)
        data[at] = value
    path.write_bytes(sealed(data))
    with contextlib.suppress(Refused):
        cloud = formats.read(path)
        assert 0 < len(cloud.positions) <= 60 and np.isfinite(cloud.positions).all()
