"""Imports go one way: no room of the pipeline needs a room that needs it, not even inside a function."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

Edge = tuple[str, str]

BACKWARDS: frozenset[Edge] = frozenset({("measure", "render")})
"""Imports that still close a circle: room, the room it should not need. It may only shrink."""


def modules_of(package: Path) -> dict[str, Path]:
    """Gives every module of a package by its dotted name."""
    found = {}
    for path in package.rglob("*.py"):
        name = path.relative_to(package.parent).with_suffix("").parts
        if "node_modules" not in name:
            found[".".join(name[:-1] if name[-1] == "__init__" else name)] = path
    return found


def imported(path: Path, module: str, known: dict[str, Path]) -> set[str]:
    """Gives the known modules that a module imports anywhere in its text."""
    parent = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = parent.split(".")[: len(parent.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                found.add(f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base)
    return found & set(known)


def rooms_in(package: Path) -> dict[str, set[str]]:
    """Gives the rooms (what stands directly in the package), each with the rooms it imports."""
    known = modules_of(package)
    rooms: dict[str, set[str]] = {}
    for module, path in known.items():
        if module == package.name:
            continue
        own = module.split(".")[1]
        others = {name.split(".")[1] for name in imported(path, module, known) if "." in name}
        rooms.setdefault(own, set()).update(others - {own})
    return rooms


def circle(rooms: dict[str, set[str]], without: frozenset[Edge] = frozenset()) -> list[str]:
    """Gives a circle of rooms, empty where there is none."""
    kept = {room: {other for other in rooms[room] if (room, other) not in without} for room in rooms}
    try:
        TopologicalSorter(kept).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_room_imports_a_room_that_imports_it() -> None:
    rooms = rooms_in(ROOT / "pipeline")
    assert {"run", "work", "steps", "catalogue"} <= set(rooms)
    assert circle(rooms, BACKWARDS) == []


@pytest.mark.parametrize("edge", sorted(BACKWARDS), ids="-".join)
def test_an_import_that_closes_no_circle_any_more_is_taken_off_the_list(edge: Edge) -> None:
    rooms = rooms_in(ROOT / "pipeline")
    assert circle(rooms, BACKWARDS - {edge}), f"take {edge} off BACKWARDS, it goes one way now"


def test_the_catalogue_needs_no_room_but_the_errors() -> None:
    assert rooms_in(ROOT / "pipeline")["catalogue"] <= {"errors"}


def test_a_circle_through_a_function_and_a_relative_import_is_found(tmp_path: Path) -> None:
    package = tmp_path / "house"
    (package / "hall").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "door.py").write_text("def go():\n    from house.hall import floor\n")
    (package / "hall/__init__.py").write_text("")
    (package / "hall/floor.py").write_text("from .. import door\n")
    assert set(circle(rooms_in(package))) == {"door", "hall"}
    (package / "hall/floor.py").write_text("from . import floor\n")
    assert circle(rooms_in(package)) == []
