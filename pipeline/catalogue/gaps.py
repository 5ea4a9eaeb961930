"""What a record still lacks. No reason to refuse it: the page falls back, the technician sees a list."""

from __future__ import annotations

from collections.abc import Iterator

from .artifact import Artifact
from .text import LOCALES, Text

_ITEMS = ("grade", "category", "material", "completeness", "preservation", "source", "entry_date")
_WORDINGS = ("period", "quantity", "dimensions", "mass")


def gaps(artifact: Artifact) -> list[str]:
    """Gives the keys that are missing, such as ``name.ug``, ``summary`` or ``register.grade``.

    A text that is there in one language is expected in all four. A generated object has no register entry,
    but its credit line must say what it is.
    """
    return list(_gaps(artifact))


def _gaps(artifact: Artifact) -> Iterator[str]:
    texts = ("name", "summary", "story", "image_description")
    for key in texts:
        yield from _languages(key, getattr(artifact, key), expected=True)
    yield from _languages("place", artifact.place, expected=False)
    if not artifact.synthetic:
        yield from (key for key in ("number", "number_type") if not getattr(artifact, key))
        yield from (f"register.{key}" for key in _ITEMS if not getattr(artifact.register, key))
        for key in _WORDINGS:
            item = getattr(artifact.register, key)
            if item == type(item)():
                yield f"register.{key}"
        yield from _languages("register.holder", artifact.register.holder, expected=True)
    yield from _languages("rights.credit", artifact.rights.credit, expected=True)
    if not artifact.rights.licence:
        yield "rights.licence"


def _languages(key: str, text: Text, *, expected: bool) -> Iterator[str]:
    if text:
        yield from (f"{key}.{locale}" for locale in LOCALES if not text.get(locale, "").strip())
    elif expected:
        yield key
