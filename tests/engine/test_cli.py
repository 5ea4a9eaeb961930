"""The command line: quick help, one sentence for an error, exit codes that programs can rely on."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from pipeline.cli import COMMANDS, main
from pipeline.faults import SYSTEM_PACKAGES
from pipeline.texts import TEXTS


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSEUM_LANG", "en")


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    for name in COMMANDS:
        assert f"\n  {name}" in out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_texts(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert f"museum {name}" in capsys.readouterr().out
    assert name in TEXTS


@pytest.mark.parametrize(
    "arguments", [["proces"], ["process"], ["process", "x.obj", "--unit", "yard"], ["serve", "--port", "0"]]
)
def test_a_wrong_call_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err


def test_no_words_at_all_give_the_help_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err.count("Usage") == 1


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_chinese_to_the_last_word(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSEUM_LANG", "zh")
    assert main([*([name] if name else []), "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("用法：museum") and "选项:" in out
    for english in ("Usage", "Options", "Show", "default", "OPTIONS", "PATHS", "<=x<="):
        assert english not in out


@pytest.mark.parametrize(
    ("host", "told"),
    [("192.0.2.1", "does not have the address 192.0.2.1; leave --host out"), ("127.0.0.1", "is in use")],
)
def test_an_address_or_port_that_cannot_be_had_is_told_apart(
    host: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["serve", str(tmp_path), "--host", host, "--port", str(taken.getsockname()[1])]) > 0
    assert told in capsys.readouterr().err


def test_a_folder_named_like_a_word_of_ours_keeps_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSEUM_LANG", "zh")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert main(["process", "empty"]) == 2
    assert capsys.readouterr().err.startswith("museum: empty：文件夹中没有找到模型")


def test_a_missing_file_is_one_sentence_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["process", str(tmp_path / "nothing.obj")]) == 2
    err = capsys.readouterr().err
    assert err.startswith("museum: ") and "no such file" in err and err.count("\n") == 1


def test_an_unknown_recipe_is_refused_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scan = tmp_path / "a.obj"
    scan.write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    assert main(["process", str(scan), "--recipe", "relik", "--out", str(tmp_path / "out")]) == 2
    assert "there is no recipe 'relik' (did you mean 'relic'?)" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_steps_lists_them_and_prints_a_manual(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["steps"]) == 0
    assert "place" in capsys.readouterr().out
    assert main(["steps", "place"]) == 0
    manual = capsys.readouterr().out
    assert 'unit = "m"  # one of "m", "cm", "mm", "in", "ft"' in manual and "Args:" in manual
    assert main(["steps", "plac"]) == 2


def test_check_reads_a_scan_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scan = tmp_path / "tile.obj"
    scan.write_text("v 0 0 0\nv 0.2 0 0\nv 0 0.1 0\nv 0.2 0.1 0\nf 1 2 3\nf 3 2 4\n")
    before = sorted(tmp_path.rglob("*"))
    assert main(["check", str(scan), "--unit", "m"]) == 0
    out = capsys.readouterr().out
    assert "200 × 100 × 0 mm" in out and "m (given)" in out and "1 (≤ 600 mm)" in out
    assert sorted(tmp_path.rglob("*")) == before


def test_check_in_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSEUM_LANG", "zh_CN.UTF-8")
    scan = tmp_path / "tile.obj"
    scan.write_text("v 0 0 0\nv 0.2 0 0\nv 0 0.1 0\nf 1 2 3\n")
    assert main(["check", str(scan)]) == 0
    assert "推测，未经确认" in capsys.readouterr().out


def fails_with(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("pipeline.scan.find", fail)


def test_an_installation_without_the_3d_part_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_with(ModuleNotFoundError("No module named 'numpy'", name="numpy"), monkeypatch)
    assert main(["process", "a.obj"]) == 2
    err = capsys.readouterr().err
    assert "only the site installed, numpy is missing" in err and '.whl[pipeline]"' in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("kind", [OSError, ImportError])
def test_a_missing_library_of_the_system_is_named_with_its_package(
    kind: type[Exception], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_with(kind("libGL.so.1: cannot open shared object file: No such file or directory"), monkeypatch)
    assert main(["process", "a.obj"]) == 2
    err = capsys.readouterr().err
    assert "libGL.so.1" in err and "apt-get install" in err and "libgl1" in err


def test_the_command_line_and_the_set_up_name_the_same_system_packages() -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    assert sorted(re.findall(r"has lib\S+ (\S+)", makefile)) == sorted(SYSTEM_PACKAGES.split())


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_what_no_level_makes_on_request_is_refused_with_what_there_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    (tmp_path / "a.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    call = [
        "process",
        str(tmp_path / "a.obj"),
        "--also",
        "prnt, master",
        "--out",
        str(tmp_path / "out"),
        *more,
    ]
    assert main(call) == 2
    told = "on request the recipe relic makes no 'prnt' (did you mean 'print'?)"
    assert f"{told}; on request are print, download, master." in capsys.readouterr().err
    monkeypatch.setenv("MUSEUM_LANG", "zh")
    assert main(call) == 2
    assert "配方 relic 没有可按需生成的 'prnt'（是不是 'print'？）" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_mistake_of_ours_in_one_scan_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipeline.commands import process

    done: list[str] = []

    def one(scan: object, _: object) -> None:
        done.append(scan.slug)  # type: ignore[attr-defined]
        if len(done) == 1:
            raise ValueError("zero-size array")

    monkeypatch.setenv("MUSEUM_LANG", "en")
    monkeypatch.delenv("MUSEUM_DEBUG", raising=False)
    monkeypatch.setattr(process, "_one", one)
    paths = []
    for name in ("a", "b"):
        path = tmp_path / f"{name}.obj"
        path.write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
        paths.append(str(path))
    assert main(["process", *paths, "--out", str(tmp_path / "out")]) == 1
    assert done == ["a", "b"] and "a: the program made a mistake (ValueError" in capsys.readouterr().err
