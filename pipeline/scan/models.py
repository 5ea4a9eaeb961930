"""Which file of a folder is the model."""

from __future__ import annotations

from pathlib import Path

from pipeline.catalogue import store
from pipeline.catalogue.folders import CAPTURE, DERIVATIVES, MANIFEST
from pipeline.errors import Refused
from pipeline.formats import sniff

from .one import PRIVATE

_PICTURES = frozenset((".jpg", ".jpeg", ".png", ".tif", ".tiff", ".dng", ".cr2", ".cr3", ".nef", ".arw"))


def model_file(path: Path) -> Path:
    """Gives the file itself where a reader knows it."""
    sniff.kind(path)  # refuses what no reader knows, before a folder is made for it
    return path


def model_in(folder: Path) -> Path:
    """Gives the one model of a folder: what ``capture.toml`` names first, else in ``scan/``, else in the
    folder."""
    capture = folder / CAPTURE
    if capture.is_file() and (files := store.read_capture(capture).files):
        named = folder / files[0].path
        if named.is_file():
            return model_file(named)
    for place in (folder / "scan", folder):
        models = _models(place)
        if len(models) == 1:
            return models[0]
        if models:
            listed = ", ".join(model.relative_to(folder).as_posix() for model in models[:8])
            more = f" and {len(models) - 8} more" if len(models) > 8 else ""
            raise Refused(
                f"the folder holds {len(models)} models: {listed}{more}",
                where=str(folder),
                do="give the path of the one that is meant, or several paths for several objects",
            )
    if objects := _objects(folder):
        listed = ", ".join(path.name for path in objects[:8])
        more = f" and {len(objects) - 8} more" if len(objects) > 8 else ""
        raise Refused(
            f"the folder holds {len(objects)} folders with a model each: {listed}{more}",
            where=str(folder),
            do=f"give the path of each, as in {objects[0]}",
        )
    if pictures := _pictures(folder):
        raise Refused(
            f"the folder holds {pictures} pictures and no model",
            where=str(folder),
            do="make a mesh of them with a photogrammetry program first",
        )
    raise Refused(
        "no model was found in the folder",
        where=str(folder),
        do=f"a scan is a file ending in {', '.join(sniff.SUFFIXES)}",
    )


def _models(folder: Path) -> list[Path]:
    """Model files right in a folder, else one level below; not what an earlier run wrote there."""
    made = _made_in(folder)
    for pattern in ("*", "*/*"):
        found = sniff.models(
            path
            for path in sorted(folder.glob(pattern))
            if path not in made and not {DERIVATIVES, PRIVATE} & set(path.relative_to(folder).parts[:-1])
        )
        if found:
            return found
    return []


def _objects(folder: Path) -> list[Path]:
    """Folders whose scan lies one level below where one was looked for: a collection, not an object."""
    return sorted(
        {
            folder / path.relative_to(folder).parts[0]
            for path in folder.glob("*/*/*")
            if path.suffix.lower() in sniff.SUFFIXES and path.parent.name not in (DERIVATIVES, PRIVATE)
        }
    )


def _pictures(folder: Path) -> int:
    return sum(path.suffix.lower() in _PICTURES for path in folder.iterdir())


def _made_in(folder: Path) -> set[Path]:
    path = folder / MANIFEST
    if not path.is_file():
        return set()
    return {folder / one.path for one in store.read_manifest(path).derivatives}
