"""Objects on the workers of a Dask cluster: the same work, on several computers that share the scans' folder.

Dask carries the tasks and says which workers live; which task goes where is decided here. Each task is
pinned to one worker with room for it, so that the death of a worker counts against the objects it was
working on and against no other: Dask itself blames every task that waits on a dead worker, and one object
that needs too much memory would take innocent ones with it. An object whose worker died is done again
elsewhere, until it has cost ``LIVES`` workers.

A scheduler, its workers and this program believe one another (they exchange pickles): they belong into a
network that nobody else is in, or behind Dask's TLS (``tls://``).
"""

from __future__ import annotations

import dataclasses
import importlib
import logging
import os
import queue
import re
import secrets
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from pipeline.errors import Failed, Refused
from pipeline.faults import as_ours
from pipeline.inputs import code_digest

from .messages import Hear, Heard, Record, Task, record_of_error
from .one import WORK
from .slots import Worker, best
from .worker import end_all, on_worker

LIVES = 3
"""So many workers or processes an object may cost before it is given up."""
CONNECT_S = 5.0
LOOK_S = 1.0
"""How often the scheduler is asked which workers live."""
_ADDRESS = re.compile(r"(tcp|tls)://[^\s/]+:\d{1,5}")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Works on a cluster.

    Attributes:
        address: of the scheduler, ``tcp://host:port``.
        work: what each process does (``executor.one``).
        patience_s: how long a cluster may be without any worker; a nanny starts a new one in 3 s.
    """

    address: str
    work: str = WORK
    patience_s: float = 20.0

    def run(self, tasks: Sequence[Task], hear: Hear) -> Iterator[tuple[Task, Record]]:
        """Has every task done on some worker.

        Raises:
            Refused: the address is none, or Dask is not installed.
            Failed: no scheduler answers, or no worker is left.
        """
        with _connected(self.address) as client:
            yield from _Run(client, self, tasks, hear).records()


@dataclass(frozen=True, slots=True)
class _Sent:
    task: Task
    worker: str
    future: Any


class _Run:
    """One run: what waits, what was sent where, and what objects have cost."""

    def __init__(self, client: Any, cluster: Cluster, tasks: Sequence[Task], hear: Hear) -> None:
        self._client, self._cluster, self._hear = client, cluster, hear
        self._topic = f"museum-{secrets.token_hex(8)}"
        self._waiting = sorted(tasks, key=lambda task: (-task.need_bytes, task.key))
        self._sent: dict[str, _Sent] = {}
        self._tried: dict[str, set[str]] = {task.key: set() for task in tasks}
        self._cost: Counter[str] = Counter()
        self._inbox: queue.SimpleQueue[tuple[str, Heard | None]] = queue.SimpleQueue()
        self._workers: dict[str, Worker] = {}
        self._looked = self._alive = time.monotonic()

    def records(self) -> Iterator[tuple[Task, Record]]:
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
            raise _lost(error) from error
        self._looked = time.monotonic()
        self._workers = {
            # one that is paused or about to close gets nothing new; what it has, it may finish
            address: Worker(
                address, one["nthreads"] if one["status"] == "running" else 0, one["memory_limit"] or 0
            )
            for address, one in known.items()
        }
        if self._workers:
            self._alive = self._looked
        elif self._looked - self._alive > self._cluster.patience_s:
            raise Failed(
                "the cluster has no workers",
                where=self._cluster.address,
                do="start some with dask worker and the scheduler's address",
            )

    def _send(self) -> None:
        """Sends what has room somewhere."""
        for task in list(self._waiting):
            worker = best(task, self._workers.values(), self._busy(), self._tried[task.key])
            if worker is None:
                continue
            self._waiting.remove(task)
            self._tried[task.key].add(worker.address)
            self._hear(task.key, None)
            future = self._client.submit(
                on_worker,
                task,
                self._cluster.work,
                self._topic,
                worker.budget(task),
                code_digest(),
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
                record: Record = sent.future.result(timeout=CONNECT_S)
            except Exception:  # its worker died with the record: the next try finds all done
                yield from self._again(sent.task, None)
                return
            if record.over:
                yield from self._elsewhere(sent, record)
            elif record.died:
                yield from self._again(sent.task, record)
            else:
                yield sent.task, record
            return
        error = sent.future.exception() if sent.future.status == "error" else None
        if error is None or type(error).__name__ == "KilledWorker":
            yield from self._again(sent.task, None)
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


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    if not _ADDRESS.fullmatch(address):
        raise Refused(
            "this is no address of a Dask scheduler",
            where=address,
            do="write it as in tcp://192.168.1.10:8786",
        )
    try:
        distributed: Any = importlib.import_module("distributed")
    except ModuleNotFoundError as error:
        raise Refused(
            f"the cluster extra is not installed, {error.name} is missing",
            do='install it too: pip install "distributed>=2025.1"',
        ) from error
    if not os.environ.get("MUSEUM_DEBUG"):
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Failed(
            f"no Dask scheduler answers at this address ({type(error).__name__})",
            where=address,
            do="start one with dask scheduler, or correct --cluster",
        ) from error
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(timeout=CONNECT_S)


def _lost(error: OSError) -> Failed:
    return Failed(
        f"the connection to the cluster was lost ({type(error).__name__})",
        do="the next run goes on where this one stopped",
    )
