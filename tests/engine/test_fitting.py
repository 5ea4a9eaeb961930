"""A level over its device's budget steps down, texture first, or says that it cannot."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from pipeline.catalogue.finding import Finding
from pipeline.matter.encoded import Encoded
from pipeline.measure import budget
from pipeline.measure.budget import Budget
from pipeline.node.validator import validate
from pipeline.recipe import Level, Use
from pipeline.steps.place import place
from pipeline.steps.registry import STEPS
from pipeline.work.fitting import ROUNDS, fitted
from tests.pictures import encoded, painted, photo
from tests.shapes import grid

ROOMY = Budget(triangles=10**9, wire_bytes=10**9, decoded_bytes=10**9, draw_calls=10**9, texture_px=10**9)


def use(name: str, **parameters: Any) -> Use:
    return Use(STEPS[name], parameters, "here")


LEVEL = Level(
    "view", "small", (use("simplify", screen_px=600), use("textures", max_px=2048), use("compress")), "phone"
)


class Forge:
    """Makes files whose figures follow from the steps: known answers without any work."""

    def __init__(
        self, *, scan_px: int = 1024, triangles: int = 40_000, per_texel: float = 0.5, calls: int = 1
    ):
        self.scan_px, self.triangles, self.per_texel, self.calls = scan_px, triangles, per_texel, calls
        self.asked: list[tuple[int, int | None]] = []

    def __call__(self, uses: Sequence[Use]) -> Encoded:
        by_name = {one.step.name: one.parameters for one in uses}
        side = min(self.scan_px, by_name["textures"]["max_px"])
        most = by_name["simplify"].get("max_triangles")
        self.asked.append((by_name["textures"]["max_px"], most))
        count = self.triangles if most is None else min(self.triangles, most)
        # random bytes, for brotli must not make them smaller
        data = os.urandom(int(side * side * self.per_texel) + 5 * count)
        return Encoded(data, count, count // 2, side, side * side * 16 // 3 + 30 * count, self.calls, (), 0.5)


@pytest.fixture
def allow(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    def allowed(**limits: int) -> None:
        values = {name: getattr(ROOMY, name) for name in ROOMY.__slots__} | limits
        monkeypatch.setattr(budget, "budgets", lambda: {"phone": Budget(**values)})

    return allowed


def figures(findings: Sequence[Finding], code: str) -> dict[str, Any]:
    return next(one.figures for one in findings if one.code == code)


def test_a_level_within_its_budget_is_made_once_and_nothing_is_said(allow) -> None:  # type: ignore[no-untyped-def]
    allow()
    forge = Forge()
    made = fitted(LEVEL, forge)
    assert made.findings == () and made.uses == LEVEL.uses and len(forge.asked) == 1


def test_the_texture_is_halved_from_what_it_really_has_until_the_bytes_fit(allow) -> None:  # type: ignore[no-untyped-def]
    allow(wire_bytes=300_000)  # 512 px: 131,072 bytes and 200,000 of triangles; 256 px: 32,768
    forge = Forge()
    made = fitted(LEVEL, forge)
    assert forge.asked == [(2048, None), (512, None), (256, None)]
    assert made.made.texture_px == 256 and len(made.made.data) <= 300_000
    told = figures(made.findings, "level-stepped-down")
    assert (told["from_px"], told["to_px"], told["limit"]) == (1024, 256, 300_000)
    assert told["from_triangles"] == told["to_triangles"] == 40_000
    assert [one.level for one in made.findings] == ["warning"]


def test_where_the_texture_is_not_what_weighs_the_triangles_go_by_the_budgets_share(allow) -> None:  # type: ignore[no-untyped-def]
    allow(wire_bytes=100_000)
    forge = Forge(scan_px=256, per_texel=0.1)  # 6,554 bytes of texture, 200,000 of triangles
    made = fitted(LEVEL, forge)
    assert forge.asked[1] == (128, None) and forge.asked[2][1] == int(40_000 * 100_000 / 201_638 * 0.95)
    assert len(made.made.data) <= 100_000
    assert figures(made.findings, "level-stepped-down")["to_triangles"] < 20_000


def test_too_many_triangles_become_the_budgets_own_number(allow) -> None:  # type: ignore[no-untyped-def]
    allow(triangles=7_000)
    forge = Forge()
    made = fitted(LEVEL, forge)
    assert forge.asked[1] == (2048, 7_000) and made.made.triangles == 7_000
    assert figures(made.findings, "level-stepped-down")["what"] == "triangles"


def test_gpu_memory_counts_too(allow) -> None:  # type: ignore[no-untyped-def]
    allow(decoded_bytes=3_000_000)
    made = fitted(LEVEL, Forge())
    assert made.made.texture_px == 512 and made.made.decoded_bytes <= 3_000_000


def test_a_usdz_is_held_to_its_bytes_without_brotli(allow) -> None:  # type: ignore[no-untyped-def]
    allow(wire_bytes=90_000)

    def make(uses: Sequence[Use]) -> Encoded:
        return Encoded(b"0.125,0.25," * 9_000, 9, 9, 0, 5, 1, (), 0.5, (), "model/vnd.usdz+zip", ".usdz")

    bare = Level("ar", "medium", (use("usdz"),), "phone")
    made = fitted(bare, make)
    assert made.packed is not None and len(made.packed) < 90_000
    assert [one.code for one in made.findings] == ["level-over-budget"]


def test_what_cannot_step_down_is_told_as_a_failure(allow) -> None:  # type: ignore[no-untyped-def]
    allow(draw_calls=3)
    forge = Forge(calls=5)
    made = fitted(LEVEL, forge)
    assert len(forge.asked) == 1
    told = figures(made.findings, "level-over-budget")
    assert (told["what"], told["value"], told["limit"]) == ("draw calls", 5, 3)
    assert made.findings[0].level == "failure"
    assert "绘制次数" in made.findings[0].sentence("zh-Hans") and "手机" in made.findings[0].sentence(
        "zh-Hans"
    )


def test_an_impossible_budget_ends_after_a_few_rounds_with_both_said(allow) -> None:  # type: ignore[no-untyped-def]
    allow(wire_bytes=10)
    forge = Forge()
    made = fitted(LEVEL, forge)
    assert len(forge.asked) <= ROUNDS + 1
    assert [one.code for one in made.findings] == ["level-stepped-down", "level-over-budget"]


def test_a_level_without_the_steps_to_step_down_with_fails(allow) -> None:  # type: ignore[no-untyped-def]
    allow(wire_bytes=10)
    bare = Level("view", "small", (use("compress"),), "phone")
    made = fitted(bare, lambda uses: Encoded(os.urandom(500), 5, 5, 0, 5, 1, (), 0.5))
    assert [one.code for one in made.findings] == ["level-over-budget"]


def test_every_level_of_the_recipe_names_a_device_that_has_a_budget() -> None:
    from pipeline.recipe import find, load

    levels = load(find("relic")).levels
    assert {level.device for level in levels if level.device} <= set(budget.budgets())
    assert {level.usage for level in levels if not level.device} == {"print", "download", "master"}


def test_real_steps_step_down_to_a_tiny_budget_and_the_file_is_valid(allow) -> None:  # type: ignore[no-untyped-def]
    allow(wire_bytes=9_000)
    wavy = grid(60, size=0.5, height=lambda x, z: 0.05 * np.sin(19 * x) * np.cos(13 * z))
    scan = place(wavy.but(materials=(painted(encoded(photo(256))),)), up="+y", evidence="given")
    steps = (use("simplify", max_error_mm=0.05), use("textures", max_px=2048, quality=80), use("compress"))

    def make(uses: Sequence[Use]) -> Encoded:
        workpiece: Any = scan
        for one in uses:
            workpiece = one.step.function(workpiece, **one.parameters)
        made: Encoded = workpiece
        return made

    whole = make(steps)
    found = fitted(Level("view", "small", steps, "phone"), make)
    wire = len(found.made.data if found.packed is None else found.packed)
    assert len(whole.data) > 9_000 >= wire
    assert whole.texture_px == 256 and found.made.texture_px == 128
    assert found.made.triangles < whole.triangles and validate(found.made.data).clean
    told = figures(found.findings, "level-stepped-down")
    assert (told["from_triangles"], told["to_triangles"]) == (whole.triangles, found.made.triangles)
    assert found.uses[1].parameters == {"max_px": 128, "quality": 80}
