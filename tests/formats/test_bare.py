import io

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pipeline.formats.bare import bare
from tests.pictures import photo


def tagged(kind):
    exif = Image.Exif()
    exif[0x010F] = "SecretCam"
    exif.get_ifd(0x8825)[2] = (43.0, 47.0, 12.5)
    picture, out = Image.fromarray(photo(64)), io.BytesIO()
    more = {}
    if kind == "png":
        more["pnginfo"] = PngInfo()
        more["pnginfo"].add_text("Author", "SecretCam")
    else:
        more["xmp"] = b"<x:xmpmeta>SecretCam</x:xmpmeta>"
    picture.save(out, kind, exif=exif.tobytes(), **more)
    return out.getvalue()


def seen(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_who_took_it_and_where_goes_and_the_pixels_stay(kind):
    data = tagged(kind)
    assert b"SecretCam" in data
    made = bare(data, f"image/{kind}")
    assert b"SecretCam" not in made and b"Exif" not in made and len(made) < len(data)
    assert (seen(made) == seen(data)).all()
    assert not Image.open(io.BytesIO(made)).getexif()
    assert bare(made, f"image/{kind}") == made


def test_the_colours_of_an_adobe_jpeg_stay_what_they_are():
    out = io.BytesIO()
    Image.fromarray(photo(32)).convert("CMYK").save(out, "jpeg")
    data = out.getvalue()
    assert b"Adobe" in bare(data, "image/jpeg")
    assert (seen(bare(data, "image/jpeg")) == seen(data)).all()


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_damaged_file_comes_back_and_breaks_nothing(kind):
    data = tagged(kind)
    for cut in (0, 3, 9, 15, 40, len(data) // 2):
        assert isinstance(bare(data[:cut], f"image/{kind}"), bytes)
    assert bare(b"anything", "image/ktx2") == b"anything"
