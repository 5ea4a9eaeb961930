"""Which objects a collection folder holds. Looks at names only; the records are read when they are asked for.

    models/<collection>/<object>/artifact.toml
    models/<collection>/<object>/derivatives/manifest.json    once it was processed

A bare folder written by ``museum process --out DIR`` has ``artifact.toml`` and ``manifest.json`` side by
side; it is an object without a collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from pipeline.errors import Refused

ARTIFACT = "artifact.toml"
CAPTURE = "capture.toml"
MANIFEST = "manifest.json"
DERIVATIVES = "derivatives"


class ObjectFolder(msgspec.Struct, frozen=True):
    """One object's folder.

    Attributes:
        path: the folder that holds ``artifact.toml``.
        collection: name of the folder above, empty for a bare folder.
        object: the folder's own name.
    """

    path: Path
    collection: str
    object: str

    @property
    def key(self) -> str:
        """``collection/object``, or only the object's name for a bare folder."""
        return f"{self.collection}/{self.object}" if self.collection else self.object

    @property
    def artifact_path(self) -> Path:
        """Where ``artifact.toml`` lies; it was there when the folder was listed."""
        return self.path / ARTIFACT

    @property
    def capture_path(self) -> Path | None:
        """Where ``capture.toml`` lies, None where there is none."""
        path = self.path / CAPTURE
        return path if _is_file(path) else None

    @property
    def manifest_path(self) -> Path | None:
        """Where ``manifest.json`` lies, None before the object was processed."""
        for path in (self.path / DERIVATIVES / MANIFEST, self.path / MANIFEST):
            if _is_file(path):
                return path
        return None


def objects(models: Path) -> Iterator[ObjectFolder]:
    """Gives every object below a folder, in the order of their names.

    ``models`` may be the folder of all collections, one collection, or one bare object.

    Raises:
        Refused: the folder is not there or cannot be listed; for one collection only after all others.
    """
    if _is_object(models):
        yield ObjectFolder(models, "", models.resolve().name)
        return
    closed: Refused | None = None
    for child in _folders(models):
        if _is_object(child):
            yield ObjectFolder(child, "", child.name)
            continue
        try:
            inside = _folders(child)
        except Refused as error:
            closed = closed or error
            continue
        yield from (ObjectFolder(inner, child.name, inner.name) for inner in inside if _is_object(inner))
    if closed:
        raise closed


def _is_object(folder: Path) -> bool:
    return _is_file(folder / ARTIFACT)


def _is_file(path: Path) -> bool:
    """Like ``Path.is_file``, which raises in a folder that may not be entered."""
    try:
        return path.is_file()
    except OSError:
        return False


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    except OSError as error:
        reason = error.strerror or "cannot be listed"
        raise Refused(f"the folder cannot be listed: {reason}", where=str(folder)) from error
