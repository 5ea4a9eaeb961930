"""JPEGs packed tighter decode to the very same pixels."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pipeline.formats.jpeg_pack import MOST_PIXELS, packed


def photograph(mode: str = "RGB", side: int = 96, **options: object) -> bytes:
    waves = np.add.outer(np.sin(np.arange(side) / 7), np.cos(np.arange(side) / 5))
    noise = np.random.default_rng(3).normal(0, 0.1, (side, side, 3))
    picture = ((waves[..., None] + noise) * 50 + 128).clip(0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(picture).convert(mode).save(out, "jpeg", quality=90, **options)
    return out.getvalue()


def decoded(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("subsampling", [0, 2])
def test_it_is_smaller_and_shows_the_same_pixels(mode: str, subsampling: int) -> None:
    data = photograph(mode, subsampling=subsampling)
    small = packed(data, 96 * 96)
    assert len(small) < len(data)
    assert np.array_equal(decoded(small), decoded(data))


def test_it_is_the_same_each_time_and_a_second_packing_brings_nothing() -> None:
    data = photograph()
    once = packed(data, 96 * 96)
    assert packed(data, 96 * 96) == once
    assert packed(once, 96 * 96) == once


def test_what_is_no_jpeg_or_too_large_stays_as_it_is() -> None:
    data = photograph()
    for odd in (b"", b"\x89PNG", data[:200]):
        assert packed(odd, 10) == odd
    assert packed(data, MOST_PIXELS + 1) == data
