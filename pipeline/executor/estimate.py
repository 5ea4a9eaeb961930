"""How much memory the work on a scan may take, guessed from the sizes of its files before one is opened.

Never too low for what programs usually write; a guess that is too high costs time, one too low the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

PROCESS_BYTES = 300 << 20
"""Python with Open3D and libvips, and Node beside it, before a scan is read."""
TRIANGLE_BYTES = {".obj": 60, ".ply": 20, ".stl": 50, ".glb": 20, ".gltf": 20, ".bin": 20}
"""Least bytes that a triangle takes in a file, with its share of the vertices: binary PLY 12 × ½ + 13."""
PIXELS_PER_BYTE = {".jpg": 5.0, ".jpeg": 5.0, ".webp": 8.0, ".png": 1.0, ".tif": 0.34, ".tiff": 0.34}
"""Most pixels that a byte of a picture holds, as programs for photogrammetry write textures."""
_MOST_FILES = 20_000


def files_bytes(model: Path, base: Path) -> dict[str, int]:
    """Gives the bytes of a scan's files by suffix: the model and what lies with it, two levels deep."""
    found: dict[str, int] = {}
    for path, size in _with(model, base):
        suffix = path.suffix.lower()
        if path == model or suffix in PIXELS_PER_BYTE or suffix == ".bin":
            found[suffix] = found.get(suffix, 0) + size
    return found


def need_bytes(files: dict[str, int]) -> int:
    """Gives the memory that the work on files of these suffixes and sizes may take at its peak."""
    from pipeline.work.memory import needed_bytes

    triangles = sum(
        size // TRIANGLE_BYTES.get(suffix, 20)
        for suffix, size in files.items()
        if suffix not in PIXELS_PER_BYTE
    )
    pixels = sum(int(size * PIXELS_PER_BYTE.get(suffix, 0)) for suffix, size in files.items())
    return PROCESS_BYTES + needed_bytes(triangles, pixels)


def size_text(count: int) -> str:
    """Gives a number of bytes as a person reads it: ``1.4 GB``."""
    return f"{count / 1e9:.3g} GB" if count >= 1e8 else f"{count / 1e6:.3g} MB"


def _with(model: Path, base: Path) -> Iterator[tuple[Path, int]]:
    seen = 0
    for pattern in ("*", "*/*"):
        for path in base.glob(pattern):
            seen += 1
            if seen > _MOST_FILES:
                return
            try:
                status = path.stat()
            except OSError:
                continue
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(base).parts):
                yield path, status.st_size
    if model.parent != base and base not in model.parents:
        yield model, model.stat().st_size
