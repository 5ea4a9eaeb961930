"""How many levels fit into memory at the same time, and that freed memory goes back to the system."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from .records import Facts

BASE_BYTES = 100 << 20
"""What does not grow with the scan: half a million samples each way, the pictures that are compared. A second
level of 48,000 triangles at the same time took 145 MB more."""
PER_TRIANGLE_BYTES = 900
"""A level's own share at its peak: surface, simplifier's input and output on both sides of the pipe, and the
finished file read back with its tree for measuring. Measured with 50,000 to 1 M triangles, upper end."""
PER_PIXEL_BYTES = 12
"""Textures decoded, resized and encoded, together with what the encoder holds."""
SMALL_TRIANGLES = 100_000
"""Below this a level takes a second or two: doing two at once saves little and costs memory."""
SMALL_PIXELS = 1 << 22
SHARE = 0.6
"""Share of the free memory that levels may take together; the rest is for the pictures and other programs."""


def side_by_side(asked: int | None, facts: Facts, free_bytes: int | None = None) -> int:
    """Gives how many levels to make at the same time.

    Args:
        asked: how many the technician wants at most; None leaves it to the program.
        facts: of the scan.
        free_bytes: memory that is free; asked of the system if None.
    """
    free = memory_free() if free_bytes is None else free_bytes
    fitting = max(1, int(free * SHARE) // level_bytes(facts)) if free else 1
    if asked is not None:
        return min(asked, fitting)
    small = facts.triangles <= SMALL_TRIANGLES and facts.pixels <= SMALL_PIXELS
    return 1 if small else min(2, os.cpu_count() or 1, fitting)


def level_bytes(facts: Facts) -> int:
    """Gives an upper estimate of what one level needs beside the scan itself."""
    return BASE_BYTES + facts.triangles * PER_TRIANGLE_BYTES + facts.pixels * PER_PIXEL_BYTES


def give_back_early() -> None:
    """Has the C library return large arrays to the system when they are freed, instead of keeping them for
    the next: 1.0 GB in place of 1.5 with a million triangles and a 4K texture, for 5 % more time.

    glibc's own rule learns from each freed block and ends at 32 MB, which with several threads keeps much;
    other C libraries and systems are left alone (mallopt(3)).
    """
    if sys.platform != "linux":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    for option, value in _MALLOC.items():
        mallopt(option, value)


_MALLOC = {-8: 2, -1: 16 << 20, -3: 4 << 20}
"""M_ARENA_MAX, M_TRIM_THRESHOLD, M_MMAP_THRESHOLD."""


def memory_free() -> int:
    """Gives the bytes that programs can still have, 0 where the system does not say."""
    free = _line("/proc/meminfo", "MemAvailable:") * 1024
    limit, used = _number("/sys/fs/cgroup/memory.max"), _number("/sys/fs/cgroup/memory.current")
    if limit and used:
        free = min(free or limit, max(limit - used, 0))
    return free or _physical() // 2


def _line(path: str, name: str) -> int:
    try:
        lines = Path(path).read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)


def _number(path: str) -> int:
    try:
        return int(Path(path).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _physical() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0
