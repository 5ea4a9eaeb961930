import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import Refused
from pipeline.formats import limits
from pipeline.formats.obj import files_of, read_obj
from tests.formats import made

SQUARE = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"
UVS = "vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\n"


@pytest.mark.parametrize(
    "face",
    [
        "f 1 2 3 4",
        "f 1/1 2/2 3/3 4/4",
        "f 1//1 2//1 3//1 4//1",
        "f 1/1/1 2/2/1 3/3/1 4/4/1",
        "f 1/1/ 2/2/ 3/3/ 4/4/",
    ],
)
def test_every_spelling_of_a_corner_gives_the_same_square(tmp_path, face):
    surface = read_obj(made.obj(tmp_path, SQUARE + UVS + "vn 0 0 1\n" + face + "\n"))
    assert len(surface.triangles) == 2 and made.area(surface).tolist() == [0, 0, 1]
    assert len(surface.uvs) == ("/1" in face and "//" not in face)
    assert (surface.normals is not None) == (face.count("/") == 8 and not face.endswith("/"))


def test_mixed_corners_in_one_file_keep_what_each_has(tmp_path):
    surface = read_obj(made.obj(tmp_path, SQUARE + UVS + "vn 0 0 2\nf 1 2 3\nf 1/1/1 3//1 4/4\n"))
    assert len(surface.triangles) == 2 and "uvs-incomplete" in made.codes(surface)
    assert np.allclose(np.linalg.norm(surface.normals, axis=1), 1)


def test_the_uv_origin_moves_to_the_top_left(tmp_path):
    surface = read_obj(made.obj(tmp_path, SQUARE + "vt 0.25 0.75\nf 1/1 2/1 3/1\n"))
    assert surface.uvs[0].tolist() == [[0.25, 0.25]] * 3


def test_negative_indices_count_back_from_the_face(tmp_path):
    text = "v 9 9 9\nv 0 0 0\nv 1 0 0\nv 1 1 0\nf -3 -2 -1\nv 0 1 0\nf -4 -2 -1\n"
    surface = read_obj(made.obj(tmp_path, text))
    assert surface.triangles.tolist() == [[1, 2, 3], [1, 3, 4]]


def test_negative_indices_count_right_across_blocks(tmp_path, monkeypatch):
    text = "".join(f"v {i} 0 0\nv {i} 1 0\nv {i} 0 1\nf -3 -2 -1\n" for i in range(200))
    expected = np.arange(600).reshape(200, 3).tolist()
    monkeypatch.setattr(limits, "BLOCK_BYTES", 97)
    assert read_obj(made.obj(tmp_path, text)).triangles.tolist() == expected


def test_a_concave_polygon_is_filled_and_not_fanned(tmp_path):
    arrow = "v 0 0 0\nv 4 0 0\nv 4 4 0\nv 3 1 0\n"  # a fan from the first corner is fine, from others not
    for turn in ("1 2 3 4", "2 3 4 1", "3 4 1 2", "4 1 2 3"):
        surface = read_obj(made.obj(tmp_path, arrow + f"f {turn}\n"))
        corners = surface.positions[surface.triangles]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2]
        assert (normals > 0).all() and normals.sum() / 2 == pytest.approx(4)


def test_several_materials_are_assigned_in_the_order_of_their_use(tmp_path):
    text = SQUARE + "usemtl red\nf 1 2 3\nusemtl blue\nf 1 3 4\nusemtl red\nf 2 3 4\n"
    surface = read_obj(
        made.obj(tmp_path, "mtllib a.mtl\n" + text, mtl="newmtl blue\nKd 0 0 1\nnewmtl red\nKd 1 0 0\n")
    )
    assert [m.name for m in surface.materials] == ["red", "blue"]
    assert surface.material_of.tolist() == [0, 1, 0]
    assert surface.materials[1].base_colour == (0, 0, 1, 1) and surface.findings == ()


def test_usemtl_may_stand_before_mtllib(tmp_path):
    text = "usemtl red\n" + SQUARE + "f 1 2 3\nmtllib a.mtl\n"
    assert read_obj(made.obj(tmp_path, text, mtl="newmtl red\nKd 1 0 0\n")).materials[0].base_colour[1] == 0


def test_a_missing_material_and_a_missing_library_are_findings(tmp_path):
    surface = read_obj(made.obj(tmp_path, "mtllib b.mtl\nusemtl red\n" + SQUARE + "f 1 2 3\n"))
    assert made.codes(surface) == ["mtl-missing"] and surface.materials[0].name == "red"
    surface = read_obj(
        made.obj(tmp_path, "mtllib a.mtl\nusemtl red\n" + SQUARE + "f 1 2 3\n", mtl="newmtl x\n")
    )
    assert made.codes(surface) == ["material-missing"]


def test_a_library_of_the_same_name_is_used_and_said_where_the_named_one_is_missing(tmp_path):
    text = "mtllib renamed.mtl\nusemtl red\n" + SQUARE + "f 1 2 3\n"
    surface = read_obj(made.obj(tmp_path, text, mtl="newmtl red\nKd 1 0 0\n"))
    assert made.codes(surface) == ["mtl-missing", "mtl-by-name"] and surface.materials[0].base_colour[1] == 0


def test_names_with_blanks_and_chinese_characters_in_gbk_are_understood(tmp_path):
    made.image(tmp_path / "陶罐 三彩.png")
    text = "mtllib 陶 罐.mtl\nusemtl 釉 面\n" + SQUARE + UVS + "f 1/1 2/2 3/3\n"
    mtl = "newmtl 釉 面\r\nmap_Kd 陶罐 三彩.png\r\n".encode("gbk")
    surface = read_obj(made.obj(tmp_path, text, name="陶 罐.obj", mtl=mtl))
    assert surface.findings == () and surface.materials[0].colour_texture.texture.name == "陶罐 三彩.png"


def test_a_library_in_utf8_with_a_mark_belongs_to_an_obj_in_gbk(tmp_path):
    text = ("mtllib a.mtl\nusemtl 釉面\n" + SQUARE + "f 1 2 3\n").encode("gbk")
    surface = read_obj(made.obj(tmp_path, text, mtl="\ufeffnewmtl 釉面\nKd 0 0 0\n"))
    assert surface.findings == () and surface.materials[0].base_colour[0] == 0


def test_several_libraries_on_one_line_are_all_read(tmp_path):
    (tmp_path / "b.mtl").write_text("newmtl blue\nKd 0 0 1\n")
    text = "mtllib a.mtl b.mtl\nusemtl blue\n" + SQUARE + "f 1 2 3\n"
    assert read_obj(made.obj(tmp_path, text, mtl="newmtl red\n")).materials[0].base_colour == (0, 0, 1, 1)


def test_vertex_colours_are_understood_from_0_to_1_and_from_0_to_255(tmp_path):
    for colours in (("1 0 0", "0 1 0", "0 0 0.2"), ("255 0 0", "0 255 0", "0 0 51")):
        text = "".join(f"v {i} {i * i} 0 {c}\n" for i, c in enumerate(colours)) + "f 1 2 3\n"
        surface = read_obj(made.obj(tmp_path, text))
        assert surface.colours.tolist() == [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 51, 255]]


def test_vertices_without_a_colour_among_coloured_ones_are_white(tmp_path):
    surface = read_obj(made.obj(tmp_path, "v 0 0 0 0 0 0\nv 1 0 0\nv 0 1 0 0.5 0.5 0.5\nf 1 2 3\n"))
    assert surface.colours[:, 0].tolist() == [0, 255, 128]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_continuations_comments_and_indents_do_not_matter(tmp_path, newline):
    text = "\ufeff# head\n\n  v 0 0 0 # first\n\tv 1 0 0\nv 1 \\\n 1 0\nv 0 1 0\n"
    text += "g a b\ns off\no x\nf 1 2 \\\n3 4\n"
    surface = read_obj(made.obj(tmp_path, text.replace("\n", newline)))
    assert made.area(surface).tolist() == [0, 0, 1]


def test_lines_points_and_faces_of_two_corners_are_passed_over(tmp_path):
    surface = read_obj(made.obj(tmp_path, SQUARE + "l 1 2\np 1\nf 1 2\nf 1 2 3\n"))
    assert len(surface.triangles) == 1 and made.codes(surface) == ["faces-skipped"]


def test_a_uv_for_every_corner_gives_no_more_vertices_than_shared_ones(tmp_path):
    apart = "vt 0 0\nvt 1 0\nvt 1 1\nvt 0 0\nvt 1 1\nvt 0 1\nf 1/1 2/2 3/3\nf 1/4 3/5 4/6\n"
    surface = read_obj(made.obj(tmp_path, SQUARE + apart))
    assert len(surface.positions) == 4
    seam = "vt 0 0\nvt 1 0\nvt 1 1\nvt 0.5 0.5\nf 1/1 2/2 3/3\nf 1/4 3/3 4/4\n"
    assert len(read_obj(made.obj(tmp_path, SQUARE + seam)).positions) == 5


def test_uv_numbers_without_a_uv_list_are_a_finding(tmp_path):
    surface = read_obj(made.obj(tmp_path, SQUARE + "f 1/1 2/2 3/3\n"))
    assert surface.uvs == () and made.codes(surface) == ["obj-list-missing"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (SQUARE + "f 1 2 5\n", "names v 5, but the file has 4"),
        (SQUARE + "f 0 1 2\n", "line 5"),
        (SQUARE + "f -9 1 2\n", "line 5"),
        (SQUARE + UVS + "f 1/9 2/1 3/1\n", "names vt 9"),
        (SQUARE + "f 1 2 99999999999999999999\n", "line 5"),
        (SQUARE + "f 1 2 x\n", "line 5"),
        (SQUARE + "f 1/1/1/1 2 3\n", "more than three"),
        (SQUARE + "f 1-2 2 3\n", "misspelt"),
        ("v 0 0\nf 1 1 1\n", "2 numbers"),
        ("v 0 0 zero\nf 1 1 1\n", "'zero'"),
        ("v 0,5 0 0\nf 1 1 1\n", "'0,5'"),
        (SQUARE, "cloud of 4 points"),
        ("# nothing\n", "without any geometry"),
        ("v " + "1 " * 5000 + "\nf 1 1 1\n", "5000 numbers"),
    ],
)
def test_a_damaged_file_is_refused_in_one_sentence(tmp_path, text, sentence):
    with pytest.raises(Refused) as refusal:
        read_obj(made.obj(tmp_path, text))
    assert sentence in str(refusal.value) and str(tmp_path) not in str(refusal.value)


def test_positions_that_are_no_numbers_go_with_their_triangles(tmp_path):
    text = SQUARE + "v 5 5 5\n" * 8 + "v nan 0 0\nv -1.#IND 0 0\nf 1 2 3\nf 1 3 13\nf 1 3 14\nf 1 3 4\n"
    surface = read_obj(made.obj(tmp_path, text))
    assert len(surface.triangles) == 2 and surface.findings[0].figures == {"vertices": 2, "triangles": 2}
    assert np.isfinite(surface.positions).all()


def test_a_file_with_many_bad_positions_is_refused(tmp_path):
    with pytest.raises(Refused, match="not a number"):
        read_obj(made.obj(tmp_path, "v nan 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 3\n"))


def test_a_texture_missing_is_a_finding_not_a_crash(tmp_path):
    text = "mtllib a.mtl\nusemtl m\n" + SQUARE + UVS + "f 1/1 2/2 3/3\n"
    surface = read_obj(made.obj(tmp_path, text, mtl="newmtl m\nmap_Kd C:\\Users\\x\\gone.jpg\nKd 1 0 0\n"))
    assert made.codes(surface) == ["texture-missing"]
    assert surface.findings[0].figures == {"material": "m", "file": "gone.jpg"}
    assert surface.materials[0].colour_texture is None and surface.materials[0].base_colour == (1, 0, 0, 1)


def test_scale_and_offset_of_a_texture_are_worked_into_its_own_uvs_only(tmp_path):
    made.image(tmp_path / "t.png")
    text = "mtllib a.mtl\n" + SQUARE + UVS + "usemtl m\nf 1/1 2/2 3/3\nusemtl n\nf 1/1 3/3 4/4\n"
    mtl = "newmtl m\nmap_Kd -s 2 3 1 -o 0.5 0.25 t.png\nnewmtl n\nmap_Kd -s 1 1 1 -clamp on t.png\n"
    surface = read_obj(made.obj(tmp_path, text, mtl=mtl))
    assert len(surface.positions) == 6
    by_material = [surface.uvs[0][surface.triangles[k]] for k in (0, 1)]
    assert by_material[0].tolist() == [[0.5, 0.75], [2.5, 0.75], [2.5, -2.25]]
    assert by_material[1].tolist() == [[0, 1], [1, 0], [0, 0]]
    assert surface.materials[1].colour_texture.wrap == ("clamp", "clamp")


def test_every_file_that_the_model_needs_is_listed_without_reading_the_mesh(tmp_path):
    made.image(tmp_path / "t.png")
    (tmp_path / "n.png").write_bytes(b"not even an image")
    mtl = "newmtl m\nmap_Kd -s 1 1 1 T.png\nmap_Bump n.png\nmap_Ks gone.png\n"
    path = made.obj(tmp_path, SQUARE + "f 1 2 3\n# mtllib no.mtl\n  mtllib a.mtl\n", mtl=mtl)
    assert [p.name for p in files_of(path)] == ["a.obj", "a.mtl", "t.png", "n.png"]


def test_a_flood_of_continued_lines_and_a_huge_polygon_come_to_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "LINE_MAX_BYTES", 1 << 18)
    monkeypatch.setattr(limits, "BLOCK_BYTES", 1 << 17)
    with pytest.raises(Refused, match="no end"):
        read_obj(made.obj(tmp_path, "\\\n" * (1 << 18)))
    ring = "".join(f"v {np.cos(a):.9f} {np.sin(a):.9f} 0\n" for a in np.linspace(0, 6.28, 20000))
    surface = read_obj(made.obj(tmp_path, ring + "f " + " ".join(map(str, range(1, 20001))) + "\n"))
    assert len(surface.triangles) == 19998 and surface.findings == ()


def test_more_materials_than_a_model_can_have_are_refused(tmp_path):
    text = SQUARE + "".join(f"usemtl m{i}\nf 1 2 3\n" for i in range(limits.MATERIALS_MAX + 1))
    with pytest.raises(Refused, match=f"{limits.MATERIALS_MAX + 1} materials"):
        read_obj(made.obj(tmp_path, text))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_random_mesh_comes_back_as_it_was_written(tmp_path_factory, data):
    count = data.draw(st.integers(3, 30))
    number = st.floats(-1e6, 1e6)
    positions = data.draw(st.lists(st.tuples(number, number, number), min_size=count, max_size=count))
    uvs = data.draw(
        st.lists(st.tuples(st.floats(-2, 2, width=32), st.floats(-2, 2, width=32)), min_size=1, max_size=20)
    )
    corner = st.tuples(st.integers(0, count - 1), st.integers(0, len(uvs) - 1))
    faces = data.draw(st.lists(st.tuples(corner, corner, corner), min_size=1, max_size=30))
    relative = data.draw(st.booleans())
    text = "".join(f"v {x!r} {y!r} {z!r}\n" for x, y, z in positions) + "".join(
        f"vt {u!r} {v!r}\n" for u, v in uvs
    )
    for face in faces:
        spelt = [(v - count, t - len(uvs)) if relative else (v + 1, t + 1) for v, t in face]
        text += "f " + " ".join(f"{v}/{t}" for v, t in spelt) + "\n"
    surface = read_obj(made.obj(tmp_path_factory.mktemp("o"), text))
    written = np.array(faces)
    assert (surface.positions[surface.triangles] == np.array(positions)[written[..., 0]]).all()
    expected = np.array([(u, 1 - v) for u, v in uvs]).astype(np.float32)[written[..., 1]]
    assert (surface.uvs[0][surface.triangles] == expected).all()
    assert len(surface.positions) <= 3 * len(faces) + count
