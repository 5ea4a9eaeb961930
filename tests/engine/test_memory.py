"""Levels are made side by side only where memory has room for them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pipeline.errors import Refused
from pipeline.work.memory import SHARE, level_bytes, memory_free, memory_limit, side_by_side
from pipeline.work.records import Facts

SCAN = Facts("m", "given", "obj", triangles=1_000_000, vertices=500_000, texture_px=4096, pixels=1 << 24)


def test_a_large_scan_needs_more_and_room_for_one_is_always_taken() -> None:
    need = level_bytes(SCAN)
    larger = msgspec.structs.replace(SCAN, triangles=2_000_000, pixels=1 << 26)
    assert level_bytes(larger) > need > 1_000_000 * 100
    assert side_by_side(8, SCAN, int(3.5 * need / SHARE)) == 3
    assert side_by_side(8, SCAN, need // 10) == 1
    assert side_by_side(1, SCAN, 100 * need) == 1


def test_a_small_scan_is_made_one_level_after_another_unless_asked() -> None:
    small = msgspec.structs.replace(SCAN, triangles=20_000, pixels=1 << 20)
    assert side_by_side(None, small, 1 << 36) == 1
    assert side_by_side(2, small, 1 << 36) == 2


def test_what_the_program_may_take_is_said_from_outside_and_what_it_has_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MUSEUM_MEMORY_BYTES", str(1 << 62))
    with pytest.raises(Refused, match="is not a number of bytes; write 4000000000 for 4 GB"):
        memory_free()
    monkeypatch.setenv("MUSEUM_MEMORY_BYTES", "many")
    with pytest.raises(Refused, match="'many'"):
        memory_limit()
    monkeypatch.setenv("MUSEUM_MEMORY_BYTES", "1000")
    assert (memory_limit(), memory_free()) == (1000, 1)
    monkeypatch.setenv("MUSEUM_MEMORY_BYTES", str(1 << 50))
    everything = memory_free()
    monkeypatch.setenv("MUSEUM_MEMORY_BYTES", "")
    assert memory_limit() == 0
    assert abs(memory_free() - everything) < everything / 2


def test_a_control_group_that_is_almost_full_leaves_what_it_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "memory.max").write_text("5000000\n")
    (tmp_path / "memory.current").write_text("4000000\n")
    monkeypatch.setattr("pipeline.work.memory._groups", lambda: [str(tmp_path / "none"), str(tmp_path)])
    assert memory_free() == 1_000_000


def test_where_the_system_does_not_say_what_is_free_one_level_is_made_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert memory_free() > 1 << 20
    monkeypatch.setattr("pipeline.work.memory.memory_free", lambda: 0)
    assert side_by_side(3, SCAN) == 1
