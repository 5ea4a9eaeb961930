"""Objects on this computer: as many at once as processors and memory have room for."""

from __future__ import annotations

import dataclasses
import os
import queue
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from .footprint import OFTEN_S, hold, tree_bytes
from .messages import Hear, Heard, Record, Task
from .one import WORK
from .process import Inbox, ObjectProcess

SHARE = 0.8
"""Share of the free memory that all objects may take together; the rest is for other programs."""


@dataclass(frozen=True, slots=True)
class Local:
    """Works on this computer.

    Attributes:
        objects: how many at once at most; None leaves it to processors and memory.
        work: what each process does (``executor.one``).
    """

    objects: int | None = None
    work: str = WORK

    def run(self, tasks: Sequence[Task], hear: Hear) -> Iterator[tuple[Task, Record]]:
        """Has every task done, the largest first: begun last, it would run alone at the end."""
        from pipeline.work.memory import memory_limit

        limit = memory_limit()
        room = Room(int(free_bytes() * (1.0 if limit else SHARE)), self._most(tasks))
        waiting = sorted(tasks, key=lambda task: (-task.need_bytes, task.key))
        running: dict[str, ObjectProcess] = {}
        inbox: Inbox = queue.SimpleQueue()
        looked = time.monotonic()
        try:
            while waiting or running:
                while (task := room.next_of(waiting, running.values())) is not None:
                    waiting.remove(task)
                    hear(task.key, None)
                    sized = room.sized(task)
                    running[task.key] = ObjectProcess(sized, self.work, room.budget(task), inbox)
                try:
                    name, message = inbox.get(timeout=OFTEN_S)
                except queue.Empty:
                    pass
                else:
                    if isinstance(message, Heard):
                        hear(name, message)
                    else:
                        yield running.pop(name).task, message
                if time.monotonic() - looked >= OFTEN_S:
                    looked = time.monotonic()
                    hold(running.values(), limit)
        finally:
            for process in running.values():
                process.end()
            for process in running.values():
                process.gone()

    def _most(self, tasks: Sequence[Task]) -> int:
        most = (os.cpu_count() or 1) if self.objects is None else self.objects
        return max(1, min(most, len(tasks)))


class Runs(Protocol):
    """What room needs to know of an object that is worked on."""

    @property
    def task(self) -> Task:
        """The object."""
        ...

    @property
    def pid(self) -> int:
        """Its process."""
        ...


def free_bytes() -> int:
    """Gives the memory that is free now."""
    from pipeline.work.memory import memory_free

    return memory_free()


@dataclass(frozen=True, slots=True)
class Room:
    """What objects share: memory, 0 where nobody knows how much, and how many there may be at once."""

    memory_bytes: int
    most: int

    def next_of(self, waiting: Sequence[Task], running: Collection[Runs]) -> Task | None:
        """Gives the first that fits beside those that run; beside none every one fits.

        It has to fit into what was free at first and into what is free now: others may have taken some, and
        those that run have not yet taken all that they will.
        """
        if len(running) >= self.most or not waiting:
            return None
        if not running:
            return waiting[0]
        left = self.memory_bytes - sum(one.task.need_bytes for one in running)
        growing = sum(max(one.task.need_bytes - tree_bytes(one.pid), 0) for one in running)
        left = min(left, int(free_bytes() * SHARE) - growing)
        return next((task for task in waiting if task.need_bytes <= left), None)

    def budget(self, task: Task) -> int:
        """Gives the memory that the work on an object may plan with."""
        return min(max(task.need_bytes, self.memory_bytes // self.most), self.memory_bytes)

    def sized(self, task: Task) -> Task:
        """Gives a task that makes only as many levels at once as its share of the processors."""
        if self.most == 1 or task.options.jobs is not None:
            return task
        jobs = max(1, (os.cpu_count() or 1) // self.most)
        return dataclasses.replace(task, options=dataclasses.replace(task.options, jobs=jobs))
