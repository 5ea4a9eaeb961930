"""Runs a recipe over one scan, or finds that there is nothing to do.

What is here already is not done again: the whole run (same bytes in, recipe, facts and program: nothing
happens, and no 3D library is imported), a level (its file and figures are kept) or a common step (its surface
is kept; ``work`` has both). A run that is killed leaves the manifest before it and its files as they were.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline import inputs, recipe
from pipeline import scan as scans
from pipeline.cache import file_sha256, key
from pipeline.catalogue import store
from pipeline.catalogue.artifact import Artifact, Dimensions
from pipeline.catalogue.capture import Capture, Unit, Up
from pipeline.catalogue.derivative import Manifest, SourceFile
from pipeline.catalogue.folders import MANIFEST
from pipeline.catalogue.parse import understood
from pipeline.catalogue.text import encode_hook
from pipeline.errors import Failed, MuseumError
from pipeline.progress import stage

if TYPE_CHECKING:
    from pipeline.deliver import Tools

STATE = "run.json"


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is to be done.

    Attributes:
        recipe: name or path.
        unit, up: what the technician said, None where nothing.
        force: do everything again.
        force_size: go on though the register says another size.
        jobs: levels made at the same time at most; None leaves it to the program (``work.memory``).
    """

    recipe: str = "relic"
    unit: Unit | None = None
    up: Up | None = None
    force: bool = False
    force_size: bool = False
    jobs: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: the manifest, and whether anything had to be done."""

    manifest: Manifest
    worked: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Asserted:
    """What somebody said about the scan, on the command line or else in ``capture.toml``."""

    unit: Unit | None
    source: str
    up: Up | None


class State(msgspec.Struct, frozen=True):
    """The last finished run: its key, what went in and what came out."""

    key: str
    inputs: tuple[str, ...]
    outputs: tuple[SourceFile, ...]


def process(scan: scans.Scan, options: Options, tools: Tools | None = None) -> Outcome:
    """Makes everything a recipe asks for from one scan.

    Args:
        scan: what to process and where to put it.
        options: recipe and facts.
        tools: readers, writers, measures; the real ones if None.

    Raises:
        Refused: the recipe, the call or the scan is not usable as it is.
        Failed: a step could not be finished.
        OSError: the results cannot be written.
    """
    begun = time.monotonic()
    path = recipe.find(options.recipe)
    with alone(scan.out / scans.PRIVATE):
        manifest = None if options.force else up_to_date(scan, options)
        if manifest is not None:
            return Outcome(manifest, False, time.monotonic() - begun)
        checked = recipe.load(path)
        if tools is None:
            from pipeline.deliver import real_tools

            tools = real_tools()
        from pipeline.work import work

        manifest = work(scan, options, checked, tools)
    return Outcome(manifest, True, time.monotonic() - begun)


def up_to_date(scan: scans.Scan, options: Options) -> Manifest | None:
    """Gives the manifest of the last run if a run now would make the same; reads bytes, imports nothing
    heavy."""
    try:
        state = msgspec.json.decode((scan.out / scans.PRIVATE / STATE).read_bytes(), type=State)
        paths = [scan.base / name for name in state.inputs]
        if not all(path.is_file() for path in paths):
            return None
        with stage("hash"):
            files = inputs.digests(scan.base, paths)
        if state.key != whole_key(scan, options, files):
            return None
        if any(file_sha256(scan.out / file.path) != file.sha256 for file in state.outputs):
            return None
        return store.read_manifest(scan.out / MANIFEST)
    except (OSError, msgspec.MsgspecError, MuseumError):
        return None


def whole_key(scan: scans.Scan, options: Options, files: Sequence[SourceFile]) -> str:
    """Gives the key of a whole run: everything its results can depend on."""
    said = asserted(scan, options)
    return key(
        inputs.digest_of(files),
        inputs.names_in(scan.base, scan.out),
        scan.model.name,
        scan.slug,
        recipe.digest(recipe.find(options.recipe)),
        [said.unit, said.source, said.up, options.force_size],
        artifact_json(scan),
        inputs.code_digest(),
    )


def asserted(scan: scans.Scan, options: Options) -> Asserted:
    """Gives what is said about the scan; the command line goes before ``capture.toml``."""
    capture = scan.capture or Capture()
    source = "given" if options.unit else "capture" if capture.unit else ""
    return Asserted(options.unit or capture.unit, source, options.up or capture.up)


def artifact_of(scan: scans.Scan) -> Artifact:
    """Gives the object's record, the drafted one where there is none yet."""
    return scan.artifact or scans.drafted_artifact(scan)


def dimensions_of(scan: scans.Scan) -> Dimensions:
    """Gives the register's sizes; numbers understood from its wording where none are written beside it."""
    return understood(artifact_of(scan)).register.dimensions


def artifact_json(scan: scans.Scan) -> str:
    """Gives the object's record as canonical JSON, for keys."""
    return msgspec.json.encode(artifact_of(scan), enc_hook=encode_hook, order="sorted").decode()


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Holds a folder for this process; the system lets go of it even when the process is killed.

    Raises:
        Failed: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("ab") as file:
        if not _locked(file.fileno()):
            raise Failed(
                "another run is writing here", where=str(folder.parent), do="wait until it has ended"
            )
        yield


def _locked(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows: two runs at once into one folder are left to the technician
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
