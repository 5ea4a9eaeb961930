"""Rows to CSV and to the table in the docs, with the machine and the commit they were made on."""

from __future__ import annotations

import csv
import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from benchmarks import verdict
from benchmarks.inputs import NAMES
from benchmarks.measured import Run
from benchmarks.row import Row

RESULTS = Path(__file__).parent / "results"
DOC = Path(__file__).resolve().parent.parent / "docs" / "benchmark.md"


def total(name: str, tool: str, spent: Run, rows: list[Row], *, rss_limit_mb: float = 0.0) -> Row:
    """Gives the row ``all``: the tool's time and memory for the whole list of files, bytes added up."""
    row = Row(
        name,
        tool,
        "all",
        spent.seconds,
        spent.peak_rss_mb,
        sum(r.bytes for r in rows),
        sum(r.bytes_wire for r in rows),
        *[0] * 8,
        rss_limit_mb,
    )
    print(
        f"  {tool:28} all    {spent.seconds:7.2f} s {spent.peak_rss_mb:6.0f} MB {row.bytes_wire:>9} B",
        flush=True,
    )
    return row


def nothing_left(name: str, tool: str, level: str, path: Path, spent: Run) -> Row:
    """Gives the row of a file in which no triangle of the scan is left: nothing is measured of it."""
    size = path.stat().st_size
    return Row(name, tool, level, spent.seconds, spent.peak_rss_mb, size, size, *[0] * 7)


def write(rows: list[Row], folder: Path = RESULTS, doc: Path = DOC) -> None:
    """Writes ``relic.csv`` and the table in the docs; inputs that were not run keep their rows, if those are
    of a machine like this one."""
    folder.mkdir(exist_ok=True)
    path, at = folder / "relic.csv", commit()
    new = [replace(row, commit=row.commit or at) for row in rows]
    run = {row.input for row in new}
    merged = [row for row in _before(path) if row.input not in run] + new
    merged.sort(key=lambda row: NAMES.index(row.input) if row.input in NAMES else len(NAMES))
    with path.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([f"# {machine()}"])
        names = [f.name for f in fields(Row)]
        out.writerow(names)
        out.writerows([_cell(getattr(row, n)) for n in names] for row in merged)
    doc.write_text(_document(merged), encoding="utf-8")


def _before(path: Path) -> list[Row]:
    """The rows that a file holds; none where it is of another machine."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        head = next(csv.reader(file))[0]
        if not head.startswith(f"# {machine()}"):
            return []
        kinds = {f.name: _KINDS[str(f.type)] for f in fields(Row)}
        rows = [
            Row(**{name: kinds[name](cell) for name, cell in row.items()}) for row in csv.DictReader(file)
        ]
    at = head.partition("commit ")[2]  # of files from before each row had its own
    return [replace(row, commit=row.commit or at) for row in rows]


_KINDS: dict[str, Callable[[str], Any]] = {"str": str, "int": int, "float": float}


def machine() -> str:
    """Gives the machine in words: processors, memory, system, Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.machine()}, Python {platform.python_version()}"
    )


def commit() -> str:
    """Gives the commit the run was made on, with ``+`` where the tree had changes."""
    return _git("rev-parse", "--short", "HEAD") + ("+" if _git("status", "--porcelain", "-uno") else "")


def _git(*words: str) -> str:
    here = Path(__file__).parent
    done = subprocess.run(["git", *words], cwd=here, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _cell(value: object) -> object:
    return round(value, 5) if isinstance(value, float) else value


_HEAD = """# Benchmark: ours and the peers

Made by `make bench`, which overwrites this file (`make bench BENCH=laurana`: the rows of that input). Same
input, same run; peers start from the placed scan as a plain GLB in single precision with normals (a scan's
own, or smooth ones, as every exporter writes them) and are asked, level by level, for our triangles and
texture size (these tables), and once more for as many triangles as our bytes have room for (the bars below).
Time and memory are of the whole process tree; ours includes reading the scan, measuring, pictures and the
report. Deviation, SSIM (eight views, 1920×1080) and ΔE2000 (mean, at 100,000 points of the scan) are against
the unprocessed scan. The npm build of gltfpack neither resizes nor re-encodes textures.
"""

_COLUMNS = (
    "tool",
    "level",
    "s",
    "peak MB",
    "wire KB",
    "triangles",
    "texture",
    "mean mm",
    "p95 mm",
    "max mm",
    "SSIM",
    "ΔE2000",
)


def _document(rows: list[Row]) -> str:
    commits: dict[str, list[str]] = {}
    for row in rows:
        named = commits.setdefault(row.commit, [])
        named += [] if row.input in named else [row.input]
    told = "; ".join(f"{', '.join(named)}: commit {at}" for at, named in commits.items())
    out = [_HEAD, f"{machine()}. {told}. All figures: `benchmarks/results/relic.csv`."]
    for name in dict.fromkeys(r.input for r in rows):
        out += ["", f"## {name}", "", _line(_COLUMNS), "|---|---|" + "--:|" * (len(_COLUMNS) - 2)]
        out += [_line(_cells(r)) for r in rows if r.input == name and r.same == "triangles"]
    return "\n".join([*out, *verdict.lines(rows), ""])


def _colour(r: Row) -> str:
    return f"{r.colour_de2000:.2f}" if r.colour_de2000 else "–"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cells(r: Row) -> list[str]:
    spent = [f"{r.seconds:.2f}" if r.seconds else "", f"{r.peak_rss_mb:.0f}" if r.peak_rss_mb else ""]
    start = [r.tool, r.level, *spent, f"{r.bytes_wire / 1000:,.0f}"]
    if r.level == "all":
        return start + [""] * 7
    if not r.triangles:
        return [*start, "none left", *[""] * 6]
    gaps = [f"{r.deviation_mean_mm:.4f}", f"{r.deviation_p95_mm:.4f}", f"{r.deviation_max_mm:.3f}"]
    return [*start, f"{r.triangles:,}", str(r.texture_px or "–"), *gaps, f"{r.ssim_mean:.4f}", _colour(r)]
