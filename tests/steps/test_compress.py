import json

import numpy as np
import pytest
from scipy.spatial import cKDTree

from pipeline.errors import Refused
from pipeline.formats.gltf_quantise import quantisation_error_mm
from pipeline.formats.gltf_read import read_glb_bytes
from pipeline.matter.normals import normals_of
from pipeline.measure.deviation import deviation
from pipeline.node.validator import validate
from pipeline.steps.compress import STEP_SHARE, bits_of, compress
from pipeline.steps.place import place
from pipeline.steps.simplify import simplify
from pipeline.steps.textures import textures
from tests.pictures import encoded, painted, photo
from tests.shapes import cube, grid, sphere


def level(s, error_mm):
    return simplify(place(s, up="+y", evidence="given"), max_error_mm=error_mm)


@pytest.mark.parametrize("codec", ["meshopt", "draco", "none"])
@pytest.mark.parametrize("error_mm", [0.05, 1.0])
def test_quantisation_stays_well_below_the_level_s_error(codec, error_mm):
    ball = level(sphere(0.1, level=5), error_mm)
    back = read_glb_bytes(compress(ball, codec=codec).data)
    assert deviation(ball, back).max <= STEP_SHARE * error_mm + 0.0005


@pytest.mark.parametrize("codec", ["meshopt", "meshopt-v1", "draco"])
@pytest.mark.parametrize("error_mm", [0.0005, 0.01, 0.3, 20.0])
def test_no_vertex_moves_by_more_than_its_share_of_the_error_however_fine_that_is(codec, error_mm):
    ball = place(sphere(0.1, level=4), up="+y").but(error_mm=error_mm)
    made = compress(ball, codec=codec)
    moved = cKDTree(ball.positions).query(read_glb_bytes(made.data).positions)[0].max() * 1000
    single = 2e-5  # what single precision leaves of 20 cm
    assert moved <= STEP_SHARE * error_mm + single
    assert made.error_mm == pytest.approx(error_mm + moved, abs=STEP_SHARE * error_mm + single)


@pytest.mark.parametrize("size_m", [0.02, 0.4, 30.0])
@pytest.mark.parametrize("screen_px", [256, 600, 1400, 4000])
def test_sixteen_bits_are_enough_for_every_level_that_is_made_for_a_screen(size_m, screen_px):
    thing = place(sphere(size_m, level=2), up="+y")
    error_mm = thing.diagonal * 1000 / screen_px
    bits = bits_of(thing.but(error_mm=error_mm))
    assert bits <= 16 and quantisation_error_mm(thing, bits) <= STEP_SHARE * error_mm


def test_a_coarser_level_gets_fewer_bits_and_bytes():
    fine, coarse = (place(sphere(0.1, level=5), up="+y").but(error_mm=e) for e in (0.01, 2.0))
    assert len(compress(coarse).data) < 0.9 * len(compress(fine).data)


def test_the_figures_are_those_of_the_file():
    sheet = grid(20, size=0.5, height=lambda x, z: 0.1 * np.sin(9 * x))
    skin = painted(encoded(photo(256)))
    made = compress(textures(level(sheet.but(materials=(skin,)), 0.5), max_px=128))
    back = read_glb_bytes(made.data)
    assert made.triangles == len(back.triangles) and made.vertices == len(back.positions)
    assert made.texture_px == 128 and made.draw_calls == 1
    assert made.decoded_bytes >= 128 * 128 * 4 * 4 // 3
    assert "EXT_meshopt_compression" in made.required_extensions
    assert 0.5 < made.error_mm <= 0.5 * (1 + STEP_SHARE)
    assert "texture-encoded" in {f.code for f in made.findings}


def test_the_khronos_validator_has_nothing_against_it():
    skin = painted(encoded(photo(64)))
    sheet = level(grid(20, size=0.5, height=lambda x, z: 0.1 * x * z).but(materials=(skin,)), 0.5)
    for codec in ("meshopt", "draco", "none"):
        assert (
            validate(compress(textures(sheet), codec=codec, metadata='{"dc:identifier": "0417"}').data).errors
            == 0
        )


def test_the_same_level_gives_the_same_bytes():
    ball = level(sphere(0.1, level=4), 0.2)
    assert compress(ball).data == compress(ball).data


def test_metadata_travels_in_the_file():
    packet = {"@context": {"dc": "http://purl.org/dc/elements/1.1/"}, "dc:identifier": "0417-北庭"}
    made = compress(place(cube(), up="+y"), metadata=json.dumps(packet))
    assert "0417-北庭".encode() in made.data or b"0417-\\u5317" in made.data
    with pytest.raises(Refused, match="no JSON"):
        compress(place(cube(), up="+y"), metadata="dc:identifier = 4")


def test_an_unplaced_surface_is_refused():
    with pytest.raises(Refused, match="put step place before it"):
        compress(cube())


@pytest.mark.parametrize(("turned_deg", "bits"), [(0.0, 7), (1.3, 7), (1.4, 6), (20.0, 6)])
def test_normals_get_fewer_bits_where_those_turn_them_by_no_more_than_was_done_already(turned_deg, bits):
    ball = place(sphere(0.1, level=5), up="+y").but(error_mm=0.1, turned_deg=turned_deg)
    ball = ball.but(normals=normals_of(ball))
    assert compress(ball).data == compress(ball, normal_bits=bits).data
    back = read_glb_bytes(compress(ball).data)
    middle = ball.positions.mean(axis=0)
    exact = (back.positions - middle) / np.linalg.norm(back.positions - middle, axis=1, keepdims=True)
    off = np.degrees(np.arccos(np.clip((exact * back.normals).sum(axis=1), -1, 1)))
    assert off.mean() <= max(turned_deg, 0.7) + 0.15


def test_the_simplifier_says_by_how_much_it_turned_the_surface():
    ball = place(sphere(0.1, level=5), up="+y", evidence="given")
    fine, coarse = (simplify(ball, max_error_mm=e) for e in (0.05, 2.0))
    assert 0 < fine.turned_deg < coarse.turned_deg < 30


@pytest.mark.parametrize("codec", ["meshopt", "draco"])
@pytest.mark.parametrize("texels", [0.5, 0.125])
def test_texture_coordinates_move_by_no_more_than_the_share_of_a_texel_asked_for(codec, texels):
    skin = painted(encoded(photo(256)))
    sheet = level(grid(20, size=0.5, height=lambda x, z: 0.1 * x * z).but(materials=(skin,)), 0.5)
    back = read_glb_bytes(compress(sheet, codec=codec, uv_texels=texels).data)
    at = cKDTree(sheet.positions).query(back.positions)[1]
    moved = np.abs(back.uvs[0] - sheet.uvs[0][at]).max() * 256
    assert 0.2 * texels < moved <= texels + 1e-3
