"""What is begun early is begun on the right colours, or not at all."""

from __future__ import annotations

import sys
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.recipe import Use
from pipeline.steps.registry import Step
from pipeline.work.ahead import ahead, leading


@pytest.fixture(autouse=True)
def _room_for_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[ahead.__module__], "side_by_side", lambda jobs, facts: 2)


def use(name: str, *, paints: bool = False, early: Any = None) -> Use:
    return Use(Step(name, 1, lambda s: s, object, object, (), early, paints), {}, name)


def begun(common: list[Use], *level: str, paints: str = "", read: bool = True, wait_s: float = 0.3) -> Any:
    """Gives what a level's textures were begun on early, None where they were not."""
    seen: list[str] = []
    done = threading.Event()

    def early(surface: str) -> None:
        seen.append(surface)
        done.set()

    uses = [use(n, paints=n == paints, early=early if n == "textures" else None) for n in level]
    recipe = SimpleNamespace(uses=common, levels=[SimpleNamespace(uses=uses, asked_for=lambda _: True)])
    job: Any = SimpleNamespace(recipe=recipe, options=SimpleNamespace(jobs=None, also=()))
    source: Any = SimpleNamespace(made="as it came" if read else None)
    painted: Any = SimpleNamespace(get=lambda: "in its colours")
    facts: Any = None
    with ahead(job, source, painted, {}, facts):
        done.wait(wait_s)
    return seen[0] if seen else None


def test_textures_are_begun_on_the_colours_that_the_leading_steps_gave() -> None:
    common = [use("correct_colour", paints=True), use("level_exposure", paints=True), use("place")]
    assert leading(common) == 2
    assert begun(common, "simplify", "textures", wait_s=20) == "in its colours"


def test_nothing_is_begun_where_colours_change_later_or_the_scan_was_not_read() -> None:
    late = [use("place"), use("correct_colour", paints=True)]
    assert leading(late) == 0
    assert begun(late, "textures") is None
    assert begun([use("place")], "bake", "textures", paints="bake") is None
    assert begun([use("place")], "textures", read=False) is None
