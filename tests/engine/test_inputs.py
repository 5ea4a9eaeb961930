"""What a run looks at to tell whether anything changed."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.inputs import names_in


def written(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def test_what_a_run_wrote_below_the_scan_is_no_input(tmp_path: Path) -> None:
    written(tmp_path, "a.obj", "tex/t.png", "out/small.glb", ".museum/run.json")
    assert names_in(tmp_path, tmp_path / "out") == ["a.obj", "tex/t.png"]


def test_a_texture_added_to_a_scan_that_lies_in_its_results_is_seen(tmp_path: Path) -> None:
    written(tmp_path, "scan/a.obj", ".museum/run.json")
    written(tmp_path / "scan", "t.png", ".museum/run.json")
    assert names_in(tmp_path / "scan", tmp_path / "scan") == ["a.obj", "t.png"]
    assert names_in(tmp_path / "scan", tmp_path) == ["a.obj", "t.png"]


def test_a_name_in_another_encoding_is_written_out(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xcc\xd5.txt")).write_bytes(b"x")
    (name,) = names_in(tmp_path, tmp_path / "out")
    assert name.encode() and name.endswith(".txt")
