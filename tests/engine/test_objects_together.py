"""The time left is told only from what was measured, and a summary's cells stay text."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from engine.many import tasks_of, write_project
from rich.console import Console

from pipeline.commands import together
from pipeline.commands.pace import Pace
from pipeline.commands.table import write_summary
from pipeline.executor import Heard, Record, Trouble


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSEUM_LANG", "en")


def test_no_time_is_told_before_an_object_was_made() -> None:
    pace = paced(10)
    pace.begun("0", 50.0)
    assert pace.left_s(60.0) is None
    pace.finished("0", 61.0, worked=False)  # refused at once: says nothing of the others
    assert pace.left_s(62.0) is None


def test_what_is_finished_says_how_long_the_others_take() -> None:
    pace = paced(4)
    pace.begun("0", 0.0)
    pace.finished("0", 10.0, worked=True)
    pace.begun("1", 10.0)
    assert pace.left_s(10.0) == 30.0
    assert pace.left_s(14.0) == 26.0
    assert pace.left_s(25.0) == 20.0  # the one that runs should have been over: only the others are known
    pace.finished("1", 30.0, worked=True)
    assert pace.left_s(30.0) == 30.0  # 15 s each
    pace.finished("2", 30.0, worked=False)
    assert pace.left_s(30.0) == 15.0
    pace.begun("3", 30.0)
    assert pace.left_s(50.0) is None


def test_two_at_once_take_half_the_time_but_never_less_than_the_one_that_runs() -> None:
    pace = paced(4)
    pace.begun("0", 0.0)
    pace.begun("1", 0.0)
    pace.finished("0", 10.0, worked=True)
    pace.begun("2", 10.0)
    assert pace.left_s(10.0) == 10.0  # "1" is all but done, "2" and "3" follow one another on two places
    pace.finished("3", 10.0, worked=False)
    pace.finished("1", 10.0, worked=True)
    assert pace.left_s(12.0) == 8.0


def test_one_that_is_done_again_begins_anew() -> None:
    pace = paced(2)
    pace.begun("0", 0.0)
    pace.finished("0", 10.0, worked=True)
    pace.begun("1", 10.0)
    pace.begun("1", 18.0)
    assert pace.left_s(18.0) == 10.0


def paced(count: int) -> Pace:
    pace = Pace()
    for number in range(count):
        pace.add(str(number), 1000)
    return pace


def test_on_a_terminal_each_object_has_its_line_and_the_time_left_follows_the_first(tmp_path: Path) -> None:
    recipe = write_project(tmp_path, "shelf/a", "shelf/b")
    first, second = tasks_of(tmp_path, recipe)
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100, color_system=None)
    with together._bars(console, [first, second]) as shown:
        shown.hear(first.key, None)
        shown.hear(first.key, Heard("read", share=0.5))
        shown._bars.refresh()  # type: ignore[attr-defined]
        assert "shelf/a  reading the scan" in screen.getvalue() and "left" not in screen.getvalue()
        shown.hear(first.key, Heard("simplify", "view small"))
        shown.hear(first.key, Heard("read", on=False))
        shown.hear(second.key, None)
        shown.hear(second.key, Heard("nobody knows", on=False))
        shown._bars.refresh()  # type: ignore[attr-defined]
        assert "shelf/a  view small: simplifying" in screen.getvalue()
        time.sleep(0.01)
        shown.finished(first, Record("shelf/a", "made"))
        shown._bars.refresh()  # type: ignore[attr-defined]
        assert "objects 1/2" in screen.getvalue() and "about 0 min 00 s left" in screen.getvalue()
        shown.hear(first.key, Heard("read"))  # too late to matter


def test_a_name_that_looks_like_a_formula_stays_a_name_in_a_spreadsheet(tmp_path: Path) -> None:
    record = Record("=cmd()", "refused", trouble=Trouble(True, "bad, really", where='"x"'))
    write_summary(tmp_path / "s.csv", [record])
    text = (tmp_path / "s.csv").read_bytes().decode("utf-8-sig")
    assert "\r\n'=cmd(),refused," in text and '"""x"": bad, really."' in text
