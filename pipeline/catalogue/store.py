"""Reads and writes the three records: ``artifact.toml``, ``capture.toml``, ``manifest.json``.

Reading is bounded and strict: what does not fit the types is refused with file, line, key and what is
allowed. Writing is atomic (a temporary name in the same folder, then rename) and gives the same bytes for the
same record.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pipeline.errors import Failed, Refused

from . import explain, reading, toml_write
from .artifact import Artifact
from .capture import Capture
from .check import check, sane_numbers
from .derivative import Manifest
from .folders import ObjectFolder, objects
from .locate import line_of
from .text import decode_hook, encode_hook

__all__ = [
    "ObjectFolder",
    "objects",
    "read_artifact",
    "read_capture",
    "read_manifest",
    "write_json",
    "write_toml",
]

_Record = TypeVar("_Record", Artifact, Capture, Manifest)


def read_artifact(path: Path) -> Artifact:
    """Reads ``artifact.toml``.

    Raises:
        Refused: the file is missing, no TOML, does not fit :class:`Artifact`, or holds an unknown code.
    """
    return _read_toml(path, Artifact)


def read_capture(path: Path) -> Capture:
    """Reads ``capture.toml``.

    Raises:
        Refused: the file is missing, no TOML, does not fit :class:`Capture`, or names a
            file outside its folder.
    """
    return _read_toml(path, Capture)


def read_manifest(path: Path) -> Manifest:
    """Reads ``manifest.json``.

    Raises:
        Refused: the file is missing, no JSON, does not fit :class:`Manifest`, or names a
            file outside its folder.
    """
    text = reading.text(path, reading.MANIFEST_BYTES)
    return _record(reading.json_table(text, path), Manifest, path, lambda _: None)


def write_toml(record: msgspec.Struct, path: Path) -> None:
    """Writes a record as TOML; readers see the old file or the new one, never half of it."""
    _replace(path, toml_write.dumps(record).encode())


def write_json(record: msgspec.Struct, path: Path) -> None:
    """Writes a record as indented JSON in the order of its fields, atomically.

    Raises:
        Failed: see :func:`json_of`; or it cannot be written.
    """
    _replace(path, json_of(record, path))


def json_of(record: msgspec.Struct, path: Path) -> bytes:
    """Gives a record as indented JSON in the order of its fields.

    Raises:
        Failed: the record could not be read again, as with a number that is none (JSON has no NaN).
    """
    plain = msgspec.json.encode(record, enc_hook=encode_hook)
    try:
        msgspec.json.decode(plain, type=type(record), dec_hook=decode_hook)
    except msgspec.DecodeError as error:
        raise Failed(f"the record cannot be written as JSON: {error}", where=str(path)) from error
    return msgspec.json.format(plain, indent=2) + b"\n"


def _read_toml(path: Path, kind: type[_Record]) -> _Record:
    text = reading.text(path, reading.TOML_BYTES)
    return _record(reading.toml_table(text, path), kind, path, lambda key: line_of(text, key))


def _record(
    table: dict[str, Any], kind: type[_Record], path: Path, line: Callable[[explain.Path], int | None]
) -> _Record:
    """Gives the record, or refuses with the first thing wrong and how many more there are."""
    found: list[explain.Problem]
    record: _Record
    try:
        record = msgspec.convert(table, kind, dec_hook=decode_hook)
    except msgspec.ValidationError as error:
        found = list(explain.problems(table, kind)) or [explain.Problem((), str(error))]
    else:
        found = [*check(record), *sane_numbers(table)]
        if not found:
            return record
    first = found[0]
    number = line(first.path)
    more = f" ({len(found) - 1} more after this)" if len(found) > 1 else ""
    raise Refused(first.what + more, where=f"{path}, line {number}" if number else str(path), do=first.do)


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # a power cut must not leave the name of a record without its content
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failed(f"cannot be written: {reason.lower()}", where=str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)
