"""A step is a function: first parameter the workpiece, the keyword-only rest its schema, the docstring its
manual.

    @step(version=2)
    def simplify(surface: Surface, *, max_error_mm: float, max_triangles: int | None = None) -> Surface: ...

The decorator only registers; the function stays callable as it is. Raise ``version`` whenever the same input
and parameters would give other bytes: it is part of the cache key.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Parameter:
    """One keyword-only parameter of a step: type and default (``inspect.Parameter.empty`` where required)."""

    name: str
    type: Any
    default: Any

    @property
    def required(self) -> bool:
        """Whether a recipe must give it."""
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Step:
    """A registered step."""

    name: str
    version: int
    function: Callable[..., Any]
    takes: type
    gives: type
    parameters: tuple[Parameter, ...]

    @property
    def manual(self) -> str:
        """The step's docstring."""
        return inspect.getdoc(self.function) or ""


STEPS: dict[str, Step] = {}


def step(*, version: int) -> Callable[[F], F]:
    """Registers a function as a step under its own name.

    Raises:
        TypeError: the signature is not a step's (no workpiece, positional extras, no annotations).
    """

    def register(function: F) -> F:
        name = getattr(function, "__name__", "?")
        hints = typing.get_type_hints(function)
        first, *rest = inspect.signature(function).parameters.values()
        if any(p.kind is not inspect.Parameter.KEYWORD_ONLY for p in rest):
            raise TypeError(f"step {name}: everything after the workpiece must be keyword-only")
        if name in STEPS and STEPS[name].function.__module__ != function.__module__:
            raise TypeError(f"step {name} is defined twice")
        STEPS[name] = Step(
            name=name,
            version=version,
            function=function,
            takes=hints[first.name],
            gives=hints["return"],
            parameters=tuple(Parameter(p.name, hints[p.name], p.default) for p in rest),
        )
        return function

    return register
