"""Reads and writes the three records: ``artifact.toml``, ``capture.toml``, ``manifest.json``.

Reading is bounded and strict: what does not fit the types is refused with file, line, key and what is
allowed. Writing is atomic (a temporary name in the same folder, then rename) and gives the same bytes for the
same record.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TypeVar

import msgspec

from pipeline.errors import Refused

from . import toml_write
from .artifact import Artifact
from .capture import Capture
from .derivative import Manifest
from .folders import ObjectFolder, objects
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

_MAX_BYTES = 32 * 1024 * 1024
_Record = TypeVar("_Record", bound=msgspec.Struct)


def read_artifact(path: Path) -> Artifact:
    """Reads ``artifact.toml``.

    Raises:
        Refused: the file is missing, no TOML or does not fit :class:`Artifact`.
    """
    return _read_toml(path, Artifact)


def read_capture(path: Path) -> Capture:
    """Reads ``capture.toml``.

    Raises:
        Refused: the file is missing, no TOML or does not fit :class:`Capture`.
    """
    return _read_toml(path, Capture)


def read_manifest(path: Path) -> Manifest:
    """Reads ``manifest.json``.

    Raises:
        Refused: the file is missing, no JSON or does not fit :class:`Manifest`.
    """
    try:
        return msgspec.json.decode(_bounded(path), type=Manifest, dec_hook=decode_hook)
    except msgspec.DecodeError as error:
        raise Refused(str(error), where=str(path)) from error


def write_toml(record: msgspec.Struct, path: Path) -> None:
    """Writes a record as TOML; readers see the old file or the new one, never half of it."""
    _replace(path, toml_write.dumps(record).encode())


def write_json(record: msgspec.Struct, path: Path) -> None:
    """Writes a record as indented JSON in the order of its fields, atomically."""
    plain = msgspec.json.encode(record, enc_hook=encode_hook)
    _replace(path, msgspec.json.format(plain, indent=2) + b"\n")


def _read_toml(path: Path, kind: type[_Record]) -> _Record:
    try:
        return msgspec.toml.decode(_bounded(path), type=kind, dec_hook=decode_hook)
    except msgspec.DecodeError as error:
        raise Refused(str(error), where=str(path)) from error


def _bounded(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise Refused(error.strerror or "cannot be read", where=str(path)) from error
    if len(content) > _MAX_BYTES:
        raise Refused(f"the file is larger than {_MAX_BYTES >> 20} MiB", where=str(path))
    return content


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
