"""Writes records as TOML a person can go on editing. The standard library reads TOML but does not write it.

What equals its default is left out, texts in several languages become tables, long texts become multi-line
strings. The same record always gives the same bytes.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from .text import Text

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def dumps(record: msgspec.Struct) -> str:
    """Gives the TOML text of a record, with ``schema`` as its first line.

    Raises:
        TypeError: a value has no form in TOML.
    """
    table = _plain(record)
    schema = getattr(record, "schema", None)
    if schema is not None:
        table = {"schema": schema} | table
    return "\n".join(_lines(table, ())).lstrip("\n") + "\n"


def _plain(record: msgspec.Struct) -> dict[str, Any]:
    """Gives the fields that differ from their defaults, by the names used in files."""
    fields = msgspec.structs.fields(record)
    values = {field.encode_name: (getattr(record, field.name), _default(field)) for field in fields}
    return {name: _value(value) for name, (value, default) in values.items() if not _same(value, default)}


def _same(value: object, default: object) -> bool:
    return value is None or (type(value) is type(default) and value == default)


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def _value(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return _plain(value)
    if isinstance(value, Text | Mapping):
        return {key: _value(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    return value


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Gives a table's lines: plain values first, then its tables, as TOML demands."""
    nested = {key: value for key, value in table.items() if _is_table(value)}
    plain = {key: value for key, value in table.items() if key not in nested}
    if path and (plain or not nested):
        yield f"\n[{_dotted(path)}]"
    for key, value in plain.items():
        yield f"{_key(key)} = {_literal(value)}"
    for key, value in nested.items():
        here = (*path, key)
        if isinstance(value, Mapping):
            yield from _lines(value, here)
            continue
        for item in value:
            yield f"\n[[{_dotted(here)}]]"
            yield from _item_lines(item)


def _item_lines(item: Mapping[str, Any]) -> Iterator[str]:
    """Gives the lines of one table of an array; tables in it are written inline."""
    for key, value in item.items():
        yield f"{_key(key)} = {_literal(value)}"


def _is_table(value: object) -> bool:
    if isinstance(value, Mapping):
        return True
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(_key(part) for part in path)


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _string(key)


def _literal(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value) if math.isfinite(value) else str(value)
        case str():
            return _long_string(value) if "\n" in value else _string(value)
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
        case list() | Mapping():
            return _inline(value)
    raise TypeError(f"no TOML form for {type(value).__name__}")


def _inline(value: object) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_inline(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return _literal(value)


def _escape(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    return f"\\u{ord(char):04X}" if ord(char) < 0x20 or ord(char) == 0x7F else char


def _string(value: str) -> str:
    return '"' + "".join(map(_escape, value)) + '"'


def _long_string(value: str) -> str:
    return '"""\n' + "".join(c if c == "\n" else _escape(c) for c in value) + '"""'
