"""The three records go to disk and come back as they were."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from pipeline.catalogue.artifact import Artifact, Dimensions, Register, Source
from pipeline.catalogue.capture import Capture, CapturedFile
from pipeline.catalogue.derivative import Manifest
from pipeline.catalogue.store import (
    objects,
    read_artifact,
    read_capture,
    read_manifest,
    write_json,
    write_toml,
)
from pipeline.catalogue.text import Text
from pipeline.errors import Failed, Refused

JAR = Artifact(
    name=Text({"zh-Hans": "彩绘陶罐", "ug": "ساپال كومزەك", "en": 'A "painted" jar'}),
    number="00017",
    register=Register(
        grade="三级", material=("陶",), dimensions=Dimensions(literal="通高32.5厘米", height_mm=325)
    ),
    story=Text({"zh-Hans": '第一段。\n\n第二段：\\ "引号"""" 和制表\t符。\n', "en": "One.\n\nTwo."}),
    sources=(Source(text=Text({"en": "Excavation report"}), certainty="A"),),
    synthetic=True,
    translations_awaiting_review=(),
)


def test_an_artifact_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_toml(JAR, tmp_path / "artifact.toml")
    assert read_artifact(tmp_path / "artifact.toml") == JAR


def test_a_capture_comes_back_as_it_was_written(tmp_path: Path) -> None:
    files = tuple(CapturedFile(f"scan/彩陶 {i}.obj", "ab" * 32, i) for i in range(2))
    capture = Capture(files=files, unit="mm", unit_evidence="标尺", up="+z", date=datetime.date(2024, 5, 1))
    write_toml(capture, tmp_path / "capture.toml")
    assert read_capture(tmp_path / "capture.toml") == capture


def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path, manifest: Manifest) -> None:
    write_json(manifest, tmp_path / "manifest.json")
    assert read_manifest(tmp_path / "manifest.json") == manifest


def test_the_same_record_gives_the_same_bytes(tmp_path: Path, manifest: Manifest) -> None:
    for name in ("a", "b"):
        write_toml(JAR, tmp_path / f"{name}.toml")
        write_json(manifest, tmp_path / f"{name}.json")
    assert (tmp_path / "a.toml").read_bytes() == (tmp_path / "b.toml").read_bytes()
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_a_record_that_cannot_be_written_fails_in_words(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"artifact\.toml: cannot be written"):
        write_toml(JAR, tmp_path / "missing" / "artifact.toml")


def test_writing_leaves_no_other_file_behind(tmp_path: Path, manifest: Manifest) -> None:
    write_toml(JAR, tmp_path / "artifact.toml")
    write_json(manifest, tmp_path / "manifest.json")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["artifact.toml", "manifest.json"]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"artifact\.toml"):
        read_artifact(tmp_path / "artifact.toml")


def test_objects_are_found_in_collections_and_in_bare_folders(tmp_path: Path, manifest: Manifest) -> None:
    for folder in ("samples/jar", "samples/mirror", "bare", ".hidden/x", "inbox/empty"):
        (tmp_path / folder).mkdir(parents=True)
    for folder in ("samples/jar", "samples/mirror", "bare", ".hidden/x"):
        write_toml(JAR, tmp_path / folder / "artifact.toml")
    (tmp_path / "samples/jar/derivatives").mkdir()
    write_json(manifest, tmp_path / "samples/jar/derivatives/manifest.json")
    write_json(manifest, tmp_path / "bare/manifest.json")
    found = {folder.key: folder for folder in objects(tmp_path)}
    assert list(found) == ["bare", "samples/jar", "samples/mirror"]
    assert found["samples/jar"].manifest_path == tmp_path / "samples/jar/derivatives/manifest.json"
    assert found["bare"].manifest_path == tmp_path / "bare/manifest.json"
    assert found["samples/mirror"].manifest_path is None
    assert [folder.key for folder in objects(tmp_path / "bare")] == ["bare"]
