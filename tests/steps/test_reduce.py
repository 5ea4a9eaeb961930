import numpy as np
import pytest

from pipeline.measure.colour import colour_difference
from pipeline.measure.deviation import deviation
from pipeline.node.validator import validate
from pipeline.steps.compress import compress
from pipeline.steps.place import place
from pipeline.steps.reduce import bakeable, reduce
from pipeline.steps.textures import textures
from tests.pictures import chequer, encoded, painted, photo
from tests.shapes import grid, sphere


def placed(s):
    return place(s, up="+y", evidence="given")


def codes(s):
    return [f.code for f in s.findings]


def figures(s, code):
    return next(f.figures for f in s.findings if f.code == code)


def many_charts():
    """A bumpy sheet whose every square has a place of its own in the texture: no UV survives simplifying."""
    steps = 24
    base = grid(steps, size=0.5, height=lambda x, z: 0.01 * np.sin(9 * x) * np.cos(7 * z))
    triangles = base.triangles
    corners = triangles.reshape(-1)
    flat = base.uvs[0][triangles].copy()
    middle = flat.mean(axis=1, keepdims=True)
    flat = middle + (flat - middle) * 0.96
    return base.but(
        positions=base.positions[corners],
        uvs=(flat.reshape(-1, 2).astype(np.float32),),
        triangles=np.arange(len(corners), dtype=np.int32).reshape(-1, 3),
        materials=(painted(encoded(photo(256))),),
    )


def test_a_scan_of_a_thousand_charts_is_laid_out_anew_and_loses_triangles_not_colours():
    scan = placed(many_charts())
    made = reduce(scan, max_error_mm=0.5, max_px=256)
    chosen = figures(made, "texture-baked")
    assert chosen["baked_kb"] < chosen["kept_kb"]
    assert len(made.triangles) < 0.6 * len(scan.triangles) and len(made.materials) == 1
    assert deviation(scan, made).p95 <= 0.5
    assert colour_difference(scan, made).mean < 2.5
    assert figures(made, "baked")["miss_percent"] < 0.5


def test_a_sheet_with_one_good_chart_keeps_its_texture():
    scan = placed(grid(40, size=0.5).but(materials=(painted(encoded(photo(512), "jpeg", quality=60)),)))
    made = reduce(scan, max_error_mm=0.5, max_px=512)
    assert "texture-left" in codes(made) and "baked" not in codes(made)
    assert made.materials[0].colour_texture.texture.name == scan.materials[0].colour_texture.texture.name


def test_two_textures_become_one_draw_call_where_baking_is_asked_for():
    sheet = grid(20, size=0.4)
    red, blue = painted(encoded(chequer(64, 2)), name="a.png"), painted(encoded(photo(64)), name="b.png")
    half = (np.arange(len(sheet.triangles)) % 2).astype(np.int32)
    scan = placed(sheet.but(materials=(red, blue), material_of=half))
    made = reduce(scan, max_error_mm=0.2, texture="bake", max_px=512)
    assert len(made.materials) == 1 and made.materials[0].colour_texture.texture.width <= 256


def test_vertex_colours_are_baked_where_that_is_smaller():
    ball = placed(sphere(0.05, level=6))
    random = np.random.default_rng(3)
    grain = random.normal(0, 4, len(ball.positions))
    tone = 128 + 80 * np.sin(ball.positions @ np.array([300.0, 170, 90])) + grain
    rgba = np.clip(np.stack([tone, tone * 0.9, tone * 0.7, np.full(len(tone), 255)], axis=1), 0, 255)
    made = reduce(ball.but(colours=rgba.astype(np.uint8)), max_error_mm=0.3, max_px=512, max_colour_de=2.0)
    assert "texture-baked" in codes(made) and made.colours is None


def test_what_shines_differently_in_places_is_not_baked_into_one_material():
    metal = painted(encoded(photo(64)))
    both = grid(4).but(materials=(metal, painted(encoded(photo(64)), name="b.png")))
    assert bakeable(both)
    from dataclasses import replace

    assert not bakeable(both.but(materials=(replace(metal, metallic=1.0), both.materials[1])))
    assert not bakeable(both.but(materials=(replace(metal, alpha="mask"),)))


def test_a_bare_scan_is_simplified_and_nothing_baked():
    made = reduce(placed(sphere(0.05, level=5)), max_error_mm=0.2)
    assert not made.uvs and "baked" not in codes(made)


def test_a_normal_map_can_be_had_without_colours_and_the_file_is_valid():
    made = reduce(placed(sphere(0.05, level=5)), max_error_mm=0.5, normals=True, texture="bake", max_px=256)
    material = made.materials[0]
    assert material.normal_texture is not None and material.colour_texture is None
    packed = compress(textures(made, max_px=256))
    assert validate(packed.data).clean


def test_the_same_scan_gives_the_same_atlas():
    scan = placed(many_charts())
    one, two = (reduce(scan.but(), max_error_mm=0.5, max_px=128, texture="bake") for _ in range(2))
    assert one.materials[0].colour_texture.texture.sha256 == two.materials[0].colour_texture.texture.sha256
    assert (one.uvs[0] == two.uvs[0]).all()


def test_it_says_what_is_wrong_where_no_error_is_given():
    from pipeline.errors import Refused

    with pytest.raises(Refused, match="nothing says how far to go"):
        reduce(placed(many_charts()))
