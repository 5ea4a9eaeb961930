"""Every finding can be said in words, in both languages, whatever figures it carries."""

from __future__ import annotations

import ast
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.catalogue.finding import Finding, sentences, without_names

NAMES = {
    *("file", "folder", "image", "material", "mesh", "name", "node", "path", "texture"),
    *("model", "aside", "names", "cameras", "checker", "report"),
}
"""Figures that hold what the scan's files, or things in them, are called."""
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


@pytest.mark.parametrize("code", sentences())
def test_a_name_that_came_with_the_scan_is_marked_as_one_in_every_language(code: str) -> None:
    for template in sentences()[code].values():
        marked = {name for _, name, spec, _ in string.Formatter().parse(template) if spec == "name"}
        assert marked == places(template) & NAMES


def test_strangers_read_numbers_where_the_scan_had_names() -> None:
    told = without_names(
        (
            Finding("texture-missing", "warning", {"material": "张三的地", "file": "张三.jpg"}),
            Finding("texture-missing", "warning", {"material": "李四的房", "file": "张三.jpg"}),
            Finding("texture-kept", "info", {"name": "李四.jpg", "px": 64}),
            Finding("texture-kept", "info", {"name": "张三.jpg", "px": 64}),
            Finding("unit-assumed", "warning", {"unit": "mm", "longest_mm": 310.0}),
        )
    )
    assert [dict(finding.figures) for finding in told] == [
        {"material": "1", "file": "1"},
        {"material": "2", "file": "1"},
        {"name": "2", "px": 64},
        {"name": "1", "px": 64},
        {"unit": "mm", "longest_mm": 310.0},
    ]
    assert told[1].sentence("zh-Hans").startswith("材质 2 所用的贴图 1 不在")


def test_words_that_no_sentence_says_are_left_out_for_strangers() -> None:
    figures: dict[str, float | int | str] = {"count": 2, "seen_in": "张三.obj"}
    assert without_names([Finding("holes", "info", figures)])[0].figures == {"count": 2}
    assert without_names([Finding("not-in-the-table", "info", figures)])[0].figures == {"count": 2}


def test_a_name_that_is_also_a_word_of_ours_is_not_translated() -> None:
    kept: dict[str, float | int | str] = {"name": "panel", "px": 64, "format": "PNG", "kilobytes": 1}
    assert "贴图 panel 像素未改" in Finding("texture-kept", "info", kept).sentence("zh-Hans")


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
    assert "{file:name}" in Finding("texture-missing", "warning").sentence("en")
    assert Finding("texture-missing", "warning", figures).sentence("ug").startswith("材质")
    assert Finding("not-in-the-table").sentence("en") == "not-in-the-table"
