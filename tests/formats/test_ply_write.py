"""What a scanner measured comes back bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.formats import read
from pipeline.formats.ply_write import write_ply
from pipeline.matter.normals import unit
from tests.pictures import encoded, painted, photo
from tests.shapes import cube, grid, surface


def back(tmp_path: Path, data: bytes, **files: bytes):  # type: ignore[no-untyped-def]
    (tmp_path / "mesh.ply").write_bytes(data)
    for name, content in files.items():
        (tmp_path / name.replace("_", ".")).write_bytes(content)
    return read(tmp_path / "mesh.ply")


def head(data: bytes) -> str:
    return data[: data.index(b"\nend_header\n")].decode("ascii")


ODD = np.array([[0.1, -0.0, 512345.678901234], [1 / 3, 5e-324, -1.7e300], [2.0**-40, np.pi, 1e-7]])


def test_double_precision_positions_come_back_with_every_bit(tmp_path: Path) -> None:
    data = write_ply(surface(ODD, [(0, 1, 2)]))
    assert "property double x" in head(data)
    assert np.array_equal(back(tmp_path, data).positions.view(np.uint64), ODD.view(np.uint64))


def test_single_precision_positions_stay_single_and_come_back_with_every_bit(tmp_path: Path) -> None:
    single = np.random.default_rng(1).normal(size=(100, 3)).astype(np.float32).astype(np.float64)
    data = write_ply(surface(single, np.arange(99).reshape(-1, 3)))
    assert "property float x" in head(data)
    assert np.array_equal(back(tmp_path, data).positions, single)


def test_order_normals_colours_and_texture_come_back(tmp_path: Path) -> None:
    picture = encoded(photo(16))
    skin = painted(picture, name="skin.png")
    sheet = grid(6, size=0.3).but(materials=(skin,))
    random = np.random.default_rng(2)
    normals = unit(random.normal(size=sheet.positions.shape))
    colours = random.integers(0, 256, (len(sheet.positions), 4), dtype=np.uint8)
    sheet = sheet.but(normals=normals, colours=colours)
    data = write_ply(sheet, texture_names={skin.colour_texture.texture.sha256: "skin.png"})
    read_back = back(tmp_path, data, skin_png=picture)
    assert np.array_equal(read_back.triangles, sheet.triangles)
    assert np.allclose(read_back.normals, normals, atol=1e-7)
    assert np.array_equal(read_back.colours, colours)
    assert np.allclose(read_back.uvs[0], sheet.uvs[0], atol=6e-8)
    assert read_back.textures()[0].sha256 == skin.colour_texture.texture.sha256


def test_faces_carry_the_number_of_their_material_and_another_program_reads_them(tmp_path: Path) -> None:
    trimesh = pytest.importorskip("trimesh")
    box = cube().but(materials=cube().materials * 2, material_of=np.arange(12, dtype=np.int32) % 2)
    data = write_ply(box, comments=("unit mm, é\nend_header",))
    assert "property int material_index" in head(data) and "comment unit mm, ? end-header\n" in head(data)
    (tmp_path / "a.ply").write_bytes(data)
    mesh = trimesh.load(tmp_path / "a.ply", process=False)
    assert mesh.is_watertight and mesh.volume == pytest.approx(1.0)
