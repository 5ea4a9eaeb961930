"""Finds the files that a model names: textures, material libraries, buffers.

What a model says is never trusted. A name that leaves the scan folder (``../../etc/passwd``, an absolute
path, a symbolic link that points out) is not opened; like a path of the photogrammetry computer
(``C:\\Users\\x\\tex.jpg``) only its last part is used, and that is searched inside the folder.
"""

from __future__ import annotations

import unicodedata
from collections import deque
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from . import limits


def resolve(folder: Path, named: str) -> Path | None:
    """Gives the file inside ``folder`` that ``named`` means, or None where there is none.

    Tried in this order: the path as written, the path ignoring case, the last part of it anywhere in the
    folder (nearest first, then by name), each also with ``%20`` and its like decoded. Names compare without
    case and in Unicode's NFC form, because archives from macOS carry NFD.

    Args:
        folder: folder of the model.
        named: what the model file says, with slashes or backslashes, quoted or not.
    """
    root = folder.resolve()
    for spelling in dict.fromkeys((named, unquote(named))):
        parts = _parts(spelling)
        if not parts:
            continue
        if ".." not in parts and (found := _walk(root, parts)) is not None:
            return found
        if parts[-1] != ".." and (found := _search(root, parts[-1])) is not None:
            return found
    return None


def inside(root: Path, path: Path) -> bool:
    """Whether ``path``, with every symbolic link followed, is a regular file inside the resolved ``root``."""
    try:
        return path.is_file() and path.resolve().is_relative_to(root)
    except (OSError, ValueError, RuntimeError):
        return False


def _parts(named: str) -> tuple[str, ...]:
    """Parts of a name without drive, root, ``.`` and quotes; empty for one that cannot be a file."""
    text = named.strip().strip('"').strip().replace("\\", "/")
    if "\0" in text or not text:
        return ()
    drive, colon, rest = text.partition(":")
    if (colon and len(drive) == 1) or drive == "file":
        text = rest
    return tuple(p for p in PurePosixPath(text.lstrip("/")).parts if p != ".")


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _walk(root: Path, parts: tuple[str, ...]) -> Path | None:
    """Follows ``parts`` from ``root``, exactly where possible, else without case."""
    exact = root.joinpath(*parts)
    if inside(root, exact):
        return exact
    place = root
    for part in parts:
        matches = [entry for entry in _entries(place) if _key(entry.name) == _key(part)]
        if not matches:
            return None
        place = matches[0]
    return place if inside(root, place) else None


def _search(root: Path, name: str) -> Path | None:
    """Looks for ``name`` breadth first, not through linked folders."""
    wanted, looked_at = _key(name), 0
    queue = deque([(root, 0)])
    while queue:
        place, depth = queue.popleft()
        for entry in _entries(place):
            looked_at += 1
            if looked_at > limits.SEARCH_MAX_ENTRIES:
                return None
            if _key(entry.name) == wanted and inside(root, entry):
                return entry
            if depth < limits.SEARCH_MAX_DEPTH and entry.is_dir() and not entry.is_symlink():
                queue.append((entry, depth + 1))
    return None


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
