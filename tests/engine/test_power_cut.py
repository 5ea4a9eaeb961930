"""After a power cut a name may stand without its content, unless that was on the disk before the name."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from engine.stand_ins import run, write_scan

from pipeline.asked import Options
from pipeline.cache import settle, write_together


class Disk:
    """Knows which files and folders were written to the disk itself, and when names were given.

    A file is known by its inode: it keeps that when it is renamed.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settled: set[int] = set()
        self.events: list[tuple[str, int, str]] = []
        sync, replace = os.fsync, Path.replace

        def synced(descriptor: int) -> None:
            sync(descriptor)
            inode = os.fstat(descriptor).st_ino
            self.settled.add(inode)
            self.events.append(("settled", inode, ""))

        def named(path: Path, target: Path) -> Path:
            self.events.append(("named", path.stat().st_ino, Path(target).name))
            return replace(path, target)

        monkeypatch.setattr(os, "fsync", synced)
        monkeypatch.setattr(Path, "replace", named)

    def at(self, kind: str, what: Path | str) -> int:
        """When a file or folder was last settled, or a name was given."""
        inode = what.stat().st_ino if isinstance(what, Path) else 0
        return max(
            place
            for place, (event, number, name) in enumerate(self.events)
            if event == kind and (number == inode or name == what)
        )

    def cut(self, folder: Path) -> list[str]:
        """Takes the content of every file that was only in memory; gives their names."""
        lost = [p for p in folder.rglob("*") if p.is_file() and p.stat().st_ino not in self.settled]
        for path in lost:
            path.write_bytes(b"")
        return sorted(path.name for path in lost)


def test_the_manifest_gets_its_name_after_all_that_it_names_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    disk = Disk(monkeypatch)
    run(scan, out, Options(recipe=str(scan.parent / "r.toml"), unit="mm"))
    manifest = json.loads((out / "manifest.json").read_bytes())
    named = disk.at("named", "manifest.json")
    for one in [*manifest["derivatives"], *manifest["pictures"]]:
        assert disk.at("settled", out / one["path"]) < named
    assert disk.at("settled", out / "manifest.json") < named
    assert disk.at("settled", out / "report.html") < named < disk.at("settled", out)


def test_after_a_power_cut_what_is_published_is_whole_and_the_next_run_makes_the_rest_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    options = Options(recipe=str(scan.parent / "r.toml"), unit="mm")
    disk = Disk(monkeypatch)
    run(scan, out, options)
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    lost = disk.cut(out)
    assert "run.json" in lost and len(lost) > 3  # the cache is not written through: its digests prove it
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == before
    assert run(scan, out, options).worked
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == before
    assert not run(scan, out, options).worked


def test_only_what_is_to_last_is_written_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch)
    write_together({tmp_path / "a": [b"1"]})
    assert disk.cut(tmp_path) == ["a"]
    write_together({tmp_path / "a": [b"1"], tmp_path / "b": [b"2"]}, lasting=True)
    assert disk.cut(tmp_path) == [] and (tmp_path / "b").read_bytes() == b"2"
    settle([tmp_path / "a", tmp_path])
    with pytest.raises(OSError, match="nothing"):
        settle([tmp_path / "nothing"])
