"""A USDZ holds what went in: by the rules of the format always, by Pixar's library where it is installed."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from formats.test_zips import starts_of

from pipeline.errors import Refused
from pipeline.formats.images import probe
from pipeline.formats.usdz import write_usdz
from pipeline.matter.surface import Material, Surface, TextureUse
from pipeline.measure.usd import available, validate_usdz
from pipeline.steps.place import place
from tests.pictures import encoded, painted, photo
from tests.shapes import cube, grid, sphere

needs_usd = pytest.mark.skipif(not available(), reason="USD is not installed: pip install usd-core")


def sheet(error_mm: float = 0.2) -> Surface:
    """A wavy sheet of half a metre with a JPEG."""
    wavy = grid(12, size=0.5, height=lambda x, z: 0.05 * np.sin(9 * x) * z)
    skin = painted(encoded(photo(64), "jpeg", quality=90), name="皮.jpg")
    return place(wavy.but(materials=(skin,)), up="+y", evidence="given").but(error_mm=error_mm)


def layer_of(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(archive.namelist()[0]).decode()


def stage_of(data: bytes, folder: Path):  # type: ignore[no-untyped-def]
    from pxr import Usd

    path = folder / "model.usdz"
    path.write_bytes(data)
    return Usd.Stage.Open(str(path))


def test_by_the_rules_of_the_format_it_is_a_plain_aligned_archive_that_begins_with_its_layer() -> None:
    data = write_usdz(sheet()).data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == ["model.usda", "textures/0.jpg"]
    assert all(entry.compress_type == zipfile.ZIP_STORED for entry in entries)
    assert all(start % 64 == 0 for start in starts_of(data).values())


def test_metres_and_y_up_are_written_down() -> None:
    layer = layer_of(write_usdz(sheet()).data)
    assert layer.startswith("#usda 1.0\n")
    assert "metersPerUnit = 1\n" in layer and 'upAxis = "Y"' in layer and 'defaultPrim = "Relic"' in layer


def test_the_texture_lies_in_it_byte_for_byte() -> None:
    surface = sheet()
    with zipfile.ZipFile(io.BytesIO(write_usdz(surface).data)) as archive:
        assert archive.read("textures/0.jpg") == surface.textures()[0].encoded()


def test_rounding_moves_no_vertex_further_than_a_tenth_of_the_error() -> None:
    for error_mm in (0.02, 0.5, 30.0):
        surface = sheet(error_mm)
        written = write_usdz(surface)
        moved = np.linalg.norm(written.surface.positions - surface.positions, axis=1).max() * 1000
        assert moved <= written.rounding_mm * 1.01 <= 0.1 * error_mm * 1.02


def test_a_coarser_level_needs_fewer_digits() -> None:
    assert len(write_usdz(sheet(20.0)).data) < len(write_usdz(sheet(0.01)).data)


@pytest.mark.parametrize("format", ["webp", "tiff"])
def test_a_texture_that_not_every_device_shows_is_refused(format: str) -> None:
    skin = painted(encoded(photo(32), format), name="skin")
    with pytest.raises(Refused, match=f'cannot hold image/{format}; .*format = "jpeg"'):
        write_usdz(sheet().but(materials=(skin,)))


def test_the_same_surface_gives_the_same_bytes() -> None:
    assert write_usdz(sheet()).data == write_usdz(sheet()).data


def test_words_with_quotes_and_line_ends_stay_inside_their_string() -> None:
    layer = layer_of(write_usdz(sheet(), about={"title": 'a "jar"\nof\\clay 陶罐', "dc:x": "y"}).data)
    assert r'string title = "a \"jar\" of\\clay 陶罐"' in layer and 'string dc_x = "y"' in layer


@needs_usd
def test_pixars_library_reads_back_the_very_surface(tmp_path: Path) -> None:
    from pxr import UsdGeom

    written = write_usdz(sheet())
    stage = stage_of(written.data, tmp_path)
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0 and UsdGeom.GetStageUpAxis(stage) == "Y"
    mesh = UsdGeom.Mesh(stage.GetPrimAtPath("/Relic/Part0"))
    points = np.array(mesh.GetPointsAttr().Get(), np.float64)
    triangles = np.array(mesh.GetFaceVertexIndicesAttr().Get()).reshape(-1, 3)
    assert set(mesh.GetFaceVertexCountsAttr().Get()) == {3}
    assert np.array_equal(points[triangles], written.surface.positions[written.surface.triangles])
    uv = np.array(UsdGeom.PrimvarsAPI(mesh).GetPrimvar("st").Get())
    expected = written.surface.uvs[0][np.unique(written.surface.triangles)]
    assert np.allclose(uv, np.stack([expected[:, 0], 1 - expected[:, 1]], 1), atol=1e-5)
    low, high = np.array(mesh.GetExtentAttr().Get())
    assert np.allclose(low, points.min(axis=0)) and np.allclose(high, points.max(axis=0))
    assert mesh.GetSubdivisionSchemeAttr().Get() == "none"


@needs_usd
def test_pixars_validators_have_nothing_against_any_kind_of_material() -> None:
    normal = probe(encoded(np.full((16, 16, 3), (128, 128, 255), np.uint8)), name="n.png", role="data")
    rough = probe(encoded(photo(16)), name="r.png", role="data")
    colour = probe(encoded(photo(16)), name="c.png")
    full = Material(
        "full",
        base_colour=(0.5, 1.0, 1.0, 0.5),
        colour_texture=TextureUse(colour, wrap=("clamp", "mirror")),
        normal_texture=TextureUse(normal),
        metallic_roughness_texture=TextureUse(rough),
        occlusion_texture=TextureUse(rough),
        emissive_texture=TextureUse(colour),
        alpha="mask",
        double_sided=True,
    )
    plain = Material("plain", base_colour=(0.2, 0.3, 0.4, 0.9), emissive=(0.1, 0, 0), alpha="blend")
    half = np.arange(len(sheet().triangles), dtype=np.int32) % 2
    found = validate_usdz(write_usdz(sheet().but(materials=(full, plain), material_of=half)).data)
    assert found is not None and found.messages == ()


@needs_usd
def test_vertex_colours_travel_in_linear_light(tmp_path: Path) -> None:
    from pxr import UsdGeom

    ball = place(sphere(0.1, level=2), up="+y", evidence="given")
    grey = np.full((len(ball.positions), 4), (188, 0, 255, 255), np.uint8)
    data = write_usdz(ball.but(colours=grey)).data
    found = validate_usdz(data)
    assert found is not None and found.clean, found
    stage = stage_of(data, tmp_path)
    mesh = UsdGeom.Mesh(stage.GetPrimAtPath("/Relic/Part0"))
    assert np.allclose(mesh.GetDisplayColorAttr().Get()[0], (0.5029, 0, 1), atol=1e-3)


@needs_usd
def test_the_validators_do_find_fault_with_a_wrong_file() -> None:
    data = write_usdz(sheet()).data
    layer = layer_of(data)
    broken = re.sub(r"    metersPerUnit = 1\n    upAxis = \"Y\"\n", "", layer).encode()
    from pipeline.formats.zips import zipped

    found = validate_usdz(zipped({"model.usda": broken}, align=64))
    assert found is not None and not found.clean and found.errors + found.warnings > 0


def test_a_material_that_no_triangle_has_is_not_written_as_a_mesh() -> None:
    two = sheet().but(materials=(sheet().materials[0], Material("unused")))
    assert layer_of(write_usdz(two).data).count("def Mesh") == 1
    box = place(cube(), up="+y")
    assert replace(box.materials[0]).colour_texture is None and write_usdz(box).vertices == 8
