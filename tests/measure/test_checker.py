import numpy as np
import pytest

from pipeline.measure.checker import LAB_D50, NAMES, REFERENCE, difference, differences
from pipeline.measure.checker_find import find
from pipeline.measure.colour import lab, linear_of, srgb_of
from pipeline.measure.colour_fit import applied, fit
from tests.charts import CAMERA, CORNERS, chart

ALL = np.ones(24, bool)


D50_TO_D65 = np.array(
    [
        (0.9555766, -0.0230393, 0.0631636),
        (-0.0282895, 1.0099416, 0.0210077),
        (0.0122982, -0.0204830, 1.3299098),
    ]
)
TO_SRGB = np.array(
    [
        (3.2404542, -1.5371385, -0.4985314),
        (-0.9692660, 1.8760108, 0.0415560),
        (0.0556434, -0.2040259, 1.0572252),
    ]
)
"""Bradford's adaptation and XYZ to linear sRGB, as Lindbloom prints them."""


def test_the_reference_in_srgb_is_what_published_matrices_make_of_it():
    f = (LAB_D50[:, 0] + 16) / 116
    f = np.stack([f + LAB_D50[:, 1] / 500, f, f - LAB_D50[:, 2] / 200], axis=1)
    xyz = f**3 * (0.96422, 1, 0.82521)  # no patch is so dark that the cube root would have its straight part
    assert pytest.approx(xyz @ D50_TO_D65.T @ TO_SRGB.T, abs=3e-4) == REFERENCE


def test_the_reference_has_every_patch_once():
    assert len(REFERENCE) == len(set(NAMES)) == len(LAB_D50) == 24


def test_greys_stay_as_light_under_the_other_white():
    assert lab(REFERENCE)[18:, 0] == pytest.approx(LAB_D50[18:, 0], abs=0.1)


def test_a_perfect_chart_differs_only_in_the_cyan_that_srgb_cannot_hold():
    apart = differences(REFERENCE)
    assert np.delete(apart, NAMES.index("cyan")) == pytest.approx(0, abs=1e-9)
    assert 3 < apart[NAMES.index("cyan")] < 4
    assert difference(REFERENCE).worst == "cyan"


def test_linear_light_and_its_8_bit_values_are_inverse():
    codes = np.arange(256, dtype=np.uint8)
    assert np.array_equal(srgb_of(linear_of(codes)), codes)


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_chart_is_found_and_read_however_the_picture_lies(turn):
    reading = find(np.rot90(chart(), turn))
    assert reading is not None
    assert reading.patches == pytest.approx(np.clip(REFERENCE, 0, None) @ CAMERA.T, abs=0.012)


def test_corners_may_begin_anywhere_and_go_round_either_way():
    expected = find(chart(), corners=CORNERS).patches
    for start in range(4):
        turned = np.roll(np.array(CORNERS), start, axis=0)
        assert np.array_equal(find(chart(), corners=turned).patches, expected)
        assert np.array_equal(find(chart(), corners=turned[::-1]).patches, expected)


def test_corners_that_are_a_third_of_a_patch_off_are_moved_to_the_patches():
    true = find(chart(), corners=CORNERS).patches
    off = np.array(CORNERS) + np.array([(25, -20), (-22, 18), (15, 25), (-20, -24)])
    assert find(chart(), corners=off).patches == pytest.approx(true, abs=0.012)


def test_a_chart_that_is_small_in_a_large_picture_is_found():
    small = [(1500, 900), (1740, 925), (1725, 1085), (1490, 1060)]
    large = chart(width=2800, height=1900, corners=small)
    true = np.clip(REFERENCE, 0, None) @ CAMERA.T
    assert find(large).patches == pytest.approx(true, abs=0.012)


def test_a_mirrored_chart_is_read_alike():
    mirrored = np.ascontiguousarray(chart()[:, ::-1])
    corners = [(799 - x, y) for x, y in CORNERS]
    assert find(mirrored, corners=corners).patches == pytest.approx(
        find(chart(), corners=CORNERS).patches, abs=0.003
    )


def test_what_is_no_chart_is_not_taken_for_one():
    random = np.random.default_rng(4)
    noise = random.integers(0, 255, (400, 500, 3), dtype=np.uint8)
    assert find(noise) is None
    assert find(noise, corners=[(50, 50), (450, 50), (450, 350), (50, 350)]) is None
    assert find(np.full((300, 300, 3), 120, np.uint8)) is None


def test_a_chart_without_colours_is_none():
    assert find(chart(camera=np.full((3, 3), 1 / 3)), corners=CORNERS) is None


@pytest.mark.parametrize(
    "corners",
    [
        [(150, 130), (630, 170), (610, 500), (4000, 450)],
        [(100, 100), (200, 200), (300, 300), (400, 400)],
        [(200, 200), (200, 200), (200, 200), (200, 200)],
        [(10, 10), (120, 10), (120, 90), (10, 90)],
    ],
    ids=["outside", "in line", "one point", "beside the chart"],
)
def test_corners_that_enclose_no_chart_give_nothing(corners):
    assert find(chart(), corners=corners) is None


def test_dust_on_a_patch_does_not_change_its_colour():
    clean = find(chart(), corners=CORNERS)
    dusty = chart()
    speck = np.random.default_rng(2).random(dusty.shape[:2]) < 0.1
    dusty[speck] = 255
    assert find(dusty, corners=CORNERS).patches == pytest.approx(clean.patches, abs=0.01)


@pytest.mark.parametrize("model", ["matrix", "root-polynomial"])
def test_the_correction_undoes_what_the_camera_did(model):
    seen = find(chart(), corners=CORNERS).patches
    found = fit(seen, use=ALL, model=model)
    assert difference(seen).mean > 8
    assert difference(applied(seen, found.matrix, found.tone)).mean < 0.7
    assert found.unseen_mean_de < 1.0
    assert found.plausible


def test_a_matrix_fitted_to_clean_patches_is_the_inverse_of_the_camera():
    found = fit(REFERENCE @ CAMERA.T, use=ALL)
    assert np.array(found.matrix) == pytest.approx(np.linalg.inv(CAMERA), abs=1e-4)


def test_a_root_polynomial_keeps_its_colours_at_half_the_light():
    seen = find(chart(), corners=CORNERS).patches
    matrix = fit(seen, use=ALL, model="root-polynomial").matrix
    assert applied(seen / 2, matrix) == pytest.approx(applied(seen, matrix) / 2)


@pytest.mark.parametrize("contrast", [0.85, 1.2, 1.35])
def test_a_camera_that_adds_contrast_is_taken_back_too(contrast):
    seen = (REFERENCE @ CAMERA.T).clip(0) ** contrast
    found = fit(seen, use=ALL)
    assert found.tone == pytest.approx(1 / contrast, rel=0.04)
    assert difference(applied(seen, found.matrix, found.tone)).mean < 0.8
    plain = applied(seen, fit(REFERENCE @ CAMERA.T, use=ALL).matrix)
    assert difference(plain).mean > 3


def test_a_camera_without_contrast_of_its_own_keeps_a_tone_of_one():
    assert fit(REFERENCE @ CAMERA.T, use=ALL).tone == 1.0


def test_a_clipped_patch_is_seen_and_can_be_left_out():
    bright = find(chart(camera=CAMERA * 1.65), corners=CORNERS)
    assert bright.clipped[NAMES.index("white")] and bright.clipped.sum() <= 3
    found = fit(bright.patches, use=~bright.clipped)
    kept = ~bright.clipped
    assert differences(applied(bright.patches, found.matrix, found.tone))[kept].mean() < 1


@pytest.mark.parametrize(
    ("camera", "why"),
    [(CAMERA * 0.12, "five times too dark"), (np.diag([0.2, 0.9, 0.8]), "no red to speak of")],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_correction_that_no_photograph_needs_is_not_plausible(camera, why):
    assert not fit(REFERENCE @ camera.T, use=ALL).plausible, why
