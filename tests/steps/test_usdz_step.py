"""The level that ends in a USDZ: the same form and texture as its GLB, figures that are true."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest

from pipeline.errors import Refused
from pipeline.measure.colour import colour_difference
from pipeline.measure.deviation import deviation
from pipeline.measure.usd import available, validate_usdz
from pipeline.node.validator import validate
from pipeline.steps.compress import compress
from pipeline.steps.place import place
from pipeline.steps.simplify import simplify
from pipeline.steps.textures import textures
from pipeline.steps.usdz import usdz
from tests.pictures import encoded, painted, photo
from tests.shapes import cube, grid, sphere


def level():
    skin = painted(encoded(photo(128)), name="skin.png")
    wavy = grid(40, size=0.5, height=lambda x, z: 0.05 * np.sin(19 * x) * np.cos(13 * z))
    placed = place(wavy.but(materials=(skin,)), up="+y", evidence="given")
    return textures(simplify(placed, max_error_mm=0.4), max_px=64, format="jpeg")


def test_its_figures_are_those_of_the_glb_made_of_the_same_surface() -> None:
    surface = level()
    glb, made = compress(surface, codec="none"), usdz(surface)
    assert (made.triangles, made.vertices, made.texture_px) == (glb.triangles, glb.vertices, glb.texture_px)
    assert made.draw_calls == glb.draw_calls == 1 and made.suffix == ".usdz"
    assert made.decoded_bytes == pytest.approx(glb.decoded_bytes, rel=0.35)
    assert glb.required_extensions == () and validate(glb.data).clean
    assert b"image/jpeg" in glb.data


def test_what_is_measured_is_what_was_written() -> None:
    surface = level()
    made = usdz(surface)
    assert made.holds is not None
    assert 0 < deviation(surface, made.holds).max <= made.error_mm - surface.error_mm + 1e-4
    assert made.error_mm <= surface.error_mm * 1.11


@pytest.mark.skipif(not available(), reason="USD is not installed: pip install usd-core")
def test_pixars_validators_have_nothing_against_it() -> None:
    title = {"@type": "rdf:Alt", "rdf:_1": {"@language": "zh-Hans", "@value": "陶罐"}}
    found = validate_usdz(usdz(level(), metadata=json.dumps({"dc:title": title})).data)
    assert found is not None and found.messages == ()
    painted = validate_usdz(usdz(coloured()).data)
    assert painted is not None and painted.messages == ()


def coloured(level: int = 4):
    ball = place(sphere(0.1, level=level), up="+y", evidence="given")
    shade = ((ball.positions / 0.2 + (0.5, 0, 0.5)) * 255).clip(0, 255).astype(np.uint8)
    return ball.but(colours=np.c_[shade, np.full(len(shade), 255, np.uint8)])


def test_vertex_colours_become_a_texture_because_quick_look_shows_no_others() -> None:
    ball = coloured()
    made = usdz(ball)
    assert "usdz-vertex-colours" in {f.code for f in made.findings} and made.texture_px == 512
    assert made.holds is not None and made.holds.colours is None
    off = colour_difference(ball, made.holds)
    assert off is not None and off.mean < 1.0 and off.p95 < 2.0
    assert deviation(ball, made.holds).max <= made.error_mm + 1e-4
    plain = place(sphere(0.1, level=2), up="+y", evidence="given")
    assert "usdz-vertex-colours" not in {f.code for f in usdz(plain).findings}


def test_places_stay_shared_though_their_texture_coordinates_differ() -> None:
    ball = coloured(level=2)
    with zipfile.ZipFile(io.BytesIO(usdz(ball).data)) as archive:
        layer = archive.read("model.usda").decode()
    points = layer.split("point3f[] points = [")[1].split("]")[0].count("(")
    st = layer.split("primvars:st = [")[1].split("]")[0].count("(")
    assert points == len(ball.positions) and st == 3 * len(ball.triangles)
    assert 'interpolation = "faceVarying"' in layer


@pytest.mark.parametrize("triangles", [1, 2, 3, 128])
def test_any_number_of_triangles_finds_its_cells(triangles: int) -> None:
    ball = coloured(level=2)
    few = ball.but(triangles=ball.triangles[:triangles], material_of=ball.material_of[:triangles])
    made = usdz(few).holds
    assert made is not None
    off = colour_difference(few, made)
    assert off is not None and off.mean < 3


def test_more_triangles_than_cells_are_refused() -> None:
    with pytest.raises(Refused, match="524288 triangles are too many to paint"):
        usdz(coloured(level=8))


def test_webp_is_refused_with_the_remedy_and_so_is_an_unplaced_scan() -> None:
    skin = painted(encoded(photo(32)), name="skin.png")
    sheet = place(grid(2, size=0.5).but(materials=(skin,)), up="+y", evidence="given")
    with pytest.raises(Refused, match='put step textures before it, with format = "jpeg"'):
        usdz(textures(sheet, format="webp"))
    with pytest.raises(Refused, match="put step place before it"):
        usdz(cube())
