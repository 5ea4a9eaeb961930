"""An input may be run again alone; what was measured of the others stays, each with its commit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks import table
from benchmarks.row import Row


def row(name: str, seconds: float, level: str = "all", tool: str = "museum quick") -> Row:
    return Row(name, tool, level, seconds, 300.0, 1000, 900, 12, 0, 0.1, 0.2, 0.3, 0.99, 0.98)


def read(folder: Path) -> list[Row]:
    return table._before(folder / "relic.csv")


def test_an_input_that_is_not_run_keeps_its_rows_and_its_commit(tmp_path: Path) -> None:
    doc = tmp_path / "benchmark.md"
    table.write([replace(row("gargo", 5.0), commit="aaa1111")], tmp_path, doc)
    table.write([replace(row("laurana", 4.0), commit="bbb2222")], tmp_path, doc)
    assert [(r.input, r.seconds, r.commit) for r in read(tmp_path)] == [
        ("laurana", 4.0, "bbb2222"),
        ("gargo", 5.0, "aaa1111"),
    ]
    assert "laurana: commit bbb2222; gargo: commit aaa1111" in doc.read_text(encoding="utf-8")


def test_an_input_that_is_run_again_loses_its_old_rows(tmp_path: Path) -> None:
    for seconds in (5.0, 3.0):
        table.write([row("gargo", seconds), row("gargo", 0.0, "small")], tmp_path, tmp_path / "doc.md")
    assert [r.seconds for r in read(tmp_path)] == [3.0, 0.0]


def test_rows_of_another_machine_are_not_mixed_in(tmp_path: Path) -> None:
    table.write([row("gargo", 5.0)], tmp_path, tmp_path / "doc.md")
    path = tmp_path / "relic.csv"
    path.write_text(path.read_text().replace("cores", "processors", 1))
    table.write([row("laurana", 4.0)], tmp_path, tmp_path / "doc.md")
    assert [r.input for r in read(tmp_path)] == ["laurana"]


def test_a_file_with_one_commit_for_all_gives_it_to_every_row(tmp_path: Path) -> None:
    table.write([row("gargo", 5.0)], tmp_path, tmp_path / "doc.md")
    path = tmp_path / "relic.csv"
    head, names, *lines = path.read_text().splitlines()
    old = [head.rstrip('"') + ', commit ccc3333"', *(line.rpartition(",")[0] for line in [names, *lines])]
    path.write_text("\n".join(old) + "\n")
    assert [r.commit for r in read(tmp_path)] == ["ccc3333"]
