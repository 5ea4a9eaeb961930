"""What holds of the project's own files, whatever the code does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON_LOCKS = sorted(ROOT.glob("requirements*.lock"))
NPM_LOCKS = [
    ROOT / "viewer/client/package-lock.json",
    ROOT / "pipeline/node/package-lock.json",
    ROOT / "benchmarks/peers/package-lock.json",
]


@pytest.mark.parametrize("lock", [*PYTHON_LOCKS, *NPM_LOCKS], ids=lambda p: str(p.relative_to(ROOT)))
def test_a_lock_file_carries_no_registry_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    if lock.suffix == ".json":
        addresses = [p["resolved"] for p in json.loads(text)["packages"].values() if "resolved" in p]
    else:
        addresses = re.findall(r"(?:https?|file)://\S+|^--(?:index|extra|find)\S*", text, flags=re.MULTILINE)
    assert addresses == []


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_npm_dependency_is_pinned_exactly_and_by_digest(lock: Path) -> None:
    manifest = json.loads((lock.parent / "package.json").read_text())
    wanted = {**manifest.get("dependencies", {}), **manifest.get("devDependencies", {})}
    assert wanted and all(re.fullmatch(r"\d[\w.+-]*", version) for version in wanted.values()), wanted
    packages = json.loads(lock.read_text())["packages"]
    assert [name for name, p in packages.items() if name and "integrity" not in p and not p.get("link")] == []


@pytest.mark.parametrize("lock", PYTHON_LOCKS, ids=lambda p: p.name)
def test_every_python_dependency_is_pinned_by_digest(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert len(entries) > 10
    assert [e.splitlines()[0] for e in entries if "==" not in e or "--hash=sha256:" not in e] == []


def test_the_plain_install_needs_none_of_the_3d_libraries() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    plain = {re.split(r"[<>=;\[ ]", d)[0].lower() for d in project["dependencies"]}
    heavy = {"numpy", "scipy", "open3d", "open3d-cpu", "trimesh", "pygltflib", "pyvips", "dracopy"}
    assert plain & heavy == set()
    locked = set(
        re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements-site.lock").read_text(), flags=re.MULTILINE)
    )
    assert locked & heavy == set()


def test_every_dependency_of_the_project_is_in_the_developers_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        d for group in (project["dependencies"], *project["optional-dependencies"].values()) for d in group
    ]
    names = {re.split(r"[<>=;\[ ]", d)[0].lower() for d in wanted}
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE))
    assert names - locked == set()


def test_no_two_test_files_share_a_name() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names)), "pytest imports a test file by its name alone"


def test_everything_beside_the_code_goes_into_the_wheel() -> None:
    kept = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    for package, folders in (
        ("pipeline", {"node_modules"}),
        ("viewer", {"node_modules", "client", "static"}),
    ):
        there = {
            path
            for path in (ROOT / package).rglob("*")
            if path.is_file() and path.suffix not in (".py", ".pyc") and not folders & set(path.parts)
        }
        packed = {path for pattern in kept[package] for path in (ROOT / package).glob(pattern)}
        assert len(there) > 10
        assert there - packed == set(), f"{package}: no pattern of package-data names these"


@pytest.mark.skipif(not (shutil.which("make") and shutil.which("node")), reason="there is no make or no node")
def test_the_client_is_built_when_its_files_change_whatever_they_and_the_collections_are_called(
    tmp_path: Path,
) -> None:
    client = tmp_path / "viewer/client"
    collection = tmp_path / "models/My Museum/jar"
    for folder in (client, collection, tmp_path / "pipeline/node", tmp_path / ".made"):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", tmp_path)
    (client / "build.mjs").write_text("import fs from 'node:fs'; fs.appendFileSync('built', 'x');")
    (collection / "artifact.toml").write_text("")
    for name in ("requirements.lock", "pyproject.toml", "pipeline/node/package-lock.json"):
        (tmp_path / name).write_text("")
    (client / "package-lock.json").write_text("")
    for stamp in ("system", "venv", "node"):
        (tmp_path / ".made" / stamp).write_text("")

    def built() -> str:
        command = ["make", "--silent", ".made/client"]
        alone = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
        run = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        return (tmp_path / "built").read_text()

    assert (built(), built()) == ("x", "x")
    (client / "a b.ts").write_text("")
    assert (built(), built()) == ("xx", "xx")
    (client / "a b.ts").unlink()
    assert built() == "xxx"
