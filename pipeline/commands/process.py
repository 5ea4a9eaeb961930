"""``museum process PATH…``: scans in, publishable models with their proof out."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from pipeline.texts import doing, language, level, say

if TYPE_CHECKING:
    from pipeline.asked import Options
    from pipeline.scan import Scan, Shelved

UNITS = ("m", "cm", "mm", "in", "ft")
ALONE = "single"
"""What the site calls the collection of a folder of its own."""
AXES = ("+x", "-x", "+y", "-y", "+z", "-z")


@click.command("process", help=say("process"))
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help=say("option-all"))
@click.option("--recipe", default="relic", show_default=True, help=say("option-recipe"))
@click.option("--unit", type=click.Choice(UNITS), help=say("option-unit"))
@click.option("--up", type=click.Choice(AXES), help=say("option-up"))
@click.option("--also", default="", help=say("option-also"))
@click.option("--front", "front_deg", type=click.FloatRange(-360, 360), help=say("option-front"))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help=say("option-out"))
@click.option("--as-one", is_flag=True, help=say("option-as-one"))
@click.option("--name", default="", help=say("option-name"))
@click.option("--dry-run", is_flag=True, help=say("option-dry-run"))
@click.option("--force", is_flag=True, help=say("option-force"))
@click.option("--force-size", is_flag=True, help=say("option-force-size"))
@click.option("--jobs", type=click.IntRange(1, 64), help=say("option-jobs"))
@click.option("--objects", type=click.IntRange(1, 256), help=say("option-objects"))
@click.option("--cluster", metavar="tcp://…", help=say("option-cluster"))
@click.option("--summary", type=click.Path(path_type=Path), help=say("option-summary"))
def command(  # noqa: PLR0917 - one parameter an option, as click wants it
    paths: tuple[Path, ...],
    everything: bool,
    recipe: str,
    unit: str | None,
    up: str | None,
    also: str,
    front_deg: float | None,
    out: Path | None,
    as_one: bool,
    name: str,
    dry_run: bool,
    force: bool,
    force_size: bool,
    jobs: int | None,
    objects: int | None,
    cluster: str | None,
    summary: Path | None,
) -> int:
    """Processes each path as an object of its own, or all as one; one that is refused does not stop the
    others."""
    from pipeline import scan
    from pipeline.asked import Options

    wanted = tuple(word.strip() for word in also.split(",") if word.strip())
    options = Options(recipe, unit, up, force, force_size, jobs, wanted, front_deg)  # type: ignore[arg-type]
    if everything and (out or as_one or name):
        raise click.UsageError(
            "With --all the results go to the objects' own folders: leave out --out, --as-one and --name."
        )
    if not (paths or everything):
        known = click.get_current_context().command.params
        raise click.MissingParameter(param=next(one for one in known if one.name == "paths"))
    if everything:
        from pipeline.commands.collection import shelved_objects

        found = shelved_objects(paths)
    else:
        found = [scan.Shelved(one.key, one) for one in scan.find(paths, out, as_one=as_one, name=name)]
    if dry_run:
        return _plan_each(found, options)
    if everything or objects or cluster or summary:
        from pipeline.commands.collection import run_together

        return run_together(found, options, objects=objects, cluster=cluster, summary=summary)
    return run_all([one.scan for one in found if isinstance(one.scan, scan.Scan)], options)


def run_all(scans: list[Scan], options: Options) -> int:
    """Processes scans one after another; gives the worst exit code."""
    from pipeline.errors import MuseumError
    from pipeline.faults import as_ours
    from pipeline.sentence import sentence

    if len(scans) == 1:
        _one(scans[0], options)
        return 0
    code = 0
    for one in scans:
        try:
            _one(one, options)
        except Exception as raised:  # whatever it was, the others are still to be done
            if os.environ.get("MUSEUM_DEBUG") and not isinstance(raised, MuseumError):
                raise
            error = as_ours(raised)
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


def _plan_each(found: Sequence[Shelved], options: Options) -> int:
    """Says what would be done with each; gives the worst exit code of what cannot be understood."""
    from pipeline.errors import MuseumError
    from pipeline.sentence import sentence

    code = 0
    for one in found:
        if isinstance(one.scan, MuseumError):
            click.echo(f"museum: {sentence(one.scan, language())}", err=True)
            code = max(code, one.scan.exit_code)
        else:
            _plan(one.scan, options)
    return code


def _plan(scan: Scan, options: Options) -> None:
    from pipeline import recipe
    from pipeline.deliver import real_tools
    from pipeline.run import up_to_date
    from pipeline.work.plan import plan

    checked = recipe.load(recipe.find(options.recipe))
    checked.hold_known(options.also)
    if not options.force and up_to_date(scan, options) is not None:
        click.echo(say("up-to-date", name=scan.slug))
        return
    click.echo(say("would", name=scan.slug, recipe=checked.name, out=scan.out))
    for stretch in plan(scan, options, checked, real_tools()):
        steps = " > ".join(f"{doing(name)}{say('cached') if kept else ''}" for name, kept in stretch.steps)
        click.echo(f"  {level(stretch.level) if stretch.level else _read(scan)}: {steps}")


def _read(scan: Scan) -> str:
    return ", ".join(model.name for model in scan.models)
