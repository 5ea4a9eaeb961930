"""The interface's four languages: texts from PO files, numbers and dates by Babel, the language of a request.

Message ids are keys (``home.title``), so that zh-Hans, which is written first, is a file like the others. The
PO files are compiled in memory at start.
"""

from __future__ import annotations

import gettext
import io
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from pipeline.catalogue.text import LOCALES, direction

FOLDER = Path(__file__).parent / "locales"
DEFAULT = LOCALES[0]
AWAITING_REVIEW = frozenset({"ug", "kk-Arab"})
"""Languages whose interface text no native speaker has read yet; the pages say so."""

_BABEL = {"zh-Hans": "zh_Hans_CN", "ug": "ug", "kk-Arab": "kk_Arab", "en": "en"}
_NAMES = {"zh-Hans": "中文", "ug": "ئۇيغۇرچە", "kk-Arab": "قازاقشا", "en": "English"}
_OPEN_GRAPH = {"zh-Hans": "zh_CN", "ug": "ug_CN", "kk-Arab": "kk_CN", "en": "en_GB"}


@dataclass(frozen=True)
class Language:
    """One interface language.

    Attributes:
        tag: BCP 47 tag, the prefix of its addresses.
        name: its own name for itself.
        dir: ``ltr`` or ``rtl``.
        open_graph: the tag as Open Graph writes it.
        awaits_review: no native speaker has read its texts.
        texts: its messages.
    """

    tag: str
    name: str
    dir: str
    open_graph: str
    awaits_review: bool
    texts: gettext.NullTranslations = field(repr=False, compare=False)

    def number(self, value: float, decimals: int = 0) -> str:
        """Writes a number with Western digits, at most so many decimals."""
        pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
        return format_decimal(value, pattern, locale=Locale.parse(_BABEL[self.tag]), numbering_system="latn")

    def text(self, key: str, /, **places: object) -> str:
        """Gives a message with its places filled in."""
        message = self.texts.gettext(key)
        return message % places if places else message


@cache
def languages() -> dict[str, Language]:
    """Gives the languages by tag, in the order of the switch.

    Raises:
        OSError: a PO file is missing.
        ValueError: a PO file cannot be parsed.
    """
    return {
        tag: Language(tag, _NAMES[tag], direction(tag), _OPEN_GRAPH[tag], tag in AWAITING_REVIEW, _texts(tag))
        for tag in LOCALES
    }


def po_path(tag: str) -> Path:
    """Gives the PO file of a language."""
    return FOLDER / tag / "LC_MESSAGES" / "site.po"


def _texts(tag: str) -> gettext.GNUTranslations:
    with po_path(tag).open("rb") as file:
        catalogue = read_po(file, locale=_BABEL[tag], abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def preferred(accept_language: str) -> str:
    """Chooses a language by an Accept-Language header (RFC 9110, 12.5.4); zh-Hans where none is ours."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept_language.split(",")[:32]):
        name, _, parameters = part.strip().partition(";")
        tag = _ours(name.strip().lower())
        weight = _weight(parameters)
        if tag and weight > 0:
            wanted.append((-weight, place, tag))
    return min(wanted)[2] if wanted else DEFAULT


def _ours(tag: str) -> str | None:
    primary = tag.split("-", maxsplit=1)[0]
    return {"zh": "zh-Hans", "ug": "ug", "kk": "kk-Arab", "en": "en"}.get(primary)


def _weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
