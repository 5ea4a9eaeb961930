"""No model is published that the validator finds fault with."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from engine.stand_ins import TOOLS, run, write_scan

from pipeline.asked import Options
from pipeline.errors import Failed
from pipeline.node.validator import Validation, validate

WRONG = {"code": "ACCESSOR_MIN_MISMATCH", "severity": 1, "pointer": "/accessors/0", "message": "is 1, not 2"}


def test_a_model_with_a_warning_stops_the_run_and_what_was_there_stays(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    run(scan, out)
    before = (out / "manifest.json").read_bytes()
    tools = dataclasses.replace(TOOLS, validate=lambda glb: Validation(0, 1, 0, 0, (WRONG,)))
    with pytest.raises(Failed, match=r"errors 0, warnings 1, first ACCESSOR_MIN_MISMATCH at /accessors/0"):
        run(scan, out, Options(recipe=str(scan.parent / "r.toml"), unit="cm"), tools)
    assert (out / "manifest.json").read_bytes() == before
    assert "is 1, not 2" in next((out / ".museum").glob("validator.view-*.json")).read_text()


def test_a_valid_run_says_so_in_its_findings(tmp_path: Path) -> None:
    manifest = run(write_scan(tmp_path / "scan"), tmp_path / "out").manifest
    found = next(finding for finding in manifest.findings if finding.code == "gltf-validated")
    assert found.figures == {"files": 2} and "2" in found.sentence("zh-Hans")


def test_the_real_validator_tells_a_wrong_file_from_a_right_one() -> None:
    assert validate(b'{"asset":{"version":"2.0"}}').clean
    assert not validate(b'{"asset":{"version":"2.0"},"scene":3}').clean
