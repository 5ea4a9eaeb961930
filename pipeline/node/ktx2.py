"""KTX2 textures: made by basisu's own program (any size), read in the Node worker.

The WebAssembly encoder refuses more than 12.58 million pixels, which is less than 4096². The plain x64
program is used even where one for SSE 4.1 is there: the same picture must give the same bytes on every
machine.
"""

from __future__ import annotations

import os
import platform
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Literal

import numpy as np
import pyvips
from numpy.typing import NDArray

from pipeline.errors import Failed, Refused
from pipeline.node import worker
from pipeline.node.packages import modules

Mode = Literal["etc1s", "uastc"]
MAX_PIXELS = 16384 * 16384
"""Decoded it is 1 GiB, and WebAssembly ends at 4."""


def ktx2_encode(
    pixels: NDArray[np.uint8],
    mode: Mode,
    *,
    srgb: bool = True,
    mips: bool = True,
    quality: int | None = None,
    limit_s: float = 1800,
) -> bytes:
    """Encodes a picture.

    Args:
        pixels: (H, W, 3 or 4) uint8; both sides multiples of four, as KHR_texture_basisu demands.
        mode: ``etc1s`` is small and coarse, ``uastc`` large and faithful (zstd inside).
        srgb: False for data (normals, roughness).
        mips: all levels down to 1 × 1.
        quality: 1 to 255 for etc1s (200); 0 to 4 for uastc (2).
        limit_s: after this time it is given up.

    Raises:
        Failed: the encoder did not end, or ended badly.
        Refused: basisu is not installed, or not made for this machine.
    """
    height, width, channels = pixels.shape
    if height % 4 or width % 4:
        raise ValueError(f"KTX2 for glTF needs sides that are multiples of four, not {width} × {height}")
    if channels == 4 and bool((pixels[:, :, 3] == 255).all()):
        pixels = np.ascontiguousarray(pixels[:, :, :3])
    if mode == "etc1s":
        options = ["-q", str(quality or 200)]
    else:
        # The rate-distortion pass runs on one thread: with more its result depends on how they are cut.
        options = ["-uastc", "-uastc_level", str(2 if quality is None else quality), "-uastc_rdo_l", "0.75"]
        options += ["-uastc_rdo_m", "-ktx2_zstandard_level", "18"]
    options += [] if srgb else ["-linear"]
    options += ["-mipmap"] if mips else []
    with tempfile.TemporaryDirectory(prefix="museum-ktx2-") as folder:
        source, target = Path(folder) / "in.png", Path(folder) / "out.ktx2"
        pyvips.Image.new_from_array(pixels, interpretation="srgb").pngsave(
            str(source), compression=1, keep="none"
        )
        command = [
            str(basisu_program()),
            "-ktx2",
            "-file",
            str(source),
            "-output_file",
            str(target),
            *options,
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=limit_s, check=False, cwd=folder)
        except subprocess.TimeoutExpired:
            raise Failed(f"the KTX2 encoder did not end within {limit_s:g} s and was stopped") from None
        if done.returncode != 0 or not target.is_file():
            said = done.stdout.decode("utf-8", "replace").strip().splitlines()
            raise Failed(f"the KTX2 encoder failed ({said[-1] if said else done.returncode})")
        return target.read_bytes()


def ktx2_decode(data: bytes) -> NDArray[np.uint8]:
    """Gives a KTX2's largest level as (H, W, 4) uint8.

    Raises:
        Failed: damaged, not Basis Universal, or too large.
    """
    result, (pixels,) = worker().call("ktx2Decode", {"maxPixels": MAX_PIXELS}, [data], limit_s=300)
    return np.frombuffer(pixels, np.uint8).reshape(result["height"], result["width"], 4)


def basisu_program() -> Path:
    """Gives the encoder for this machine.

    Raises:
        Refused: not installed, or there is none.
    """
    system = {"Linux": "linux", "Darwin": "darwin", "Windows": "win"}.get(platform.system(), "")
    machine = {"x86_64": "x64", "AMD64": "x64", "arm64": "arm64", "aarch64": "arm64"}.get(
        platform.machine(), ""
    )
    name = "basisu.exe" if system == "win" else "basisu"
    program = modules() / "basisu" / "bin" / system / machine / name
    if not system or not machine or not program.is_file():
        raise Refused("there is no KTX2 encoder for this machine", do="use WebP textures")
    if not os.access(program, os.X_OK):  # npm unpacks without the execute bit
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program
