"""Mass and quantity out of the register's wording. A unit that is not written is never assumed."""

from __future__ import annotations

import re

from . import vocabulary
from .artifact import Mass, Quantity
from .numerals import AMBIGUOUS, NUMBER, Status, one_of, plain, with_digits

_KILOGRAMS = {
    **dict.fromkeys(("毫克", "mg"), 1e-6),
    **dict.fromkeys(("克", "g"), 1e-3),
    **dict.fromkeys(("市斤", "斤"), 0.5),
    **dict.fromkeys(("千克", "公斤", "kg"), 1.0),
    **dict.fromkeys(("吨", "t"), 1000.0),
}
_MASS = re.compile(rf"({NUMBER})\s*((?:{one_of(_KILOGRAMS)})(?![a-z0-9]))?")
_MASS_WORDS = re.compile(r"[\s,;、:()=约为合即]*(?:[净毛通总]?重量?|质量)?[\s,;、。:()=约为合即]*")
_COUNTERS = "[件个枚块片幅张尊座把支根颗粒册卷页本封]"
_SET = r"(?:1?\s*[套组]\s*)"
_QUANTITY = re.compile(
    rf"{_SET}?(?P<count>\d{{1,6}})\s*{_COUNTERS}?|{_SET}\((?P<inner>\d{{1,6}})\s*{_COUNTERS}\)|(?P<pairs>\d{{1,6}})\s*[对双]"
)
_ROUNDING = 1.01
"""A mass given twice (350克, 0.35千克) may differ by one in a hundred."""


def mass(literal: str) -> tuple[Mass, Status]:
    """Gives the kilograms of a wording such as 350克; a term of the list ``mass-range`` is a label."""
    nothing = Mass(literal=literal)
    if vocabulary.lookup("mass-range", literal):
        return nothing, "label-only"
    text = with_digits(plain(literal), one_of(_KILOGRAMS))
    found = _MASS.findall(text)
    if not found or AMBIGUOUS.search(text) or not _MASS_WORDS.fullmatch(_MASS.sub("", text)):
        return nothing, "unparsed"
    if not any(unit for _, unit in found):
        return nothing, "no-unit"
    values = [float(number) * _KILOGRAMS[unit] for number, unit in found if unit]
    if len(values) < len(found) or not 0 < max(values) <= min(values) * _ROUNDING:
        return nothing, "unparsed"
    return Mass(literal=literal, kg=round(values[0], 9)), "parsed"


def quantity(literal: str) -> tuple[Quantity, Status]:
    """Gives the count of a wording such as 1件 or 一套3件; a pair counts two, a set alone is a label."""
    text = with_digits(plain(literal), rf"{_COUNTERS}|[套组副对双]|$")
    match = _QUANTITY.fullmatch(text)
    if match is None:
        label = re.fullmatch(r"\d*\s*[套组副]", text)
        return Quantity(literal=literal), "label-only" if label else "unparsed"
    count = int(match["pairs"]) * 2 if match["pairs"] else int(match["count"] or match["inner"])
    return Quantity(literal=literal, count=count or None), "parsed" if count else "unparsed"
