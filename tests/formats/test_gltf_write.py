"""What write_glb writes is valid, small, the same each time, and says the same when read back."""

import json
import struct
from dataclasses import replace

import numpy as np
import pytest
import pyvips
from shapes import grid, sphere

from pipeline.catalogue.text import Text
from pipeline.formats import gltf_parts, gltf_quantise, gltf_xmp, images
from pipeline.formats.gltf_read import read_glb_bytes
from pipeline.formats.gltf_tangents import with_tangents
from pipeline.formats.gltf_write import write_glb
from pipeline.matter.normals import normals_of
from pipeline.matter.surface import Material, Placement, TextureUse
from pipeline.node.validator import validate
from pipeline.steps.place import place
from tests.pictures import encoded, painted

PLACED = Placement("m", "given", "+y", "", (0.0, 0.0, 0.0), tuple(map(tuple, np.eye(4).tolist())))
EVERY = ["meshopt", "meshopt-v1", "draco", "none"]
MESSAGES_OF_SUPPORT = {"UNSUPPORTED_EXTENSION", "UNUSED_OBJECT"}
"""The validator does not know meshopt and Draco, nor that they use their buffers."""


def picture(kind="png", width=64, height=32):
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([x * 4 % 256, y * 8 % 256, (x + y) % 256], -1).astype(np.uint8)
    image = pyvips.Image.new_from_array(pixels, interpretation="srgb")
    return image.write_to_buffer(f".{kind}", **({"Q": 90} if kind != "png" else {}))


def textured(kind="png", steps=12, **material):
    texture = images.probe(picture(kind), name=f"cloth.{kind}")
    cloth = Material("Stoff 布", colour_texture=TextureUse(texture, 0, ("clamp", "mirror")), **material)
    return grid(steps, height=lambda x, z: 0.1 * np.sin(7 * x) * z, materials=(cloth,)).but(placement=PLACED)


def relic():
    """Normals, colours from black to white, two materials that share a border."""
    ball = sphere(0.25, 4)
    height = ball.positions[:, 1]
    shade = np.rint((height / 0.5 + 0.5) * 255).astype(np.uint8)
    return ball.but(
        placement=PLACED,
        normals=(ball.positions / 0.25).astype(np.float32),
        colours=np.stack([shade, shade // 2, 255 - shade, np.full_like(shade, 255)], axis=1),
        materials=(Material("upper", roughness=0.5), Material("lower", double_sided=True, unlit=True)),
        material_of=(ball.positions[ball.triangles].mean(axis=1)[:, 1] < 0).astype(np.int32),
    )


def area(surface):
    a, b, c = (surface.positions[surface.triangles[:, k]] for k in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2


def nearest(surface, other):
    """For each used vertex of ``other`` the nearest vertex of ``surface``, and the distance."""
    from scipy.spatial import cKDTree

    return cKDTree(surface.positions).query(other.positions)


def json_of(data):
    return json.loads(data[20 : 20 + struct.unpack_from("<I", data, 12)[0]])


@pytest.mark.parametrize("compression", EVERY)
def test_what_is_written_is_valid_and_reads_back_the_same(compression):
    surface = relic()
    written = write_glb(surface, compression=compression, position_bits=12, normal_bits=10, name="ball")
    said = validate(written.data)
    assert said.clean, said.messages
    assert {message["code"] for message in said.messages} <= MESSAGES_OF_SUPPORT
    back = read_glb_bytes(written.data)
    distance, match = nearest(surface, back)
    assert distance.max() * 1000 <= gltf_quantise.quantisation_error_mm(surface, 12) + 1e-4
    assert len(back.triangles) == written.triangles == len(surface.triangles)
    assert written.draw_calls == 2 and len(back.materials) == 2
    assert back.materials[1].double_sided and back.materials[1].unlit and not back.materials[0].unlit
    assert np.abs(back.colours.astype(int) - surface.colours[match].astype(int)).max() <= 1
    angle = np.degrees(np.arccos(np.clip((back.normals * surface.normals[match]).sum(axis=1), -1, 1)))
    assert angle.max() < 0.6
    assert area(back) == pytest.approx(area(surface), rel=1e-3)


@pytest.mark.parametrize("compression", EVERY)
def test_the_same_surface_gives_the_same_bytes(compression):
    assert (
        write_glb(relic(), compression=compression).data == write_glb(relic(), compression=compression).data
    )


@pytest.mark.parametrize("compression", EVERY)
@pytest.mark.parametrize("bits", [4, 9, 16, 32])
def test_the_bounds_in_the_file_are_those_of_its_vertices(compression, bits):
    surface = textured()
    surface = surface.but(positions=surface.positions * [1.0, 0.5, 0.37] + [0.123456, -7.1, 0.3])
    written = write_glb(surface, compression=compression, position_bits=bits)
    assert validate(written.data).clean
    document = json_of(written.data)
    accessor = next(a for a in document["accessors"] if "min" in a)
    node = document["nodes"][0]
    scale, shift = np.array(node.get("scale", [1] * 3)), np.array(node.get("translation", [0] * 3))
    back = read_glb_bytes(written.data)
    tolerance = 1e-6 if compression == "draco" or bits == 32 else 1e-12
    assert np.allclose(np.array(accessor["min"]) * scale + shift, back.bounds[0], rtol=0, atol=tolerance)
    assert np.allclose(np.array(accessor["max"]) * scale + shift, back.bounds[1], rtol=0, atol=tolerance)


@pytest.mark.parametrize("compression", EVERY)
def test_parts_of_one_object_do_not_come_apart(compression):
    back = read_glb_bytes(write_glb(relic(), compression=compression, position_bits=9).data)
    edges = np.sort(
        np.concatenate([back.triangles[:, [0, 1]], back.triangles[:, [1, 2]], back.triangles[:, [2, 0]]]), 1
    )
    _, place = np.unique(np.round(back.positions, 9), axis=0, return_inverse=True)
    _, uses = np.unique(np.sort(place[edges], axis=1), axis=0, return_counts=True)
    assert (uses % 2 == 0).all(), "an edge of a closed object is open"


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
@pytest.mark.parametrize("compression", EVERY)
def test_a_texture_goes_in_as_it_is_and_stays_in_its_place(kind, compression):
    surface = textured(kind, alpha="mask", alpha_cutoff=0.3)
    written = write_glb(surface, compression=compression)
    assert validate(written.data).clean
    assert ("EXT_texture_webp" in written.required_extensions) == (kind == "webp")
    back = read_glb_bytes(written.data)
    use = back.materials[0].colour_texture
    assert use.texture.data == picture(kind) and use.wrap == ("clamp", "mirror")
    assert (back.materials[0].alpha, back.materials[0].alpha_cutoff) == ("mask", 0.3)
    _, match = nearest(surface, back)
    assert np.abs(back.uvs[0] - surface.uvs[0][match]).max() * 64 <= 0.25 + 1e-3, (
        "moved by more than a quarter texel"
    )
    assert written.decoded_bytes > 64 * 32 * 4 * 4 / 3


@pytest.mark.parametrize("compression", EVERY)
@pytest.mark.parametrize(("px", "repeated"), [(256, 1), (4096, 1), (16384, 1), (16384, 9)])
def test_a_coordinate_s_step_is_below_half_a_texel_of_every_texture(compression, px, repeated):
    surface = textured()
    use = surface.materials[0].colour_texture
    large = replace(use, texture=replace(use.texture, width=px, height=px))
    surface = surface.but(
        uvs=((surface.uvs[0] * repeated * 0.97).astype(np.float32),),
        materials=(replace(surface.materials[0], colour_texture=large),),
    )
    back = read_glb_bytes(write_glb(surface, compression=compression, position_bits=16).data)
    _, match = nearest(surface, back)
    moved_texels = np.abs(back.uvs[0] - surface.uvs[0][match]).max() * px
    assert moved_texels <= 0.25 + 0.02  # half a step; single precision itself has 0.01 of a texel here


def test_texture_coordinates_far_outside_the_unit_square_survive():
    surface = textured()
    surface = surface.but(uvs=((surface.uvs[0] * [6, 3] - [4, 1.5]).astype(np.float32),))
    written = write_glb(surface)
    assert "KHR_texture_transform" in written.required_extensions
    back = read_glb_bytes(written.data)
    _, match = nearest(surface, back)
    assert np.abs(back.uvs[0] - surface.uvs[0][match]).max() * 64 <= 0.26


def test_without_compression_and_quantisation_no_extension_is_required():
    surface = textured("jpg")
    written = write_glb(surface, compression="none", position_bits=32, normal_bits=32, uv_bits=32)
    assert written.required_extensions == () and validate(written.data).clean
    assert np.allclose(
        np.sort(read_glb_bytes(written.data).positions, 0), np.sort(surface.positions, 0), atol=1e-7
    )


def test_dark_colours_get_twelve_bits_and_light_ones_eight():
    surface = relic()
    dark = surface.but(colours=(surface.colours // [8, 8, 8, 1]).astype(np.uint8))
    light = surface.but(colours=(surface.colours // 2 + 128).astype(np.uint8))
    types = [
        {json_of(write_glb(s, compression="none").data)["accessors"][i]["componentType"] for i in (2,)}
        for s in (dark, light)
    ]
    assert types == [{5123}, {5121}]
    for compression in EVERY:
        back = read_glb_bytes(write_glb(dark, compression=compression).data)
        _, match = nearest(dark, back)
        off = np.abs(back.colours.astype(int) - dark.colours[match])
        assert off.max() <= (1 if compression == "meshopt-v1" else 0)


def test_the_file_says_what_it_is():
    xmp = gltf_xmp.packet(
        title=Text({"zh-Hans": "陶罐", "en": "Jar"}),
        identifier="昌1234",
        rights=Text({"en": "Test"}),
        recipe="relic",
        input_sha256="ab" * 32,
    )
    written = write_glb(relic(), xmp=xmp)
    assert validate(written.data).clean
    document = json_of(written.data)
    packet = document["extensions"]["KHR_xmp_json_ld"]["packets"][
        document["asset"]["extensions"]["KHR_xmp_json_ld"]["packet"]
    ]
    assert packet["dc:title"]["rdf:_2"] == {"@language": "zh-Hans", "@value": "陶罐"}
    assert packet["dc:identifier"] == "昌1234" and packet["museum:inputSha256"] == "ab" * 32
    assert all(key.split(":")[0] in packet["@context"] for key in packet if ":" in key)
    assert document["asset"]["generator"].startswith("Mobile Museum ")


def test_unused_vertices_and_an_unused_material_are_not_written():
    surface = relic()
    surface = surface.but(materials=(*surface.materials, Material("nobody")))
    half = surface.but(triangles=surface.triangles[:400].copy(), material_of=surface.material_of[:400].copy())
    written = write_glb(half)
    assert written.triangles == 400 and written.vertices < 1000 < len(surface.positions)
    assert len(read_glb_bytes(written.data).materials) == len(np.unique(half.material_of)) < 3


def test_names_that_came_with_the_scan_are_not_in_the_file():
    first, second = (images.probe(picture(kind), name=f"张三.{kind}") for kind in ("jpg", "png"))
    surface = textured()
    ground = Material("张三的地", colour_texture=TextureUse(first), normal_texture=TextureUse(second))
    house = Material("张三的房", colour_texture=TextureUse(second))
    halves = (np.arange(len(surface.triangles)) < 100).astype(np.int32)
    written = write_glb(surface.but(materials=(ground, house), material_of=halves), name="jar")
    document = json_of(written.data)
    assert "张三" not in json.dumps(document, ensure_ascii=False)
    assert [image["name"] for image in document["images"]] == ["colour 1", "normals 1"]
    assert [material["name"] for material in document["materials"]] == ["material 1", "material 2"]


def test_a_large_part_gets_wide_indices():
    surface = grid(260).but(placement=PLACED)
    written = write_glb(surface, position_bits=16)
    assert written.vertices == 261 * 261 and validate(written.data).clean
    assert len(read_glb_bytes(written.data).triangles) == 2 * 260 * 260


def test_the_bits_chosen_keep_the_error():
    surface = relic()
    bits = gltf_quantise.position_bits_for(surface, 0.05)
    assert gltf_quantise.quantisation_error_mm(surface, bits) <= 0.05
    assert gltf_quantise.quantisation_error_mm(surface, bits - 1) > 0.05
    distance, _ = nearest(surface, read_glb_bytes(write_glb(surface, position_bits=bits).data))
    assert distance.max() * 1000 <= 0.05


def test_a_texture_that_gltf_cannot_hold_is_a_mistake_of_the_caller():
    surface = textured()
    use = surface.materials[0].colour_texture
    tiff = replace(use, texture=replace(use.texture, media_type="image/tiff"))
    with pytest.raises(ValueError, match="encode the texture first"):
        write_glb(surface.but(materials=(replace(surface.materials[0], colour_texture=tiff),)))


def test_vertices_whose_hashes_collide_are_not_taken_for_one(monkeypatch):
    wanted = write_glb(relic(), compression="none").data
    monkeypatch.setattr(
        gltf_parts, "hashed", lambda rows: np.arange(len(rows), dtype=np.uint64) // np.uint64(2)
    )
    assert write_glb(relic(), compression="none").data == wanted


@pytest.mark.parametrize("compression", EVERY)
def test_a_normal_map_brings_tangents_with_it_and_the_validator_has_nothing_to_say(compression):
    bumps = painted(encoded(np.full((16, 16, 3), (128, 128, 255), np.uint8)), role="data")
    ball = sphere(0.05, level=3)
    round_ = np.arctan2(ball.positions[:, 2], ball.positions[:, 0]) / (2 * np.pi) % 1
    uv = np.stack([round_, ball.positions[:, 1] * 10 + 0.5], axis=1).astype(np.float32)
    surface = place(ball.but(uvs=(uv,), materials=(bumps,), normals=normals_of(ball)), up="+y")
    written = write_glb(surface, compression=compression)
    assert validate(written.data).clean, validate(written.data).messages
    assert "TANGENT" in json_of(written.data)["meshes"][0]["primitives"][0]["attributes"]
    assert written.triangles == len(ball.triangles)


def test_tangents_run_along_u_and_their_sign_tells_mirrored_charts():
    sheet = grid(1)
    mirrored = sheet.uvs[0] * (-1, 1) + (1, 0)
    normals = np.tile(np.array([0, 1, 0], np.float32), (4, 1))
    for uv, along, sign in ((sheet.uvs[0], 127, 1), (mirrored.astype(np.float32), -127, -1)):
        _, tangents, _ = with_tangents(sheet.positions, normals, uv, sheet.triangles)
        assert (tangents[:, 0] == along).all() and (np.sign(tangents[:, 3]) == sign).all()
