"""Which files of a folder are the model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from pipeline.catalogue import store
from pipeline.catalogue.capture import Capture
from pipeline.catalogue.folders import CAPTURE, DERIVATIVES, MANIFEST
from pipeline.errors import Refused
from pipeline.formats import sniff

from .exports import recognise
from .found import Found
from .one import PRIVATE

_PICTURES = frozenset((".jpg", ".jpeg", ".png", ".tif", ".tiff", ".dng", ".cr2", ".cr3", ".nef", ".arw"))


def model_file(path: Path) -> Path:
    """Gives the file itself where a reader knows it."""
    sniff.kind(path)  # refuses what no reader knows, before a folder is made for it
    return path


def models_in(folder: Path, *, as_one: bool = False) -> Found:
    """Gives the models of a folder that are one object: what ``capture.toml`` names, else the model of an
    export folder or the only one, in ``scan/`` before the folder itself.

    Args:
        folder: as a photogrammetry program wrote it, or an object's.
        as_one: all models of the folder are parts of one object.

    Raises:
        Refused: no model, or several and nothing decides.
    """
    if named := _named(folder):
        exports = (recognise(place, named=named) for place in (folder / "scan", folder))
        return Found(named, next((export for export in exports if export and export.models == named), None))
    for place in (folder / "scan", folder):
        export = recognise(place, as_one=as_one)
        if export is not None and export.decided:
            return Found(tuple(model_file(model) for model in export.models), export)
        models = list(export.models) if export else _models(place)
        if len(models) == 1 or (models and as_one):
            return Found(tuple(models), export)
        if models:
            raise _several(folder, models)
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


def _several(folder: Path, models: Sequence[Path]) -> Refused:
    listed = ", ".join(model.relative_to(folder).as_posix() for model in models[:8])
    more = f" and {len(models) - 8} more" if len(models) > 8 else ""
    return Refused(
        f"the folder holds {len(models)} models: {listed}{more}",
        where=str(folder),
        do="give the path of the one that is meant, several paths for several objects, "
        "or say --as-one where all are parts of one",
    )


def _named(folder: Path) -> tuple[Path, ...]:
    """The models that ``capture.toml`` names and that are there; none where a part of them is missing."""
    capture = folder / CAPTURE
    if not capture.is_file():
        return ()
    names = model_names(store.read_capture(capture))
    if not names or not all((folder / name).is_file() for name in names):
        return ()
    return tuple(model_file(folder / name) for name in names)


def model_names(capture: Capture) -> tuple[str, ...]:
    """Gives the paths of a capture's models: those it says, else its first file with all others of its kind.

    >>> from pipeline.catalogue.capture import CapturedFile
    >>> names = ("a.obj", "a.jpg", "b.obj", "c.ply")
    >>> model_names(Capture(files=tuple(CapturedFile(name, "", 0) for name in names)))
    ('a.obj', 'b.obj')
    """
    if capture.models or not capture.files:
        return capture.models
    first = capture.files[0].path
    kind = PurePosixPath(first).suffix.lower()
    others = (file.path for file in capture.files[1:] if kind in sniff.SUFFIXES)
    return (first, *(path for path in others if PurePosixPath(path).suffix.lower() == kind))


def has_model(folder: Path) -> bool:
    """Says whether an object's folder holds a model, one or several, or names one that is there."""
    capture = folder / CAPTURE
    try:
        named = store.read_capture(capture).files if capture.is_file() else ()
    except Refused:
        return True  # what is wrong with the record is told when the object's turn comes
    if named and (folder / named[0].path).is_file():
        return True
    return bool(_models(folder / "scan") or _models(folder))


def has_own_model(folder: Path) -> bool:
    """Says whether a model lies right in a folder or in its ``scan/``: then it is no collection."""
    right_here = (path.suffix.lower() in sniff.SUFFIXES and path.is_file() for path in folder.glob("*"))
    return any(right_here) or bool(_models(folder / "scan"))


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
