"""Memory that a process and all that it started take. Only Linux says it; elsewhere it is 0, no bound."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from .process import ObjectProcess, too_much

_DEPTH = 6
OFTEN_S = 0.5
"""How often memory is looked at."""


def tree_bytes(pid: int, depth: int = _DEPTH) -> int:
    """Gives the resident bytes of a process and its children; of what ended meanwhile, none."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    own = pages * os.sysconf("SC_PAGE_SIZE")
    return own + (sum(tree_bytes(child, depth - 1) for child in _children(pid)) if depth else 0)


def _children(pid: int) -> list[int]:
    """What each thread of a process started; one that ends while it is read takes only its own list away."""
    found: list[int] = []
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return found
    for thread in threads:
        with contextlib.suppress(OSError, ValueError):
            found += map(int, (thread / "children").read_text(encoding="ascii").split())
    return found


def hold(processes: Iterable[ObjectProcess], limit_bytes: int) -> None:
    """Ends the largest of several processes when together they take more than a limit; 0 is no limit."""
    if not limit_bytes:
        return
    taken = {process: tree_bytes(process.pid) for process in processes}
    if sum(taken.values()) > limit_bytes:
        max(taken, key=lambda process: taken[process]).end(too_much(limit_bytes), over=True)
