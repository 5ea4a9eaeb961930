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
from formats.made import obj

from pipeline.errors import Refused
from pipeline.formats import files, limits, paths, polygons, read, sniff

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
    monkeypatch.setattr("pipeline.formats.gltf_read.INSTANCED_MAX", 100)
    data = np.random.default_rng(1).random((30, 3)).astype("<f4").tobytes()
    assert len(read(gltf(tmp_path, 16, {"count": 30, "bufferView": 0}, data)).triangles) == 160
    with pytest.raises(Refused, match="draw more than"):
        read(gltf(tmp_path, 17, {"count": 30, "bufferView": 0}, data))


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
