"""How the works of a collection hang: rows of different rhythm, never equal cards; how they are chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from .i18n import Language
from .library import Relic
from .words import Passage, code_of, term

_ROWS = ((7, 5), (4, 4, 4), (5, 7))
"""Columns of twelve that the works of a row take; the rows follow one another."""

_LAST = {1: (8,), 2: (5, 7), 3: (4, 4, 4)}


class Work(NamedTuple):
    """One work on the wall and how many of the twelve columns it takes."""

    relic: Relic
    columns: int


class Choice(NamedTuple):
    """One value of a filter and how many works have it."""

    code: str
    words: Passage
    works: int


def seen_first(relic: Relic) -> tuple[bool, bool, bool]:
    """Gives the key by which works are sorted before they hang: what can be turned, has a picture and a story
    leads; scans that nobody has written about yet follow."""
    return (not relic.is_ready, relic.picture("poster") is None, not relic.artifact.story)


def hang(relics: Sequence[Relic]) -> list[Work]:
    """Gives each work its place; no row is left with a hole."""
    works: list[Work] = []
    rest, row = list(relics), 0
    while rest:
        left = len(rest)
        # Four works are two and two: a single one left over after three looks forgotten.
        columns = _LAST[left] if left in _LAST else _ROWS[0] if left == 4 else _ROWS[row % len(_ROWS)]
        works += [Work(relic, width) for relic, width in zip(rest, columns, strict=False)]
        rest, row = rest[len(columns) :], row + 1
    return works


def facets(
    relics: Iterable[Relic], wanted: Mapping[str, str], language: Language
) -> tuple[list[Relic], dict[str, list[Choice]]]:
    """Chooses works by category and material.

    Returns:
        The works that have all that is wanted (empty values ask for nothing), and for each filter its values.
    """
    everything = list(relics)
    chosen = [
        r for r in everything if all(not code or code in _codes(r, key) for key, code in wanted.items())
    ]
    choices = {}
    for key in wanted:
        counts = Counter(code for relic in everything for code in _codes(relic, key))
        choices[key] = [Choice(code, term(key, code, language), n) for code, n in sorted(counts.items())]
    return chosen, choices


def _codes(relic: Relic, key: str) -> tuple[str, ...]:
    register = relic.artifact.register
    if key == "material":
        return tuple(dict.fromkeys(code_of(key, value) for value in register.material))
    return (code_of(key, register.category),) if register.category else ()
