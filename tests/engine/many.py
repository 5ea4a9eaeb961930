"""A project with collections of the stand-ins' scans, for the tests of runs over many objects."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from engine.stand_ins import write_scan

from pipeline.asked import Options
from pipeline.executor import Executor, Heard, Record, Task
from pipeline.scan import shelved

WORK = "engine.stand_ins:work"


def write_project(project: Path, *names: str, common: float = 0.0, level: float = 0.0) -> Path:
    """Writes ``models/<name>`` for names such as ``shelf/jar``; gives the path of the recipe."""
    for name in names:
        home = project / "models" / name
        write_scan(home / "scan", common=common, level=level)
        (home / "artifact.toml").write_text(f'[name]\nen = "{home.name}"\n')
    return project / "models" / names[0] / "scan" / "r.toml"


def tasks_of(project: Path, recipe: Path, **more: int) -> list[Task]:
    """Gives a task for every object of a project."""
    options = Options(recipe=str(recipe), unit="mm", jobs=1)
    scans = [one.scan for one in shelved(project)]
    tasks = [Task(scan, options) for scan in scans if not isinstance(scan, Exception)]
    return [dataclasses.replace(task, **more) for task in tasks]


def all_done(
    executor: Executor, tasks: Sequence[Task], heard: list[tuple[str, Heard | None]] | None = None
) -> dict[str, Record]:
    """Has tasks done and gives their records by object."""
    names = {task.key: task.scan.key for task in tasks}

    def hear(key: str, one: Heard | None) -> None:
        if heard is not None:
            heard.append((names[key], one))

    return {task.scan.key: record for task, record in executor.run(tasks, hear)}


def contents(project: Path) -> dict[str, bytes]:
    """Everything that runs published below ``models``, by name."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in sorted(project.rglob("*"))
        if path.is_file() and ".museum" not in path.parts
    }
