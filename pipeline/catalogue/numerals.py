"""Register wording made plain before it is parsed: full-width signs, dashes, Chinese numerals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

Status = Literal["given", "parsed", "partly", "no-unit", "label-only", "unparsed"]
"""How much of a wording was understood.

- ``given``: the figures stand in the record, nothing was parsed
- ``parsed``: all of it
- ``partly``: what is filled in is right, the wording says more
- ``no-unit``: numbers without a unit that is known, so no figure
- ``label-only``: a term without years, a range, a set
- ``unparsed``: nothing
"""

NUMBER = r"\d{1,7}(?:\.\d{1,6})?"
"""A number as registers write it; longer runs of digits are no size and no year."""

AMBIGUOUS = re.compile(r"\d\s*,\s*\d|\d{8,}|\.\d+\.|[±+<>]|\.\d{7,}|(?<!\d)\.\d|\d\.(?!\d)")
"""What a number must not look like: 1,200 may be one number or two."""

_DIGITS = {"零": 0, "〇": 0, "○": 0} | {
    digit: value for value, digit in enumerate("一二三四五六七八九", start=1)
}
_DIGITS["两"] = 2
_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_DASHES = re.compile("[‐-―−~∼〜～]+|至|到")


def one_of(words: Iterable[str]) -> str:
    """Gives a pattern for any of the words, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def plain(wording: str) -> str:
    """Gives the wording in compatible form (NFKC) and lower case, with ``-`` for every dash."""
    text = unicodedata.normalize("NFKC", wording).casefold().replace("*", "×").replace("✕", "×")
    return _DASHES.sub("-", text).strip()


def with_digits(text: str, before: str) -> str:
    """Writes Chinese numerals as digits where they stand before what the pattern ``before`` matches.

    Only there: the 三 of 三足 is no size. Nor after a digit: the 千 of 1.2千克 belongs to the unit.
    """
    run = "".join((*_DIGITS, *_POWERS, "点"))
    return re.sub(rf"(?<![\d.{run}])[{run}]+(?=\s*(?:{before}))", lambda match: _digits(match[0]), text)


def _digits(numeral: str) -> str:
    whole, point, decimals = numeral.partition("点")
    if point and (not whole or not decimals or any(sign not in _DIGITS for sign in decimals)):
        return numeral
    value = _whole(whole)
    if value is None:
        return numeral
    return f"{value}.{''.join(str(_DIGITS[sign]) for sign in decimals)}" if point else str(value)


def _whole(numeral: str) -> int | None:
    """Gives 三百二十 as 320 and 六四〇, written place by place, as 640; None where it is neither."""
    if not any(sign in _POWERS for sign in numeral):
        return int("".join(str(_DIGITS[sign]) for sign in numeral)) if numeral else None
    total, digit, last = 0, None, 10**9
    for sign in numeral:
        if sign in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[sign]
        elif sign in _POWERS and _POWERS[sign] < last:
            last = _POWERS[sign]
            total += (1 if digit is None else digit) * last
            digit = None
        else:
            return None
    return total + (digit or 0)
