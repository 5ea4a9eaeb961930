"""The time left is told only from what was measured, and a summary's cells stay text."""

from __future__ import annotations

from pathlib import Path

from pipeline.commands.pace import Pace
from pipeline.commands.table import write_summary
from pipeline.executor import Record, Trouble


def test_no_time_is_told_before_an_object_was_made() -> None:
    pace = Pace(1000, now=50.0)
    assert pace.left_s(60.0) is None
    pace.finished(100, 61.0, worked=False)  # refused at once: says nothing of the others
    assert pace.left_s(62.0) is None


def test_the_bytes_that_are_done_say_how_long_the_others_take() -> None:
    pace = Pace(1000, now=0.0)
    pace.finished(200, 10.0, worked=True)
    assert pace.left_s(10.0) == 40.0
    assert pace.left_s(15.0) == 35.0
    assert pace.left_s(51.0) is None  # it should have been over: nobody knows
    pace.finished(300, 60.0, worked=True)
    assert pace.left_s(60.0) == 60.0
    pace.finished(400, 61.0, worked=False)
    assert pace.left_s(61.0) == 60.0 / 500 * 100 - 1.0
    pace.finished(100, 70.0, worked=True)
    assert pace.left_s(70.0) is None


def test_a_name_that_looks_like_a_formula_stays_a_name_in_a_spreadsheet(tmp_path: Path) -> None:
    record = Record("=cmd()", "refused", trouble=Trouble(True, "bad, really", where='"x"'))
    write_summary(tmp_path / "s.csv", [record])
    text = (tmp_path / "s.csv").read_bytes().decode("utf-8-sig")
    assert "\r\n'=cmd(),refused," in text and '"""x"": bad, really."' in text
