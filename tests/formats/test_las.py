import struct

import laspy
import numpy as np
import pytest

from pipeline import formats
from pipeline.errors import Refused
from tests import clouds

FAR = np.array([512_345.0, 4_812_345.0, 1_020.0])
POINTS = clouds.ball(500) + FAR


@pytest.mark.parametrize("name", ["a.las", "a.laz"])
@pytest.mark.parametrize("kind", [0, 3, 7])
def test_points_keep_their_far_coordinates_to_the_files_own_digit(tmp_path, name, kind):
    cloud = formats.read(clouds.write_las(tmp_path / name, POINTS, kind=kind))
    assert (cloud.source_format, len(cloud.positions)) == ("las", 500)
    assert np.abs(cloud.positions - POINTS).max() <= 0.5e-5 + 1e-9
    assert cloud.colours is None and cloud.seen_from is None and cloud.findings == ()


@pytest.mark.parametrize("scale", [1, 257])
def test_colours_of_eight_and_of_sixteen_bits_become_the_same_bytes(tmp_path, scale):
    colours = np.random.default_rng(2).integers(0, 256, (500, 3))
    colours[0] = 255
    cloud = formats.read(clouds.write_las(tmp_path / "a.laz", POINTS, colours=colours * scale))
    assert (cloud.colours[:, :3] == colours).all() and (cloud.colours[:, 3] == 255).all()


def test_columns_of_colours_that_nobody_filled_are_no_black_points(tmp_path):
    cloud = formats.read(clouds.write_las(tmp_path / "a.las", POINTS, colours=np.zeros((500, 3))))
    assert cloud.colours is None


def test_noise_and_withheld_points_are_left_out_and_counted(tmp_path):
    classes = np.full(500, 2, np.uint8)
    classes[:7], classes[7:10] = 7, 18
    withheld = np.zeros(500, np.uint8)
    withheld[490:] = 1
    path = clouds.write_las(tmp_path / "a.laz", POINTS, classification=classes, withheld=withheld)
    cloud = formats.read(path)
    assert np.abs(cloud.positions - POINTS[10:490]).max() < 1e-5
    assert clouds.codes(cloud) == {"points-noise": {"points": 20}}


def keys(**values):
    rows = [(1, 1, 0, len(values)), *((int(key[1:]), 0, 1, value) for key, value in values.items())]
    data = b"".join(struct.pack("<4H", *row) for row in rows)
    return laspy.VLR("LASF_Projection", 34735, "", data)


def wkt(text):
    return laspy.VLR("LASF_Projection", 2112, "", text.encode() + b"\0")


PROJECTED = 'PROJCS["CGCS2000",GEOGCS["x",UNIT["degree",0.0174532925199433]],{}]'


NEWER = 'PROJCRS["x",BASEGEOGCRS["y",DATUM["z",ELLIPSOID["e",6378137,298,LENGTHUNIT["metre",1]]]],'
NEWER += 'CS[Cartesian,2],AXIS["(E)",east],LENGTHUNIT["US survey foot",0.304800609601219]]'


@pytest.mark.parametrize(
    ("vlr", "unit"),
    [
        (keys(k1024=1, k3076=9001), "m"),
        (keys(k1024=1, k3076=9003), "ft"),
        (wkt(PROJECTED.format('UNIT["metre",1]')), "m"),
        (wkt(PROJECTED.format('UNIT["US survey foot",0.304800609601219]')), "ft"),
        (
            wkt('COMPD_CS["x",' + PROJECTED.format('UNIT["foot",0.3048]') + ',VERT_CS["h",UNIT["metre",1]]]'),
            "ft",
        ),
        (wkt(NEWER), "ft"),
        (keys(k1024=1), ""),
    ],
)
def test_the_coordinate_system_says_the_unit(tmp_path, vlr, unit):
    assert formats.read(clouds.write_las(tmp_path / "a.las", POINTS, vlrs=[vlr])).unit == unit


DEGREES = 'GEOGCS["WGS 84",UNIT["degree",0.0174532925199433]]'


@pytest.mark.parametrize(
    "vlr",
    [keys(k1024=2), wkt(DEGREES), wkt(f'COMPD_CS["x",{DEGREES},VERT_CS["h",UNIT["metre",1]]]')],
)
def test_degrees_are_refused(tmp_path, vlr):
    with pytest.raises(Refused, match=r"degrees of longitude and latitude; export .* in metres"):
        formats.read(clouds.write_las(tmp_path / "a.las", POINTS, vlrs=[vlr]))


def changed(path, at, kind, value):
    data = bytearray(path.read_bytes())
    struct.pack_into(kind, data, at, value)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "at", "kind", "value", "said"),
    [
        ("a.las", 107, "<I", 3_000_000, "claims 3000000 points but is only"),
        ("a.las", 107, "<I", 4_100_000_000, "allowed are 0 to"),
        ("a.las", 100, "<I", 900_000_000, "claims 900000000 records before the points"),
        ("a.las", 96, "<I", 2_000_000_000, "which have no room there"),
        ("a.las", 131, "<d", float("nan"), "no scale for its coordinates"),
        ("a.las", 131, "<d", 0.0, "no scale for its coordinates"),
        ("a.laz", 107, "<I", 4_000_000_000, "claims 4000000000 points but is only"),
        ("a.laz", 105, "<H", 60_000, "packing of the LAZ file is damaged"),
    ],
)
def test_a_head_that_lies_is_refused_before_anything_is_allocated(tmp_path, name, at, kind, value, said):
    path = changed(clouds.write_las(tmp_path / name, POINTS), at, kind, value)
    with pytest.raises(Refused, match=said):
        formats.read(path)


def test_a_table_of_more_chunks_than_the_file_has_bytes_is_refused(tmp_path):
    path = clouds.write_las(tmp_path / "a.laz", POINTS)
    data = path.read_bytes()
    table = struct.unpack_from("<q", data, struct.unpack_from("<I", data, 96)[0])[0]
    with pytest.raises(Refused, match="packing of the LAZ file is damaged"):
        formats.read(changed(path, table + 4, "<I", 2_000_000_000))


@pytest.mark.parametrize("name", ["a.las", "a.laz"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_is_cut_off_is_refused(tmp_path, name, share):
    path = clouds.write_las(tmp_path / name, POINTS)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(Refused, match=r"a\.la"):
        formats.read(path)


def test_a_file_without_points_is_refused(tmp_path):
    with pytest.raises(Refused, match="holds no points"):
        formats.read(clouds.write_las(tmp_path / "a.las", POINTS[:1] * 1.0, classification=[7]))
