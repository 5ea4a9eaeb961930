"""``museum compare``: figures of any two meshes, and a plain word where they are not in one system."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline.cli import main
from pipeline.comparison import compared
from pipeline.matter.surface import Surface
from pipeline.unit import Decision
from tests.shapes import cube, sphere


def obj(path: Path, shape: Surface, *, times: float = 1.0, shift: Sequence[float] = (0, 0, 0)) -> Path:
    lines = ["v " + " ".join(f"{v:.12g}" for v in row) for row in shape.positions * times + np.array(shift)]
    lines += ["f " + " ".join(str(i + 1) for i in row) for row in shape.triangles]
    path.write_text("\n".join(lines) + "\n")
    return path


def codes(found: object) -> list[str]:
    return [finding.code for finding in found.findings]  # type: ignore[attr-defined]


def test_two_balls_are_apart_by_the_difference_of_their_radii(tmp_path: Path) -> None:
    a, b = obj(tmp_path / "a.obj", sphere(100, level=5)), obj(tmp_path / "b.obj", sphere(101, level=5))
    found = compared(a, b, given="mm", screen_px=1000, samples=5000)
    assert found.proven.deviation.mean == pytest.approx(1, abs=0.02)
    assert found.a.size_mm == pytest.approx((200, 200, 200)) and found.b.high_mm == pytest.approx((101,) * 3)
    assert found.a.unit == Decision("mm", "given") and codes(found) == []
    proof = found.proven.proof
    assert proof is not None and proof.deviation_px is not None
    assert proof.deviation_px.mean == pytest.approx(1000 / (200 * 3**0.5), rel=0.02)


def test_metres_against_millimetres_are_told_by_their_factor(tmp_path: Path) -> None:
    a, b = obj(tmp_path / "a.obj", cube()), obj(tmp_path / "b.obj", cube(), times=1000)
    found = compared(a, b, given="m", samples=1000)
    assert "compare-factor" in codes(found)
    told = next(one for one in found.findings if one.code == "compare-factor")
    assert (told.figures["factor"], told.figures["larger"]) == (1000.0, "b.obj")
    assert "1000" in told.sentence("zh-Hans") and "b.obj" in told.sentence("en")


def test_another_size_and_another_place_are_told(tmp_path: Path) -> None:
    a = obj(tmp_path / "a.obj", cube())
    assert codes(compared(a, obj(tmp_path / "b.obj", cube(), times=1.8), given="m", samples=1000)) == [
        "compare-size-differs"
    ]
    away = obj(tmp_path / "c.obj", cube(), shift=(5, 0, 0))
    assert codes(compared(a, away, given="m", samples=1000)) == ["compare-apart"]


def test_a_far_survey_is_compared_to_the_micrometre(tmp_path: Path) -> None:
    shape, far = sphere(1.0, level=4), (437_000.0, 4_890_000.0, 112.0)
    a = obj(tmp_path / "a.obj", shape, shift=far)
    b = obj(tmp_path / "b.obj", shape, shift=(far[0], far[1], far[2] + 0.0005))
    found = compared(a, b, given="m", samples=5000)
    # half a millimetre along one axis is half of that on average over a ball
    assert found.proven.deviation.mean == pytest.approx(0.25, abs=0.01)


def test_the_command_prints_the_figures_and_writes_page_and_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MUSEUM_LANG", "zh")
    obj(tmp_path / "a.obj", sphere(100, level=3)), obj(tmp_path / "b.obj", sphere(100, level=2))
    assert main(["compare", "a.obj", "b.obj", "--unit", "mm", "--samples", "2000"]) == 0
    printed = capsys.readouterr().out
    assert "平均偏差" in printed and "A → B" in printed and "200 × 200 × 200 mm" in printed
    data = json.loads((tmp_path / "a-b" / "report.json").read_bytes())
    assert data["schema"] == "mobile-museum/comparison/1" and data["deviation_mm"]["samples"] == 2000
    page = (tmp_path / "a-b" / "report.html").read_text(encoding="utf-8")
    assert "a.obj · b.obj" in page and "转动比较" in page and "<script" not in page
    before = {path.name: path.read_bytes() for path in (tmp_path / "a-b").iterdir()}
    assert main(["compare", "a.obj", "b.obj", "--unit", "mm", "--samples", "2000"]) == 0
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "a-b").iterdir()}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.obj", "a.obj"], "没有这个文件"),
        (["a.obj", "empty.obj"], "empty.obj"),
        (["a.obj", "a.obj", "--out", "made"], "文件夹中已有 made 的处理结果"),
        (["a.obj"], "缺少参数"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_sentence_and_nothing_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MUSEUM_LANG", "zh")
    obj(tmp_path / "a.obj", cube())
    (tmp_path / "empty.obj").write_text("v 0 0 0\n")
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "manifest.json").write_text("{}")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    assert main(["compare", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
