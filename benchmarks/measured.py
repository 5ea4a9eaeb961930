"""Run a command and account for its whole process tree: wall seconds, peak of the summed resident memory."""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Run:
    """One finished run: wall seconds and peak resident memory of the command and its children."""

    seconds: float
    peak_rss_mb: float


def run(command: Sequence[str], *, timeout_s: float = 900.0) -> Run:
    """Runs a command to its end.

    Shared pages are counted once per process that maps them, so the peak errs to the command's disadvantage.

    Raises:
        RuntimeError: it failed or did not end in time; the message holds the end of its output.
    """
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        peak = _Peak(process.pid)
        try:
            code = process.wait(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            code = -1
        seconds = time.perf_counter() - start
        peak.stop()
        if code != 0:
            output.seek(0)
            tail = output.read()[-2000:].decode(errors="replace")
            raise RuntimeError(f"{' '.join(command)} ended with {code}:\n{tail}")
    return Run(seconds, peak.bytes / 1e6)


class _Peak(threading.Thread):
    """Samples the tree's memory every 50 ms until stopped; looks for new children every fifth time, for to
    ask for them costs milliseconds that the measured program would miss.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.bytes = 0
        self._root = pid
        self._ended = threading.Event()
        self.start()

    def run(self) -> None:
        try:
            root = psutil.Process(self._root)
            tree, looked = [root], 0
            while not self._ended.wait(0.05):
                if looked % 5 == 0:
                    tree = [root, *root.children(recursive=True)]
                looked += 1
                self.bytes = max(self.bytes, sum(_rss(p) for p in tree))
        except psutil.NoSuchProcess:
            return

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _rss(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
