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
    """A registered step. ``takes`` is the type of its workpiece, or a union where it takes several kinds.

    ``ahead`` takes what the step takes and does the part of its work that hangs on nothing that steps before
    it may change in a form (its textures, say): the runner calls it while those are still at work, and the
    step finds it done. It raises nothing that the step would not raise. ``paints`` says that the step changes
    colours or textures, so that nobody begins on them before it.
    """

    name: str
    version: int
    function: Callable[..., Any]
    takes: Any
    gives: type
    parameters: tuple[Parameter, ...]
    ahead: Callable[..., None] | None = None
    paints: bool = False

    @property
    def manual(self) -> str:
        """The step's docstring."""
        return inspect.getdoc(self.function) or ""


STEPS: dict[str, Step] = {}


def step(*, version: int, ahead: Callable[..., None] | None = None, paints: bool = False) -> Callable[[F], F]:
    """Registers a function as a step under its own name.

    Args:
        version: of the step's results.
        ahead: does part of the work early (:class:`Step`).
        paints: whether colours or textures come out changed.

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
            ahead=ahead,
            paints=paints,
        )
        return function

    return register
