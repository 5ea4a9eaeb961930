import io
import struct

import numpy as np
import pytest
import pyvips

from pipeline.errors import Refused
from pipeline.formats import images, limits
from tests.formats import made


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_every_kind_is_probed_and_decoded(tmp_path, suffix):
    texture = images.probe(made.image(tmp_path / f"t.{suffix}", width=24, height=16))
    assert (texture.width, texture.height, texture.channels, texture.bits) == (24, 16, 3, 8)
    assert texture.name == f"t.{suffix}" and len(texture.sha256) == 64
    pixels = images.pixels(texture)
    assert pixels.shape == (16, 24, 3) and pixels.dtype == np.uint8
    assert np.abs(pixels[12, 20].astype(int) - (200, 100, 50)).max() <= 6


def test_bytes_in_memory_are_read_like_a_file(tmp_path):
    path = made.image(tmp_path / "t.png")
    from_file, from_bytes = images.probe(path), images.probe(path.read_bytes(), name="t.png")
    assert from_file.sha256 == from_bytes.sha256 and from_bytes.path is None
    assert (images.pixels(from_file) == images.pixels(from_bytes)).all()


def test_exif_orientation_is_applied_and_the_size_is_that_after_it(tmp_path):
    pixels = np.zeros((2, 4, 3), np.uint8)
    pixels[0, 0] = 255
    image = pyvips.Image.new_from_array(pixels, interpretation="srgb").copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    image.write_to_file(str(tmp_path / "t.tif"))
    texture = images.probe(tmp_path / "t.tif")
    assert (texture.width, texture.height, texture.orientation) == (2, 4, 6)
    turned = images.pixels(texture)
    assert turned.shape == (4, 2, 3) and turned[0, 1, 0] == 255 and turned.sum() == 3 * 255


def test_an_embedded_profile_is_named_and_converted(tmp_path):
    made.image(tmp_path / "t.png", colour=(100, 150, 100), profile="p3")
    texture = images.probe(tmp_path / "t.png")
    assert "P3" in texture.profile
    linear = [((c / 255 + 0.055) / 1.055) ** 2.4 for c in (100, 150, 100)]
    to_srgb = [[1.2249, -0.2247, 0], [-0.0420, 1.0419, 0], [-0.0197, -0.0786, 1.0979]]  # CSS Color 4, 10.2
    expected = 255 * (1.055 * (np.array(to_srgb) @ linear) ** (1 / 2.4) - 0.055)
    assert np.abs(images.pixels(texture)[1, 1] - expected).max() <= 1.5


def test_a_data_texture_is_never_colour_managed(tmp_path):
    made.image(tmp_path / "t.png", colour=(0, 200, 0), profile="p3")
    data = images.pixels(images.probe(tmp_path / "t.png", role="data"))
    assert data[1, 1].tolist() == [0, 200, 0]


def test_16_bits_are_rounded_to_8_only_at_the_end(tmp_path):
    ramp = np.arange(0, 65536, 7, dtype=np.uint16)
    pixels = np.repeat(ramp[None, :, None], 3, axis=2)
    pyvips.Image.new_from_array(pixels, interpretation="rgb16").write_to_file(str(tmp_path / "t.png"))
    texture = images.probe(tmp_path / "t.png")
    assert texture.bits == 16
    assert (images.pixels(texture)[0, :, 0] == np.rint(ramp / 257)).all()


def test_16_bits_with_a_profile_keep_their_precision_through_the_conversion(tmp_path):
    ramp = np.linspace(20000, 22000, 500).astype(np.uint16)
    pixels = np.repeat(ramp[None, :, None], 3, axis=2)
    image = pyvips.Image.new_from_array(pixels, interpretation="rgb16")
    image.write_to_file(str(tmp_path / "t.png"), profile="p3")
    out = images.pixels(images.probe(tmp_path / "t.png"))[0, :, 0].astype(int)
    assert np.abs(out - ramp / 257).max() <= 0.6  # greys are the same in both; 8-bit tables would be off by 1


def test_a_profile_that_cannot_be_used_is_called_unreadable_and_srgb_is_taken(tmp_path):
    image = pyvips.Image.new_from_array(np.full((2, 2, 3), 99, np.uint8), interpretation="srgb").copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", b"nonsense" * 40)
    image.write_to_file(str(tmp_path / "t.tif"))
    texture = images.probe(tmp_path / "t.tif")
    assert texture.profile in (images.UNREADABLE, "")
    assert images.pixels(texture)[0, 0].tolist() == [99, 99, 99]


def test_grey_becomes_rgb_and_grey_with_alpha_rgba(tmp_path):
    grey = images.pixels(images.probe(made.image(tmp_path / "g.png", colour=(77,))))
    assert grey.shape[2] == 3 and grey[1, 1].tolist() == [77, 77, 77]
    both = images.pixels(images.probe(made.image(tmp_path / "ga.png", colour=(77, 128))))
    assert both.shape[2] == 4 and both[1, 1].tolist() == [77, 77, 77, 128]


def test_cmyk_becomes_srgb(tmp_path):
    ink = np.zeros((8, 8, 4), np.uint8)
    ink[..., 1:3] = 255  # magenta and yellow: red
    pyvips.Image.new_from_array(ink, interpretation="cmyk").write_to_file(str(tmp_path / "t.tif"))
    red, green, blue = images.pixels(images.probe(tmp_path / "t.tif"))[4, 4].astype(int)
    assert red > 200 and green < 80 and blue < 80


def test_reduction_averages_light_in_colours_and_numbers_in_data(tmp_path):
    board = np.zeros((8, 8, 3), np.uint8)
    board[::2, ::2] = board[1::2, 1::2] = 255
    pyvips.Image.new_from_array(board, interpretation="srgb").write_to_file(str(tmp_path / "t.png"))
    colour = images.pixels(images.probe(tmp_path / "t.png"), max_px=4)
    data = images.pixels(images.probe(tmp_path / "t.png", role="data"), max_px=4)
    assert colour.shape == (4, 4, 3) and set(np.unique(colour)) == {188}
    assert set(np.unique(data)) <= {127, 128}


def test_transparent_pixels_do_not_bleed_their_colour_when_reduced(tmp_path):
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:, ::2] = (255, 0, 0, 255)
    pixels[:, 1::2] = (0, 255, 0, 0)
    pyvips.Image.new_from_array(pixels, interpretation="srgb").write_to_file(str(tmp_path / "t.png"))
    small = images.pixels(images.probe(tmp_path / "t.png"), max_px=2)
    assert small[0, 0].tolist() == [255, 0, 0, 128]


def test_a_reduction_by_an_odd_factor_has_the_size_asked_for_and_smaller_pictures_stay(tmp_path):
    texture = images.probe(made.image(tmp_path / "t.png", width=101, height=67))
    assert images.pixels(texture, max_px=40).shape == (27, 40, 3)
    assert images.pixels(texture, max_px=500).shape == (67, 101, 3)


def test_a_texture_bomb_is_refused_from_its_header(tmp_path):
    path = made.image(tmp_path / "t.png")
    data = bytearray(path.read_bytes())
    data[16:24] = struct.pack(">II", 60000, 60000)
    data[29:33] = struct.pack(">I", __import__("zlib").crc32(bytes(data[12:29])))
    with pytest.raises(Refused, match=f"60000 × 60000.*{limits.TEXTURE_SIDE_MAX_PX}"):
        images.probe(bytes(data), name="bomb.png")


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_cut_off_file_is_refused_when_probed(tmp_path, suffix, share):
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3)).astype(np.uint8)
    path = tmp_path / f"t.{suffix}"
    pyvips.Image.new_from_array(noise, interpretation="srgb").write_to_file(str(path))
    data = path.read_bytes()
    images.probe(data)
    with pytest.raises(Refused):
        images.probe(data[: int(len(data) * share)], name="t")


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_image_is_refused(data):
    with pytest.raises(Refused):
        images.probe(data, name="x.png")


def test_a_jpeg_with_something_appended_is_still_an_image(tmp_path):
    path = made.image(tmp_path / "t.jpg", width=64, height=64)
    texture = images.probe(path.read_bytes() + b"\0" * 10000, name="motion.jpg")
    assert images.pixels(texture).shape == (64, 64, 3)


def test_a_replaced_file_is_not_answered_from_memory(tmp_path):
    first = images.pixels(images.probe(made.image(tmp_path / "t.png", colour=(1, 2, 3))))
    second = images.pixels(images.probe(made.image(tmp_path / "t.png", colour=(9, 9, 9))))
    assert first[1, 1].tolist() == [1, 2, 3] and second[1, 1].tolist() == [9, 9, 9]


def ktx2(width=8, height=4, basis=166, channel=3) -> bytes:
    dfd = struct.pack("<I", 44) + struct.pack("<IHHBBBBIQ", 0, 2, 40, basis, 1, 2, 0, 0, 0)
    dfd += struct.pack("<HBBIII", 0, 127, channel, 0, 0, 0xFFFFFFFF)
    levels = struct.pack("<3Q", 80 + 24 + len(dfd), 16, 16)
    head = b"\xabKTX 20\xbb\r\n\x1a\n" + struct.pack("<9I", 0, 1, width, height, 0, 0, 1, 1, 0)
    head += struct.pack("<4I2Q", 80 + 24, len(dfd), 0, 0, 0, 0)
    return head + levels + dfd + bytes(16)


def test_a_ktx2_header_is_read_and_its_pixels_come_from_the_decoder_that_is_registered(monkeypatch):
    texture = images.probe(ktx2(), name="t.ktx2")
    assert (texture.width, texture.height, texture.channels, texture.media_type) == (8, 4, 4, "image/ktx2")
    monkeypatch.setitem(images.DECODERS, "image/ktx2", lambda t: np.full((t.height, t.width, 4), 7, np.uint8))
    assert images.pixels(texture, max_px=4).shape == (2, 4, 4)


def test_ktx2_without_a_decoder_or_cut_off_is_refused(monkeypatch):
    monkeypatch.delitem(images.DECODERS, "image/ktx2", raising=False)
    with pytest.raises(Refused, match="KTX2"):
        images.pixels(images.probe(ktx2(), name="t.ktx2"))
    with pytest.raises(Refused, match="cut off"):
        images.probe(ktx2()[:-8], name="t.ktx2")
    with pytest.raises(Refused):
        images.probe(io.BytesIO(ktx2()).read(40), name="t.ktx2")
