"""Limits for the figures of a proof: the program's own, and what a museum sets before them.

Light on purpose: the check whether a run has anything to do reads it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, get_args

from pipeline.catalogue.derivative import Quality, Usage
from pipeline.catalogue.figures import figures
from pipeline.catalogue.reading import TOML_BYTES, text, toml_table
from pipeline.errors import Refused

NAME = "thresholds.toml"
DEFAULT = "default"
_OWN = Path(__file__).parent / NAME
_KEYS = {"warn", "fail"}

Limits = Mapping[str, "Limit | None"]
"""Limits by figure; None leaves a figure out."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to ``warn`` a figure passes, up to ``fail`` it is to be looked at; where more is better, down to."""

    warn: float
    fail: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Files of limits, the one that goes before all others last; each by level: ``default``, ``view``, ``view
    small``."""

    layers: tuple[Mapping[str, Limits], ...]

    def of(self, usage: str, quality: str) -> dict[str, Limit]:
        """Gives the limits of a level by figure: the nearest file's first, in a file the level's own."""
        found: dict[str, Limit | None] = {}
        for layer in self.layers:
            for level in (DEFAULT, usage, f"{usage} {quality}"):
                found |= layer.get(level, {})
        return {figure: limit for figure, limit in found.items() if limit is not None}


def files_for(home: Path, *, in_collection: bool) -> tuple[Path, ...]:
    """Gives the museum's files that hold for an object, the nearest last.

    Args:
        home: folder of the object's records.
        in_collection: it is ``models/<collection>/<object>``: then the collection's folder and ``models/``
            are looked into too.
    """
    folders = [home, *(home.absolute().parents[:2] if in_collection else ())]
    return tuple(path for folder in reversed(folders) if (path := folder / NAME).is_file())


def thresholds(museum: Iterable[Path] = ()) -> Thresholds:
    """Reads the program's limits and those of a museum's files, the nearest last.

    Raises:
        Refused: a file names a figure or a level that is not known, or its limits make no sense.
    """
    return Thresholds(tuple(_layer(path) for path in (_OWN, *museum)))


def _layer(path: Path) -> dict[str, Limits]:
    layer: dict[str, Limits] = {}
    for level, value in toml_table(text(path, TOML_BYTES), path).items():
        if level != DEFAULT and level not in get_args(Usage):
            raise Refused(
                f"{level} is no level that a limit can be set for",
                where=str(path),
                do=f"known are {', '.join((DEFAULT, *get_args(Usage)))}",
            )
        table = _table(value, level, path)
        own = {name for name in table if name in get_args(Quality) and level != DEFAULT}
        layer[level] = _limits({name: one for name, one in table.items() if name not in own}, level, path)
        for quality in own:
            name = f"{level}.{quality}"
            layer[f"{level} {quality}"] = _limits(_table(table[quality], name, path), name, path)
    return layer


def _table(value: Any, name: str, path: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        do = f"write [{name}] and the figures below it"
        raise Refused(f"{name} is not a table", where=str(path), do=do)
    return value


def _limits(table: Mapping[str, Any], level: str, path: Path) -> Limits:
    return {figure: _limit(figure, value, f"{path}, [{level}]") for figure, value in table.items()}


def _limit(figure: str, value: Any, where: str) -> Limit | None:
    if figure not in figures():
        do = f"known are {', '.join(figures())}"
        raise Refused(f"there is no figure {figure} in a proof", where=where, do=do)
    if value is False:
        return None
    if not isinstance(value, dict) or set(value) != _KEYS or not all(map(_is_number, value.values())):
        do = "write warn and fail with a number each, or false"
        raise Refused(f"the limits of {figure} are not understood", where=where, do=do)
    limit = Limit(float(value["warn"]), float(value["fail"]))
    least = figures()[figure]["sense"] == "least"
    if (limit.fail > limit.warn) if least else (limit.fail < limit.warn):
        do = "set fail below warn" if least else "set fail above warn"
        raise Refused(f"the limits of {figure} are in the wrong order", where=where, do=do)
    return limit


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
