"""What ``museum process PATH`` means: which file is the model, which object it belongs to, where the results
go.

A path may be a model file anywhere, a folder as a photogrammetry program exports it, or an object's folder
``models/<collection>/<object>``. Nothing is opened here but the small records; the scan is never changed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec

from pipeline.cache import file_sha256, write
from pipeline.catalogue import store
from pipeline.catalogue.artifact import Artifact
from pipeline.catalogue.capture import Capture, CapturedFile, Unit, Up
from pipeline.catalogue.folders import ARTIFACT, CAPTURE, DERIVATIVES, MANIFEST
from pipeline.catalogue.text import Text
from pipeline.errors import Refused
from pipeline.formats import sniff

PRIVATE = ".museum"
"""Folder inside the results for the cache and the state of the last run; never published."""

_GENERIC = frozenset(
    {"model", "scan", "mesh", "object", "textured", "texturedmesh", "export", "output", "result"}
)
"""File names that programs give and that say nothing: then the folder's name is the object's."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One object's scan, and where its results go.

    Attributes:
        model: the model file.
        base: the folder that all files of the scan lie in.
        slug: the object's short name, ASCII, kebab-case.
        out: folder of ``manifest.json`` and the model files.
        home: folder of ``artifact.toml`` and ``capture.toml``.
        artifact, capture: the records, None where the files are missing (they are drafted when it is run).
    """

    model: Path
    base: Path
    slug: str
    out: Path
    home: Path
    artifact: Artifact | None
    capture: Capture | None

    @property
    def collection(self) -> str:
        """The collection that the object stands in, empty for a folder of its own."""
        shelf = self.home.absolute().parent
        return shelf.name if self.out != self.home and shelf.parent.name == "models" else ""

    @property
    def key(self) -> str:
        """``collection/object``, or only the object's folder where it is in no collection."""
        return f"{self.collection}/{self.home.name}" if self.collection else self.home.absolute().name

    @property
    def name(self) -> str:
        """The object's name as the file or folder says it."""
        return _title(self.model)


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
        model = _model_in(path) if path.is_dir() else _model_file(path)
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


def slug_of(name: str) -> str:
    """Gives a name for folders and addresses: ASCII, kebab-case, never empty, different for different names.

    Letters that ASCII cannot hold are told apart by six digits of a digest: ``陶罐 01`` becomes
    ``01-9c1185``. The name itself stays readable in ``artifact.toml``.
    """
    plain = unicodedata.normalize("NFKD", name)
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    ascii_part = re.sub(r"[^a-z0-9]+", "-", kept.encode("ascii", "ignore").decode().lower()).strip("-")[:60]
    if kept.isascii() and ascii_part:
        return ascii_part
    digest = hashlib.sha256(unicodedata.normalize("NFC", name).encode()).hexdigest()[:6]
    return f"{ascii_part or 'object'}-{digest}"


def draft(
    scan: Scan, files: tuple[CapturedFile, ...], unit: Unit | None = None, up: Up | None = None
) -> None:
    """Writes ``artifact.toml`` and ``capture.toml`` where they are missing, so that the object can be shown.

    A ``capture.toml`` that was drafted and that nobody has touched since follows the scan's new files; one
    that people wrote is never changed.

    Args:
        scan: where the records belong.
        files: what came in, the model first.
        unit, up: what the technician said.
    """
    scan.home.mkdir(parents=True, exist_ok=True)
    artifact, capture, mark = scan.home / ARTIFACT, scan.home / CAPTURE, scan.out / PRIVATE / "drafted"
    if not artifact.exists():
        store.write_toml(drafted_artifact(scan), artifact)
    if not capture.exists():
        evidence = "given by the technician when it was processed" if unit else ""
        record = Capture(files=files, unit=unit, unit_evidence=evidence, up=up)
    elif scan.capture and mark.is_file() and mark.read_text() == file_sha256(capture):
        record = msgspec.structs.replace(scan.capture, files=files)
    else:
        return
    store.write_toml(record, capture)
    write(mark, [file_sha256(capture).encode()])


def drafted_artifact(scan: Scan) -> Artifact:
    """Gives the record of an object that has none: its name from the file."""
    chinese = any("\u3400" <= char <= "\u9fff" for char in scan.name)
    return Artifact(name=Text({"zh-Hans" if chinese else "en": scan.name}))


def source_mark(model: Path) -> str:
    """Gives a digest of where a model lies: tells one ``model.obj`` from another without writing down
    paths."""
    return hashlib.sha256(str(model.resolve()).encode()).hexdigest()


def _scan(model: Path, slug: str, out: Path, home: Path) -> Scan:
    artifact, capture = home / ARTIFACT, home / CAPTURE
    return Scan(
        model=model,
        base=model.parent,
        slug=slug,
        out=out,
        home=home,
        artifact=store.read_artifact(artifact) if artifact.is_file() else None,
        capture=store.read_capture(capture) if capture.is_file() else None,
    )


def _same_object(scan: Scan) -> None:
    """Stops before the results of one scan get the name and the record of another."""
    files = scan.capture.files if scan.capture else ()
    if files and PurePosixPath(files[0].path).name != scan.model.name:
        raise Refused(
            f"the folder holds the results of {files[0].path}", where=str(scan.out), do="choose another --out"
        )


def _model_file(path: Path) -> Path:
    sniff.kind(path)  # refuses what no reader knows, before a folder is made for it
    return path


def _model_in(folder: Path) -> Path:
    """Gives the one model of a folder: what ``capture.toml`` names first, else in ``scan/``, else in the
    folder."""
    capture = folder / CAPTURE
    if capture.is_file() and (files := store.read_capture(capture).files):
        named = folder / files[0].path
        if named.is_file():
            return _model_file(named)
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
    raise Refused(
        "no model was found in the folder",
        where=str(folder),
        do=f"a scan is a file ending in {', '.join(sniff.SUFFIXES)}",
    )


def _models(folder: Path) -> list[Path]:
    """Model files right in a folder, else one level below; not what an earlier run wrote there."""
    made = _made_in(folder)
    for pattern in ("*", "*/*"):
        found = [
            path
            for path in sorted(folder.glob(pattern))
            if path.suffix.lower() in sniff.SUFFIXES
            and path.is_file()
            and path not in made
            and not {DERIVATIVES, PRIVATE} & set(path.relative_to(folder).parts[:-1])
        ]
        if found:
            return found
    return []


def _made_in(folder: Path) -> set[Path]:
    path = folder / MANIFEST
    if not path.is_file():
        return set()
    return {folder / one.path for one in store.read_manifest(path).derivatives}


def _object_folder(model: Path) -> Path | None:
    """Gives the object's folder that a model lies in, None outside of a collection."""
    for folder in list(model.absolute().parents)[:4]:
        if (folder / ARTIFACT).is_file():
            return folder
    return None


def _title(model: Path) -> str:
    stem = unicodedata.normalize("NFC", model.stem)
    if re.sub(r"[\W_\d]+", "", stem.lower()) not in _GENERIC:
        return stem
    parents = [
        folder.name for folder in model.resolve().parents if folder.name.lower() not in (*_GENERIC, "")
    ]
    return unicodedata.normalize("NFC", parents[0]) if parents else stem


def _free_slug(model: Path, taken: Sequence[Scan], project: Path | None) -> str:
    """Gives the slug of a model, counted on where another object of that name is there already."""
    plain = slug_of(_title(model))
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
