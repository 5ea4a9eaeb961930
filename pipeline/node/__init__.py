"""One long-lived Node process for what only npm has well kept: simplifier, meshopt codecs, glTF validator.

Spoken to over pipes in frames of a small JSON header and raw buffers (``worker.mjs`` has the layout): no
temporary files, nothing left behind. The process is started by the first call, once in each Python process,
started again after a crash, and ended at exit.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import struct
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from typing import IO, Any

from pipeline.errors import Failed, Refused
from pipeline.node.packages import place
from pipeline.node.runtime import node_program

LIMIT_S = 600.0
"""Longest a call may take where the caller names no limit."""
RECYCLE_BYTES = 512 << 20
"""WebAssembly never gives memory back: a worker that has grown beyond this is ended after the call."""

Buffer = bytes | bytearray | memoryview


class Worker:
    """The process and the talk with it. Calls from several threads wait for each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None

    def call(
        self, op: str, parameters: dict[str, Any], buffers: Sequence[Buffer] = (), *, limit_s: float = LIMIT_S
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Has one operation done.

        Args:
            op: name of the operation (``operations.mjs``).
            parameters: its parameters, JSON.
            buffers: its binary input; any contiguous bytes.
            limit_s: after this time the worker is ended.

        Returns:
            The operation's result and its binary output.

        Raises:
            Refused: Node is not there.
            Failed: its packages could not be installed, or the operation failed, took too long or took the
                worker with it.
        """
        with self._lock:
            process = self._started()
            late = threading.Event()

            def stop() -> None:
                late.set()
                process.kill()

            timer = threading.Timer(limit_s, stop)
            timer.daemon = True
            timer.start()
            try:
                answer, out = _talk(process, {**parameters, "op": op}, buffers)
            except (OSError, EOFError, ValueError) as error:
                said = self._last_words()
                self._end()
                if late.is_set():
                    raise Failed(f"{op} did not end within {limit_s:g} s and was stopped") from None
                raise Failed(f"{op} ended the Node worker ({said or type(error).__name__})") from error
            except BaseException:
                self._end()  # interrupted between two frames: the pipe can not be used again
                raise
            finally:
                timer.cancel()
            if answer.get("spoilt") or answer["rss"] > RECYCLE_BYTES:
                self._end()
        if not answer["ok"]:
            raise Failed(f"{op}: {answer['error']}")
        return answer["result"], out

    def start(self) -> None:
        """Starts the process and does not wait: it loads its modules while the scan is read.

        Raises:
            Refused: Node is not there.
            Failed: its packages could not be installed.
        """
        with self._lock:
            self._started()

    def close(self) -> None:
        """Ends the process; the next call starts a new one."""
        with self._lock:
            self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        home = place()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        try:
            self._process = subprocess.Popen(
                [node_program(), str(home / "worker.mjs")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                cwd=home,
            )
        except OSError as error:
            raise Refused(
                f"Node could not be started ({error.strerror})", do="install Node 18 or newer"
            ) from error
        return self._process

    def _last_words(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        lines = self._errors.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
        return next((line.strip() for line in lines if "Error" in line), lines[-1].strip() if lines else "")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
        if self._errors is not None:
            self._errors.close()
            self._errors = None


def _talk(
    process: subprocess.Popen[bytes], header: dict[str, Any], buffers: Sequence[Buffer]
) -> tuple[dict[str, Any], list[bytes]]:
    assert process.stdin is not None and process.stdout is not None
    views = [memoryview(buffer).cast("B") if len(buffer) else memoryview(b"") for buffer in buffers]
    text = json.dumps({**header, "buffers": [view.nbytes for view in views]}).encode()
    process.stdin.write(struct.pack("<I", len(text)) + text)
    for view in views:
        process.stdin.write(view)
    process.stdin.flush()
    length = struct.unpack("<I", _read(process.stdout, 4))[0]
    answer: dict[str, Any] = json.loads(_read(process.stdout, length))
    return answer, [_read(process.stdout, size) for size in answer["buffers"]]


def _read(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError("the worker ended in the middle of an answer")
    return data


_workers: dict[int, Worker] = {}


def worker() -> Worker:
    """Gives this process's worker; a forked child gets its own and never touches its parent's pipes."""
    pid = os.getpid()
    if pid not in _workers:
        _workers[pid] = Worker()
        atexit.register(_workers[pid].close)
    return _workers[pid]
