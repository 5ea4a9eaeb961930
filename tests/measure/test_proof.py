"""Every figure of the proof on shapes whose answer is known."""

import numpy as np
import pytest

from pipeline.catalogue.finding import Finding
from pipeline.formats.gltf_read import read_glb_bytes
from pipeline.matter.surface import Material
from pipeline.measure.coverage import coverage
from pipeline.measure.normals import turned_deg
from pipeline.measure.proof import on_screen, prove
from pipeline.measure.readback import read_back
from pipeline.measure.textures import texel_sizes
from pipeline.measure.uv import uv_layout
from pipeline.measure.views import likeness
from pipeline.steps.compress import compress
from pipeline.steps.place import place
from tests.pictures import encoded, painted, photo
from tests.shapes import cube, grid, sphere, surface

SAMPLES = 20_000


def placed(shape):
    return place(shape, up="+y", evidence="given")


def test_a_ball_in_a_larger_ball_is_off_by_the_difference_of_the_radii_and_faces_the_same_way():
    inner, outer = sphere(0.1, level=6), sphere(0.101, level=6)
    found = prove(inner, outer, samples=SAMPLES)
    assert found.deviation.mean == pytest.approx(1, abs=0.02)
    assert found.deviation.rms == pytest.approx(1, abs=0.02)
    assert found.deviation.p95 == pytest.approx(1, abs=0.05)
    assert found.proof.normals_deg.mean == pytest.approx(0, abs=0.05)
    assert found.colour is None


def test_a_wedge_that_rises_to_a_millimetre_has_half_of_it_as_mean_and_a_third_as_mean_square():
    flat = grid(20, size=1.0)
    wedge = surface(flat.positions + [0, 0.001, 0] * flat.positions[:, :1], flat.triangles)
    found = prove(flat, wedge, samples=SAMPLES).deviation
    assert found.mean == pytest.approx(0.5, abs=0.003)
    assert found.rms == pytest.approx(1 / np.sqrt(3), abs=0.003)
    assert found.p95 == pytest.approx(0.95, abs=0.003)
    assert found.max == pytest.approx(1, abs=0.003)


def test_a_plane_with_a_step_counts_its_samples_in_two_bins():
    flat = grid(10, size=1.0)
    high = np.add(flat.positions, [0, 0.001, 0]) + [0, 0.001, 0] * (flat.positions[:, :1] > 0.501)
    # no triangle joins the two halves: 0.4 of the width lies 1 mm up, 0.5 lies 2 mm up
    keep = np.ptp(high[flat.triangles][:, :, 1], axis=1) < 1e-9
    stepped = surface(high, flat.triangles[keep])
    back = np.array(prove(flat, stepped, samples=SAMPLES).proof.histogram.model_to_scan)
    assert np.count_nonzero(back) == 2 and back.sum() == SAMPLES
    assert back[np.flatnonzero(back)] / SAMPLES == pytest.approx([5 / 9, 4 / 9], abs=1e-3)


def test_a_roof_is_turned_against_the_plane_below_by_its_slope():
    flat = grid(1, size=1.0)
    slope = surface(flat.positions + [0, 0.1, 0] * flat.positions[:, :1], flat.triangles)
    found = prove(flat, slope, samples=SAMPLES).proof.normals_deg
    assert found.mean == pytest.approx(np.degrees(np.arctan(0.1)), abs=0.01)
    assert found.p95 == pytest.approx(found.mean, abs=0.01)


def test_angles_are_exact_from_nothing_to_a_half_turn():
    at = np.radians([0, 1e-4, 45, 90, 179.99, 180])
    one = np.tile([1.0, 0, 0], (6, 1))
    two = np.stack([np.cos(at), np.sin(at), 0 * at], 1)
    assert turned_deg(one, two) == pytest.approx(np.degrees(at), abs=1e-9)


def test_a_cube_in_another_grey_differs_by_its_known_colour_difference():
    # linear 0.2 and 0.3 are L* 51.84 and 61.65, greys differ by dL / S_L: 9.81 / 1.092
    one, two = (placed(cube()).but(materials=(Material(base_colour=(g, g, g, 1)),)) for g in (0.2, 0.3))
    one, two = (s.but(colours=np.full((8, 4), 255, np.uint8)) for s in (one, two))
    found = prove(one, two, samples=SAMPLES).colour
    lightness = [116 * g ** (1 / 3) - 16 for g in (0.2, 0.3)]
    middle = (sum(lightness) / 2 - 50) ** 2
    expected = (lightness[1] - lightness[0]) / (1 + 0.015 * middle / np.sqrt(20 + middle))
    assert found.mean == pytest.approx(expected, abs=0.01) and found.p95 == pytest.approx(expected, abs=0.01)


def test_equal_surfaces_give_equal_pictures_and_others_do_not():
    ball = placed(sphere(0.1, level=4))
    same = likeness(ball, placed(sphere(0.1, level=4)), views=3, view_px=96)
    assert (same.ssim, same.ssim_least, same.psnr_db, same.views) == (1.0, 1.0, 99.0, 3)
    other = likeness(ball, placed(cube(0.15)), views=3, view_px=96)
    assert other.ssim < 0.8 and other.psnr_db < 25 and other.ssim_least <= other.ssim


def skinned(shape):
    return shape.but(materials=(painted(encoded(photo(256))),))


def test_a_square_sheet_over_its_whole_texture_is_used_fully_once_and_without_stretch():
    found = uv_layout(skinned(grid(8, size=0.5)))
    assert found.overlap_percent == 0 and found.utilisation_percent == 100
    assert (found.stretch_l2, found.stretch_p95, found.stretch_max) == (1.0, 1.0, 1.0)
    assert found.collapsed_percent == 0


def test_a_sheet_twice_as_long_as_its_texture_is_stretched_by_two():
    sheet = grid(8)
    long_ = skinned(surface(sheet.positions * [2, 1, 1], sheet.triangles, uvs=sheet.uvs))
    found = uv_layout(long_)
    # singular values 2 and 1 over an area of 2: sqrt((4 + 1) / 2 / 2)
    assert found.stretch_l2 == pytest.approx(np.sqrt(5 / 4), abs=1e-3)
    assert found.stretch_p95 == pytest.approx(2, abs=1e-3)


def test_unequal_density_is_stretch_even_where_every_texel_is_square():
    near, far = grid(4), grid(4)
    uvs = np.concatenate([near.uvs[0] * 0.5, far.uvs[0] * 0.25 + 0.5]).astype(np.float32)
    both = skinned(
        surface(
            np.concatenate([near.positions, np.add(far.positions, [3, 0, 0])]),
            np.concatenate([near.triangles, far.triangles + len(near.positions)]),
            uvs=(uvs,),
        )
    )
    found = uv_layout(both)
    # texture areas 1/4 and 1/16 for surface areas 1 and 1: scales squared 4 and 16, normalised by 5/32
    assert found.stretch_l2 == pytest.approx(np.sqrt(10 * 5 / 32), abs=2e-3)
    assert found.stretch_max == pytest.approx(1, abs=1e-3)
    assert found.utilisation_percent == pytest.approx(100 * (1 / 4 + 1 / 16), abs=0.2)


def test_a_sheet_laid_over_half_of_another_overlaps_by_that_half():
    sheet = grid(4)
    uvs = np.concatenate([sheet.uvs[0] * [0.5, 1], sheet.uvs[0] * [0.25, 1]]).astype(np.float32)
    twice = skinned(
        surface(
            np.concatenate([sheet.positions, np.add(sheet.positions, [2, 0, 0])]),
            np.concatenate([sheet.triangles, sheet.triangles + len(sheet.positions)]),
            uvs=(uvs,),
        )
    )
    found = uv_layout(twice)
    assert found.overlap_percent == pytest.approx(50, abs=0.2)
    assert found.utilisation_percent == pytest.approx(50, abs=0.2)


def test_a_triangle_without_room_in_the_texture_is_counted_apart():
    sheet = grid(1)
    uvs = sheet.uvs[0].copy()
    uvs[sheet.triangles[0]] = 0.5
    flat = surface(sheet.positions, sheet.triangles, uvs=(uvs,))
    assert uv_layout(skinned(flat)).collapsed_percent > 49
    assert uv_layout(placed(cube())) is None


def test_coverage_wraps_round_and_a_needle_across_a_thousand_repeats_ends():
    square = np.array([[[0.5, 0.5], [1.5, 0.5], [1.5, 1.5]], [[0.5, 0.5], [1.5, 1.5], [0.5, 1.5]]])
    assert coverage(square) == (1.0, 0.0)
    assert coverage(square * 2)[1] == 1.0
    needle = np.array([[[0.0, 0.0], [20_000.0, 20_000.0], [20_000.0, 20_000.1]]])
    assert all(0 <= share <= 1 for share in coverage(needle))
    assert coverage(np.full((1, 3, 2), np.inf)) == (0.0, 0.0)


def test_texels_of_several_textures_are_pooled_by_area():
    sheet = skinned(grid(4, size=0.256))
    assert texel_sizes(placed(sheet)).median_mm == pytest.approx(1, abs=1e-3)
    assert texel_sizes(placed(cube())) is None


@pytest.mark.parametrize("codec", ["meshopt", "draco"])
def test_what_is_read_back_is_off_by_no_more_than_the_quantisation(codec):
    ball = skinned(sphere(0.1, level=4))
    turned = np.arctan2(ball.positions[:, 2], ball.positions[:, 0]) / 6.3 + 0.5
    uvs = np.stack([turned, ball.positions[:, 1] * 4 + 0.5], 1).astype(np.float32)
    before = placed(ball.but(uvs=(uvs,)).but(error_mm=0.1))
    written = compress(before, codec=codec)
    found = read_back(before, read_glb_bytes(written.data), samples=5000)
    assert written.before is before
    assert found.triangles_lost == 0 and found.textures_equal is True
    assert 0 < found.positions_max_mm <= 0.033 + 0.0005
    assert found.normals_p95_deg < 1.2 and found.uvs_p95_texels < 1


def test_a_file_of_another_surface_does_not_read_back():
    before, other = placed(sphere(0.1, level=3)), placed(sphere(0.11, level=2))
    found = read_back(before, other, samples=2000)
    assert found.triangles_lost == 512 - 128 and found.positions_max_mm > 5


def test_the_screen_turns_millimetres_into_pixels():
    found = prove(grid(4), surface(np.add(grid(4).positions, [0, 0.001, 0]), grid(4).triangles), samples=2000)
    screen = on_screen(found.deviation, 1000.0, 500)
    assert (screen.pixel_mm, screen.mean, screen.p95) == (2.0, pytest.approx(0.5), pytest.approx(0.5))
    assert on_screen(found.deviation, 1000.0, None) is None


def test_misses_and_filled_holes_come_from_what_the_steps_noted():
    ball = sphere(0.1, level=2)
    noted = (
        Finding("baked", "info", {"miss_percent": 0.25}),
        Finding("holes-filled", "info", {"area_cm2": 3.5}),
    )
    proof = prove(ball, ball, findings=noted, samples=500).proof
    assert (proof.bake_miss_percent, proof.filled_area_cm2) == (0.25, 3.5)
    assert prove(ball, ball, samples=500).proof.bake_miss_percent is None


def test_the_same_seed_gives_the_same_proof():
    a, b = placed(sphere(0.1, level=3)), placed(sphere(0.1, level=2))
    assert prove(a, b, samples=1000) == prove(a, b, samples=1000)
