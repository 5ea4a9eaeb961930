"""Levels are made side by side only where memory has room for them."""

from __future__ import annotations

import msgspec
import pytest

from pipeline.work.memory import SHARE, level_bytes, memory_free, side_by_side
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


def test_where_the_system_does_not_say_what_is_free_one_level_is_made_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert memory_free() > 1 << 20
    monkeypatch.setattr("pipeline.work.memory.memory_free", lambda: 0)
    assert side_by_side(3, SCAN) == 1
