"""KTX2 there and back."""

import numpy as np
import pytest

from pipeline.errors import Failed
from pipeline.node.ktx2 import ktx2_decode, ktx2_encode


def picture(width: int = 128, height: int = 64, channels: int = 3) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width]
    planes = [x * 2 % 256, y * 4 % 256, 128 + 0 * x, 255 - x]
    return np.stack(planes[:channels], axis=-1).astype(np.uint8)


def psnr(one: np.ndarray, two: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((one.astype(float) - two.astype(float)) ** 2)))


@pytest.mark.parametrize(("mode", "least_db"), [("etc1s", 30), ("uastc", 38)])
@pytest.mark.parametrize("channels", [3, 4])
def test_a_picture_survives(mode: str, least_db: float, channels: int) -> None:
    before = picture(channels=channels)
    after = ktx2_decode(ktx2_encode(before, mode))  # type: ignore[arg-type]
    assert after.shape == (64, 128, 4)
    assert psnr(after[:, :, :channels], before) > least_db
    assert channels == 4 or (after[:, :, 3] == 255).all()


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert ktx2_encode(picture(), "etc1s") == ktx2_encode(picture(), "etc1s")


def test_mips_cost_a_third_more_and_can_be_left_out() -> None:
    assert len(ktx2_encode(picture(), "uastc", mips=False)) < len(ktx2_encode(picture(), "uastc"))


def test_sides_that_gltf_forbids_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="multiples of four"):
        ktx2_encode(picture(width=126), "etc1s")


@pytest.mark.parametrize("damage", ["empty", "cut", "noise"])
def test_damaged_ktx2_is_a_failure(damage: str) -> None:
    good = ktx2_encode(picture(), "etc1s")
    noise = bytearray(good)
    noise[80:200] = bytes(range(120))
    with pytest.raises(Failed):
        ktx2_decode({"empty": b"", "cut": good[:150], "noise": bytes(noise)}[damage])
