"""Technicians read Chinese: every sentence that an error can say has its row, and the figures arrive."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from pipeline.catalogue.finding import Finding
from pipeline.catalogue.phrases import in_chinese, templates
from pipeline.catalogue.store import read_artifact
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
    "{} is missing{}": ["usage is missing"],
}
"""Sentences put together of parts, each with what it can become."""


_SAYING = frozenset({"Refused", "Failed", "Problem", "UsageError"})
"""What an error, or one thing wrong with a record, is made by."""
_WORDS = re.compile(r"[A-Za-z]{2,}[ ,;][^{}]*[A-Za-z]{2,}")


class Texts:
    """The sentences of one file: literals and f-strings, through the names they were given before."""

    def __init__(self, module: Iterable[ast.AST], scope: ast.AST) -> None:
        self.values: dict[str, list[ast.expr]] = {}
        self.parts: set[str] = set()
        for node in (*module, *own(scope)):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._name(target, node.value)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                self._name(node.target, node.value)

    def _name(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.values.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, part in zip(target.elts, value.elts, strict=True):
                self._name(one, part)

    def of(self, node: ast.expr, depth: int = 4) -> set[str]:
        """The templates that an expression can give; ``{}`` for what is only known when it runs."""
        match node:
            case ast.Constant(value=str() as text):
                return {text}
            case ast.JoinedStr(values=values):
                return self._joined([self._piece(value, depth) for value in values])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._joined([self.of(left, depth), self.of(right, depth)])
            case ast.IfExp(body=body, orelse=orelse):
                return self.of(body, depth) | self.of(orelse, depth)
            case ast.BoolOp(values=values):
                return set().union(*(self.of(value, depth) for value in values))
            case ast.Name(id=name) if depth and name in self.values:
                return set().union(*(self.of(value, depth - 1) for value in self.values[name]))
        return {"{}"}

    def _piece(self, node: ast.expr, depth: int) -> set[str]:
        """What stands at one place: itself where it is fixed, a place where it is a part of a sentence."""
        if not isinstance(node, ast.FormattedValue):
            return self.of(node)
        found = self.of(node.value, depth)
        ends = {text for text in found if not text or not text[0].isalnum()}
        self.parts |= found - ends
        return ends | ({"{}"} if found - ends else set())

    @staticmethod
    def _joined(pieces: list[set[str]]) -> set[str]:
        return {"".join(parts) for parts in itertools.product(*pieces)}


def said_in(path: Path, by: frozenset[str] = _SAYING) -> set[str]:
    """The sentences and parts of sentences in a file's errors; a name means what its own function gave it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said: set[str] = set()
    for scope in (tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))):
        texts = Texts(tree.body, scope)
        for node in own(scope):
            if isinstance(node, ast.Call) and called(node) in by:
                for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                    said |= texts.of(argument)
        said |= {part for part in texts.parts if _WORDS.search(part)}
    return {PLACE.sub("{}", text) for text in said if not ONLY_PLACES.fullmatch(text)}


def own(scope: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function itself, not in the functions inside it."""
    for node in ast.iter_child_nodes(scope):
        if not isinstance(node, ast.FunctionDef):
            yield node
            yield from own(node)


def called(call: ast.Call) -> str:
    name: str = getattr(call.func, "id", getattr(call.func, "attr", ""))
    return name


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


RECORDS = {
    "a value that is no term": '[name]\nzh-Hans = "瓦当"\n[register]\ngrade = "四级"\nsource = "?"\n',
    "a misspelt key": '[name]\nzh-Hans = "瓦当"\n[register]\ngrdae = "一级"\n',
    "a key that nobody knows": "xyzzy = 1\n",
    "a number in quotes": '[name]\nzh-Hans = "瓦当"\n[register.dimensions]\nheight_mm = "325"\n',
    "a number below zero": '[name]\nzh-Hans = "瓦当"\n[register.dimensions]\nheight_mm = -3\n',
    "a name without languages": 'name = "瓦当"\n',
    "a language that nobody knows": '[name]\nzh = "瓦当"\n',
    "no name": 'number = "1"\n',
    "a table for a text": "number = {}\n",
    "a text for a list": '[name]\nzh-Hans = "瓦当"\n[register]\nmaterial = "陶"\n',
    "years that run backwards": '[name]\nen = "a"\n[register.period]\nfrom_year = 9\nto_year = -9\n',
    "a year 0": '[name]\nen = "a"\n[register.period]\nfrom_year = 0\n',
    "an entry date": '[name]\nen = "a"\n[register]\nentry_date = "soon"\n',
    "another schema": 'schema = "x/2"\n[name]\nen = "a"\n',
    "no equals sign": "number\n",
    "no quotes": "number = 瓦当\n",
    "quotes not closed": 'number = "1\n',
    "a path of Windows": 'number = "C:\\scan"\n',
    "twice the same": 'number = "1"\nnumber = "1"\n',
}
_ENGLISH = re.compile(r"\b(?:is|are|must|not|known|the|write|allowed|meant|expected|invalid|more)\b")


def test_how_the_upright_axis_was_found_is_there_in_chinese() -> None:
    path = ROOT / "pipeline/measure/upright.py"
    found = {text for text in said_in(path, frozenset({"Upright"})) if _WORDS.search(text)}
    assert len(found) > 5
    assert {text for text in found if in_chinese(text, group="figures") == text} == set()


def test_why_a_file_of_an_export_was_not_read_is_there_in_chinese() -> None:
    folder = ROOT / "pipeline/scan/exports"
    found = set().union(*(said_in(path, frozenset({"Unread"})) for path in folder.glob("*.py")))
    reasons = {text for text in found if _WORDS.search(text)}
    assert len(reasons) > 4
    assert {text for text in reasons if in_chinese(text, group="figures") == text} == set()


def test_a_finding_leaves_names_as_they_are_and_says_its_reasons_in_chinese() -> None:
    figures = {"file": "a.obj", "material": "mesh"}
    assert "mesh" in Finding("texture-missing", "warning", figures).sentence("zh-Hans")
    reason = {"axis": "+y", "evidence": "habit of the format ply"}
    assert "格式 ply 的惯例" in Finding("up-uncertain", "warning", reason).sentence("zh-Hans")


@pytest.mark.parametrize("record", list(RECORDS.values()), ids=list(RECORDS))
def test_what_is_wrong_with_a_record_is_said_in_chinese_to_the_last_word(tmp_path: Path, record: str) -> None:
    path = tmp_path / "artifact.toml"
    path.write_text(record, encoding="utf-8")
    with pytest.raises(Refused) as caught:
        read_artifact(path)
    told = sentence(caught.value, "zh-Hans").removeprefix(str(path))
    assert told.startswith(" 第 ") or told.startswith("：")
    assert _HAN.search(told.replace("瓦当", "")) and not _ENGLISH.search(told), told


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            f"there is no step 'simplfy'{meant('simplfy', ['simplify'])}",
            "没有步骤 'simplfy'（是不是 'simplify'？）",
        ),
        (f"give {type_text(float | None)}", "请给出数字，或不写"),
        (
            "the file is a PDF document, which is not read",
            "该文件是 PDF 文档，不能读取",
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


def test_a_sentence_is_collected_through_names_choices_and_sums(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "_DO = 'copy it'\n"
        "def one(x):\n"
        "    what = f'bad {x}' if x else 'none at all'\n"
        "    more = f' and {x} more' if x else ''\n"
        "    raise Refused(what + more, where=f'{x or \"the whole thing\"}, line 1', do=_DO)\n"
        "def two(what):\n"
        "    raise Failed(what, do='end it')\n"
    )
    sums = {"bad {}", "bad {} and {} more", "none at all", "none at all and {} more"}
    assert said_in(tmp_path / "a.py") == sums | {"{}, line 1", "the whole thing", "copy it", "end it"}


def test_one_row_serves_a_capital_and_a_small_letter() -> None:
    assert in_chinese("No space left on device") == in_chinese("no space left on device") == "磁盘已满"


def test_a_sentence_without_a_row_stays_as_it_is() -> None:
    assert in_chinese("nobody ever said this") == "nobody ever said this"
