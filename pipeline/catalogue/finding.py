"""A finding: something the technician should know, with its figures.

Never an exception, never only a log line.

The code is what the program knows; the sentences (zh-Hans and en, with places for the figures) stand in
``findings.toml`` beside this module, one row a code. A contract test holds that every code has its row.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

Level = Literal["info", "warning", "failure"]


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
            return template.format(**self.figures)
        except (KeyError, ValueError, IndexError):
            return template


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Gives the table of sentences: code -> locale -> template."""
    with (Path(__file__).parent / "findings.toml").open("rb") as file:
        return tomllib.load(file)
