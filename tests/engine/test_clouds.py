"""Point clouds the whole way: from a file of another program to a manifest whose figures hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import formats
from pipeline.catalogue.artifact import Dimensions
from pipeline.check import examine
from pipeline.cli import main
from pipeline.matter.surface import Surface
from pipeline.pieces import sides_of
from pipeline.scan import find
from pipeline.unit import Decision, decide
from pipeline.work.memory import MESHED_MAX_POINTS, MESHED_MAX_PX, level_bytes
from pipeline.work.records import Facts
from tests import clouds

CENTRE = np.array([3.0, -2.0, 1.0])
STANDS = np.array([[3.0, -2.0, 6.0], [3.0, -2.0, -4.0]])


def two_stands(path: Path) -> Path:
    """A ball of 40 cm, its halves seen and coloured from above and below, with 1 % without a distance."""
    points = clouds.ball(3000, radius=0.2)
    scans = []
    for stand in STANDS:
        own = points[clouds.visible(points, stand - CENTRE)]
        invalid = (np.arange(len(own)) % 100 == 0).astype(np.int8)
        columns = {"cartesianInvalidState": invalid}
        scans.append((own + CENTRE, stand, clouds.halves(own), columns))
    return clouds.write_e57(path, scans)


def surveyed(path: Path) -> Path:
    """The same ball far from the origin of a survey, with noise and without a unit."""
    points = clouds.ball(2000, radius=0.2) + np.array([500_000.0, 4_800_000.0, 900.0])
    classes = np.full(2000, 2, np.uint8)
    classes[:20] = 7
    return clouds.write_las(path, points, colours=np.full((2000, 3), 30_000), classification=classes)


def codes(manifest: Any) -> dict[str, Any]:
    return {one["code"]: one["figures"] for one in manifest["findings"]}


def process(out: Path, *arguments: str) -> Any:
    assert main(["process", *arguments, "--out", str(out)]) == 0
    return json.loads((out / "manifest.json").read_bytes())


def test_an_e57_of_two_stands_becomes_a_coloured_relic(tmp_path: Path) -> None:
    manifest = process(tmp_path / "out", str(two_stands(tmp_path / "ball.e57")))
    told = manifest["input"]
    assert (told["format"], told["triangles"], told["vertices"]) == ("e57", 0, 0)
    figures = codes(manifest)
    assert told["points"] == formats.read(tmp_path / "ball.e57").positions.shape[0] > 2500
    assert told["points"] + figures["points-invalid"]["points"] == _seen()
    scale = manifest["scale"]
    assert (scale["unit"], scale["evidence"], scale["up"]) == ("m", "format", "+z")
    assert scale["size_mm"] == pytest.approx((400, 400, 400), abs=12)
    assert figures["cloud-meshed"]["sides"] == "positions of the scanner"
    assert manifest["recipe"]["steps"][0]["use"] == "mesh"
    finest = manifest["derivatives"][-1]
    assert finest["deviation_mm"]["p95"] < 1 and finest["colour_de2000"]["mean"] < 3
    model = formats.read(tmp_path / "out" / finest["path"])
    assert isinstance(model, Surface) and model.colours is not None
    top, bottom = (model.colours[side, :3].mean(axis=0) for side in _ends(model))
    assert top == pytest.approx((200, 40, 30), abs=8) and bottom == pytest.approx((30, 60, 190), abs=8)
    middle = (model.bounds[0] + model.bounds[1]) / 2
    assert np.abs(np.linalg.norm(model.positions - middle, axis=1) - 0.2).max() < 0.01


def _seen() -> int:
    points = clouds.ball(3000, radius=0.2)
    return sum(int(clouds.visible(points, stand - CENTRE).sum()) for stand in STANDS)


def _ends(model: Surface) -> tuple[Any, Any]:
    height = model.positions[:, 1] / model.bounds[1][1]
    return height > 0.8, height < 0.2


def test_a_laz_becomes_a_relic_and_a_second_run_has_nothing_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSEUM_LANG", "en")
    scan = str(surveyed(tmp_path / "ball.laz"))
    assert main(["process", scan, "--unit", "m", "--out", str(tmp_path / "out"), "--dry-run"]) == 0
    assert "making a surface of the points" in capsys.readouterr().out and not (tmp_path / "out").exists()
    manifest = process(tmp_path / "out", scan, "--unit", "m")
    assert manifest["input"]["points"] == 1980 and codes(manifest)["points-noise"] == {"points": 20}
    assert manifest["scale"]["up_evidence"] == "the format las says so"
    assert manifest["scale"]["size_mm"] == pytest.approx((400, 400, 400), abs=12)
    assert "1,980" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    capsys.readouterr()
    assert process(tmp_path / "out", scan, "--unit", "m") == manifest
    assert "nothing has changed" in capsys.readouterr().out


def test_a_recipe_that_does_not_make_a_mesh_refuses_a_cloud_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = tmp_path / "old.toml"
    recipe.write_text(
        'name = "old"\n[[step]]\nuse = "place"\n[[level]]\nusage = "view"\nquality = "small"\n'
        '[[level.step]]\nuse = "compress"\n'
    )
    scan = surveyed(tmp_path / "ball.laz")
    for language, said in (
        ("en", "begin the recipe with the step mesh"),
        ("zh", "扫描是点云，步骤 place 不能处理"),
    ):
        monkeypatch.setenv("MUSEUM_LANG", language)
        arguments = ["process", str(scan), "--recipe", str(recipe), "--out", str(tmp_path / "out")]
        assert main(arguments) == 2
        err = capsys.readouterr().err
        assert said in err and err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_check_tells_of_a_cloud_what_there_is_to_tell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSEUM_LANG", "en")
    before = two_stands(tmp_path / "ball.e57").read_bytes()
    assert main(["check", str(tmp_path / "ball.e57")]) == 0
    out = capsys.readouterr().out
    for said in ("m (the format says so)", "known scanner positions", "+z (habit of the format e57)", "2,"):
        assert said in out
    assert "triangles" not in out and (tmp_path / "ball.e57").read_bytes() == before
    (tmp_path / "ball.xyz").write_text("".join(f"{x} {y} {z}\n" for x, y, z in clouds.ball(300)))
    monkeypatch.setenv("MUSEUM_LANG", "zh")
    assert main(["check", str(tmp_path / "ball.xyz")]) == 0
    assert "生成网格后判断" in capsys.readouterr().out


def test_the_register_knows_the_unit_of_a_cloud_with_strays(tmp_path: Path) -> None:
    points = np.concatenate([clouds.ball(3000, radius=155.0), [[9000.0, 0, 0]]])
    (tmp_path / "jar.xyz").write_text("".join(f"{x:.3f} {y:.3f} {z:.3f}\n" for x, y, z in points))
    cloud = formats.read(tmp_path / "jar.xyz")
    jar = Dimensions(literal="高31厘米，径31厘米", height_mm=310, diameter_mm=310)
    assert decide(sides_of(cloud), source_format="points", dimensions=jar) == Decision("mm", "register")


def test_strays_do_not_make_a_cloud_too_long_to_be_true() -> None:
    survey = clouds.ball(3000) + np.array([500_000.0, 4_000_000.0, 70.0])
    cloud = clouds.cloud(np.concatenate([survey, [[1.0, 0, 0]]]))
    assert max(next(sides_of(cloud))) < 2.1
    assert next(sides_of(clouds.cloud(survey))) == pytest.approx([2, 2, 2], abs=0.02)


def test_a_unit_that_the_file_states_goes_before_the_register_and_behind_the_technician() -> None:
    jar = Dimensions(literal="高31厘米", height_mm=310)
    assert decide([(310, 310, 310)], stated="ft", dimensions=jar) == Decision("ft", "format")
    assert decide([(310, 310, 310)], stated="ft", capture="mm") == Decision("mm", "capture")
    assert decide([(0.3, 0.3, 0.3)], stated="", source_format="las") == Decision("m", "assumed")
    assert decide([(300, 300, 300)], source_format="e57") == Decision("m", "format")


def test_a_folder_with_one_cloud_is_a_scan(tmp_path: Path) -> None:
    surveyed(tmp_path / "ball.laz")
    (tmp_path / "notes.txt").write_text("scanned on Monday")
    scan = find([tmp_path], tmp_path / "out")[0]
    from pipeline.asked import Options

    check = examine(scan, Options(unit="m"))
    assert (check.points, check.sensors, check.triangles) == (1980, 0, 0)
    assert check.up is not None and check.up.certain


def test_a_cloud_beside_its_mesh_is_not_a_second_model(tmp_path: Path) -> None:
    surveyed(tmp_path / "dense.laz")
    (tmp_path / "tile_offset.xyz").write_text("512000.0 4812000.0 900.0\n")
    (tmp_path / "tile.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    assert find([tmp_path], tmp_path / "out")[0].model.name == "tile.obj"
    assert formats.find(tmp_path).name == "tile.obj"
    assert find([tmp_path / "dense.laz"], tmp_path / "out")[0].model.name == "dense.laz"


def test_memory_of_levels_reckons_with_the_mesh_that_points_become() -> None:
    mesh = Facts("m", "format", "ply", 400_000, 200_000, 0, 0)
    assert level_bytes(Facts("m", "format", "e57", 0, 0, 0, 0, points=100_000)) == level_bytes(mesh)
    assert level_bytes(Facts("m", "format", "e57", 0, 0, 0, 0, points=10**9)) < 5e9  # it is thinned before


def test_the_thinning_that_memory_reckons_with_is_that_of_the_step() -> None:
    from pipeline.steps.registry import STEPS

    defaults = {one.name: one.default for one in STEPS["mesh"].parameters}
    assert defaults["max_points"] == MESHED_MAX_POINTS and defaults["max_px"] == MESHED_MAX_PX


def test_memory_of_levels_reckons_with_the_texture_of_a_dense_cloud() -> None:
    few, many = (Facts("m", "format", "e57", 0, 0, 0, 0, points=count) for count in (10**6, 8 * 10**6))
    assert level_bytes(many) - level_bytes(few) > 12 * 8_000_000
