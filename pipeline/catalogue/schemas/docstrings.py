"""Takes the descriptions of a record out of its docstring, so that they are written once."""

from __future__ import annotations

import inspect
import re

import msgspec

_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.*)$")


def summary(kind: type[msgspec.Struct]) -> str:
    """Gives the docstring up to ``Attributes:``, as one line a paragraph."""
    paragraphs = _halves(kind)[0].strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def attributes(kind: type[msgspec.Struct]) -> dict[str, str]:
    """Gives the lines of the ``Attributes:`` section: field -> description."""
    found: dict[str, str] = {}
    name = ""
    for line in _halves(kind)[1].splitlines():
        match = _ATTRIBUTE.match(line)
        if match:
            name = match[1]
            found[name] = match[2].strip()
        elif name and line.strip():
            found[name] += " " + line.strip()
    return found


def _halves(kind: type[msgspec.Struct]) -> tuple[str, str]:
    head, _, tail = (inspect.getdoc(kind) or "").partition("Attributes:\n")
    return head, tail
