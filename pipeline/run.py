"""Runs a recipe over one scan, or finds that there is nothing to do.

What is here already is not done again: the whole run (same bytes in, recipe, facts and program: nothing
happens, and no 3D library is imported), a level (its file and figures are kept) or a common step (its surface
is kept; ``work`` has both). A run that is killed leaves the manifest before it and its files as they were.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline import inputs, recipe
from pipeline import scan as scans
from pipeline.asked import STATE, Options, State, whole_key
from pipeline.cache import file_sha256, write
from pipeline.catalogue import store
from pipeline.catalogue.derivative import Manifest
from pipeline.catalogue.folders import ARTIFACT, CAPTURE, MANIFEST
from pipeline.errors import Failed, MuseumError, Refused
from pipeline.progress import stage

if TYPE_CHECKING:
    from pipeline.deliver import Tools


SOURCE = "source"
"""Name of the file in the scan's private folder that tells which model the results are of."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: the manifest, and whether anything had to be done."""

    manifest: Manifest
    worked: bool
    seconds: float


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
        _mark(scan)
        manifest = None if options.force else up_to_date(scan, options)
        if manifest is not None:
            return Outcome(manifest, False, time.monotonic() - begun)
        checked = recipe.load(path)
        checked.hold_known(options.also)
        if tools is None:
            from pipeline.deliver import real_tools
            from pipeline.node import worker

            worker().start()  # what is missing shows now and not after minutes of work
            tools = real_tools()
        from pipeline.work import work

        manifest = work(scan, options, checked, tools)
    return Outcome(manifest, True, time.monotonic() - begun)


def _mark(scan: scans.Scan) -> None:
    """Writes down which model the results are of, so that a run that is killed finds its folder again."""
    mark, text = scan.out / scans.PRIVATE / SOURCE, scans.source_mark(*scan.models)
    if not mark.is_file() or mark.read_text() != text:
        write(mark, [text.encode()], lasting=True)


def up_to_date(scan: scans.Scan, options: Options) -> Manifest | None:
    """Gives the manifest of the last run if a run now would make the same; reads bytes, imports nothing
    heavy."""
    try:
        state = msgspec.json.decode((scan.out / scans.PRIVATE / STATE).read_bytes(), type=State)
        paths = [scan.base / name for name in state.inputs]
        records = (scan.home / ARTIFACT, scan.home / CAPTURE)  # without them the site shows no object
        if not all(path.is_file() for path in (*paths, *records)):
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


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Holds a folder for this process; the system lets go of it even when the process is killed.

    Raises:
        Failed: another process holds it.
    """
    new = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / "lock"
    with lock.open("ab") as file:
        if not _locked(file.fileno()) or not lock.exists():
            raise Failed(
                "another run is writing here", where=str(folder.parent), do="wait until it has ended"
            )
        try:
            yield
        except Refused:
            if new:  # what was kept on the way is of no use: another call is needed
                shutil.rmtree(new[-1], ignore_errors=True)
            raise
        finally:
            _leave_nothing(lock, new)


def _leave_nothing(lock: Path, new: list[Path]) -> None:
    """Takes away the folders that were made for a run which then wrote nothing, such as a refused one."""
    if not new or not new[0].is_dir() or {path.name for path in new[0].iterdir()} - {lock.name, SOURCE}:
        return
    with contextlib.suppress(OSError):  # Windows keeps a file that is open; other things may lie there
        (new[0] / SOURCE).unlink(missing_ok=True)
        lock.unlink()
        for folder in new:
            folder.rmdir()


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
