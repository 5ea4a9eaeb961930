"""Where baking met no scan is seen on the level, and only there."""

import io

import numpy as np
from PIL import Image

from pipeline.bake import baked, unwrapped
from pipeline.cache import Cache
from pipeline.formats.images import pixels
from pipeline.matter.beside import FILLED, MISSES, NEAREST, beside
from pipeline.matter.normals import normals_of
from pipeline.render.missed import missed_pictures
from pipeline.steps.place import place
from tests.shapes import grid, joined


def placed(shape):
    return place(shape, up="+y", evidence="given")


def level_over(scan, shape, reach_m=0.001):
    level = placed(shape)
    level = level.but(normals=normals_of(level))
    flat = unwrapped(level, side_px=256, gutter_px=2)
    return baked(scan, flat, side_px=256, reach_m=reach_m, source_px=64, normals=True, colour=False)


def half_missing():
    """A level of 20 cm over the left half of a scan; the right half has none near it."""
    whole = placed(grid(20, size=0.2))
    left = whole.positions[whole.triangles].mean(axis=1)[:, 0] < 0
    scan = whole.but(triangles=whole.triangles[left], material_of=whole.material_of[left])
    return level_over(scan, grid(20, size=0.2))


def drawn(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA")).astype(int)


def red(picture):
    """Pixels of the object that are clearly redder than green: plaster and shade are grey."""
    return (picture[..., 3] > 200) & (picture[..., 0] > 1.6 * picture[..., 1])


def test_the_half_that_no_scan_lay_under_is_red_and_the_other_is_plaster():
    made = half_missing().surface
    (picture,) = map(drawn, missed_pictures(made, size_px=120))
    there = picture[..., 3] > 200
    assert 0.4 < red(picture).sum() / there.sum() < 0.6


def test_the_map_counts_what_the_figures_count():
    made = half_missing()
    values = pixels(beside(made.surface, MISSES))[..., 0]
    assert set(np.unique(values)) <= {0, NEAREST, FILLED}
    assert (values > 0).sum() == made.missed and (values == FILLED).sum() == made.empty > 0


def test_a_level_that_met_the_scan_everywhere_has_no_map_and_no_picture():
    sheet = placed(grid(20, size=0.2))
    made = level_over(sheet, grid(20, size=0.2)).surface
    assert made.beside == () and missed_pictures(made) == ()


def test_what_is_missed_on_both_sides_is_seen_in_two_pictures():
    front, back = grid(10, size=0.2), grid(10, size=0.2)
    walls = joined(
        front.but(positions=front.positions[:, (0, 2, 1)] + (0, 0, 0.01)),
        back.but(positions=back.positions[:, (0, 2, 1)], triangles=back.triangles[:, ::-1].copy()),
    )
    away = placed(grid(4, size=0.02))
    made = level_over(away.but(positions=away.positions + np.array([5, 0, 0])), walls).surface
    pictures = [drawn(one) for one in missed_pictures(made, size_px=120)]
    assert len(pictures) == 2 and all(red(one).sum() > 1000 for one in pictures)


def test_the_map_is_kept_with_the_level(tmp_path):
    made = half_missing().surface
    kept = Cache(tmp_path, tmp_path)
    kept.keep_surface("level", made)
    again = kept.surface("level")
    assert [one.sha256 for one in again.beside] == [one.sha256 for one in made.beside]
    assert missed_pictures(again, size_px=60) == missed_pictures(made, size_px=60)
