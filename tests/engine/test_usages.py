"""Levels on request, levels of several files, results that several files share."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from engine.stand_ins import CALLS, TOOLS, run, write_scan

from pipeline.asked import Options
from pipeline.catalogue.derivative import Manifest
from pipeline.errors import Failed, Refused
from pipeline.node.validator import Validation

MORE = """
[[level]]
usage = "ar"
quality = "medium"
    [[level.step]]
    use = "rest"
    seconds = 0.001
    [[level.step]]
    use = "seal"
    word = "ar"
    [[level.step]]
    use = "mould"
[[level]]
usage = "master"
quality = "full"
on_request = true
begin = "scan"
    [[level.step]]
    use = "seal"
    word = "master"
"""


@pytest.fixture(autouse=True)
def _forget_calls() -> None:
    CALLS.clear()


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = write_scan(tmp_path / "scan")
    recipe = path.parent / "r.toml"
    recipe.write_text(recipe.read_text() + MORE)
    return path


def options(scan: Path, *also: str, **more: object) -> Options:
    return Options(recipe=str(scan.parent / "r.toml"), also=also, **more)  # type: ignore[arg-type]


def made(manifest: Manifest) -> list[tuple[str, str, str]]:
    return [
        (one.usage, one.quality, one.path.split(".")[0] + Path(one.path).suffix)
        for one in manifest.derivatives
    ]


USUAL = [
    ("view", "small", "small.glb"),
    ("view", "large", "large.glb"),
    ("ar", "medium", "ar.glb"),
    ("ar", "medium", "ar.usdz"),
]
MASTER = ("master", "full", "master.glb")


def test_a_level_of_two_files_is_two_derivatives_that_share_their_steps(tmp_path: Path, scan: Path) -> None:
    manifest = run(scan, tmp_path / "out", options(scan)).manifest
    assert made(manifest) == USUAL
    assert CALLS.count("rest") == 3, "once in common, once for small and large, once for both files of AR"
    for one in manifest.derivatives:
        assert (tmp_path / "out" / one.path).stat().st_size == one.bytes


def test_what_is_on_request_is_made_when_asked_for_from_the_scan_as_read(tmp_path: Path, scan: Path) -> None:
    out = tmp_path / "out"
    assert MASTER not in made(run(scan, out, options(scan, unit="mm")).manifest)
    manifest = run(scan, out, options(scan, "master", unit="mm")).manifest
    assert made(manifest) == [*USUAL, MASTER]
    as_read = b"master" * 50
    import numpy as np

    corners = np.array([(0, 0, 0), (1, 0, 0), (1, 2, 0), (0, 2, 3), (1, 0, 3)], np.float64)
    assert (out / manifest.derivatives[-1].path).read_bytes() == as_read + corners.tobytes()


def test_what_was_made_on_request_stays_while_it_is_right_and_goes_when_it_is_not(
    tmp_path: Path, scan: Path
) -> None:
    out = tmp_path / "out"
    run(scan, out, options(scan, "master"))
    CALLS.clear()
    again = run(scan, out, options(scan))
    assert made(again.manifest) == [*USUAL, MASTER] and "seal" not in CALLS
    scan.write_text(scan.read_text().replace("2.0", "2.5"))
    assert made(run(scan, out, options(scan)).manifest) == USUAL
    assert not list(out.glob("master.*"))


def test_asking_for_what_the_recipe_does_not_make_is_refused_before_any_work(
    tmp_path: Path, scan: Path
) -> None:
    with pytest.raises(Refused, match="makes no 'print'; on request are master"):
        run(scan, tmp_path / "out", options(scan, "print"))
    assert CALLS == [] and not (tmp_path / "out").exists()


def test_only_a_usdz_is_held_to_pixars_validators_and_only_a_glb_to_khronos(
    tmp_path: Path, scan: Path
) -> None:
    seen: list[bytes] = []

    def validate_usdz(data: bytes) -> Validation:
        seen.append(data)
        return Validation(0, 0, 0, 0, ())

    tools = dataclasses.replace(TOOLS, validate_usdz=validate_usdz)
    manifest = run(scan, tmp_path / "out", options(scan), tools).manifest
    assert [data[:5] for data in seen] == [b"mould"]
    codes = {one.code: one.figures for one in manifest.findings}
    assert codes["gltf-validated"] == {"files": 3} and "usdz-validated" in codes


def test_a_usdz_that_nobody_could_validate_is_told(tmp_path: Path, scan: Path) -> None:
    codes = [one.code for one in run(scan, tmp_path / "out", options(scan)).manifest.findings]
    assert "usdz-not-validated" in codes and "usdz-validated" not in codes


def test_a_usdz_with_an_error_stops_the_run(tmp_path: Path, scan: Path) -> None:
    wrong = {"code": "usdz:StageMetadata", "severity": 0, "pointer": "/", "message": "no metersPerUnit"}
    tools = dataclasses.replace(TOOLS, validate_usdz=lambda data: Validation(1, 0, 0, 0, (wrong,)))
    with pytest.raises(Failed, match="not valid USDZ: errors 1, warnings 0, first usdz:StageMetadata at /"):
        run(scan, tmp_path / "out", options(scan), tools)
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_any_number_of_jobs_gives_the_same_bytes_of_every_usage(tmp_path: Path, scan: Path) -> None:
    for name, jobs in (("a", 1), ("b", 3)):
        run(scan, tmp_path / name, options(scan, "master", jobs=jobs))
    one, other = ((tmp_path / name / "manifest.json").read_bytes() for name in ("a", "b"))
    assert json.loads(one) == json.loads(other)
