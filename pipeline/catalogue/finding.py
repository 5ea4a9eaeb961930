"""A finding: something the technician should know, with its figures.

Never an exception, never only a log line.

The code is what the program knows; the sentences (zh-Hans and en, with places for the figures) stand in
``findings.toml`` beside this module, one row a code. A contract test holds that every code has its row.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from .figures import figure_name, level_name, unit_of
from .phrases import in_chinese

Level = Literal["info", "warning", "failure"]
IN_METRES_MM = 10_000
"""From here on a length is told in metres."""
NAME = "name"
"""Marks a figure that is a name from the scan, in the sentences' places."""
PLACES = frozenset({"export-origin", "export-transform"})
"""Findings whose figures are coordinates of the site: where the object was found."""
NUMBERED_APART = ("material", "mesh")
"""Names with numbers of their own; all others are names of files, whatever their sentence calls them."""
WHOLE = 1000
"""From here on a number has no decimals."""


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One finding.

    Attributes:
        code: kebab-case key into ``findings.toml``, for example ``texture-missing``.
        level: ``info`` (done as meant), ``warning`` (look at it) or ``failure`` (not fit to publish).
        figures: the numbers and names its sentence needs; units in the keys (``deviation_mm``).
    """

    code: str
    level: Level = "info"
    figures: dict[str, float | int | str] = {}

    def sentence(self, locale: str) -> str:
        """Gives the finding in plain words, in zh-Hans or en (other locales read zh-Hans)."""
        row = sentences().get(self.code, {})
        template = row.get(locale) or row.get("zh-Hans") or row.get("en") or self.code
        try:
            return template.format(**{name: _Figure(value, locale) for name, value in self.figures.items()})
        except (KeyError, ValueError, IndexError):
            return template


_NAMES: dict[str, Callable[[str, str], str]] = {
    "figure": figure_name,
    "unit": lambda figure, _: unit_of(figure),
    "level": level_name,
}


def without_names(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Gives the findings as strangers may read them: what came with the scan has numbers instead of names.

    Files, materials and meshes are often called after persons and places. Which figures are such names their
    sentence says (``{file:name}``); the first file is "1", the next "2", and one name keeps its number.
    Words that no sentence of the table says are left out: nobody has said that they are harmless.
    """
    numbers: dict[str, dict[str, str]] = {}
    return tuple(_without_names(finding, numbers) for finding in findings)


def without_places(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Gives the findings but those that tell where the object was found."""
    return tuple(finding for finding in findings if finding.code not in PLACES)


def _without_names(finding: Finding, numbers: dict[str, dict[str, str]]) -> Finding:
    places = {
        (figure, spec)
        for template in sentences().get(finding.code, {}).values()
        for _, figure, spec, _ in string.Formatter().parse(template)
    }
    said = {figure for figure, _ in places}
    figures = dict(finding.figures)
    for figure, value in finding.figures.items():
        if (figure, NAME) in places:
            given = numbers.setdefault(figure if figure in NUMBERED_APART else "file", {})
            figures[figure] = given.setdefault(str(value), str(len(given) + 1))
        elif isinstance(value, str) and figure not in said:
            del figures[figure]
    return msgspec.structs.replace(finding, figures=figures)


class _Figure:
    """A figure as its sentence writes it.

    ``{n}``, its noun ``{n:hole|holes}``, a length ``{x_mm:mm}``, a name that came with the scan ``{x:name}``;
    of a proof the name of a figure ``{f:figure}``, its unit ``{f:unit}``, a level ``{l:level}``.
    """

    def __init__(self, value: float | int | str, locale: str) -> None:
        self._value, self._chinese, self._locale = value, locale != "en", locale

    def __format__(self, spec: str) -> str:
        if "|" in spec:
            return spec.split("|")[0 if self._value == 1 else 1]
        if spec in _NAMES:
            return _NAMES[spec](str(self._value), self._locale)
        if isinstance(self._value, str):
            if spec == NAME:
                return self._value
            return in_chinese(self._value, group="figures") if self._chinese else self._value
        if spec == "mm":
            return self._length(self._value)
        return number(self._value)

    def _length(self, millimetres: float) -> str:
        if millimetres >= IN_METRES_MM:
            return f"{number(millimetres / 1000)} {'米' if self._chinese else 'm'}"
        return f"{number(millimetres)} {'毫米' if self._chinese else 'mm'}"


def number(value: float) -> str:
    """Gives a number with as many digits as mean something: four, never an exponent; counts in full."""
    if isinstance(value, int) or abs(value) >= WHOLE:
        return f"{value:,.0f}" if abs(value) >= 10 * WHOLE else f"{value:.0f}"
    digits = 4 if value == 0 or abs(value) >= 1 else 3
    text = f"{value:.{digits}g}"
    return f"{value:.6f}".rstrip("0").rstrip(".") if "e" in text else text


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Gives the table of sentences: code -> locale -> template."""
    with (Path(__file__).parent / "findings.toml").open("rb") as file:
        return tomllib.load(file)
