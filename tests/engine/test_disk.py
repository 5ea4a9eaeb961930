"""A disk that is full at any moment: one sentence, exit code 1, and what was there before is untouched."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from engine.stand_ins import run, write_scan

from pipeline.asked import Options
from pipeline.cli import main
from pipeline.errors import Failed


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("room", range(0, 12))
def test_whatever_could_not_be_written_the_last_result_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    recipe = str(scan.parent / "r.toml")
    run(scan, out, Options(recipe=recipe, jobs=1))
    before, real, left = contents(out), Path.open, room

    def opened(path: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
        nonlocal left
        if "w" in mode:
            left -= 1
            if left < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(path, mode, *more, **named)

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises((OSError, Failed), match=r"(?i)no space left") as error:
        run(scan, out, Options(recipe=recipe, unit="cm", jobs=1))
    assert str(out) in str(error.value)
    after = contents(out)
    assert {name: after[name] for name in before} == before
    assert not list(out.rglob("*.part"))


@pytest.mark.parametrize(("language", "told"), [("en", "the disk is full"), ("zh_CN.UTF-8", "磁盘已满")])
def test_a_full_disk_is_one_sentence_and_exit_code_1(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: str,
    told: str,
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "out/small.glb")

    scan = write_scan(tmp_path / "scan")
    monkeypatch.setenv("MUSEUM_LANG", language)
    monkeypatch.setattr("pipeline.run.process", full)
    scan.write_text(scan.read_text() + "\nf 1 2 3\n")
    assert main(["process", str(scan), "--out", str(tmp_path / "out")]) == 1
    err = capsys.readouterr().err
    assert told in err and err.startswith("museum: out/small.glb") and err.count("\n") == 1
