import io

import numpy as np
import pytest
from PIL import Image

from pipeline.catalogue.phrases import in_chinese
from pipeline.errors import Refused
from pipeline.formats import read
from pipeline.formats.images import pixels, probe
from pipeline.matter.normals import smooth_normals
from pipeline.matter.surface import Material, Surface, TextureUse
from pipeline.measure.colour import linear_of, srgb_of
from pipeline.measure.scene import scene_of
from pipeline.measure.shading import harmonics, openness, shading_of
from pipeline.measure.uv_map import uv_map
from pipeline.render.before_after import as_it_came, before_after
from pipeline.steps.compress import compress
from pipeline.steps.delight import delight
from pipeline.steps.place import place
from pipeline.steps.textures import textures
from tests.pictures import encoded
from tests.shapes import grid, joined, sphere

LIGHT = np.array([0.7, 0.25, 0.1, -0.12, 0.05, 0.04, -0.08, 0.03, 0.06])
"""A sky from above and a wall at one side, over the harmonics in their order: 0.4 to 1.0."""
CLAY = np.array([0.42, 0.25, 0.15])


def ball(rows=48, columns=96):
    """A sphere with longitude and latitude as UVs; normals (V, 3) are its positions."""
    v, u = np.meshgrid(np.linspace(0, 1, rows + 1), np.linspace(0, 1, columns + 1), indexing="ij")
    place_ = at_uv(u.ravel(), v.ravel())
    index = np.arange(place_.shape[0]).reshape(rows + 1, columns + 1)
    a, b, c, d = (part.ravel() for part in (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]))
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).astype(np.int32)
    corner = place_[triangles]
    outward = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    inwards = (outward * corner.mean(axis=1)).sum(axis=1) < 0
    triangles[inwards] = triangles[inwards][:, ::-1]
    good = np.linalg.norm(outward, axis=1) > 1e-9
    triangles = triangles[good]
    return Surface(
        place_,
        triangles,
        np.zeros(len(triangles), np.int32),
        (Material("ball"),),
        normals=place_.astype(np.float32),
        uvs=(np.stack([u.ravel(), v.ravel()], 1).astype(np.float32),),
    )


def at_uv(u, v):
    turn, down = u * 2 * np.pi, v * np.pi
    return np.stack([np.sin(down) * np.cos(turn), np.cos(down), np.sin(down) * np.sin(turn)], -1)


def lit(albedo, width=256, height=128):
    """The ball's texture: albedo (height, width, 3) times the light on each texel's normal."""
    v, u = np.meshgrid((np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width, indexing="ij")
    light = harmonics(at_uv(u.ravel(), v.ravel())) @ LIGHT
    return albedo * light.reshape(height, width, 1)


def skinned(light, name="skin.png"):
    texture = probe(encoded(srgb_of(light)), name=name)
    return ball().but(materials=(Material("skin", colour_texture=TextureUse(texture)),))


def flatness(light):
    """Standard deviation of the brightness as a share of its mean, away from the poles."""
    bright = light.mean(axis=-1)[12:-12]
    return bright.std() / bright.mean()


def figures(surface, code):
    return next((f.figures for f in surface.findings if f.code == code), None)


def test_a_ball_of_one_colour_under_a_known_light_comes_back_flat():
    shaded = skinned(lit(np.broadcast_to(CLAY, (128, 256, 3))))
    after = linear_of(pixels(delight(shaded).textures()[0]))
    assert flatness(linear_of(pixels(shaded.textures()[0]))) > 0.2
    assert flatness(after) < 0.015
    colour = np.median(after.reshape(-1, 3), axis=0)
    assert colour / colour.sum() == pytest.approx(CLAY / CLAY.sum(), abs=0.005)


def test_the_fitted_light_is_the_known_one():
    found = shading_of(skinned(lit(np.broadcast_to(CLAY, (128, 256, 3)))))
    true = harmonics(ball().positions) @ LIGHT
    assert found.light / found.light.mean() == pytest.approx(true / true.mean(), rel=0.05)
    assert found.correlation > 0.99


def test_a_painted_pattern_survives():
    bands = (np.arange(256) // 16 % 2)[None, :, None] * np.ones((128, 1, 1))
    albedo = np.where(bands > 0, CLAY, CLAY * 0.5)
    after = linear_of(pixels(delight(skinned(lit(albedo))).textures()[0]))[16:-16]
    light, dark = after[:, 4:12], after[:, 20:28]
    pale, deep = after[bands[16:-16, :, 0] > 0], after[bands[16:-16, :, 0] == 0]
    assert np.median(pale) / np.median(deep) == pytest.approx(2, rel=0.06)
    assert pale.mean(axis=1).std() / pale.mean() < 0.06
    assert light.mean() != dark.mean()


def test_vertex_colours_come_back_flat_too():
    even = sphere(level=5)
    light = (harmonics(even.positions) @ LIGHT)[:, None] * CLAY
    colours = np.column_stack([srgb_of(light), np.full(len(light), 255, np.uint8)])
    after = linear_of(delight(even.but(colours=colours)).colours[:, :3]).mean(axis=1)
    assert after.std() / after.mean() < 0.02


def test_figures_say_before_and_after():
    made = delight(skinned(lit(np.broadcast_to(CLAY, (128, 256, 3)))))
    found = figures(made, "light-taken-out")
    assert found["correlation_before"] > 0.99 and abs(found["correlation_after"]) < 0.3
    assert 0 < found["darker_stops"] < 1 and 0 < found["brighter_stops"] <= 1
    for locale in ("zh-Hans", "en"):
        assert "{" not in made.findings[-1].sentence(locale)


def test_half_the_strength_takes_half_of_the_light():
    shaded = skinned(lit(np.broadcast_to(CLAY, (128, 256, 3))))
    before = flatness(linear_of(pixels(shaded.textures()[0])))
    half = flatness(linear_of(pixels(delight(shaded, strength=0.5).textures()[0])))
    assert half == pytest.approx(before / 2, rel=0.15)


def test_no_place_changes_more_than_it_may():
    shaded = skinned(lit(np.broadcast_to(CLAY, (128, 256, 3))))
    before = linear_of(pixels(shaded.textures()[0]))
    after = linear_of(pixels(delight(shaded, max_stops=0.2).textures()[0]))
    ratio = np.log2(after.mean(axis=2) / before.mean(axis=2))
    assert np.abs(ratio).max() < 0.2 + 0.03
    assert np.abs(ratio).max() > 0.15


def test_black_and_white_stay_as_they_are():
    picture = lit(np.broadcast_to(CLAY, (128, 256, 3))).copy()
    picture[40:60, 40:60] = 0.0
    picture[40:60, 140:160] = 1.0
    after = linear_of(pixels(delight(skinned(picture)).textures()[0]))
    assert (after[42:58, 42:58] == 0).all()
    assert (after[42:58, 142:158] == 1).all()


def test_colours_that_do_not_follow_the_shape_are_left_alone():
    stones = np.random.default_rng(3).uniform(0.1, 0.7, (32, 64, 1)).repeat(4, axis=0).repeat(4, axis=1)
    rough = skinned(stones * CLAY)
    made = delight(rough)
    assert made.textures() == rough.textures()
    assert figures(made, "light-not-found")["correlation"] < 0.2


def test_without_colours_nothing_is_done():
    bare = ball()
    assert delight(bare) is bare


@pytest.mark.parametrize("given", [{"strength": 0.0}, {"strength": 1.5}, {"max_stops": 3.0}])
def test_a_parameter_out_of_range_is_refused(given):
    with pytest.raises(Refused) as error:
        delight(ball(), **given)
    assert in_chinese(error.value.what) != error.value.what


def test_the_same_surface_gives_the_same_bytes():
    shaded = skinned(lit(np.broadcast_to(CLAY, (128, 256, 3))))
    one, two = (delight(shaded).textures()[0] for _ in range(2))
    assert one.sha256 == two.sha256 and one.changes[0].gains.data == two.changes[0].gains.data


def test_the_light_is_gone_from_the_finished_file():
    shaded = place(skinned(lit(np.broadcast_to(CLAY, (128, 256, 3)))), up="+y", evidence="given")
    level = textures(delight(shaded), max_px=128, quality=95)
    assert compress(level).texture_px == 128
    assert flatness(linear_of(pixels(level.textures()[0]))[6:-6]) < 0.02


def test_a_hollow_is_less_open_than_a_summit():
    bowl = grid(40, size=2.0, height=lambda x, z: 1.5 * ((x - 1) ** 2 + (z - 1) ** 2))
    normals = smooth_normals(bowl.positions, bowl.triangles).astype(float)
    points = bowl.positions + 0
    found = openness(scene_of(bowl), points, normals, bowl.diagonal)
    middle = np.argmin(np.abs(points[:, [0, 2]] - 1).sum(axis=1))
    assert found[middle] < 0.9
    flat = grid(10)
    up = np.tile([0.0, 1.0, 0.0], (len(flat.positions), 1))
    assert openness(scene_of(flat), flat.positions, up, flat.diagonal).min() == 1


def test_values_are_laid_over_a_texture_where_the_surface_says():
    sheet = skinned(np.ones((8, 8, 3)))
    digest = sheet.textures()[0].sha256
    laid = uv_map(sheet, sheet.uvs[0][:, 0], digest=digest, width=40, height=20)
    assert laid[10] == pytest.approx((np.arange(40) + 0.5) / 40, abs=1e-3)
    assert uv_map(joined(sphere(level=1)), np.zeros(18), digest=digest, width=4, height=4) is None


def test_texels_beside_the_charts_take_the_nearest_value():
    half = skinned(np.ones((8, 8, 3)))
    half = half.but(uvs=(half.uvs[0] * np.float32(0.5),))
    laid = uv_map(
        half, np.full(len(half.positions), 3.0), digest=half.textures()[0].sha256, width=16, height=16
    )
    assert laid == pytest.approx(3.0)


def test_pictures_show_before_and_after():
    shaded = place(skinned(lit(np.broadcast_to(CLAY, (128, 256, 3)))), up="+y", evidence="given")
    made = delight(shaded)
    assert before_after(shaded) is None
    first, second = (np.asarray(Image.open(io.BytesIO(data))) for data in before_after(made, size_px=120))
    assert first.shape == second.shape == (120, 120, 4)
    assert np.abs(first.astype(int) - second).max() > 8
    assert pixels(as_it_came(made).textures()[0]).tobytes() == pixels(shaded.textures()[0]).tobytes()


@pytest.mark.real
def test_a_dig_loses_what_its_shape_explains(scans):
    trench = place(read(scans / "excavation-obj/trench_019.obj"), unit="m", evidence="given")
    made = delight(trench)
    found = figures(made, "light-taken-out") or figures(made, "light-not-found")
    if "correlation_before" in found:
        assert abs(found["correlation_after"]) < 0.6 * found["correlation_before"]
    else:
        assert made.textures() == trench.textures()
