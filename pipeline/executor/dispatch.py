"""Which worker of a cluster works on what, and what is done again.

Dask carries the tasks and says which workers live; which task goes where is decided here. Each task is
pinned to one worker with room for it, so that the death of a worker counts against the objects it was
working on and against no other: Dask itself blames every task that waits on a dead worker, and one object
that needs too much memory would take innocent ones with it. An object whose worker died is done again
elsewhere, until it has cost ``LIVES`` workers.
"""

from __future__ import annotations

import dataclasses
import pickle
import queue
import secrets
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.errors import Failed
from pipeline.faults import as_ours

from .connection import CONNECT_S, lost
from .messages import Hear, Heard, Record, Task, Trouble, record_of_error
from .shared import Marks
from .slots import Worker, best
from .worker import Errand, end_all, program

if TYPE_CHECKING:
    from .cluster import Cluster

LIVES = 3
"""So many workers or processes an object may cost before it is given up."""
START_S = 10.0
"""A cluster without any worker at first is not waited for longer."""
CALL = "__import__('importlib').import_module('pipeline.executor.worker').on_worker(pickled)"
"""What a worker evaluates. A function of ours would have to be there where the scheduler runs, too: it
unpickles what passes through it."""
LOOK_S = 1.0
"""How often the scheduler is asked which workers live."""
_ANSWER: msgspec.json.Decoder[Record | Trouble] = msgspec.json.Decoder(Record | Trouble)


@dataclass(frozen=True, slots=True)
class _Sent:
    task: Task
    worker: str
    future: Any


class Dispatch:
    """One run: what waits, what was sent where, and what objects have cost."""

    def __init__(
        self, client: Any, cluster: Cluster, tasks: Sequence[Task], hear: Hear, marks: Marks
    ) -> None:
        self._client, self._cluster, self._hear, self._marks = client, cluster, hear, marks
        self._topic = f"museum-{secrets.token_hex(8)}"
        self._waiting = sorted(tasks, key=lambda task: (-task.need_bytes, task.key))
        self._sent: dict[str, _Sent] = {}
        self._tried: dict[str, set[str]] = {task.key: set() for task in tasks}
        self._cost: Counter[str] = Counter()
        self._inbox: queue.SimpleQueue[tuple[str, Heard | None]] = queue.SimpleQueue()
        self._workers: dict[str, Worker] = {}
        self._looked = self._alive = time.monotonic()
        self._patience_s = min(START_S, cluster.patience_s)

    def records(self) -> Iterator[tuple[Task, Record]]:
        """Has every task done and gives each record as it comes."""
        self._client.subscribe_topic(self._topic, self._overhear)
        try:
            self._look()
            while self._waiting or self._sent:
                self._send()
                yield from self._take()
                if time.monotonic() - self._looked >= LOOK_S:
                    self._look()
                    yield from self._bury()
        finally:
            self._end()

    def _overhear(self, event: tuple[float, dict[str, Any]]) -> None:
        """Called in Dask's thread with what a worker tells."""
        told = event[1]
        self._inbox.put((told["key"], msgspec.convert(told["heard"], Heard)))

    def _look(self) -> None:
        try:
            known = self._client.scheduler_info()["workers"]
        except OSError as error:
            raise lost(error) from error
        self._looked = time.monotonic()
        self._workers = {
            # one that is paused or about to close gets nothing new; what it has, it may finish
            address: Worker(
                address, one["nthreads"] if one["status"] == "running" else 0, one["memory_limit"] or 0
            )
            for address, one in known.items()
        }
        if self._workers:
            self._alive, self._patience_s = self._looked, self._cluster.patience_s
        elif self._looked - self._alive > self._patience_s:
            raise Failed(
                "the cluster has no workers",
                where=self._cluster.address,
                do="start some with dask worker and the scheduler's address",
            )

    def _send(self) -> None:
        """Sends what has room somewhere."""
        fit = [worker for worker in self._workers.values() if worker.address not in self._cluster.unfit]
        if self._workers and not fit:
            raise Failed(
                "no worker of the cluster can be used",
                where=self._cluster.address,
                do="put right what is said of each, and run again",
            )
        for task in list(self._waiting):
            worker = best(task, fit, self._busy(), self._tried[task.key])
            if worker is None or len(self._sent) == self._cluster.objects:
                continue
            self._waiting.remove(task)
            self._tried[task.key].add(worker.address)
            self._hear(task.key, None)
            mark = self._marks.of(task.scan.home.parent)
            budget = worker.budget(task)
            errand = Errand(task, self._cluster.work, self._topic, budget, mark, program())
            future = self._client.submit(
                eval,
                CALL,
                {"pickled": pickle.dumps(errand)},
                key=f"{self._topic}-{secrets.token_hex(4)}",
                workers=[worker.address],
                allow_other_workers=False,
                pure=False,
            )
            self._sent[task.key] = _Sent(task, worker.address, future)
            future.add_done_callback(lambda _future, key=task.key: self._inbox.put((key, None)))

    def _busy(self) -> dict[str, list[Task]]:
        busy: dict[str, list[Task]] = {}
        for one in self._sent.values():
            busy.setdefault(one.worker, []).append(one.task)
        return busy

    def _take(self) -> Iterator[tuple[Task, Record]]:
        """Takes what comes in within a moment: something heard, or a record."""
        with suppress(queue.Empty):
            key, heard = self._inbox.get(timeout=LOOK_S / 2)
            sent = self._sent.get(key)
            if sent is None:
                return
            if heard is not None:
                self._hear(key, heard)
            elif sent.future.done():  # else it tells of an earlier try
                yield from self._ended(sent)

    def _ended(self, sent: _Sent) -> Iterator[tuple[Task, Record]]:
        del self._sent[sent.task.key]
        if sent.future.status == "finished":
            try:
                record = _ANSWER.decode(sent.future.result(timeout=CONNECT_S))
            except Exception:  # its worker died with the record: the next try finds all done
                yield from self._again(sent.task, None)
                return
            if isinstance(record, Trouble):
                self._cluster.unfit[sent.worker] = record
                self._waiting.insert(0, sent.task)
            elif record.over:
                yield from self._elsewhere(sent, record)
            elif record.died:
                yield from self._again(sent.task, record)
            else:
                yield sent.task, record
            return
        error = sent.future.exception() if sent.future.status == "error" else None
        if error is None or type(error).__name__ == "KilledWorker":
            yield from self._again(sent.task, None)
        elif isinstance(error, ImportError):
            missing = Failed(
                f"the program is not whole on the worker ({error})",
                where=sent.worker,
                do="install the same version on all machines",
            )
            self._cluster.unfit[sent.worker] = Trouble.of(missing)
            self._waiting.insert(0, sent.task)
        else:
            yield sent.task, record_of_error(sent.task.scan.key, as_ours(error))

    def _bury(self) -> Iterator[tuple[Task, Record]]:
        """Takes back what was sent to workers that are no more."""
        for sent in list(self._sent.values()):
            if sent.worker not in self._workers and not sent.future.done():
                del self._sent[sent.task.key]
                with suppress(Exception):
                    self._client.cancel([sent.future])
                yield from self._again(sent.task, None)

    def _elsewhere(self, sent: _Sent, record: Record) -> Iterator[tuple[Task, Record]]:
        """Has a task done on a worker with more memory, or gives it up where there is none."""
        here = self._workers.get(sent.worker)
        if here is None or all(one.most_bytes <= here.most_bytes for one in self._workers.values()):
            yield sent.task, record
        else:
            yield from self._again(dataclasses.replace(sent.task, need_bytes=here.memory_bytes + 1), record)

    def _again(self, task: Task, record: Record | None) -> Iterator[tuple[Task, Record]]:
        """Has a task done again, or gives it up."""
        self._cost[task.key] += 1
        if self._cost[task.key] < LIVES:
            self._waiting.insert(0, task)
            return
        error = Failed(
            f"{LIVES} workers were lost while they worked on it",
            do="process it alone on one machine, it may need too much memory",
        )
        yield task, record or record_of_error(task.scan.key, error, died=True)

    def _end(self) -> None:
        """Ends what still runs, where the run itself was ended."""
        with suppress(Exception):
            self._client.unsubscribe_topic(self._topic)
        if self._sent:
            workers = [one.worker for one in self._sent.values() if one.worker in self._workers]
            with suppress(Exception):
                self._client.cancel([one.future for one in self._sent.values()])
            with suppress(Exception):
                self._client.run(end_all, self._topic, workers=workers, on_error="ignore")
