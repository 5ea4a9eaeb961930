import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import Refused
from pipeline.formats.stl import read_stl
from tests.formats import made

TWO = np.array([[[0, 0, 0], [1, 0, 0], [1, 1, 0]], [[0, 0, 0], [1, 1, 0], [0, 1, 0]]], np.float32)


def text(corners, name="a b"):
    facets = "".join(
        "  facet normal 0 0 1\n    outer loop\n"
        + "".join("      vertex {!r} {!r} {!r}\n".format(*map(float, p)) for p in triangle)
        + "    endloop\n  endfacet\n"
        for triangle in corners
    )
    return f"solid {name}\n{facets}endsolid {name}\n"


def test_corners_at_the_same_place_become_one_vertex_in_the_files_order(tmp_path):
    surface = read_stl(made.stl_binary(tmp_path / "a.stl", TWO))
    assert surface.positions.tolist() == made.SQUARE.tolist()
    assert surface.triangles.tolist() == [[0, 1, 2], [0, 2, 3]] and surface.colours is None


def test_nought_and_minus_nought_are_the_same_place(tmp_path):
    corners = TWO.copy()
    corners[1, 0] = -0.0
    assert len(read_stl(made.stl_binary(tmp_path / "a.stl", corners)).positions) == 4


def test_ascii_with_several_solids_capitals_and_other_line_ends_is_read(tmp_path):
    both = (text(TWO[:1]) + text(TWO[1:], name="")).upper().replace("\n", "\r\n")
    (tmp_path / "a.stl").write_bytes(both.encode())
    surface = read_stl(tmp_path / "a.stl")
    assert len(surface.triangles) == 2 and len(surface.positions) == 4


def test_a_binary_file_whose_head_says_solid_is_binary(tmp_path):
    surface = read_stl(made.stl_binary(tmp_path / "a.stl", TWO, head=b"solid facet normal by some exporter"))
    assert len(surface.triangles) == 2


def test_bytes_after_the_last_triangle_do_no_harm(tmp_path):
    path = made.stl_binary(tmp_path / "a.stl", TWO)
    path.write_bytes(path.read_bytes() + b"\0" * 7)
    assert len(read_stl(path).triangles) == 2


def test_colours_of_magics_are_read_and_split_vertices_where_they_change(tmp_path):
    attributes = [31, 31 << 10]  # red and blue, own colours
    path = made.stl_binary(tmp_path / "a.stl", TWO, head=b"COLOR=\x0a\x14\x1e\xff", attributes=attributes)
    surface = read_stl(path)
    assert len(surface.positions) == 6
    assert surface.colours[surface.triangles[0, 0]].tolist() == [255, 0, 0, 255]
    path = made.stl_binary(
        tmp_path / "b.stl", TWO, head=b"COLOR=\x0a\x14\x1e\xff", attributes=[0x8000, 0x8000]
    )
    assert read_stl(path).colours.tolist() == [[10, 20, 30, 255]] * 4


def test_colours_of_viscam_are_read_and_stray_attributes_are_not_taken_for_colours(tmp_path):
    path = made.stl_binary(tmp_path / "a.stl", TWO, attributes=[0x8000 | 31, 0x8000 | 31])
    assert read_stl(path).colours[0].tolist() == [0, 0, 255, 255]
    assert read_stl(made.stl_binary(tmp_path / "b.stl", TWO, attributes=[7, 0])).colours is None


@pytest.mark.parametrize("count", [3, 4_000_000_000])
def test_a_count_larger_than_the_file_is_refused(tmp_path, count):
    path = made.stl_binary(tmp_path / "a.stl", TWO)
    data = bytearray(path.read_bytes())
    data[80:84] = struct.pack("<I", count)
    path.write_bytes(data)
    with pytest.raises(Refused, match=f"claims {count} triangles"):
        read_stl(path)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("vertex 1.0 1.0 0.0", "vertex 1.0 1.0"), "three coordinates"),
        (("vertex 1.0 1.0 0.0", "vertex 1.0 one 0.0"), "'one'"),
        (("      vertex 0.0 1.0 0.0\n", ""), "not whole"),
    ],
)
def test_damaged_text_is_refused(tmp_path, change, sentence):
    (tmp_path / "a.stl").write_text(text(TWO).replace(*change))
    with pytest.raises(Refused) as refusal:
        read_stl(tmp_path / "a.stl")
    assert sentence in str(refusal.value)


@pytest.mark.parametrize("data", [b"", b"solid", b"solid x\nendsolid x\n", b"\0" * 84, b"x" * 300])
def test_what_holds_no_triangles_is_refused(tmp_path, data):
    (tmp_path / "a.stl").write_bytes(data)
    with pytest.raises(Refused):
        read_stl(tmp_path / "a.stl")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.floats(-1e6, 1e6, width=32), min_size=9, max_size=9), min_size=1, max_size=30),
    st.booleans(),
)
def test_random_triangles_come_back_as_they_were_written(tmp_path_factory, rows, binary):
    corners = np.array(rows, np.float32).reshape(-1, 3, 3)
    path = tmp_path_factory.mktemp("s") / "a.stl"
    if binary:
        made.stl_binary(path, corners)
    else:
        path.write_text(text(corners))
    surface = read_stl(path)
    assert (surface.positions[surface.triangles] == corners).all()
    assert len(np.unique(surface.positions, axis=0)) == len(surface.positions)
