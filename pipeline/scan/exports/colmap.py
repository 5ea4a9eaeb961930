"""COLMAP: a workspace with its sparse and dense reconstruction.

``sparse/`` or ``sparse/0/`` with ``cameras``, ``images`` and ``points3D`` as ``.bin`` or ``.txt``;
``fused.ply`` is the dense cloud, ``meshed-poisson.ply`` and ``meshed-delaunay.ply`` are meshes of it,
``textured/mesh.ply`` the textured one. Binary files begin with their count (uint64, little endian); a point
has id, xyz, rgb, its reprojection error in pixels and its track. Source: colmap ``doc/format.rst``. The
scale is arbitrary unless ``model_aligner`` gave it one, which the files do not say; they do not name the
program's version either.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

from pipeline.catalogue.finding import Finding

from . import bounded
from .listing import Listing
from .told import Told

NAME = "COLMAP"
RANKS = (
    r"(?:.*/)?textured/mesh\.ply",
    r"(?:.*/)?meshed-poisson\.ply",
    r"(?:.*/)?meshed-delaunay\.ply",
)
_MODEL = r"((?:.*/)?)cameras\.(?:bin|txt)"
_POINT = struct.Struct("<QdddBBBdQ")
_POINTS_MAX = 300_000
"""Points whose errors are averaged: the first ones of larger files, 0.5 s."""
_COUNT = re.compile(rb"^# Number of images: (\d+)", re.MULTILINE)


def roots(listing: Listing) -> list[str]:
    """Gives the folders of workspaces: above ``sparse``, or where the meshes of one lie."""
    folders = set()
    for name in listing.matching(_MODEL):
        folder = name.rpartition("/")[0]
        if _beside(listing, folder, "images") and _beside(listing, folder, "points3D"):
            folders.add(re.sub(r"(?:^|/)sparse(?:/\d+)?$", "", folder))
    meshes = listing.matching(r"(?:.*/)?meshed-(?:poisson|delaunay)\.ply")
    return sorted(folders | {name.rpartition("/")[0] for name in meshes})


def tell(listing: Listing) -> Told:
    """Gives what the sparse model tells: of several the one with most photographs."""
    models = [
        (_images(listing, folder), folder)
        for folder in sorted({name.rpartition("/")[0] for name in listing.matching(_MODEL)})
    ]
    if not models:
        return Told()
    photos, folder = max(models, key=lambda model: model[0])
    points = _beside(listing, folder, "points3D")
    error, whole = _error(listing.path(points)) if points else (None, True)
    findings: tuple[Finding, ...] = ()
    if not whole:
        figures: dict[str, float | int | str] = {"file": points, "reason": "cut off"}
        findings = (Finding("export-file-unread", "warning", figures),)
    return Told(
        photos=photos or None,
        used=photos or None,
        reprojection_error_px=error,
        cameras=_beside(listing, folder, "images"),
        read=tuple(name for name in (_beside(listing, folder, "cameras"),) if name),
        findings=findings,
    )


def _beside(listing: Listing, folder: str, stem: str) -> str:
    """The file of a sparse model, the binary one first as COLMAP has it; empty where there is none."""
    prefix = f"{folder}/" if folder else ""
    names = set(listing.names)
    return next((n for s in ("bin", "txt") if (n := f"{prefix}{stem}.{s}") in names), "")


def _images(listing: Listing, folder: str) -> int:
    name = _beside(listing, folder, "images")
    start = bounded.head(listing.path(name), 4096) if name else b""
    if name.endswith(".bin"):
        count = int.from_bytes(start[:8], "little") if len(start) >= 8 else 0
        return (
            count if count * 64 <= listing.path(name).stat().st_size else 0
        )  # an image has 64 bytes at least
    found = _COUNT.search(start)
    return min(int(found[1]), 10**7) if found else 0


def _error(path: Path) -> tuple[float | None, bool]:
    """Mean reprojection error in pixels, None where there is none, and whether the file is whole."""
    total, count = 0.0, 0
    try:
        if path.suffix == ".txt":
            with path.open("rb") as file:
                while count < _POINTS_MAX and (line := file.readline(1 << 20)):
                    words = line.split(maxsplit=8)
                    if not line.startswith(b"#") and len(words) >= 8:
                        total, count = total + float(words[7]), count + 1
        else:
            with path.open("rb") as file:
                claimed = int.from_bytes(file.read(8), "little")
                while count < min(claimed, _POINTS_MAX):
                    point = _POINT.unpack(file.read(_POINT.size))
                    file.seek(8 * min(point[8], 1 << 32), 1)
                    total, count = total + point[7], count + 1
    except (OSError, ValueError, struct.error):
        return None, False
    mean = total / count if count else 0.0
    return (round(mean, 4) if 0 < mean < 1e3 else None), True
