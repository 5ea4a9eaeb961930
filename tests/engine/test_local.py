"""Several objects at once on this computer: each in its own process, within memory, none stops another."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from engine.many import WORK, all_done, contents, tasks_of, write_project

from pipeline.executor import Heard, Local, Task
from pipeline.executor.estimate import files_bytes, need_bytes
from pipeline.executor.footprint import tree_bytes
from pipeline.executor.local import Room

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows other processes in /proc")


def alive(mark: str) -> list[int]:
    """Processes whose environment holds a mark: those that a test started, wherever they went."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                environment, state = (entry / "environ").read_bytes(), (entry / "stat").read_text()
            except OSError:
                continue
            if mark.encode() in environment and state.rpartition(")")[2].split()[0] != "Z":
                found.append(int(entry.name))
    return found


def ended(mark: str, within_s: float = 30.0) -> bool:
    """Says whether all that a test started has ended: what had hardly begun notices its parent's end late."""
    deadline = time.monotonic() + within_s
    while alive(mark) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(mark)


def test_every_object_is_done_and_heard_of_and_the_bytes_are_those_of_a_run_alone(tmp_path: Path) -> None:
    for name in ("together", "alone"):
        write_project(tmp_path / name, "shelf/a", "shelf/b", "urns/c")
    recipe = tmp_path / "alone" / "models/shelf/a/scan/r.toml"
    heard: list[tuple[str, Heard | None]] = []
    records = all_done(Local(3, WORK), tasks_of(tmp_path / "together", recipe), heard)
    assert {name: one.result for name, one in records.items()} == dict.fromkeys(
        ("shelf/a", "shelf/b", "urns/c"), "made"
    )
    one = records["shelf/a"]
    assert (one.mean_mm, one.p95_mm, one.max_mm, one.exit_code) == (0.1, 0.2, 0.3, 0)
    for name in records:
        stages = [what.stage for key, what in heard if key == name and what is not None]
        assert ("rest" in stages and "report" in stages) and (name, None) in heard
    for task in tasks_of(tmp_path / "alone", recipe):
        all_done(Local(1, WORK), [task])
    assert contents(tmp_path / "together") == contents(tmp_path / "alone")


def test_a_refused_and_a_killed_object_stop_no_other_say_why_and_leave_nothing_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSEUM_TEST_MARK", mark := f"killed-{os.getpid()}-{time.monotonic_ns()}")
    recipe = write_project(tmp_path, "shelf/a", "shelf/empty", "shelf/killed", "shelf/z")
    (tmp_path / "models/shelf/empty/scan/jar.obj").write_text("v 0 0 0\nv 1 0 0")
    (tmp_path / "models/shelf/killed/scan/deadly").write_text("")
    records = all_done(Local(2, WORK), tasks_of(tmp_path, recipe))
    assert {name.rpartition("/")[2]: one.result for name, one in records.items()} == {
        "a": "made",
        "empty": "refused",
        "killed": "failed",
        "z": "made",
    }
    empty, killed = records["shelf/empty"].trouble, records["shelf/killed"].trouble
    assert empty and "no triangles" in empty.what and records["shelf/empty"].exit_code == 2
    assert killed and "SIGKILL" in killed.what and "memory" in killed.do and records["shelf/killed"].died
    assert sys.platform != "linux" or ended(mark, 5.0)


@linux
def test_ended_early_nothing_goes_on_working_and_what_was_done_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = write_project(tmp_path, "shelf/a")
    write_project(tmp_path, "shelf/slow", "shelf/slower", common=60)
    monkeypatch.setenv("MUSEUM_TEST_MARK", mark := f"early-{os.getpid()}-{time.monotonic_ns()}")
    tasks = tasks_of(tmp_path, recipe)
    slow = str(tmp_path / "models/shelf/slow/scan/r.toml")
    tasks = [
        task
        if task.scan.slug == "a"
        else dataclasses.replace(task, options=dataclasses.replace(task.options, recipe=slow))
        for task in tasks
    ]
    run = Local(3, WORK).run(tasks, lambda key, heard: None)
    task, record = next(iter(run))
    assert (task.scan.slug, record.result) == ("a", "made") and alive(mark)
    run.close()  # type: ignore[attr-defined]
    assert alive(mark) == []
    assert (tmp_path / "models/shelf/a/derivatives/manifest.json").is_file()


@linux
def test_a_process_whose_parent_is_killed_ends_itself(tmp_path: Path) -> None:
    recipe = write_project(tmp_path, "shelf/slow", common=60)
    root = Path(__file__).parent.parent.parent
    mark = f"orphan-{os.getpid()}-{time.monotonic_ns()}"
    code = (
        "import sys; from pathlib import Path\n"
        "from engine.many import *; from pipeline.executor import Local\n"
        "print('up', flush=True)\n"
        "all_done(Local(1, WORK), tasks_of(Path(sys.argv[1]), Path(sys.argv[2])))"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": f"{root}{os.pathsep}{root / 'tests'}",
        "MUSEUM_TEST_MARK": mark,
    }
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), str(recipe)], env=environment, stdout=subprocess.PIPE
    )
    assert parent.stdout and parent.stdout.readline() == b"up\n"
    deadline = time.monotonic() + 30
    while len(alive(mark)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(alive(mark)) >= 2
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert ended(mark)


@linux
def test_what_takes_more_memory_than_all_may_is_ended_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = write_project(tmp_path, "shelf/slow", common=30)
    monkeypatch.setenv("MUSEUM_MEMORY_BYTES", str(20 << 20))  # Python alone takes more
    trouble = all_done(Local(1, WORK), tasks_of(tmp_path, recipe))["shelf/slow"].trouble
    assert trouble and trouble.what == "the work on it took more memory than the 21 MB that are allowed"


@linux
def test_memory_is_that_of_a_process_and_its_children() -> None:
    assert tree_bytes(os.getpid()) > 10 << 20
    assert tree_bytes(1 << 30) == 0


@linux
def test_threads_that_end_while_memory_is_looked_at_do_not_hide_it() -> None:
    ended = threading.Event()

    def come_and_go() -> None:
        while not ended.is_set():
            short = [threading.Thread(target=time.sleep, args=(0.0002,)) for _ in range(4)]
            for one in short:
                one.start()
            for one in short:
                one.join()

    busy = threading.Thread(target=come_and_go)
    busy.start()
    try:
        assert min(tree_bytes(os.getpid()) for _ in range(500)) > 10 << 20
    finally:
        ended.set()
        busy.join()


@dataclasses.dataclass
class Runs:
    task: Task
    pid: int = 0


def test_objects_are_begun_as_memory_has_room_and_one_always_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = write_project(tmp_path, "shelf/a", "shelf/b")
    large, _ = tasks_of(tmp_path, recipe, need_bytes=700)
    _, small = tasks_of(tmp_path, recipe, need_bytes=200)
    free = 1 << 40
    monkeypatch.setattr("pipeline.executor.local.free_bytes", lambda: free)
    room = Room(1000, 3)
    assert room.next_of([large, small], []) is large
    assert room.next_of([large, small], [Runs(large)]) is small
    assert room.next_of([small], [Runs(large), Runs(small)]) is None
    assert room.next_of([large], [Runs(small), Runs(small), Runs(small)]) is None
    assert Room(100, 3).next_of([large], []) is large
    assert (room.budget(large), room.budget(small), Room(0, 2).budget(large)) == (700, 333, 0)
    free = 1100  # 880 of it may be taken, 700 will be: other programs have the rest
    assert room.next_of([small], [Runs(large)]) is None
    free = 1200
    assert room.next_of([small], [Runs(large)]) is small
    free = 0
    assert room.next_of([large], []) is large


def test_the_guess_of_memory_grows_with_triangles_and_pixels_and_counts_no_strangers(tmp_path: Path) -> None:
    model = tmp_path / "jar.obj"
    model.write_bytes(b"v" * 60_000_000)
    assert files_bytes(model, tmp_path) == {".obj": 60_000_000}
    bare = need_bytes(files_bytes(model, tmp_path))
    (tmp_path / "raw.zip").write_bytes(b"z" * 1000)
    assert need_bytes(files_bytes(model, tmp_path)) == bare
    (tmp_path / "textures").mkdir()
    (tmp_path / "textures" / "skin.jpg").write_bytes(b"j" * 4_000_000)
    assert bare > 900_000_000
    assert need_bytes(files_bytes(model, tmp_path)) == bare + 20_000_000 * 12
