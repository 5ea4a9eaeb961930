import numpy as np
import pytest

from pipeline.matter.normals import smooth_normals
from pipeline.measure import budget
from pipeline.measure.similarity import ssim
from pipeline.measure.textures import psnr_db, texel_mm
from pipeline.steps.place import place
from tests.pictures import encoded, painted, photo
from tests.shapes import grid, sphere


def test_a_difference_of_one_level_everywhere_is_48_decibels():
    a = np.full((8, 8, 3), 100, np.uint8)
    assert psnr_db(a, a + 1) == pytest.approx(48.13, abs=0.01)
    assert psnr_db(a, a) == 99.0


def test_equal_pictures_are_alike_and_noise_is_not():
    a = photo(64)
    noise = np.random.default_rng(2).integers(0, 255, a.shape, np.uint8)
    assert ssim(a, a) == pytest.approx(1)
    assert ssim(a, noise) < 0.2 < 0.9 < ssim(a, np.clip(a.astype(int) + 2, 0, 255).astype(np.uint8))


def test_a_texture_of_512_on_half_a_metre_has_texels_of_one_millimetre():
    skin = painted(encoded(photo(512)))
    sheet = place(grid(4, size=0.512).but(materials=(skin,)), up="+y")
    assert texel_mm(sheet, skin.colour_texture) == pytest.approx((1, 1, 1), abs=1e-3)


def test_a_texture_of_2048_takes_22_megabytes_of_the_gpu():
    assert budget.texture_bytes(2048, 2048) == pytest.approx(2048 * 2048 * 4 * 4 / 3, abs=1)
    assert budget.texture_bytes(2048, 2048, bits_per_texel=4) == pytest.approx(2048 * 2048 / 2 * 4 / 3, abs=1)


class File:
    triangles, bytes_wire, decoded_bytes, draw_calls, texture_px = 60_000, 2_000_000, 40_000_000, 1, 4096


def test_a_file_over_budget_is_named_by_the_figure_that_is_over():
    over = [v.what for v in budget.check(File(), "phone") if not v.within]
    assert over == ["texture_px"]
    assert "phone" not in budget.fits(File()) and "panel" in budget.fits(File())


def test_smooth_normals_of_a_ball_point_outwards():
    ball = sphere(2.0, level=4)
    assert smooth_normals(ball.positions, ball.triangles) == pytest.approx(ball.positions / 2, abs=0.02)
