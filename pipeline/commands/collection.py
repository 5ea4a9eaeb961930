"""``museum process --all``: every object of the collections, several at once, each in its own process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.asked import Options
from pipeline.errors import MuseumError, Refused
from pipeline.sentence import sentence
from pipeline.texts import language, say

if TYPE_CHECKING:
    from pipeline.executor import Executor, Record
    from pipeline.executor.messages import Task
    from pipeline.scan import Shelved

WORK = "pipeline.executor.one:work"
"""What each process does; tests name another."""


def shelved_objects(collections: Sequence[Path]) -> list[Shelved]:
    """Gives the objects of the project's collections; says so where there are none.

    Raises:
        Refused: a collection is not there, or there is no object with a scan.
    """
    from pipeline.scan import project_folder, shelved

    project = project_folder()
    found = shelved(project, [str(name) for name in collections])
    if not found:
        raise Refused(
            "no object with a scan was found",
            where=str(project / "models"),
            do="copy each scan into a folder models/collection/object/scan",
        )
    return found


def run_together(
    found: Sequence[Shelved],
    options: Options,
    *,
    objects: int | None = None,
    cluster: str | None = None,
    summary: Path | None = None,
) -> int:
    """Processes many objects, prints a table and gives the worst exit code.

    Args:
        found: what to process; what could not be understood becomes a row of the table.
        options: for every one of them.
        objects: how many at once at most on this computer.
        cluster: address of a Dask scheduler, None for this computer.
        summary: file for the table.

    Raises:
        Refused: the recipe or the call is not usable.
        KeyboardInterrupt: the run was interrupted; the table shows what was done.
    """
    from pipeline import recipe
    from pipeline.commands.show import progress
    from pipeline.commands.table import hold_suffix, show_table, write_summary
    from pipeline.commands.together import work
    from pipeline.executor.messages import record_of_error

    if summary is not None:
        hold_suffix(summary)
    path = recipe.find(options.recipe)
    executor = _executor(objects, cluster)
    records: dict[str, Record] = {}
    keys: list[str] = []
    tasks: list[Task] = []
    for one in found:
        if isinstance(one.scan, MuseumError):
            keys.append(one.key)
            records[one.key] = record_of_error(one.key, one.scan)
            continue
        with progress(one.key):
            task, record = _prepared(one, options)
        keys.append(task.key)
        if record is None:
            tasks.append(task)
        else:
            records[task.key] = record
    if tasks:
        recipe.load(path)  # what is wrong with it is said once, not once for each object
    try:
        if tasks:
            work(tasks, executor, records)
    finally:  # interrupted, too: what was done is done
        ended = [records.get(key) or _stopped(key) for key in keys]
        for trouble in getattr(executor, "unfit", {}).values():
            click.echo(f"museum: {sentence(trouble.error, language())}", err=True)
        show_table(ended)
        if summary is not None:
            write_summary(summary, ended)
            click.echo(say("summary-line", path=summary))
    return max((record.exit_code for record in ended), default=0)


def _executor(objects: int | None, cluster: str | None) -> Executor:
    from pipeline.executor import Cluster, Local

    return Cluster(cluster, WORK, objects) if cluster else Local(objects, WORK)


def _prepared(one: Shelved, options: Options) -> tuple[Task, Record | None]:
    """Gives an object's task; its record too where there is nothing to do. The bytes of what was processed
    before are read here, so that what is left, and its time, are known from the beginning."""
    from pipeline.executor.estimate import files_bytes, need_bytes
    from pipeline.executor.messages import Task, record_of
    from pipeline.run import up_to_date

    assert not isinstance(one.scan, MuseumError)
    scan = one.scan
    manifest = None if options.force else up_to_date(scan, options)
    if manifest is not None:
        task = Task(scan, options)
        return task, record_of(scan.key, manifest, worked=False, seconds=0.0)
    files = files_bytes(scan.model, scan.base)
    return Task(scan, options, sum(files.values()), need_bytes(files)), None


def _stopped(key: str) -> Record:
    from pipeline.executor import Record

    return Record(key.partition("\n")[0], "stopped")
