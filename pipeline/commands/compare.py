"""``museum compare A B``: how far two meshes are apart, as a table and as a report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.catalogue.finding import number
from pipeline.texts import evidence, language, say

if TYPE_CHECKING:
    from pipeline.catalogue.capture import Unit
    from pipeline.catalogue.proof import Verdict
    from pipeline.comparison import Comparison, Mesh
    from pipeline.measure.thresholds import Thresholds
    from pipeline.report.tables import Row

UNITS = ("m", "cm", "mm", "in", "ft")
SIGNS = {"pass": "✓", "warn": "!", "fail": "✗"}


@click.command("compare", help=say("compare"))
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option("--unit", type=click.Choice(UNITS), help=say("option-compare-unit"))
@click.option("--screen-px", type=click.IntRange(1, 100_000), help=say("option-screen-px"))
@click.option("--samples", type=click.IntRange(1000, 10_000_000), help=say("option-samples"))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help=say("option-compare-out"))
def command(  # noqa: PLR0917 - one parameter an option, as click wants it
    a: Path, b: Path, unit: Unit | None, screen_px: int | None, samples: int | None, out: Path | None
) -> None:
    """Measures B against A, prints the figures and writes ``report.html`` and ``report.json``."""
    from pipeline.cache import write_together
    from pipeline.commands.show import progress
    from pipeline.comparison import compared
    from pipeline.measure.proof import SAMPLES
    from pipeline.progress import stage
    from pipeline.report.sides import side_by_side
    from pipeline.report.tables import Column, rows
    from pipeline.report.versus import comparison_report

    target = _target(out or Path(f"{a.stem}-{b.stem}"))
    limits = _limits()
    with progress(f"{a.name} · {b.name}"):
        found = compared(a, b, given=unit, screen_px=screen_px, samples=samples or SAMPLES)
        with stage("compare"):
            sides = side_by_side(*found.surfaces)
    known, verdicts = _judged(found, limits)
    table = rows([Column(known, verdicts)])
    target.mkdir(parents=True, exist_ok=True)
    files = comparison_report(found, verdicts, table, sides)
    write_together({target / name: [data] for name, data in files.items()})
    _print(found, table)
    click.echo(say("folder-line", out=target))


def _target(folder: Path) -> Path:
    """The folder for the report, which must not hold another object's results.

    Raises:
        Refused: it does.
    """
    from pipeline.catalogue.folders import MANIFEST
    from pipeline.errors import Refused

    if (folder / MANIFEST).exists():
        raise Refused(
            f"the folder holds the results of {folder.absolute().name}",
            where=str(folder),
            do="choose another --out",
        )
    return folder


def _limits() -> Thresholds:
    """The program's limits and those of the museum's own file in ``models/``."""
    from pipeline.measure.thresholds import NAME, thresholds
    from pipeline.scan import project_folder

    own = project_folder() / "models" / NAME
    return thresholds([own] if own.is_file() else [])


def _judged(found: Comparison, limits: Thresholds) -> tuple[dict[str, float], tuple[Verdict, ...]]:
    """The figures by name, and the verdicts of those that have limits for every level."""
    from pipeline.measure.verdicts import figures_of, verdicts

    proven = found.proven
    if proven.proof is None:
        return {}, ()
    known = figures_of(proven.deviation, proven.colour, proven.proof)
    return known, verdicts(known, limits.of("", ""))


def _print(found: Comparison, table: list[Row]) -> None:
    from rich.console import Console
    from rich.table import Table

    from pipeline.commands.show import tell

    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 190)
    meshes = Table(box=None, pad_edge=False)
    for heading in ("compared-mesh", "format", "unit", "triangles", "vertices", "box", "span"):
        meshes.add_column(say(heading), justify="right" if heading in {"triangles", "vertices"} else "left")
    for mesh in (found.a, found.b):
        meshes.add_row(*_mesh(mesh))
    console.print(meshes, "")
    off = found.proven.deviation
    ways = Table(box=None, pad_edge=False)
    ways.add_column("")
    ways.add_column(say("deviation"), justify="right")
    for names, way in (("A → B", off.scan_to_model), ("B → A", off.model_to_scan)):
        ways.add_row(names, " / ".join(number(value) for value in way))
    console.print(ways, "")
    figures = Table(box=None, pad_edge=False)
    for heading, side in (("figure", "left"), ("value", "right"), ("limits", "right")):
        figures.add_column(say(heading), justify=side)  # type: ignore[arg-type]
    for row in table:
        cell = row.cells[0]
        mark = SIGNS[cell.verdict.outcome] if cell.verdict else " "
        figures.add_row(row.en if language() == "en" else row.zh, f"{cell.text} {mark}", row.limits)
    console.print(figures)
    for finding in found.findings:
        tell(console, f"! {finding.sentence(language())}")


def _mesh(mesh: Mesh) -> tuple[str, ...]:
    from pipeline.unit import size_text

    low, high = (
        ", ".join(number(round(value, 3)) for value in corner) for corner in (mesh.low_mm, mesh.high_mm)
    )
    return (
        mesh.name,
        mesh.format,
        f"{mesh.unit.unit} ({evidence(mesh.unit.evidence)})",
        f"{mesh.triangles:,}",
        f"{mesh.vertices:,}",
        size_text(mesh.size_mm, sort=False),
        say("box-from-to", low=low, high=high),
    )
