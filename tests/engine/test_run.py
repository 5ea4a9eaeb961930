"""A run does what is new and nothing else, leaves nothing half done, and gives the same bytes for the same
bytes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from engine import stand_ins
from engine.stand_ins import CALLS, TOOLS, run, write_scan

from pipeline.asked import Options
from pipeline.catalogue import store
from pipeline.catalogue.artifact import Artifact, Dimensions, Register
from pipeline.catalogue.capture import Capture
from pipeline.catalogue.derivative import Manifest
from pipeline.catalogue.proof import Likeness, Proof
from pipeline.catalogue.text import Text
from pipeline.errors import Failed, Refused
from pipeline.matter.encoded import Encoded
from pipeline.matter.surface import Surface
from pipeline.measure.proof import Proven

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def _forget_calls() -> None:
    CALLS.clear()


def contents(folder: Path) -> dict[str, bytes]:
    """Everything a run published, by name: what lies in ``.museum`` is its own affair."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".museum" not in path.parts
    }


def warnings(manifest: Manifest) -> list[str]:
    return [finding.code for finding in manifest.findings if finding.level != "info"]


def options(scan: Path, **more: object) -> Options:
    return dataclasses.replace(Options(recipe=str(scan.parent / "r.toml")), **more)  # type: ignore[arg-type]


def test_a_run_writes_models_pictures_report_records_and_manifest(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    outcome = run(scan, out, options(scan, unit="mm", up="+z"))
    manifest = json.loads((out / "manifest.json").read_bytes())
    assert outcome.worked and manifest["object"] == "jar"
    assert [one["quality"] for one in manifest["derivatives"]] == ["small", "large"]
    for one in [*manifest["derivatives"], *manifest["pictures"]]:
        assert len((out / one["path"]).read_bytes()) == one["bytes"]
        assert one["sha256"].startswith(one["path"].split(".")[1])
    assert manifest["scale"]["size_mm"] == [1.0, 2.0, 3.0]
    assert (manifest["scale"]["unit"], manifest["scale"]["evidence"], manifest["scale"]["up"]) == (
        "mm",
        "given",
        "+z",
    )
    capture = store.read_capture(out / "capture.toml")
    assert capture.unit == "mm" and capture.files[0].path == "jar.obj"
    assert store.read_artifact(out / "artifact.toml").name.to("en") == "jar"


def test_a_second_run_with_nothing_new_does_nothing(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    run(scan, out, options(scan, unit="mm"))
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.name != "lock"}
    CALLS.clear()
    assert not run(scan, out, options(scan, unit="mm")).worked
    assert CALLS == []
    assert before == {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.name != "lock"}


def test_force_does_everything_again_with_the_same_bytes(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    run(scan, out)
    before = contents(out)
    CALLS.clear()
    assert run(scan, out, options(scan, force=True)).worked
    assert CALLS.count("read") == 1 and CALLS.count("seal") == 2
    assert contents(out) == before


@pytest.mark.parametrize("change", ["scan", "recipe", "unit", "artifact", "derivative", "texture"])
def test_whatever_a_result_depends_on_makes_a_new_run(tmp_path: Path, change: str) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    run(scan, out)
    again = options(scan)
    if change == "scan":
        scan.write_text(scan.read_text().replace("2.0", "2.5"))
    elif change == "recipe":
        path = scan.parent / "r.toml"
        path.write_text(path.read_text() + "\n# another text\n")
    elif change == "unit":
        again = options(scan, unit="cm")
    elif change == "artifact":
        store.write_toml(Artifact(name=Text({"en": "Jar"}), number="7"), out / "artifact.toml")
    elif change == "derivative":
        next(out.glob("small.*")).write_bytes(b"damaged")
    else:
        (scan.parent / "skin.jpg").write_bytes(b"was missing before")
    assert run(scan, out, again).worked
    if change == "derivative":
        assert b"damaged" not in contents(out).values()


def test_a_level_that_is_done_stays_done_when_the_next_one_fails(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"

    def breaks_at_small(encoded: Encoded, surface: Surface, level: str, screen_px: int | None) -> Proven:
        if level == "view small":  # the finest is made first
            raise Failed("the measure broke")
        return TOOLS.prove(encoded, surface, level, screen_px)

    with pytest.raises(Failed):
        run(scan, out, options(scan, jobs=1), dataclasses.replace(TOOLS, prove=breaks_at_small))
    CALLS.clear()
    run(scan, out, options(scan, jobs=1))
    assert CALLS.count("seal") == 1


def test_a_slow_common_step_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.work.chain.PAYS_S", 0.0)
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    run(scan, out)
    path = scan.parent / "r.toml"
    path.write_text(path.read_text().replace('word = "large"', 'word = "largest"'))
    CALLS.clear()
    run(scan, out)
    assert "read" not in CALLS and "put" not in CALLS


def test_two_folders_and_any_number_of_jobs_give_the_same_bytes(tmp_path: Path) -> None:
    scan = write_scan(tmp_path / "scan")
    for name, jobs in (("a", 1), ("b", 2), ("c", 2)):
        run(scan, tmp_path / name, options(scan, jobs=jobs))
    assert contents(tmp_path / "a") == contents(tmp_path / "b") == contents(tmp_path / "c")


def test_nothing_that_is_published_names_this_machine_or_this_day(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    run(scan, out)
    for name, data in contents(out).items():
        assert str(tmp_path).encode() not in data, name
        assert time.strftime("%Y-").encode() not in data, name


def test_files_of_an_earlier_run_go_and_others_stay(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    run(scan, out)
    old = {path.name for path in out.glob("*.glb")}
    (out / "notes.txt").write_text("mine")
    (out / ".small.0a1b2c3d.glb.0a1b2c3d.part").write_text("left by a killed run")
    scan.write_text(scan.read_text().replace("2.0", "2.5"))
    run(scan, out)
    new = {path.name for path in out.glob("*.glb")}
    assert len(new) == 2 and not new & old
    assert (out / "notes.txt").exists() and not list(out.glob(".*.part"))


def test_a_failed_run_leaves_the_manifest_before_it_and_its_files(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    run(scan, out)
    before = contents(out)

    def broken(*_: object) -> bytes:
        raise Failed("the measure broke")

    scan.write_text(scan.read_text().replace("2.0", "2.5"))
    with pytest.raises(Failed, match="the measure broke"):
        run(scan, out, tools=dataclasses.replace(TOOLS, prove=broken))
    after = contents(out)
    assert {name: after[name] for name in before} == before


def test_killed_anywhere_it_goes_on_and_ends_with_the_same_bytes(tmp_path: Path) -> None:
    calm = write_scan(tmp_path / "calm" / "scan", common=0.3, level=0.3)
    run(calm, tmp_path / "undisturbed")
    scan, out = write_scan(tmp_path / "killed" / "scan", common=0.3, level=0.3), tmp_path / "out"
    command = [sys.executable, stand_ins.__file__, str(scan), str(out), "2"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    moments, kills = random.Random(7), 0
    for _ in range(6):
        process = subprocess.Popen(command, env=environment, start_new_session=True)
        try:
            process.wait(timeout=moments.uniform(0.3, 1.2))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
        assert not (out / "manifest.json").exists() or json.loads((out / "manifest.json").read_bytes())
    assert kills
    subprocess.run(command, env=environment, check=True)
    assert contents(out) == contents(tmp_path / "undisturbed")


def test_a_first_run_into_the_inbox_that_is_killed_goes_on_in_the_same_folder(tmp_path: Path) -> None:
    scan = write_scan(tmp_path / "scan")
    (tmp_path / "models").mkdir()

    def killed(*_: object) -> Proven:
        raise SystemExit  # as little is put in order as when the process is killed

    with pytest.raises(SystemExit):
        run(scan, None, options(scan, jobs=1), dataclasses.replace(TOOLS, prove=killed), project=tmp_path)
    CALLS.clear()
    run(scan, None, options(scan, jobs=1), project=tmp_path)
    assert [path.name for path in (tmp_path / "models/inbox").iterdir()] == ["jar"]


def test_two_runs_into_one_folder_at_once_are_not_allowed(tmp_path: Path) -> None:
    from pipeline.run import alone

    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    with alone(out / ".museum"), pytest.raises(Failed, match="another run is writing here"):
        run(scan, out)


def registered(out: Path, **sizes: float) -> None:
    out.mkdir(parents=True, exist_ok=True)
    register = Register(dimensions=Dimensions(literal="as measured", **sizes))
    store.write_toml(Artifact(name=Text({"en": "Jar"}), register=register), out / "artifact.toml")


def test_the_register_tells_the_unit_where_one_agrees(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan", size=10), tmp_path / "out"
    registered(out, height_mm=204, diameter_mm=99)
    scale = run(scan, out).manifest.scale
    assert (scale.unit, scale.evidence, scale.confirmed) == ("cm", "register", True)


def test_a_given_unit_against_capture_toml_goes_first_and_is_told(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan", size=100), tmp_path / "out"
    store.write_toml(Capture(unit="mm"), scan.parent / "capture.toml")
    assert run(scan, out, options(scan)).manifest.scale.evidence == "capture"
    manifest = run(scan, out, options(scan, unit="cm")).manifest
    assert (manifest.scale.unit, manifest.scale.evidence) == ("cm", "given")
    assert warnings(manifest) == ["unit-overrules-capture"]


def test_numbers_that_mean_nothing_are_refused_and_no_folder_is_left(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan", size=1e30), tmp_path / "results" / "out"
    with pytest.raises(Refused, match="over 100 km"):
        run(scan, out)
    assert not (tmp_path / "results").exists()


def test_a_refused_run_takes_no_folder_away_that_was_there(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan", size=1e30), tmp_path / "out"
    out.mkdir()
    with pytest.raises(Refused, match="over 100 km"):
        run(scan, out)
    assert list(out.iterdir()) == []


def test_a_given_unit_against_the_register_stops_with_both_figures_and_the_remedy(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan", size=100), tmp_path / "out"
    registered(out, height_mm=200)
    with pytest.raises(Refused) as refusal:
        run(scan, out, options(scan, unit="m"))
    sentence = str(refusal.value)
    assert "300 × 200 × 100 m in m (given)" in sentence
    assert "200 mm" in sentence and "--unit mm would agree" in sentence and "--force-size" in sentence
    assert not (out / "manifest.json").exists()


def test_with_force_size_it_goes_on_and_the_report_says_so(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan", size=100), tmp_path / "out"
    registered(out, height_mm=200)
    manifest = run(scan, out, options(scan, unit="m", force_size=True)).manifest
    assert warnings(manifest) == ["size-contradicts-register"]


def test_a_folder_that_cannot_be_written_is_one_sentence_and_not_a_traceback(tmp_path: Path) -> None:
    scan = write_scan(tmp_path / "scan")
    (tmp_path / "file").write_text("in the way")
    command = [sys.executable, "-m", "pipeline.cli", "process", str(scan)]
    command += ["--recipe", str(scan.parent / "r.toml"), "--out", str(tmp_path / "file" / "out")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("museum: ") and len(done.stderr.splitlines()) == 1


def test_a_drafted_capture_follows_the_scan_and_one_that_people_wrote_is_held_against_it(
    tmp_path: Path,
) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    run(scan, out, options(scan, unit="mm"))
    scan.write_text(scan.read_text().replace("2.0", "2.5"))
    assert not warnings(run(scan, out).manifest)
    followed = store.read_capture(out / "capture.toml")
    assert followed.files[0].sha256 == hashlib.sha256(scan.read_bytes()).hexdigest()
    assert followed.unit == "mm"
    (out / ".museum" / "drafted").unlink()
    scan.write_text(scan.read_text().replace("2.5", "2.6"))
    assert warnings(run(scan, out).manifest) == ["capture-differs"]
    assert store.read_capture(out / "capture.toml") == followed


def test_other_limits_judge_anew_and_measure_nothing_and_a_fail_stops_nothing(tmp_path: Path) -> None:
    home = tmp_path / "models" / "shelf" / "jar"
    scan = write_scan(home / "scan")
    store.write_toml(Artifact(name=Text({"en": "Jar"})), home / "artifact.toml")
    likeness = Likeness(0.9, 0.8, 35.0, 12, 480)

    def measured(encoded: Encoded, surface: Surface, level: str, screen_px: int | None) -> Proven:
        proven = TOOLS.prove(encoded, surface, level, screen_px)
        return dataclasses.replace(proven, proof=Proof(likeness=likeness))

    tools = dataclasses.replace(TOOLS, prove=measured)
    first = run(home, None, options(scan), tools).manifest
    proofs = [one.proof for one in first.derivatives]
    assert [proof.outcome for proof in proofs if proof] == ["pass", "pass"]
    CALLS.clear()
    museum = tmp_path / "models" / "thresholds.toml"
    museum.write_text("[view.small]\nssim = { warn = 0.99, fail = 0.95 }\n")
    second = run(home, None, options(scan), tools)
    assert second.worked and "prove" not in CALLS and "seal" not in CALLS
    assert [one.proof.outcome for one in second.manifest.derivatives if one.proof] == ["fail", "pass"]
    told = next(one for one in second.manifest.findings if one.code == "proof-below-limit")
    assert (told.level, told.figures["level"], told.figures["limit"]) == ("failure", "view small", 0.95)
    museum.write_text("[view.small]\nsim = false\n")
    with pytest.raises(Refused, match="there is no figure sim"):
        run(home, None, options(scan), tools)


def test_the_unit_that_was_said_last_stays_said(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    run(scan, out)
    run(scan, out, options(scan, unit="mm"))
    again = run(scan, out, options(scan))
    assert again.manifest.scale.unit == "mm" and again.manifest.scale.evidence == "capture"


def test_a_refused_run_leaves_no_folder_even_where_something_was_kept_on_the_way(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "jar"
    registered(out, height_mm=900.0)
    with pytest.raises(Refused, match="the register says"):
        run(scan, out, options(scan, unit="mm"))
    assert [path.name for path in out.iterdir()] == ["artifact.toml"]


def test_an_object_whose_record_was_lost_is_written_down_again(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    run(scan, out)
    (out / "artifact.toml").unlink()
    assert run(scan, out).worked and (out / "artifact.toml").is_file()
