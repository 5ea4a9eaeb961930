"""The master: the scan bit for bit, understood from what lies in it alone."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pipeline.catalogue.derivative import Scale, SourceFile
from pipeline.catalogue.finding import Finding
from pipeline.errors import Refused
from pipeline.formats import read
from pipeline.measure.deviation import deviation
from pipeline.steps.archive import Origin, archive
from pipeline.steps.clean import clean
from pipeline.steps.place import place
from tests.pictures import encoded, painted, photo
from tests.shapes import grid


def scan():
    """A sheet far from its origin, in centimetres, Z up, with a picture."""
    skin = painted(encoded(photo(32)), name="陶罐 贴图.png")
    sheet = grid(8, size=30.0, height=lambda x, z: 2 * np.sin(x))
    turned = np.stack([sheet.positions[:, 0], -sheet.positions[:, 2], sheet.positions[:, 1]], 1)
    far = turned + np.array([51234.5678, 1e5 / 3, 12.1])
    return sheet.but(positions=far, materials=(skin,), source_format="obj")


def placed(s):
    return clean(place(s, unit="cm", evidence="given", up="+z"))


def origin_of(s) -> str:
    where = placed(s).placement
    scale = Scale("cm", "given", True, (300, 40, 300), "+z", "given", where.offset_m)
    files = (SourceFile("jar.obj", 5, "ab" * 32),)
    found = (Finding("holes", "info", {"count": 1, "largest_mm": 1200.0, "all_mm": 1200.0}),)
    return msgspec.json.encode(Origin(files, "cd" * 32, scale, found, where.matrix)).decode()


def unpacked(folder: Path, data: bytes) -> Path:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        packed.extractall(folder)
    return folder


def test_positions_come_back_with_every_bit_and_textures_with_every_byte(tmp_path: Path) -> None:
    s = scan()
    folder = unpacked(tmp_path, archive(s, origin=origin_of(s)).data)
    back = read(folder / "mesh.ply")
    assert np.array_equal(back.positions.view(np.uint64), s.positions.view(np.uint64))
    assert np.array_equal(back.triangles, s.triangles)
    assert (folder / "textures/texture-1.png").read_bytes() == s.textures()[0].encoded()
    assert back.textures()[0].sha256 == s.textures()[0].sha256


def test_the_matrix_in_the_sidecar_brings_the_scan_onto_the_published_models(tmp_path: Path) -> None:
    s = scan()
    made = archive(s, origin=origin_of(s))
    folder = unpacked(tmp_path, made.data)
    sidecar = json.loads((folder / "sidecar.json").read_bytes())
    raw = read(folder / "mesh.ply").positions
    metres = np.c_[raw, np.ones(len(raw))] @ np.array(sidecar["matrix"]).T
    assert np.allclose(metres[:, :3], placed(s).positions, atol=1e-9)
    assert made.holds is not None and deviation(placed(s), made.holds).max < 0.0005


def test_the_sidecar_says_where_it_comes_from_and_what_was_found(tmp_path: Path) -> None:
    s = scan()
    packet = json.dumps({"dc:identifier": "0417"})
    folder = unpacked(tmp_path, archive(s, origin=origin_of(s), metadata=packet).data)
    sidecar = json.loads((folder / "sidecar.json").read_bytes())
    assert sidecar["schema"] == "mobile-museum/master/1" and sidecar["object"]["dc:identifier"] == "0417"
    assert sidecar["input"]["files"][0] == {"path": "jar.obj", "bytes": 5, "sha256": "ab" * 32}
    assert sidecar["scale"]["unit"] == "cm" and sidecar["textures"][0]["came_as"] == "陶罐 贴图.png"
    assert "孔洞" in sidecar["findings"][0]["zh-Hans"] and "hole" in sidecar["findings"][0]["en"]
    assert sidecar["materials"][0]["colour_texture"]["file"] == "textures/texture-1.png"


def test_the_checksums_are_those_of_the_files(tmp_path: Path) -> None:
    s = scan()
    folder = unpacked(tmp_path, archive(s, origin=origin_of(s)).data)
    lines = (folder / "sha256sums.txt").read_text().splitlines()
    named = dict(reversed(line.split("  ")) for line in lines)
    assert set(named) == {"README.txt", "mesh.ply", "sidecar.json", "textures/texture-1.png"}
    for name, digest in named.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_the_same_scan_gives_the_same_bytes() -> None:
    s = scan()
    assert archive(s, origin=origin_of(s)).data == archive(scan(), origin=origin_of(s)).data


def test_a_placed_surface_or_one_of_unknown_origin_is_no_master() -> None:
    with pytest.raises(Refused, match='begin = "scan"'):
        archive(placed(scan()), origin=origin_of(scan()))
    with pytest.raises(Refused, match="must say where the scan comes from"):
        archive(scan())
