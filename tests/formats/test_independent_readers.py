"""Other people's readers agree with ours: trimesh and pygltflib on what we write and on what we read."""

import io
import struct

import numpy as np
import pygltflib
import pytest
import trimesh
from shapes import sphere

from pipeline.formats import read
from pipeline.formats.gltf_read import read_glb_bytes
from pipeline.formats.gltf_write import write_glb
from pipeline.matter.surface import Placement

PLACED = Placement("m", "given", "+y", "", (0.0, 0.0, 0.0), tuple(map(tuple, np.eye(4).tolist())))


def relic():
    ball = sphere(0.25, 4)
    colours = np.full((len(ball.positions), 4), (180, 90, 40, 255), np.uint8)
    return ball.but(placement=PLACED, normals=(ball.positions / 0.25).astype(np.float32), colours=colours)


@pytest.mark.parametrize("compression", ["none", "draco"])
def test_trimesh_finds_the_same_closed_body_in_our_file(compression):
    written = write_glb(relic(), compression=compression, position_bits=14)
    theirs = trimesh.load(io.BytesIO(written.data), file_type="glb", force="mesh")
    theirs.merge_vertices(merge_tex=True, merge_norm=True)
    ours = read_glb_bytes(written.data)
    assert len(theirs.faces) == len(ours.triangles) == len(relic().triangles)
    assert theirs.is_watertight and theirs.is_winding_consistent
    truth = trimesh.Trimesh(relic().positions, relic().triangles, process=False)
    assert theirs.volume == pytest.approx(truth.volume, rel=1e-3)


@pytest.mark.parametrize("compression", ["meshopt", "meshopt-v1", "draco", "none"])
def test_pygltflib_reads_the_structure_of_every_file_we_write(compression):
    written = write_glb(relic(), compression=compression)
    theirs = pygltflib.GLTF2.load_from_bytes(written.data)
    assert sorted(theirs.extensionsRequired or []) == list(written.required_extensions)
    assert sum(len(m.primitives) for m in theirs.meshes) == written.draw_calls
    assert theirs.accessors[theirs.meshes[0].primitives[0].indices].count == 3 * written.triangles
    assert struct.unpack_from("<I", written.data, 8)[0] == len(written.data)


@pytest.mark.parametrize("suffix", ["obj", "ply", "stl", "glb"])
def test_we_read_what_trimesh_writes(tmp_path, suffix):
    body = trimesh.creation.icosphere(subdivisions=3, radius=0.1)
    path = tmp_path / f"body.{suffix}"
    body.export(path)
    ours = read(path)
    again = trimesh.Trimesh(ours.positions, ours.triangles)
    assert len(ours.triangles) == len(body.faces)
    assert again.is_watertight
    assert again.volume == pytest.approx(body.volume, rel=1e-4)
