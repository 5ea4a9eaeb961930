"""From paths to scans, each its own object."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import msgspec

from pipeline.cache import file_sha256
from pipeline.catalogue import store
from pipeline.catalogue.capture import Capture
from pipeline.catalogue.folders import ARTIFACT, CAPTURE, DERIVATIVES
from pipeline.errors import Refused

from .drafts import is_draft
from .found import Found
from .models import model_file, models_in
from .naming import slug_of, source_mark
from .one import PRIVATE, Scan


def find(
    paths: Sequence[Path],
    out: Path | None = None,
    project: Path | None = None,
    *,
    as_one: bool = False,
    name: str = "",
) -> list[Scan]:
    """Gives the scans that the paths mean, each its own object.

    Args:
        paths: files or folders.
        out: where the results go; with several paths each gets a folder in it.
        project: the folder that holds ``models/``; the nearest above the current folder if None.
        as_one: all paths, and all models of a folder among them, are parts of one object.
        name: the object's name; only for one object.

    Raises:
        Refused: a path that is not there, or a folder without a model or with several.
    """
    project = project or project_folder()
    found = _joined(paths) if as_one else [_found(path) for path in paths]
    if name and len(found) > 1:
        raise Refused("--name is for one object, but there are several", do="say --as-one, or leave it out")
    scans: list[Scan] = []
    for one in found:
        title = name or one.title
        home = _home(one)
        slug = home.name if home else _free_slug(one.models, title, scans, project if out is None else None)
        if out is not None:
            home = target = out if len(found) == 1 else out / slug
        elif home is not None:
            target = home / DERIVATIVES
        else:
            home = project / "models" / "inbox" / slug
            target = home / DERIVATIVES
        scan = _scan(one, title, slug, target, home)
        if out is not None:
            _same_object(scan)
        twins = (other for other in scans if other.out == scan.out and other.models != scan.models)
        if twin := next(twins, None):
            raise Refused(
                f"{twin.model.name} and {scan.model.name} are scans of one object",
                where=str(home),
                do="name one of them, or say --as-one where both are parts of it",
            )
        scans.append(scan)
    return scans


def project_folder(start: Path | None = None) -> Path:
    """Gives the nearest folder above that holds ``models/``, or the current one."""
    here = (start or Path.cwd()).resolve()
    return next((folder for folder in (here, *here.parents) if (folder / "models").is_dir()), here)


def _found(path: Path, *, as_one: bool = False) -> Found:
    if not path.exists():
        raise Refused("there is no such file or folder", where=str(path))
    return models_in(path, as_one=as_one) if path.is_dir() else Found((model_file(path),))


def _joined(paths: Sequence[Path]) -> list[Found]:
    """All paths as the parts of one object, each file once, in the order they were given."""
    found = [_found(path, as_one=True) for path in paths]
    if len(found) == 1:
        return found
    models = [model for one in found for model in one.models]
    once = {model.resolve(): model_file(model) for model in reversed(models)}
    return [Found(tuple(reversed(once.values())))]


def _home(one: Found) -> Path | None:
    """Gives the object's folder that a scan lies in, None outside of a collection."""
    places = (one.export.folder / "model",) if one.export else one.models
    homes = dict.fromkeys(
        next((folder for folder in _above(place) if (folder / ARTIFACT).is_file()), None) for place in places
    )
    if len(homes) > 1:
        listed = ", ".join(str(home) for home in homes if home)
        raise Refused(
            "the parts belong to different objects", where=listed, do="name parts of one object only"
        )
    return next(iter(homes))


def _above(model: Path) -> list[Path]:
    return list(model.absolute().parents)[:4]


def _scan(one: Found, title: str, slug: str, out: Path, home: Path) -> Scan:
    base, model = one.base, one.models[0]
    near = list(dict.fromkeys((home, *_above(model), *_above(base / "model"))))
    artifact = next((f / ARTIFACT for f in near if (f / ARTIFACT).is_file()), None)
    export = one.export
    return Scan(
        model=model,
        base=base,
        slug=slug,
        out=out,
        home=home,
        artifact=store.read_artifact(artifact) if artifact else None,
        capture=_capture(one, out, home),
        parts=one.models[1:],
        title=title,
        evidence=export.evidence if export else (),
        findings=export.findings if export else (),
    )


def _capture(one: Found, out: Path, home: Path) -> Capture | None:
    """Gives what is written of the capture: where the object is described, else beside the scan itself, else
    what an export folder tells.

    What a run drafted and nobody changed gives way to what somebody wrote beside the scan.
    """
    model, own = one.models[0], home / CAPTURE
    if own.is_file() and not is_draft(own, out):
        return store.read_capture(own)
    for folder in dict.fromkeys((*_above(model)[:3], *_above(one.base / "model")[:3])):
        if folder != home.absolute() and (folder / CAPTURE).is_file():
            capture = store.read_capture(folder / CAPTURE)
            if not capture.files or any(PurePosixPath(f.path).name == model.name for f in capture.files):
                return capture
    drafted = store.read_capture(own) if own.is_file() else None
    if one.export is None:
        return drafted
    told = one.export.capture
    if drafted is None:
        return told
    kept = msgspec.structs.replace(told, files=drafted.files, models=drafted.models, up=told.up or drafted.up)
    if told.unit or not drafted.unit:
        return kept
    return msgspec.structs.replace(kept, unit=drafted.unit, unit_evidence=drafted.unit_evidence)


def _same_object(scan: Scan) -> None:
    """Stops before the results of one scan get the name and the record of another."""
    own = scan.home / CAPTURE
    files = store.read_capture(own).files if own.is_file() else ()
    kept, mark = scan.out / PRIVATE / "source", source_mark(*scan.models)
    elsewhere = kept.is_file() and kept.read_text() != mark
    if files and (
        PurePosixPath(files[0].path).name != scan.model.name
        or (
            elsewhere and file_sha256(scan.model) != files[0].sha256
        )  # a scan that was only moved is the same
    ):
        raise Refused(
            f"the folder holds the results of {files[0].path}", where=str(scan.out), do="choose another --out"
        )


def _free_slug(models: Sequence[Path], title: str, taken: Sequence[Scan], project: Path | None) -> str:
    """Gives the slug of a scan, counted on where another object of that name is there already."""
    plain, mark = slug_of(title), source_mark(*models)
    used = {scan.slug for scan in taken if source_mark(*scan.models) != mark}
    number = 1
    while True:
        slug = plain if number == 1 else f"{plain}-{number}"
        number += 1
        if slug in used:
            continue
        home = project / "models" / "inbox" / slug if project else None
        kept = home / DERIVATIVES / PRIVATE / "source" if home else None
        if home is None or not home.exists() or (kept and kept.is_file() and kept.read_text() == mark):
            return slug
