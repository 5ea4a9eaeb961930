"""Names for objects out of the names of files."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

_GENERIC = frozenset(
    {"model", "scan", "mesh", "object", "textured", "texturedmesh", "export", "output", "result"}
)
"""File names that programs give and that say nothing: then the folder's name is the object's."""


def slug_of(name: str) -> str:
    """Gives a name for folders and addresses: ASCII, kebab-case, never empty, different for different names.

    Letters that ASCII cannot hold are told apart by six digits of a digest: ``陶罐 01`` becomes
    ``01-9c1185``. The name itself stays readable in ``artifact.toml``.
    """
    plain = unicodedata.normalize("NFKD", name)
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    ascii_part = re.sub(r"[^a-z0-9]+", "-", kept.encode("ascii", "ignore").decode().lower()).strip("-")[:60]
    if kept.isascii() and ascii_part:
        return ascii_part
    digest = hashlib.sha256(unicodedata.normalize("NFC", name).encode()).hexdigest()[:6]
    return f"{ascii_part or 'object'}-{digest}"


def source_mark(*models: Path) -> str:
    """Gives a digest of where a model lies, or several that are one object: tells one ``model.obj`` from
    another without writing down paths."""
    return hashlib.sha256("\n".join(str(model.resolve()) for model in models).encode()).hexdigest()


def title_of(model: Path) -> str:
    """Gives an object's name as its file says it, or its folder where the file's name says nothing."""
    stem = unicodedata.normalize("NFC", model.stem)
    if re.sub(r"[\W_\d]+", "", stem.lower()) not in _GENERIC:
        return stem
    parents = [
        folder.name for folder in model.resolve().parents if folder.name.lower() not in (*_GENERIC, "")
    ]
    return unicodedata.normalize("NFC", parents[0]) if parents else stem
