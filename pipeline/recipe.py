"""A recipe: straight lists of steps in a TOML file, refused before any scan is opened when it cannot work.

    name = "relic"

    [[step]]                 # common steps, one after another
    use = "place"

    [[level]]                # then the levels, each with its own list, each starting from the common result
    usage = "view"
    quality = "small"
        [[level.step]]
        use = "simplify"
        max_error_mm = 0.2

No jumps, no expressions: what a recipe does can be read from top to bottom, and two recipes can be compared
line by line. Finding a recipe and its digest costs no import of a step; checking it does.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import msgspec

from pipeline.catalogue.derivative import Quality, Usage
from pipeline.errors import Refused

if TYPE_CHECKING:
    from pipeline.steps.registry import Parameter, Step

FOLDER = Path(__file__).parent / "recipes"

FACTS = frozenset({"unit", "evidence", "up", "metadata"})
"""Parameters that are facts of the capture: given when a recipe is run, so a recipe need not (and rarely
does)."""

_MAX_BYTES = 1 << 20
_HEADER = re.compile(r"^\s*\[\[\s*(step|level|level\s*\.\s*step)\s*\]\]")


@dataclass(frozen=True, slots=True)
class Use:
    """One step as a recipe uses it: checked parameters (defaults left out), and where it stands for
    messages."""

    step: Step
    parameters: Mapping[str, Any]
    where: str

    def given(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Gives the parameters to call with: the recipe's, with the capture's facts over them."""
        known = {parameter.name for parameter in self.step.parameters}
        return {**self.parameters, **{k: v for k, v in facts.items() if k in known and v is not None}}


@dataclass(frozen=True, slots=True)
class Level:
    """One derivative to be made: what it is for and its own steps."""

    usage: Usage
    quality: Quality
    uses: tuple[Use, ...]
    device: str = ""

    @property
    def name(self) -> str:
        """``view small``: how the level is called on the screen."""
        return f"{self.usage} {self.quality}"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A checked recipe."""

    name: str
    sha256: str
    uses: tuple[Use, ...]
    levels: tuple[Level, ...]


def names() -> list[str]:
    """Gives the names of the recipes that come with the program."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def find(name_or_path: str) -> Path:
    """Gives the file of a recipe, by its name or by a path.

    Raises:
        Refused: there is none; the known ones are listed.
    """
    named = FOLDER / f"{name_or_path}.toml"
    if re.fullmatch(r"[\w-]+", name_or_path) and named.is_file():
        return named
    path = Path(name_or_path)
    if path.is_file():
        return path
    raise Refused(
        f"there is no recipe {name_or_path!r}{_meant(name_or_path, names())}",
        do=f"use one of {', '.join(names()) or '(none)'} or give the path of a recipe file",
    )


def digest(path: Path) -> str:
    """Gives the SHA-256 of a recipe's text, lower-case hex."""
    return hashlib.sha256(_text(path).encode()).hexdigest()


def load(path: Path) -> Recipe:
    """Reads and checks a recipe against the registered steps: from a ``Surface`` to an ``Encoded`` file a
    level.

    Raises:
        Refused: no TOML, an unknown key, step or parameter, a missing or wrong-typed parameter, a level
        twice,
            or two steps whose types do not meet.
    """
    import pipeline.steps  # noqa: F401 - importing it registers them
    from pipeline.matter.encoded import Encoded
    from pipeline.matter.surface import Surface
    from pipeline.steps.registry import STEPS

    return check(path, STEPS, Surface, Encoded)


def check(path: Path, steps: Mapping[str, Step], start: type, end: type) -> Recipe:
    """Reads and checks a recipe.

    Args:
        path: the TOML file.
        steps: known steps by name.
        start: the type of workpiece that the reader gives.
        end: the type that every level must end in.

    Raises:
        Refused: see :func:`load`.
    """
    text = _text(path)
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

    def recipe(self, table: dict[str, Any], start: type) -> Recipe:
        self.keys(table, {"name", "step", "level"}, self.file)
        name = table.get("name")
        if not isinstance(name, str) or not name:
            raise Refused("the recipe has no name", where=self.file, do='begin it with name = "…"')
        uses, common = self.uses(self.tables(table, "step", self.file), "step", 0, "step", start)
        levels: list[Level] = []
        done = 0
        for index, entry in enumerate(self.tables(table, "level", self.file)):
            level, done = self.level(entry, index, done, common)
            if any((level.usage, level.quality) == (one.usage, one.quality) for one in levels):
                where = f"{self.file}{self.line('level', index)}, level {index + 1}"
                raise Refused(
                    f"the level {level.name} stands in the recipe twice",
                    where=where,
                    do="change its usage or quality or remove one of the two",
                )
            levels.append(level)
        if not levels:
            raise Refused(
                "the recipe makes nothing", where=self.file, do="add a [[level]] with usage and quality"
            )
        return Recipe(name, hashlib.sha256(self.text.encode()).hexdigest(), uses, tuple(levels))

    def level(self, entry: dict[str, Any], index: int, done: int, common: type) -> tuple[Level, int]:
        where = f"{self.file}{self.line('level', index)}, level {index + 1}"
        self.keys(entry, {"usage", "quality", "device", "step"}, where)
        usage = self.one_of(entry, "usage", get_args(Usage), where)
        quality = self.one_of(entry, "quality", get_args(Quality), where)
        device = entry.get("device", "")
        if not isinstance(device, str):
            raise Refused(f"device must be text, not {device!r}", where=where)
        tables = self.tables(entry, "step", where)
        uses, gives = self.uses(tables, "level.step", done, f"level {usage} {quality}, step", common)
        if not _meets(gives, self.end):
            enders = [step.name for step in self.steps.values() if _meets(step.gives, self.end)]
            raise Refused(
                f"the level {usage} {quality} ends in a {_type_name(gives)} and not in a file",
                where=where,
                do=f"end it with {' or '.join(enders) or _type_name(self.end)}",
            )
        return Level(usage, quality, uses, device), done + len(tables)

    def uses(
        self, tables: Sequence[dict[str, Any]], header: str, done: int, label: str, current: type
    ) -> tuple[tuple[Use, ...], type]:
        uses: list[Use] = []
        for number, entry in enumerate(tables, 1):
            where = f"{self.file}{self.line(header, done + number - 1)}, {label} {number}"
            use = self.use(entry, where)
            if not _meets(current, use.step.takes):
                before = uses[-1].step.name if uses else "what comes before"
                raise Refused(
                    f"{use.step.name} takes a {_type_name(use.step.takes)} but {before} gives a "
                    f"{_type_name(current)}",
                    where=use.where,
                    do="change the order of the steps",
                )
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
                f"there is no step {name!r}{_meant(name, self.steps)}",
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
            allowed = _literals(parameter.type)
            hint = _meant(value, allowed) if isinstance(value, str) else ""
            raise Refused(
                f"{parameter.name} = {_toml(value)} is not allowed{hint}",
                where=where,
                do=f"give {type_text(parameter.type)}",
            ) from None
        return converted

    def keys(self, table: dict[str, Any], allowed: set[str], where: str, kind: str = "key") -> None:
        for key in table:
            if key not in allowed:
                listed = ", ".join(sorted(allowed)) or "none"
                raise Refused(
                    f"unknown {kind} {key!r}{_meant(key, allowed)}", where=where, do=f"allowed are {listed}"
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
        what = f"{key} = {_toml(value)} is not allowed" if key in entry else f"{key} is missing"
        hint = _meant(value, allowed) if isinstance(value, str) else ""
        raise Refused(what + hint, where=where, do=f"give one of {', '.join(allowed)}")


def type_text(kind: Any) -> str:
    """Gives a parameter's type as a person reads it: ``a number``, ``one of "none", "webp"``, ``text or
    nothing``."""
    if kind is type(None):
        return "nothing"
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(_toml(value) for value in get_args(kind))
    if get_args(kind) and get_origin(kind) not in (tuple, list, dict):
        return " or ".join(type_text(one) for one in get_args(kind))
    names = {float: "a number", int: "a whole number", str: "text", bool: "true or false"}
    return names.get(kind, str(kind).replace("typing.", ""))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
        if len(raw) > _MAX_BYTES:
            raise Refused("the recipe is larger than 1 MB", where=str(path))
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("the recipe is not UTF-8 text", where=str(path)) from error
    except OSError as error:
        raise Refused(f"the recipe cannot be read: {error.strerror}", where=str(path)) from error


def _meets(gives: type, takes: Any) -> bool:
    kinds = get_args(takes) or (takes,)
    return any(isinstance(kind, type) and issubclass(gives, kind) for kind in kinds)


def _type_name(kind: Any) -> str:
    return getattr(kind, "__name__", str(kind))


def _literals(kind: Any) -> list[str]:
    if get_origin(kind) is Literal:
        return [value for value in get_args(kind) if isinstance(value, str)]
    return [value for one in get_args(kind) for value in _literals(one)]


def _meant(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f", did you mean {close[0]!r}?" if close else ""


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
