"""One module a format, read and/or write; :func:`read` picks the reader by what is in the file.

A suffix is only believed where the content does not speak: STL and OBJ have no magic bytes, and files get
renamed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import Refused

from . import sniff

if TYPE_CHECKING:
    from pipeline.matter.cloud import Cloud
    from pipeline.matter.surface import Surface

READERS: dict[str, tuple[str, str, str]] = {
    "e57": ("pipeline.formats.e57", "read_e57", "files_of"),
    "gltf": ("pipeline.formats.gltf_read", "read_gltf", "files_of"),
    "las": ("pipeline.formats.las", "read_las", "files_of"),
    "obj": ("pipeline.formats.obj", "read_obj", "files_of"),
    "ply": ("pipeline.formats.ply", "read_ply", "files_of"),
    "points": ("pipeline.formats.points", "read_points", "files_of"),
    "ptx": ("pipeline.formats.ptx", "read_ptx", "files_of"),
    "stl": ("pipeline.formats.stl", "read_stl", "files_of"),
}
"""Format -> module, its reader ``(Path) -> Surface | Cloud`` and its ``(Path) -> tuple[Path, ...]``."""

READABLE = "OBJ, PLY, STL, glTF and GLB, and the clouds LAS, LAZ, E57, PTX, PTS, XYZ and ASC"


def read(path: Path) -> Surface | Cloud:
    """Reads a scan of any readable format, in its own unit and axes: a Surface, or a Cloud where the file has
    points and nothing between them.

    Args:
        path: the file, or a folder with exactly one model in it.

    Raises:
        Refused: nothing readable, in one sentence.
    """
    model = find(path)
    kind = sniff.kind(model)
    reader: Callable[[Path], Surface | Cloud] = _function(kind, 1)
    return reader(model)


def files(path: Path) -> tuple[Path, ...]:
    """Gives every file that the model needs, the model first: material libraries, textures, buffers.

    Nothing is decoded; files that are named but not there are left out.

    Raises:
        Refused: nothing readable.
    """
    model = find(path)
    function: Callable[[Path], tuple[Path, ...]] = _function(sniff.kind(model), 2)
    return function(model)


def find(path: Path) -> Path:
    """Gives the model: ``path`` itself, or the only readable model in the folder ``path`` (``sniff.models``).

    Raises:
        Refused: nothing there, or several models.
    """
    if path.is_dir():
        models = sorted(sniff.models(path.iterdir()))
        if len(models) == 1:
            return models[0]
        if not models:
            raise Refused("the folder holds no model", where=path.name, do=f"readable are {READABLE}")
        names = ", ".join(p.name for p in models[:5]) + (" …" if len(models) > 5 else "")
        raise Refused(
            f"the folder holds {len(models)} models ({names})", where=path.name, do="name one of them"
        )
    if not path.exists():
        raise Refused("there is no such file", where=path.name, do="check the path")
    if not path.is_file():
        raise Refused("this is no ordinary file", where=path.name, do="copy the scan into a folder")
    return path


def _function(kind: str, which: int) -> Callable[..., Any]:
    names = READERS[kind]
    function: Callable[..., Any] = getattr(importlib.import_module(names[0]), names[which])
    return function
