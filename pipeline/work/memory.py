"""How many levels fit into memory at the same time, and that freed memory goes back to the system."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from pipeline.errors import Refused

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
MESHED_MAX_POINTS = 1_000_000
"""Points that the step ``mesh`` thins a larger cloud to, unless a recipe says otherwise."""
TRIANGLES_A_POINT = 4
"""Triangles that a point becomes: 2 to 5.5 measured."""
MESHED_MAX_PX = 4096
"""Longest side of the texture that the step ``mesh`` paints, unless a recipe says otherwise."""
TEXELS_A_POINT = 2
"""Texels of that texture for each point, gaps between charts included: 1.5 to 1.9 measured."""
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
    small = _triangles(facts) <= SMALL_TRIANGLES and facts.pixels <= SMALL_PIXELS
    return 1 if small else min(2, os.cpu_count() or 1, fitting)


def level_bytes(facts: Facts) -> int:
    """Gives an upper estimate of what one level needs beside the scan itself."""
    return needed_bytes(_triangles(facts), _pixels(facts))


def needed_bytes(triangles: int, pixels: int) -> int:
    """Gives the same for a scan of which only these are known, or guessed."""
    return BASE_BYTES + triangles * PER_TRIANGLE_BYTES + pixels * PER_PIXEL_BYTES


def _triangles(facts: Facts) -> int:
    """Triangles that the levels start from."""
    return facts.triangles + TRIANGLES_A_POINT * min(facts.points, MESHED_MAX_POINTS)


def _pixels(facts: Facts) -> int:
    """Pixels that the levels start from. A cloud that is not thinned has a texture only where it has more
    points than triangles, which are counted."""
    dense = facts.points > MESHED_MAX_POINTS
    return facts.pixels + (min(TEXELS_A_POINT * facts.points, MESHED_MAX_PX**2) if dense else 0)


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
    """Gives the bytes that this program can still have, 0 where the system does not say.

    Raises:
        Refused: ``MUSEUM_MEMORY_BYTES`` is no number.
    """
    free = _line("/proc/meminfo", "MemAvailable:") * 1024
    for folder in _groups():
        limit, used = _number(f"{folder}/memory.max"), _number(f"{folder}/memory.current")
        if limit and used:
            free = min(free or limit, max(limit - used, 0))
    free = free or _physical() // 2
    allowed = memory_limit()
    return min(free or allowed, max(allowed - _own(), 1)) if allowed else free


def memory_limit() -> int:
    """Gives the bytes that the work may take as ``MUSEUM_MEMORY_BYTES`` says it, 0 where it does not.

    Several objects at once each get their share this way (``pipeline.executor``).

    Raises:
        Refused: it is no number of bytes.
    """
    text = os.environ.get("MUSEUM_MEMORY_BYTES", "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 1 << 62):
        raise Refused(
            f"MUSEUM_MEMORY_BYTES = {text!r} is not a number of bytes", do="write 4000000000 for 4 GB"
        )
    return int(text)


def _groups() -> list[str]:
    """Folders of the control groups that this process is in, its own first: each may set a limit."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    own = next((line[3:].strip("/") for line in lines if line.startswith("0::")), "")
    parts = [part for part in own.split("/") if part not in ("", "..")]
    return ["/".join(["/sys/fs/cgroup", *parts[:count]]) for count in range(len(parts), -1, -1)]


def _own() -> int:
    """Resident bytes of this process, 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0


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
