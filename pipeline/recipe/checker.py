"""Checks a recipe against the registered steps, before any scan is opened."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from pipeline.catalogue.derivative import Quality, Usage
from pipeline.errors import Refused
from pipeline.measure.budget import budgets

from .files import text_of
from .model import FACTS, Level, Recipe, Use
from .words import literals, meant, meets, toml, type_name, type_text

if TYPE_CHECKING:
    from pipeline.steps.registry import Parameter, Step

_HEADER = re.compile(r"^\s*\[\[\s*(step|level|level\s*\.\s*step)\s*\]\]")


def load(path: Path) -> Recipe:
    """Reads and checks a recipe against the registered steps: from a ``Surface`` or a ``Cloud`` to an
    ``Encoded`` file a level. A recipe may begin with a step that takes only one of the two: which of them a
    scan is shows when it is read (``model.hold_first``).

    Raises:
        Refused: no TOML, an unknown key, step or parameter, a missing or wrong-typed parameter, a level
        twice,
            or two steps whose types do not meet.
    """
    import pipeline.steps  # noqa: F401 - importing it registers them
    from pipeline.matter.cloud import Cloud
    from pipeline.matter.encoded import Encoded
    from pipeline.matter.surface import Surface
    from pipeline.steps.registry import STEPS

    return check(path, STEPS, Surface | Cloud, Encoded)


def check(path: Path, steps: Mapping[str, Step], start: Any, end: type) -> Recipe:
    """Reads and checks a recipe.

    Args:
        path: the TOML file.
        steps: known steps by name.
        start: the type of workpiece that the reader gives, or several as a union.
        end: the type that every level must end in.

    Raises:
        Refused: see :func:`load`.
    """
    text = text_of(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"the recipe is not TOML: {error}", where=str(path)) from error
    return _Checker(str(path), text, steps, end).recipe(table, start)


class _Checker:
    """Turns the TOML table into a Recipe; holds what every message needs (file, lines of the headers,
    steps)."""

    def __init__(self, file: str, text: str, steps: Mapping[str, Step], end: type) -> None:
        self.file, self.text, self.steps, self.end = file, text, steps, end
        self.lines = [
            (re.sub(r"\s", "", match[1]), number)
            for number, line in enumerate(text.splitlines(), 1)
            if (match := _HEADER.match(line))
        ]

    def line(self, header: str, index: int) -> str:
        """Gives ``, line 12`` for the index-th header of a kind, "" where steps are written inline."""
        lines = [number for name, number in self.lines if name == header]
        return f", line {lines[index]}" if index < len(lines) else ""

    def recipe(self, table: dict[str, Any], start: Any) -> Recipe:
        self.keys(table, {"name", "proof", "step", "level"}, self.file)
        proof = self.one_of({"proof": "full", **table}, "proof", ("full", "short"), self.file)
        name = table.get("name")
        if not isinstance(name, str) or not name:
            raise Refused("the recipe has no name", where=self.file, do='begin it with name = "…"')
        uses, common = self.uses(self.tables(table, "step", self.file), "step", 0, "step", start)
        levels: list[Level] = []
        done = 0
        for index, entry in enumerate(self.tables(table, "level", self.file)):
            made, done = self.level(entry, index, done, start, common)
            if any((made[0].usage, made[0].quality) == (one.usage, one.quality) for one in levels):
                where = f"{self.file}{self.line('level', index)}, level {index + 1}"
                twice = f"{made[0].usage} {made[0].quality}"
                raise Refused(
                    f"the level {twice} stands in the recipe twice",
                    where=where,
                    do="change its usage or quality or remove one of the two",
                )
            levels += made
        if not levels:
            raise Refused(
                "the recipe makes nothing", where=self.file, do="add a [[level]] with usage and quality"
            )
        return Recipe(name, hashlib.sha256(self.text.encode()).hexdigest(), uses, tuple(levels), proof)

    def level(
        self, entry: dict[str, Any], index: int, done: int, start: Any, common: Any
    ) -> tuple[list[Level], int]:
        where = f"{self.file}{self.line('level', index)}, level {index + 1}"
        self.keys(entry, {"usage", "quality", "device", "begin", "on_request", "step"}, where)
        usage = self.one_of(entry, "usage", get_args(Usage), where)
        quality = self.one_of(entry, "quality", get_args(Quality), where)
        device = self.one_of(entry, "device", tuple(budgets()), where) if "device" in entry else ""
        begin = self.one_of({"begin": "common", **entry}, "begin", ("common", "scan"), where)
        on_request = entry.get("on_request", False)
        if not isinstance(on_request, bool):
            raise Refused(
                f"on_request = {toml(on_request)} is not allowed", where=where, do="give true or false"
            )
        tables = self.tables(entry, "step", where)
        label = f"level {usage} {quality}, step"
        files, gives = self.files(tables, done, label, start if begin == "scan" else common)
        if not meets(gives, self.end):
            enders = [step.name for step in self.steps.values() if meets(step.gives, self.end)]
            raise Refused(
                f"the level {usage} {quality} ends in a {type_name(gives)} and not in a file",
                where=where,
                do=f"end it with {' or '.join(enders) or type_name(self.end)}",
            )
        endings = [uses[-1].step.name if len(files) > 1 else "" for uses in files]
        made = [
            Level(usage, quality, uses, device, begin == "scan", on_request, ending)
            for uses, ending in zip(files, endings, strict=True)
        ]
        return made, done + len(tables)

    def files(
        self, tables: Sequence[dict[str, Any]], done: int, label: str, start: Any
    ) -> tuple[list[tuple[Use, ...]], type]:
        """Gives a straight list of steps for each file that a level ends in, and what the last one gives.

        A step that writes a file leaves the workpiece as it was: another one after it, which takes that
        workpiece and no file, begins where the first began.
        """
        uses, gives = self.uses(tables, "level.step", done, label, start)
        kinds = [start, *(use.step.gives for use in uses)]
        first = next((i for i, use in enumerate(uses) if meets(use.step.gives, self.end)), len(uses))
        ends = [i for i in range(first + 1, len(uses)) if not meets(kinds[i], uses[i].step.takes)]
        bounds = [first, *ends, len(uses)]
        files = [uses[:first] + uses[a:b] for a, b in pairwise(bounds)]
        names = [file[-1].step.name for file in files if file]
        for name in names:
            if names.count(name) > 1:
                raise Refused(
                    f"{name} ends the level twice", where=uses[first].where, do="remove one of the two"
                )
        return files, gives

    def uses(
        self, tables: Sequence[dict[str, Any]], header: str, done: int, label: str, current: Any
    ) -> tuple[tuple[Use, ...], Any]:
        uses: list[Use] = []
        before_file = current
        for number, entry in enumerate(tables, 1):
            where = f"{self.file}{self.line(header, done + number - 1)}, {label} {number}"
            use = self.use(entry, where)
            another = header == "level.step" and meets(current, self.end) and meets(use.step.gives, self.end)
            if not meets(current, use.step.takes) and not (another and meets(before_file, use.step.takes)):
                before = uses[-1].step.name if uses else "what comes before"
                raise Refused(
                    f"{use.step.name} takes a {type_name(use.step.takes)} but {before} gives a "
                    f"{type_name(current)}",
                    where=use.where,
                    do="change the order of the steps",
                )
            if not meets(use.step.gives, self.end):
                before_file = use.step.gives
            current = use.step.gives
            uses.append(use)
        return tuple(uses), current

    def use(self, entry: dict[str, Any], where: str) -> Use:
        name = entry.get("use")
        if not isinstance(name, str):
            raise Refused(
                "the step does not say which it is", where=where, do='write use = "…" with a step\'s name'
            )
        if name not in self.steps:
            raise Refused(
                f"there is no step {name!r}{meant(name, self.steps)}",
                where=where,
                do=f"known are {', '.join(sorted(self.steps))}",
            )
        step = self.steps[name]
        where = f"{where} ({name})"
        known = {parameter.name: parameter for parameter in step.parameters}
        self.keys({k: v for k, v in entry.items() if k != "use"}, set(known), where, "parameter")
        for parameter in step.parameters:
            if parameter.required and parameter.name not in entry and parameter.name not in FACTS:
                raise Refused(
                    f"the parameter {parameter.name} is missing",
                    where=where,
                    do=f"add {parameter.name} = … ({type_text(parameter.type)})",
                )
        given = {k: self.value(known[k], v, where) for k, v in entry.items() if k != "use"}
        return Use(step, given, where)

    def value(self, parameter: Parameter, value: Any, where: str) -> Any:
        try:
            converted = msgspec.convert(value, parameter.type)
        except msgspec.ValidationError:
            allowed = literals(parameter.type)
            hint = meant(value, allowed) if isinstance(value, str) else ""
            raise Refused(
                f"{parameter.name} = {toml(value)} is not allowed{hint}",
                where=where,
                do=f"give {type_text(parameter.type)}",
            ) from None
        return converted

    def keys(self, table: dict[str, Any], allowed: set[str], where: str, kind: str = "key") -> None:
        for key in table:
            if key not in allowed:
                listed = ", ".join(sorted(allowed)) or "none"
                raise Refused(
                    f"unknown {kind} {key!r}{meant(key, allowed)}", where=where, do=f"allowed are {listed}"
                )

    def tables(self, table: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
        found = table.get(key, [])
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise Refused(f"{key} must be a list of tables", where=where, do=f"write [[{key}]] above each")
        return found

    def one_of(self, entry: dict[str, Any], key: str, allowed: Sequence[str], where: str) -> Any:
        value = entry.get(key)
        if value in allowed:
            return value
        what = f"{key} = {toml(value)} is not allowed" if key in entry else f"{key} is missing"
        hint = meant(value, allowed) if isinstance(value, str) else ""
        raise Refused(what + hint, where=where, do=f"give one of {', '.join(allowed)}")
