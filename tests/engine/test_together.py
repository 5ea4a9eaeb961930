"""Several model files as one object: every triangle, material and digest of each, one coordinate system."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline import formats
from pipeline.catalogue import store
from pipeline.catalogue.capture import Capture, CapturedFile
from pipeline.cli import main
from pipeline.errors import Refused
from pipeline.formats import read
from pipeline.matter.join import joined
from pipeline.matter.surface import Surface
from pipeline.scan import draft, find
from pipeline.together import files_of
from pipeline.together import read as read_together
from tests.formats.made import image
from tests.shapes import grid


def tile(
    folder: Path, name: str, x: float, extra: str = "", colour: tuple[int, int, int] = (9, 9, 9)
) -> Path:
    """A square of 8 by 8 faces beginning at ``x``, with a texture of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    steps = range(9)
    lines = [f"v {x + i / 8} {j / 8} 300" for j in steps for i in steps]
    lines += [f"vt {i / 8} {j / 8}" for j in steps for i in steps]
    for j in range(8):
        for i in range(8):
            a = 9 * j + i + 1
            lines.append(f"f {a}/{a} {a + 1}/{a + 1} {a + 10}/{a + 10} {a + 9}/{a + 9}")
    image(folder / f"{name}.png", colour=colour)
    (folder / f"{name}.mtl").write_text(f"newmtl m\nmap_Kd {name}.png\n")
    (folder / f"{name}.obj").write_text(f"mtllib {name}.mtl\nusemtl m\n" + "\n".join(lines) + "\n")
    return folder / f"{name}.obj"


def test_parts_become_one_surface_with_every_attribute() -> None:
    plain = grid(2)
    coloured = grid(2).but(
        uvs=(), colours=np.full((9, 4), 7, np.uint8), normals=np.tile(np.float32([0, 0, 1]), (9, 1))
    )
    whole = joined([plain, coloured.but(positions=coloured.positions + 1e7)])
    assert (len(whole.positions), len(whole.triangles), len(whole.materials)) == (18, 16, 2)
    assert whole.material_of.tolist() == [0] * 8 + [1] * 8
    assert whole.triangles[8:].min() == 9 and whole.positions[9:].min() == 1e7
    assert whole.colours is not None and whole.colours[:9].min() == 255 and whole.colours[9:].max() == 7
    assert whole.normals is not None and np.allclose(whole.normals[:9], (0, 1, 0))
    assert np.array_equal(whole.uvs[0][:9], plain.uvs[0]) and not whole.uvs[0][9:].any()


def test_tiles_keep_their_textures_and_their_places(tmp_path: Path) -> None:
    paths = [tile(tmp_path / "site", f"t{n}", float(n), colour=(n, n, n)) for n in range(3)]
    (scan,) = find(paths, tmp_path / "out", as_one=True)
    whole = read_together(scan, read)
    assert scan.name == "site" and scan.slug == "site"
    assert len(whole.triangles) == 3 * 128
    assert [m.colour_texture.texture.name for m in whole.materials if m.colour_texture] == [
        "t0.png",
        "t1.png",
        "t2.png",
    ]
    low, high = whole.bounds
    assert (low.tolist(), high.tolist()) == ([0, 0, 300], [3, 1, 300])
    codes = {finding.code: finding.figures for finding in whole.findings}
    assert codes["parts-joined"] == {"parts": 3} and codes["parts-meet"] == {"pairs": 2}
    names = [path.name for path in files_of(scan, formats.files)]
    assert len(names) == 9 and names[:3] == ["t0.obj", "t0.mtl", "t0.png"]


def test_a_gap_between_tiles_is_a_finding_and_nothing_is_welded(tmp_path: Path) -> None:
    paths = [tile(tmp_path / "site", "a", 0), tile(tmp_path / "site", "b", 1.002)]
    (scan,) = find(paths, tmp_path / "out", as_one=True)
    whole = read_together(scan, read)
    gap = next(finding for finding in whole.findings if finding.code == "parts-gap")
    assert gap.level == "warning" and gap.figures["median"] == pytest.approx(0.002, abs=1e-4)
    assert len(whole.positions) == 2 * 81


def test_a_folder_of_tiles_is_one_object_when_it_is_said(tmp_path: Path) -> None:
    for n in range(2):
        tile(tmp_path / "site", f"t{n}", float(n))
    with pytest.raises(Refused, match=r"2 models: t0\.obj, t1\.obj; .*--as-one"):
        find([tmp_path / "site"], tmp_path / "out")
    (scan,) = find([tmp_path / "site"], tmp_path / "out", as_one=True, name="The smithy")
    assert [model.name for model in scan.models] == ["t0.obj", "t1.obj"]
    assert (scan.name, scan.slug) == ("The smithy", "the-smithy")


def test_one_path_said_twice_is_one_part(tmp_path: Path) -> None:
    path = tile(tmp_path / "site", "a", 0)
    (scan,) = find([path, tmp_path / "site" / ".." / "site" / "a.obj"], tmp_path / "out", as_one=True)
    assert scan.parts == ()


def test_capture_names_the_parts_and_a_run_writes_them_down(tmp_path: Path) -> None:
    home = tmp_path / "models" / "shelf" / "site"
    paths = [tile(home / "scan", f"t{n}", float(n)) for n in range(2)]
    (home / "artifact.toml").write_text('[name]\nen = "Site"\n')
    files = tuple(CapturedFile(f"scan/{path.name}", "0" * 64, 1) for path in paths)
    draft(find(paths, project=tmp_path, as_one=True)[0], files)
    assert store.read_capture(home / "capture.toml").models == ("scan/t0.obj", "scan/t1.obj")
    (scan,) = find([home], project=tmp_path)
    assert scan.models == (home / "scan" / "t0.obj", home / "scan" / "t1.obj")
    store.write_toml(Capture(files=files), home / "capture.toml")
    assert len(find([home], project=tmp_path)[0].models) == 2
    store.write_toml(Capture(files=files, models=("scan/t1.obj",)), home / "capture.toml")
    assert find([home], project=tmp_path)[0].models == (home / "scan" / "t1.obj",)


def test_a_capture_whose_part_is_gone_does_not_stand_for_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    for n in range(3):
        tile(folder, f"t{n}", float(n))
    files = tuple(CapturedFile(f"t{n}.obj", "0" * 64, 1) for n in range(4))
    store.write_toml(Capture(files=files), folder / "capture.toml")
    with pytest.raises(Refused, match="3 models"):
        find([folder], tmp_path / "out")


def test_parts_of_several_formats_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.stl").write_text(
        "solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\n"
        "endloop\nendfacet\nendsolid a\n"
    )
    (scan,) = find([tmp_path / "a.stl", tile(tmp_path, "b", 0)], tmp_path / "out", as_one=True)
    with pytest.raises(Refused, match=r"several formats: stl, obj; export all of them in one format"):
        read_together(scan, read)


def test_parts_of_two_objects_are_refused(tmp_path: Path) -> None:
    paths = []
    for name in ("a", "b"):
        home = tmp_path / "models" / "shelf" / name
        paths.append(tile(home / "scan", name, 0))
        (home / "artifact.toml").write_text(f'[name]\nen = "{name}"\n')
    with pytest.raises(Refused, match="belong to different objects"):
        find(paths, project=tmp_path, as_one=True)


def test_a_name_for_several_objects_is_refused(tmp_path: Path) -> None:
    paths = [tile(tmp_path, "a", 0), tile(tmp_path, "b", 1)]
    with pytest.raises(Refused, match="--name is for one object"):
        find(paths, tmp_path / "out", name="x")


def test_the_same_tiles_are_the_same_object_and_others_another(tmp_path: Path) -> None:
    from pipeline.scan import source_mark

    paths = [tile(tmp_path / "site", f"t{n}", float(n)) for n in range(3)]
    (first,) = find(paths[:2], project=tmp_path, as_one=True)
    draft(first, ())
    (first.out / ".museum" / "source").write_text(source_mark(*first.models))
    assert find(paths[:2], project=tmp_path, as_one=True)[0].slug == "site"
    assert find(paths, project=tmp_path, as_one=True)[0].slug == "site-2"


def test_the_parts_are_told_before_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for n in range(2):
        tile(tmp_path / "site", f"t{n}", float(n))
    assert main(["check", str(tmp_path / "site"), "--as-one"]) == 0
    told = capsys.readouterr().out
    assert "t0.obj" in told and "t1.obj" in told
    assert (
        main(["process", str(tmp_path / "site"), "--as-one", "--dry-run", "--out", str(tmp_path / "o")]) == 0
    )
    assert "t0.obj, t1.obj: " in capsys.readouterr().out
    assert not (tmp_path / "o").exists()


@pytest.mark.real
def test_the_six_tiles_of_an_excavation_are_one_object_at_their_true_size(
    tmp_path: Path, scans: Path
) -> None:
    out = tmp_path / "out"
    assert (
        main(["process", str(scans / "excavation"), "--as-one", "--recipe", "quick", "--out", str(out)]) == 0
    )
    manifest = json.loads((out / "manifest.json").read_bytes())
    assert manifest["scale"]["size_mm"] == pytest.approx((11119.7, 2162.3, 8201.3), abs=1)
    assert manifest["scale"]["evidence"] == "format"
    tiles = sorted(path.name for path in (scans / "excavation").iterdir())
    assert sorted(file["path"] for file in manifest["input"]["files"]) == tiles
    parts = [read(path) for path in sorted((scans / "excavation").glob("*.gltf"))]
    assert manifest["input"]["triangles"] == sum(len(part.triangles) for part in parts) == 197301
    gap = next(f["figures"] for f in manifest["findings"] if f["code"] == "parts-gap")
    assert gap["pairs"] == 7 and 0 < gap["median"] < gap["p95"] < 0.005
    finest = read(out / manifest["derivatives"][-1]["path"])
    assert _side(finest) == pytest.approx(11.12, abs=0.02)
    assert len(finest.materials) == 6 and len({t.sha256 for t in finest.textures()}) == 6
    assert len(store.read_capture(out / "capture.toml").models) == 6
    before = (out / "manifest.json").stat().st_mtime_ns
    assert (
        main(["process", str(scans / "excavation"), "--as-one", "--recipe", "quick", "--out", str(out)]) == 0
    )
    assert (out / "manifest.json").stat().st_mtime_ns == before


def _side(surface: Surface) -> float:
    low, high = surface.bounds
    return float((high - low)[0])
