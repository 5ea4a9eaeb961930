"""``museum process PATH…``: scans in, publishable models with their proof out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.texts import say

if TYPE_CHECKING:
    from pipeline.run import Options
    from pipeline.scan import Scan

UNITS = ("m", "cm", "mm", "in", "ft")
ALONE = "single"
"""What the site calls the collection of a folder of its own."""
AXES = ("+x", "-x", "+y", "-y", "+z", "-z")


@click.command("process", help=say("process"))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--recipe", default="relic", show_default=True, help="Name or path of the recipe.")
@click.option("--unit", type=click.Choice(UNITS), help="Unit of the scan's numbers.")
@click.option("--up", type=click.Choice(AXES), help="Axis of the scan that points up.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the results.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--force", is_flag=True, help="Do everything again.")
@click.option("--force-size", is_flag=True, help="Go on though the register says another size.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Levels made at the same time.")
def command(  # noqa: PLR0917 - one parameter an option, as click wants it
    paths: tuple[Path, ...],
    recipe: str,
    unit: str | None,
    up: str | None,
    out: Path | None,
    dry_run: bool,
    force: bool,
    force_size: bool,
    jobs: int | None,
) -> int:
    """Processes each path as an object of its own; one that is refused does not stop the others."""
    from pipeline import scan
    from pipeline.run import Options

    options = Options(recipe, unit, up, force, force_size, jobs)  # type: ignore[arg-type]
    scans = scan.find(paths, out)
    if dry_run:
        for one in scans:
            _plan(one, options)
        return 0
    return run_all(scans, options)


def run_all(scans: list[Scan], options: Options) -> int:
    """Processes scans one after another; gives the worst exit code."""
    from pipeline.errors import MuseumError

    if len(scans) == 1:
        _one(scans[0], options)
        return 0
    code = 0
    for one in scans:
        try:
            _one(one, options)
        except MuseumError as error:
            click.echo(f"museum: {say('failed-one', name=one.slug, error=error)}", err=True)
            code = max(code, error.exit_code)
    return code


def _one(scan: Scan, options: Options) -> None:
    from pipeline.commands.show import progress, summary
    from pipeline.run import process

    with progress(scan.slug):
        outcome = process(scan, options)
    if not outcome.worked:
        click.echo(say("up-to-date", name=scan.slug))
        return
    click.echo(say("done", name=scan.slug, seconds=outcome.seconds))
    summary(outcome.manifest)
    click.echo(say("folder", out=scan.out))
    click.echo(say("page-hint", command=_serve(scan), url=page(scan)))


def page(scan: Scan) -> str:
    """Gives the address of the object's page on the site as ``museum serve`` opens it."""
    from pipeline.texts import language

    return f"http://127.0.0.1:8000/{language()}/object/{scan.collection or ALONE}/{scan.home.absolute().name}"


def _serve(scan: Scan) -> str:
    return "museum serve" if scan.collection else f"museum serve {scan.out}"


def _plan(scan: Scan, options: Options) -> None:
    from pipeline import recipe
    from pipeline.run import up_to_date

    checked = recipe.load(recipe.find(options.recipe))
    if not options.force and up_to_date(scan, options) is not None:
        click.echo(say("up-to-date", name=scan.slug))
        return
    click.echo(say("would", name=scan.slug, recipe=checked.name, out=scan.out))
    click.echo(f"  {scan.model}: {' > '.join(use.step.name for use in checked.uses)}")
    for level in checked.levels:
        click.echo(f"  {level.name}: {' > '.join(use.step.name for use in level.uses)}")
