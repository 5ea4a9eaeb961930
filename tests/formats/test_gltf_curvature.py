"""Extras of materials: ours are read, another program's, whatever they hold, refuse no file."""

import json
import struct

import numpy as np
import pytest

from pipeline.formats.gltf_read import read_glb_bytes
from pipeline.formats.gltf_write import write_glb
from pipeline.formats.images import probe
from pipeline.matter.surface import Material, Placement, TextureUse
from pipeline.node.validator import validate
from tests.pictures import encoded, photo
from tests.shapes import grid

PLACED = Placement("m", "given", "+y", "", (0.0, 0.0, 0.0), tuple(map(tuple, np.eye(4).tolist())))
OURS = {"index": 0, "flat": 128, "unit": "1/m", "perStep": 0.5}


def model(**more):
    use = TextureUse(probe(encoded(photo(64)), name="a.png", role="data"), 0, ("clamp", "repeat"))
    material = Material("baked", curvature_texture=use, curvature_per_step=0.5, **more)
    return grid(6, size=0.2, materials=(material,)).but(placement=PLACED)


def with_extras(extras, **options):
    """A file whose material has other extras."""
    data = write_glb(model(), compression="none", uv_bits=32, **options).data
    size = struct.unpack_from("<I", data, 12)[0]
    document = json.loads(data[20 : 20 + size])
    document["materials"][0]["extras"] = extras
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + size :]
    return struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text) + len(rest), len(text), b"JSON") + text + rest


@pytest.mark.parametrize("uv_bits", [None, 8, 32])
@pytest.mark.parametrize("compression", ["meshopt", "meshopt-v1", "draco", "none"])
def test_a_picture_that_extras_alone_name_keeps_its_place_and_the_file_is_valid(compression, uv_bits):
    surface = model()
    written = write_glb(surface, compression=compression, uv_bits=uv_bits)
    said = validate(written.data)
    assert said.clean, said.messages
    back = read_glb_bytes(written.data)
    (material,) = back.materials
    assert material.curvature_per_step == 0.5
    assert material.curvature_texture.wrap == ("clamp", "repeat")
    assert material.curvature_texture.texture.data == surface.materials[0].curvature_texture.texture.data
    order = np.lexsort(np.round(back.positions, 4).T), np.lexsort(np.round(surface.positions, 4).T)
    assert np.abs(back.uvs[0][order[0]] - surface.uvs[0][order[1]]).max() <= 1 / 255


@pytest.mark.parametrize(
    "extras",
    [
        None,
        7,
        "curvatureTexture",
        [],
        {},
        {"curvatureTexture": None},
        {"curvatureTexture": 3},
        {"curvatureTexture": {"index": 0}},
        {"curvatureTexture": {**OURS, "index": 99}},
        {"curvatureTexture": {**OURS, "index": -1}},
        {"curvatureTexture": {**OURS, "perStep": 0}},
        {"curvatureTexture": {**OURS, "perStep": "much"}},
        {"curvatureTexture": {**OURS, "flat": 0}},
        {"curvatureTexture": {**OURS, "unit": "mm"}},
    ],
)
def test_extras_of_another_program_refuse_no_file_and_are_passed_over(extras):
    back = read_glb_bytes(with_extras(extras))
    assert back.materials[0].curvature_texture is None and back.materials[0].curvature_per_step == 0
    assert len(back.triangles) == 72


def test_ours_are_read_whatever_stands_beside_them():
    back = read_glb_bytes(with_extras({"author": ["张三"], "curvatureTexture": {**OURS, "note": 1}}))
    assert back.materials[0].curvature_texture is not None and back.materials[0].curvature_per_step == 0.5
