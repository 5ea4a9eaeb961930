"""UDIM: every tile shows its own picture; what only looks like a tile stays as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import Refused
from pipeline.formats import files, images, read
from pipeline.formats.udim_names import numbered, whole
from pipeline.matter.surface import Surface
from tests.formats.made import image

COLOURS = {1001: (10, 20, 30), 1002: (60, 70, 80), 1011: (110, 120, 130), 1012: (160, 170, 180)}


def squares(folder: Path, tiles: list[tuple[int, int]], library: str, usemtl: str = "usemtl m") -> Path:
    """One square a tile, each in its own place, sharing the UVs on their borders."""
    lines = []
    for n, (u, v) in enumerate(tiles):
        lines += [f"v {n * 2 + x} {y} 0" for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
        lines += [f"vt {u + x} {v + y}" for x, y in ((0.1, 0.1), (1, 0.1), (1, 1), (0.1, 1))]
    corners = [[4 * n + k for k in (1, 2, 3)] for n in range(len(tiles))]
    faces = ["f " + " ".join(f"{c}/{c}" for c in face) for face in corners]
    (folder / "a.mtl").write_text(library)
    (folder / "a.obj").write_text("\n".join(("mtllib a.mtl", *lines, usemtl, *faces, "")))
    return folder / "a.obj"


def pictures(folder: Path, pattern: str, *numbers: int) -> None:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        tile = number - 1001
        name = pattern.format(number=number, u=tile % 10 + 1, v=tile // 10 + 1)
        image(folder / name, colour=COLOURS.get(number, (1, 2, 3)))


def colour_of(surface: Surface, face: int) -> tuple[int, ...] | None:
    use = surface.materials[surface.material_of[face]].colour_texture
    return None if use is None else tuple(int(c) for c in images.pixels(use.texture)[-1, -1, :3])


def codes(surface: Surface) -> list[str]:
    return [finding.code for finding in surface.findings]


FOUR = [(0, 0), (1, 0), (0, 1), (1, 1)]


@pytest.mark.parametrize(
    ("named", "pattern"),
    [
        ("tex.<UDIM>.png", "tex.{number}.png"),
        ("maps/tex_<udim>.png", "maps/tex_{number}.png"),
        ("maps\\tex_%(UDIM)d.png", "maps/tex_{number}.png"),
        ("tex_<UVTILE>.png", "tex_u{u}_v{v}.png"),
        ("tex_u<U>_v<V>_diffuse.png", "tex_u{u}_v{v}_diffuse.png"),
        ("tex_1001.png", "tex_{number}.png"),
        ("1001.png", "{number}.png"),
        ("wall_u1_v1_diffuse.png", "wall_u{u}_v{v}_diffuse.png"),
        ("2024.1001.v1024.<UDIM>.png", "2024.1001.v1024.{number}.png"),
    ],
)
def test_each_square_shows_the_picture_of_its_tile(tmp_path: Path, named: str, pattern: str) -> None:
    (tmp_path / "maps").mkdir()
    pictures(tmp_path, pattern, *COLOURS)
    model = squares(tmp_path, FOUR, f"newmtl m\nmap_Kd {named}\n")
    surface = read(model)
    assert [colour_of(surface, face) for face in range(4)] == list(COLOURS.values())
    assert [m.name for m in surface.materials] == ["m.1001", "m.1002", "m.1011", "m.1012"] or len(
        surface.materials
    ) == 4
    assert len(files(model)) == 2 + 4 and codes(surface) == ["udim-tiles"]


def test_the_uvs_of_every_tile_go_back_to_one_square_and_the_places_stay(tmp_path: Path) -> None:
    pictures(tmp_path, "t_{number}.png", *COLOURS)
    surface = read(squares(tmp_path, FOUR, "newmtl m\nmap_Kd t_1001.png\n"))
    uv = surface.uvs[0][surface.triangles]
    assert uv == pytest.approx(np.broadcast_to([[0.1, 0.9], [1, 0.9], [1, 0]], (4, 3, 2)), abs=1e-6)
    places = surface.positions[surface.triangles]
    assert [tuple(place[0]) for place in places] == [(0, 0, 0), (2, 0, 0), (4, 0, 0), (6, 0, 0)]
    assert all(
        m.colour_texture is not None and m.colour_texture.wrap == ("clamp", "clamp")
        for m in surface.materials
    )


def test_a_vertex_between_two_tiles_becomes_one_in_each(tmp_path: Path) -> None:
    pictures(tmp_path, "t_{number}.png", 1001, 1002)
    (tmp_path / "a.mtl").write_text("newmtl m\nmap_Kd t_1001.png\n")
    (tmp_path / "a.obj").write_text(
        "mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nv 2 1 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 2 1\n"
        "usemtl m\nf 1/1 2/2 3/3\nf 2/2 4/4 3/3\n"
    )
    surface = read(tmp_path / "a.obj")
    assert len(surface.positions) == 6 and len(surface.materials) == 2
    assert float(surface.uvs[0].min()) >= 0 and float(surface.uvs[0].max()) <= 1


def test_a_tile_that_is_not_there_leaves_its_faces_plain_and_is_named(tmp_path: Path) -> None:
    pictures(tmp_path, "t_{number}.png", 1001, 1012)
    surface = read(squares(tmp_path, FOUR, "newmtl m\nmap_Kd t_1001.png\n"))
    assert [colour_of(surface, face) for face in range(4)] == [COLOURS[1001], None, None, COLOURS[1012]]
    missing = next(f for f in surface.findings if f.code == "udim-tile-missing")
    assert missing.figures == {"material": "m", "count": 2, "tiles": "t_1002.png, t_1011.png"}


def test_a_whole_set_without_its_first_tile_is_still_one(tmp_path: Path) -> None:
    pictures(tmp_path, "t.{number}.png", 1002)
    surface = read(squares(tmp_path, [(1, 0)], "newmtl m\nmap_Kd t.<UDIM>.png\n"))
    assert colour_of(surface, 0) == COLOURS[1002]


def test_a_set_of_which_nothing_is_there_is_a_missing_texture(tmp_path: Path) -> None:
    surface = read(squares(tmp_path, FOUR, "newmtl m\nmap_Kd t.<UDIM>.png\n"))
    assert codes(surface) == ["texture-missing"] and len(surface.materials) == 1


def test_uvs_that_repeat_one_picture_stay_as_they_are(tmp_path: Path) -> None:
    pictures(tmp_path, "t_{number}.png", 1001)
    surface = read(squares(tmp_path, FOUR, "newmtl m\nmap_Kd t_1001.png\n"))
    assert len(surface.materials) == 1 and float(surface.uvs[0].max()) > 1 and codes(surface) == []
    pictures(tmp_path, "plain.png", 1001)
    surface = read(squares(tmp_path, FOUR, "newmtl m\nmap_Kd plain.png\n"))
    assert len(surface.materials) == 1 and codes(surface) == []


def test_a_material_for_each_tile_stays_with_its_own_picture_wherever_its_uvs_lie(tmp_path: Path) -> None:
    pictures(tmp_path, "t_u{u}_v{v}.png", 1001, 1002)
    library = "newmtl one\nmap_Kd t_u1_v1.png\nnewmtl two\nmap_Kd t_u2_v1.png\n"
    for second in ((0, 0), (1, 0)):
        model = squares(tmp_path, [(0, 0), second], library, "")
        text = model.read_text().replace("f 1/", "usemtl one\nf 1/").replace("f 5/", "usemtl two\nf 5/")
        model.write_text(text)
        surface = read(model)
        assert [colour_of(surface, face) for face in (0, 1)] == [COLOURS[1001], COLOURS[1002]]
        assert float(surface.uvs[0].max()) <= 1


def test_normal_maps_and_plain_maps_go_with_their_tiles(tmp_path: Path) -> None:
    pictures(tmp_path, "t_{number}.png", 1001, 1002)
    for number in (1001, 1002):
        image(tmp_path / f"n_{number}.png", colour=(128, 128, 255 - (number == 1002)))
    image(tmp_path / "glow.png", colour=(9, 9, 9))
    library = "newmtl m\nmap_Kd t_1001.png\nnorm n_1001.png\nmap_Ke glow.png\n"
    surface = read(squares(tmp_path, [(0, 0), (1, 0)], library))
    normals = [m.normal_texture.texture.name for m in surface.materials if m.normal_texture]
    glows = [m.emissive_texture.texture.name for m in surface.materials if m.emissive_texture]
    assert normals == ["n_1001.png", "n_1002.png"] and glows == ["glow.png"] * 2


def test_a_face_across_a_border_is_told(tmp_path: Path) -> None:
    pictures(tmp_path, "t_{number}.png", 1001, 1002)
    (tmp_path / "a.mtl").write_text("newmtl m\nmap_Kd t_1001.png\n")
    (tmp_path / "a.obj").write_text(
        "mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0.5 0\nvt 1.9 0\nvt 1.5 1\nusemtl m\nf 1/1 2/2 3/3\n"
    )
    surface = read(tmp_path / "a.obj")
    assert "udim-across" in codes(surface) and colour_of(surface, 0) == COLOURS[1002]


@pytest.mark.parametrize("uv", ["-3 0.5", "1e30 1", "nan 0", "12.5 0.5", "0.5 99.5"])
def test_uvs_of_no_layout_do_no_harm(tmp_path: Path, uv: str) -> None:
    pictures(tmp_path, "t_{number}.png", 1001, 1002)
    (tmp_path / "a.mtl").write_text("newmtl m\nmap_Kd t.<UDIM>.png\nnewmtl p\nmap_Kd t_1001.png\n")
    (tmp_path / "a.obj").write_text(
        f"mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt {uv}\nvt {uv}\nvt {uv}\nusemtl p\nf 1/1 2/2 3/3\n"
    )
    assert len(read(tmp_path / "a.obj").triangles) == 1


def test_a_tile_outside_of_the_folder_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "scan").mkdir()
    pictures(tmp_path, "t_{number}.png", 1001, 1002)
    image(tmp_path / "scan" / "t_1001.png", colour=COLOURS[1001])
    (tmp_path / "scan" / "t_1002.png").symlink_to(tmp_path / "t_1002.png")
    image(tmp_path / "scan" / "t_1011.png", colour=COLOURS[1011])
    surface = read(squares(tmp_path / "scan", FOUR, "newmtl m\nmap_Kd t_1001.png\n"))
    assert [colour_of(surface, face) for face in range(3)] == [COLOURS[1001], None, COLOURS[1011]]


def test_a_damaged_tile_is_refused_by_its_name(tmp_path: Path) -> None:
    pictures(tmp_path, "t_{number}.png", 1001)
    (tmp_path / "t_1002.png").write_bytes(b"no picture")
    with pytest.raises(Refused, match=r"t_1002\.png"):
        read(squares(tmp_path, FOUR, "newmtl m\nmap_Kd t_1001.png\n"))


def test_ply_files_have_tiles_too(tmp_path: Path) -> None:
    pictures(tmp_path, "t_{number}.png", 1001, 1002)
    (tmp_path / "a.ply").write_text(
        "ply\nformat ascii 1.0\ncomment TextureFile t_1001.png\nelement vertex 6\nproperty float x\n"
        "property float y\nproperty float z\nproperty float s\nproperty float t\nelement face 2\n"
        "property list uchar int vertex_indices\nend_header\n"
        "0 0 0 0 0\n1 0 0 .9 0\n0 1 0 0 .9\n2 0 0 1.1 0\n3 0 0 1.9 0\n2 1 0 1.1 .9\n3 0 1 2\n3 3 4 5\n"
    )
    surface = read(tmp_path / "a.ply")
    assert [colour_of(surface, face) for face in (0, 1)] == [COLOURS[1001], COLOURS[1002]]
    assert len(files(tmp_path / "a.ply")) == 3


def test_letters_may_count_from_0_and_the_case_of_names_does_not_matter(tmp_path: Path) -> None:
    for number, name in ((1001, "T_u0_v0.PNG"), (1002, "t_u1_v0.png"), (1011, "t_U0_V1.png")):
        image(tmp_path / "made.png", colour=COLOURS[number]).rename(tmp_path / name)
    surface = read(squares(tmp_path, FOUR[:3], "newmtl m\nmap_Kd t_u0_v0.png\n"))
    assert [colour_of(surface, face) for face in range(3)] == [COLOURS[n] for n in (1001, 1002, 1011)]


def test_a_path_of_another_computer_finds_the_set_by_its_names(tmp_path: Path) -> None:
    pictures(tmp_path / "tex", "t.{number}.png", 1001, 1002)
    model = squares(tmp_path, FOUR[:2], "newmtl m\nmap_Kd C:\\Users\\x\\t.<UDIM>.png\n")
    assert [colour_of(read(model), face) for face in range(2)] == [COLOURS[1001], COLOURS[1002]]


def test_names_of_tiles_are_taken_apart_and_others_are_not() -> None:
    assert whole("a.jpg") is None and numbered("a_999.jpg") is None and numbered("a_2024.jpg") is None
    assert numbered("IMG_10010.jpg") is None and numbered("menu_v1.jpg") is None
    pattern, tile = numbered("t_u0_v0.png") or (None, None)
    assert pattern is not None and tile == (0, 0) and pattern.name((1, 0)) == "t_u1_v0.png"
