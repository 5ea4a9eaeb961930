"""Things worked out from a Surface, kept for as long as it lives: a tree for rays, a first simplification.

A Surface is never changed, so what was worked out from it stays true; when its arrays go, the kept thing
goes too.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

from pipeline.matter.surface import Surface

T = TypeVar("T")


class PerSurface(Generic[T]):
    """Gives ``make(surface)``, made once for each living Surface; threads that ask meanwhile wait for it.

    Args:
        make: works it out.
        form_only: it follows from positions and triangles alone, whatever lies on them.
    """

    def __init__(self, make: Callable[[Surface], T], *, form_only: bool = False) -> None:
        self._make, self._form_only = make, form_only
        self._lock = threading.RLock()
        self._kept: dict[tuple[int, ...], T] = {}

    def __call__(self, surface: Surface) -> T:
        """Gives what belongs to the surface."""
        arrays = [surface.positions, surface.triangles]
        if not self._form_only:
            arrays += [surface.material_of, *surface.uvs]
            arrays += [a for a in (surface.normals, surface.colours) if a is not None]
        key = tuple(map(id, arrays))
        with self._lock:
            if key not in self._kept:
                self._kept[key] = self._make(surface)
                for array in arrays:
                    weakref.finalize(array, self._kept.pop, key, None)
            return self._kept[key]
