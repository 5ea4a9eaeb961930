"""What a worker of the cluster does with a task: it has a process of its own work on it, as on one computer.

The worker stays small and answers the scheduler while that process works; when the worker is killed, the
process loses its standard input and ends.
"""

from __future__ import annotations

import importlib
import os
import pickle
import queue
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from pipeline.errors import Failed
from pipeline.inputs import code_digest

from .footprint import OFTEN_S, hold, tree_bytes
from .messages import Heard, Record, Task, Trouble
from .process import Inbox, ObjectProcess

_lock = threading.Lock()
_running: dict[ObjectProcess, str] = {}
"""The processes of this worker, each with the run that it belongs to."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a worker is sent.

    Attributes:
        task: the object; its paths must lead to the same files on the worker.
        work: what its process does.
        topic: the run's name; what is heard of the work goes there.
        budget_bytes: memory that the process may plan with.
        mark: a file that is there where the folder is the same, empty where none could be written.
        code: see :func:`program`.
    """

    task: Task
    work: str
    topic: str
    budget_bytes: int
    mark: str
    code: str


def on_worker(pickled: bytes) -> bytes:
    """Does an errand; gives the object's record, or what makes this worker unfit for the run, as JSON."""
    errand = pickle.loads(pickled)
    assert isinstance(errand, Errand)
    return msgspec.json.encode(_done(errand))


def _done(errand: Errand) -> Record | Trouble:
    task, topic = errand.task, errand.topic
    worker: Any = importlib.import_module("distributed").get_worker()
    unfit = _unfit(worker.address, errand.mark, errand.code)
    if unfit is not None:
        return Trouble.of(unfit)
    inbox: Inbox = queue.SimpleQueue()
    limit = _limit(worker)
    budget = min(errand.budget_bytes, limit) if errand.budget_bytes and limit else limit
    process = ObjectProcess(task, errand.work, budget, inbox)
    with _lock:
        _running[process] = topic
    looked = time.monotonic()
    try:
        while True:
            if time.monotonic() - looked >= OFTEN_S:
                looked = time.monotonic()
                _hold(limit)
            try:
                _, message = inbox.get(timeout=OFTEN_S)
            except queue.Empty:
                continue
            if isinstance(message, Record):
                return message
            _tell(worker, topic, task.key, message)
    finally:
        process.end()
        process.gone()
        with _lock:
            del _running[process]


def program() -> str:
    """Gives a digest of the program: machines that work together must have the same."""
    return code_digest() + code_digest("executor")


def _unfit(address: str, mark: str, code: str) -> Failed | None:
    if code != program():
        return Failed(
            "the worker has another version of the program",
            where=address,
            do="install the same version on all machines",
        )
    if mark and not Path(mark).is_file():
        return Failed(
            f"the worker does not see the folder {Path(mark).parent}, or another one of that name",
            where=address,
            do="share the folder of the scans, at the same path on all machines",
        )
    return None


def end_all(topic: str) -> None:
    """Ends the processes of a run on this worker."""
    with _lock:
        processes = [process for process, run in _running.items() if run == topic]
    for process in processes:
        process.end(Failed("interrupted", do="the next run goes on where this one stopped"))


def _tell(worker: Any, topic: str, key: str, heard: Heard) -> None:
    worker.log_event(topic, {"key": key, "heard": msgspec.to_builtins(heard)})


def _limit(worker: Any) -> int:
    """Gives the memory that the worker and its processes may take together: as Dask was told, or as
    ``MUSEUM_MEMORY_BYTES`` says on this machine; 0 where nothing bounds it."""
    from pipeline.work.memory import memory_limit

    known = [limit for limit in (int(worker.memory_manager.memory_limit or 0), memory_limit()) if limit]
    return min(known, default=0)


def _hold(limit: int) -> None:
    """Keeps the worker and its processes within a limit."""
    if limit:
        with _lock:
            processes = list(_running)
        hold(processes, max(limit - tree_bytes(os.getpid(), depth=0), 1))
