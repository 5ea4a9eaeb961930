"""Things worked out from a Surface, kept for as long as it lives: a tree for rays, a first simplification.

A Surface is never changed, so what was worked out from it stays true. What is kept must not hold on to the
thing that it is kept for, or both would stay for ever.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from pipeline.matter.surface import Surface

T = TypeVar("T")


class PerSurface(Generic[T]):
    """Gives ``make(surface)``, made once for each living Surface; threads that ask meanwhile wait for it."""

    def __init__(self, make: Callable[[Surface], T]) -> None:
        self._make = make
        self._lock = threading.RLock()
        self._kept: dict[tuple[int, ...], T] = {}

    def __call__(self, surface: Surface) -> T:
        """Gives what belongs to the surface."""
        owners = self._owners(surface)
        key = tuple(map(id, owners))
        with self._lock:
            if key not in self._kept:
                self._kept[key] = self._make(surface)
                for owner in owners:
                    weakref.finalize(owner, self._kept.pop, key, None).atexit = False
            return self._kept[key]

    def _owners(self, surface: Surface) -> tuple[Any, ...]:
        return (surface,)


class PerForm(PerSurface[T]):
    """As :class:`PerSurface` for what follows from positions and triangles alone: made once for all
    Surfaces that share them. What is made must not hold either array.
    """

    def _owners(self, surface: Surface) -> tuple[Any, ...]:
        return (surface.positions, surface.triangles)
