"""A texture finer than a screen can show is made smaller, one that is not stays: known answers."""

from __future__ import annotations

import pytest

from pipeline.steps.density import sides_seen
from pipeline.steps.place import place
from pipeline.steps.textures import textures
from tests.pictures import encoded, painted, photo
from tests.shapes import grid


def sheet(px: int, size_m: float = 0.512):
    skin = painted(encoded(photo(px), "jpeg"), name="skin.jpg")
    return place(grid(4, size=size_m).but(materials=(skin,)), up="+y", evidence="given")


def test_two_texels_are_left_for_every_pixel() -> None:
    # texels of 1 mm; a diagonal of 724 mm on 90 px makes pixels of 8 mm: texels of 4 mm are enough
    digest = sheet(512).textures()[0].sha256
    assert sides_seen(sheet(512), 90) == {digest: 128}
    assert sides_seen(sheet(512), 180) == {digest: 256}


def test_a_texture_that_the_screen_can_show_stays() -> None:
    assert sides_seen(sheet(512), 400) == {} and sides_seen(sheet(512), None) == {}


def test_the_unit_of_the_scan_does_not_matter() -> None:
    assert sides_seen(sheet(512, 512.0), 90) == sides_seen(sheet(512), 90)


def test_the_step_makes_it_smaller_and_says_so() -> None:
    made = textures(sheet(512), max_px=2048, screen_px=90)
    assert made.textures()[0].width == 128
    told = next(f.figures for f in made.findings if f.code == "texture-finer-than-screen")
    assert told == {"name": "skin.jpg", "to_px": 128, "screen_px": 90}


@pytest.mark.parametrize("screen_px", [None, 4000])
def test_no_texture_is_ever_larger_than_the_scans(screen_px) -> None:
    made = textures(sheet(64), max_px=4096, screen_px=screen_px)
    assert made.textures()[0].width == 64
    assert "texture-finer-than-screen" not in {f.code for f in made.findings}
