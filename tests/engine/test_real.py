"""The whole way on real scans: from a file to a manifest whose figures hold."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.cli import main
from pipeline.formats import read
from pipeline.measure.usd import available
from pipeline.node.validator import validate
from pipeline.recipe import find, load, names

ROOT = Path(__file__).parent.parent.parent
EXTENSIONS = {
    "EXT_meshopt_compression",
    "EXT_texture_webp",
    "KHR_mesh_quantization",
    "KHR_texture_basisu",
    "KHR_texture_transform",
}
"""What a published model may require of a reader."""

USUAL = [
    *(("view", quality) for quality in ("thumb", "small", "medium", "large")),
    ("ar", "medium"),
    ("ar", "medium"),
    ("vr", "medium"),
]
"""What a run makes that nobody asked anything more of."""

LOOKED_AT = [("view", quality) for quality in ("small", "medium", "large")]
"""What the recipe for a first look makes."""
PROVED = {"excavation-obj/trench_019.obj", "busts/laurana.ply", "multitexture/TextureDouble.ply"}
"""Scans that go the whole way of the recipe ``relic``, a minute each; the others take the quick one."""

QUICK = ("--recipe", "quick")

TILE = "excavation/Montebelluna_scavo"
NAMED: list[tuple[str, tuple[str, ...], tuple[float, ...], str, str]] = [
    ("excavation-obj/trench_019.obj", (), (3880.5, 715.2, 4357.3), "+y", "assumed"),
    ("busts/laurana.ply", ("--unit", "mm"), (467.6, 496.2, 260.1), "+y", "given"),
    (f"{TILE}.019_LOD1.gltf", (), (3880.5, 715.2, 4357.3), "+y", "format"),
    (f"{TILE}.020_LOD1.gltf", (), (3880.1, 931.6, 4364.0), "+y", "format"),
    (f"{TILE}.021_LOD1.gltf", (), (3360.0, 1242.4, 4369.8), "+y", "format"),
    (f"{TILE}.026_LOD1.gltf", (), (3885.2, 1489.9, 3868.1), "+y", "format"),
    (f"{TILE}.027_LOD1.gltf", (), (3884.3, 1808.4, 3838.7), "+y", "format"),
    (f"{TILE}_LOD1.gltf", (), (3425.4, 2037.3, 3819.1), "+y", "format"),
    ("broken/many_small_holes.ply", (), (45.15, 71.0, 49.98), "+y", "assumed"),
    ("broken/non_manif_hole.ply", (), (32.2, 32.1, 12.9), "-y", "assumed"),
    ("broken/knot_max_simplified.STL", (), (160.7, 111.8, 160.5), "+z", "assumed"),
    ("multitexture/TextureDouble.ply", (), (3000.0, 1000.0, 0.0), "+y", "assumed"),
    ("helmet/greek_helmet.obj", (), (4347.1, 8086.2, 7946.0), "+y", "assumed"),
]
"""Scan, options, size in mm, its axis that is up, how the unit is known."""


def test_every_recipe_that_comes_with_the_program_can_work() -> None:
    assert "relic" in names()
    for name in names():
        assert load(find(name)).levels


def process(out: Path, *arguments: str) -> Any:
    assert main(["process", *arguments, "--out", str(out)]) == 0
    return json.loads((out / "manifest.json").read_bytes())


def allowed(level: dict[str, Any]) -> set[str]:
    """What a level may ask of a viewer: the panel's is Draco, one for other programs is plain."""
    if level["usage"] == "ar":
        return set()
    large = (level["usage"], level["quality"]) == ("view", "large")
    codec = {"EXT_meshopt_compression", "KHR_draco_mesh_compression"}
    return (EXTENSIONS | codec) - ({"EXT_meshopt_compression"} if large else {"KHR_draco_mesh_compression"})


def hold_proved(level: dict[str, Any]) -> None:
    deviation, proof = level["deviation_mm"], level["proof"]
    assert deviation["samples"] == 500_000 and deviation["mean"] <= deviation["rms"] <= deviation["max"]
    assert proof["deviation_px"]["p95"] == pytest.approx(
        deviation["p95"] / proof["deviation_px"]["pixel_mm"], abs=1e-3
    )
    assert proof["validator"]["errors"] == proof["read_back"]["triangles_lost"] == 0
    assert proof["read_back"]["positions_max_mm"] <= level["error_mm"]
    assert proof["likeness"]["views"] in range(8, 13)
    assert proof["verdicts"] and all(one["outcome"] != "fail" for one in proof["verdicts"])


@pytest.mark.real
@pytest.mark.parametrize(("name", "options", "size_mm", "up", "evidence"), NAMED, ids=[n[0] for n in NAMED])
def test_a_real_scan_comes_out_upright_at_its_size_with_its_proof(
    tmp_path: Path,
    scans: Path,
    name: str,
    options: tuple[str, ...],
    size_mm: tuple[float, ...],
    up: str,
    evidence: str,
) -> None:
    proved = name in PROVED
    manifest = process(tmp_path, str(scans / name), *options, "--recipe", "relic" if proved else "quick")
    scale = manifest["scale"]
    assert scale["size_mm"] == pytest.approx(size_mm, rel=1e-3, abs=0.1)
    assert (scale["up"], scale["evidence"], scale["confirmed"]) == (up, evidence, evidence != "assumed")
    made = [(one["usage"], one["quality"]) for one in manifest["derivatives"]]
    assert made == (USUAL if proved else LOOKED_AT)
    codes = {finding["code"]: finding["level"] for finding in manifest["findings"]}
    assert ("unit-assumed" in codes) == (evidence == "assumed") and "failure" not in codes.values()
    for level in manifest["derivatives"]:
        data = (tmp_path / level["path"]).read_bytes()
        assert (level["bytes"], level["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        if manifest["input"]["texture_px"]:  # colours of vertices may have become one
            assert level["texture_px"] > 0
    finest = 0
    for level in manifest["derivatives"]:
        if level["media_type"] != "model/gltf-binary":
            continue
        data = (tmp_path / level["path"]).read_bytes()
        found = validate(data)
        assert (found.errors, found.warnings) == (0, 0)
        deviation = level["deviation_mm"]
        floor = 0.001  # a micrometre: where nearly all is exact, the few that are not lift the mean above p95
        assert deviation["mean"] <= max(deviation["p95"], floor)
        assert deviation["p95"] <= min(level["error_mm"], deviation["max"])
        if proved:
            hold_proved(level)
        assert set(level["required_extensions"]) <= allowed(level)
        model = read(tmp_path / level["path"])
        assert len(model.triangles) == level["triangles"] >= (1 if level["usage"] != "view" else finest)
        finest = max(finest, level["triangles"]) if level["usage"] == "view" else finest
        low, high = model.bounds
        allowed_m = max(deviation["max"], level["error_mm"]) / 1000
        assert (high - low) * 1000 == pytest.approx(scale["size_mm"], abs=2000 * allowed_m)
        assert low[1] == pytest.approx(0, abs=allowed_m)
    for picture in manifest["pictures"]:
        assert hashlib.sha256((tmp_path / picture["path"]).read_bytes()).hexdigest() == picture["sha256"]
    for file in ("report.html", "report.json", "artifact.toml", "capture.toml"):
        assert (tmp_path / file).stat().st_size


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "english", "chinese"),
    [
        ("pointclouds/chameleon4k.pts", "a point set of the program Expe", "Expe 程序的点集"),
        ("pointclouds/bunny16k.pts", "a point set of the program Expe", "Expe 程序的点集"),
        ("excavation-obj", "2 models: trench_019.obj, trench_026.obj", "2 个模型"),
        ("facade-photos", "11 pictures and no model", "11 张图片，没有模型"),
        ("layers", "11 pictures and no model", "11 张图片，没有模型"),
    ],
)
def test_what_is_no_single_model_is_refused_in_one_sentence_in_both_languages(
    tmp_path: Path,
    scans: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    english: str,
    chinese: str,
) -> None:
    for language, told in (("en", english), ("zh_CN.UTF-8", chinese)):
        monkeypatch.setenv("MUSEUM_LANG", language)
        assert main(["process", str(scans / name), "--out", str(tmp_path / "out")]) == 2
        err = capsys.readouterr().err
        assert told in err and err.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.real
def test_another_unit_makes_everything_anew_and_back_again_gives_the_same_bytes(
    tmp_path: Path, scans: Path
) -> None:
    scan, out = str(scans / "broken" / "non_manif_hole.ply"), tmp_path / "out"
    first = process(out, scan, "--unit", "ft", *QUICK)
    larger = process(out, scan, "--unit", "m", *QUICK)
    feet = [side / 0.3048 for side in first["scale"]["size_mm"]]
    assert larger["scale"]["size_mm"] == pytest.approx(feet, abs=0.01)
    assert len(list(out.glob("*.glb"))) == 3
    assert process(out, scan, "--unit", "ft", *QUICK) == first


@pytest.mark.real
def test_killed_on_a_real_scan_it_goes_on_and_ends_with_the_same_bytes(tmp_path: Path, scans: Path) -> None:
    scan = str(scans / "broken" / "many_small_holes.ply")
    calm = process(tmp_path / "calm" / "out", scan, "--unit", "m", *QUICK)
    out = tmp_path / "killed" / "out"
    command = [
        sys.executable,
        "-m",
        "pipeline.cli",
        "process",
        scan,
        "--unit",
        "m",
        *QUICK,
        "--out",
        str(out),
    ]
    kills = 0
    for until in (".museum/cache/*.json", "small.*.glb", "large.*.glb", "poster.*"):
        process_ = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        deadline = time.monotonic() + 60
        while process_.poll() is None and not list(out.glob(until)) and time.monotonic() < deadline:
            time.sleep(0.01)
        if process_.poll() is None:
            os.killpg(process_.pid, signal.SIGKILL)
            kills += 1
        process_.wait()
        if (out / "manifest.json").exists():
            json.loads((out / "manifest.json").read_bytes())
    assert kills >= 3
    assert process(out, scan, "--unit", "m", *QUICK) == calm
    assert {path.name for path in out.glob("*.*")} == {
        path.name for path in (tmp_path / "calm" / "out").glob("*.*")
    }


@pytest.mark.real
def test_everything_on_request_is_made_of_a_real_bust_and_holds_what_it_promises(
    tmp_path: Path, scans: Path
) -> None:
    trimesh = pytest.importorskip("trimesh")
    scan = scans / "busts" / "gargo.ply"
    manifest = process(tmp_path, str(scan), "--unit", "mm", "--also", "print,download,master")
    made = {
        (one["usage"], Path(one["path"]).suffix): tmp_path / one["path"] for one in manifest["derivatives"]
    }
    assert {kind for kind in made if kind[0] in {"print", "download", "master"}} == {
        ("print", ".stl"),
        ("print", ".3mf"),
        ("download", ".glb"),
        ("download", ".zip"),
        ("master", ".zip"),
    }
    assert all((one["colour_de2000"] is None) == (one["usage"] == "print") for one in manifest["derivatives"])
    body = trimesh.load(made["print", ".stl"])
    assert body.is_watertight and body.volume > 0
    assert validate(made["download", ".glb"].read_bytes()).clean
    for usage, inside, model in (("master", "mesh.ply", 0), ("download", "model.obj", 1)):
        with zipfile.ZipFile(made[usage, ".zip"]) as packed:
            packed.extractall(tmp_path / usage)
        for line in (tmp_path / usage / "sha256sums.txt").read_text().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256((tmp_path / usage / name).read_bytes()).hexdigest() == digest
        assert (
            len(read(tmp_path / usage / inside).triangles) == manifest["derivatives"][-1 - model]["triangles"]
        )
    came, kept = read(scan), read(tmp_path / "master" / "mesh.ply")
    assert np.array_equal(came.positions, kept.positions) and np.array_equal(came.triangles, kept.triangles)
    sidecar = json.loads((tmp_path / "master" / "sidecar.json").read_bytes())
    assert sidecar["input"]["files"][0]["sha256"] == hashlib.sha256(scan.read_bytes()).hexdigest()
    master = next(one for one in manifest["derivatives"] if one["usage"] == "master")
    assert master["deviation_mm"]["scan_to_model"][2] < 0.001
    assert "usdz-validated" in {one["code"] for one in manifest["findings"]} or not available()


@pytest.mark.real
def test_a_piece_of_ground_is_no_body_to_print(
    tmp_path: Path, scans: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSEUM_LANG", "en")
    scan = str(scans / "excavation-obj/trench_019.obj")
    assert main(["process", scan, "--unit", "m", "--also", "print", "--out", str(tmp_path / "out")]) == 2
    assert "step solid: a hole is 20" in capsys.readouterr().err
    assert not (tmp_path / "out" / "manifest.json").exists()
