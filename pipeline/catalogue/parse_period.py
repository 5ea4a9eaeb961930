"""Periods out of the register's wording: terms, years, centuries. A label without years stays a label.

Of 377 real rows 287 were labels without years. Years before Christ are negative; there is no year 0.
"""

from __future__ import annotations

import re

import msgspec

from . import vocabulary
from .artifact import Period
from .numerals import Status, plain, with_digits
from .vocabulary import Term

_LAST_YEAR = 2100
_ERA = r"(?P<{0}>公元前|前|公元|bc|ad)?\s*"
_YEARS = re.compile(
    _ERA.format("era1") + r"(?P<first>\d{1,4})\s*年?"
    r"(?:\s*-\s*" + _ERA.format("era2") + r"(?P<last>\d{1,4})\s*年?)?\s*(?P<era>ad|bc)?"
)
_CENTURY = re.compile(
    _ERA.format("era1") + r"(?P<first>\d{1,2})(?:\s*世纪)?"
    r"(?:\s*-\s*" + _ERA.format("era2") + r"(?P<last>\d{1,2}))?\s*世纪(?P<part>[初中末早晚前后上下]\S{0,3})?"
)
_CENTURY_EN = re.compile(r"(?P<first>\d{1,2})(?:st|nd|rd|th)\s+century\s*(?P<era>ad|bc)?")
_WITH_YEARS = re.compile(r"(?P<label>[^()\d]+)\((?P<years>[^()]+)\)")
_PART = re.compile(r"[初早中盛晚前后](?P<a>.+)|(?P<b>.+?)(?:[初早中晚末前后]+[期叶]?|[初末]年)")
_VAGUE = re.compile(r"^约|左右$|前后$|\?$")
_REIGN = re.compile(r"[\u4e00-\u9fff]{2}(?:年间|时期|[元\d一二三四五六七八九十]+年)?")


def period(literal: str) -> tuple[Period, Status]:
    """Gives the term and years that a wording means, and how much of it was understood.

    唐代, 公元640年, 7世纪, 前221-前206, 唐至元, 隋唐 and 唐（公元640年） are parsed; 晚唐 and 清乾隆 partly
    (term and the whole period's years); 高昌回鹘 is a label while its years are disputed.
    """
    text = with_digits(plain(literal), "年|世纪")
    certain = _VAGUE.sub("", text).strip()
    read = (
        _label(certain)
        or _years(certain)
        or _label_with_years(certain)
        or _span(certain)
        or _narrower(certain)
    )
    if read is None:
        return Period(literal=literal), "unparsed"
    found, status = read
    vague = certain != text and status == "parsed"
    return msgspec.structs.replace(found, literal=literal), "partly" if vague else status


_Read = tuple[Period, Status] | None


def _label(text: str) -> _Read:
    term = vocabulary.lookup("period", text)
    return _of(term) if term else None


def _of(term: Term) -> tuple[Period, Status]:
    known = term.from_year is not None
    return Period(
        term=term.code, from_year=term.from_year, to_year=term.to_year
    ), "parsed" if known else "label-only"


def _years(text: str) -> _Read:
    match = _YEARS.fullmatch(text)
    if match:
        found = match.groupdict()
        # A bare number of one or two digits may be anything.
        if (
            "年" not in text
            and not any(found[key] for key in ("era1", "era", "last"))
            and len(match["first"]) < 3
        ):
            return None
        eras = _eras(found)
        last = int(found["last"] or found["first"] or 0)
        return eras and _checked(int(match["first"]) * eras[0], last * eras[1], "parsed")
    match = _CENTURY.fullmatch(text) or _CENTURY_EN.fullmatch(text)
    return _century(match.groupdict()) if match else None


def _century(found: dict[str, str | None]) -> _Read:
    first, eras = int(found["first"] or 0), _eras(found)
    last = int(found.get("last") or first)
    if not (first and last and eras):
        return None
    begin = -first * 100 if eras[0] < 0 else first * 100 - 99
    end = -last * 100 + 99 if eras[1] < 0 else last * 100
    return _checked(begin, end, "partly" if found.get("part") else "parsed")


def _eras(found: dict[str, str | None]) -> tuple[int, int] | None:
    """Gives -1 or 1 for the first and the last year, or None where the wording leaves it open.

    前206-25 may end in 25 BC or, for Western Han, in AD 25: nobody can tell, so nothing is said.
    """
    first, last, after = found.get("era1") or "", found.get("era2") or "", found.get("era") or ""
    before_1 = _is_before(first) or (after == "bc" and not first)
    if not found.get("last"):
        return (-1, -1) if before_1 else (1, 1)
    before_2 = _is_before(last) or (after == "bc" and not last)
    open_end = before_1 and not last and not after
    if open_end and int(found["last"] or 0) <= int(found["first"] or 0):
        return None
    return -1 if before_1 else 1, -1 if before_2 else 1


def _is_before(era: str) -> bool:
    return era.endswith("前") or era == "bc"


def _checked(first: int, last: int, status: Status) -> _Read:
    if 0 in (first, last) or first > last or last > _LAST_YEAR:
        return None
    return Period(from_year=first, to_year=last), status


def _label_with_years(text: str) -> _Read:
    match = _WITH_YEARS.fullmatch(text)
    if not match:
        return None
    named, dated = _label(match["label"].strip()), _years(match["years"].strip())
    if not (named and dated):
        return None
    return msgspec.structs.replace(dated[0], term=named[0].term), dated[1]


def _span(text: str) -> _Read:
    """唐-元, 隋唐: from the beginning of the one to the end of the other; no single term names it."""
    first, dash, last = text.partition("-") if "-" in text else (text[:1], len(text) == 2, text[1:])
    begin, end = vocabulary.lookup("period", first), vocabulary.lookup("period", last)
    if not (dash and begin and end):
        return None
    if begin.from_year is None or end.to_year is None:
        return Period(), "label-only"
    return _checked(begin.from_year, end.to_year, "parsed")


def _narrower(text: str) -> _Read:
    """晚唐, 唐晚期, 清乾隆: less than the whole period, by words without years."""
    match = _PART.fullmatch(text)
    term = vocabulary.lookup("period", match["a"] or match["b"]) if match else None
    reigns = (text[:length] for length in range(1, len(text)) if _REIGN.fullmatch(text[length:]))
    for name in reigns:
        term = term or vocabulary.lookup("period", name)
    if term is None:
        return None
    found, status = _of(term)
    return found, "partly" if status == "parsed" else status
