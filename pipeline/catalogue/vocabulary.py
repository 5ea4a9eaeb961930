"""The code lists: what may stand in a record, in the languages of the site, each term with its source.

A value may be written as the register's own Chinese term or as the code; both give the same :class:`Term`.
The terms stand in ``terms_*.toml`` beside this module, one row a term; to add one, add a row.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from .text import LOCALES, Text, decode_hook

_PERIOD_ENDING = re.compile("(?:时期|时代|[代朝])$")
REVIEWED_LOCALES = ("zh-Hans", "en")
"""Languages in which the terms were read by somebody who speaks them; others await a native reader."""


class Term(msgspec.Struct, frozen=True):
    """One term of a code list.

    Attributes:
        list: name of its list, for example ``grade``.
        code: kebab-case, unique in its list; what programs store and compare.
        name: what people read; zh-Hans is the register's own wording.
        group: part of the list: organic, inorganic, composite; for periods a code of ``period-scheme``.
        from_year: first year of a period (negative before Christ), None where the sources disagree.
        to_year: last year, the same.
        aliases: other spellings that mean this term.
        note: what to know about the years, in English.
        source: where the term comes from.
        certainty: A primary source read, B several independent sources, C one source.
        status: ``listed`` in a published list, or ``proposed`` by us until a curator confirms it.
    """

    list: str
    code: str
    name: Text
    group: str = ""
    from_year: int | None = None
    to_year: int | None = None
    aliases: tuple[str, ...] = ()
    note: str = ""
    source: str = ""
    certainty: Literal["A", "B", "C"] = "B"
    status: Literal["listed", "proposed"] = "listed"

    @property
    def awaiting_review(self) -> tuple[str, ...]:
        """Languages of the name that no native speaker has read yet."""
        return tuple(locale for locale in self.name if locale not in REVIEWED_LOCALES)

    def label(self, locale: str) -> str:
        """Gives the name to show in ``locale``, with the usual fallback."""
        return self.name.to(locale)


@cache
def lists() -> dict[str, dict[str, Term]]:
    """Gives all code lists: name of the list -> code -> term, in the order of the files."""
    found: dict[str, dict[str, Term]] = {}
    for path in sorted(Path(__file__).parent.glob("terms_*.toml")):
        for name, content in tomllib.loads(path.read_text(encoding="utf-8")).items():
            rows = content.pop("terms")
            found[name] = {row["code"]: _term(name, content | row) for row in rows}
    return found


def terms(list_name: str) -> tuple[Term, ...]:
    """Gives the terms of a list in its order.

    Raises:
        KeyError: there is no such list.
    """
    return tuple(lists()[list_name].values())


def lookup(list_name: str, value: str) -> Term | None:
    """Gives the term that a record means by ``value``: code, name in any language or alias.

    Full-width letters, case and spaces do not matter, nor does 代, 朝 or 时期 after a period. None for
    what is not in the list.
    """
    spellings = _spellings(list_name)
    plain = _plain(value)
    found = spellings.get(plain)
    if found is None and list_name == "period":
        found = spellings.get(_PERIOD_ENDING.sub("", plain))
    return found[1] if found else None


def label(list_name: str, value: str, locale: str) -> str:
    """Gives the name to show for a value of a record; the value itself where it is not in the list."""
    term = lookup(list_name, value)
    return term.label(locale) if term else value


def closest(list_name: str, value: str) -> str | None:
    """Gives the spelling of the list nearest to ``value``, in the script it is written in, or None."""
    spellings = _spellings(list_name)
    plain = _plain(value)
    near = difflib.get_close_matches(plain, spellings, n=1, cutoff=0.5)
    if not near and len(plain) > 1:
        near = sorted((s for s in spellings if plain in s or s in plain), key=len, reverse=True)
    return spellings[near[0]][0] if near else None


def allowed(list_name: str) -> str:
    """Gives the register's terms of a list in one line, for messages; long lists are cut."""
    names = [term.name["zh-Hans"] for term in terms(list_name)]
    shown = "; ".join(names[:12]) if any("，" in n or "、" in n for n in names) else ", ".join(names[:12])
    return shown if len(names) <= 12 else f"{shown} … ({len(names)} terms, see docs/data/vocabulary.md)"


def _term(list_name: str, row: dict[str, Any]) -> Term:
    name = {locale: row.pop(locale) for locale in LOCALES if locale in row}
    return msgspec.convert({**row, "list": list_name, "name": name}, Term, dec_hook=decode_hook)


@cache
def _spellings(list_name: str) -> dict[str, tuple[str, Term]]:
    """Every spelling, made plain -> as it is written, and its term. A code beats a name beats an alias."""
    found: dict[str, tuple[str, Term]] = {}
    ordered = terms(list_name)
    by_code = [(term.code, term) for term in ordered]
    by_name = [(name, term) for term in ordered for name in term.name.values()]
    by_alias = [(alias, term) for term in ordered for alias in term.aliases]
    for spelling, term in (*by_code, *by_name, *by_alias):
        found.setdefault(_plain(spelling), (spelling, term))
    return found


def _plain(value: str) -> str:
    return "".join(unicodedata.normalize("NFKC", value).casefold().split())
