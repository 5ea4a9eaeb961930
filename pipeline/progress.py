"""Progress from deep inside to whoever shows it, without passing a callback through every signature.

A step calls ``report(done, total, "triangles")``; the runner opens a ``stage`` for the block it runs. Where
nobody watches nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

Listener = Callable[[float, float, str], None]
Watcher = Callable[[str, str], AbstractContextManager[Listener]]
"""Called with a stage's name and the level it belongs to; gives the listener for as long as the stage
lasts."""

_listener: ContextVar[Listener | None] = ContextVar("museum_progress", default=None)
_watcher: ContextVar[Watcher | None] = ContextVar("museum_watcher", default=None)


def report(done: float, total: float, unit: str = "") -> None:
    """Tells the listener, if there is one, that ``done`` of ``total`` units are finished."""
    listener = _listener.get()
    if listener is not None:
        listener(done, total, unit)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Installs a listener for the block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Installs a watcher, which is told of every stage in the block."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


@contextmanager
def stage(name: str, level: str = "") -> Iterator[None]:
    """Tells the watcher, if there is one, that a stage begins and ends; its reports go where the watcher
    says."""
    watcher = _watcher.get()
    if watcher is None:
        yield
        return
    with watcher(name, level) as listener, listening(listener):
        yield
