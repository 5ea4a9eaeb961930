"""The whole way on real scans: from a file to a manifest whose figures hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.formats import read
from pipeline.recipe import find, load, names


def test_every_recipe_that_comes_with_the_program_can_work() -> None:
    assert "relic" in names()
    for name in names():
        assert load(find(name)).levels


def process(tmp_path: Path, *arguments: str) -> Any:
    assert main(["process", *arguments, "--out", str(tmp_path)]) == 0
    return json.loads((tmp_path / "manifest.json").read_bytes())


@pytest.mark.real
def test_a_bust_in_millimetres_comes_out_at_its_size_with_its_proof(tmp_path: Path, scans: Path) -> None:
    manifest = process(tmp_path, str(scans / "busts" / "laurana.ply"), "--unit", "mm")
    scale = manifest["scale"]
    assert scale["size_mm"] == pytest.approx([467.6, 496.2, 260.1], abs=0.1)
    finest = 0.0
    for level in manifest["derivatives"]:
        model = read(tmp_path / level["path"])
        low, high = model.bounds
        assert (high - low)[1] == pytest.approx(0.4962, rel=0.01)
        assert low[1] == pytest.approx(0, abs=0.002)
        assert len(model.triangles) == level["triangles"] > finest
        assert level["deviation_mm"]["p95"] <= level["error_mm"]
        finest = len(model.triangles)
    for name in ("report.html", "report.json", "artifact.toml", "capture.toml"):
        assert (tmp_path / name).stat().st_size


@pytest.mark.real
def test_a_textured_tile_keeps_its_texture_and_its_metres(tmp_path: Path, scans: Path) -> None:
    manifest = process(tmp_path, str(scans / "excavation-obj" / "trench_019.obj"))
    scale = manifest["scale"]
    assert (scale["unit"], scale["evidence"], scale["confirmed"]) == ("m", "assumed", False)
    assert "unit-assumed" in [finding["code"] for finding in manifest["findings"]]
    paths = [file["path"] for file in manifest["input"]["files"]]
    assert sorted(paths) == ["M_Montebelluna_scavo.019_LOD1_ALB.jpg", "trench_019.mtl", "trench_019.obj"]
    for level in manifest["derivatives"]:
        assert level["texture_px"] == 1024
