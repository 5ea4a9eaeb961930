"""The level that ends in a USDZ: the same form and texture as its GLB, figures that are true."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pipeline.errors import Refused
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


def test_vertex_colours_are_told_because_quick_look_does_not_show_them() -> None:
    ball = place(sphere(0.1, level=3), up="+y", evidence="given")
    grey = np.full((len(ball.positions), 4), 128, np.uint8)
    assert "usdz-vertex-colours" in {f.code for f in usdz(ball.but(colours=grey)).findings}
    assert "usdz-vertex-colours" not in {f.code for f in usdz(ball).findings}


def test_webp_is_refused_with_the_remedy_and_so_is_an_unplaced_scan() -> None:
    skin = painted(encoded(photo(32)), name="skin.png")
    sheet = place(grid(2, size=0.5).but(materials=(skin,)), up="+y", evidence="given")
    with pytest.raises(Refused, match='put step textures before it, with format = "jpeg"'):
        usdz(textures(sheet, format="webp"))
    with pytest.raises(Refused, match="put step place before it"):
        usdz(cube())
