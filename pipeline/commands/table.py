"""What came of many objects: a table to read, and a file for programs."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.cache import write
from pipeline.catalogue.finding import number
from pipeline.errors import Refused
from pipeline.executor.messages import Record
from pipeline.sentence import sentence
from pipeline.texts import language, say

SUFFIXES = (".csv", ".json")
_ORDER = ("made", "current", "refused", "failed", "stopped")
_COLUMNS = (
    "object",
    "result",
    "seconds",
    "triangles",
    "bytes",
    "mean_mm",
    "p95_mm",
    "max_mm",
    "warnings",
    "failures",
    "reason",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def hold_suffix(path: Path) -> None:
    """Refuses a file whose format is not known, before anything is done."""
    if path.suffix.lower() not in SUFFIXES:
        raise Refused(f"a summary ends in {' or '.join(SUFFIXES)}", where=str(path), do="give it such a name")
    if path.is_dir():
        raise Refused("this is a folder", where=str(path), do="give the name of a file")


def show_table(records: Sequence[Record]) -> None:
    """Prints a row for each object that was worked on, and how many came to what."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 140)
    told = [record for record in records if record.result not in ("current", "stopped")]
    if told:
        table = Table(box=None, pad_edge=False)
        table.add_column(say("object"), overflow="fold")
        table.add_column(say("result"))
        for heading in ("seconds", "finest", "findings"):
            table.add_column(say(heading), justify="right")
        table.add_column(say("reason"), overflow="fold", ratio=1)
        for record in told:
            table.add_row(record.object, say(f"result-{record.result}"), *_figures(record), reason(record))
        console.print(table)
    counts = {result: sum(record.result == result for record in records) for result in _ORDER}
    parts = [f"{say(f'result-{result}')} {count}" for result, count in counts.items() if count]
    console.print(say("total-line", count=len(records), parts=say("comma").join(parts)), soft_wrap=True)


def _figures(record: Record) -> tuple[str, str, str]:
    finest = "–" if record.p95_mm is None else f"{_short(record.p95_mm)} / {_short(record.max_mm or 0.0)}"
    found = record.warnings + record.failures
    seconds = f"{record.seconds:.1f}" if record.seconds else "–"
    return seconds, finest, str(found) if found or record.result == "made" else "–"


def reason(record: Record) -> str:
    """Gives the worst that there is to say of an object, in the reader's language; empty if all is well."""
    if record.trouble is not None:
        return sentence(record.trouble.error, language())
    return record.worst.sentence(language()) if record.worst else ""


def write_summary(path: Path, records: Sequence[Record]) -> None:
    """Writes what came of each object.

    Args:
        path: ``.csv`` (UTF-8 with its mark, as spreadsheets want it) or ``.json``.
        records: of all objects.
    """
    rows = [_row(record) for record in records]
    if path.suffix.lower() == ".json":
        write(path, [msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n"])
        return
    text = io.StringIO()
    table = csv.DictWriter(text, _COLUMNS, extrasaction="ignore", lineterminator="\r\n")
    table.writeheader()
    table.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    write(path, [text.getvalue().encode("utf-8-sig")])


def _row(record: Record) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(record, name) for name in _COLUMNS[:-1]}
    row["seconds"] = round(record.seconds, 2)
    row["reason"] = reason(record)
    if record.trouble is not None:
        trouble = record.trouble
        row["error"] = {"what": trouble.what, "where": trouble.where, "do": trouble.do}
    if record.worst is not None:
        row["finding"] = record.worst
    return row


def _cell(value: object) -> object:
    """Names of files are not ours: none is to become a formula in a spreadsheet."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _short(millimetres: float) -> str:
    return number(float(f"{millimetres:.3g}"))
