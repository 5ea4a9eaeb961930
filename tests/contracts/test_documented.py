"""Every step has its manual, every finding its sentence, every text of the commands both languages."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path
from typing import get_args

import pytest

import pipeline.steps
from pipeline.catalogue.derivative import Quality, Usage
from pipeline.catalogue.phrases import in_chinese
from pipeline.commands.steps import first_sentence, manual
from pipeline.steps.registry import STEPS, Step
from pipeline.texts import TEXTS, doing

ROOT = Path(__file__).parent.parent.parent
_NOTED = re.compile(r"""(?:\.noting|\.note|Finding)\(\s*f?["']([a-z0-9-]+)["']""")


def findings_in_code() -> set[str]:
    return {
        code
        for path in (ROOT / "pipeline").rglob("*.py")
        if "node_modules" not in path.parts
        for code in _NOTED.findall(path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize(
    "step", [step for step in STEPS.values() if step.function.__module__.startswith("pipeline.")]
)
def test_a_step_has_a_manual_that_names_its_parameters(step: Step) -> None:
    assert pipeline.steps.__doc__
    assert first_sentence(step).endswith("."), f"{step.name}: the first paragraph is a sentence"
    for parameter in step.parameters:
        assert parameter.name in step.manual, f"{step.name} does not say what {parameter.name} is"
    assert f'use = "{step.name}"' in manual(step)
    assert in_chinese(first_sentence(step)) != first_sentence(step), (
        f"{step.name}: no Chinese in phrases.toml"
    )


def test_every_finding_in_the_code_has_its_row_and_every_row_both_languages() -> None:
    table = tomllib.loads((ROOT / "pipeline/catalogue/findings.toml").read_text(encoding="utf-8"))
    assert findings_in_code() <= set(table), findings_in_code() - set(table)
    for code, row in table.items():
        assert set(row) >= {"zh-Hans", "en"}, code


def test_every_stage_and_step_and_level_says_in_words_what_it_is() -> None:
    stages = {
        name
        for path in (ROOT / "pipeline").rglob("*.py")
        if "node_modules" not in path.parts
        for name in re.findall(r"""\bstage\(["']([a-z-]+)["']""", path.read_text(encoding="utf-8"))
    }
    assert len(stages) > 5
    steps = {step.name for step in STEPS.values() if step.function.__module__.startswith("pipeline.")}
    for name in stages | steps:
        assert doing(name) != name, f"{name} has no text"
    for usage in get_args(Usage):
        assert f"usage-{usage}" in TEXTS
    for quality in get_args(Quality):
        assert f"quality-{quality}" in TEXTS


def test_every_text_has_the_same_figures_in_both_languages() -> None:
    def figures(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for key, (chinese, english) in TEXTS.items():
        assert chinese and english and figures(chinese) == figures(english), key
