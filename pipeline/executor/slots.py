"""Which worker an object goes to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .messages import Task

SHARE = 0.9
"""Share of a worker's memory that objects may take together; the rest is the worker's own."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker of the cluster.

    Attributes:
        address: Dask's name for it.
        threads: how many objects it may have at once.
        memory_bytes: what all it does may take together, 0 where nothing bounds it.
    """

    address: str
    threads: int
    memory_bytes: int

    @property
    def room_bytes(self) -> int:
        """What objects may take together."""
        return int(self.memory_bytes * SHARE)

    @property
    def most_bytes(self) -> int:
        """What one object may take at most, a very large number where nothing bounds it."""
        return self.room_bytes or 1 << 62

    def budget(self, task: Task) -> int:
        """Gives the memory that the work on an object may plan with."""
        return min(max(task.need_bytes, self.room_bytes // max(self.threads, 1)), self.room_bytes)


def best(
    task: Task,
    workers: Iterable[Worker],
    busy: Mapping[str, Sequence[Task]],
    tried: Collection[str] = (),
) -> Worker | None:
    """Gives the worker that an object should go to, None where it has to wait.

    One that it has not been on before, then the one with the least to do, then the one with the most memory.
    What fits nowhere goes to the worker with the most memory, when that one has nothing else to do.

    Args:
        task: the object.
        workers: those that live.
        busy: what each works on, by its address.
        tried: workers that were lost on it.
    """
    known = list(workers)
    largest = max((one.most_bytes for one in known), default=0)

    def fits(worker: Worker) -> bool:
        there = busy.get(worker.address, ())
        if len(there) >= worker.threads:
            return False
        taken = sum(one.need_bytes for one in there)
        return taken + task.need_bytes <= worker.most_bytes or (not there and worker.most_bytes == largest)

    def order(worker: Worker) -> tuple[bool, int, int, str]:
        count = len(busy.get(worker.address, ()))
        return worker.address in tried, count, -worker.memory_bytes, worker.address

    return min((worker for worker in known if fits(worker)), key=order, default=None)
