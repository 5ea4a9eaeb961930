"""Folders made to mislead or to exhaust: they become a finding, one sentence, or are passed over."""

from __future__ import annotations

import json
import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pipeline.errors import Refused
from pipeline.scan import find
from pipeline.scan.exports import bounded, colmap, listing, recognise, sidecars
from pipeline.scan.exports.bounded import Unread
from tests.scan import layouts

Layout = Callable[[Path], Path]
BOMB = """<?xml version="1.0"?>
<!DOCTYPE document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<document version="2.0.0"><chunk label="&c;"><cameras/></chunk></document>
"""
OUTSIDE = """<?xml version="1.0"?>
<!DOCTYPE document [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<document version="2.0.0"><chunk><reference>&x;</reference></chunk></document>
"""


def unread(folder: Path) -> list[str]:
    export = recognise(folder)
    assert export is not None
    return [str(f.figures["reason"]) for f in export.findings if f.code == "export-file-unread"]


@pytest.mark.parametrize("content", [BOMB, OUTSIDE], ids=["entities that grow", "a file outside"])
def test_xml_with_entities_is_not_read_and_the_model_is_still_taken(tmp_path: Path, content: str) -> None:
    folder = layouts.metashape(tmp_path / "export")
    layouts.text(folder / "cameras.xml", content)
    assert unread(folder) == ["it declares a document type, and entities could grow without end"]
    export = recognise(folder)
    assert export is not None and export.models[0].name == "lotus tile.obj"
    assert "root:" not in repr(export)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<document><chunk>", "not well-formed XML"),
        (b"<document><chunk>" + b"<a>" * 5000, "nested deeper than any export"),
        (b"<document><chunk></chunk></document></all><all>", "not well-formed XML"),
        (b"<document><chunk>\x00</chunk></document>", "not well-formed XML"),
    ],
    ids=["cut off", "deep", "a root of its own", "a zero byte"],
)
def test_damaged_xml_is_one_finding(tmp_path: Path, content: bytes, reason: str) -> None:
    folder = layouts.metashape(tmp_path / "export")
    layouts.text(folder / "cameras.xml", content)
    assert unread(folder) == [reason]


def test_a_huge_xml_is_refused_by_its_size_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = layouts.metashape(tmp_path / "export")
    with (folder / "cameras.xml").open("r+b") as file:
        file.truncate(bounded.XML_MAX_BYTES + 1)
    tracemalloc.start()
    assert unread(folder) == ["larger than any export"]
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()


def test_a_zip_that_unpacks_without_end_stops_at_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "XML_MAX_BYTES", 1 << 20)
    folder = layouts.metashape(tmp_path / "export")
    with zipfile.ZipFile(folder / "lotus.files" / "project.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.xml", b"<document>" + b" " * (8 << 20))
    assert (folder / "lotus.files" / "project.zip").stat().st_size < 1 << 20
    assert unread(folder) == ["larger than any export"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[1, 2]",
        b'{"views": 7}',
        b"[" * 100_000,
        b'{"views": [{"metadata": ' + b"{" * 50_000,
        b"\xff\xfe{}",
    ],
    ids=["empty", "a list", "a number", "deep lists", "deep tables", "no UTF-8"],
)
def test_json_that_is_none_is_one_finding(tmp_path: Path, content: bytes) -> None:
    folder = layouts.meshroom(tmp_path / "jar")
    layouts.text(next(folder.rglob("cameras.sfm")), content)
    assert unread(folder) == ["not the JSON that this program writes"]


def test_numbers_that_no_report_has_are_left_out(tmp_path: Path) -> None:
    folder = layouts.odm(tmp_path / "site")
    stats = {"reconstruction_statistics": {"reprojection_error_pixels": -1.0, "initial_shots_count": 3}}
    layouts.text(folder / "odm_report" / "stats.json", json.dumps(stats))
    layouts.text(folder / "images.json", json.dumps([{"utc_time": 1e300, "camera_make": None}]))
    layouts.text(folder / "odm_georeferencing" / "coords.txt", "WGS84 UTM 44N\n1e400 nan\n")
    export = recognise(folder)
    assert export is not None
    capture = export.capture
    assert (capture.reprojection_error_px, capture.date, capture.origin) == (None, None, None)


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = layouts.metashape(tmp_path / "private")
    folder = tmp_path / "export"
    folder.mkdir()
    for name in ("lotus tile.obj", "cameras.xml"):
        (folder / name).symlink_to(outside / name)
    (folder / "all").symlink_to(outside)
    assert recognise(folder) is None
    found = listing.listed(folder)
    assert found is not None and found.names == ()


def test_a_folder_with_more_files_than_any_export_is_left_to_the_plain_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ENTRIES_MAX", 50)
    folder = layouts.metashape(tmp_path / "export")
    for number in range(60):
        (folder / f"{number}.txt").touch()
    assert recognise(folder) is None
    with pytest.raises(Refused, match=r"holds 3 models: dense_cloud\.ply, "):
        find([folder], tmp_path / "out", tmp_path)


def test_an_export_among_hundreds_of_photographs_is_found(tmp_path: Path) -> None:
    folder = layouts.metashape(tmp_path / "export")
    (folder / "photos").mkdir()
    for number in range(500):
        (folder / "photos" / f"{number}.jpg").touch()
    export = recognise(folder)
    assert export is not None and export.models[0].name == "lotus tile.obj"


def test_deep_folders_end_the_search(tmp_path: Path) -> None:
    deep = tmp_path.joinpath("export", *"abcdefghij")
    layouts.metashape(deep)
    assert recognise(tmp_path / "export") is None


@pytest.mark.parametrize(
    "content", [b"", struct.pack("<Q", 2**63), struct.pack("<QQ", 5, 1), b"\xff" * 100], ids=repr
)
def test_a_damaged_sparse_model_gives_no_figures(tmp_path: Path, content: bytes) -> None:
    folder = layouts.colmap(tmp_path / "work")
    layouts.text(folder / "sparse" / "0" / "points3D.bin", content)
    layouts.text(folder / "sparse" / "0" / "images.bin", content)
    export = recognise(folder)
    assert export is not None and export.models[0].name == "meshed-poisson.ply"
    assert export.capture.reprojection_error_px is None and export.capture.photos is None


def test_points_claimed_without_end_are_not_waited_for(tmp_path: Path) -> None:
    path = layouts.text(
        tmp_path / "points3D.bin",
        struct.pack("<Q", 2**62) + struct.pack("<QdddBBBdQ", 1, 0, 0, 0, 1, 2, 3, 0.5, 2**63),
    )
    assert colmap._error(path) == (None, False)


@pytest.mark.parametrize(
    "content", ["", "1", "1 2", "a b c", "nan nan nan", "1e99 2 3", "x" * 5000, "1 2 3 4 5"]
)
def test_an_offset_is_three_numbers_or_none(content: str) -> None:
    _, origin = sidecars.origin_in(content)
    assert origin in (None, (1.0, 2.0, 0.0), (3.0, 4.0, 5.0))


def test_a_text_file_larger_than_any_offset_is_not_read(tmp_path: Path) -> None:
    path = layouts.text(tmp_path / "offset.txt", b"1 " * (1 << 20))
    with pytest.raises(Unread, match="larger"):
        bounded.text(path)


LAYOUTS = (
    layouts.metashape,
    layouts.realitycapture,
    layouts.realityscan_parts,
    layouts.meshroom,
    layouts.odm,
    layouts.colmap,
    layouts.openmvs,
)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_any_file_of_an_export_may_be_damaged_in_any_way(tmp_path: Path, layout: Layout) -> None:
    folder = layout(tmp_path / "export")
    random = np.random.Generator(np.random.PCG64(7))
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        sound = path.read_bytes()
        flipped = bytearray(sound)
        for at in random.integers(0, max(1, len(sound)), 6):
            flipped[at : at + 1] = random.bytes(1)
        for damaged in (b"", sound[: len(sound) // 2], bytes(flipped), random.bytes(200), b"\0" * 200):
            path.write_bytes(damaged)
            export = recognise(folder)
            assert export is None or export.models
        path.write_bytes(sound)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_damaged_or_packed_zip_is_one_finding(tmp_path: Path, method: int) -> None:
    folder = layouts.metashape(tmp_path / "export")
    path = folder / "lotus.files" / "project.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr(
            "doc.xml", "<document>" + "".join(f"<a b='{n}'/>" for n in range(500)) + "</document>"
        )
    raw = bytearray(path.read_bytes())
    raw[60:90] = bytes(30)
    path.write_bytes(raw)
    assert unread(folder) == ["not the ZIP that this program writes"]


def test_names_and_texts_that_cannot_be_printed_do_not_reach_the_record(tmp_path: Path) -> None:
    folder = layouts.metashape(tmp_path / "export")
    layouts.plain_obj(folder / os.fsdecode(b"\xcc\xd5.obj"))
    layouts.plain_obj(folder / "a\x1b[31m.obj")
    text = layouts.CAMERAS_XML.replace("Local Coordinates (m)", "a&#10;b " * 12)
    layouts.text(folder / "cameras.xml", text)
    export = recognise(folder)
    assert export is not None
    assert msgspec.json.encode(export.findings) and "\\x" not in repr(export.findings)
    assert export.capture.coordinate_system == " ".join(["a b"] * 12)
