"""Progress from deep inside to whoever shows it, without passing a callback through every signature.

A step calls ``report(done, total, "triangles")``; the runner installs a listener for the block it runs. Where
nobody listens nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[float, float, str], None]

_listener: ContextVar[Listener | None] = ContextVar("museum_progress", default=None)


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
