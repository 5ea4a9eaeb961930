"""What people download: a model that opens, the rights beside it, checksums that are right."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import Refused
from pipeline.formats import read
from pipeline.measure.deviation import deviation
from pipeline.steps.download_zip import download_zip
from pipeline.steps.place import place
from tests.pictures import encoded, painted, photo
from tests.shapes import cube, grid

PACKET = {
    "dc:identifier": "0417",
    "dc:title": {"@type": "rdf:Alt", "rdf:_1": {"@language": "zh-Hans", "@value": "陶罐"}},
    "dc:rights": {"@type": "rdf:Alt", "rdf:_1": {"@language": "en", "@value": "County Museum"}},
    "dc:relation": "https://creativecommons.org/licenses/by/4.0/",
}


def sheet():
    skin = painted(encoded(photo(32), "jpeg"), name="a b.jpg")
    return place(grid(6, size=0.3).but(materials=(skin,)), up="+y", evidence="given")


def unpacked(folder: Path, data: bytes) -> Path:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        packed.extractall(folder)
    return folder


def test_the_model_opens_with_its_texture_as_it_came(tmp_path: Path) -> None:
    made = download_zip(sheet())
    back = read(unpacked(tmp_path, made.data) / "model.obj")
    assert deviation(sheet(), back).max <= made.error_mm
    assert back.textures()[0].encoded() == sheet().textures()[0].encoded()


def test_rights_and_licence_lie_beside_it_and_their_lack_is_said(tmp_path: Path) -> None:
    data = download_zip(sheet(), metadata=json.dumps(PACKET)).data
    text = (unpacked(tmp_path / "a", data) / "LICENCE.txt").read_text(encoding="utf-8")
    assert text.splitlines() == ["陶罐", "0417", "County Museum", PACKET["dc:relation"]]
    bare = (unpacked(tmp_path / "b", download_zip(sheet()).data) / "LICENCE.txt").read_text(encoding="utf-8")
    assert "Ask the museum before you use it" in bare and "请联系收藏单位" in bare


def test_the_checksums_are_those_of_the_files(tmp_path: Path) -> None:
    folder = unpacked(tmp_path, download_zip(sheet()).data)
    lines = (folder / "sha256sums.txt").read_text().splitlines()
    assert {line.split("  ")[1] for line in lines} == {
        "LICENCE.txt",
        "model.obj",
        "model.mtl",
        "textures/texture-1.jpg",
    }
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_the_same_surface_gives_the_same_bytes_and_an_unplaced_one_none() -> None:
    assert download_zip(sheet()).data == download_zip(sheet()).data
    with pytest.raises(Refused, match="put step place before it"):
        download_zip(cube())
