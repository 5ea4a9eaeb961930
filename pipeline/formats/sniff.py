"""Which format a file has: by its first bytes, then by its suffix. Others are refused by name."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.errors import Refused

SUFFIXES = (".glb", ".gltf", ".obj", ".ply", ".stl")
"""Suffixes of models that are read, lower case."""

_READABLE = "readable are OBJ, PLY, STL, glTF and GLB"
_POINTS = frozenset({".pts", ".xyz", ".las", ".laz", ".e57", ".ptx", ".asc", ".pcd"})
_OBJ_LINE = re.compile(rb"(?:^|[\r\n])[ \t]*(?:v[ \t]+[-+.\d]|mtllib[ \t]|usemtl[ \t]|[og][ \t]|f[ \t]+-?\d)")
_STL_LINE = re.compile(rb"^\s*solid\b.*?\bfacet\s+normal\b", re.IGNORECASE | re.DOTALL)

_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"Kaydara FBX", "an FBX model"),
    (b"PK\x03\x04", "a ZIP archive (USDZ, 3MF, SketchUp or packed files)"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BLENDER", "a Blender file"),
    (b"PXR-USDC", "a USD file"),
    (b"%PDF", "a PDF document"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"DRACO", "a bare Draco file"),
    (b"<?xml", "an XML file (COLLADA, X3D or a project file)"),
)


def kind(path: Path) -> str:
    """Gives ``gltf``, ``obj``, ``ply`` or ``stl``.

    Raises:
        Refused: empty, a point cloud, or another format; the sentence says which, and what is readable.
    """
    if path.exists() and not path.is_file():
        raise Refused("this is no ordinary file", where=path.name, do="copy the scan into a folder")
    try:
        with path.open("rb") as file:
            start = file.read(65536)
    except OSError as error:
        raise Refused(f"the file cannot be opened ({error.strerror})", where=path.name) from error
    suffix = path.suffix.lower()
    if not start:
        raise Refused("the file is empty", where=path.name, do="copy it again")
    if found := _by_content(start, suffix):
        return found
    if start.startswith((b"LASF", b"ASTM-E57", b"[Expe/PointSet")) or suffix in _POINTS:
        raise Refused(
            "point clouds are not read yet", where=path.name, do=f"make a mesh of it first; {_READABLE}"
        )
    other = next((what for magic, what in _OTHERS if start.startswith(magic)), "")
    if not other and suffix in (".stl", ".obj"):
        return suffix[1:]
    what = other or f"of an unknown kind ({suffix or 'no suffix'})"
    raise Refused(f"the file is {what}, which is not read", where=path.name, do=_READABLE)


def _by_content(start: bytes, suffix: str) -> str:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"glTF") or (text.startswith(b"{") and (b'"asset"' in start or suffix == ".gltf")):
        return "gltf"
    if re.match(rb"ply[ \t]*[\r\n]", start):
        return "ply"
    if _STL_LINE.match(start[:4096]):
        return "stl"
    if suffix not in (".stl", *_POINTS) and b"\0" not in start[:4096] and _OBJ_LINE.search(start):
        return "obj"
    return ""
