"""The same work on a Dask cluster: two workers on this machine, one of them killed, and none at all."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engine.many import WORK, all_done, contents, tasks_of, write_project
from engine.stand_ins import load
from engine.test_local import linux

from pipeline import recipe
from pipeline.cli import main
from pipeline.errors import Failed, Refused
from pipeline.executor import Cluster, Heard, Local, Task, Trouble
from pipeline.executor.slots import Worker, best
from pipeline.scan import Scan

WORKER_BYTES = 600 << 20


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A scheduler and two workers, processes of their own on 127.0.0.1 with ports of the system's choice."""
    distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        memory_limit=WORKER_BYTES,
        host="127.0.0.1",
        scheduler_port=0,
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    ) as cluster:
        yield cluster


@pytest.fixture
def two_workers(cluster: Any) -> Any:
    """The cluster with both workers there again after the test before."""
    if not has_two(cluster, 20.0):  # a nanny gives up on a worker that was killed while it started
        cluster.scale(0)
        cluster.scale(2)
        assert has_two(cluster, 90.0)
    return cluster


def has_two(cluster: Any, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while len(cluster.scheduler.workers) != 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    return len(cluster.scheduler.workers) == 2


def pids(cluster: Any) -> list[int]:
    return [nanny.pid for nanny in cluster.workers.values() if nanny.pid]


def test_two_workers_do_what_one_computer_does_byte_for_byte(two_workers: Any, tmp_path: Path) -> None:
    names = ("shelf/a", "shelf/b", "urns/c", "urns/d")
    for place in ("here", "there"):
        write_project(tmp_path / place, *names, common=0.2)
    written = tmp_path / "here/models/shelf/a/scan/r.toml"
    heard: list[tuple[str, Heard | None]] = []
    records = all_done(
        Cluster(two_workers.scheduler_address, WORK), tasks_of(tmp_path / "there", written), heard
    )
    assert {name: one.result for name, one in records.items()} == dict.fromkeys(names, "made")
    all_done(Local(1, WORK), tasks_of(tmp_path / "here", written))
    assert contents(tmp_path / "here") == contents(tmp_path / "there")
    for name in names:
        assert "rest" in [what.stage for key, what in heard if key == name and what is not None]


def test_a_refused_object_stops_no_other_on_a_cluster(two_workers: Any, tmp_path: Path) -> None:
    written = write_project(tmp_path, "shelf/a", "shelf/empty")
    (tmp_path / "models/shelf/empty/scan/jar.obj").write_text("v 0 0 0\nv 1 0 0")
    records = all_done(Cluster(two_workers.scheduler_address, WORK), tasks_of(tmp_path, written))
    assert (records["shelf/a"].result, records["shelf/empty"].result) == ("made", "refused")


def test_the_objects_of_a_worker_that_is_killed_are_done_again(two_workers: Any, tmp_path: Path) -> None:
    names = ("shelf/a", "shelf/b", "shelf/c")
    written = write_project(tmp_path, *names, common=1.5)
    begun: list[str] = []
    killed = threading.Event()

    def hear(key: str, heard: Heard | None) -> None:
        if heard is None:
            begun.append(key)
        elif heard.stage == "rest" and not killed.is_set():
            killed.set()
            os.kill(pids(two_workers)[0], signal.SIGKILL)

    run = Cluster(two_workers.scheduler_address, WORK).run(tasks_of(tmp_path, written), hear)
    records = {task.scan.key: record for task, record in run}
    assert {name: one.result for name, one in records.items()} == dict.fromkeys(names, "made")
    assert killed.is_set() and len(begun) == len(names) + 1


def test_an_object_that_ends_its_process_three_times_is_given_up_and_the_others_are_done(
    two_workers: Any, tmp_path: Path
) -> None:
    written = write_project(tmp_path, "shelf/a", "shelf/deadly", "shelf/z")
    (tmp_path / "models/shelf/deadly/scan/deadly").write_text("")
    heard: list[tuple[str, Heard | None]] = []
    records = all_done(Cluster(two_workers.scheduler_address, WORK), tasks_of(tmp_path, written), heard)
    assert [records[f"shelf/{name}"].result for name in ("a", "deadly", "z")] == ["made", "failed", "made"]
    assert heard.count(("shelf/deadly", None)) == 3 and heard.count(("shelf/a", None)) == 1


def test_an_object_that_kills_its_worker_three_times_is_given_up_by_name(
    two_workers: Any, tmp_path: Path
) -> None:
    written = write_project(tmp_path, "shelf/a", "shelf/murderous", "shelf/z")
    (tmp_path / "models/shelf/murderous/scan/murderous").write_text("")
    records = all_done(Cluster(two_workers.scheduler_address, WORK), tasks_of(tmp_path, written))
    assert [records[f"shelf/{name}"].result for name in ("a", "murderous", "z")] == ["made", "failed", "made"]
    trouble = records["shelf/murderous"].trouble
    assert trouble and trouble.what == "3 workers were lost while they worked on it"


@linux
def test_a_worker_keeps_its_objects_within_the_memory_that_it_was_given(
    two_workers: Any, tmp_path: Path
) -> None:
    written = write_project(tmp_path, "shelf/a", "shelf/greedy")
    (tmp_path / "models/shelf/greedy/scan/greedy").write_text(str(2 * WORKER_BYTES))
    before = pids(two_workers)
    records = all_done(Cluster(two_workers.scheduler_address, WORK), tasks_of(tmp_path, written))
    assert (records["shelf/a"].result, records["shelf/greedy"].result) == ("made", "failed")
    trouble = records["shelf/greedy"].trouble
    assert trouble and "took more memory than the" in trouble.what
    assert pids(two_workers) == before


@linux
def test_a_run_that_is_ended_ends_the_processes_on_the_workers(two_workers: Any, tmp_path: Path) -> None:
    written = write_project(tmp_path, "shelf/slow", common=60)
    here = str(tmp_path)
    run = Cluster(two_workers.scheduler_address, WORK).run(
        tasks_of(tmp_path, written), lambda key, heard: heard and (_ for _ in ()).throw(KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        next(run)
    deadline = time.monotonic() + 20
    while working_below(here) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert working_below(here) == []


def working_below(folder: str) -> list[str]:
    """Files below a folder that some process holds open: a run holds its lock."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target = str(entry.readlink())
        except OSError:
            continue
        if target.startswith(folder) and f"/{os.getpid()}/" not in str(entry):
            found.append(target)
    return found


def test_relative_paths_mean_the_same_on_every_worker(
    two_workers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(tmp_path, "shelf/a", "shelf/b")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MUSEUM_LANG", "en")
    monkeypatch.setattr("pipeline.commands.collection.WORK", WORK)
    monkeypatch.setattr(recipe, "load", load)
    call = ["process", "models/shelf/a", "models/shelf/b", "--recipe", "models/shelf/a/scan/r.toml"]
    assert main([*call, "--unit", "mm", "--cluster", two_workers.scheduler_address]) == 0
    assert "2 objects: made 2." in capsys.readouterr().out
    assert main([*call, "--unit", "mm", "--objects", "1"]) == 0
    assert "2 objects: up to date 2." in capsys.readouterr().out


def test_where_no_scheduler_answers_it_is_said_within_seconds(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra cluster is not installed")
    written = write_project(tmp_path, "shelf/a")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.monotonic()
    with pytest.raises(Failed, match=f"tcp://127.0.0.1:{port}: no Dask scheduler answers at this address"):
        all_done(Cluster(f"tcp://127.0.0.1:{port}", WORK), tasks_of(tmp_path, written))
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize("address", ["127.0.0.1:8786", "tcp://", "http://here:1", "tcp://here", "tcp:// a:1"])
def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(Refused, match="this is no address of a Dask scheduler"):
        all_done(Cluster(address, WORK), tasks_of(tmp_path, write_project(tmp_path, "shelf/a")))


def test_a_scheduler_without_workers_is_said(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")
    written = write_project(tmp_path, "shelf/a")
    with (
        distributed.LocalCluster(
            n_workers=0, host="127.0.0.1", scheduler_port=0, dashboard_address="127.0.0.1:0", silence_logs=50
        ) as cluster,
        pytest.raises(Failed, match="the cluster has no workers"),
    ):
        all_done(Cluster(cluster.scheduler_address, WORK, patience_s=0.5), tasks_of(tmp_path, written))


def test_without_dask_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(Refused, match="the cluster extra is not installed, distributed is missing"):
        all_done(Cluster("tcp://127.0.0.1:1", WORK), tasks_of(tmp_path, write_project(tmp_path, "shelf/a")))


def test_a_worker_with_another_program_or_another_folder_is_not_used_and_named(
    two_workers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = write_project(tmp_path, "shelf/a")
    tasks = tasks_of(tmp_path, written)
    with monkeypatch.context() as changed:
        changed.setattr("pipeline.executor.dispatch.program", lambda: "an older one")
        cluster = Cluster(two_workers.scheduler_address, WORK)
        with pytest.raises(Failed, match="no worker of the cluster can be used"):
            all_done(cluster, tasks)
        told = {one.what for one in cluster.unfit.values()}
        assert told == {"the worker has another version of the program"}
    with monkeypatch.context() as changed:
        changed.setattr("pipeline.executor.shared.Marks.of", lambda marks, folder: "/nowhere/mark")
        cluster = Cluster(two_workers.scheduler_address, WORK)
        with pytest.raises(Failed, match="no worker of the cluster can be used"):
            all_done(cluster, tasks)
        assert len(cluster.unfit) == 2
        assert all("does not see the folder /nowhere," in one.what for one in cluster.unfit.values())
    with monkeypatch.context() as changed:
        changed.setattr("pipeline.executor.dispatch.CALL", "__import__('nothing_of_that_name')")
        cluster = Cluster(two_workers.scheduler_address, WORK)
        with pytest.raises(Failed, match="no worker of the cluster can be used"):
            all_done(cluster, tasks)
        assert all("is not whole on the worker" in one.what for one in cluster.unfit.values())
    assert not list(tmp_path.rglob("derivatives")) and not list(tmp_path.rglob(".museum-*"))


def test_the_other_workers_do_what_an_unfit_one_cannot(two_workers: Any, tmp_path: Path) -> None:
    tasks = tasks_of(tmp_path, write_project(tmp_path, "shelf/a", "shelf/b"))
    cluster = Cluster(two_workers.scheduler_address, WORK)
    blind = min(two_workers.scheduler.workers)
    cluster.unfit[blind] = Trouble(False, "blind")
    assert {one.result for one in all_done(cluster, tasks).values()} == {"made"}


def task(name: str, need: int) -> Task:
    from pipeline.asked import Options

    folder = Path("models/shelf") / name
    return Task(Scan(folder / "a.obj", folder, name, folder, folder, None, None), Options(), 0, need)


def test_an_object_goes_where_there_is_room_and_not_where_it_was_lost_before() -> None:
    small, large = Worker("small", 2, 1000), Worker("large", 1, 4000)
    assert best(task("a", 500), [small, large], {}) is large
    assert best(task("a", 500), [small, large], {}, tried={"large"}) is small
    assert best(task("a", 500), [small, large], {"large": [task("b", 1)]}) is small
    assert best(task("a", 500), [small, large], {"large": [task("b", 1)], "small": [task("c", 500)]}) is None
    assert best(task("a", 3000), [small, large], {"large": [task("b", 1)]}) is None
    assert best(task("a", 9000), [small, large], {}) is large
    assert best(task("a", 9000), [Worker("unbounded", 1, 0)], {}) is not None
    assert best(task("a", 1), [Worker("paused", 0, 0)], {}) is None
    assert best(task("a", 1), [], {}) is None
    assert (small.budget(task("a", 10)), small.budget(task("a", 600)), small.budget(task("a", 2000))) == (
        450,
        600,
        900,
    )
