"""``--help`` in the reader's language: click's own words too, which come only in English."""

from __future__ import annotations

from collections.abc import Iterable

import click

from pipeline.catalogue.phrases import in_chinese
from pipeline.texts import language


class Formatter(click.HelpFormatter):
    """Lays help out as click does, in Chinese where Chinese is read."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Writes how a command is called."""
        super().write_usage(prog, _told(args), _told(prefix or "Usage: "))

    def write_heading(self, heading: str) -> None:
        """Writes a heading."""
        super().write_heading(_told(heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Writes options or commands with what they mean."""
        super().write_dl([(name, _told(text)) for name, text in rows], col_max, col_spacing)


class Context(click.Context):
    """A call of a command whose help is laid out by :class:`Formatter`."""

    formatter_class = Formatter


def _told(text: str) -> str:
    return in_chinese(text, group="help") if language() == "zh-Hans" else text
