"""The size by what was measured: scale bars and targets, their uncertainty, and what they contradict."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.catalogue import store
from pipeline.catalogue.capture import Capture, MeasuredScale, ScaleBar
from pipeline.catalogue.toml_write import dumps
from pipeline.cli import main
from pipeline.errors import Refused
from pipeline.scale import Measured, measured
from pipeline.unit import decide


def bar(length: float, mm: float, uncertainty_mm: float | None = None) -> ScaleBar:
    return ScaleBar((1.0, 2.0, 3.0), (1.0, 2.0, 3.0 + length), mm, uncertainty_mm)


def by(*bars: ScaleBar) -> Measured:
    found = measured(MeasuredScale(bar=bars), ())
    assert found is not None
    return found


def test_one_bar_gives_metres_for_a_number_and_the_uncertainty_of_its_certificate() -> None:
    found = by(bar(2.5, 500.0, 0.05))
    assert found.metres == pytest.approx(0.2)
    assert found.uncertainty_percent == pytest.approx(0.01) and found.spread_percent == 0
    assert by(bar(2.5, 500.0)).uncertainty_percent is None


def test_several_bars_give_their_mean_their_spread_and_what_scatters_in_the_uncertainty() -> None:
    found = by(bar(1.0, 198.0, 0.198), bar(1.0, 200.0, 0.2), bar(1.0, 202.0, 0.202))
    assert found.metres == pytest.approx(0.2) and found.count == 3
    assert found.spread_percent == pytest.approx(2.0)
    assert found.uncertainty_percent == pytest.approx(math.hypot(2 * 0.01 / math.sqrt(3), 0.001) * 100)


def test_the_unit_is_the_one_that_was_said_else_the_nearest_and_a_factor_makes_the_size() -> None:
    box = [(1.0, 1.0, 1.0)]
    found = by(bar(2.0, 1.9))
    near = decide(box, measured=found)
    assert (near.unit, near.evidence, near.factor) == ("mm", "scale-bar", pytest.approx(0.95))
    assert decide(box, capture="m", measured=found).factor == pytest.approx(0.00095)
    assert decide(box, source_format="glb", measured=found).unit == "m"


SCAN = {"t1": (0, 0, 0), "t2": (4, 0, 0), "t3": (0, 3, 0), "t4": (1, 1, 5)}


def lists(folder: Path, true: str, scan: str = "") -> MeasuredScale:
    rows = scan or "".join(f"{name},{x},{y},{z}\n" for name, (x, y, z) in SCAN.items())
    (folder / "scan.csv").write_text("label,x,y,z\n" + rows)
    (folder / "true.csv").write_text(true)
    return MeasuredScale(targets="scan.csv", known="true.csv")


def similar(scale: float, off: float = 0.0) -> str:
    """The targets turned, moved and scaled, in mm, each off by ``off`` mm in turn."""
    turn = np.linalg.qr(np.array([[2.0, 1, 0], [-1, 3, 1], [0, 1, 1]]))[0]
    turn *= np.sign(np.linalg.det(turn))
    rows = []
    for i, (name, point) in enumerate(SCAN.items()):
        x, y, z = turn @ np.array(point, float) * scale + [100, -7, 3] + off * (-1) ** i * np.eye(3)[i % 3]
        rows.append(f"{name};{x};{y};{z}\n")
    return "Punkt;x;y;z\n" + "".join(rows)


def test_targets_with_true_coordinates_give_the_scale_of_the_best_similarity(tmp_path: Path) -> None:
    found = measured(lists(tmp_path, similar(20.0)), (tmp_path,))
    assert found is not None and found.evidence == "targets" and found.count == 4
    assert found.metres == pytest.approx(0.02) and found.residual_mm == pytest.approx(0, abs=1e-9)
    off = measured(lists(tmp_path, similar(20.0, 0.3)), (tmp_path,))
    assert off is not None and off.metres == pytest.approx(0.02, rel=0.01)
    assert 0.1 < off.residual_mm < 0.3 and 0.1 < (off.uncertainty_percent or 0) < 1.5


def test_targets_with_true_distances_give_the_ratio_of_least_squares(tmp_path: Path) -> None:
    true = "# calliper\na,b,mm\nt1,t2,80.4\nt1,t3,60\nt2,nowhere,7\n"
    found = measured(lists(tmp_path, true), (tmp_path,))
    assert found is not None and found.count == 2
    assert found.metres == pytest.approx((4 * 0.0804 + 3 * 0.06) / 25)
    residual = [0.0804 - 4 * found.metres, 0.06 - 3 * found.metres]
    assert found.residual_mm == pytest.approx(math.sqrt(sum(r * r for r in residual) / 2) * 1000)


@pytest.mark.parametrize(
    ("true", "scan", "told"),
    [
        ("t1,t2,x\n", "", r"no true distance|'x' stands|empty"),
        ("t1,t2,80\nt1,t3,200\n", "", "the targets do not fit the scan: they are off by"),
        ("t1,0,0,0\nt2,1,0,0\n", "", "only 2 targets are in both lists"),
        ("t9,t8,80\n", "", "no true distance lies between two targets"),
        ("", "", "the list of targets is empty"),
        ("t1,t2,80\n", "t1,0,0\n", "true.csv|3 columns stand where 4 should"),
        ("t1,t2,80\n", "t1,0,0,0\nt1,0,0,1\n", "the target 't1' is there twice"),
        ("t1,t2,80\n", "t1,0,0,0\nt2,0,nan,1\n", "'nan' stands where a number should"),
        ("t1,t2,80\n", "t1,0,0,0\nt2,0,1e308,1\n", "'1e308' stands where a number should"),
    ],
)
def test_lists_that_cannot_be_used_are_refused(tmp_path: Path, true: str, scan: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        measured(lists(tmp_path, true, scan), (tmp_path,))


def test_a_list_outside_of_the_folder_is_not_read(tmp_path: Path) -> None:
    inside = tmp_path / "scan"
    inside.mkdir()
    scale = lists(tmp_path, "t1,t2,80\n")
    (inside / "scan.csv").symlink_to(tmp_path / "scan.csv")
    with pytest.raises(Refused, match="the file of targets is missing"):
        measured(scale, (inside,))


def test_a_scale_goes_through_capture_toml_unchanged(tmp_path: Path) -> None:
    capture = Capture(front_deg=90.0, keep_support=True, scale=MeasuredScale(bar=(bar(1, 2, 0.1), bar(3, 4))))
    (tmp_path / "capture.toml").write_text(dumps(capture))
    assert store.read_capture(tmp_path / "capture.toml") == capture


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[scale.bar]]\na = [0, 0, 0]\nb = [0, 0, 1]\nlength_mm = 0\n", "must be greater than 0"),
        ("[[scale.bar]]\na = [0, 0, 0]\nb = [0, 0, 0]\nlength_mm = 5\n", "the same point"),
        ("[[scale.bar]]\na = [0, 0]\nb = [0, 0, 1]\nlength_mm = 5\n", "scale.bar"),
        ('[scale]\ntargets = "../t.csv"\nknown = "k.csv"\n', "leaves the folder"),
        ('[scale]\ntargets = "t.csv"\n', "belong together"),
        ("front_deg = 1000.0\n", "more than once round"),
    ],
)
def test_a_scale_that_means_nothing_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "capture.toml").write_text(text)
    with pytest.raises(Refused, match=told):
        store.read_capture(tmp_path / "capture.toml")


def block(folder: Path, capture: str, register: str = "") -> Path:
    """A closed block of 2 × 3 × 1 numbers with what was captured of it."""
    folder.mkdir()
    corners = [(x, y, z) for x in (0, 2) for y in (0, 3) for z in (0, 1)]
    quads = [(1, 2, 4, 3), (5, 7, 8, 6), (1, 5, 6, 2), (3, 4, 8, 7), (1, 3, 7, 5), (2, 6, 8, 4)]
    lines = [f"v {x} {y} {z}\n" for x, y, z in corners] + [f"f {a} {b} {c} {d}\n" for a, b, c, d in quads]
    (folder / "block.obj").write_text("".join(lines))
    (folder / "capture.toml").write_text(capture)
    if register:
        (folder / "artifact.toml").write_text(f'[name]\nen = "Block"\n[register.dimensions]\n{register}\n')
    return folder / "block.obj"


BAR = 'up = "+y"\n[[scale.bar]]\na = [0, 0, 0]\nb = [0, 3, 0]\nlength_mm = {mm}\nuncertainty_mm = 0.03\n'


def run(out: Path, *arguments: str) -> Any:
    assert main(["process", *arguments, "--out", str(out)]) == 0
    return json.loads((out / "manifest.json").read_bytes())


def codes(manifest: Any) -> dict[str, Any]:
    return {finding["code"]: finding for finding in manifest["findings"]}


def test_a_run_takes_the_bars_size_and_keeps_its_evidence_and_another_bar_makes_it_anew(
    tmp_path: Path,
) -> None:
    scan = block(tmp_path / "scan", BAR.format(mm=300))
    first = run(tmp_path / "out", str(scan))
    scale = first["scale"]
    assert scale["size_mm"] == pytest.approx([200, 300, 100]) and scale["confirmed"]
    assert (scale["evidence"], scale["uncertainty_percent"]) == ("scale-bar", pytest.approx(0.01))
    assert codes(first)["scale-by-scale-bar-with-uncertainty"]["figures"]["count"] == 1
    (scan.parent / "capture.toml").write_text(BAR.format(mm=150))
    assert run(tmp_path / "out", str(scan))["scale"]["size_mm"] == pytest.approx([100, 150, 50])


def test_a_unit_that_the_bar_contradicts_is_told_and_the_bar_is_taken(tmp_path: Path) -> None:
    scan = block(tmp_path / "scan", BAR.format(mm=300))
    manifest = run(tmp_path / "out", str(scan), "--unit", "mm")
    assert manifest["scale"]["size_mm"] == pytest.approx([200, 300, 100])
    assert codes(manifest)["scale-contradicts-unit"]["figures"]["factor"] == pytest.approx(100)


def test_a_bar_that_contradicts_the_register_stops_the_run_with_both_sizes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scan = block(tmp_path / "scan", BAR.format(mm=300), "height_mm = 330")
    for language, told in (
        ("en", "look at the points and lengths"),
        ("zh_CN.UTF-8", "请检查 capture.toml 中标尺"),
    ):
        monkeypatch.setenv("MUSEUM_LANG", language)
        assert main(["process", str(scan), "--out", str(tmp_path / "out")]) == 2
        err = capsys.readouterr().err
        assert "300 × 200 × 100 mm" in err and "330 mm" in err and told in err
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_the_front_that_was_said_once_is_kept_in_the_drafted_record(tmp_path: Path) -> None:
    scan = block(tmp_path / "scan", "")
    (scan.parent / "capture.toml").unlink()
    first = run(tmp_path / "out", str(scan), "--unit", "mm", "--up", "+y", "--front", "90")
    assert first["scale"]["size_mm"] == pytest.approx([1, 3, 2]) and first["scale"]["front_deg"] == 90
    assert store.read_capture(tmp_path / "out" / "capture.toml").front_deg == 90
    again = run(tmp_path / "out", str(scan), "--unit", "mm", "--up", "+y")
    assert again["scale"]["front_deg"] == 90
    other = run(tmp_path / "out", str(scan), "--unit", "mm", "--up", "+y", "--front", "0")
    assert other["scale"]["size_mm"] == pytest.approx([2, 3, 1])
    assert store.read_capture(tmp_path / "out" / "capture.toml").front_deg == 0
