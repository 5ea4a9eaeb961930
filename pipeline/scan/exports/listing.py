"""The files of a folder by their names: bounded, without links, in the same order every time."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.catalogue.folders import DERIVATIVES, MANIFEST
from pipeline.formats import sniff

from ..one import PRIVATE

ENTRIES_MAX = 200_000
"""Files and folders looked at. A Meshroom cache of 5,000 photographs has 80,000; listing them takes 0.4 s. A
larger folder is not looked through any further: which of its files were seen would be chance."""
DEPTH_MAX = 6
"""Folders below the folder: ODM's deepest that matters is ``odm_texturing/…``, WebODM packs add two."""

_OURS = frozenset({DERIVATIVES, PRIVATE})
_MADE = re.compile(r"(?:^|/)[a-z]+\.[0-9a-f]{8}\.\w+(?:\.br)?$")
"""Names of files that a run wrote beside its manifest."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Names below a folder, with forward slashes, sorted."""

    folder: Path
    names: tuple[str, ...]

    def matching(self, pattern: str) -> list[str]:
        """Gives the names that a pattern describes from beginning to end, without regard to case."""
        found = re.compile(pattern, re.IGNORECASE)
        return [name for name in self.names if found.fullmatch(name)]

    def path(self, name: str) -> Path:
        """Gives the path of a name."""
        return self.folder / name

    @property
    def models(self) -> list[str]:
        """Names of files whose suffix a reader knows."""
        return [name for name in self.names if name.lower().endswith(sniff.SUFFIXES)]


def listed(folder: Path) -> Listing | None:
    """Lists a folder; None where it is none or holds more than :data:`ENTRIES_MAX` entries.

    Symbolic links are left out, files as well as folders: an export has none, and one that points out of the
    folder must not be read as a part of it. So is what begins with a dot, what runs wrote, and a name that
    cannot be printed (bytes of another encoding, control characters).
    """
    if not folder.is_dir():
        return None
    names: list[str] = []
    waiting, seen = [("", 0)], 0
    while waiting:
        inside, depth = waiting.pop()
        try:
            entries = list(os.scandir(folder / inside))
        except OSError:
            continue
        seen += len(entries)
        if seen > ENTRIES_MAX:
            return None
        for entry in entries:
            if entry.name.startswith(".") or not entry.name.isprintable() or entry.is_symlink():
                continue
            name = f"{inside}{entry.name}"
            if entry.is_file(follow_symlinks=False):
                names.append(name)
            elif depth < DEPTH_MAX and entry.is_dir(follow_symlinks=False) and entry.name not in _OURS:
                waiting.append((f"{name}/", depth + 1))
    results = {name.rpartition("/")[0] for name in names if name.rpartition("/")[2] == MANIFEST}
    kept = (name for name in names if not (name.rpartition("/")[0] in results and _MADE.search(name)))
    return Listing(folder, tuple(sorted(kept)))
