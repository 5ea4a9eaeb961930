import io
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import Refused
from pipeline.formats.gltf_read import read_glb_bytes
from pipeline.formats.images import pixels
from pipeline.matter.surface import Material
from pipeline.measure.budget import budgets
from pipeline.node.validator import validate
from pipeline.steps import ktx2
from pipeline.steps.compress import compress
from pipeline.steps.place import place
from pipeline.steps.registry import STEPS
from pipeline.steps.textures import textures
from tests.pictures import BLUE, RED, chequer, encoded, painted, photo
from tests.shapes import cube, grid


def sheet(data, role="colour", name="skin.png"):
    return place(grid(4, size=0.512).but(materials=(painted(data, role, name),)), up="+y", evidence="given")


def figures(s, code):
    return next((f.figures for f in s.findings if f.code == code), None)


def texture(s):
    return s.textures()[0]


def test_a_large_texture_is_reduced_to_the_side_asked_for():
    made = textures(sheet(encoded(photo(512))), max_px=128)
    assert (texture(made).width, texture(made).height) == (128, 128)
    assert texture(made).media_type == "image/webp"
    found = figures(made, "texture-encoded")
    assert found["from_px"] == 512 and found["px"] == 128 and found["psnr_db"] > 33
    assert found["texel_mm"] == pytest.approx(4.0)


def test_a_small_texture_is_never_enlarged():
    assert texture(textures(sheet(encoded(photo(64))), max_px=2048)).width == 64


def test_a_chequer_board_keeps_its_colours():
    made = pixels(texture(textures(sheet(encoded(chequer(256, 4))), max_px=128)))
    assert np.abs(made[10, 10].astype(int) - RED).max() < 6
    assert np.abs(made[10, 40].astype(int) - BLUE).max() < 6


def test_a_drawn_picture_loses_nothing_and_is_no_larger_for_it():
    board = chequer(256, 16)
    made = textures(sheet(encoded(board)), quality=80)
    assert texture(made).media_type == "image/webp"
    assert np.array_equal(pixels(texture(made)), board)
    assert figures(made, "texture-encoded")["psnr_db"] == 99.0
    lossy = io.BytesIO()
    Image.fromarray(board).save(lossy, "webp", quality=80)
    assert len(texture(made).encoded()) <= len(lossy.getvalue())


def test_a_photograph_is_not_kept_to_the_last_bit():
    assert figures(textures(sheet(encoded(photo(512))), quality=80), "texture-encoded")["psnr_db"] < 60


def test_a_small_jpeg_keeps_its_pixels_and_is_only_packed_tighter():
    data = encoded(photo(128), "jpeg", quality=25)
    made = textures(sheet(data, name="skin.jpg"), max_px=2048, quality=90)
    kept = texture(made).encoded()
    assert len(kept) < len(data) and texture(made).media_type == "image/jpeg"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(kept))), np.asarray(Image.open(io.BytesIO(data))))
    assert figures(made, "texture-kept")["kilobytes"] == round(len(kept) / 1000, 1)


def test_a_level_for_near_keeps_pixels_that_a_smaller_level_encodes_again():
    board = photo(256)
    for came in range(60, 98, 2):
        source = sheet(encoded(board, "jpeg", quality=came))
        near, smaller = (textures(source, quality=quality) for quality in (90, 89))
        if texture(near).media_type == "image/jpeg" and texture(smaller).media_type == "image/webp":
            share = len(texture(smaller).encoded()) / len(texture(near).encoded())
            assert 0.7 < share < 1
            return
    raise AssertionError("no quality lies between the two limits")


def test_a_large_png_is_not_kept():
    data = encoded(photo(256))
    made = textures(sheet(data), max_px=2048)
    assert len(texture(made).encoded()) < len(data) / 3


def test_normal_maps_are_encoded_better_than_asked():
    x = np.sin(np.mgrid[:128, :128][0] / 3) * 60
    normals = np.stack([128 + x, np.full_like(x, 128), np.sqrt(255**2 / 4 - x**2) + 127], -1)
    normals = (normals + np.random.default_rng(1).normal(0, 2, normals.shape)).clip(0, 255).astype(np.uint8)
    made = textures(sheet(encoded(normals), role="data"), quality=30)
    assert made.materials[0].normal_texture.texture.role == "data"
    assert figures(made, "texture-encoded")["psnr_db"] > 38


def test_a_phone_gets_smaller_textures_where_they_would_not_fit_and_nothing_writes_ktx2(monkeypatch):
    monkeypatch.setattr(ktx2, "available", lambda: False)
    made = textures(sheet(encoded(np.zeros((4096, 4096, 3), np.uint8))), max_px=4096, device="phone")
    assert texture(made).width == 2048
    assert figures(made, "textures-reduced-for-device") == {"device": "phone", "from_px": 4096, "to_px": 2048}


def test_one_texture_in_two_materials_is_encoded_once():
    skin = painted(encoded(photo(128)))
    two = grid(4).but(materials=(skin, Material("other", colour_texture=skin.colour_texture)))
    made = textures(place(two, up="+y"), format="jpeg")
    assert len(made.textures()) == 1
    assert texture(made).media_type == "image/jpeg"


def test_the_same_texture_gives_the_same_bytes():
    first, second = (texture(textures(sheet(encoded(photo(256))), max_px=100)).sha256 for _ in range(2))
    assert first == second


def test_transparency_survives():
    rgba = np.dstack([photo(64), np.full((64, 64), 128, np.uint8)])
    data = texture(textures(sheet(encoded(rgba)))).encoded()
    assert Image.open(io.BytesIO(data)).mode == "RGBA"


def test_a_surface_without_textures_comes_back_as_it_is():
    plain = place(cube(), up="+y")
    assert textures(plain) is plain


def test_a_side_of_nothing_is_refused():
    with pytest.raises(Refused, match="max_px"):
        textures(sheet(encoded(photo(64))), max_px=0)


needs_encoder = pytest.mark.skipif(not ktx2.available(), reason="no KTX2 encoder for this machine")


@needs_encoder
@pytest.mark.parametrize(("format", "least_db"), [("ktx2-etc1s", 28), ("ktx2-uastc", 38)])
def test_a_texture_asked_for_as_ktx2_is_measured_as_a_gpu_would_show_it(format, least_db):
    made = textures(sheet(encoded(photo(128))), format=format)
    assert texture(made).media_type == "image/ktx2"
    shown, asked = pixels(texture(made))[..., :3].astype(float), photo(128).astype(float)
    found = figures(made, "texture-encoded")["psnr_db"]
    assert found > least_db
    assert found == pytest.approx(10 * np.log10(255**2 / ((shown - asked) ** 2).mean()), abs=0.05)


@needs_encoder
def test_a_ktx2_has_sides_that_are_multiples_of_four():
    made = textures(sheet(encoded(photo(256)[:191, :249])), format="ktx2-etc1s")
    assert (texture(made).width, texture(made).height) == (248, 192)
    assert figures(made, "texture-encoded")["psnr_db"] > 25


@needs_encoder
def test_a_normal_map_becomes_uastc_even_where_colours_become_etc1s():
    bumps = np.dstack([photo(64)[..., 0], photo(64)[..., 1], np.full((64, 64), 255, np.uint8)])
    made = textures(sheet(encoded(bumps), role="data"), format="ktx2-etc1s")
    assert texture(made).media_type == "image/ktx2"
    assert figures(made, "texture-encoded")["psnr_db"] > 33


@needs_encoder
def test_webp_asked_for_is_halved_until_it_fits_the_device_and_never_ktx2(monkeypatch):
    poor = replace(budgets()["phone"], decoded_bytes=256 * 256 * 4 * 4 // 3 * 3 // 2 + 1000)
    monkeypatch.setattr(sys.modules[textures.__module__], "budgets", lambda: {"phone": poor})
    made = textures(sheet(encoded(photo(512))), format="webp", device="phone", max_px=512)
    assert texture(made).media_type == "image/webp" and texture(made).width == 256
    assert figures(made, "textures-reduced-for-device")["to_px"] == 256


@needs_encoder
def test_a_device_without_room_gets_ktx2_and_one_with_room_does_not(monkeypatch):
    skin = sheet(encoded(photo(256)))
    assert texture(textures(skin, device="phone")).media_type == "image/webp"
    poor = replace(budgets()["phone"], decoded_bytes=256 * 256 * 4 // 3 * 3 // 2 + 1000)
    monkeypatch.setattr(sys.modules[textures.__module__], "budgets", lambda: {"phone": poor})
    made = textures(skin, device="phone")
    assert texture(made).media_type == "image/ktx2" and texture(made).width == 256
    written = compress(made)
    assert "KHR_texture_basisu" in written.required_extensions
    assert validate(written.data).clean
    assert pixels(read_glb_bytes(written.data).textures()[0]).shape[:2] == (256, 256)
    assert written.data == compress(textures(skin, device="phone")).data


def test_levels_and_threads_that_share_a_texture_encode_it_once(monkeypatch):
    module, made, begun = sys.modules["pipeline.steps.textures"], [], threading.Barrier(2, timeout=20)
    encode = module._encode

    def counted(*arguments):
        made.append(arguments)
        time.sleep(0.05)
        return encode(*arguments)

    monkeypatch.setattr(module, "_encode", counted)
    surface = sheet(encoded(photo(200, seed=77)))
    wanted = {"max_px": 96, "quality": 71}

    def early():
        begun.wait()
        STEPS["textures"].ahead(surface, **wanted)

    thread = threading.Thread(target=early)
    thread.start()
    begun.wait()
    textures(surface, **wanted)
    thread.join()
    textures(surface, **wanted)
    assert len(made) == 1


def test_a_picture_with_holes_becomes_a_png_where_a_jpeg_was_asked_for():
    cut = np.dstack([photo(64), np.where(np.arange(64) < 32, 255, 0).astype(np.uint8)[None].repeat(64, 0)])
    made = textures(sheet(encoded(cut)), format="jpeg")
    assert texture(made).media_type == "image/png" and pixels(texture(made)).shape[2] == 4
    whole = np.dstack([photo(64), np.full((64, 64), 255, np.uint8)])
    assert texture(textures(sheet(encoded(whole)), format="jpeg")).media_type == "image/jpeg"


def test_what_a_camera_wrote_beside_a_picture_that_is_kept_does_not_travel_on():
    exif = Image.Exif()
    exif[0x010E] = "44 deg 5 min north"
    data = encoded(photo(128), "jpeg", quality=25, exif=exif.tobytes())
    made = textures(sheet(data, name="skin.jpg"), max_px=2048, quality=90)
    assert "texture-kept" in {f.code for f in made.findings}
    assert b"44 deg" in data and b"44 deg" not in texture(made).encoded()


def test_the_same_picture_keeps_the_name_that_each_scan_gives_it():
    data = encoded(photo(90, seed=5))
    names = [texture(textures(sheet(data, name=name), max_px=64)).name for name in ("a.png", "b.png")]
    assert names == ["a.png", "b.png"]
