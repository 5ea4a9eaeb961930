"""Technicians read Chinese: every sentence that an error can say has its row, and the figures arrive."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from pipeline.catalogue.phrases import in_chinese, templates
from pipeline.errors import Refused
from pipeline.recipe.words import meant, type_text
from pipeline.sentence import sentence

ROOT = Path(__file__).parent.parent.parent
PLACE = re.compile(r"(?:\{\d*\})+")
ONLY_PLACES = re.compile(r"[{}:(), ]*")
_HAN = re.compile("[\u4e00-\u9fff]")

ENGLISH_ONLY: frozenset[str] = frozenset()
"""Templates that nobody has translated yet. It may only shrink."""


ASSEMBLED = {
    "unknown {} {}": ["unknown key 'levl'", "unknown parameter 'max' (did you mean 'max_px'?)"],
    "{} = {} is not allowed{}": [
        "px = 3 is not allowed",
        "usage = \"veiw\" is not allowed (did you mean 'view'?)",
    ],
    "the file is not UTF-8{}": ["the file is not UTF-8", "the file is not UTF-8, but looks like GBK (ANSI)"],
    "{}correct the unit or the register, or say --force-size to go on": [
        "correct the unit or the register, or say --force-size to go on",
        "--unit mm would agree; otherwise correct the unit or the register, or say --force-size to go on",
    ],
    "no valid TOML{}: {}": ["no valid TOML: expected '='", "no valid TOML at column 3: expected '='"],
}
"""Sentences put together of parts, each with what it can become."""


def text_of(node: ast.expr) -> str | None:
    """The template of a literal or an f-string, None where the text is made elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values]
        return "".join(parts)
    return None


def said_in(path: Path) -> set[str]:
    said: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Refused", "Failed"}:
            texts = [*node.args[:1], *(keyword.value for keyword in node.keywords)]
            said |= {PLACE.sub("{}", text) for text in map(text_of, texts) if text}
    return {text for text in said if not ONLY_PLACES.fullmatch(text)}


def said_by_the_program() -> set[str]:
    files = [path for path in (ROOT / "pipeline").rglob("*.py") if "node_modules" not in path.parts]
    return set().union(*map(said_in, files))


def test_every_sentence_of_an_error_is_there_in_chinese() -> None:
    rows = {PLACE.sub("{}", english) for english in templates()}
    said = said_by_the_program()
    assert len(said) > 150
    spoken = {text for text in said if not any(text == row for row in rows) and in_chinese(text) == text}
    assert spoken - set(ASSEMBLED) == ENGLISH_ONLY


@pytest.mark.parametrize("english", [text for texts in ASSEMBLED.values() for text in texts])
def test_sentences_put_together_of_parts_are_there_in_chinese(english: str) -> None:
    assert _HAN.search(in_chinese(english))


def test_every_row_has_the_same_places_in_both_languages() -> None:
    for english, chinese in templates().items():
        count = english.count("{}")
        assert chinese.format(*(f"<{i}>" for i in range(count))).count("<") == count, english


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            f"there is no step 'simplfy'{meant('simplfy', ['simplify'])}",
            "没有步骤 'simplfy'（是不是 'simplify'？）",
        ),
        (f"give {type_text(float | None)}", "请给出数字，或不写"),
        (
            "make a mesh of it first; readable are OBJ, PLY, STL, glTF and GLB",
            "可读取 OBJ、PLY、STL、glTF 和 GLB",
        ),
        ("the file claims 9000 vertices, allowed are 0 to 50", "文件声称有 9000 个顶点，允许 0 到 50 个"),
        (
            "one look at the object, facing -x; habit of the format ply",
            "从一个方向看文物，朝向 -x；格式 ply 的惯例",
        ),
        ("the scan measures 1 × 2 × 3 m in m (given), the register says 2 mm", "按单位 m（由操作者给出）"),
    ],
)
def test_what_varies_in_a_sentence_is_carried_over_and_translated_itself(english: str, chinese: str) -> None:
    assert chinese in in_chinese(english)


def test_an_error_reads_as_one_chinese_sentence_with_its_place_and_remedy() -> None:
    error = Refused(
        "the parameter max_error_mm is missing",
        where="r.toml, line 7, step 2 (simplify)",
        do="add x = … (a number)",
    )
    told = sentence(error, "zh-Hans")
    assert told == "r.toml 第 7 行，第 2 个步骤（simplify）：缺少参数 max_error_mm；请加上 x = …（数字）。"
    assert sentence(error, "en") == str(error) and not _HAN.search(sentence(error, "en"))


def test_a_sentence_without_a_row_stays_as_it_is() -> None:
    assert in_chinese("nobody ever said this") == "nobody ever said this"
