"""Bytes go where they bring a level nearest the scan: into triangles, into the texture, or nowhere."""

import numpy as np
import pytest

from pipeline.measure.views import likeness
from pipeline.node.validator import validate
from pipeline.steps.balance import PAYS, _Tried, balance
from pipeline.steps.compress import compress
from pipeline.steps.place import place
from pipeline.steps.reduce import reduce
from pipeline.steps.textures import textures
from tests.pictures import encoded, painted, photo
from tests.shapes import grid, sphere


def rippled(steps=60, photo_px=256, height=0.004):
    """Ground with ripples that a coarse level loses, under a photograph."""
    sheet = grid(steps, size=0.5, height=lambda x, z: height * np.sin(60 * x) * np.cos(50 * z))
    return place(sheet.but(materials=(painted(encoded(photo(photo_px))),)), up="+y", evidence="given")


def figures(s):
    return next(f.figures for f in s.findings if f.code == "balanced")


def test_triangles_are_added_where_the_form_is_what_is_seen_to_be_missing():
    scan = rippled()
    coarse = reduce(scan, max_error_mm=3.0, max_px=256, texture="keep")
    made = balance(scan, max_error_mm=3.0, max_px=256, texture="keep")
    assert len(made.triangles) > 1.3 * len(coarse.triangles)
    assert figures(made)["from_triangles"] == len(coarse.triangles)
    plain = textures(coarse, max_px=256, quality=82, effort=6)
    assert likeness(scan, made).ssim > likeness(scan, plain).ssim + 0.005


def test_a_flat_sheet_gets_no_triangle_more_and_only_its_texture_is_looked_at():
    scan = rippled(height=0.0)
    coarse = reduce(scan, max_error_mm=3.0, max_px=256, texture="keep")
    made = balance(scan, max_error_mm=3.0, max_px=256, texture="keep")
    assert len(made.triangles) == len(coarse.triangles)


def test_what_is_taken_costs_no_more_than_it_brings():
    scan = rippled()
    sizes, losses = [], []
    for error_mm in (3.0, 0.02):
        level = textures(reduce(scan, max_error_mm=error_mm, max_px=256, texture="keep"), max_px=256)
        sizes.append(len(compress(level, codec="draco").data))
        losses.append(1 - likeness(scan, level).ssim)
    made = balance(scan, max_error_mm=3.0, max_px=256, texture="keep")
    size = len(compress(made, codec="draco").data)
    assert size < sizes[1]
    gained = np.log(losses[0] / max(1 - likeness(scan, made).ssim, 1e-4))
    assert gained >= 0.7 * PAYS * np.log(size / sizes[0])


def test_never_more_triangles_than_allowed():
    scan = rippled()
    coarse = reduce(scan, max_error_mm=3.0, max_px=256, texture="keep")
    most = int(1.1 * len(coarse.triangles))
    assert (
        len(balance(scan, max_error_mm=3.0, max_px=256, texture="keep", max_triangles=most).triangles) <= most
    )


def test_its_textures_are_encoded_and_the_file_is_sound():
    made = balance(rippled(), max_error_mm=3.0, max_px=128)
    assert all(t.media_type == "image/webp" and max(t.width, t.height) <= 128 for t in made.textures())
    assert validate(compress(made, codec="draco").data).clean


def test_without_a_texture_it_is_what_reduce_makes():
    ball = place(sphere(0.1, level=5), up="+y", evidence="given")
    made, plain = balance(ball, max_error_mm=0.5), reduce(ball, max_error_mm=0.5)
    assert np.array_equal(made.triangles, plain.triangles) and made.findings == plain.findings


def test_the_same_scan_gives_the_same_level():
    one, two = (balance(rippled(), max_error_mm=3.0, max_px=128) for _ in range(2))
    assert compress(one).data == compress(two).data


@pytest.mark.parametrize(
    ("bytes_", "loss", "pays"),
    [(110, 0.0075, True), (110, 0.0076, False), (90, 0.01, True), (100, 0.01, False), (110, 0.02, False)],
)
def test_a_quarter_of_the_loss_is_worth_a_tenth_of_the_bytes(bytes_, loss, pays):
    def tried(size, lost):
        return _Tried(None, None, 80, size, lost)

    assert tried(bytes_, loss).pays_after(tried(100, 0.01)) is pays
