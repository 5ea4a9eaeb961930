"""Every finding can be said in words, in both languages, whatever figures it carries."""

from __future__ import annotations

import ast
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.catalogue.finding import Finding, sentences

PIPELINE = Path(__file__).parents[2] / "pipeline"


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def codes(path: Path) -> Iterator[str]:
    """Codes given as a literal to ``Finding(…)`` or ``….noting(…)``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in ("Finding", "noting") and isinstance(node.args[0].value, str):
            yield node.args[0].value


@pytest.mark.parametrize("code", sentences())
def test_a_finding_has_a_sentence_in_chinese_and_english_with_the_same_figures(code: str) -> None:
    row = sentences()[code]
    assert {"zh-Hans", "en"} <= set(row)
    assert places(row["zh-Hans"]) == places(row["en"])


def test_the_table_is_in_alphabetical_order() -> None:
    text = (PIPELINE / "catalogue" / "findings.toml").read_text(encoding="utf-8")
    assert list(tomllib.loads(text)) == sorted(tomllib.loads(text))


def test_every_code_the_pipeline_uses_has_its_row() -> None:
    used = {code: path.name for path in sorted(PIPELINE.rglob("*.py")) for code in codes(path)}
    assert len(used) > 10
    assert {code: name for code, name in used.items() if code not in sentences()} == {}


def test_a_sentence_holds_its_figures_and_survives_missing_ones() -> None:
    figures: dict[str, float | int | str] = {"material": "m", "file": "a {b}.jpg"}
    assert "a {b}.jpg" in Finding("texture-missing", "warning", figures).sentence("en")
    assert "{file}" in Finding("texture-missing", "warning").sentence("en")
    assert Finding("texture-missing", "warning", figures).sentence("ug").startswith("材质")
    assert Finding("not-in-the-table").sentence("en") == "not-in-the-table"
