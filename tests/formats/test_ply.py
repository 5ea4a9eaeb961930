import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import Refused
from pipeline.formats import limits
from pipeline.formats.ply import files_of, read_ply
from pipeline.matter.cloud import Cloud
from tests.formats import made

SQUARE = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)]
XYZ = "property float x\nproperty float y\nproperty float z\n"
FACES = "property list uchar int vertex_indices\n"


def ascii_ply(path, body, *, vertices=4, faces=1, vertex=XYZ, face=FACES, comment=""):
    head = f"ply\nformat ascii 1.0\n{comment}element vertex {vertices}\n{vertex}"
    head += f"element face {faces}\n{face}end_header\n"
    path.write_text(head + body)
    return path


CORNERS = "0 0 0\n1 0 0\n1 1 0\n0 1 0\n"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("face", ["uchar int", "uchar uint", "int int", "ushort short", "uchar uchar"])
def test_binary_files_of_both_orders_and_all_index_types_are_read(tmp_path, order, face):
    surface = read_ply(
        made.ply_binary(tmp_path / "a.ply", SQUARE, [(0, 1, 2), (0, 2, 3)], order=order, face=face)
    )
    assert (
        surface.triangles.tolist() == [[0, 1, 2], [0, 2, 3]]
        and surface.positions.tolist() == made.SQUARE.tolist()
    )


def test_ascii_is_read_with_any_white_space_and_line_end(tmp_path):
    path = ascii_ply(tmp_path / "a.ply", CORNERS + "4 0 1 2 3")
    assert made.area(read_ply(path)).tolist() == [0, 0, 1]
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert made.area(read_ply(path)).tolist() == [0, 0, 1]


def test_doubles_far_from_the_origin_keep_their_precision(tmp_path):
    far = [(500000.0 + x * 1e-4, 4.5e6 + y * 1e-4, 0.0) for x, y, _ in SQUARE]
    path = made.ply_binary(tmp_path / "a.ply", far, [(0, 1, 2)], vertex="double x,double y,double z")
    assert read_ply(path).positions.tolist() == [list(p) for p in far]


def test_polygons_mixed_with_triangles_are_cut_in_the_files_order(tmp_path):
    faces = [(0, 1, 2), (0, 1, 2, 3), (0, 2, 3), (1, 2)] * 200
    surface = read_ply(made.ply_binary(tmp_path / "a.ply", SQUARE, faces))
    expected = [[0, 1, 2], [0, 1, 2], [0, 2, 3], [0, 2, 3]] * 200
    assert surface.triangles.tolist() == expected and made.codes(surface) == ["faces-skipped"]


def test_records_that_do_not_fit_into_one_block_are_read_on(tmp_path, monkeypatch):
    rng = np.random.default_rng(3)
    faces = [tuple(range(int(n))) for n in rng.integers(3, 12, 300)]
    ring = [(np.cos(a), np.sin(a), 0) for a in np.linspace(0, 6, 12)]
    path = made.ply_binary(tmp_path / "a.ply", ring, faces)
    whole = read_ply(path)
    monkeypatch.setattr(limits, "BLOCK_BYTES", 64)
    assert (read_ply(path).triangles == whole.triangles).all()
    assert len(whole.triangles) == sum(len(f) - 2 for f in faces)


def test_unknown_elements_before_and_between_are_passed_over(tmp_path):
    head = (
        "ply\nformat binary_little_endian 1.0\nelement camera 2\nproperty float a\nproperty uchar b\n"
        f"element vertex 4\n{XYZ}property int flags\nelement tags 2\nproperty list uchar short words\n"
        f"property double weight\nelement face 1\nproperty int before\n{FACES}"
        "property float quality\nend_header\n"
    )
    body = struct.pack("<fBfB", 1, 2, 3, 4) + b"".join(struct.pack("<3fi", *v, 7) for v in SQUARE)
    body += struct.pack("<B3hd", 3, 1, 2, 3, 0.5) + struct.pack("<Bd", 0, 0.5)
    body += struct.pack("<iB3if", 9, 3, 0, 1, 2, 1.5)
    (tmp_path / "a.ply").write_bytes(head.encode() + body)
    assert read_ply(tmp_path / "a.ply").triangles.tolist() == [[0, 1, 2]]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("uchar", (255, 128, 0), (255, 128, 0)),
        ("ushort", (65535, 32896, 0), (255, 128, 0)),
        ("float", (1.0, 0.5, 0.0), (255, 128, 0)),
        ("float", (255.0, 128.0, 0.0), (255, 128, 0)),
        ("int", (255, 128, 0), (255, 128, 0)),
    ],
)
def test_vertex_colours_of_every_type_become_bytes(tmp_path, kind, values, expected):
    fields = f"float x,float y,float z,{kind} red,{kind} green,{kind} blue"
    path = made.ply_binary(tmp_path / "a.ply", [(*v, *values) for v in SQUARE], [(0, 1, 2)], vertex=fields)
    assert read_ply(path).colours[0].tolist() == [*expected, 255]


def test_an_alpha_that_is_nought_everywhere_was_not_meant(tmp_path):
    fields = "float x,float y,float z,uchar red,uchar green,uchar blue,uchar alpha"
    path = made.ply_binary(tmp_path / "a.ply", [(*v, 1, 2, 3, 0) for v in SQUARE], [(0, 1, 2)], vertex=fields)
    assert read_ply(path).colours[0].tolist() == [1, 2, 3, 255]


def test_normals_get_length_one_and_missing_ones_come_from_the_triangles(tmp_path):
    fields = "float x,float y,float z,float nx,float ny,float nz"
    normals = [(0, 0, 5), (0, 0, 0), (float("nan"), 0, 0), (0, 3, 0)]
    path = made.ply_binary(
        tmp_path / "a.ply",
        [(*v, *n) for v, n in zip(SQUARE, normals, strict=True)],
        [(0, 1, 2)],
        vertex=fields,
    )
    assert read_ply(path).normals.tolist() == [[0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 1, 0]]


@pytest.mark.parametrize("names", [("s", "t"), ("u", "v"), ("texture_u", "texture_v")])
def test_uvs_at_the_vertices_are_turned_over_and_use_the_named_texture(tmp_path, names):
    made.image(tmp_path / "t 1.png")
    vertex = XYZ + "".join(f"property float {n}\n" for n in names)
    body = "0 0 0 .25 .75\n1 0 0 1 0\n1 1 0 1 1\n0 1 0 0 1\n3 0 1 2\n"
    path = ascii_ply(tmp_path / "a.ply", body, vertex=vertex, comment="comment TextureFile t 1.png\n")
    surface = read_ply(path)
    assert surface.uvs[0][0].tolist() == [0.25, 0.25]
    assert surface.materials[0].colour_texture.texture.name == "t 1.png"
    assert [p.name for p in files_of(path)] == ["a.ply", "t 1.png"]


def test_uvs_at_the_faces_and_texture_numbers_split_vertices_only_at_seams(tmp_path):
    for letter in "AB":
        made.image(tmp_path / f"a_{letter}.png")
    face = FACES + "property list uchar float texcoord\nproperty int texnumber\n"
    body = CORNERS + "3 0 1 2 6 0 0 1 0 1 1 0\n3 0 2 3 6 0 0 1 1 .5 1 1\n3 1 2 3 0 7\n"
    comment = "comment TextureFile <this>_A.png\ncomment TextureFile <this>_B.png\n"
    surface = read_ply(ascii_ply(tmp_path / "a.ply", body, faces=3, face=face, comment=comment))
    assert surface.material_of.tolist() == [0, 1, 2]
    assert [m.name for m in surface.materials] == ["a_A", "a_B", ""]
    assert surface.uvs[0][surface.triangles[1]].tolist() == [[0, 1], [1, 0], [0.5, 0]]
    assert (surface.positions[surface.triangles[2]] == made.SQUARE[[1, 2, 3]]).all()
    assert len(surface.positions) == 7


def test_a_missing_texture_is_a_finding_not_a_crash(tmp_path):
    vertex = XYZ + "property float s\nproperty float t\n"
    body = "0 0 0 0 0\n1 0 0 0 0\n1 1 0 0 0\n0 1 0 0 0\n3 0 1 2\n"
    surface = read_ply(
        ascii_ply(tmp_path / "a.ply", body, vertex=vertex, comment="comment TextureFile ../x.png\n")
    )
    assert made.codes(surface) == ["texture-missing"] and surface.materials[0].colour_texture is None


def test_triangle_strips_keep_the_winding_and_end_at_minus_one(tmp_path):
    head = f"ply\nformat ascii 1.0\nelement vertex 4\n{XYZ}"
    head += "element tristrips 2\nproperty list int int vertex_indices\n"
    (tmp_path / "a.ply").write_text(head + "end_header\n" + CORNERS + "8 0 1 3 2 -1 3 1 2\n3 0 1 2\n")
    surface = read_ply(tmp_path / "a.ply")
    assert surface.triangles.tolist() == [[0, 1, 3], [1, 2, 3], [3, 1, 2], [0, 1, 2]]


def test_vertices_without_faces_are_a_cloud_with_their_colours_and_normals(tmp_path):
    head = f"ply\nformat ascii 1.0\nelement vertex 3\n{XYZ}"
    head += "property float nx\nproperty float ny\nproperty float nz\n"
    head += "property uchar red\nproperty uchar green\nproperty uchar blue\nelement face 0\nend_header\n"
    (tmp_path / "a.ply").write_text(head + "1 2 3 0 0 2 9 8 7\nnan 0 0 0 0 1 0 0 0\n4 5 6 0 3 0 1 2 3\n")
    cloud = read_ply(tmp_path / "a.ply")
    assert isinstance(cloud, Cloud) and cloud.positions.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert cloud.normals.tolist() == [[0, 0, 1], [0, 1, 0]]
    assert cloud.colours.tolist() == [[9, 8, 7, 255], [1, 2, 3, 255]]
    assert made.codes(cloud) == ["points-not-finite"]


def test_microsofts_spelling_of_no_number_is_understood(tmp_path):
    body = "0 0 0\n1 0 0\n1 1 0\n0 1 0\n" * 3 + "-1.#IND 0 0\n3 0 1 2\n3 0 1 12\n"
    surface = read_ply(ascii_ply(tmp_path / "a.ply", body, vertices=13, faces=2))
    assert len(surface.triangles) == 1 and made.codes(surface) == ["positions-not-finite"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ((b"vertex 4", b"vertex 1000000000000"), "1000000000000 vertices"),
        ((b"vertex 4", b"vertex 300000000"), "ends before"),
        ((b"vertex 4", b"vertex -4"), "-4 vertices"),
        ((b"face 1", b"face 300000000"), "ends before"),
        ((b"face 1", b"face 2"), "ends before"),
        ((b"float z", b"float w"), "no x, y and z"),
        ((b"float z", b"quaternion z"), "means nothing"),
        ((b"format ascii", b"format jpeg"), "means nothing"),
        ((b"format ascii 1.0\n", b""), "which format"),
        ((b"end_header", b"end_footer"), "no end"),
        ((b"3 0 1 2", b"3 0 1 4"), "vertex number 4 of 4"),
        ((b"3 0 1 2", b"3 0 1 -1"), "vertex number -1"),
        ((b"3 0 1 2", b"3 0 1 two"), "'two'"),
        ((b"3 0 1 2", b"-3 0 1 2"), "list of -3"),
        ((b"vertex_indices", b"neighbours"), "which vertices"),
    ],
)
def test_a_file_that_lies_or_is_damaged_is_refused_in_one_sentence(tmp_path, change, sentence):
    path = ascii_ply(tmp_path / "a.ply", CORNERS + "3 0 1 2\n")
    data = path.read_bytes()
    assert change[0] in data
    path.write_bytes(data.replace(*change))
    with pytest.raises(Refused) as refusal:
        read_ply(path)
    assert sentence in str(refusal.value) and str(tmp_path) not in str(refusal.value)


def test_a_binary_file_that_ends_early_is_refused(tmp_path):
    path = made.ply_binary(tmp_path / "a.ply", SQUARE, [(0, 1, 2), (0, 2, 3), (0, 1, 2, 3)])
    data = path.read_bytes()
    body = data.index(b"end_header\n") + 11
    for cut in range(body, len(data)):
        path.write_bytes(data[:cut])
        with pytest.raises(Refused):
            read_ply(path)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_random_mesh_comes_back_as_it_was_written(tmp_path_factory, data):
    number = st.floats(-1e6, 1e6, width=32)
    positions = data.draw(st.lists(st.tuples(number, number, number), min_size=3, max_size=40))
    index = st.integers(0, len(positions) - 1)
    faces = data.draw(st.lists(st.tuples(index, index, index), min_size=1, max_size=60))
    path = tmp_path_factory.mktemp("p") / "a.ply"
    if data.draw(st.booleans()):
        made.ply_binary(path, positions, faces, order=data.draw(st.sampled_from("<>")))
    else:
        body = "".join(f"{x!r} {y!r} {z!r}\n" for x, y, z in positions)
        body += "".join(f"3 {a} {b} {c}\n" for a, b, c in faces)
        ascii_ply(path, body, vertices=len(positions), faces=len(faces))
    surface = read_ply(path)
    assert (surface.positions == np.array(positions)).all() and (surface.triangles == np.array(faces)).all()
