"""``museum process --all``: every object of the collections, several at once, each in its own process."""

from __future__ import annotations

import dataclasses
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
    from pipeline.scan import Scan, Shelved

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
    from pipeline.commands.table import hold_suffix
    from pipeline.commands.together import work
    from pipeline.executor import one

    if summary is not None:
        hold_suffix(summary)
    path = recipe.find(options.recipe)
    if path.parent != recipe.FOLDER:  # processes elsewhere begin in other folders
        options = dataclasses.replace(options, recipe=str(path.absolute()))
    executor = _executor(objects, cluster)
    keys, tasks, records = _sorted_out(found, options)
    if tasks:
        recipe.load(path)  # what is wrong with it is said once, not once for each object
        if not cluster and WORK == one.WORK:
            _have_node()
    try:
        if tasks:
            work(tasks, executor, records)
    finally:  # interrupted, too: what was done is done
        for trouble in getattr(executor, "unfit", {}).values():
            click.echo(f"museum: {sentence(trouble.error, language())}", err=True)
        ended = [records.get(key) or _stopped(key) for key in keys]
        _show(ended, summary)
    return max((record.exit_code for record in ended), default=0)


def _sorted_out(
    found: Sequence[Shelved], options: Options
) -> tuple[list[str], list[Task], dict[str, Record]]:
    """Gives the keys of all objects in their order, the tasks of those to work on, the records of the others.

    The bytes of what was processed before are read here, so that what is left, and its time, are known from
    the beginning.
    """
    from pipeline.commands.show import progress
    from pipeline.executor.messages import record_of_error

    keys: list[str] = []
    tasks: list[Task] = []
    records: dict[str, Record] = {}
    for one in found:
        if isinstance(one.scan, MuseumError):
            keys.append(one.key)
            records[one.key] = record_of_error(one.key, one.scan)
            continue
        with progress(one.key):
            task, record = _prepared(one.scan, options)
        if task.key in keys:  # the same path twice
            continue
        keys.append(task.key)
        if record is None:
            tasks.append(task)
        else:
            records[task.key] = record
    return keys, tasks, records


def _show(records: Sequence[Record], summary: Path | None) -> None:
    from pipeline.commands.table import show_table, write_summary

    show_table(records)
    if summary is not None:
        write_summary(summary, records)
        click.echo(say("summary-line", path=summary))


def _have_node() -> None:
    """Where Node or its packages are missing, that too is said once, and they are installed once."""
    from pipeline.node.packages import place
    from pipeline.node.runtime import node_program

    node_program()
    place()


def _executor(objects: int | None, cluster: str | None) -> Executor:
    from pipeline.executor import Cluster, Local

    return Cluster(cluster, WORK, objects) if cluster else Local(objects, WORK)


def _prepared(scan: Scan, options: Options) -> tuple[Task, Record | None]:
    """Gives an object's task; its record too where there is nothing to do."""
    from pipeline.executor.estimate import files_bytes, need_bytes
    from pipeline.executor.messages import Task, record_of
    from pipeline.run import up_to_date

    paths = {name: getattr(scan, name).absolute() for name in ("model", "base", "out", "home")}
    scan = dataclasses.replace(scan, **paths)
    manifest = None if options.force else up_to_date(scan, options)
    if manifest is not None:
        task = Task(scan, options)
        return task, record_of(scan.key, manifest, worked=False, seconds=0.0)
    files = files_bytes(scan.model, scan.base)
    return Task(scan, options, sum(files.values()), need_bytes(files)), None


def _stopped(key: str) -> Record:
    from pipeline.executor import Record

    return Record(key.partition("\n")[0], "stopped")
