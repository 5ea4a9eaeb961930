"""A folder as a program exports it is recognised by its files: the right model, and what is told of it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.catalogue import store
from pipeline.catalogue.capture import CapturedFile
from pipeline.cli import main
from pipeline.errors import Refused
from pipeline.formats import read
from pipeline.scan import Scan, draft, find
from pipeline.scan.exports import recognise
from tests.scan import layouts

Layout = Callable[[Path], Path]


def scan_of(folder: Path, tmp_path: Path) -> Scan:
    (one,) = find([folder], tmp_path / "out", tmp_path)
    return one


def figures(scan: Scan, code: str) -> dict[str, float | int | str]:
    return next(finding.figures for finding in scan.findings if finding.code == code)


@pytest.mark.parametrize(
    ("layout", "program", "model", "photos", "error_px", "unit"),
    [
        (layouts.metashape, "Metashape 2.1.2.18358", "lotus tile.obj", 2, None, "m"),
        (layouts.realitycapture, "RealityCapture", "mirror.obj", 2, None, "m"),
        (layouts.meshroom, "Meshroom 2023.3.0", "texturedMesh.obj", 2, None, None),
        (layouts.odm, "OpenDroneMap 3.5.4", "odm_textured_model_geo.obj", 38, 0.8125, "m"),
        (layouts.colmap, "COLMAP", "meshed-poisson.ply", 2, 0.75, None),
        (layouts.openmvs, "OpenMVS 2.3.0", "scene_dense_mesh_refine_texture.obj", 7, 0.5, None),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_each_program_is_recognised_with_its_model_and_its_figures(
    tmp_path: Path,
    layout: Layout,
    program: str,
    model: str,
    photos: int,
    error_px: float | None,
    unit: str | None,
) -> None:
    scan = scan_of(layout(tmp_path / "Somebody's folder"), tmp_path)
    assert scan.model.name == model and not scan.parts and scan.capture is not None
    assert figures(scan, "export-recognised")["program"] == program == scan.capture.software
    assert (scan.capture.photos, scan.capture.reprojection_error_px) == (photos, error_px)
    assert scan.capture.unit == unit and bool(scan.capture.unit_evidence) == (unit is not None)
    assert ("export-scale-open" in {f.code for f in scan.findings}) == (unit is None)
    assert all(path.is_file() and path.is_relative_to(scan.base) for path in (scan.model, *scan.evidence))
    assert len(read(scan.model).triangles) in (1, 2)


def test_metashape_tells_camera_day_and_scale_bars_and_the_textured_obj_goes_before_the_ply(
    tmp_path: Path,
) -> None:
    scan = scan_of(layouts.metashape(tmp_path / "export"), tmp_path)
    assert scan.capture is not None and scan.name == "lotus tile"
    assert scan.capture.device == "Canon EOS 5D Mark IV" and scan.capture.date == datetime.date(2024, 5, 1)
    bars = [(bar.length_mm, bar.label) for bar in scan.capture.scale_bars]
    assert bars == [(250, "target 1_target 2"), (500, "target 3_target 4")]
    assert scan.capture.unit_evidence == "2 scale bars in Metashape"
    assert scan.capture.coordinate_system == "Local Coordinates (m)"
    assert figures(scan, "export-photos") == {"photos": 3, "used": 2}
    assert figures(scan, "export-beside") == {"report": "report.pdf", "cameras": "cameras.xml"}
    aside = figures(scan, "export-recognised")
    assert (aside["aside"], aside["clouds"]) == ("dense_cloud.ply, lotus tile.ply", 1)


def test_positions_of_photographs_alone_give_no_unit_and_control_points_do(tmp_path: Path) -> None:
    folder = layouts.metashape(tmp_path / "export")
    start, end = layouts.CAMERAS_XML.index("    <scalebars"), layouts.CAMERAS_XML.index("    <reference>")
    without = layouts.CAMERAS_XML[:start] + layouts.CAMERAS_XML[end:]
    gps = without.replace('label="c.jpg"/>', 'label="c.jpg"><reference x="1" y="2" z="3"/></camera>')
    marker = (
        '<markers><marker id="0" label="p"><reference x="1" y="2" z="3" enabled="true"/></marker></markers>'
    )
    for text, unit in ((gps, None), (without.replace("    <reference>", f"{marker}<reference>"), "m")):
        layouts.text(folder / "cameras.xml", text)
        scan = scan_of(folder, tmp_path)
        assert scan.capture is not None and scan.capture.unit == unit
        assert ("export-scale-open" in {f.code for f in scan.findings}) == (unit is None)


def test_a_scale_by_gps_alone_is_doubted(tmp_path: Path) -> None:
    folder = layouts.odm(tmp_path / "site")
    assert "export-scale-gps" in {f.code for f in scan_of(folder, tmp_path).findings}
    stats = folder / "odm_report" / "stats.json"
    stats.write_text(stats.read_text().replace('"has_gps": true', '"has_gcp": true'))
    assert "export-scale-gps" not in {f.code for f in scan_of(folder, tmp_path).findings}


def test_realitycapture_tells_its_coordinate_system_and_keeps_the_matrix(tmp_path: Path) -> None:
    scan = scan_of(layouts.realitycapture(tmp_path / "export"), tmp_path)
    assert scan.capture is not None
    assert scan.capture.coordinate_system == "epsg:32644 - WGS 84 / UTM zone 44N"
    matrix = figures(scan, "export-transform")["matrix"]
    assert matrix == "0 1 0 -587.5 1 0 0 12 0 0 1 0 0 0 0 1"


def test_a_scale_that_realitycapture_exported_with_gives_no_unit(tmp_path: Path) -> None:
    folder = layouts.realitycapture(tmp_path / "export")
    info = folder / "mirror.obj.rcInfo"
    info.write_text(info.read_text().replace('settingsScalez="1"', 'settingsScalez="100"'))
    scan = scan_of(folder, tmp_path)
    assert scan.capture is not None and scan.capture.unit is None


def test_parts_of_one_model_are_one_object(tmp_path: Path) -> None:
    scan = scan_of(layouts.realityscan_parts(tmp_path / "export"), tmp_path)
    assert [model.name for model in scan.models] == [f"wall_{n:07d}.obj" for n in range(3)]
    assert scan.name == "wall" and scan.slug == "wall"
    textures = {"textures": 3, "names": "wall_0000000.png, wall_0000001.png, wall_0000002.png"}
    assert figures(scan, "export-textures") == textures
    assert figures(scan, "export-recognised")["program"] == "RealityScan"


def test_meshroom_tells_its_camera_and_the_object_is_named_after_the_folder(tmp_path: Path) -> None:
    scan = scan_of(layouts.meshroom(tmp_path / "Jar 7"), tmp_path)
    assert scan.capture is not None and scan.name == "Jar 7"
    assert scan.capture.device == "NIKON CORPORATION NIKON D850"
    assert scan.capture.date == datetime.date(2023, 10, 2)


def test_odm_keeps_its_offset_and_up_and_takes_neither_the_25d_model_nor_the_glb(tmp_path: Path) -> None:
    scan = scan_of(layouts.odm(tmp_path / "site"), tmp_path)
    assert scan.capture is not None and scan.model.parent.name == "odm_texturing"
    assert scan.capture.origin == (717623, 8278698, 0) and scan.capture.up == "+z"
    assert scan.capture.coordinate_system == "WGS84 UTM 44N" and scan.capture.device == "DJI FC330"
    origin = figures(scan, "export-origin")
    assert (origin["system"], origin["x"], origin["y"]) == ("WGS84 UTM 44N", "717623", "8278698")
    assert figures(scan, "export-photos") == {"photos": 40, "used": 38}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("offset.txt", "X: 656059.00\nY: 5514553.00\nZ: 1713.00\n"),
        ("lotus_offset.txt", "656059 5514553 1713\n"),
        ("SHIFT.txt", "EPSG::32644 656059 5514553 1713"),
        (
            "metadata.xml",
            '<?xml version="1.0"?><ModelMetadata version="1"><SRS>EPSG:32644</SRS>'
            "<SRSOrigin>656059,5514553,1713</SRSOrigin></ModelMetadata>",
        ),
    ],
)
def test_an_offset_beside_the_model_is_kept_whoever_wrote_it(tmp_path: Path, name: str, content: str) -> None:
    folder = layouts.metashape(tmp_path / "export")
    layouts.text(folder / name, content)
    scan = scan_of(folder, tmp_path)
    assert scan.capture is not None and scan.capture.origin == (656059, 5514553, 1713)


def test_what_was_told_goes_into_the_drafted_record_and_reads_back(tmp_path: Path) -> None:
    folder = layouts.odm(tmp_path / "site")
    scan = scan_of(folder, tmp_path)
    draft(scan, ())
    record = store.read_capture(scan.home / "capture.toml")
    assert (record.photos, record.origin, record.unit) == (38, (717623, 8278698, 0), "m")
    again = scan_of(folder, tmp_path)
    assert again.capture == record


def test_what_people_wrote_beside_an_export_counts_alone(tmp_path: Path) -> None:
    folder = layouts.odm(tmp_path / "site")
    layouts.text(folder / "capture.toml", 'unit = "cm"\noperator = "Aygul"\n')
    scan = scan_of(folder, tmp_path)
    assert scan.capture is not None and (scan.capture.unit, scan.capture.photos) == ("cm", None)


def test_two_textured_models_leave_the_choice_to_the_technician(tmp_path: Path) -> None:
    folder = layouts.meshroom(tmp_path / "jar")
    layouts.textured_obj(folder / "MeshroomCache" / "Texturing" / ("5" * 40) / "texturedMesh.obj")
    with pytest.raises(Refused, match=r"holds 2 models: MeshroomCache/Texturing/3+/texturedMesh\.obj, "):
        scan_of(folder, tmp_path)


def test_two_exports_on_one_stick_are_two_objects(tmp_path: Path) -> None:
    layouts.metashape(tmp_path / "stick" / "a")
    layouts.metashape(tmp_path / "stick" / "b")
    assert recognise(tmp_path / "stick") is None
    with pytest.raises(Refused, match="holds"):
        scan_of(tmp_path / "stick", tmp_path)


def test_an_export_and_another_model_on_one_stick_are_two_objects(tmp_path: Path) -> None:
    layouts.metashape(tmp_path / "stick" / "a")
    layouts.plain_obj(tmp_path / "stick" / "b" / "bust.obj")
    with pytest.raises(Refused, match=r"holds 4 models: .*b/bust\.obj"):
        scan_of(tmp_path / "stick", tmp_path)


def test_cameras_in_a_folder_of_their_own_belong_to_the_model_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    layouts.textured_obj(folder / "model" / "Jar.obj")
    layouts.text(folder / "cameras" / "cameras.xml", layouts.CAMERAS_XML)
    scan = scan_of(folder, tmp_path)
    assert scan.name == "Jar" and scan.capture is not None and scan.capture.photos == 2


def test_a_collection_with_an_export_in_it_is_no_export(tmp_path: Path) -> None:
    for name in ("jar", "mirror"):
        layouts.text(tmp_path / "shelf" / name / "artifact.toml", f'[name]\nen = "{name}"\n')
    layouts.metashape(tmp_path / "shelf" / "jar" / "scan")
    layouts.plain_obj(tmp_path / "shelf" / "mirror" / "scan" / "mirror.obj")
    with pytest.raises(Refused, match="2 folders with a model each: jar, mirror"):
        scan_of(tmp_path / "shelf", tmp_path)


def test_a_folder_of_models_that_no_program_left_its_mark_in_is_no_export(tmp_path: Path) -> None:
    layouts.textured_obj(tmp_path / "MeshroomCache" / "model.obj")
    layouts.text(tmp_path / "MeshroomCache" / "notes.xml", "<document><note/></document>")
    assert recognise(tmp_path) is None and recognise(tmp_path / "MeshroomCache") is None


def test_the_folder_s_name_decides_nothing(tmp_path: Path) -> None:
    for name in ("odm", "MeshroomCache", "资料"):
        export = recognise(layouts.colmap(tmp_path / name))
        assert export is not None and export.program == "COLMAP"


def test_an_export_in_an_object_s_scan_folder_is_found(tmp_path: Path) -> None:
    home = tmp_path / "models" / "shelf" / "jar"
    layouts.meshroom(home / "scan")
    layouts.text(home / "artifact.toml", '[name]\nen = "Jar"\n')
    (scan,) = find([home], project=tmp_path)
    assert scan.key == "shelf/jar" and scan.model.name == "texturedMesh.obj"
    assert scan.base == home / "scan" and scan.capture is not None and scan.capture.photos == 2


def test_an_offset_beside_a_lone_model_is_kept_though_no_program_left_its_mark(tmp_path: Path) -> None:
    layouts.textured_obj(tmp_path / "export" / "Wall.obj")
    layouts.text(tmp_path / "export" / "offset.txt", "656059 5514553 1713\n")
    scan = scan_of(tmp_path / "export", tmp_path)
    assert scan.capture is not None and scan.capture.origin == (656059, 5514553, 1713)
    assert [finding.code for finding in scan.findings] == ["export-origin"] and scan.name == "Wall"


def test_what_a_run_wrote_into_the_export_is_no_model_of_it(tmp_path: Path) -> None:
    folder = layouts.metashape(tmp_path / "export")
    for place in (folder, folder / "out"):
        layouts.text(place / "manifest.json", "{}")
        layouts.text(place / "small.3f9a2c1b.glb", b'glTF{"images":[]}')
    (scan,) = find([folder], folder / "out", tmp_path)
    assert scan.model.name == "lotus tile.obj"


def test_check_tells_the_same_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = layouts.odm(tmp_path / "site")
    for language, words in (("en", "This is an export of OpenDroneMap"), ("zh", "识别为 OpenDroneMap")):
        monkeypatch.setenv("MUSEUM_LANG", language)
        assert main(["check", str(folder)]) == 0
        told = " ".join(capsys.readouterr().out.split())
        assert words in told and "717623" in told and "odm_textured_model_geo.obj" in told


def test_an_export_goes_the_whole_way_with_its_evidence(tmp_path: Path) -> None:
    folder = layouts.metashape(tmp_path / "export")
    out = tmp_path / "out"
    assert main(["process", str(folder), "--out", str(out)]) == 0
    manifest = store.read_manifest(out / "manifest.json")
    capture = store.read_capture(out / "capture.toml")
    assert (manifest.scale.unit, manifest.scale.evidence, manifest.scale.confirmed) == ("m", "capture", True)
    assert {"export-recognised", "export-scale-bars"} <= {finding.code for finding in manifest.findings}
    names = [file.path for file in capture.files]
    assert names[0] == "lotus tile.obj" and {"cameras.xml", "lotus.files/project.zip"} <= set(names)
    assert [file.path for file in manifest.input.files] == sorted(names)
    assert capture.software == "Metashape 2.1.2.18358" and capture.photos == 2
    before = (out / "manifest.json").stat().st_mtime_ns
    assert main(["process", str(folder), "--out", str(out)]) == 0
    assert (out / "manifest.json").stat().st_mtime_ns == before


def test_tiles_that_no_name_marks_are_one_object_when_it_is_said_and_keep_what_is_told(
    tmp_path: Path,
) -> None:
    folder = layouts.metashape(tmp_path / "Wall north")
    layouts.textured_obj(folder / "Block_1.obj")
    with pytest.raises(Refused, match=r"holds 2 models: Block_1\.obj, lotus tile\.obj"):
        scan_of(folder, tmp_path)
    (scan,) = find([folder], tmp_path / "out", tmp_path, as_one=True)
    assert [model.name for model in scan.models] == ["Block_1.obj", "lotus tile.obj"]
    assert scan.name == "Wall north" and scan.capture is not None and scan.capture.photos == 2
    assert figures(scan, "export-recognised")["model"] == "Block_1.obj, lotus tile.obj"


def test_a_second_run_in_a_collection_still_knows_the_export(tmp_path: Path) -> None:
    home = tmp_path / "models" / "shelf" / "jar"
    layouts.odm(home / "scan")
    layouts.text(home / "artifact.toml", '[name]\nen = "Jar"\n')
    (first,) = find([home], project=tmp_path)
    name = "scan/odm_texturing/odm_textured_model_geo.obj"
    draft(first, (CapturedFile(name, "0" * 64, 1),))
    (second,) = find([home], project=tmp_path)
    assert (second.model, second.base, second.title) == (first.model, first.base, first.title)
    assert second.findings == first.findings and second.evidence == first.evidence
    assert second.capture is not None and second.capture.origin == (717623, 8278698, 0)
    other = "scan/odm_texturing_25d/odm_textured_model_geo.obj"
    layouts.text(home / "capture.toml", f'[[files]]\npath = "{other}"\nsha256 = "{"0" * 64}"\nbytes = 1\n')
    (third,) = find([home], project=tmp_path)
    assert third.model.parent.name == "odm_texturing_25d" and third.capture is not None
    assert third.capture.photos is None and figures(third, "export-photos")["used"] == 38


def test_a_draft_follows_what_the_export_tells_now_and_keeps_the_technician_s_unit(tmp_path: Path) -> None:
    folder = layouts.meshroom(tmp_path / "jar")
    draft(scan_of(folder, tmp_path), (), "mm", "+z")
    next(folder.rglob("cameras.sfm")).unlink()
    scan = scan_of(folder, tmp_path)
    assert scan.capture is not None
    assert (scan.capture.photos, scan.capture.device) == (None, "")
    assert (scan.capture.unit, scan.capture.up) == ("mm", "+z")
