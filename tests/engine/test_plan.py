"""A dry run says the steps in their order and which of them are kept, and writes nothing."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from engine import stand_ins
from engine.stand_ins import TOOLS, run, write_scan

from pipeline import recipe
from pipeline.asked import Options
from pipeline.matter.encoded import Encoded
from pipeline.matter.surface import Surface
from pipeline.scan import find
from pipeline.work.plan import Stretch, plan


def planned(scan: Path, out: Path, **options: object) -> list[Stretch]:
    path = scan.parent / "r.toml"
    checked = recipe.check(path, stand_ins._steps(), Surface, Encoded)
    before = {one: one.stat().st_mtime_ns for one in out.rglob("*")}
    made = plan(find([scan], out)[0], Options(recipe=str(path), **options), checked, TOOLS)  # type: ignore[arg-type]
    assert before == {one: one.stat().st_mtime_ns for one in out.rglob("*")}
    return made


def test_before_the_first_run_everything_is_to_be_done(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    first, *levels = planned(scan, out)
    assert first == Stretch("", (("put", False), ("rest", False)))
    assert [level.level for level in levels] == ["view small", "view large"]
    assert not out.exists()


def test_what_is_kept_is_told_apart_from_what_a_change_makes_new(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    with patch("pipeline.work.chain.PAYS_S", 0.0):
        run(scan, out)
    assert all(kept for stretch in planned(scan, out) for _, kept in stretch.steps)
    assert not any(kept for stretch in planned(scan, out, unit="cm") for _, kept in stretch.steps)
    assert not any(kept for stretch in planned(scan, out, force=True) for _, kept in stretch.steps)
    next(out.glob("large.*.glb")).unlink()
    first, small, large = planned(scan, out)
    assert all(kept for _, kept in (*first.steps, *small.steps)) and not any(kept for _, kept in large.steps)
