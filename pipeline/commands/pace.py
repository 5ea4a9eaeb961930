"""How long many objects will still take, told only from what has been measured."""

from __future__ import annotations

EACH_BYTES = 5_000_000
"""What an object costs beside its size: 0.25 MB took 10 s, 4 MB 11 s, 19 MB (1 M triangles) 28 s."""


class Pace:
    """Seconds for bytes of scans: what the finished objects of this run took says how long the rest will.

    Only what was worked on says something: an object that was refused, or had not changed, took no time that
    others will take.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, int] = {}
        self._running: dict[str, tuple[int, float]] = {}
        self._bytes, self._seconds = 0, 0.0

    def add(self, key: str, size: int) -> None:
        """An object of so many bytes is to be done."""
        self._waiting[key] = size + EACH_BYTES

    def begun(self, key: str, now: float) -> None:
        """The work on an object begins, or begins again."""
        size = self._waiting.pop(key, None) or self._running.get(key, (EACH_BYTES, now))[0]
        self._running[key] = size, now

    def finished(self, key: str, now: float, *, worked: bool) -> None:
        """The work on an object has ended."""
        self._waiting.pop(key, None)
        size, since = self._running.pop(key, (0, now))
        if worked:
            self._bytes += size
            self._seconds += now - since

    def left_s(self, now: float) -> float | None:
        """Gives the seconds left; None before an object was finished, and once all should have been."""
        if not self._seconds:
            return None
        per_byte = self._seconds / self._bytes
        rest = [max(size * per_byte - (now - since), 0.0) for size, since in self._running.values()]
        together = (sum(self._waiting.values()) * per_byte + sum(rest)) / max(len(rest), 1)
        return max([together, *rest]) or None
