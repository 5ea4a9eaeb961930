"""Why a record does not fit its type, in words: which key, what stands there, what is allowed.

msgspec decides whether a record fits; its messages are for programmers. This module walks the same types
again after a refusal, to find the key and to name what the reader can do.
"""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import inspect as types

from .text import LOCALES, Text

Path = tuple[str | int, ...]


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with a record: where, what, and what to do about it."""

    path: Path
    what: str
    do: str = ""


def problems(data: object, kind: type[msgspec.Struct]) -> Iterator[Problem]:
    """Gives what keeps ``data`` (as TOML or JSON gives it) from being a record of this type."""
    yield from _check(data, types.type_info(kind), ())


def key(path: Path) -> str:
    """Gives a path as people write it: ``files[2].sha256``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def shown(value: object) -> str:
    """Gives a value as it may stand in a message: quoted, and cut where it is long."""
    text = value if isinstance(value, str) else repr(value)
    text = text if len(text) <= 60 else f"{text[:57]}…"
    return f'"{text}"' if isinstance(value, str) else text


def nearest(word: str, known: list[str]) -> str:
    """Gives ``perhaps … was meant`` when one of the known words is close, else nothing."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f'perhaps "{near[0]}" was meant' if near else ""


def _check(value: object, kind: types.Type, path: Path) -> Iterator[Problem]:
    match kind:
        case types.StructType():
            yield from _check_record(value, kind, path)
        case types.CustomType(cls=cls) if cls is Text:
            yield from _check_text(value, path)
        case types.UnionType(types=members):
            if all(list(_check(value, member, path)) for member in members):
                meaning = [member for member in members if not isinstance(member, types.NoneType)]
                yield from _check(value, meaning[0], path)
        case types.LiteralType(values=values):
            if value not in values:
                yield _unknown(path, value, [str(allowed) for allowed in values])
        case types.VarTupleType(item_type=item):
            yield from _check_items(value, [item] * len(value) if isinstance(value, list) else [], path)
        case types.TupleType(item_types=items):
            yield from _check_items(value, list(items), path)
        case types.DictType(value_type=item):
            yield from _check_table(value, item, path)
        case _:
            yield from _check_plain(value, kind, path)


def _check_record(value: object, kind: types.StructType, path: Path) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield from _expected(value, Mapping, "a table", path)
        return
    known = [field.encode_name for field in kind.fields]
    for name in value:
        if name not in known:
            what = f"the key {shown(key((*path, str(name))))} is not known"
            yield Problem(
                (*path, name), what, nearest(str(name), known) or f"known here are {', '.join(known)}"
            )
    for field in kind.fields:
        if field.encode_name in value:
            yield from _check(value[field.encode_name], field.type, (*path, field.encode_name))
        elif field.required:
            yield Problem(path, f"{key((*path, field.encode_name))} is missing", f"add {field.encode_name}")


def _check_text(value: object, path: Path) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        example = '{ zh-Hans = "…", en = "…" }'
        yield Problem(
            path, f"{key(path)} must be a text in languages, not {_kind(value)}", f"write {example}"
        )
        return
    for locale, text in value.items():
        if locale not in LOCALES:
            yield _unknown(
                (*path, str(locale)), str(locale), list(LOCALES), named=f"the language of {key(path)}"
            )
        else:
            yield from _expected(text, str, "a text", (*path, locale))


def _check_table(value: object, item: types.Type, path: Path) -> Iterator[Problem]:
    yield from _expected(value, Mapping, "a table", path)
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _check(inner, item, (*path, name))


def _check_items(value: object, kinds: list[types.Type], path: Path) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield from _expected(value, list, "a list", path)
    elif len(value) != len(kinds):
        yield Problem(path, f"{key(path)} must have {len(kinds)} values, not {len(value)}")
    else:
        for position, (item, kind) in enumerate(zip(value, kinds, strict=True)):
            yield from _check(item, kind, (*path, position))


def _check_plain(value: object, kind: types.Type, path: Path) -> Iterator[Problem]:
    match kind:
        case types.StrType():
            yield from _expected(value, str, "a text in quotes", path)
        case types.BoolType():
            yield from _expected(value, bool, "true or false", path)
        case types.IntType():
            if isinstance(value, bool) or not isinstance(value, int):
                yield Problem(path, f"{key(path)} must be a whole number, not {_kind(value)}")
        case types.FloatType():
            if isinstance(value, bool) or not isinstance(value, int | float):
                yield Problem(
                    path, f"{key(path)} must be a number, not {_kind(value)}", "write it without quotes"
                )
        case types.DateType():
            if not _is_date(value):
                yield Problem(path, f"{key(path)} is no date: {shown(value)}", "write it as 2024-05-31")
        case types.NoneType():
            if value is not None:
                yield Problem(path, f"{key(path)} must be empty, not {_kind(value)}")


def _is_date(value: object) -> bool:
    if isinstance(value, str):
        try:
            datetime.date.fromisoformat(value)
        except ValueError:
            return False
        return True
    return isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)


def _unknown(path: Path, value: object, allowed: list[str], named: str = "") -> Problem:
    what = f"{named or key(path)} {shown(value)} is not known; allowed are {', '.join(allowed)}"
    return Problem(path, what, nearest(str(value), allowed))


def _expected(value: object, kind: Any, name: str, path: Path) -> Iterator[Problem]:
    if not isinstance(value, kind):
        yield Problem(path, f"{key(path) or 'the file'} must be {name}, not {_kind(value)}")


def _kind(value: object) -> str:
    """Names what stands there, with the value where that helps."""
    names: list[tuple[Any, str]] = [
        (bool, "true or false"),
        (int | float, "the number"),
        (str, "the text"),
        (list, "a list"),
        (Mapping, "a table"),
        (datetime.date, "a date"),
    ]
    name = next((name for kind, name in names if isinstance(value, kind)), "nothing")
    return (
        f"{name} {shown(value)}"
        if isinstance(value, int | float | str) and not isinstance(value, bool)
        else name
    )
