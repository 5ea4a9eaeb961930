"""``python -m benchmarks.textures``: what each texture format costs and loses on real textures.

Each picture is reduced as a level reduces it, encoded, decoded again and compared. Written to
``results/textures.csv``; the rule that follows from it stands in ``pipeline/steps/textures.py``.
"""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyvips
from numpy.typing import NDArray

from benchmarks.table import RESULTS, commit, machine
from pipeline.formats.images import pixels, probe
from pipeline.measure.budget import texture_bytes
from pipeline.measure.textures import psnr_db
from pipeline.node.ktx2 import ktx2_decode, ktx2_encode

Picture = NDArray[np.uint8]
SCANS = Path(os.environ.get("MUSEUM_TEST_SCANS", Path(__file__).parents[2] / "shared" / "scans"))
INPUTS = (
    ("trench_019", "excavation-obj/M_Montebelluna_scavo.019_LOD1_ALB.jpg", 1024),
    ("trench_026", "excavation-obj/M_Montebelluna_scavo.026_LOD1_ALB.jpg", 1024),
    ("multitexture", "multitexture/TextureDouble_A.png", 512),
    ("facade", "facade-photos/100_7100.JPG", 1024),
    ("facade", "facade-photos/100_7100.JPG", 2048),
)
"""Name, file, and the longest side of the level. The façade is a photograph as a camera gives it."""


def _webp(quality: int, effort: int) -> Callable[[Picture], tuple[bytes, Picture]]:
    def encode(picture: Picture) -> tuple[bytes, Picture]:
        data: bytes = _image(picture).webpsave_buffer(Q=quality, effort=effort, keep="none")
        return data, _back(data)

    return encode


def _avif(quality: int, effort: int) -> Callable[[Picture], tuple[bytes, Picture]]:
    def encode(picture: Picture) -> tuple[bytes, Picture]:
        data: bytes = _image(picture).heifsave_buffer(
            compression="av1", Q=quality, effort=effort, subsample_mode="on", keep="none"
        )
        return data, _back(data)

    return encode


def _etc1s(picture: Picture) -> tuple[bytes, Picture]:
    data = ktx2_encode(picture, "etc1s")
    return data, ktx2_decode(data)[..., :3]


def _uastc(picture: Picture) -> tuple[bytes, Picture]:
    data = ktx2_encode(picture, "uastc")
    return data, ktx2_decode(data)[..., :3]


FORMATS: tuple[tuple[str, int, Callable[[Picture], tuple[bytes, Picture]]], ...] = (
    ("webp q80 e6", 32, _webp(80, 6)),
    ("webp q88 e4", 32, _webp(88, 4)),
    ("webp q92 e4", 32, _webp(92, 4)),
    ("avif q50 e4", 32, _avif(50, 4)),
    ("avif q60 e4", 32, _avif(60, 4)),
    ("avif q70 e4", 32, _avif(70, 4)),
    ("avif q80 e4", 32, _avif(80, 4)),
    ("ktx2 etc1s", 4, _etc1s),
    ("ktx2 uastc", 8, _uastc),
)
"""Name, bits a texel on the GPU (opaque), encoder."""


def main() -> None:
    """Measures every format on every input at hand."""
    rows = []
    for name, file, side in INPUTS:
        if not (SCANS / file).is_file():
            print(f"{name}: {SCANS / file} is missing, left out (set MUSEUM_TEST_SCANS)")
            continue
        picture = _fitting(pixels(probe(SCANS / file), max_px=side)[..., :3])
        height, width = picture.shape[:2]
        for label, bits, encode in FORMATS:
            begun = time.perf_counter()
            data, back = encode(picture)
            seconds = time.perf_counter() - begun
            loss = psnr_db(picture, np.ascontiguousarray(back[..., :3]))
            gpu = texture_bytes(width, height, bits_per_texel=bits)
            rows.append((name, max(width, height), label, len(data), round(loss, 2), gpu, round(seconds, 2)))
            print(*rows[-1], flush=True)
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "textures.csv").open("w", newline="") as target:
        out = csv.writer(target, lineterminator="\n")
        out.writerow([f"# {machine()}, commit {commit()}"])
        out.writerow(["input", "px", "format", "bytes", "psnr_db", "decoded_bytes", "seconds"])
        out.writerows(rows)


def _fitting(picture: Picture) -> Picture:
    """Cut to sides that are multiples of four, which KTX2 demands."""
    height, width = (side // 4 * 4 for side in picture.shape[:2])
    return np.ascontiguousarray(picture[:height, :width])


def _image(picture: Picture) -> pyvips.Image:
    return pyvips.Image.new_from_array(picture, interpretation="srgb")


def _back(data: bytes) -> Picture:
    return np.ascontiguousarray(pyvips.Image.new_from_buffer(data, "").numpy())


if __name__ == "__main__":
    main()
