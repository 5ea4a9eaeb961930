"""``museum process --all``: every object with a scan, a table of what came of each, the worst exit code."""

from __future__ import annotations

import csv
import json
import math
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from engine import stand_ins
from engine.many import WORK, contents, write_project
from engine.test_local import ended, linux

from pipeline import recipe
from pipeline.cli import main
from pipeline.errors import Refused
from pipeline.scan import Scan, shelved

ROOT = Path(__file__).parent.parent.parent
PROGRAM = (
    "import sys\n"
    "from engine import stand_ins\n"
    "from pipeline import recipe\n"
    "from pipeline.cli import main\n"
    "from pipeline.commands import collection\n"
    "recipe.load, collection.WORK = stand_ins.load, 'engine.stand_ins:work'\n"
    "sys.exit(main(sys.argv[1:]))\n"
)


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSEUM_LANG", "en")
    monkeypatch.setattr("pipeline.commands.collection.WORK", WORK)
    monkeypatch.setattr(recipe, "load", stand_ins.load)


def started(project: Path, *arguments: str, mark: str = "") -> subprocess.Popen[str]:
    """Starts the command line with the stand-ins in a project, in a process group of its own."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
        "MUSEUM_TEST_MARK": mark,
    }
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "process", *arguments],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_the_table_and_the_files_say_what_came_of_each_and_the_worst_code_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = str(write_project(tmp_path, "shelf/a", "shelf/broken", "shelf/dies", "urns/d"))
    monkeypatch.chdir(tmp_path)
    assert main(["process", "--all", "urns", "--unit", "mm", "--recipe", written]) == 0
    assert "1 objects: made 1." in capsys.readouterr().out
    (tmp_path / "models/shelf/broken/scan/jar.obj").write_text("v 0 0 0\nv 1 0 0")
    (tmp_path / "models/shelf/dies/scan/deadly").write_text("")
    call = ["process", "--all", "--unit", "mm", "--recipe", written, "--summary"]
    assert main([*call, "s.json"]) == 2
    told = capsys.readouterr()
    assert "4 objects: made 1, up to date 1, refused 1, failed 1." in told.out
    assert "0.2 / 0.3" in told.out and "no triangles" in told.out and "SIGKILL" in told.out
    rows = {row["object"]: row for row in json.loads(Path("s.json").read_bytes())}
    results = {name: row["result"] for name, row in rows.items()}
    assert results == {
        "shelf/a": "made",
        "shelf/broken": "refused",
        "shelf/dies": "failed",
        "urns/d": "current",
    }
    assert rows["shelf/a"]["p95_mm"] == 0.2 and rows["shelf/broken"]["error"]["where"] == "jar.obj"
    assert "3/3" in told.err and "shelf/a: made" in told.err
    assert main([*call, "s.csv"]) == 2
    with Path("s.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert [row["result"] for row in table] == ["current", "refused", "failed", "current"]
    assert table[1]["reason"].startswith("jar.obj: the scan has no triangles")
    for name in ("broken", "dies"):
        (tmp_path / "models/shelf" / name / "scan/deadly").unlink(missing_ok=True)
        stand_ins.write_scan(tmp_path / "models/shelf" / name / "scan")
    assert main([*call, "s.csv"]) == 0


def test_every_object_with_a_scan_is_found_described_or_not_and_none_without(tmp_path: Path) -> None:
    write_project(tmp_path, "shelf/b", "shelf/a", "alone")
    stand_ins.write_scan(tmp_path / "models/shelf/陶罐")
    (tmp_path / "models/shelf/no-scan").mkdir()
    (tmp_path / "models/shelf/no-scan/artifact.toml").write_text('[name]\nen = "x"\n')
    (tmp_path / "models/shelf/unreadable/scan").mkdir(parents=True)
    (tmp_path / "models/shelf/unreadable/artifact.toml").write_text("name =")
    (tmp_path / "models/shelf/unreadable/scan/a.obj").write_text("v 0 0 0")
    for name in ("one", "two"):
        stand_ins.write_scan(tmp_path / "models/shelf/several/scan" / name)
    found = {one.key: one.scan for one in shelved(tmp_path)}
    assert list(found) == ["alone", "shelf/a", "shelf/b", "shelf/several", "shelf/unreadable", "shelf/陶罐"]
    assert isinstance(found["shelf/several"], Refused) and "holds 2 models" in str(found["shelf/several"])
    assert isinstance(found["shelf/unreadable"], Refused)
    jar = found["shelf/陶罐"]
    assert isinstance(jar, Scan) and jar.home == tmp_path / "models/shelf/陶罐" and jar.key == "shelf/陶罐"
    assert jar.out == jar.home / "derivatives"
    assert len(shelved(tmp_path, ["shelf", str(tmp_path / "models/shelf")])) == 5


def test_an_object_that_nobody_described_is_made_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = stand_ins.write_scan(tmp_path / "models/shelf/new/scan").parent / "r.toml"
    monkeypatch.chdir(tmp_path)
    call = ["process", "--all", "--unit", "mm", "--recipe", str(written)]
    assert main(call) == 0 and "1 objects: made 1." in capsys.readouterr().out
    assert main(call) == 0 and "1 objects: up to date 1." in capsys.readouterr().out
    assert (tmp_path / "models/shelf/new/derivatives/manifest.json").is_file()
    assert (tmp_path / "models/shelf/new/artifact.toml").is_file()
    assert not (tmp_path / "models/inbox").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--all", "shelves"], "there is no collection shelves; known are a.csv, shelf"),
        (["--all", "models/shelf/a"], "this is an object and no collection; leave out --all"),
        (["--all", "--out", "x"], "leave out --out"),
        (["--all", "--recipe", "relik"], "there is no recipe 'relik'"),
        (["--all", "--summary", "s.xlsx"], "a summary ends in .csv or .json"),
        (["--all", "--summary", "models/a.csv"], "this is a folder"),
        (["--all", "--objects", "0"], "not in the range"),
        (["--all", "--cluster", "somewhere"], "this is no address of a Dask scheduler"),
        ([], "Missing argument"),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused_before_anything_is_done(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    told: str,
) -> None:
    monkeypatch.setattr(recipe, "load", lambda path: None)
    write_project(tmp_path, "shelf/a")
    (tmp_path / "models/a.csv").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["process", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert not list(tmp_path.rglob("derivatives"))


def test_a_project_without_scans_says_where_they_belong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["process", "--all"]) == 2
    assert "there is no folder models here or above" in capsys.readouterr().err
    (tmp_path / "models/shelf").mkdir(parents=True)
    assert main(["process", "--all"]) == 2
    assert "no object with a scan was found; copy each scan into a folder" in capsys.readouterr().err


def test_several_paths_are_done_at_once_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = write_project(tmp_path, "shelf/a", "shelf/b")
    monkeypatch.chdir(tmp_path)
    call = ["process", "models/shelf/a", "models/shelf/b", "models/shelf/a"]
    call += ["--objects", "2", "--unit", "mm"]
    assert main([*call, "--recipe", str(written), "--out", "results"]) == 0
    assert "2 objects: made 2." in capsys.readouterr().out
    assert sorted(path.parent.name for path in tmp_path.glob("results/*/manifest.json")) == ["a", "b"]


@linux
def test_interrupted_it_ends_at_once_shows_what_was_done_and_goes_on_next_time(tmp_path: Path) -> None:
    write_project(tmp_path, "shelf/a")
    # so slow that a busy machine, too, interrupts it before it is done
    slow = write_project(tmp_path, "shelf/b", "shelf/c", level=1.5)
    mark = f"interrupted-{os.getpid()}-{time.monotonic_ns()}"
    call = ("--all", "--unit", "mm", "--recipe", str(slow), "--objects", "1")
    run = started(tmp_path, *call, "--summary", "s.json", mark=mark)
    assert run.stderr and run.stderr.readline().startswith("1/3")
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 1 and "interrupted; the next run goes on where this one stopped" in err
    assert "Traceback" not in err and "3 objects: made 1, not done 2." in out
    assert ended(mark)
    assert [row["result"] for row in json.loads((tmp_path / "s.json").read_bytes())].count("stopped") == 2
    again = started(tmp_path, *call)
    out, _ = again.communicate(timeout=120)
    assert again.returncode == 0 and "3 objects: made 2, up to date 1." in out


@linux
def test_killed_anywhere_a_run_over_several_objects_goes_on_and_ends_with_the_same_bytes(
    tmp_path: Path,
) -> None:
    names = ("shelf/a", "shelf/b", "urns/c")
    for place in ("calm", "killed"):
        written = write_project(tmp_path / place, *names, common=0.2, level=0.2)
    written = tmp_path / "calm/models/shelf/a/scan/r.toml"
    call = ("--all", "--unit", "mm", "--recipe", str(written), "--objects", "2")
    calm = started(tmp_path / "calm", *call)
    calm.communicate(timeout=120)
    moments, kills = random.Random(11), 0
    for _ in range(6):
        run = started(tmp_path / "killed", *call, mark=(mark := f"kill-{os.getpid()}-{time.monotonic_ns()}"))
        try:
            run.communicate(timeout=moments.uniform(0.5, 2.0))
        except subprocess.TimeoutExpired:
            run.kill()
            run.communicate()
            kills += 1
        assert ended(mark)
        for manifest in (tmp_path / "killed").rglob("manifest.json"):
            named = json.loads(manifest.read_bytes())["derivatives"]
            assert all((manifest.parent / one["path"]).is_file() for one in named)
        cut_short(tmp_path / "killed", moments)
    assert kills
    run = started(tmp_path / "killed", *call)
    run.communicate(timeout=120)
    assert run.returncode == 0
    assert contents(tmp_path / "killed") == contents(tmp_path / "calm")


def cut_short(project: Path, moments: random.Random) -> None:
    """Does what a power cut does: files lose their end, or are there without content."""
    models = [path for path in sorted(project.rglob("derivatives/**/*")) if path.is_file()]
    made = [path for path in models if path.suffix in (".glb", ".surface", ".json", ".webp", ".html")]
    for path in moments.sample(made, min(2, len(made))):
        if path.name != "manifest.json":  # that one is on the disk before its name is
            path.write_bytes(path.read_bytes()[: moments.choice((0, 7))])


def test_a_full_disk_fails_the_objects_that_it_is_full_for_and_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = str(write_project(tmp_path, "shelf/a", "shelf/b", "shelf/c"))
    monkeypatch.chdir(tmp_path)
    call = ["process", "--all", "--recipe", written, "--unit"]
    assert main([*call, "mm"]) == 0
    before = contents(tmp_path)
    for name, room in (("a", "1"), ("b", "6")):
        (tmp_path / "models/shelf" / name / "scan/room").write_text(room)
    capsys.readouterr()
    assert main([*call, "cm"]) == 1
    told = capsys.readouterr().out
    assert told.count("the disk is full") == 2 and "3 objects: made 1, failed 2." in told
    after = contents(tmp_path)
    kept = [name for name in before if "/shelf/c/" not in name]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert not list(tmp_path.rglob("*.part"))
    for name in ("a", "b"):
        (tmp_path / "models/shelf" / name / "scan/room").unlink()
    assert main([*call, "cm"]) == 0


def test_what_would_be_done_is_said_for_every_object_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = write_project(tmp_path, "shelf/a", "shelf/unreadable")
    (tmp_path / "models/shelf/unreadable/artifact.toml").write_text("name =")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.deliver.real_tools", lambda: stand_ins.TOOLS)
    assert main(["process", "--all", "--dry-run", "--recipe", str(written)]) == 2
    told = capsys.readouterr()
    assert "a: would run recipe stand-in" in told.out and "unreadable" in told.err
    assert not list(tmp_path.rglob("derivatives"))


def test_on_a_cluster_that_does_not_answer_it_is_one_sentence_and_everything_is_left_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("distributed", reason="the extra cluster is not installed")
    written = write_project(tmp_path, "shelf/a")
    monkeypatch.chdir(tmp_path)
    assert main(["process", "--all", "--recipe", str(written), "--cluster", "tcp://127.0.0.1:9"]) == 1
    told = capsys.readouterr()
    assert "no Dask scheduler answers at this address" in told.err and "1 objects: not done 1." in told.out


def test_the_real_tools_make_several_objects_and_find_them_made(tmp_path: Path) -> None:
    for name in ("a", "b"):
        scan = tmp_path / "models/shelf" / name / "scan"
        scan.mkdir(parents=True)
        (scan / "tile.obj").write_text(wave(12, 3.0 if name == "a" else 5.0))
    command = [sys.executable, "-m", "pipeline.cli", "process", "--all", "--unit", "mm", "--objects", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MUSEUM_LANG": "en"}
    for told in ("2 objects: made 2.", "2 objects: up to date 2."):
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert told in done.stdout
    made = [json.loads(path.read_bytes()) for path in sorted(tmp_path.rglob("manifest.json"))]
    assert [one["object"] for one in made] == ["a", "b"]
    assert made[0]["input"]["sha256"] != made[1]["input"]["sha256"]


def wave(count: int, length: float) -> str:
    """A piece of cloth with waves of so many millimetres, as OBJ."""
    side = range(count + 1)
    corners = [f"v {x} {y} {math.sin(x / length):.6f}" for x in side for y in side]
    first = [x * (count + 1) + y + 1 for x in range(count) for y in range(count)]
    faces = [f"f {one} {one + count + 1} {one + count + 2} {one + 1}" for one in first]
    return "\n".join(corners + faces)
