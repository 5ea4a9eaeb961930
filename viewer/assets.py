"""The client's build: logical names (``relic.js``) to the hashed names that were written to ``static/``.

``assets.json`` is read again when it changes, so that a rebuild shows after a refresh. Without a build the
pages still read well: ``asset`` gives None and the templates leave the link out.
"""

from __future__ import annotations

import json
from pathlib import Path


class Assets:
    """The table of one ``static`` folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen = (-1, -1)
        self._table: dict[str, str] = {}

    def name(self, logical: str) -> str | None:
        """Gives the hashed file name, None where the build does not have it."""
        return self._current().get(logical)

    def url(self, logical: str) -> str | None:
        """Gives the address, None where the build does not have it."""
        name = self.name(logical)
        return f"/static/{name}" if name else None

    def find(self, name: str) -> Path | None:
        """Gives the file for a name under ``/static/``; only files inside the folder, never a dot file."""
        parts = name.split("/")
        if (
            "\0" in name
            or "\\" in name
            or any(part in ("", ".", "..") or part.startswith(".") for part in parts)
        ):
            return None
        path = self.folder.joinpath(*parts)
        try:
            inside = path.resolve().is_relative_to(self.folder.resolve())
            return path if inside and path.is_file() else None
        except (OSError, ValueError):
            return None

    def _current(self) -> dict[str, str]:
        path = self.folder / "assets.json"
        try:
            status = path.stat()
            seen = (status.st_mtime_ns, status.st_size)
            if seen != self._seen:
                table = json.loads(path.read_text(encoding="utf-8"))
                self._table = {str(key): str(value) for key, value in table.items()}
                self._seen = seen
        except (OSError, ValueError, AttributeError):
            self._table, self._seen = {}, (-1, -1)
        return self._table
