"""``museum process PATH…``: scans in, publishable models with their proof out."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from pipeline.texts import doing, language, level, say

if TYPE_CHECKING:
    from pipeline.asked import Options
    from pipeline.scan import Scan

UNITS = ("m", "cm", "mm", "in", "ft")
ALONE = "single"
"""What the site calls the collection of a folder of its own."""
AXES = ("+x", "-x", "+y", "-y", "+z", "-z")


@click.command("process", help=say("process"))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--recipe", default="relic", show_default=True, help=say("option-recipe"))
@click.option("--unit", type=click.Choice(UNITS), help=say("option-unit"))
@click.option("--up", type=click.Choice(AXES), help=say("option-up"))
@click.option("--front", "front_deg", type=click.FloatRange(-360, 360), help=say("option-front"))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help=say("option-out"))
@click.option("--dry-run", is_flag=True, help=say("option-dry-run"))
@click.option("--force", is_flag=True, help=say("option-force"))
@click.option("--force-size", is_flag=True, help=say("option-force-size"))
@click.option("--jobs", type=click.IntRange(1, 64), help=say("option-jobs"))
def command(  # noqa: PLR0917 - one parameter an option, as click wants it
    paths: tuple[Path, ...],
    recipe: str,
    unit: str | None,
    up: str | None,
    front_deg: float | None,
    out: Path | None,
    dry_run: bool,
    force: bool,
    force_size: bool,
    jobs: int | None,
) -> int:
    """Processes each path as an object of its own; one that is refused does not stop the others."""
    from pipeline import scan
    from pipeline.asked import Options

    options = Options(recipe, unit, up, force, force_size, jobs, front_deg)  # type: ignore[arg-type]
    scans = scan.find(paths, out)
    if dry_run:
        for one in scans:
            _plan(one, options)
        return 0
    return run_all(scans, options)


def run_all(scans: list[Scan], options: Options) -> int:
    """Processes scans one after another; gives the worst exit code."""
    from pipeline.errors import MuseumError
    from pipeline.sentence import sentence

    if len(scans) == 1:
        _one(scans[0], options)
        return 0
    code = 0
    for one in scans:
        try:
            _one(one, options)
        except MuseumError as error:
            told = sentence(error, language())
            if not error.where.startswith(one.model.name):
                told = say("failed-one", name=one.slug, error=told)
            click.echo(f"museum: {told}", err=True)
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
    click.echo(say("folder-line", out=scan.out))
    click.echo(say("page-line", command=_serve(scan)))
    click.echo(f"  {page(scan)}")


def page(scan: Scan) -> str:
    """Gives the address of the object's page on the site as ``museum serve`` opens it."""
    place = f"{scan.collection or ALONE}/{scan.home.absolute().name}"
    return f"http://127.0.0.1:8000/{language()}/object/{quote(place)}"


def _serve(scan: Scan) -> str:
    return "museum serve" if scan.collection else f"museum serve {shlex.quote(str(scan.out))}"


def _plan(scan: Scan, options: Options) -> None:
    from pipeline import recipe
    from pipeline.deliver import real_tools
    from pipeline.run import up_to_date
    from pipeline.work.plan import plan

    checked = recipe.load(recipe.find(options.recipe))
    if not options.force and up_to_date(scan, options) is not None:
        click.echo(say("up-to-date", name=scan.slug))
        return
    click.echo(say("would", name=scan.slug, recipe=checked.name, out=scan.out))
    for stretch in plan(scan, options, checked, real_tools()):
        steps = " > ".join(f"{doing(name)}{say('cached') if kept else ''}" for name, kept in stretch.steps)
        click.echo(f"  {level(stretch.level) if stretch.level else scan.model.name}: {steps}")
