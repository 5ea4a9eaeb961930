"""Names that came from files, made fit to be read: ``greek_helmet`` is shown as Greek helmet.

Only what is shown changes: the record, the files and their digests keep the name as it came.
"""

from __future__ import annotations

import re

from .artifact import Artifact
from .text import Text


def readable(name: str) -> str:
    """Gives a file's name as words: no underscores, and a capital where all of it is small.

    A name that holds a space was written by somebody and stays, as does a hyphen between digits (a number).
    """
    if not name or re.search(r"\s", name):
        return name
    words = re.sub(r"_+|(?<![0-9])-+|-+(?![0-9])", " ", name).strip() or name
    return words[0].upper() + words[1:] if words == words.lower() else words


def is_provisional(artifact: Artifact) -> bool:
    """Tells whether nobody has named the object yet: its record says nothing but one name, as drafts do."""
    return len(artifact.name) <= 1 and artifact == Artifact(name=artifact.name)


def shown_name(artifact: Artifact) -> Text:
    """Gives the object's name as it is shown: its own, or the file's made readable.

    A name with an underscore in it came from a file even where the record says more by now.
    """
    names, drafted = artifact.name.items(), is_provisional(artifact)
    return Text({locale: readable(name) if drafted or "_" in name else name for locale, name in names})
