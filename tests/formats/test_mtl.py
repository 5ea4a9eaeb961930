import pytest

from pipeline.formats.mtl import MapStatement, map_statement, read_mtl
from pipeline.formats.textures import Textures
from tests.formats import made


def library(folder, text):
    (folder / "a.mtl").write_text(text, encoding="utf-8")
    textures = Textures(folder)
    return read_mtl(folder / "a.mtl", textures), [f.code for f in textures.findings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.jpg", MapStatement("a.jpg")),
        ("  my tex 1.jpg ", MapStatement("my tex 1.jpg")),
        ("-s 2 3 1 -o .5 0 0 a b.jpg", MapStatement("a b.jpg", (2, 3), (0.5, 0))),
        ("-s 2 a.jpg", MapStatement("a.jpg", (2, 2))),
        ("-s 1 1 1 2.jpg", MapStatement("2.jpg")),
        (
            "-clamp on -bm 0.4 -mm 0 1 -imfchan l -blendu off n.png",
            MapStatement("n.png", clamp=True, bump=0.4),
        ),
        ("-t 0 0 0 -texres 512 -boost 1.5 a.png", MapStatement("a.png")),
        ('"C:\\a b\\c.jpg"', MapStatement("C:\\a b\\c.jpg")),
        ("", MapStatement("")),
        ("-clamp", MapStatement("-clamp")),
    ],
)
def test_options_and_the_file_name_are_told_apart(text, expected):
    assert map_statement(text) == expected


def test_the_factor_counts_without_a_texture_and_not_with_one(tmp_path):
    made.image(tmp_path / "t.png")
    materials, _ = library(tmp_path, "newmtl a\nKd 0.5 0.5 0.5\nnewmtl b\nKd 0 0 0\nmap_Kd t.png\n")
    assert materials["a"].material.base_colour[0] == pytest.approx(0.2140, abs=1e-4)  # sRGB 0.5 as light
    assert materials["b"].material.base_colour == (1, 1, 1, 1)


def test_opacity_is_read_and_an_invisible_material_is_not_believed(tmp_path):
    materials, _ = library(
        tmp_path, "newmtl a\nd 0.5\nnewmtl b\nTr 0.25\nnewmtl c\nTr 1\nnewmtl e\nd 0\nnewmtl f\n"
    )
    assert [m.material.base_colour[3] for m in materials.values()] == [0.5, 0.75, 1, 1, 1]
    assert [m.material.alpha for m in materials.values()] == ["blend", "blend", "opaque", "opaque", "opaque"]


def test_the_alpha_of_the_colour_texture_is_a_mask_and_another_one_a_finding(tmp_path):
    made.image(tmp_path / "t.png", colour=(1, 2, 3, 4))
    made.image(tmp_path / "u.png")
    materials, found = library(
        tmp_path, "newmtl a\nmap_Kd t.png\nmap_d t.png\nnewmtl b\nmap_Kd t.png\nmap_d u.png\n"
    )
    assert materials["a"].material.alpha == "mask" and materials["b"].material.alpha == "opaque"
    assert found == ["map-not-used"]


def test_a_bump_map_is_taken_where_it_shows_normals_and_noted_where_it_shows_heights(tmp_path):
    made.image(tmp_path / "n.png", width=8, height=8, colour=(128, 128, 255))
    made.image(tmp_path / "h.png", colour=(99,))
    materials, found = library(
        tmp_path, "newmtl a\nmap_Bump -bm 0.5 n.png\nnewmtl b\nbump h.png\nnewmtl c\nnorm n.png\n"
    )
    assert materials["a"].material.normal_texture.texture.role == "data"
    assert materials["a"].material.normal_scale == 0.5
    assert materials["b"].material.normal_texture is None and found == ["map-not-used"]
    assert materials["c"].material.normal_texture is not None


def test_roughness_and_metal_are_taken_as_numbers_and_as_one_packed_map(tmp_path):
    made.image(tmp_path / "rm.png")
    materials, found = library(
        tmp_path,
        "newmtl a\nPr 0.3\nPm 0.9\nnewmtl b\nmap_Pr rm.png\nmap_Pm rm.png\nnewmtl c\nmap_Pr rm.png\n",
    )
    assert (materials["a"].material.roughness, materials["a"].material.metallic) == (0.3, 0.9)
    assert materials["b"].material.metallic_roughness_texture.texture.role == "data"
    assert materials["c"].material.metallic_roughness_texture is None and found == ["map-not-used"]


def test_a_texture_is_probed_once_for_all_materials_and_missing_ones_noted_once(tmp_path):
    made.image(tmp_path / "t.png")
    materials, found = library(
        tmp_path,
        "newmtl a\nmap_Kd t.png\nnewmtl b\nmap_Kd T.PNG\nnewmtl c\nmap_Kd x.png\nnewmtl d\nmap_Kd x.png\n",
    )
    assert materials["a"].material.colour_texture.texture is materials["b"].material.colour_texture.texture
    assert found == ["texture-missing"]


def test_nonsense_values_leave_the_defaults(tmp_path):
    materials, _ = library(tmp_path, "Kd 1 1 1\nnewmtl a\nKd spectral x.rfl\nd\nPr much\nKe 1e99 nan\nNs\n")
    assert materials["a"].material.base_colour == (1, 1, 1, 1) and materials["a"].material.roughness == 1
