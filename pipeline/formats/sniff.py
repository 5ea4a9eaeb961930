"""Which format a file has: by its first bytes, then by its suffix. Others are refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import Refused

MESH_SUFFIXES = (".glb", ".gltf", ".obj", ".ply", ".stl")
CLOUD_SUFFIXES = (".las", ".laz", ".e57", ".ptx", ".pts", ".xyz", ".asc")
SUFFIXES = MESH_SUFFIXES + CLOUD_SUFFIXES
"""Suffixes of models that are read, lower case. Clouds in .txt and .csv are read where they are named: in a
folder such a file is more often a note or a table."""

_READABLE = "readable are OBJ, PLY, STL, glTF and GLB, and the clouds LAS, LAZ, E57, PTX, PTS, XYZ and ASC"
_TEXT_POINTS = frozenset({".pts", ".xyz", ".asc", ".txt", ".csv"})
_NO_OBJ = frozenset({".stl", ".ptx", ".pts", ".xyz", ".asc"})
_LOOKED_AT = 200
"""Lines of a text looked at for one that is three numbers or more."""
_OBJ_LINE = re.compile(rb"(?:^|[\r\n])[ \t]*(?:v[ \t]+[-+.\d]|mtllib[ \t]|usemtl[ \t]|[og][ \t]|f[ \t]+-?\d)")
_STL_LINE = re.compile(rb"^\s*solid\b.*?\bfacet\s+normal\b", re.IGNORECASE | re.DOTALL)

_MAGIC = ((b"glTF", "gltf"), (b"LASF", "las"), (b"ASTM-E57", "e57"))
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
    (b"[Expe/PointSet", "a point set of the program Expe"),
    (b"# .PCD", "a PCD cloud"),
    (b"<?xml", "an XML file (COLLADA, X3D or a project file)"),
)


def models(paths: Iterable[Path]) -> list[Path]:
    """Gives those of the paths that are models by their suffix, in their order. Clouds are none beside a
    mesh: photogrammetry programs put theirs next to it, and Pix4D an ``_offset.xyz`` of three numbers.
    """
    found = [path for path in paths if path.suffix.lower() in SUFFIXES and path.is_file()]
    return [path for path in found if path.suffix.lower() in MESH_SUFFIXES] or found


def kind(path: Path) -> str:
    """Gives the format: a key of ``formats.READERS``.

    Raises:
        Refused: empty, or another format; the sentence says which, and what is readable.
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
    other = next((what for magic, what in _OTHERS if start.startswith(magic)), "")
    if not other and suffix in (".stl", ".obj", ".ptx"):
        return suffix[1:]
    if not other and suffix in _TEXT_POINTS and (suffix in SUFFIXES or _has_rows(start)):
        return "points"
    what = other or f"of an unknown kind ({suffix or 'no suffix'})"
    raise Refused(f"the file is {what}, which is not read", where=path.name, do=_READABLE)


def _by_content(start: bytes, suffix: str) -> str:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{") and (b'"asset"' in start or suffix == ".gltf"):
        return "gltf"
    if re.match(rb"ply[ \t]*[\r\n]", start):
        return "ply"
    if _STL_LINE.match(start[:4096]):
        return "stl"
    if named := next((kind for magic, kind in _MAGIC if start.startswith(magic)), ""):
        return named
    if suffix not in _NO_OBJ and b"\0" not in start[:4096] and _OBJ_LINE.search(start):
        return "obj"
    return ""


def _has_rows(start: bytes) -> bool:
    """Whether one of the first lines is three numbers or more."""
    return any(_is_row(line) for line in start.splitlines()[:_LOOKED_AT])


def _is_row(line: bytes) -> bool:
    words = line.replace(b",", b" ").replace(b";", b" ").split()
    try:
        return len([float(word) for word in words]) >= 3
    except ValueError:
        return False
