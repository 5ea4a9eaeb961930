"""How a run over many objects looks: a line for each that is worked on, one for all with the time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from pipeline.commands.pace import EACH_BYTES, Pace
from pipeline.commands.show import label
from pipeline.executor.messages import Executor, Heard, Record, Task
from pipeline.texts import say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


def work(tasks: Sequence[Task], executor: Executor, records: dict[str, Record]) -> None:
    """Has tasks done and shows it on standard error.

    Args:
        tasks: what to work on.
        executor: what does it.
        records: gets the record of each task under its key as it comes, so that it is there when the run is
            interrupted.
    """
    from rich.console import Console

    console = Console(stderr=True, highlight=False, markup=False)
    with (_bars if console.is_terminal else _lines)(console, tasks) as shown:
        for task, record in executor.run(tasks, shown.hear):
            records[task.key] = record
            shown.finished(task, record)


class _Shown(Protocol):
    def hear(self, key: str, heard: Heard | None) -> None: ...

    def finished(self, task: Task, record: Record) -> None: ...


@contextmanager
def _lines(_console: Console, tasks: Sequence[Task]) -> Iterator[_Shown]:
    yield _Lines(len(tasks))


class _Lines:
    """One line when an object is finished: what a log can hold."""

    def __init__(self, count: int) -> None:
        self._count, self._done = count, 0

    def hear(self, key: str, heard: Heard | None) -> None:
        """Says nothing of single stages."""

    def finished(self, task: Task, record: Record) -> None:
        """Says what came of an object."""
        self._done += 1
        result = say(f"result-{record.result}")
        line = say(
            "one-of-many",
            done=self._done,
            count=self._count,
            name=record.object,
            result=result,
            seconds=record.seconds,
        )
        print(line, file=sys.stderr, flush=True)


@contextmanager
def _bars(console: Console, tasks: Sequence[Task]) -> Iterator[_Shown]:
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    described = TextColumn("{task.description}", table_column=Column(min_width=38, no_wrap=True))
    columns = (described, BarColumn(24), TextColumn("{task.fields[told]}"))
    with Progress(*columns, console=console, transient=True, refresh_per_second=4) as bars:
        yield _Bars(bars, tasks)


class _Bars:
    """A bar for all objects, and one below it for each that is worked on."""

    def __init__(self, bars: Progress, tasks: Sequence[Task]) -> None:
        self._bars, self._count, self._done = bars, len(tasks), 0
        self._names = {task.key: task.scan.key for task in tasks}
        self._pace = Pace()
        for task in tasks:
            self._pace.add(task.key, task.bytes)
        total = sum(task.bytes + EACH_BYTES for task in tasks)
        self._all = bars.add_task(say("objects-done", done=0, count=len(tasks)), total=total, told="")
        self._rows: dict[str, int] = {}
        self._stages: dict[str, list[Heard]] = {}

    def hear(self, key: str, heard: Heard | None) -> None:
        """Shows what an object is at: of several stages the one that began last."""
        if heard is None:
            self._drop(key)  # it may be done again, on another machine
            self._pace.begun(key, time.monotonic())
            self._rows[key] = int(self._bars.add_task(self._names[key], total=None, told=""))
            return
        if key not in self._rows:
            return
        stages = self._stages.setdefault(key, [])
        known = next(
            (i for i, one in enumerate(stages) if (one.stage, one.level) == (heard.stage, heard.level)), None
        )
        if known is None:
            stages.append(heard)
        elif heard.on:
            stages[known] = heard
        else:
            del stages[known]
        last = stages[-1] if stages else None
        text = f"{self._names[key]}  {label(last.stage, last.level)}" if last else self._names[key]
        share = last.share if last else None
        total = None if share is None else 1.0
        self._bars.update(self._rows[key], description=text, total=total, completed=share or 0)  # type: ignore[arg-type]
        self._tell()

    def finished(self, task: Task, record: Record) -> None:
        """Takes an object's line away and moves the bar for all."""
        self._drop(task.key)
        self._done += 1
        self._pace.finished(task.key, time.monotonic(), worked=record.result == "made")
        self._bars.advance(self._all, task.bytes + EACH_BYTES)
        self._bars.update(self._all, description=say("objects-done", done=self._done, count=self._count))
        self._tell()

    def _drop(self, key: str) -> None:
        self._stages.pop(key, None)
        if key in self._rows:
            self._bars.remove_task(self._rows.pop(key))  # type: ignore[arg-type]

    def _tell(self) -> None:
        left = self._pace.left_s(time.monotonic())
        told = "" if left is None else say("time-left", minutes=int(left // 60), seconds=int(left % 60))
        self._bars.update(self._all, told=told)
