"""What a worker of the cluster does with a task: it has a process of its own work on it, as on one computer.

The worker stays small and answers the scheduler while that process works; when the worker is killed, the
process loses its standard input and ends.
"""

from __future__ import annotations

import importlib
import os
import queue
import threading
import time
from typing import Any

import msgspec

from pipeline.errors import Failed
from pipeline.inputs import code_digest

from .footprint import OFTEN_S, hold, tree_bytes
from .messages import Heard, Record, Task, record_of_error
from .process import Inbox, ObjectProcess

_lock = threading.Lock()
_running: dict[ObjectProcess, str] = {}
"""The processes of this worker, each with the run that it belongs to."""


def on_worker(task: Task, work: str, topic: str, budget_bytes: int, code: str) -> Record:
    """Works on an object and gives its record.

    Args:
        task: the object; its paths must lead to the same files here.
        work: what its process does.
        topic: the run's name; what is heard of the work goes there.
        budget_bytes: memory that the process may plan with.
        code: digest of the program that sent it.
    """
    worker: Any = importlib.import_module("distributed").get_worker()
    if code != code_digest():
        error = Failed(
            "the worker has another version of the program",
            where=worker.address,
            do="install the same version on all machines",
        )
        return record_of_error(task.scan.key, error)
    inbox: Inbox = queue.SimpleQueue()
    process = ObjectProcess(task, work, budget_bytes, inbox)
    with _lock:
        _running[process] = topic
    looked = time.monotonic()
    try:
        while True:
            if time.monotonic() - looked >= OFTEN_S:
                looked = time.monotonic()
                _hold(worker)
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


def end_all(topic: str) -> None:
    """Ends the processes of a run on this worker."""
    with _lock:
        processes = [process for process, run in _running.items() if run == topic]
    for process in processes:
        process.end(Failed("interrupted", do="the next run goes on where this one stopped"))


def _tell(worker: Any, topic: str, key: str, heard: Heard) -> None:
    worker.log_event(topic, {"key": key, "heard": msgspec.to_builtins(heard)})


def _hold(worker: Any) -> None:
    """Keeps the worker and its processes within the memory that it was given."""
    limit = worker.memory_manager.memory_limit
    if limit:
        with _lock:
            processes = list(_running)
        own = tree_bytes(os.getpid(), depth=0)
        hold(processes, max(int(limit) - own, 1))
