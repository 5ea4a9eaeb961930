"""Words of the record for a page: texts with their own language, code lists, sizes as on a museum label."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.catalogue import vocabulary
from pipeline.catalogue.artifact import Artifact
from pipeline.catalogue.derivative import Manifest
from pipeline.catalogue.text import Text, direction

from .i18n import Language

_BRACKETS_AT_END = re.compile(r"(?P<head>.*[^\s（(])\s*(?P<tail>[（(][^（()）]+[）)])")


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


def passage(text: Text, language: Language) -> Passage:
    """Gives a text in a language, or in the one that stands in for it."""
    words, tag = text.pick(language.tag)
    return Passage(words) if tag == language.tag else Passage(words, tag, direction(tag) if tag else "")


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


def length(millimetres: float, language: Language) -> str:
    """Writes a length as a label does: 8 mm, 32.5 cm, 4.4 m; at most three figures that mean something."""
    if millimetres < 10:
        return f"{language.number(millimetres, 1)} {language.text('unit.mm')}"
    if millimetres < 1000:
        decimals = 1 if millimetres < 500 else 0
        return f"{language.number(millimetres / 10, decimals)} {language.text('unit.cm')}"
    return f"{language.number(millimetres / 1000, 2)} {language.text('unit.m')}"


def dimensions(artifact: Artifact, manifest: Manifest | None, language: Language) -> list[tuple[str, str]]:
    """Gives (what, how long) pairs: the register's where it was understood, else those of the model."""
    register = artifact.register.dimensions
    named = [
        (language.text(f"size.{what}"), length(value, language))
        for what in ("height", "width", "depth", "diameter", "thickness")
        if (value := getattr(register, f"{what}_mm")) is not None
    ]
    if named or manifest is None:
        return named
    width, height, depth = manifest.scale.size_mm
    measured = (("height", height), ("width", width), ("depth", depth))
    return [(language.text(f"size.{what}"), length(value, language)) for what, value in measured]
