"""Files that show a worker whether it sees the same folder as whoever sends it there.

A worker that has a folder of its own under the same path would make everything, and nobody would find it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


class Marks:
    """One small file in each folder, as long as the block lasts; none where nothing can be written."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = set(folders)
        self._name = f".museum-{secrets.token_hex(8)}"

    def __enter__(self) -> Marks:
        for folder in self._folders:
            with suppress(OSError):
                (folder / self._name).touch(exist_ok=False)
        return self

    def __exit__(self, *_: object) -> None:
        for folder in self._folders:
            with suppress(OSError):
                (folder / self._name).unlink()

    def of(self, folder: Path) -> str:
        """Gives the path of a folder's file, empty where it could not be written."""
        path = folder.absolute() / self._name
        return str(path) if path.is_file() else ""
