"""Which of the models of an export is the result: by what the program calls them, and by their textures.

Nothing is read but first blocks and material libraries. Where two models are left and nothing tells them
apart, both are given and the technician decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path, PurePosixPath

from pipeline.formats import limits, paths

from .bounded import TEXT_MAX_BYTES, Unread, head, text
from .listing import Listing

_FORMATS = (".obj", ".glb", ".gltf", ".ply", ".stl")
"""One model written in several formats is read from the first of these: OBJ keeps every texture file as it
is."""
_CLOUDS = frozenset((".las", ".laz", ".e57", ".pts", ".ptx", ".xyz", ".asc", ".pcd"))
_FACES = re.compile(rb"^element[ \t]+(?:face|tristrips)[ \t]+0*[1-9]", re.MULTILINE)
_MAP = re.compile(r"^[ \t]*map_Kd[ \t]+(\S.*)$", re.IGNORECASE | re.MULTILINE)
_PLY_TEXTURE = re.compile(rb"^comment TextureFile[ \t]+(.+?)[ \t]*\r?$", re.MULTILINE)
_LIBRARIES_MAX = 16
_LIBRARY = re.compile(rb"^[ \t]*mtllib[ \t]+(.+?)[ \t]*\r?$", re.MULTILINE)


def chosen(listing: Listing, ranks: Sequence[str], parts: str = "") -> tuple[list[str], bool]:
    """Gives the names of the models that are the result, and whether they are the parts of one.

    Args:
        listing: of the export.
        ranks: patterns of names, the best first; what none describes comes last.
        parts: pattern with a group for what the parts of one model share; empty where a program writes none.
    """
    meshes = [name for name in listing.models if not is_cloud(listing.path(name))]
    if not meshes:
        return [], False
    patterns = [re.compile(rank, re.IGNORECASE) for rank in ranks]
    order = {
        name: next((i for i, p in enumerate(patterns) if p.fullmatch(name)), len(patterns)) for name in meshes
    }
    best = [name for name in meshes if order[name] == min(order.values())]
    if len(best) > 1:
        best = [name for name in best if is_textured(listing.path(name))] or best
    if len(best) > 1:
        best = _first_format(best)
    if len(best) > 1 and parts and _shared(best, parts):
        return best, True
    return best, False


def is_cloud(path: Path) -> bool:
    """Says whether a file holds points alone: by its suffix, PLY by its head."""
    if path.suffix.lower() != ".ply":
        return path.suffix.lower() in _CLOUDS
    start = head(path)
    return start.startswith(b"ply") and b"end_header" in start and not _FACES.search(start)


def is_textured(path: Path) -> bool:
    """Says whether a model names a texture, as far as its first block and library tell."""
    if path.suffix.lower() in (".glb", ".gltf"):
        return b'"images"' in head(path, TEXT_MAX_BYTES)
    return bool(textures_of(path))


def textures_of(path: Path) -> tuple[str, ...]:
    """Gives the names of the colour textures of an OBJ or PLY file, as written; of other formats none."""
    suffix, start = path.suffix.lower(), head(path)
    if suffix == ".ply":
        return tuple(_text(name) for name in _PLY_TEXTURE.findall(start))
    if suffix != ".obj":
        return ()
    folder, found = paths.Folder(path.parent), dict[str, None]()
    for named in _LIBRARY.findall(start)[:_LIBRARIES_MAX]:
        library = folder.resolve(_text(named))
        found |= dict.fromkeys(_maps(library) if library is not None else ())
    return tuple(found)


def _maps(library: Path) -> list[str]:
    try:
        found = _MAP.finditer(text(library, 16 * TEXT_MAX_BYTES))
        return [match[1].strip() for match in islice(found, limits.MATERIALS_MAX)]
    except Unread:
        return []


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace").strip()


def _first_format(names: Sequence[str]) -> list[str]:
    """One model in several formats: the same name in the same folder but for its suffix."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(str(PurePosixPath(name).with_suffix("")).casefold(), []).append(name)
    rank = {suffix: number for number, suffix in enumerate(_FORMATS)}
    return [
        min(group, key=lambda name: rank.get(PurePosixPath(name).suffix.lower(), len(rank)))
        for group in groups.values()
    ]


def _shared(names: Sequence[str], parts: str) -> bool:
    found = [re.fullmatch(parts, name, re.IGNORECASE) for name in names]
    return all(found) and len({match[1] for match in found if match}) == 1
