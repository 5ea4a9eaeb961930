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


class Folder:
    """Finds files below a folder. Each folder is listed once, however many names are asked for: a library
    may name 100,000 textures in a folder of 50,000 files.

    Args:
        path: folder of the model.
    """

    def __init__(self, path: Path) -> None:
        self.root = path.resolve()
        self._listed: dict[Path, list[Path]] = {}
        self._first: dict[Path, dict[str, Path]] = {}
        self._by_name: dict[str, list[Path]] | None = None

    def resolve(self, named: str) -> Path | None:
        """As :func:`resolve`."""
        for spelling in dict.fromkeys((named, unquote(named))):
            parts = _parts(spelling)
            if not parts:
                continue
            if ".." not in parts and (found := self._walk(parts)) is not None:
                return found
            if parts[-1] != ".." and (found := self._search(parts[-1])) is not None:
                return found
        return None

    def _walk(self, parts: tuple[str, ...]) -> Path | None:
        """Follows ``parts`` from the root, exactly where possible, else without case."""
        exact = self.root.joinpath(*parts)
        if inside(self.root, exact):
            return exact
        place = self.root
        for part in parts:
            match = self._keyed(place).get(_key(part))
            if match is None:
                return None
            place = match
        return place if inside(self.root, place) else None

    def _search(self, name: str) -> Path | None:
        """The nearest file of that name, not through linked folders."""
        if self._by_name is None:
            self._by_name = self._names()
        return next((p for p in self._by_name.get(_key(name), ()) if inside(self.root, p)), None)

    def _names(self) -> dict[str, list[Path]]:
        """Everything below the root by its name, breadth first."""
        names: dict[str, list[Path]] = {}
        looked_at, queue = 0, deque([(self.root, 0)])
        while queue:
            place, depth = queue.popleft()
            for entry in self.entries(place):
                looked_at += 1
                if looked_at > limits.SEARCH_MAX_ENTRIES:
                    return names
                names.setdefault(_key(entry.name), []).append(entry)
                if depth < limits.SEARCH_MAX_DEPTH and _is_own_folder(entry):
                    queue.append((entry, depth + 1))
        return names

    def _keyed(self, folder: Path) -> dict[str, Path]:
        """The first entry of each name in a folder."""
        if folder not in self._first:
            self._first[folder] = {_key(entry.name): entry for entry in reversed(self.entries(folder))}
        return self._first[folder]

    def entries(self, folder: Path) -> list[Path]:
        """Gives what lies in a folder, sorted; nothing where it cannot be listed."""
        if folder not in self._listed:
            try:
                self._listed[folder] = sorted(folder.iterdir())
            except OSError:
                self._listed[folder] = []
        return self._listed[folder]


def resolve(folder: Path, named: str) -> Path | None:
    """Gives the file inside ``folder`` that ``named`` means, or None where there is none.

    Tried in this order: the path as written, the path ignoring case, the last part of it anywhere in the
    folder (nearest first, then by name), each also with ``%20`` and its like decoded. Names compare without
    case and in Unicode's NFC form, because archives from macOS carry NFD. For many names use :class:`Folder`.

    Args:
        folder: folder of the model.
        named: what the model file says, with slashes or backslashes, quoted or not.
    """
    return Folder(folder).resolve(named)


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


def _is_own_folder(entry: Path) -> bool:
    try:
        return entry.is_dir() and not entry.is_symlink()
    except OSError:
        return False
