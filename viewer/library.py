"""What is on show: the folders read once into an immutable :class:`Library`.

A record that cannot be read is named in ``Library.troubles`` (log and ``/healthz``), and the others go on
being served. The folders are looked at again at most every few seconds, so that what ``museum process`` has
just made shows after a refresh. Only what the public may see ever gets into the library.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from pipeline.catalogue.artifact import Artifact
from pipeline.catalogue.derivative import Derivative, Manifest, Picture
from pipeline.catalogue.folders import ObjectFolder, objects
from pipeline.catalogue.publish import public_manifest, public_view
from pipeline.catalogue.store import read_artifact, read_manifest
from pipeline.catalogue.text import encode_hook
from pipeline.errors import MuseumError

log = logging.getLogger("museum.library")

BARE_COLLECTION = "single"
"""Stands in an address for the collection of an object whose folder lies in none."""


MODELS_AND_PICTURES = frozenset(
    (".avif", ".glb", ".gltf", ".jpeg", ".jpg", ".ktx2", ".obj", ".ply", ".png", ".stl", ".usdz", ".webp")
)
"""What a manifest may put on the site. A page, a script or an SVG from here could run as one of ours."""


class Trouble(msgspec.Struct, frozen=True):
    """A record that could not be read: which one, and the sentence that says why."""

    key: str
    what: str


class Relic(msgspec.Struct, frozen=True):
    """One object on show, as the public may see it.

    Attributes:
        collection, object: its two names in an address.
        artifact: its record.
        manifest: what was made of its scan, None before it was processed.
        folder: where the manifest's files lie.
        manifest_json: the public manifest as it is served.
    """

    collection: str
    object: str
    artifact: Artifact
    manifest: Manifest | None
    folder: Path
    manifest_json: bytes = b""

    @property
    def key(self) -> str:
        """``collection/object``."""
        return f"{self.collection}/{self.object}"

    @property
    def manifest_digest(self) -> str:
        """First 8 hex digits of the served manifest's SHA-256; stands in its address."""
        return hashlib.sha256(self.manifest_json).hexdigest()[:8]

    def picture(self, usage: str) -> Picture | None:
        """Gives the largest picture of a usage, None where there is none."""
        pictures = [p for p in (self.manifest.pictures if self.manifest else ()) if p.usage == usage]
        return max(pictures, key=lambda p: p.width_px, default=None)

    @property
    def is_ready(self) -> bool:
        """Tells whether there is a model to turn."""
        return any(d.usage == "view" for d in self.derivatives)

    @property
    def derivatives(self) -> tuple[Derivative, ...]:
        """The model files that may be fetched."""
        return self.manifest.derivatives if self.manifest else ()

    def file(self, name: str) -> Path | None:
        """Gives the file of that name, only if the public manifest names it."""
        if self.manifest is None:
            return None
        named = {d.path for d in self.manifest.derivatives} | {p.path for p in self.manifest.pictures}
        if name not in named or Path(name).suffix.lower() not in MODELS_AND_PICTURES:
            return None
        return self._inside(name)

    @property
    def report(self) -> Path | None:
        """The report, None where there is none."""
        return self._inside("report.html") if self.manifest else None

    def _inside(self, name: str) -> Path | None:
        """Gives a file right in the folder; never one that a symbolic link fetches from elsewhere."""
        if "/" in name or "\\" in name or name.startswith("."):
            return None
        path = self.folder / name
        try:
            return path if path.resolve().parent == self.folder.resolve() else None
        except (OSError, RuntimeError, ValueError):
            return None


class Library(msgspec.Struct, frozen=True):
    """Everything on show, in the order of the folders."""

    relics: tuple[Relic, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    def get(self, collection: str, name: str) -> Relic | None:
        """Gives one object, None where there is none of these names."""
        return next((r for r in self.relics if r.collection == collection and r.object == name), None)


class Shelf:
    """Keeps the current :class:`Library` of some folders. Safe to be asked from several threads."""

    def __init__(self, folders: Iterable[Path], *, every_seconds: float = 2.0) -> None:
        self._folders = tuple(folders)
        self._every_seconds = every_seconds
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._seen: tuple[object, ...] | None = None
        self._library = Library()

    def current(self) -> Library:
        """Gives the library, read anew if a record has changed since."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked >= self._every_seconds:
                found, troubles = _list(self._folders)
                seen = (*_signature(found), *troubles)
                if seen != self._seen:
                    self._library, self._seen = _read(found, troubles), seen
                self._looked = time.monotonic()
            return self._library


def read_library(folders: Iterable[Path]) -> Library:
    """Reads every object below the folders; what cannot be read is in ``troubles``."""
    return _read(*_list(folders))


def _list(folders: Iterable[Path]) -> tuple[list[ObjectFolder], list[Trouble]]:
    found: list[ObjectFolder] = []
    troubles: list[Trouble] = []
    for folder in folders:
        if not folder.exists():
            continue  # a fresh site has no models yet
        try:
            found.extend(objects(folder))
        except MuseumError as error:
            troubles.append(Trouble(folder.name, error.what))
    return found, troubles


def _signature(found: Iterable[ObjectFolder]) -> Iterator[tuple[str, int, int]]:
    for folder in found:
        for path in (folder.artifact_path, folder.manifest_path):
            if path is None:
                continue
            try:
                status = path.stat()
            except OSError:
                continue
            yield (str(path), status.st_mtime_ns, status.st_size)


def _read(found: Iterable[ObjectFolder], troubles: Iterable[Trouble]) -> Library:
    relics: dict[str, Relic] = {}
    problems = list(troubles)
    for folder in found:
        key = _printable(folder.key)
        if key != folder.key:
            problems.append(Trouble(key, "the folder's name is not UTF-8"))
            log.warning("%s is not shown: the folder's name is not UTF-8", key)
            continue
        try:
            relic = _relic(folder)
        except MuseumError as error:
            problems.append(Trouble(key, _printable(error.what)))
            log.warning("%s is not shown: %s", key, _printable(str(error)))
            continue
        except Exception as error:  # one record must never take the others down
            problems.append(Trouble(key, f"it cannot be read ({type(error).__name__})"))
            log.exception("%s is not shown", key)
            continue
        if relic is not None:
            relics.setdefault(relic.key, relic)
    return Library(tuple(relics.values()), tuple(problems))


def _printable(text: str) -> str:
    """Gives a text that can be encoded: what came from a name or a record that is not UTF-8 is escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


def _relic(folder: ObjectFolder) -> Relic | None:
    record = read_artifact(folder.artifact_path)
    artifact = public_view(record)
    if artifact is None:
        return None
    collection = folder.collection or BARE_COLLECTION
    path = folder.manifest_path
    if path is None:
        return Relic(collection, folder.object, artifact, None, folder.path)
    manifest = public_manifest(record, read_manifest(path))
    text = msgspec.json.format(msgspec.json.encode(manifest, enc_hook=encode_hook), indent=1)
    return Relic(collection, folder.object, artifact, manifest, path.parent, text)
