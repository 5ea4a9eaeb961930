"""Where recipes are found, and the digest of their text."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from pipeline.errors import Refused

from .words import meant

FOLDER = Path(__file__).parent.parent / "recipes"
_MAX_BYTES = 1 << 20


def names() -> list[str]:
    """Gives the names of the recipes that come with the program."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def find(name_or_path: str) -> Path:
    """Gives the file of a recipe, by its name or by a path.

    Raises:
        Refused: there is none; the known ones are listed.
    """
    named = FOLDER / f"{name_or_path}.toml"
    if re.fullmatch(r"[\w-]+", name_or_path) and named.is_file():
        return named
    path = Path(name_or_path)
    if path.is_file():
        return path
    raise Refused(
        f"there is no recipe {name_or_path!r}{meant(name_or_path, names())}",
        do=f"use one of {', '.join(names()) or '(none)'} or give the path of a recipe file",
    )


def digest(path: Path) -> str:
    """Gives the SHA-256 of a recipe's text, lower-case hex."""
    return hashlib.sha256(text_of(path).encode()).hexdigest()


def text_of(path: Path) -> str:
    """Gives a recipe's text.

    Raises:
        Refused: too large, not UTF-8, or not readable.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
        if len(raw) > _MAX_BYTES:
            raise Refused("the recipe is larger than 1 MB", where=str(path))
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("the recipe is not UTF-8 text", where=str(path)) from error
    except OSError as error:
        raise Refused(f"the recipe cannot be read: {error.strerror}", where=str(path)) from error
