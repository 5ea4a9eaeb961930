"""The program of the process that works on one object.

It is given its task on standard input and answers on standard output, one line of JSON for each message, the
record last. Standard input stays open as long as whoever started it lives: when it closes, the process ends
itself and what it started, so that nothing goes on working for nobody. What libraries print goes to standard
error.
"""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec

from pipeline.progress import Listener, watching

from .messages import Heard, Message, Task

OFTEN_S = 0.25
"""A stage tells how far it is not more often than this."""


def main() -> None:
    """Does the task that comes in, and tells."""
    if not os.environ.get("MUSEUM_DEBUG"):
        warnings.simplefilter("ignore")
    _first_to_go()
    answers = _own_output()
    work, task = pickle.load(sys.stdin.buffer)
    assert isinstance(task, Task)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    teller = _Teller(answers)
    module, _, function = work.partition(":")
    with watching(teller.stage):
        record = getattr(importlib.import_module(module), function)(task)
    teller.tell(record)


def _first_to_go() -> None:
    """Where memory runs out Linux ends this process, whose object is named, before other people's."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")


def _own_output() -> IO[bytes]:
    """Keeps standard output for the answers; whatever else is printed goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _end_with_parent() -> None:
    """Waits for the end of standard input; ``os.read`` holds no lock that Python's own end would wait for."""
    while os.read(0, 1):
        pass
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


class _Teller:
    """Writes messages, from several threads."""

    def __init__(self, answers: IO[bytes]) -> None:
        self._answers, self._lock = answers, threading.Lock()

    def tell(self, message: Message) -> None:
        """Writes one message."""
        line = msgspec.json.encode(message) + b"\n"
        with self._lock:
            self._answers.write(line)
            self._answers.flush()

    @contextmanager
    def stage(self, name: str, level: str) -> Iterator[Listener]:
        """Tells a stage's beginning, its progress now and then, and its end."""
        last = time.monotonic()

        def listener(done: float, total: float, _unit: str) -> None:
            nonlocal last
            now = time.monotonic()
            if total and now - last >= OFTEN_S:
                last = now
                self.tell(Heard(name, level, min(done / total, 1.0)))

        self.tell(Heard(name, level))
        try:
            yield listener
        finally:
            self.tell(Heard(name, level, on=False))
