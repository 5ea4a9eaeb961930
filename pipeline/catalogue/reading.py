"""From a file to its text and its table: bounded, UTF-8 only, refused in words that tell what to do."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from pipeline.errors import Refused

TOML_BYTES = 4 * 1024 * 1024
"""Largest record written by people: a capture of 20,000 photographs stays under it."""

MANIFEST_BYTES = 32 * 1024 * 1024
"""Largest manifest."""

DOTS_MAX = 64
"""Dots on one line outside of strings. Python's parser takes time with the square of a key's parts: a key of
100,000 parts, 200 KB, would hold it for minutes."""

_TOML_PIECE = re.compile(
    r""""{3}(?s:\\.|[^\\])*?"{3}|'{3}(?s:.)*?'{3}|"(?:\\.|[^"\\\n])*+"|'[^'\n]*+'|#[^\n]*+|[^"'#]++"""
)
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_SAVE_AS_UTF8 = "open it in an editor and save it as UTF-8"


def text(path: Path, max_bytes: int) -> str:
    """Gives the text of a file; reads at most ``max_bytes`` and one byte. A UTF-8 byte order mark is dropped.

    Raises:
        Refused: no such file, not readable, too large, or not UTF-8.
    """
    content = _content(path, max_bytes)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("the file is saved as UTF-16", where=str(path), do=_SAVE_AS_UTF8)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        guess = ", but looks like GBK (ANSI)" if _is_gbk(content) else ""
        raise Refused(
            f"the file is not UTF-8{guess}", where=f"{path}, line {line}", do=_SAVE_AS_UTF8
        ) from None


def toml_table(content: str, path: Path) -> dict[str, Any]:
    """Gives the table of a TOML text.

    Raises:
        Refused: broken syntax, with its line.
    """
    _short_keys(content, path)
    try:
        return tomllib.loads(content)
    except RecursionError:
        raise Refused("the file is nested too deeply", where=str(path)) from None
    except ValueError as error:
        place = _TOML_PLACE.search(str(error))
        reason = _TOML_PLACE.sub("", str(error)).strip()
        where = f"{path}, line {place[1]}" if place else str(path)
        column = f" at column {place[2]}" if place else ""
        raise Refused(f"no valid TOML{column}: {_lowered(reason)}", where=where) from None


def json_table(content: str, path: Path) -> dict[str, Any]:
    """Gives the table of a JSON text.

    Raises:
        Refused: broken syntax, with its line, or no table.
    """
    try:
        table = json.loads(content, parse_constant=_refuse_constant)
    except RecursionError:
        raise Refused("the file is nested too deeply", where=str(path)) from None
    except json.JSONDecodeError as error:
        where = f"{path}, line {error.lineno}"
        raise Refused(f"no valid JSON at column {error.colno}: {_lowered(error.msg)}", where=where) from None
    except ValueError as error:
        raise Refused(f"no valid JSON: {_lowered(str(error))}", where=str(path)) from None
    if not isinstance(table, dict):
        raise Refused("the file holds no table", where=str(path))
    if _HALF_CHARACTER.search(content) and not _is_unicode(table):
        raise Refused("the file holds half a character (a lone \\ud800 to \\udfff)", where=str(path))
    return table


def _short_keys(content: str, path: Path) -> None:
    """Refuses keys of very many parts; what stands after a string without end is no matter of this."""
    at, dots, line = 0, 0, 1
    while piece := _TOML_PIECE.match(content, at):
        at = piece.end()
        if piece[0][0] not in "\"'#":
            for number, part in enumerate(piece[0].split("\n")):
                dots = part.count(".") + (0 if number else dots)
                if dots > DOTS_MAX:
                    raise Refused(
                        "the line has a key of too many parts", where=f"{path}, line {line + number}"
                    )
        elif "\n" in piece[0]:
            dots = 0
        line += piece[0].count("\n")


def _is_unicode(table: dict[str, Any]) -> bool:
    """Tells whether every text can be written again; JSON's escapes can name what is no character."""
    try:
        json.dumps(table, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _content(path: Path, max_bytes: int) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise Refused("not a file", where=str(path))
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    except FileNotFoundError:
        raise Refused("there is no such file", where=str(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Refused(f"cannot be read: {_lowered(reason)}", where=str(path)) from None
    if len(content) > max_bytes:
        raise Refused(
            f"the file is larger than {max_bytes >> 20} MiB, too large for a record", where=str(path)
        )
    return content


def _refuse_constant(name: str) -> None:
    raise ValueError(f"a number is {name}")


def _is_gbk(content: bytes) -> bool:
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _lowered(reason: str) -> str:
    return reason[:1].lower() + reason[1:]
