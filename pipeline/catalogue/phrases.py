"""What errors and evidence say, in Chinese. The code says it in English; ``phrases.toml`` knows the Chinese.

A template of the table is found in a sentence as it stands in the code, with ``{}`` for what varies, and
what varies is looked up again: ``there is no step 'simplfy' (did you mean 'simplify'?)`` needs two rows. The
system and Python begin with a capital what stands in the middle of our sentences; one row serves both. What
has no row stays English.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_DEPTH = 4
_PLACE = re.compile(r"\{\d*\}")


def in_chinese(english: str, depth: int = _DEPTH, *, group: str = "") -> str:
    """Gives a sentence, or a part of one, in Chinese; as it is where the table does not know it.

    Args:
        english: the sentence.
        depth: how many times what stands at a place is looked up in turn.
        group: only this group of the table, for ``where``: a folder called ``empty`` keeps its name.
    """
    if depth == 0 or not english:
        return english
    exact, patterns = _table(group)
    for text in dict.fromkeys((english, english[0].lower() + english[1:])):
        if text in exact:
            return exact[text]
        for pattern, chinese in patterns:
            if found := pattern.fullmatch(text):
                return chinese.format(*(in_chinese(part, depth - 1, group=group) for part in found.groups()))
    return english


def in_language(english: str, locale: str) -> str:
    """Gives a sentence in the language of the table's reader: Chinese for ``zh-Hans``, else as it is."""
    return in_chinese(english) if locale == "zh-Hans" else english


def templates(group: str = "") -> dict[str, str]:
    """Gives the table, or one group of it: English template -> Chinese template."""
    with (Path(__file__).parent / "phrases.toml").open("rb") as file:
        tables = tomllib.load(file)
    chosen = [tables[group]] if group else tables.values()
    return {english: chinese for table in chosen for english, chinese in table.items()}


@cache
def _table(group: str) -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Rows without places, and the others as patterns, the one that says most first."""
    rows = templates(group)
    exact = {english: chinese for english, chinese in rows.items() if "{" not in english}
    patterns = [(len(_PLACE.sub("", english)), english) for english in rows if "{" in english]
    patterns.sort(key=lambda row: -row[0])
    return exact, [(_pattern(english), rows[english]) for _, english in patterns]


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(re.escape(part) for part in _PLACE.split(english)), re.DOTALL)
