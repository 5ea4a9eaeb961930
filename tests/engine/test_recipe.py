"""A recipe is refused before a scan is opened, in one sentence that says where."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest

from pipeline.errors import Refused
from pipeline.recipe import Recipe, check
from pipeline.steps import registry
from pipeline.steps.registry import Step, step


class Clay:
    """A workpiece of these tests."""


class Pot:
    """What comes out of the kiln."""


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> dict[str, Step]:
    known: dict[str, Step] = {}
    monkeypatch.setattr(registry, "STEPS", known)

    @step(version=1)
    def shape(clay: Clay, *, height_mm: float, kind: Literal["bowl", "jar"] = "jar") -> Clay:
        """Shapes."""
        return clay

    @step(version=1)
    def fire(clay: Clay, *, unit: Literal["c", "f"], hours: int | None = None) -> Pot:
        """Fires."""
        return Pot()

    @step(version=1)
    def glaze(pot: Pot, *, shiny: bool = True) -> Pot:
        """Glazes."""
        return pot

    return known


GOOD = """
name = "kiln"

[[step]]
use = "shape"
height_mm = 200

[[level]]
usage = "view"
quality = "small"

    [[level.step]]
    use = "fire"
    hours = 8

    [[level.step]]
    use = "glaze"
"""


def checked(tmp_path: Path, text: str, steps: dict[str, Any]) -> Recipe:
    path = tmp_path / "kiln.toml"
    path.write_text(text, encoding="utf-8")
    return check(path, steps, Clay, Pot)


def test_a_good_recipe_keeps_its_order_and_turns_whole_numbers_into_numbers(
    tmp_path: Path, steps: dict[str, Step]
) -> None:
    recipe = checked(tmp_path, GOOD, steps)
    assert [use.step.name for use in recipe.uses] == ["shape"]
    assert recipe.uses[0].parameters == {"height_mm": 200.0}
    assert isinstance(recipe.uses[0].parameters["height_mm"], float)
    assert [use.step.name for use in recipe.levels[0].uses] == ["fire", "glaze"]
    assert recipe.levels[0].name == "view small"


def test_facts_of_the_capture_need_not_stand_in_the_recipe_and_win_over_it(
    tmp_path: Path, steps: dict[str, Step]
) -> None:
    fire = checked(tmp_path, GOOD, steps).levels[0].uses[0]
    assert fire.given({"unit": "c", "evidence": "given", "up": None}) == {"hours": 8, "unit": "c"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'use = "shape"',
            'use = "shap"',
            ["line 4, step 1", "'shap'", "did you mean 'shape'", "fire, glaze"],
        ),
        ("height_mm = 200", "", ["line 4, step 1 (shape)", "height_mm is missing"]),
        ("height_mm = 200", "heigth_mm = 200", ["'heigth_mm'", "did you mean 'height_mm'", "line 4"]),
        ("height_mm = 200", 'height_mm = "tall"', ['height_mm = "tall"', "a number", "line 4"]),
        ("height_mm = 200", 'height_mm = 1\nkind = "jug"', ['kind = "jug"', '"bowl", "jar"']),
        (
            "hours = 8",
            "hours = 8.5",
            ["line 12, level view small, step 1 (fire)", "a whole number or nothing"],
        ),
        ("hours = 8", "hours = true", ["hours = true"]),
        (
            'use = "glaze"',
            'use = "shape"\nheight_mm = 1',
            ["shape takes a Clay but fire gives a Pot", "step 2"],
        ),
        ('quality = "small"', 'quality = "tiny"', ["line 8, level 1", 'quality = "tiny"', "thumb, small"]),
        ('usage = "view"', "", ["usage is missing", "view, ar, vr"]),
        ('name = "kiln"', 'name = "kiln"\ncolour = 1', ["unknown key 'colour'"]),
        ('name = "kiln"', "", ["no name"]),
        (
            'use = "fire"\n    hours = 8',
            'use = "shape"\nheight_mm = 1',
            ["glaze takes a Pot but shape gives a Clay"],
        ),
        ("[[level]]", "[[level", ["not TOML", "line 8"]),
    ],
)
def test_what_cannot_work_is_refused_with_place_and_remedy(
    tmp_path: Path, steps: dict[str, Step], old: str, new: str, said: list[str]
) -> None:
    with pytest.raises(Refused) as refusal:
        checked(tmp_path, GOOD.replace(old, new, 1), steps)
    sentence = str(refusal.value)
    assert "kiln.toml" in sentence
    for part in said:
        assert part in sentence


def test_a_level_twice_is_refused(tmp_path: Path, steps: dict[str, Step]) -> None:
    again = '\n[[level]]\nusage = "view"\nquality = "small"\n[[level.step]]\nuse = "fire"\n'
    with pytest.raises(Refused, match=r"line 19, level 2: the level view small stands in the recipe twice"):
        checked(tmp_path, GOOD + again, steps)


def test_a_level_that_does_not_end_in_a_file_is_refused(tmp_path: Path, steps: dict[str, Step]) -> None:
    with pytest.raises(Refused, match=r"level view large ends in a Clay.*; end it with fire or glaze\."):
        checked(tmp_path, GOOD + '\n[[level]]\nusage = "view"\nquality = "large"\n', steps)


def test_a_recipe_that_makes_nothing_is_refused(tmp_path: Path, steps: dict[str, Step]) -> None:
    with pytest.raises(Refused, match="makes nothing"):
        checked(tmp_path, 'name = "kiln"\n', steps)


SEVERAL = """
name = "kiln"
[[level]]
usage = "ar"
quality = "medium"
on_request = true
    [[level.step]]
    use = "shape"
    height_mm = 200
    [[level.step]]
    use = "fire"
    [[level.step]]
    use = "glaze"
    [[level.step]]
    use = "carve"
"""


@pytest.fixture
def carving(steps: dict[str, Step]) -> dict[str, Step]:
    @step(version=1)
    def carve(clay: Clay) -> Pot:
        """Carves."""
        return Pot()

    return steps


def test_a_step_that_writes_a_file_leaves_the_workpiece_for_another_one(
    tmp_path: Path, carving: dict[str, Step]
) -> None:
    levels = checked(tmp_path, SEVERAL, carving).levels
    assert [[use.step.name for use in level.uses] for level in levels] == [
        ["shape", "fire", "glaze"],
        ["shape", "carve"],
    ]
    assert [level.name for level in levels] == ["ar medium glaze", "ar medium carve"]
    assert {(level.usage, level.quality, level.stem, level.on_request) for level in levels} == {
        ("ar", "medium", "ar", True)
    }


def test_the_same_file_twice_in_one_level_is_refused(tmp_path: Path, carving: dict[str, Step]) -> None:
    again = SEVERAL + '    [[level.step]]\n    use = "carve"\n'
    with pytest.raises(Refused, match="carve ends the level twice; remove one of the two"):
        checked(tmp_path, again, carving)


def test_a_step_for_the_workpiece_cannot_follow_the_file(tmp_path: Path, carving: dict[str, Step]) -> None:
    again = SEVERAL + '    [[level.step]]\n    use = "shape"\n    height_mm = 3\n'
    with pytest.raises(Refused, match="shape takes a Clay but carve gives a Pot"):
        checked(tmp_path, again, carving)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('device = "phnoe"', "did you mean 'phone'"),
        ('on_request = "yes"', "give true or false"),
        ('begin = "scam"', "did you mean 'scan'"),
    ],
)
def test_a_wrong_word_about_a_level_is_refused(
    tmp_path: Path, steps: dict[str, Step], line: str, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        checked(tmp_path, GOOD.replace('quality = "small"', f'quality = "small"\n{line}', 1), steps)


def test_a_level_may_begin_with_the_scan_as_it_was_read(tmp_path: Path, steps: dict[str, Step]) -> None:
    recipe = checked(
        tmp_path, GOOD.replace('quality = "small"', 'quality = "small"\nbegin = "scan"', 1), steps
    )
    assert recipe.levels[0].from_scan and not checked(tmp_path, GOOD, steps).levels[0].from_scan


def test_what_no_level_makes_on_request_cannot_be_asked_for(tmp_path: Path, carving: dict[str, Step]) -> None:
    recipe = checked(tmp_path, SEVERAL, carving)
    recipe.hold_known(["ar"])
    with pytest.raises(Refused, match="makes no 'print'; on request are ar"):
        recipe.hold_known(["print"])
    with pytest.raises(Refused, match="makes is on request; say what to make: --also ar"):
        recipe.hold_known([])
