"""Types and values of recipes as a person reads them."""

from __future__ import annotations

import difflib
from typing import Any, Literal, get_args, get_origin


def type_text(kind: Any) -> str:
    """Gives a parameter's type as a person reads it: ``a number``, ``one of "none", "webp"``, ``text or
    nothing``."""
    if kind is type(None):
        return "nothing"
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(toml(value) for value in get_args(kind))
    if get_args(kind) and get_origin(kind) not in (tuple, list, dict):
        return " or ".join(type_text(one) for one in get_args(kind))
    names = {float: "a number", int: "a whole number", str: "text", bool: "true or false"}
    return names.get(kind, str(kind).replace("typing.", ""))


def meets(gives: Any, takes: Any) -> bool:
    """Says whether a step that takes one kind of workpiece (or one of several) can be given another. Of
    several that may come, one is enough."""
    coming, kinds = get_args(gives) or (gives,), get_args(takes) or (takes,)
    return any(issubclass(one, kind) for one in coming for kind in kinds if isinstance(kind, type))


def type_name(kind: Any) -> str:
    """Gives the name of a kind of workpiece, ``Surface or Cloud`` for one of several."""
    return " or ".join(type_name(one) for one in get_args(kind)) or getattr(kind, "__name__", str(kind))


def literals(kind: Any) -> list[str]:
    """Gives the words that a type allows, none where it is no choice of words."""
    if get_origin(kind) is Literal:
        return [value for value in get_args(kind) if isinstance(value, str)]
    return [value for one in get_args(kind) for value in literals(one)]


def meant(word: str, known: Any) -> str:
    """Gives a guess at what a misspelt word was to be, as the end of a sentence; empty where none is near."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def toml(value: Any) -> str:
    """Gives a value as it stands in a recipe."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
