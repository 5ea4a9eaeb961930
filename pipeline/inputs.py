"""The files that go in, by content: digests, and whether anything changed since the last run.

Whether a scan changed is decided by its bytes, never by times: archives, USB sticks and network shares do not
keep those. SHA-256 lets go of the interpreter, so several files are read at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from pathlib import Path
from threading import Lock

from pipeline.catalogue.derivative import SourceFile
from pipeline.errors import Refused
from pipeline.progress import report

_PIECE = 4 << 20
_MOST_NAMES = 20_000
_APART = frozenset({"node_modules", "samples", "commands", "executor"})
_CODE = (".py", ".toml", ".mjs", ".html", ".css", ".json", ".woff2")


def digests(base: Path, paths: Sequence[Path]) -> tuple[SourceFile, ...]:
    """Gives path, size and digest of files, in the order of their paths.

    Raises:
        Refused: a file is missing or cannot be read.
    """
    total = sum(_size(path) for path in paths)
    done, lock = 0, Lock()

    def one(path: Path) -> SourceFile:
        nonlocal done
        digest, size = hashlib.sha256(), 0
        try:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    digest.update(piece)
                    size += len(piece)
                    with lock:
                        done += len(piece)
                        report(done, total, "bytes")
        except OSError as error:
            raise Refused(f"the file cannot be read: {error.strerror}", where=str(path)) from error
        return SourceFile(relative(base, path), size, digest.hexdigest())

    unique = sorted(set(paths))
    with ThreadPoolExecutor(min(4, len(unique) or 1)) as pool:
        tasks = [pool.submit(copy_context().run, one, path) for path in unique]
        return tuple(sorted((task.result() for task in tasks), key=lambda file: file.path))


def digest_of(files: Iterable[SourceFile]) -> str:
    """Gives one digest over several files: SHA-256 of the lines that ``sha256sum`` would print."""
    lines = "".join(f"{file.sha256}  {file.path}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()


def relative(base: Path, path: Path) -> str:
    """Gives a path relative to the scan's folder, only its name where it lies elsewhere."""
    absolute, root = path.absolute(), base.absolute()
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path.name


def names_in(folder: Path, but: Path) -> list[str]:
    """Gives the names of the files two levels deep: a texture that is found now and was missing then shows
    here. Bytes that are no UTF-8, as old archives leave them, are written out: keys are JSON."""
    found: list[str] = []
    apart = but != folder and but.is_relative_to(folder)  # a folder that holds the scan hides nothing of it
    for path in (*folder.glob("*"), *folder.glob("*/*")):
        name = path.relative_to(folder)
        if (apart and path.is_relative_to(but)) or any(part.startswith(".") for part in name.parts):
            continue
        if path.is_file():
            found.append(name.as_posix().encode(errors="backslashreplace").decode())
        if len(found) >= _MOST_NAMES:
            break
    return sorted(found)


@cache
def code_digest(*parts: str) -> str:
    """Gives a digest of the program's own text below ``pipeline/``: all that makes results, or the parts
    named.

    Readers, writers and measures have no version of their own; their text is it.
    """
    root = Path(__file__).parent
    total = hashlib.sha256()
    for part in parts or ("",):
        for path in _code(root / part):
            name = path.relative_to(root).as_posix()
            total.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _code(place: Path) -> list[Path]:
    """Files of the program below a folder, or the file itself; never goes into ``node_modules``."""
    if place.is_file():
        return [place]
    found: list[Path] = []
    for entry in sorted(place.iterdir()):
        if entry.is_dir() and entry.name not in _APART:
            found += _code(entry)
        elif entry.suffix in _CODE:
            found.append(entry)
    return found


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise Refused("the file is missing or cannot be read", where=str(path)) from error
