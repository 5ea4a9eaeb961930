"""On which line of a TOML file a key stands. ``tomllib`` tells that for broken syntax only."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator

Path = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=(.*)", re.DOTALL)
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]")


def line_of(text: str, path: Path) -> int | None:
    """Gives the line (from 1) of a key, or of the nearest table around it; None where nothing of it is found.

    ``path`` is keys and positions, for example ``("files", 2, "sha256")``.
    """
    best, best_depth = None, 0
    for number, here in _places(text):
        depth = len(here)
        if depth > best_depth and path[:depth] == here:
            best, best_depth = number, depth
    return best


def _places(text: str) -> Iterator[tuple[int, Path]]:
    """Gives every line that opens a table or a key, with the path it stands for."""
    table: Path = ()
    counts: Counter[Path] = Counter()
    quotes = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if quotes:
            quotes = "" if quotes in line else quotes
            continue
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _nested(_parts(header[2]), counts)
            if header[1] == "[[":
                position = counts[table]
                counts[table] += 1
                table = (*table, position)
            yield number, table
        elif key:
            yield number, (*table, *_parts(key[1]))
            quotes = _opened(key[2])


def _nested(parts: Path, counts: Counter[Path]) -> Path:
    """``[files.lens]`` after two ``[[files]]`` belongs to the second of them."""
    path: Path = ()
    for part in parts[:-1]:
        path = (*path, part)
        if counts[path]:
            path = (*path, counts[path] - 1)
    return (*path, parts[-1])


def _opened(value: str) -> str:
    """Gives the quotes of a multi-line string that begins in ``value`` and does not end there."""
    for quotes in ('"""', "'''"):
        if value.strip().startswith(quotes) and value.count(quotes) == 1:
            return quotes
    return ""


def _parts(dotted: str) -> Path:
    table = tomllib.loads(f"{dotted} = 0")
    path: list[str] = []
    while isinstance(table, dict):
        (key, table), *_ = table.items()
        path.append(key)
    return tuple(path)
