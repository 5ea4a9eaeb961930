import os
import struct

import pytest

from pipeline import formats
from pipeline.errors import Refused
from pipeline.formats import sniff
from pipeline.matter.cloud import Cloud
from tests.formats import made

OBJ = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"
PLY_POINT = b"ply\nformat ascii 1.0\nelement vertex 1\n"
PLY_POINT += b"property float x\nproperty float y\nproperty float z\nend_header\n1 2 3\n"
CORNERS = [[[0, 0, 0], [1, 0, 0], [0, 1, 0]]]


def test_the_reader_is_picked_by_content_and_not_by_suffix(tmp_path):
    made.obj(tmp_path, OBJ).rename(tmp_path / "a.ply")
    made.stl_binary(tmp_path / "b.stl", CORNERS)
    made.ply_binary(tmp_path / "c.obj", [(0, 0, 0), (1, 0, 0), (0, 1, 0)], [(0, 1, 2)])
    found = [formats.read(tmp_path / n).source_format for n in ("a.ply", "b.stl", "c.obj")]
    assert found == ["obj", "stl", "ply"]


def test_every_readable_suffix_has_its_reader_and_is_named_in_refusals():
    readers = {".glb": "gltf", ".laz": "las", ".pts": "points", ".xyz": "points", ".asc": "points"}
    for suffix in sniff.SUFFIXES:
        assert readers.get(suffix, suffix[1:]) in formats.READERS
        assert suffix[1:].upper() in formats.READABLE.upper()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pts", b"3\n1 2 3 0 255 255 255\n2 3 4 0 1 2 3\n3 4 5 0 1 2 3\n"),
        ("a.xyz", b"1 2 3\n"),
        ("a.txt", b"x y z\n1 2 3\n"),
        (
            "a.ply",
            PLY_POINT,
        ),
    ],
)
def test_points_with_nothing_between_them_are_a_cloud(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    cloud = formats.read(tmp_path / name)
    assert isinstance(cloud, Cloud) and cloud.positions[0].tolist() == [1, 2, 3]
    assert formats.files(tmp_path / name) == (tmp_path / name,)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.asc", b"v 1 2 3\n", "stands where a number should"),
        ("renamed.obj", b"LASF" + bytes(100), "head of the LAS file is cut off"),
        ("a.laz", b"LASF" + bytes(400), "a.laz"),
        ("a.e57", b"ASTM-E57" + bytes(200), "E57 file is damaged"),
        ("a.ptx", b"1 2 3\n", "not the ten lines"),
    ],
)
def test_what_only_begins_like_a_cloud_is_refused(tmp_path, name, data, said):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Refused, match=said):
        formats.read(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("a.pts", b"[Expe/PointSet/Binary/0.1]\nproperty position 12\n", "a point set of the program Expe"),
        ("a.pcd", b"# .PCD v0.7\nVERSION 0.7\n", "a PCD cloud"),
        ("a.fbx", b"Kaydara FBX Binary  \0", "an FBX model"),
        ("a.usdz", b"PK\x03\x04" + bytes(50), "a ZIP archive"),
        ("a.obj", b"\xff\xd8\xff\xe0" + bytes(50), "a JPEG picture"),
        ("a.dae", b"<?xml version='1.0'?><COLLADA/>", "an XML file"),
        ("a.bin", bytes((i * 73 + 19) % 251 for i in range(64)), "unknown kind"),
        ("a", b"just words", "unknown kind"),
        ("a.glb", b"", "empty"),
    ],
)
def test_everything_else_is_refused_by_name_and_told_what_is_readable(tmp_path, name, data, what):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Refused, match=what) as refusal:
        formats.read(tmp_path / name)
    assert not data or formats.READABLE in str(refusal.value)


def test_a_folder_with_one_model_is_read_and_one_with_several_asks_which(tmp_path):
    made.obj(tmp_path, OBJ)
    (tmp_path / "notes.txt").write_text("x")
    assert len(formats.read(tmp_path).triangles) == 1
    assert [p.name for p in formats.files(tmp_path)] == ["a.obj"]
    made.stl_binary(tmp_path / "b.STL", CORNERS)
    with pytest.raises(Refused, match=r"2 models \(a.obj, b.STL\)"):
        formats.read(tmp_path)


def test_what_is_not_there_or_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.obj")
    for path, what in ((tmp_path / "x.obj", "no such file"), (tmp_path / "pipe.obj", "no ordinary file")):
        with pytest.raises(Refused, match=what):
            formats.read(path)
    with pytest.raises(Refused, match="no model"):
        formats.read(tmp_path)


def test_a_short_binary_stl_is_told_to_be_cut_off_and_not_of_an_unknown_kind(tmp_path):
    (tmp_path / "a.stl").write_bytes(bytes(80) + struct.pack("<I", 9) + bytes(100))
    with pytest.raises(Refused, match="claims 9 triangles"):
        formats.read(tmp_path / "a.stl")
