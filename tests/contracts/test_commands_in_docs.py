"""Every command that the documents name is there, with the options that they name."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from pipeline.cli import cli

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_SPAN = re.compile(r"`([^`\n]+)`")
_INDENTED = re.compile(r"^ {4}(\S.*)$", re.MULTILINE)
_PROGRAM = re.compile(r"^(?:\S*/)?museum\s+(.*)")


def written(path: Path) -> list[str]:
    """Gives what stands as code in a document, without its comments; commands joined by && one by one."""
    text = path.read_text(encoding="utf-8")
    code = [*_SPAN.findall(text), *_INDENTED.findall(text)]
    return [part.strip() for line in code for part in re.sub(r"\s#.*", "", line).split("&&")]


def calls() -> list[tuple[str, str]]:
    return [
        (path.name, found[1])
        for path in DOCUMENTS
        for line in written(path)
        if (found := _PROGRAM.match(line)) and "·" not in line
    ]


def test_the_documents_name_commands_at_all() -> None:
    assert {"technician.md", "outreach.md", "README.md"} <= {name for name, _ in calls()}


@pytest.mark.parametrize(("document", "call"), calls(), ids=lambda value: value)
def test_a_command_in_a_document_is_there_with_its_options(document: str, call: str) -> None:
    name, *words = shlex.split(call)
    command = cli.get_command(click.Context(cli), name)
    assert command is not None, f"{document}: there is no museum {name}"
    known = {option for parameter in command.params for option in parameter.opts}
    named = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert named <= known, f"{document}: museum {name} has no {named - known}"


def test_an_option_in_a_document_belongs_to_some_command() -> None:
    known = {
        option
        for name in cli.list_commands(click.Context(cli))
        for parameter in cli.get_command(click.Context(cli), name).params  # type: ignore[union-attr]
        for option in parameter.opts
    }
    for document in ("technician.md", "curator.md", "outreach.md"):
        for span in _SPAN.findall((ROOT / "docs" / document).read_text(encoding="utf-8")):
            if span.startswith("--"):
                assert span.split()[0] in known, f"{document}: {span}"


def test_every_make_target_in_a_document_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        (path.name, word)
        for path in DOCUMENTS
        for line in written(path)
        for word in re.findall(r"^make ([a-z]+)$", line)
    }
    assert len(named) > 4
    assert {(name, word) for name, word in named if word not in targets} == set()
