"""Words of the record for a page: texts with their own language, code lists, sizes as on a museum label."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from markupsafe import Markup

from pipeline.catalogue import vocabulary
from pipeline.catalogue.artifact import Artifact
from pipeline.catalogue.derivative import Manifest
from pipeline.catalogue.text import Text, direction

from .i18n import Language

LONG, LONG_WORD = 34, 14
"""Widths in Latin letters (a Han character is two) from which on a title counts as long."""
OFF_MAX_SHARE = 0.05
"""Of a length, by which its written figure may be off: 12.4 mm is 1.2 cm, but 6.4 mm is not 0.6 cm."""
SHEET_MM = 0.05
"""Below this the depth of a scan is the zero of a sheet, and what the scanner made of it."""
_INSIDE = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where else a line of a title may end: the names of files that stand in for titles have few spaces."""
_BRACKETS_AT_END = re.compile(r"(?P<head>.*[^\s（(])\s*(?P<tail>[（(][^（()）]+[）)])")


class _Unit(NamedTuple):
    from_mm: float
    name: str
    mm: int
    decimals: int


_UNITS = (
    _Unit(1000, "unit.m", 1000, 2),
    _Unit(10, "unit.cm", 10, 1),
    _Unit(0, "unit.mm", 1, 1),
    _Unit(0, "unit.mm", 1, 3),
)
"""From the largest: what lengths from so many mm are said in, and the decimals that still mean something."""


class Passage(NamedTuple):
    """A text and the language it is really in; ``lang`` is empty where it is the page's own."""

    text: str
    lang: str = ""
    dir: str = ""

    @property
    def paragraphs(self) -> list[str]:
        """The text cut at its blank lines."""
        return [part.strip() for part in self.text.replace("\r\n", "\n").split("\n\n") if part.strip()]

    @property
    def head_and_tail(self) -> tuple[str, str]:
        """The text and, apart, what stands in brackets at its end, brackets included."""
        found = _BRACKETS_AT_END.fullmatch(self.text)
        return (found["head"], found["tail"]) if found else (self.text, "")

    @property
    def is_long(self) -> bool:
        """True for a title that needs smaller letters: many of them, or one long word."""
        words = [word for part in re.split(r"[\s-]", self.head_and_tail[0]) for word in _INSIDE.split(part)]
        return sum(map(_width, words)) > LONG or any(_width(w) > LONG_WORD for w in words if w.isascii())


def _width(word: str) -> int:
    return sum(2 if letter >= "⺀" else 1 for letter in word)


def passage(text: Text, language: Language) -> Passage:
    """Gives a text in a language, or in the one that stands in for it."""
    words, tag = text.pick(language.tag)
    return Passage(words) if tag == language.tag else Passage(words, tag, direction(tag) if tag else "")


def breakable(text: str) -> Markup:
    """Marks in a title where a line may end inside a word: between aB."""
    return Markup("<wbr>").join(_INSIDE.split(text))


def literal(words: str) -> Passage:
    """Gives words of the register, which is kept in Chinese whatever the page's language."""
    return (
        Passage(words, "zh-Hans", "ltr")
        if any("㐀" <= letter <= "鿿" for letter in words)
        else Passage(words)
    )


def term(listed: str, code: str, language: Language) -> Passage:
    """Gives the word for a vocabulary code, and the code itself where the lists do not have it."""
    found = vocabulary.lookup(listed.replace("_", "-"), code)
    return passage(found.name, language) if found else literal(code)


def code_of(listed: str, value: str) -> str:
    """Gives the code for a value of the record, which may be the register's own Chinese term."""
    found = vocabulary.lookup(listed.replace("_", "-"), value)
    return found.code if found else value


def lengths(named_mm: Mapping[str, float], language: Language) -> list[tuple[str, str]]:
    """Writes lengths as one label does, all in one unit: 8 mm, 32.5 cm, 4.4 m.

    The unit is the one of the longest, or a smaller one where the shortest would be written more than
    :data:`OFF_MAX_SHARE` off: a plate of 1200 × 800 × 4 mm is 120 × 80 × 0.4 cm. Nothing is left out.
    """
    unit, divisor, decimals = _unit_for(named_mm.values())
    return [
        (language.text(f"size.{what}"), f"{language.number(mm / divisor, decimals)} {language.text(unit)}")
        for what, mm in named_mm.items()
    ]


def _unit_for(lengths_mm: Collection[float]) -> tuple[str, int, int]:
    """The unit a visitor would say, how many mm it has, and the decimals that still mean something."""
    longest = max(lengths_mm, default=0)
    spoken = [unit for unit in _UNITS if longest >= unit.from_mm]
    for _, name, divisor, decimals in spoken:
        if all(abs(round(mm / divisor, decimals) * divisor - mm) <= OFF_MAX_SHARE * mm for mm in lengths_mm):
            return name, divisor, decimals
    return spoken[-1][1:]


def dimensions(artifact: Artifact, language: Language) -> list[tuple[str, str]]:
    """Gives what the register says, as (what, how long); nothing where it was not understood."""
    register = artifact.register.dimensions
    named = ("height", "width", "depth", "diameter", "thickness")
    given = {what: mm for what in named if (mm := getattr(register, f"{what}_mm")) is not None}
    return lengths(given, language)


def measured(manifest: Manifest | None, language: Language) -> list[tuple[str, str]]:
    """Gives the size of the scan, as (what, how long), without what is thinner than a scanner sees."""
    if manifest is None:
        return []
    width, height, depth = manifest.scale.size_mm
    sides = {"height": height, "width": width, "depth": depth}
    return lengths({what: mm for what, mm in sides.items() if mm >= SHEET_MM}, language)
