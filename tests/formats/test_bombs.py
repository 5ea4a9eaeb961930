"""Small files that ask for a great deal: each is refused or read, and how much is done for it is bounded.

Nothing is timed: what is counted is folders listed, polygons clipped, bytes claimed.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import numpy as np
import pytest
from formats.gltf_files import SQUARE, File
from formats.made import obj

from pipeline.errors import Refused
from pipeline.formats import files, gltf_container, limits, paths, polygons, read, sniff
from pipeline.formats.gltf_read import read_glb_bytes
from pipeline.node import codec

TRIANGLE = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"


def test_a_folder_is_listed_once_for_any_number_of_missing_textures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[Path] = []
    plain = Path.iterdir

    def counted(path: Path):
        listed.append(path)
        return plain(path)

    materials = "".join(f"newmtl m{i}\nmap_Kd t{i}.png\nnorm n{i}.png\n" for i in range(200))
    faces = "".join(f"usemtl m{i}\nf 1 2 3\n" for i in range(200))
    path = obj(tmp_path, "mtllib a.mtl\n" + TRIANGLE + faces, mtl=materials)
    monkeypatch.setattr(Path, "iterdir", counted)
    surface = read(path)
    assert sum(f.code == "texture-missing" for f in surface.findings) == 400
    assert len(listed) <= 4
    listed.clear()
    files(path)
    assert len(listed) <= 4


def test_a_texture_that_is_added_later_is_found(tmp_path: Path) -> None:
    assert paths.resolve(tmp_path, "T.png") is None
    (tmp_path / "t.png").write_bytes(b"x")
    assert paths.resolve(tmp_path, "T.png") == tmp_path / "t.png"


def test_an_obj_that_names_very_many_libraries_is_refused(tmp_path: Path) -> None:
    many = "".join(f"mtllib m{i}.mtl\n" for i in range(limits.MATERIALS_MAX + 1))
    path = obj(tmp_path, many + TRIANGLE)
    for reader in (read, files):
        with pytest.raises(Refused, match="material libraries"):
            reader(path)


def test_concave_polygons_are_clipped_only_up_to_a_bound_and_the_rest_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arrow = np.array([[0, 0, 0], [2, 0, 0], [2, 2, 0], [1, 0.5, 0], [0, 2, 0]], np.float64)
    positions = np.concatenate([arrow + np.array([0, 0, k]) for k in range(4)])
    monkeypatch.setattr(limits, "CONCAVE_WORK_MAX", 2 * 5**3)
    triangles, _, fanned = polygons.triangulate(positions, np.arange(20), np.full(4, 5))
    assert (len(triangles), fanned) == (12, 2)


def gltf(folder: Path, primitives: int, accessor: dict, data: bytes = b"") -> Path:
    document = {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}] * primitives}],
        "accessors": [{"componentType": 5126, "type": "VEC3", **accessor}],
    }
    if data:
        document["bufferViews"] = [{"buffer": 0, "byteLength": len(data)}]
        uri = "data:;base64," + base64.b64encode(data).decode()
        document["buffers"] = [{"byteLength": len(data), "uri": uri}]
    path = folder / "a.gltf"
    path.write_text(json.dumps(document))
    return path


def test_an_accessor_without_data_cannot_claim_a_gigabyte(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="without data"):
        read(gltf(tmp_path, 1, {"count": 80_000_000}))


def test_one_piece_of_data_cannot_be_drawn_without_end_by_many_primitives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.formats.gltf_claims.FREE_VERTICES", 100)
    data = np.random.default_rng(1).random((30, 3)).astype("<f4").tobytes()
    assert len(read(gltf(tmp_path, 16, {"count": 30, "bufferView": 0}, data)).triangles) == 160
    with pytest.raises(Refused, match="draw more than"):
        read(gltf(tmp_path, 17, {"count": 30, "bufferView": 0}, data))


def packed(data: bytes, views: int, drawn: int | None = None) -> File:
    """A file of compressed positions that many buffer views name, each with a primitive of its own."""
    count = len(data) // 12
    coded = codec.encode_buffer(data, count=count, stride=12, mode="ATTRIBUTES")
    file = File()
    file.data.extend(coded)
    lies = {"buffer": 0, "byteLength": len(coded), "byteStride": 12, "count": count, "mode": "ATTRIBUTES"}
    for number in range(views):
        view = {"buffer": 0, "byteLength": 12 * count, "extensions": {"EXT_meshopt_compression": lies}}
        file.json["bufferViews"].append(view)
        file.json["accessors"].append(
            {"componentType": 5126, "type": "VEC3", "count": drawn or count, "bufferView": number}
        )
    file.json["meshes"] = [{"primitives": [{"attributes": {"POSITION": n}} for n in range(views)]}]
    return file


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Elements of every buffer that the codec was asked to decode; small files may draw 100 vertices."""
    asked: list[int] = []
    plain = codec.decode_buffer

    def counted(data: bytes, **how):
        asked.append(how["count"])
        return plain(data, **how)

    monkeypatch.setattr(codec, "decode_buffer", counted)
    monkeypatch.setattr("pipeline.formats.gltf_claims.FREE_VERTICES", 100)
    return asked


def test_compressed_data_that_many_views_name_is_decoded_once_and_stored_once(decoded: list[int]) -> None:
    data = np.random.default_rng(1).random((30, 3)).astype("<f4").tobytes()
    assert len(read_glb_bytes(packed(data, 16).glb()).triangles) == 160
    assert decoded == [30]
    with pytest.raises(Refused, match="draw more than 480"):
        read_glb_bytes(packed(data, 17).glb())


def test_a_few_bytes_that_unpack_into_a_large_mesh_are_refused_before_they_are(decoded: list[int]) -> None:
    file = packed(bytes(12 * 20_000), 1)
    assert len(file.data) < 5000
    with pytest.raises(Refused, match="draw more than"):
        read_glb_bytes(file.glb())
    assert decoded == []


def test_what_a_primitive_does_not_draw_is_not_unpacked_without_end_either(decoded: list[int]) -> None:
    file = packed(bytes(12 * 20_000), 1, drawn=30)
    (view,) = file.json["bufferViews"]
    view["extensions"]["EXT_meshopt_compression"]["count"] = 100_000
    with pytest.raises(Refused, match="compressed data claims 1200000 bytes"):
        read_glb_bytes(file.glb())
    assert decoded == []


def test_three_vertices_are_not_drawn_a_million_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.formats.gltf_claims.FREE_VERTICES", 100)
    for primitives, fits in ((16, True), (17, False)):
        file = File().mesh(SQUARE[:3], np.tile(np.array([0, 1, 2], "<u2"), 300))
        file.json["meshes"][0]["primitives"] *= primitives
        if fits:
            assert len(read_glb_bytes(file.glb()).triangles) == 4800
        else:
            with pytest.raises(Refused, match="draw more than 2400"):
                read_glb_bytes(file.glb())


def test_one_file_under_the_names_of_many_buffers_is_read_once_and_stored_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.formats.gltf_claims.FREE_VERTICES", 100)
    (tmp_path / "a.bin").write_bytes(np.random.default_rng(1).random((30, 3)).astype("<f4").tobytes())
    read_from: list[Path] = []
    plain = gltf_container._bytes_of

    def counted(path: Path, *more: int) -> bytes:
        read_from.append(path)
        return plain(path, *more)

    monkeypatch.setattr(gltf_container, "_bytes_of", counted)
    for many, fits in ((16, True), (17, False)):
        names = [f"{'./' * n}a.bin" for n in range(many)]
        document = {
            "asset": {"version": "2.0"},
            "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0}],
            "buffers": [{"byteLength": 360, "uri": name} for name in names],
            "bufferViews": [{"buffer": n, "byteLength": 360} for n in range(many)],
            "accessors": [
                {"componentType": 5126, "type": "VEC3", "count": 30, "bufferView": n} for n in range(many)
            ],
            "meshes": [{"primitives": [{"attributes": {"POSITION": n}} for n in range(many)]}],
        }
        path = tmp_path / "a.gltf"
        path.write_text(json.dumps(document))
        if fits:
            assert len(read(path).triangles) == 160
            assert [file.name for file in read_from] == ["a.gltf", "a.bin"]
        else:
            with pytest.raises(Refused, match="draw more than 480"):
                read(path)


def test_a_file_of_holes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.gltf"
    path.write_text('{"asset": {"version": "2.0"}}')
    os.truncate(path, 200 << 30)
    with pytest.raises(Refused, match=r"bytes, .* are allowed"):
        read(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.obj")
    with pytest.raises(Refused, match="no ordinary file"):
        sniff.kind(tmp_path / "a.obj")
