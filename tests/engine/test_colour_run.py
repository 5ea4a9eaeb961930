"""A scan with a chart beside it, the whole way: the published model shows the object's own colours."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.asked import Options
from pipeline.errors import Refused
from pipeline.formats.gltf_read import read_glb_bytes
from pipeline.formats.images import pixels
from pipeline.measure.checker import REFERENCE
from pipeline.measure.colour import ciede2000, lab, linear_of, srgb_of
from pipeline.run import Outcome, process
from pipeline.scan import find
from tests.charts import CAMERA, chart
from tests.shapes import grid

RECIPE = """
name = "coloured"
[[step]]
use = "correct_colour"
[[step]]
use = "level_exposure"
[[step]]
use = "place"
[[level]]
usage = "view"
quality = "small"
    [[level.step]]
    use = "textures"
    [[level.step]]
    use = "compress"
"""
TRUE = np.clip(REFERENCE[[0, 1, 6, 21]], 0, None)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A sheet of four stripes as a camera saw them, the chart that it saw with them, and the record."""
    folder = tmp_path / "scan"
    folder.mkdir()
    sheet = grid(6, size=0.2)
    lines = ["mtllib sheet.mtl", "usemtl skin"]
    lines += [f"v {x} {y} {z}" for x, y, z in sheet.positions]
    lines += [f"vt {u} {1 - v}" for u, v in sheet.uvs[0]]
    lines += ["f " + " ".join(f"{corner + 1}/{corner + 1}" for corner in face) for face in sheet.triangles]
    (folder / "sheet.obj").write_text("\n".join(lines))
    (folder / "sheet.mtl").write_text("newmtl skin\nmap_Kd skin.jpg\n")
    stripes = np.repeat(srgb_of(TRUE @ CAMERA.T), 32, axis=0)
    Image.fromarray(np.repeat(stripes[:, None], 128, axis=1)).save(folder / "skin.jpg", quality=97)
    Image.fromarray(chart()).save(folder / "IMG_0001.jpg", quality=95)
    (folder / "capture.toml").write_text('unit = "m"\n[colour]\nchecker = "IMG_0001.jpg"\n')
    (tmp_path / "r.toml").write_text(RECIPE)
    return folder / "sheet.obj"


def run(scan: Path, out: Path, **more: object) -> Outcome:
    options = Options(recipe=str(out.parent / "r.toml"), up="+y", **more)  # type: ignore[arg-type]
    return process(find([scan], out)[0], options)


def test_the_published_model_shows_the_true_colours(scan: Path, tmp_path: Path) -> None:
    manifest = run(scan, tmp_path / "out").manifest
    found = {finding.code: finding.figures for finding in manifest.findings}
    assert float(found["colour-corrected"]["before_mean_de"]) > 8
    assert float(found["colour-corrected"]["after_mean_de"]) < 1
    assert "IMG_0001.jpg" in {file.path for file in manifest.input.files}
    made = manifest.derivatives[0]
    model = read_glb_bytes((tmp_path / "out" / made.path).read_bytes())
    shown = linear_of(pixels(model.textures()[0])[16::32, 64, :3])
    assert ciede2000(lab(shown), lab(TRUE)).max() < 2.5  # twice through a JPEG and once through a WebP
    assert made.colour_de2000 is not None and made.colour_de2000.mean < 1
    assert str(tmp_path) not in (tmp_path / "out" / "manifest.json").read_text()
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["recipe"]["steps"][0]["parameters"][
        "checker"
    ] == ("IMG_0001.jpg")


def test_a_second_run_and_a_moved_folder_have_nothing_to_do(scan: Path, tmp_path: Path) -> None:
    assert run(scan, tmp_path / "out").worked
    assert not run(scan, tmp_path / "out").worked
    shutil.move(scan.parent, tmp_path / "elsewhere" / "scan")
    assert not run(tmp_path / "elsewhere" / "scan" / scan.name, tmp_path / "out").worked


def test_another_picture_of_the_chart_is_another_run(scan: Path, tmp_path: Path) -> None:
    first = run(scan, tmp_path / "out").manifest
    Image.fromarray(chart(camera=CAMERA * 1.1)).save(scan.parent / "IMG_0001.jpg", quality=95)
    second = run(scan, tmp_path / "out")
    assert second.worked
    assert second.manifest.derivatives[0].sha256 != first.derivatives[0].sha256


def test_a_picture_that_the_recipe_names_is_known_by_its_content_too(scan: Path, tmp_path: Path) -> None:
    (scan.parent / "capture.toml").write_text('unit = "m"\n')
    named = RECIPE.replace('use = "correct_colour"', 'use = "correct_colour"\nchecker = "IMG_0001.jpg"')
    (tmp_path / "r.toml").write_text(named)
    first = run(scan, tmp_path / "out").manifest
    assert "colour-corrected" in {finding.code for finding in first.findings}
    Image.fromarray(chart(camera=CAMERA * 1.1)).save(scan.parent / "IMG_0001.jpg", quality=95)
    second = run(scan, tmp_path / "out")
    assert second.worked and second.manifest.derivatives[0].sha256 != first.derivatives[0].sha256


def test_a_run_that_is_done_one_thing_after_another_gives_the_same_bytes(scan: Path, tmp_path: Path) -> None:
    side_by_side = run(scan, tmp_path / "one").manifest
    (tmp_path / "two").mkdir()
    alone = run(scan, tmp_path / "two", jobs=1).manifest
    assert [d.sha256 for d in alone.derivatives] == [d.sha256 for d in side_by_side.derivatives]


def test_a_chart_that_is_missing_stops_the_run_and_nothing_is_written(scan: Path, tmp_path: Path) -> None:
    (scan.parent / "IMG_0001.jpg").unlink()
    with pytest.raises(Refused, match=r"IMG_0001\.jpg"):
        run(scan, tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()
