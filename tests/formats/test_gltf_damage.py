"""Whatever is in the file, the answer is a Surface or a refusal: bytes are changed from a seed."""

import numpy as np
import pytest
from formats.gltf_files import SQUARE, File
from formats.test_gltf_write import picture, relic, textured

from pipeline.errors import Refused
from pipeline.formats.gltf_read import read_glb_bytes
from pipeline.formats.gltf_write import write_glb
from pipeline.matter.surface import Surface

ROUNDS = 60


def whole(kind):
    if kind == "by hand":
        file = File()
        colours = file.accessor(np.full((4, 4), 200, "<u1"), normalized=True)
        file.json["images"] = [{"bufferView": file.view(picture()), "mimeType": "image/png"}]
        file.json["textures"] = [{"source": 0}]
        file.json["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
        uv = file.accessor(SQUARE[:, :2].copy())
        return file.mesh(material=0, COLOR_0=colours, TEXCOORD_0=uv).glb()
    if kind == "textured":
        return write_glb(textured("webp", steps=4)).data
    return write_glb(relic(), compression=kind, position_bits=10).data


def read(data):
    try:
        surface = read_glb_bytes(data)
    except Refused as refusal:
        assert str(refusal).endswith(".") and len(str(refusal)) < 900
        return "refused"
    assert isinstance(surface, Surface) and np.isfinite(surface.positions).all()
    assert surface.triangles.max() < len(surface.positions)
    return "read"


@pytest.mark.parametrize("kind", ["by hand", "textured", "meshopt", "meshopt-v1", "draco", "none"])
def test_flipped_bytes_are_read_or_refused_never_a_crash(kind):
    good, seed = whole(kind), np.random.default_rng(7)
    text_ends = 20 + int.from_bytes(good[12:16], "little")
    answers = set()
    for turn in range(ROUNDS):
        bad = bytearray(good)
        low, high = (20, text_ends) if turn % 2 else (text_ends + 8, len(good))
        for at in seed.integers(low, high, 1 + turn % 3):
            bad[at] = seed.integers(256) if turn % 4 else bad[at] ^ (1 << int(seed.integers(8)))
        answers.add(read(bytes(bad)))
    assert "refused" in answers, "damage to the JSON must have been noticed at least once"


def test_numbers_in_the_json_may_be_anything():
    good, seed = whole("by hand"), np.random.default_rng(3)
    text_ends = 20 + int.from_bytes(good[12:16], "little")
    digits = [at for at in range(20, text_ends) if chr(good[at]).isdigit()]
    answers = []
    for _ in range(300):
        bad = bytearray(good)
        for at in seed.choice(digits, 2):
            bad[at] = ord(str(seed.integers(10)))
        answers.append(read(bytes(bad)))
    assert set(answers) == {"read", "refused"}
