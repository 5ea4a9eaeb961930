"""A straight list of steps over one workpiece: made when it is asked for, from the latest kept result on."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pipeline.cache import Cache, key
from pipeline.catalogue.derivative import StepRecord
from pipeline.progress import stage
from pipeline.recipe import PLACES, Use

PAYS_S = 1.0
"""A surface is kept when computing it since the last kept one took longer than this: keeping 1 M triangles
costs about 0.2 s, fetching them 0.1 s."""


WHOLE_FACTS = frozenset({"metadata", "origin"})
"""Facts that are whole records: the manifest says them elsewhere, and not once more with every step."""


class Made:
    """A workpiece that is made when it is first asked for, once, whoever asks; and the key of its making."""

    def __init__(self, make: Callable[[], Any], key: str) -> None:
        self._make, self._lock, self.key = make, threading.Lock(), key

    def get(self) -> Any:
        """Gives the workpiece."""
        with self._lock:
            if not hasattr(self, "_made"):
                self._made = self._make()
            return self._made

    @property
    def made(self) -> Any:
        """The workpiece if it has been made, else None."""
        return vars(self).get("_made")

    def forget(self) -> None:
        """Lets go of the workpiece; who asks again has it made again."""
        with self._lock:
            vars(self).pop("_made", None)


def keys_of(start: str, uses: Sequence[Use], given: Mapping[str, Any]) -> list[str]:
    """Gives the keys of what comes in and of each step's result."""
    keys = [start]
    for use in uses:
        keys.append(key(keys[-1], use.step.name, use.step.version, full(use, given)))
    return keys


def chained(
    cache: Cache, source: Made, uses: Sequence[Use], given: Mapping[str, Any], level: str = ""
) -> Made:
    """Gives the result of steps, made when it is asked for.

    Args:
        cache: where results are kept.
        source: what the first step takes.
        uses: the steps.
        given: facts of the capture.
        level: whose steps they are, for the progress.
    """
    keys = keys_of(source.key, uses, given)
    for name in keys[1:]:
        cache.use(name)

    def run() -> Any:
        done, workpiece = 0, None
        for done in range(len(uses), 0, -1):
            workpiece = cache.surface(keys[done])
            if workpiece is not None:
                break
        else:
            done, workpiece = 0, source.get()
        spent = 0.0
        for index in range(done, len(uses)):
            use = uses[index]
            begun = time.monotonic()
            with stage(use.step.name, level):
                workpiece = use.step.function(workpiece, **use.given(given))
            spent += time.monotonic() - begun
            if spent > PAYS_S and is_surface(workpiece):
                cache.keep_surface(keys[index + 1], workpiece)
                spent = 0.0
        return workpiece

    return Made(run, keys[-1])


class Branches:
    """Results of steps that several files have in common, made once: the AR level's GLB and USDZ share form
    and textures, the VR level its form with the tablet's.

    Args:
        cache: where results are kept between runs.
        given: facts of the capture.
        lists: where every list of steps begins, and its steps.
    """

    def __init__(
        self, cache: Cache, given: Mapping[str, Any], lists: Iterable[tuple[Made, Sequence[Use]]]
    ) -> None:
        self._cache, self._given, self._lock = cache, given, threading.Lock()
        self._made: dict[str, Made] = {}
        wanted = Counter(name for source, uses in lists for name in keys_of(source.key, uses, given)[1:])
        self._shared = {name for name, times in wanted.items() if times > 1}

    def chained(self, source: Made, uses: Sequence[Use], level: str) -> Made:
        """As :func:`chained`, going on from the last result that another list has too."""
        keys = keys_of(source.key, uses, self._given)
        at = next((i for i in range(len(uses) - 1, 0, -1) if keys[i] in self._shared), 0)
        if at:
            with self._lock:
                trunk = self._made.get(keys[at])
            if trunk is None:
                made = self.chained(source, uses[:at], level)
                with self._lock:
                    trunk = self._made.setdefault(keys[at], made)
            source = trunk
        return chained(self._cache, source, uses[at:], self._given, level)


def full(use: Use, given: Mapping[str, Any]) -> dict[str, Any]:
    """Gives every parameter that a step is called with, defaults included, but for where things lie."""
    defaults = {one.name: one.default for one in use.step.parameters if not one.required}
    return {name: value for name, value in (defaults | use.given(given)).items() if name not in PLACES}


def step_records(uses: Iterable[Use], given: Mapping[str, Any]) -> tuple[StepRecord, ...]:
    """Gives steps as the manifest names them."""

    def plain(value: Any) -> bool | int | float | str | None:
        return value if value is None or isinstance(value, bool | int | float | str) else str(value)

    return tuple(
        StepRecord(
            use.step.name,
            use.step.version,
            {k: plain(v) for k, v in full(use, given).items() if k not in WHOLE_FACTS},
        )
        for use in uses
    )


def is_surface(workpiece: Any) -> bool:
    """Says whether a workpiece is a Surface and no other kind."""
    from pipeline.matter.surface import Surface

    return type(workpiece) is Surface


def is_cloud(workpiece: Any) -> bool:
    """Says whether a workpiece is a point cloud, which has no textures."""
    from pipeline.matter.cloud import Cloud

    return type(workpiece) is Cloud
