"""The excavation's six tiles as they came, and one of them beside its OBJ."""

import json

import numpy as np
import pytest
from scipy.spatial import cKDTree

from pipeline.formats import files, read
from pipeline.formats.gltf_read import read_glb_bytes, read_gltf
from pipeline.formats.gltf_write import write_glb
from pipeline.matter.surface import Placement
from pipeline.node.validator import validate

pytestmark = pytest.mark.real


def tiles(scans):
    found = sorted((scans / "excavation").glob("*.gltf"))
    assert len(found) == 6
    return found


def test_each_tile_has_its_triangles_its_place_and_its_picture(scans):
    for path in tiles(scans):
        document = json.loads(path.read_text(encoding="utf-8"))
        primitive = document["meshes"][0]["primitives"][0]
        indices = document["accessors"][primitive["indices"]]
        place = document["accessors"][primitive["attributes"]["POSITION"]]
        surface = read_gltf(path)
        assert len(surface.triangles) == indices["count"] // 3
        low, high = surface.bounds
        # The program that wrote them widened the bounds by half a step of Draco's 11 bits.
        step = (np.array(place["max"]) - place["min"]).max() / 2**11
        assert np.abs(low - place["min"]).max() <= 1.01 * step and (low >= place["min"]).all()
        assert np.abs(high - place["max"]).max() <= 1.01 * step and (high <= place["max"]).all()
        assert surface.materials[0].colour_texture.texture.width == 1024
        assert not surface.findings and len(files(path)) == 3


def test_three_hundred_metres_from_the_origin_nothing_jitters(scans):
    """Each coordinate lies on the tile's own grid to a hundredth of a millimetre, as it was stored."""
    for path in tiles(scans):
        surface = read_gltf(path)
        for axis in range(3):
            values = np.unique(surface.positions[:, axis])
            gaps = np.diff(values)
            step = gaps.min()
            assert np.abs(gaps / step - np.rint(gaps / step)).max() * step < 1e-5
        assert np.linalg.norm(surface.bounds[0]) > 300


def test_the_obj_of_a_tile_is_the_same_surface(scans):
    obj = read(scans / "excavation-obj" / "trench_019.obj")
    gltf = read_gltf(scans / "excavation" / "Montebelluna_scavo.019_LOD1.gltf")
    assert len(obj.triangles) == len(gltf.triangles)
    one, two = (np.hstack([s.positions, s.uvs[0]]) for s in (obj, gltf))
    distance, _ = cKDTree(one).query(two)
    # The OBJ went through single precision (0.015 mm at 340 m) and five decimals (0.005 mm an axis).
    assert distance.max() < 3e-5


@pytest.mark.parametrize("compression", ["meshopt", "draco"])
def test_a_tile_written_and_read_again_stays_within_half_a_step(scans, compression):
    source = read_gltf(tiles(scans)[0])
    low, high = source.bounds
    centre = (low + high) / 2
    matrix = np.eye(4)
    matrix[:3, 3] = -centre
    placement = Placement("m", "format", "+y", "", tuple(centre), tuple(map(tuple, matrix)))
    surface = source.but(positions=source.positions - centre, placement=placement)
    written = write_glb(surface, compression=compression, position_bits=14)
    assert validate(written.data).clean and written.draw_calls == 1
    back = read_glb_bytes(written.data)
    step = (high - low).max() / (2**14 - 1)
    distance, _ = cKDTree(surface.positions).query(back.positions)
    assert distance.max() <= step * 0.8661 + 1e-7
    assert len(back.triangles) >= 0.999 * len(source.triangles)
