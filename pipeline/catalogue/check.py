"""What the types cannot say of a record: known codes, years that run forwards, paths that stay inside.

Each check gives a :class:`Problem`; reading a record refuses the first one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import msgspec

from . import vocabulary
from .artifact import Artifact, Register
from .capture import Capture, Colour
from .derivative import Manifest
from .explain import Path, Problem, key, shown
from .text import LOCALES

NUMBER_MAX = 2**53
"""Largest number of a record: more is no whole number any longer in JSON or in a browser."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_DATE = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2}))?)?[年月日]?")
_CODES = ("grade", "category", "completeness", "preservation", "source")
_SCHEMAS: dict[type[msgspec.Struct], str] = {
    Artifact: "mobile-museum/artifact/1",
    Capture: "mobile-museum/capture/1",
    Manifest: "mobile-museum/manifest/1",
}


def check(record: Artifact | Capture | Manifest) -> Iterator[Problem]:
    """Gives what is wrong with a record that fits its type, the most telling first."""
    known = _SCHEMAS[type(record)]
    if record.schema != known:
        yield Problem(("schema",), f"schema {shown(record.schema)} is not known; this program reads {known}")
    if isinstance(record, Artifact):
        yield from _artifact(record)
    elif isinstance(record, Capture):
        for position, file in enumerate(record.files):
            yield from _file(("files", position), file.path, file.sha256, file.bytes)
        yield from _capture(record)
        yield from _colour(record.colour)
        yield from _scale(record)
    else:
        yield from _manifest(record)


def sane_numbers(table: dict[str, Any]) -> Iterator[Problem]:
    """Gives the numbers of a table, before it is a record, that no scan, file or object can have."""
    waiting: list[tuple[Path, Any]] = [((), table)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(((*path, name), inner) for name, inner in value.items())
        elif isinstance(value, list):
            waiting.extend(((*path, position), inner) for position, inner in enumerate(value))
        elif isinstance(value, int | float) and not abs(value) <= NUMBER_MAX:
            yield Problem(path, f"{key(path)} is a number larger than anything here can be")


def _artifact(artifact: Artifact) -> Iterator[Problem]:
    if not (artifact.name.get("zh-Hans", "").strip() or artifact.name.get("en", "").strip()):
        yield Problem(("name",), "name has neither zh-Hans nor en", 'write name = { zh-Hans = "…" }')
    yield from _code(("number_type",), "number-type", artifact.number_type)
    yield from _register(artifact.register)
    for position, locale in enumerate(artifact.translations_awaiting_review):
        if locale not in LOCALES:
            path = ("translations_awaiting_review", position)
            what = f"{key(path)} {shown(locale)} is not known; allowed are {', '.join(LOCALES)}"
            yield Problem(path, what)


def _register(register: Register) -> Iterator[Problem]:
    for name in _CODES:
        yield from _code(("register", name), name, getattr(register, name))
    for position, material in enumerate(register.material):
        yield from _code(("register", "material", position), "material", material, required=True)
    yield from _entry_date(register.entry_date)
    period = register.period
    yield from _code(("register", "period", "term"), "period", period.term)
    if period.from_year is not None and period.to_year is not None and period.from_year > period.to_year:
        what = f"register.period begins in {period.from_year}, after it ends in {period.to_year}"
        yield Problem(("register", "period", "from_year"), what, "years before Christ are negative")
    for name in ("from_year", "to_year"):
        if getattr(period, name) == 0:
            yield Problem(
                ("register", "period", name), f"register.period.{name} is 0", "1 BC is -1, AD 1 is 1"
            )
    for item, fields in (
        ("dimensions", register.dimensions),
        ("mass", register.mass),
        ("quantity", register.quantity),
    ):
        for name, value in msgspec.structs.asdict(fields).items():
            if isinstance(value, int | float) and not (math.isfinite(value) and value > 0):
                path = ("register", item, name)
                yield Problem(
                    path, f"{key(path)} must be greater than 0, not {value}", "leave it out where not known"
                )


def _entry_date(value: str) -> Iterator[Problem]:
    if not value or vocabulary.lookup("entry-date", value):
        return
    match = _DATE.fullmatch(value.strip())
    if match and 1 <= int(match[2] or 1) <= 12 and 1 <= int(match[3] or 1) <= 31:
        return
    terms = vocabulary.allowed("entry-date")
    what = f"entry_date {shown(value)} is neither a date nor a term; allowed are {terms}"
    yield Problem(("register", "entry_date"), what, "write a date as 1983, 1983-05 or 1983-05-01")


def _code(path: Path, list_name: str, value: str, required: bool = False) -> Iterator[Problem]:
    if (not value and not required) or vocabulary.lookup(list_name, value):
        return
    near = vocabulary.closest(list_name, value)
    what = f"{path[-1] if isinstance(path[-1], str) else path[-2]} {shown(value)} is not known"
    yield Problem(
        path,
        f"{what}; allowed are {vocabulary.allowed(list_name)}",
        f'perhaps "{near}" was meant' if near else "",
    )


def _capture(capture: Capture) -> Iterator[Problem]:
    for position, name in enumerate(capture.models):
        path: Path = ("models", position)
        if not stays_inside(name):
            yield Problem(path, f"{key(path)} {shown(name)} leaves the folder", "name files inside it")
    for name in ("photos", "reprojection_error_px"):
        value = getattr(capture, name)
        if value is not None and not value >= 0:
            yield Problem(
                (name,), f"{name} must not be less than 0, not {value}", "leave it out where not known"
            )
    for position, bar in enumerate(capture.scale_bars):
        if not (math.isfinite(bar.length_mm) and bar.length_mm > 0):
            path = ("scale_bars", position, "length_mm")
            yield Problem(
                path,
                f"{key(path)} must be greater than 0, not {bar.length_mm}",
                "leave it out where not known",
            )


def _colour(colour: Colour) -> Iterator[Problem]:
    if colour.checker and not stays_inside(colour.checker):
        what = f"colour.checker {shown(colour.checker)} leaves the folder"
        yield Problem(("colour", "checker"), what, "copy the picture into the folder of the model")
    if colour.corners and not colour.checker:
        yield Problem(("colour", "corners"), "colour.corners says nothing without colour.checker")
    if len(colour.corners) not in (0, 4):
        what = f"colour.corners must have 4 values, not {len(colour.corners)}"
        yield Problem(("colour", "corners"), what, "write corners = [[x, y], [x, y], [x, y], [x, y]]")


def _scale(capture: Capture) -> Iterator[Problem]:
    scale = capture.scale
    if capture.front_deg is not None and not abs(capture.front_deg) <= 360:
        what = f"front_deg is {capture.front_deg}, more than once round"
        yield Problem(("front_deg",), what, "give degrees from -360 to 360")
    for position, bar in enumerate(scale.bar):
        path = ("scale", "bar", position)
        if not (math.isfinite(bar.length_mm) and bar.length_mm > 0):
            what = f"{key(path)}.length_mm must be greater than 0, not {bar.length_mm}"
            yield Problem((*path, "length_mm"), what)
        if not all(map(math.isfinite, (*bar.a, *bar.b))) or math.dist(bar.a, bar.b) == 0:
            yield Problem(
                (*path, "b"),
                f"{key(path)}: a and b are the same point or no numbers",
                "give two points of the scan",
            )
        if bar.uncertainty_mm is not None and not 0 <= bar.uncertainty_mm < bar.length_mm:
            what = f"{key(path)}.uncertainty_mm must lie between 0 and the length"
            yield Problem((*path, "uncertainty_mm"), what)
    for name in ("targets", "known"):
        if (file := getattr(scale, name)) and not stays_inside(file):
            what = f"{key(('scale', name))} {shown(file)} leaves the folder"
            yield Problem(("scale", name), what, "name files inside it")
    if bool(scale.targets) != bool(scale.known):
        yield Problem(
            ("scale", "known" if scale.targets else "targets"),
            "scale.targets and scale.known belong together",
            "name both files or neither",
        )


def _manifest(manifest: Manifest) -> Iterator[Problem]:
    for position, made in enumerate(manifest.derivatives):
        yield from _file(("derivatives", position), made.path, made.sha256, made.bytes)
    for position, picture in enumerate(manifest.pictures):
        yield from _file(("pictures", position), picture.path, picture.sha256, picture.bytes)
    for position, source in enumerate(manifest.input.files):
        yield from _file(("input", "files", position), source.path, source.sha256, source.bytes)


def _file(path: Path, name: str, sha256: str, size: int) -> Iterator[Problem]:
    if not stays_inside(name):
        yield Problem(
            (*path, "path"), f"{key(path)}.path {shown(name)} leaves the folder", "name files inside it"
        )
    if not _DIGEST.fullmatch(sha256):
        what = f"{key(path)}.sha256 {shown(sha256)} is no SHA-256"
        yield Problem((*path, "sha256"), what, "it has 64 digits 0-9 a-f, as sha256sum prints it")
    if size < 0:
        yield Problem((*path, "bytes"), f"{key(path)}.bytes is {size}, less than nothing")


def stays_inside(name: str) -> bool:
    """Tells whether a relative path names something inside its folder, on every system."""
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    absolute = posix.is_absolute() or bool(windows.drive or windows.root)
    return bool(name) and not absolute and ".." not in windows.parts and "\0" not in name
