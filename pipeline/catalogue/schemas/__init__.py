"""JSON Schemas of the three records, generated from the types.

``python -m pipeline.catalogue.schemas`` writes the schemas, the client's TypeScript types and the tables of
``docs/data``; tests fail when one of them is stale. msgspec's own generator does not encode a default of type
:class:`Text` and knows no field descriptions; hence this one, for the few kinds of types the records use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import inspect as types

from ..artifact import Artifact
from ..capture import Capture
from ..derivative import Manifest
from ..text import Text, encode_hook, schema_hook
from .docstrings import attributes, summary

RECORDS: dict[str, type[msgspec.Struct]] = {"artifact": Artifact, "capture": Capture, "manifest": Manifest}
"""The records that lie on disk, by the name of their schema file."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PLAIN: dict[type[types.Type], dict[str, Any]] = {
    types.AnyType: {},
    types.BoolType: {"type": "boolean"},
    types.DateType: {"type": "string", "format": "date"},
    types.FloatType: {"type": "number"},
    types.IntType: {"type": "integer"},
    types.NoneType: {"type": "null"},
    types.StrType: {"type": "string"},
}


def schema(name: str) -> dict[str, Any]:
    """Gives the JSON Schema (2020-12) of one of :data:`RECORDS`."""
    definitions: dict[str, Any] = {}
    root = _schema_of(types.type_info(RECORDS[name]), definitions)
    return {
        "$schema": _DIALECT,
        "title": f"mobile-museum/{name}/1",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _schema_of(kind: types.Type, definitions: dict[str, Any]) -> dict[str, Any]:
    """Gives the schema of a type; records and :class:`Text` go to the definitions."""
    if isinstance(kind, types.StructType):
        return _defined(kind.cls.__name__, lambda: _record(kind, definitions), definitions)
    if isinstance(kind, types.CustomType) and kind.cls is Text:
        return _defined("Text", lambda: schema_hook(Text), definitions)
    made: dict[str, Any] = {}
    match kind:
        case types.LiteralType(values=values):
            made = {"enum": [*values]}
        case types.UnionType(types=members):
            made = {"anyOf": [_schema_of(member, definitions) for member in members]}
        case types.VarTupleType(item_type=item):
            made = {"type": "array", "items": _schema_of(item, definitions)}
        case types.TupleType(item_types=items):
            size = {"minItems": len(items), "maxItems": len(items), "items": False}
            made = {"type": "array", "prefixItems": [_schema_of(item, definitions) for item in items]} | size
        case types.DictType(value_type=value):
            made = {"type": "object", "additionalProperties": _schema_of(value, definitions)}
        case _:
            made = dict(_PLAIN[type(kind)])
    return made


def _defined(name: str, make: Callable[[], dict[str, Any]], definitions: dict[str, Any]) -> dict[str, Any]:
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = make()
    return {"$ref": f"#/$defs/{name}"}


def _record(kind: types.StructType, definitions: dict[str, Any]) -> dict[str, Any]:
    descriptions = attributes(kind.cls)
    properties = {}
    for field in kind.fields:
        described = {"description": descriptions[field.name]} if field.name in descriptions else {}
        properties[field.encode_name] = _schema_of(field.type, definitions) | described | _default(field)
    return {
        "type": "object",
        "title": kind.cls.__name__,
        "description": summary(kind.cls),
        "properties": properties,
        "required": [field.encode_name for field in kind.fields if field.required],
        "additionalProperties": False,
    }


def _default(field: types.Field) -> dict[str, Any]:
    """Gives the default where it says something: none for records, empty texts and empty lists."""
    default = field.default
    if default is msgspec.NODEFAULT or isinstance(default, msgspec.Struct | Text) or default == ():
        return {}
    return {"default": msgspec.to_builtins(default, enc_hook=encode_hook)}
