"""What a camera wrote beside the picture goes, the picture stays to the last pixel."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pipeline.formats.remarks import without_remarks
from tests.pictures import encoded, photo

PLACE = b"44 deg 5 min north"


def remarked(format: str) -> bytes:
    """A picture with a place in every corner where programs put one."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = PLACE.decode()
    more: dict[str, object] = {"exif": exif.tobytes()}
    if format == "png":
        info = PngInfo()
        info.add_text("Comment", PLACE.decode())
        info.add_itxt("XML:com.adobe.xmp", PLACE.decode())
        more["pnginfo"] = info
    else:
        more["xmp"] = PLACE
    if format == "jpeg":
        more["comment"] = PLACE
    Image.fromarray(photo(64)).save(out, format, **more)
    return out.getvalue() + (b"film: " + PLACE if format == "jpeg" else b"")


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_remarks_go_and_no_pixel_changes(format: str) -> None:
    data = remarked(format)
    assert data.count(PLACE) >= 2
    bare = without_remarks(data, f"image/{format}")
    assert bare is not None and PLACE not in bare
    before, after = (np.array(Image.open(io.BytesIO(one))) for one in (data, bare))
    assert np.array_equal(before, after)
    assert not Image.open(io.BytesIO(bare)).getexif()


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_a_file_without_remarks_stays_the_same_bytes(format: str) -> None:
    data = encoded(photo(64), format)
    assert without_remarks(data, f"image/{format}") == data
    bare = without_remarks(remarked(format), f"image/{format}")
    assert bare is not None and without_remarks(bare, f"image/{format}") == bare


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_a_file_that_is_not_whole_is_not_passed_on(format: str) -> None:
    data = encoded(photo(64), format)
    for cut in (3, 9, 15, 40):
        assert without_remarks(data[:cut], f"image/{format}") is None
    assert without_remarks(b"II*\0", "image/tiff") is None


def test_an_icc_profile_stays() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(photo(64), "jpeg", icc_profile=profile)
    assert without_remarks(data, "image/jpeg") == data
