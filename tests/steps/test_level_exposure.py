from dataclasses import replace

import numpy as np
import pytest

from pipeline.catalogue.phrases import in_chinese
from pipeline.errors import Refused
from pipeline.formats import read
from pipeline.formats.images import pixels, probe
from pipeline.matter.surface import Material, Surface, TextureUse
from pipeline.matter.texture import Change
from pipeline.measure.colour import linear_of, srgb_of
from pipeline.measure.seams import seams_of
from pipeline.steps.level_exposure import level_exposure
from tests.pictures import encoded, photo
from tests.shapes import grid


def skin(light, name):
    return Material(name, colour_texture=TextureUse(probe(encoded(srgb_of(light)), name=f"{name}.png")))


def sheets(factors, gap=0.0, channels=(1.0, 1.0, 1.0)):
    """Sheets in a row, all cut from one photograph, each texture times its factor in linear light."""
    whole = linear_of(photo(128)) * 0.6
    parts, materials = [], []
    for number, factor in enumerate(factors):
        part = grid(24)
        parts.append(part.but(positions=part.positions + np.array([number * (1 + gap), 0, 0])))
        # every sheet shows the whole picture, so that left and right borders match only as mirrored halves
        picture = whole if number % 2 == 0 else whole[:, ::-1]
        materials.append(skin(picture * factor * np.array(channels) ** number, f"part{number}"))
    starts = np.cumsum([0] + [len(p.positions) for p in parts[:-1]])
    return Surface(
        np.concatenate([p.positions for p in parts]),
        np.concatenate([p.triangles + s for p, s in zip(parts, starts, strict=True)]).astype(np.int32),
        np.repeat(np.arange(len(parts), dtype=np.int32), len(parts[0].triangles)),
        tuple(materials),
        uvs=(np.concatenate([p.uvs[0] for p in parts]),),
    )


def gains(surface):
    changes = (m.colour_texture.texture.changes for m in surface.materials)
    return [np.array(c[0].matrix).diagonal() if c else np.ones(3) for c in changes]


def figures(surface):
    return next((f.figures for f in surface.findings if f.code == "exposure-levelled"), None)


def test_two_textures_of_different_exposure_meet_in_the_middle():
    levelled = level_exposure(sheets([1.0, 0.6]))
    first, second = gains(levelled)
    assert second / first == pytest.approx([1 / 0.6] * 3, rel=0.01)
    assert first * second == pytest.approx([1, 1, 1], abs=1e-4)
    found = figures(levelled)
    assert found["before_mean_de"] > 8 and found["after_mean_de"] < 0.5
    assert found["textures"] == 2 and found["places"] >= 20


def test_the_pixels_come_out_alike():
    levelled = level_exposure(sheets([1.0, 0.6]))
    left, right = (linear_of(pixels(t)) for t in levelled.textures())
    assert right[:, ::-1].mean() == pytest.approx(left.mean(), rel=0.02)


def test_a_row_of_textures_is_levelled_as_a_whole_and_keeps_its_mean():
    factors = np.array([1.0, 0.8, 1.2, 0.9])
    found = np.array(gains(level_exposure(sheets(factors))))[:, 0]
    assert found * factors == pytest.approx(np.full(4, np.prod(factors) ** 0.25), rel=0.01)
    assert np.log(found).mean() == pytest.approx(0, abs=1e-4)


def test_groups_that_do_not_touch_keep_their_means_each():
    four = sheets([1.0, 0.7, 1.05, 0.55])
    apart = four.positions.copy()
    apart[len(apart) // 2 :] += (50, 0, 0)
    found = np.array(gains(level_exposure(four.but(positions=apart))))[:, 0]
    assert found[0] * found[1] == pytest.approx(1, abs=1e-4)
    assert found[2] * found[3] == pytest.approx(1, abs=1e-4)


def test_rims_that_nearly_meet_count_and_those_far_apart_do_not():
    near = level_exposure(sheets([1.0, 0.6], gap=0.0005))
    assert gains(near)[1] / gains(near)[0] == pytest.approx([1 / 0.6] * 3, rel=0.02)
    far = sheets([1.0, 0.6], gap=0.05)
    assert level_exposure(far) is far


def test_a_gain_is_bounded_and_that_is_said():
    levelled = level_exposure(sheets([1.0, 0.2]), max_stops=0.5)
    assert gains(levelled)[1] == pytest.approx([2**0.5] * 3, abs=1e-4)
    assert levelled.findings[-1].level == "warning"


def test_white_balance_is_levelled_only_where_it_is_asked_for():
    warm = sheets([1.0, 0.9], channels=(1.15, 1.0, 0.85))
    grey = gains(level_exposure(warm))[1]
    assert grey.max() == grey.min()
    first, second = gains(level_exposure(warm, per_channel=True))
    assert second / first == pytest.approx(1 / (0.9 * np.array([1.15, 1.0, 0.85])), rel=0.01)


def test_one_texture_or_none_is_left_alone_and_nothing_is_said():
    one = grid(4).but(materials=(skin(linear_of(photo(64)), "one"),))
    assert level_exposure(one) is one
    bare = grid(4)
    assert level_exposure(bare) is bare


def test_textures_that_agree_already_are_left_alone():
    same = sheets([1.0, 1.0])
    assert level_exposure(same) is same


def test_a_texture_that_came_twice_gets_one_gain():
    pair = sheets([1.0, 0.7])
    twice = pair.but(
        materials=(*pair.materials, replace(pair.materials[0], name="again")),
        material_of=np.where(np.arange(len(pair.triangles)) < 5, 2, pair.material_of).astype(np.int32),
    )
    levelled = level_exposure(twice)
    assert len(levelled.textures()) == 2
    assert levelled.materials[0].colour_texture == levelled.materials[2].colour_texture


def test_shared_vertices_are_a_seam_too():
    sheet = grid(20)
    halves = (sheet.positions[sheet.triangles].mean(axis=1)[:, 0] > 0.5).astype(np.int32)
    light = linear_of(photo(128)) * 0.6
    two = sheet.but(materials=(skin(light, "a"), skin(light * 0.75, "b")), material_of=halves)
    first, second = gains(level_exposure(two))
    assert second / first == pytest.approx([1 / 0.75] * 3, rel=0.02)


def test_a_bound_of_nothing_is_refused():
    with pytest.raises(Refused) as error:
        level_exposure(grid(4), max_stops=0)
    assert in_chinese(error.value.what) != error.value.what


def test_the_finding_is_said_in_both_languages():
    finding = level_exposure(sheets([1.0, 0.6])).findings[-1]
    for locale in ("zh-Hans", "en"):
        assert "{" not in finding.sentence(locale) and "ΔE2000" in finding.sentence(locale)


@pytest.mark.real
def test_tiles_of_a_dig_of_which_one_was_darkened_get_it_back(scans):
    names = [f"excavation/Montebelluna_scavo.{n}_LOD1.gltf" for n in ("019", "020", "021", "026", "027")]
    tiles = [read(scans / name) for name in names]
    starts = np.cumsum([0] + [len(t.positions) for t in tiles[:-1]])
    dig = Surface(
        np.concatenate([t.positions for t in tiles]),
        np.concatenate([t.triangles + s for t, s in zip(tiles, starts, strict=True)]).astype(np.int32),
        np.repeat(np.arange(len(tiles), dtype=np.int32), [len(t.triangles) for t in tiles]),
        tuple(t.materials[0] for t in tiles),
        uvs=(np.concatenate([t.uvs[0] for t in tiles]),),
    )
    assert len(np.unique(seams_of(dig).pair, axis=0)) >= 5
    assert level_exposure(dig) is dig  # one survey, one exposure
    third = 0.7
    use = dig.materials[1].colour_texture
    darker = use.texture.changed(Change(((third, 0, 0), (0, third, 0), (0, 0, third))))
    materials = list(dig.materials)
    materials[1] = replace(materials[1], colour_texture=replace(use, texture=darker))
    levelled = level_exposure(dig.but(materials=tuple(materials)))
    found = [m.colour_texture.texture.changes[-1].matrix[0][0] for m in levelled.materials]
    others = np.exp(np.log(np.delete(found, 1)).mean())
    assert found[1] / others == pytest.approx(1 / third, rel=0.06)
    assert figures(levelled)["after_mean_de"] < figures(levelled)["before_mean_de"]


@pytest.mark.real
def test_two_textures_on_pieces_that_never_meet_are_left_alone(scans):
    double = read(scans / "multitexture/TextureDouble.ply")
    assert len(double.textures()) == 2
    assert level_exposure(double) is double
