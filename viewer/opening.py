"""Which object the home page opens with: the curator's choice in ``exhibits/home.toml``."""

from __future__ import annotations

import logging
import tomllib
from pathlib import Path

log = logging.getLogger("museum.opening")


def chosen_opening(exhibits: Path) -> str:
    """Gives the key ``collection/object`` that the file names; empty where there is no file or no choice.

    A file that cannot be read is named in the log; the home page opens with the first object that is ready.
    """
    path = exhibits / "home.toml"
    try:
        chosen = tomllib.loads(path.read_text(encoding="utf-8")).get("opening", "")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        log.warning("%s cannot be read: %s", path, error)
        return ""
    return chosen if isinstance(chosen, str) else ""
