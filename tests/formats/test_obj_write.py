"""OBJ and MTL that come back as what they were, by our own reader and by another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.formats import read
from pipeline.formats.obj_write import write_mtl, write_obj
from pipeline.matter.surface import Material
from pipeline.steps.place import place
from tests.pictures import encoded, painted, photo
from tests.shapes import grid


def written(folder: Path, surface, names):  # type: ignore[no-untyped-def]
    (folder / "model.obj").write_bytes(write_obj(surface, library="model.mtl", comments=("陶罐",)))
    (folder / "model.mtl").write_bytes(write_mtl(surface, names))
    return folder / "model.obj"


def test_form_texture_and_materials_come_back(tmp_path: Path) -> None:
    picture = encoded(photo(16))
    skin = painted(picture, name="skin.png")
    plain = Material("plain", base_colour=(0.5, 0.25, 1.0, 1.0), roughness=0.25)
    sheet = grid(4, size=0.3, height=lambda x, z: x * z)
    half = (np.arange(len(sheet.triangles)) % 2).astype(np.int32)
    sheet = place(sheet.but(materials=(skin, plain), material_of=half), up="+y", evidence="given")
    (tmp_path / "t.png").write_bytes(picture)
    back = read(written(tmp_path, sheet, {skin.colour_texture.texture.sha256: "t.png"}))
    assert len(back.triangles) == len(sheet.triangles)
    corners = np.sort(back.positions[back.triangles].reshape(-1, 3), axis=0)
    expected = np.sort(sheet.positions[sheet.triangles].reshape(-1, 3), axis=0)
    assert np.allclose(corners, expected, atol=5.1e-8)
    assert back.textures()[0].encoded() == picture
    factors = next(m for m in back.materials if m.colour_texture is None)
    assert factors.base_colour == pytest.approx(plain.base_colour, abs=1e-4) and factors.roughness == 0.25
    assert [int((back.material_of == i).sum()) for i in range(2)] == [16, 16]


def test_texture_coordinates_count_from_the_bottom_as_the_format_wants(tmp_path: Path) -> None:
    skin = painted(encoded(photo(16)), name="skin.png")
    sheet = place(grid(1).but(materials=(skin,)), up="+y", evidence="given")
    text = write_obj(sheet, library="m.mtl").decode()
    assert "vt 0.0000000 1.0000000\n" in text.splitlines(keepends=True)[5]
    assert "f 1/1/1 4/4/4 2/2/2" in text


def test_another_program_reads_it(tmp_path: Path) -> None:
    trimesh = pytest.importorskip("trimesh")
    sheet = place(grid(3, size=2.0), up="+y", evidence="given")
    mesh = trimesh.load(written(tmp_path, sheet, {}), process=False, force="mesh")
    assert len(mesh.faces) == 18 and mesh.area == pytest.approx(4.0)
