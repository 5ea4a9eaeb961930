"""The peers' command lines, as their manuals recommend them, asked for our triangles and texture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_BIN = Path(__file__).parent / "node_modules" / ".bin"


@dataclass(frozen=True)
class Peer:
    """One peer in one setting: ``command(source, target, ratio, texture_px)`` gives its command line."""

    name: str
    command: Callable[[Path, Path, float, int], list[str]]


def _gltfpack(flags: list[str]) -> Callable[[Path, Path, float, int], list[str]]:
    # The npm build writes neither WebP nor resized textures: they go through as they came.
    def command(source: Path, target: Path, ratio: float, texture_px: int) -> list[str]:
        # -se 1: let the ratio decide, not the default 1 % error limit
        simplify = ["-si", f"{ratio:.6f}", "-se", "1"] if ratio < 0.9995 else []
        return [str(_BIN / "gltfpack"), "-i", str(source), "-o", str(target), *flags, *simplify]

    return command


def _gltf_transform(compress: str) -> Callable[[Path, Path, float, int], list[str]]:
    def command(source: Path, target: Path, ratio: float, texture_px: int) -> list[str]:
        simplify = (
            ["--simplify-ratio", f"{ratio:.6f}", "--simplify-error", "1"]
            if ratio < 0.9995
            else ["--simplify", "false"]
        )
        texture = ["--texture-compress", "webp", "--texture-size", str(texture_px or 4096)]
        flags = ["--compress", compress, *texture, *simplify]
        return [str(_BIN / "gltf-transform"), "optimize", str(source), str(target), *flags]

    return command


PEERS = (
    Peer("gltfpack -cc", _gltfpack(["-cc"])),
    Peer("gltfpack -cz -sv", _gltfpack(["-cz", "-sv"])),
    Peer("gltf-transform meshopt+webp", _gltf_transform("meshopt")),
    Peer("gltf-transform draco+webp", _gltf_transform("draco")),
)
