"""Where the site finds its things, and under which names it answers. Given once to ``create_app``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
"""Where the client's build puts scripts, styles and fonts."""


@dataclass(frozen=True)
class Settings:
    """Settings of one site.

    Attributes:
        models: folders with objects: collections, one collection or one bare object each. The first object
            of a key wins, so a folder named later cannot hide one named before.
        exhibits: folder of the exhibits.
        static: what ``node viewer/client/build.mjs`` wrote.
        public_url: ``https://museum.example`` where a proxy stands before the site; empty: as asked.
        allowed_hosts: host names answered to; ``("*",)`` for all.
        reload_seconds: how often, at most, the folders are looked at for something new.
    """

    models: tuple[Path, ...] = (Path("models"),)
    exhibits: Path = Path("exhibits")
    static: Path = STATIC
    public_url: str = ""
    allowed_hosts: tuple[str, ...] = ("*",)
    reload_seconds: float = 2.0
