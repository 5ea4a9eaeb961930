"""How long many objects will still take, told only from what has been measured."""

from __future__ import annotations


class Pace:
    """Bytes of scans against seconds: the finished objects of this run say how fast the rest will go.

    Only objects that were worked on count, and only those still to be worked on are left: what had not
    changed took no time and says nothing.

    Args:
        total: bytes of all objects to work on.
        now: seconds of any clock.
    """

    def __init__(self, total: int, now: float) -> None:
        self._left, self._begun, self._now, self._done = total, now, now, 0

    def finished(self, size: int, now: float, *, worked: bool) -> None:
        """Counts an object of so many bytes; one that was refused took no work that others would take."""
        self._left -= size
        if worked:
            self._done += size
            self._now = now

    def left_s(self, now: float) -> float | None:
        """Gives the seconds left, None before anything was finished or once they should have been over."""
        if not self._done or self._left <= 0:
            return None
        per_byte = (self._now - self._begun) / self._done
        left = per_byte * self._left - (now - self._now)
        return left if left > 0 else None
