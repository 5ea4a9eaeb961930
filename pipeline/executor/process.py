"""One object's process, as seen from whoever started it."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import IO

import msgspec

from pipeline.errors import Failed

from .estimate import size_text
from .messages import Heard, Message, Record, Task, record_of_error

LINE_BYTES = 1 << 20
"""No message is longer."""
LEAVE_S = 20.0
"""A process that has given its record and does not end within this is ended."""
_DECODER: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)

Inbox = queue.SimpleQueue[tuple[str, Message]]


class ObjectProcess:
    """A process that works on one object; what it says arrives in an inbox, its record last and always.

    Args:
        task: what it works on.
        work: ``module:function``, see ``executor.one``.
        budget_bytes: memory that it may plan with, 0 where nobody knows.
        inbox: gets ``(task.key, message)``.
    """

    def __init__(self, task: Task, work: str, budget_bytes: int, inbox: Inbox) -> None:
        self.task, self._inbox, self._begun = task, inbox, time.monotonic()
        self._why: Failed | None = None
        self._over = False
        environment = {**os.environ}
        if budget_bytes:
            environment["MUSEUM_MEMORY_BYTES"] = str(budget_bytes)
        # the same modules from the same places, without running the parent's main module again
        begin = f"import sys; sys.path[:] = {sys.path!r}; from pipeline.executor.child import main; main()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", begin],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if environment.get("MUSEUM_DEBUG") else subprocess.DEVNULL,
            env=environment,
            start_new_session=True,  # Ctrl-C is the parent's; one signal ends it with all that it started
        )
        self.pid = self._process.pid
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(OSError):  # it has ended already: the listener will tell
            pickle.dump((work, task), self._process.stdin)
            self._process.stdin.flush()
        self._listener = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
        self._listener.start()

    def end(self, why: Failed | None = None, *, over: bool = False) -> None:
        """Ends it at once, with all that it started; its record says why, and whether it was for memory."""
        self._why, self._over = self._why or why, self._over or over
        if self._process.returncode is not None:
            return
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (AttributeError, OSError):
            self._process.kill()

    def gone(self) -> None:
        """Waits until nothing of it is left."""
        self._listener.join(LEAVE_S)

    def _listen(self, answers: IO[bytes]) -> None:
        record = None
        while line := answers.readline(LINE_BYTES):
            try:
                message = _DECODER.decode(line)
            except msgspec.MsgspecError:
                continue
            if isinstance(message, Heard):
                self._inbox.put((self.task.key, message))
            else:
                record = message
        if record is None:
            self._sweep()
        try:
            self._process.wait(LEAVE_S if record else None)
        except subprocess.TimeoutExpired:
            self.end()
        code = self._process.wait()
        for pipe in (self._process.stdin, answers):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._inbox.put((self.task.key, record or self._dead(code)))

    def _sweep(self) -> None:
        """Ends what it leaves behind, such as a Node process in the middle of its work; its number is still
        its own as long as nobody has asked how it ended."""
        with contextlib.suppress(AttributeError, OSError):
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
            os.killpg(self.pid, signal.SIGKILL)

    def _dead(self, code: int) -> Record:
        """What to say of a process that ended without a record."""
        error = self._why or _ended(code)
        seconds = time.monotonic() - self._begun
        return record_of_error(self.task.scan.key, error, seconds, died=True, over=self._over)


def _ended(code: int) -> Failed:
    if code < 0:
        with contextlib.suppress(ValueError):
            name = signal.Signals(-code).name
            return Failed(
                f"the process that worked on it was ended from outside ({name})",
                do="it may have needed more memory than there is: close other programs, or give --objects 1",
            )
    return Failed(
        f"the process that worked on it ended without a word (code {code})", do="MUSEUM_DEBUG=1 shows where"
    )


def too_much(limit_bytes: int) -> Failed:
    """Why a process was ended that took more memory than all may take together."""
    return Failed(
        f"the work on it took more memory than the {size_text(limit_bytes)} that are allowed",
        do="allow more, or make the scan smaller",
    )
