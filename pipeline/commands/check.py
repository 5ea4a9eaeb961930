"""``museum check PATH…``: looks at scans before work and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.catalogue.phrases import in_language
from pipeline.texts import evidence, language, say

if TYPE_CHECKING:
    from pipeline.check import Check
    from pipeline.scan import Scan


@click.command("check", help=say("check"))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--unit", type=click.Choice(("m", "cm", "mm", "in", "ft")), help=say("option-unit"))
@click.option("--as-one", is_flag=True, help=say("option-as-one"))
def command(paths: tuple[Path, ...], unit: str | None, as_one: bool) -> int:
    """Prints a table for each path; exit code 2 when the register disagrees with a scan's size."""
    from pipeline import scan
    from pipeline.asked import Options
    from pipeline.check import examine
    from pipeline.commands.show import progress
    from pipeline.progress import stage

    scans = scan.find(paths, as_one=as_one)
    agreed = True
    for one in scans:
        with progress(one.slug), stage("read"):
            check = examine(one, Options(unit=unit))  # type: ignore[arg-type]
        _print(one, check)
        agreed = agreed and check.agrees is not False
    return 0 if agreed else 2


def _print(scan: Scan, check: Check) -> None:
    from rich.console import Console
    from rich.table import Table

    from pipeline.commands.show import tell

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in _rows(scan, check):
        table.add_row(say(name), value)
    console = Console(highlight=False, markup=False)
    console.print(table)
    for finding in check.findings:
        mark = {"info": "·", "warning": "!", "failure": "✗"}[finding.level]
        tell(console, f"{mark} {finding.sentence(language())}")


def _rows(scan: Scan, check: Check) -> Iterator[tuple[str, str]]:
    from pipeline.unit import size_text

    yield "file", "\n".join(model.name for model in scan.models)
    yield "format", check.format
    yield "unit", f"{check.unit.unit} ({evidence(check.unit.evidence)})"
    yield "box", f"{size_text(check.size_mm, sort=False)} (x, y, z)"
    if check.agrees is None:
        yield "register", say("not-registered")
    else:
        size = size_text(check.register_mm)
        yield "register", say("agrees" if check.agrees else "disagrees", size=size)
        if check.agrees_mm:
            yield "main-part", say("main-part-text", size=size_text(check.agrees_mm))
    if check.points:
        yield "points", f"{check.points:,}"
        yield "sensors", f"{check.sensors:,}" if check.sensors else say("unknown")
    else:
        yield from _mesh_rows(check)
    up = check.up
    yield "up", f"{up.axis} ({in_language(up.evidence, language())})" if up else say("up-after-mesh")
    textures = [f"{name} {width} × {height}" for name, width, height in check.textures]
    yield "textures", "\n".join(textures) or say("none")
    yield "colours", say("yes" if check.colours else "no")


def _mesh_rows(check: Check) -> Iterator[tuple[str, str]]:
    from pipeline.unit import size_text

    yield "triangles", f"{check.triangles:,}"
    yield "vertices", f"{check.vertices:,}"
    if check.pieces > 1:
        yield "pieces", say("pieces-text", count=check.pieces, share=check.largest_share)
    yield "holes", f"{check.holes} (≤ {size_text([check.largest_hole_mm])})" if check.holes else "0"
    yield "edges", f"{check.crowded_edges:,}"
