"""Every object of the collections that has a scan: what ``museum process --all`` goes through."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.catalogue.folders import ARTIFACT, DERIVATIVES
from pipeline.errors import MuseumError, Refused

from .finder import find
from .models import has_model, has_own_model
from .one import Scan


@dataclass(frozen=True, slots=True)
class Shelved:
    """One object of a collection.

    Attributes:
        key: ``collection/object``.
        scan: what to process, or why that cannot be said.
    """

    key: str
    scan: Scan | MuseumError


def shelved(project: Path, collections: Sequence[str] = ()) -> list[Shelved]:
    """Gives the objects with a scan, in the order of their names.

    An object that nobody has described yet, a folder in a collection that a scan was copied into, belongs to
    them: its records are drafted in it. Objects without a scan are passed over.

    Args:
        project: the folder that holds ``models/``.
        collections: names or folders of collections; all where there are none.

    Raises:
        Refused: one is not there, or is no collection.
    """
    models = project.absolute() / "models"
    if not models.is_dir():
        raise Refused(
            "there is no folder models here or above", where=str(project), do="run it in the project's folder"
        )
    shelves = [_collection(models, name) for name in collections] or [models]
    folders = {folder.resolve(): folder for shelf in shelves for folder in _objects(shelf, models)}
    return [_shelved(folder, models) for folder in folders.values()]


def _collection(models: Path, name: str) -> Path:
    folder = next((path for path in (models / name, Path(name)) if path.is_dir()), None)
    if folder is None:
        known = ", ".join(path.name for path in _folders(models)[:8]) or "–"
        raise Refused(f"there is no collection {name}", do=f"known are {known}")
    if _is_object(folder):
        raise Refused(
            "this is an object and no collection", where=name, do="leave out --all to process single objects"
        )
    return folder.absolute()


def _objects(shelf: Path, models: Path) -> Iterator[Path]:
    for folder in _folders(shelf):
        if shelf.resolve() == models.resolve() and not _is_object(folder):
            yield from (inner for inner in _folders(folder) if has_model(inner))
        elif has_model(folder):
            yield folder


def _is_object(folder: Path) -> bool:
    return (folder / ARTIFACT).is_file() or has_own_model(folder)


def _shelved(folder: Path, models: Path) -> Shelved:
    key = folder.name if folder.parent == models else f"{folder.parent.name}/{folder.name}"
    try:
        scan = find([folder], project=models.parent)[0]
    except MuseumError as error:
        return Shelved(key, error)
    if scan.home != folder:  # nobody has described it: it stays where it was put
        scan = dataclasses.replace(scan, slug=folder.name, home=folder, out=folder / DERIVATIVES)
    return Shelved(key, scan)


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        reason = error.strerror or "cannot be listed"
        raise Refused(f"the folder cannot be listed: {reason}", where=str(folder)) from error
