"""What every part of a run works with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.asked import Options
from pipeline.cache import Cache, file_sha256, write
from pipeline.recipe import Recipe
from pipeline.scan import Scan

if TYPE_CHECKING:
    from pipeline.deliver import Tools


@dataclass(frozen=True, slots=True)
class Job:
    """One run over one scan: what was asked for, with what, and the cache it may use."""

    scan: Scan
    options: Options
    recipe: Recipe
    tools: Tools
    cache: Cache

    def keep(self, name: str, suffix: str, data: bytes) -> tuple[str, str]:
        """Writes a result under a name with 8 digits of its SHA-256; gives its file name and the digest."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = f"{name}.{sha256[:8]}{suffix}"
        write(self.scan.out / path, [data])
        return path, sha256

    def is_there(self, name: str, sha256: str) -> bool:
        """Says whether a result lies where it was written, unharmed."""
        path = self.scan.out / name
        return path.is_file() and file_sha256(path) == sha256
