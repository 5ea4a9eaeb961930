"""No texel of an own layout belongs to two places: measured as the proof measures it."""

import numpy as np
import pytest

from pipeline import formats
from pipeline.bake import laid_out, unwrapped
from pipeline.bake.unwrap import overlap
from pipeline.measure.topology import components
from pipeline.measure.uv import uv_layout
from pipeline.steps.clean import clean
from pipeline.steps.place import place
from pipeline.steps.reduce import reduce
from pipeline.steps.simplify import simplify
from tests.meshes import Mesh
from tests.shapes import cube, grid, joined, sphere, surface


def placed(shape):
    return place(shape, up="+y", evidence="given")


def torn_sheet(share=0.15, steps=24):
    """A sheet with holes all over: some 180 charts, more than a picture of 64 px has room for."""
    sheet = grid(steps, height=lambda x, z: 0.2 * np.sin(20 * x) * np.cos(17 * z))
    kept = np.random.default_rng(1).random(len(sheet.triangles)) > share
    return surface(sheet.positions, sheet.triangles[kept])


def bristles():
    return grid(20, height=lambda x, z: 5 * (np.hypot(x - 0.5, z - 0.5) < 0.06))


SHAPES = {
    "ball": sphere(level=4),
    "block": cube(),
    "sheet": grid(30),
    "torn sheet": torn_sheet(),
    "bristles": bristles(),
    "two balls in one another": joined(sphere(1.0, level=3), sphere(0.9, level=3)),
}


@pytest.mark.parametrize("side", [64, 512])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_charts_of_a_shape_lie_beside_one_another(shape, side):
    flat = unwrapped(placed(shape), side_px=side, gutter_px=2)
    assert len(flat.triangles) == len(shape.triangles)
    assert flat.uvs[0].min() >= 0 and flat.uvs[0].max() <= 1
    assert overlap(flat) == 0


SCANS = {
    "busts/laurana.ply": 1400,
    "excavation-obj/trench_019.obj": 600,
    "helmet/greek_helmet.obj": 2400,
    "broken/non_manif_hole.ply": 600,
}


@pytest.mark.parametrize("name", SCANS)
def test_charts_of_a_real_scan_lie_beside_one_another(scans, name):
    scan = clean(place(formats.read(scans / name), unit="mm", evidence="given"))
    form = simplify(scan, screen_px=SCANS[name])
    for side in (64, 1024):
        assert overlap(unwrapped(form, side_px=side, gutter_px=2)) == 0, (name, side)


def test_the_proof_of_a_baked_level_of_a_real_scan_says_that_nothing_overlaps(scans):
    scan = clean(place(formats.read(scans / "busts/laurana.ply"), unit="mm", evidence="given"))
    made = reduce(scan, screen_px=600, texture="bake", max_px=1024)
    assert uv_layout(made).overlap_percent == 0


def test_charts_that_find_no_room_make_the_picture_larger_before_gutters_become_narrower():
    sheet = placed(torn_sheet())
    flat, side = laid_out(sheet, side_px=64, gutter_px=2, max_px=1024)
    charts = int(components(flat.triangles, len(flat.positions)).max()) + 1
    assert charts > 100 and side in (128, 256) and overlap(flat) == 0
    narrow, small = laid_out(sheet, side_px=64, gutter_px=2, max_px=100)
    assert small == 64 and overlap(narrow) == 0


def test_charts_that_have_room_are_laid_out_as_large_as_was_asked():
    flat, side = laid_out(placed(sphere(level=4)), side_px=512, gutter_px=4, max_px=4096)
    assert side == 512 and overlap(flat) == 0


def test_overlap_is_found_where_there_is_some():
    flat = unwrapped(placed(cube()), side_px=64, gutter_px=2)
    both = flat.but(uvs=(np.where(flat.uvs[0] > 0.5, flat.uvs[0] - 0.5, flat.uvs[0]).astype(np.float32),))
    assert overlap(both) > 0.05


@pytest.mark.parametrize("seed", [3, 8])
def test_a_soup_of_loose_triangles_is_laid_out_too(seed):
    flat = unwrapped(Mesh("soup", "bare", "none", 0.2, seed).made(), side_px=64, gutter_px=2)
    assert overlap(flat) == 0
