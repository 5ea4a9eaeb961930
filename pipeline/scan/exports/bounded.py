"""Reads the small files of an export: never more than is allowed, no entities, nothing that a file orders.

Whatever is wrong with one of them is no reason to stop: the model may be sound. It becomes
:class:`Unread`, which the recogniser turns into a finding.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from lzma import LZMAError
from pathlib import Path
from typing import TypeVar
from xml.parsers import expat

import msgspec

from pipeline.formats.decode import decode

TEXT_MAX_BYTES = 1 << 20
JSON_MAX_BYTES = 64 << 20
"""A ``cameras.sfm`` of 5,000 views has 20 MB, half of it the photographs' own notes."""
XML_MAX_BYTES = 64 << 20
"""A ``cameras.xml`` of 20,000 photographs has 16 MB."""
ZIP_MAX_BYTES = 64 << 20
"""The ZIPs of a Metashape project hold one XML each; a list of millions of names would fill the memory."""
DEPTH_MAX = 64
_PIECE = 1 << 16

_NO_ZIP = (zipfile.BadZipFile, zlib.error, LZMAError, KeyError, OSError, RuntimeError, EOFError, ValueError)
"""What the standard library raises for a ZIP that is damaged, encrypted or packed in an unknown way."""

T = TypeVar("T")
Attributes = dict[str, str]


class Unread(Exception):
    """A file of an export that cannot be used, with the reason in words."""


def text(path: Path, most: int = TEXT_MAX_BYTES) -> str:
    """Gives the text of a small file.

    Raises:
        Unread: it is larger than that, or cannot be opened.
    """
    return decode(_raw(path, most))


def json(path: Path, kind: type[T]) -> T:
    """Gives what a JSON file says, as far as a type asks for it; the rest is passed over, not built.

    Raises:
        Unread: too large, or no JSON of that shape.
    """
    raw = _raw(path, JSON_MAX_BYTES)
    try:
        return msgspec.json.decode(raw, type=kind, strict=False)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Unread("not the JSON that this program writes") from error


def xml(path: Path, found: Callable[[tuple[str, ...], Attributes, str], None]) -> None:
    """Walks an XML file: ``found`` gets every element when it ends, with its path, attributes and text.

    Several roots one after another are allowed: RealityCapture writes them so.

    Raises:
        Unread: too large, not well-formed, too deep, or with a document type: entities could grow without
        end.
    """
    walk(_pieces(path), found)


def xml_in_zip(path: Path, member: str, found: Callable[[tuple[str, ...], Attributes, str], None]) -> None:
    """As :func:`xml`, for a file inside a ZIP; it is never unpacked to disk.

    Raises:
        Unread: no such ZIP or member, or as :func:`xml`.
    """
    if size_of(path) > ZIP_MAX_BYTES:
        raise Unread("larger than any export")
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            walk(iter(lambda: file.read(_PIECE), b""), found)
    except _NO_ZIP as error:
        raise Unread("not the ZIP that this program writes") from error


def walk(pieces: Iterator[bytes], found: Callable[[tuple[str, ...], Attributes, str], None]) -> None:
    """Walks XML that comes in pieces; see :func:`xml`."""
    parser = expat.ParserCreate()
    path: list[str] = []
    attributes: list[Attributes] = []
    words: list[list[str]] = []

    def start(name: str, given: Attributes) -> None:
        if len(path) >= DEPTH_MAX:
            raise Unread("nested deeper than any export")
        path.append(name)
        attributes.append(given)
        words.append([])

    def end(_name: str) -> None:
        here, mine, said = tuple(path[1:]), attributes.pop(), "".join(words.pop()).strip()
        path.pop()
        if here:
            found(here, mine, said)

    def characters(said: str) -> None:
        if len(words[-1]) < 1024:
            words[-1].append(said)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = characters
    total = 0
    try:
        for number, piece in enumerate(pieces):
            total += len(piece)
            if total > XML_MAX_BYTES:
                raise Unread("larger than any export")
            parser.Parse(_opened(piece) if number == 0 else piece, False)
        parser.Parse(b"</all>", True)
    except expat.ExpatError as error:
        raise Unread("not well-formed XML") from error


def _opened(piece: bytes) -> bytes:
    """The first piece inside a root of its own, without byte order mark and declaration."""
    if b"<!DOCTYPE" in piece:  # inside the root it would not be well-formed either; so the reason is told
        raise Unread("it declares a document type, and entities could grow without end")
    piece = piece.removeprefix(b"\xef\xbb\xbf").lstrip()
    if piece.startswith(b"<?xml"):
        piece = piece[piece.find(b"?>") + 2 :]
    return b"<all>" + piece


def size_of(path: Path) -> int:
    """Gives the bytes of a file, 0 where it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def head(path: Path, most: int = _PIECE) -> bytes:
    """Gives the first bytes of a file, none where it cannot be opened."""
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError:
        return b""


def _pieces(path: Path) -> Iterator[bytes]:
    if size_of(path) > XML_MAX_BYTES:
        raise Unread("larger than any export")
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        raise Unread("it cannot be opened") from error


def _raw(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > most:
                raise Unread("larger than any export")
            return file.read(size)
    except OSError as error:
        raise Unread("it cannot be opened") from error
