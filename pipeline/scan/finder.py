"""From paths to scans, each its own object."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from pipeline.catalogue import store
from pipeline.catalogue.capture import Capture
from pipeline.catalogue.folders import ARTIFACT, CAPTURE, DERIVATIVES
from pipeline.errors import Refused

from .drafts import is_draft
from .models import model_file, model_in
from .naming import slug_of, source_mark, title_of
from .one import PRIVATE, Scan


def find(paths: Sequence[Path], out: Path | None = None, project: Path | None = None) -> list[Scan]:
    """Gives the scans that the paths mean, each its own object.

    Args:
        paths: files or folders.
        out: where the results go; with several paths each gets a folder in it.
        project: the folder that holds ``models/``; the nearest above the current folder if None.

    Raises:
        Refused: a path that is not there, or a folder without a model or with several.
    """
    project = project or project_folder()
    scans: list[Scan] = []
    for path in paths:
        if not path.exists():
            raise Refused("there is no such file or folder", where=str(path))
        model = model_in(path) if path.is_dir() else model_file(path)
        home = _object_folder(model)
        slug = home.name if home else _free_slug(model, scans, project if out is None else None)
        if out is not None:
            home = target = out if len(paths) == 1 else out / slug
        elif home is not None:
            target = home / DERIVATIVES
        else:
            home = project / "models" / "inbox" / slug
            target = home / DERIVATIVES
        scan = _scan(model, slug, target, home)
        if out is not None:
            _same_object(scan)
        scans.append(scan)
    return scans


def project_folder(start: Path | None = None) -> Path:
    """Gives the nearest folder above that holds ``models/``, or the current one."""
    here = (start or Path.cwd()).resolve()
    return next((folder for folder in (here, *here.parents) if (folder / "models").is_dir()), here)


def _object_folder(model: Path) -> Path | None:
    """Gives the object's folder that a model lies in, None outside of a collection."""
    return next((folder for folder in _above(model) if (folder / ARTIFACT).is_file()), None)


def _above(model: Path) -> list[Path]:
    return list(model.absolute().parents)[:4]


def _scan(model: Path, slug: str, out: Path, home: Path) -> Scan:
    artifact = next((f / ARTIFACT for f in (home, *_above(model)) if (f / ARTIFACT).is_file()), None)
    return Scan(
        model=model,
        base=model.parent,
        slug=slug,
        out=out,
        home=home,
        artifact=store.read_artifact(artifact) if artifact else None,
        capture=_capture(model, out, home),
    )


def _capture(model: Path, out: Path, home: Path) -> Capture | None:
    """Gives what is written of the capture: where the object is described, else beside the scan itself.

    What a run drafted and nobody changed gives way to what somebody wrote beside the scan.
    """
    own = home / CAPTURE
    if own.is_file() and not is_draft(own, out):
        return store.read_capture(own)
    for folder in _above(model)[:3]:
        if folder != home.absolute() and (folder / CAPTURE).is_file():
            capture = store.read_capture(folder / CAPTURE)
            if not capture.files or any(PurePosixPath(f.path).name == model.name for f in capture.files):
                return capture
    return store.read_capture(own) if own.is_file() else None


def _same_object(scan: Scan) -> None:
    """Stops before the results of one scan get the name and the record of another."""
    own = scan.home / CAPTURE
    files = store.read_capture(own).files if own.is_file() else ()
    if files and PurePosixPath(files[0].path).name != scan.model.name:
        raise Refused(
            f"the folder holds the results of {files[0].path}", where=str(scan.out), do="choose another --out"
        )


def _free_slug(model: Path, taken: Sequence[Scan], project: Path | None) -> str:
    """Gives the slug of a model, counted on where another object of that name is there already."""
    plain = slug_of(title_of(model))
    used = {scan.slug for scan in taken if scan.model.resolve() != model.resolve()}
    number = 1
    while True:
        slug = plain if number == 1 else f"{plain}-{number}"
        number += 1
        if slug in used:
            continue
        home = project / "models" / "inbox" / slug if project else None
        mark = home / DERIVATIVES / PRIVATE / "source" if home else None
        if (
            home is None
            or not home.exists()
            or (mark and mark.is_file() and mark.read_text() == source_mark(model))
        ):
            return slug
