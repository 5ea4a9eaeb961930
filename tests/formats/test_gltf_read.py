"""What read_gltf understands, feature by feature, on files of four vertices."""

import json
import math

import numpy as np
import pytest
import pyvips
from formats.gltf_files import SQUARE, TWO, File

from pipeline.errors import Refused
from pipeline.formats import images
from pipeline.formats.gltf_read import files_of, read_glb_bytes, read_gltf
from pipeline.node import codec, draco
from pipeline.node.ktx2 import ktx2_encode


def area_vector(surface):
    a, b, c = (surface.positions[surface.triangles[:, k]] for k in range(3))
    return np.cross(b - a, c - a).sum(axis=0) / 2


def codes(surface):
    return {finding.code for finding in surface.findings}


def png():
    return pyvips.Image.new_from_array(
        np.full((8, 8, 3), 90, np.uint8), interpretation="srgb"
    ).write_to_buffer(".png")


def test_a_gltf_with_its_bin_and_picture_is_read_and_listed(tmp_path):
    file = File(images=[{"uri": "Bild%20%E5%B8%83.png"}], textures=[{"source": 0}])
    file.json["materials"] = [{"name": "m", "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    file.mesh(material=0, TEXCOORD_0=file.accessor(SQUARE[:, :2].copy()))
    (tmp_path / "daten 1.bin").write_bytes(file.data)
    (tmp_path / "Bild 布.png").write_bytes(png())
    (tmp_path / "m.gltf").write_bytes(file.gltf("daten%201.bin"))
    surface = read_gltf(tmp_path / "m.gltf")
    assert surface.materials[0].colour_texture.texture.path == tmp_path / "Bild 布.png"
    assert [path.name for path in files_of(tmp_path / "m.gltf")] == ["m.gltf", "daten 1.bin", "Bild 布.png"]
    assert surface.source_format == "gltf" and not surface.findings


def test_a_missing_texture_is_a_finding_not_a_crash(tmp_path):
    file = File(images=[{"uri": "gone.jpg"}], textures=[{"source": 0}])
    file.json["materials"] = [{"name": "m", "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    (tmp_path / "m.gltf").write_bytes(file.mesh(material=0).gltf())
    surface = read_gltf(tmp_path / "m.gltf")
    assert codes(surface) == {"texture-missing"} and surface.findings[0].figures["file"] == "gone.jpg"
    assert surface.materials[0].colour_texture is None


@pytest.mark.parametrize(
    "uri",
    [
        "http://a.org/a.bin",
        "https://a.org/a.bin",
        "../a.bin",
        "/etc/passwd",
        "file:///etc/passwd",
        "gone.bin",
    ],
)
def test_a_buffer_elsewhere_is_refused(tmp_path, uri):
    (tmp_path / "a.bin").write_bytes(bytes(9999))
    folder = tmp_path / "scan"
    folder.mkdir()
    (folder / "m.gltf").write_bytes(File().mesh().gltf(uri))
    with pytest.raises(Refused, match="is not in the scan folder"):
        read_gltf(folder / "m.gltf")


@pytest.mark.parametrize(
    ("mode", "indices", "triangles"),
    [(4, TWO, 2), (5, [0, 1, 3, 2], 2), (6, [0, 1, 2, 3], 2), (4, None, 1), (5, None, 2)],
)
def test_triangles_strips_and_fans_face_the_same_way(mode, indices, triangles):
    points = (
        SQUARE[[0, 1, 3, 2]] if mode == 5 and indices is None else SQUARE[:3] if indices is None else SQUARE
    )
    file = File().mesh(points, None if indices is None else np.array(indices, "<u1"), mode=mode)
    surface = read_glb_bytes(file.glb())
    assert len(surface.triangles) == triangles
    assert np.allclose(area_vector(surface), [0, 0, triangles / 2])


def test_points_and_lines_are_left_out_with_a_finding():
    file = File().mesh()
    file.json["meshes"][0]["primitives"].append({"attributes": {"POSITION": 0}, "mode": 1})
    surface = read_glb_bytes(file.glb())
    assert len(surface.triangles) == 2 and codes(surface) == {"gltf-lines-ignored"}
    with pytest.raises(Refused, match="triangles"):
        read_glb_bytes(File().mesh(mode=0).glb())


def test_nodes_move_turn_and_scale_in_double_precision():
    half = math.sqrt(0.5)
    file = File().mesh()
    file.json["nodes"] = [
        {"children": [1], "translation": [500000.25, 0, -4000000.125]},
        {"children": [2], "rotation": [0, 0, half, half]},
        {"mesh": 0, "scale": [0.001, 0.001, 0.001]},
    ]
    surface = read_glb_bytes(file.glb())
    wanted = SQUARE.astype(float)[:, [1, 0, 2]] * [-0.001, 0.001, 0.001] + [500000.25, 0, -4000000.125]
    assert np.allclose(surface.positions, wanted, rtol=0, atol=1e-9)


def test_a_mirrored_node_keeps_its_outside_outside():
    file = File()
    normal = file.accessor(np.tile(np.array([[0, 0, 1]], "<f4"), (4, 1)))
    file.mesh(NORMAL=normal)
    file.json["nodes"] = [{"mesh": 0, "scale": [-1, 1, 1]}]
    surface = read_glb_bytes(file.glb())
    assert np.allclose(area_vector(surface), [0, 0, 1]) and np.allclose(surface.normals, [0, 0, 1])
    file.json["nodes"] = [{"mesh": 0, "scale": [1, 1, -1]}]
    surface = read_glb_bytes(file.glb())
    assert np.allclose(area_vector(surface), [0, 0, -1]) and np.allclose(surface.normals, [0, 0, -1])


def test_uneven_scale_keeps_normals_upright():
    file = File()
    slope = np.array([[0, 0, 0], [1, 1, 0], [1, 1, 1], [0, 0, 1]], "<f4")
    file.mesh(
        slope, NORMAL=file.accessor(np.tile(np.array([[1, -1, 0]], "<f4") / 2**0.5, (4, 1)).astype("<f4"))
    )
    file.json["nodes"] = [{"mesh": 0, "scale": [3, 1, 1]}]
    surface = read_glb_bytes(file.glb())
    wanted = area_vector(surface) / np.linalg.norm(area_vector(surface))
    assert np.allclose(surface.normals, wanted, atol=1e-6)


def test_one_mesh_in_two_places_is_two_pieces():
    file = File().mesh()
    file.json["nodes"] = [
        {"mesh": 0},
        {"mesh": 0, "matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 6, 7, 1]},
    ]
    file.json["scenes"] = [{"nodes": [0, 1]}]
    surface = read_glb_bytes(file.glb())
    assert len(surface.triangles) == 4 and surface.bounds[1].tolist() == [6, 7, 7]


@pytest.mark.parametrize(
    "nodes",
    [
        [{"children": [0]}],
        [{"children": [1]}, {"children": [0], "mesh": 0}],
        [{"children": [1, 1]}, {"mesh": 0}],
    ],
)
def test_a_circle_of_nodes_is_refused(nodes):
    file = File().mesh()
    file.json["nodes"] = nodes
    with pytest.raises(Refused, match="twice"):
        read_glb_bytes(file.glb())


def test_a_file_that_multiplies_itself_is_refused():
    points = np.zeros((60000, 3), "<f4")
    file = File().mesh(points)
    file.json["nodes"] = [{"mesh": 0} for _ in range(400)]
    file.json["scenes"] = [{"nodes": list(range(400))}]
    with pytest.raises(Refused, match="draw more than"):
        read_glb_bytes(file.glb())


def test_a_sparse_accessor_replaces_what_it_says():
    file = File().mesh()
    file.json["accessors"][0]["sparse"] = {
        "count": 1,
        "indices": {"bufferView": file.view(np.array([2], "<u2").tobytes()), "componentType": 5123},
        "values": {"bufferView": file.view(np.array([[1, 1, 9]], "<f4").tobytes())},
    }
    assert read_glb_bytes(file.glb()).positions[2].tolist() == [1, 1, 9]
    del file.json["accessors"][0]["bufferView"]
    assert read_glb_bytes(file.glb()).positions.tolist() == [[0, 0, 0], [0, 0, 0], [1, 1, 9], [0, 0, 0]]


@pytest.mark.parametrize(("kind", "scale"), [("i1", 127), ("u1", 255), ("i2", 32767), ("u2", 65535)])
def test_quantised_positions_mean_what_the_extension_says(kind, scale):
    whole = (SQUARE * 100).astype(f"<{kind}")
    file = File(extensionsUsed=["KHR_mesh_quantization"], extensionsRequired=["KHR_mesh_quantization"]).mesh(
        whole
    )
    assert np.allclose(read_glb_bytes(file.glb()).positions, SQUARE * 100)
    file.json["accessors"][0]["normalized"] = True
    assert np.allclose(read_glb_bytes(file.glb()).positions, SQUARE * 100 / scale, atol=1e-7)


def test_linear_vertex_colours_become_srgb():
    file = File()
    linear = np.array([[0, 0.5, 1], [0.2140411, 0.0, 1.0], [0, 0, 0], [2, -1, 0.5]], "<f4")
    file.mesh(COLOR_0=file.accessor(linear))
    colours = read_glb_bytes(file.glb()).colours
    assert colours.tolist() == [[0, 188, 255, 255], [127, 0, 255, 255], [0, 0, 0, 255], [255, 0, 188, 255]]


def test_interleaved_data_is_read_by_its_stride():
    file = File()
    rows = np.zeros(4, [("p", "<f4", 3), ("uv", "<u2", 2)])
    rows["p"], rows["uv"] = SQUARE, SQUARE[:, :2] * 65535
    view = file.view(rows.tobytes(), byteStride=16)
    uv = file.accessor(rows["uv"].copy(), bufferView=view, byteOffset=12, normalized=True)
    file.mesh(TEXCOORD_0=uv)
    file.json["accessors"][1] |= {"bufferView": view, "byteOffset": 0}
    surface = read_glb_bytes(file.glb())
    assert np.array_equal(surface.positions, SQUARE) and np.allclose(surface.uvs[0], SQUARE[:, :2])


def picture_material(file, data, media_type, extension=None, **info):
    file.json["images"] = [{"bufferView": file.view(data), "mimeType": media_type}]
    file.json["textures"] = [{"extensions": {extension: {"source": 0}}} if extension else {"source": 0}]
    file.json["materials"] = [
        {"name": "m", "pbrMetallicRoughness": {"baseColorTexture": {"index": 0, **info}}}
    ]
    return file.accessor(SQUARE[:, :2].copy())


def test_a_texture_transform_is_baked_into_the_coordinates():
    file = File(extensionsRequired=["KHR_texture_transform"])
    transform = {"offset": [0, 1], "rotation": math.pi / 2, "scale": [0.5, 0.25]}
    uv = picture_material(file, png(), "image/png", extensions={"KHR_texture_transform": transform})
    surface = read_glb_bytes(file.mesh(material=0, TEXCOORD_0=uv).glb())
    # The specification's own example: rotated by 90° about the upper left, then moved down by one.
    x, y = SQUARE[:, 0] * 0.5, SQUARE[:, 1] * 0.25
    assert np.allclose(surface.uvs[0], np.stack([y, 1 - x], axis=1), atol=1e-6)


def test_two_transforms_of_one_texcoord_become_two_uv_sets():
    file = File()
    uv = picture_material(file, png(), "image/png")
    file.json["materials"][0]["normalTexture"] = {
        "index": 0,
        "extensions": {"KHR_texture_transform": {"scale": [4, 4]}},
    }
    surface = read_glb_bytes(file.mesh(material=0, TEXCOORD_0=uv).glb())
    material = surface.materials[0]
    assert (material.colour_texture.uv_set, material.normal_texture.uv_set) == (0, 1)
    assert np.allclose(surface.uvs[1], 4 * surface.uvs[0]) and surface.uvs[1].max() == 4
    assert (material.colour_texture.texture.role, material.normal_texture.texture.role) == ("colour", "data")


def test_webp_and_ktx2_textures_are_read():
    grey = np.full((8, 8, 3), 90, np.uint8)
    webp = pyvips.Image.new_from_array(grey, interpretation="srgb").write_to_buffer(".webp", lossless=True)
    for data, media_type, extension in [
        (webp, "image/webp", "EXT_texture_webp"),
        (ktx2_encode(grey, "uastc"), "image/ktx2", "KHR_texture_basisu"),
    ]:
        file = File(extensionsRequired=[extension])
        uv = picture_material(file, data, media_type, extension)
        texture = (
            read_glb_bytes(file.mesh(material=0, TEXCOORD_0=uv).glb()).materials[0].colour_texture.texture
        )
        assert (texture.media_type, texture.width, texture.data) == (media_type, 8, data)
        assert np.abs(images.pixels(texture)[:, :, :3].astype(int) - 90).max() <= 1


def test_the_old_glossiness_material_gives_its_diffuse_picture():
    file = File(extensionsRequired=["KHR_materials_pbrSpecularGlossiness"])
    uv = picture_material(file, png(), "image/png")
    old = {"diffuseTexture": {"index": 0}, "diffuseFactor": [1, 0.5, 0, 1], "glossinessFactor": 0.25}
    file.json["materials"] = [{"extensions": {"KHR_materials_pbrSpecularGlossiness": old}}]
    material = read_glb_bytes(file.mesh(material=0, TEXCOORD_0=uv).glb()).materials[0]
    assert material.colour_texture and material.base_colour == (1, 0.5, 0, 1)
    assert (material.metallic, material.roughness) == (0.0, 0.75)


@pytest.mark.parametrize("extension", ["EXT_meshopt_compression", "KHR_meshopt_compression"])
def test_meshopt_buffers_are_read(extension):
    file = File(extensionsRequired=[extension]).mesh()
    version = 0 if extension.startswith("EXT") else 1
    for number, (data, count, stride, mode) in enumerate(
        [(SQUARE.tobytes(), 4, 12, "ATTRIBUTES"), (TWO.tobytes(), 6, 2, "TRIANGLES")]
    ):
        packed = codec.encode_buffer(data, count=count, stride=stride, mode=mode, version=version)
        entry = {"buffer": 0, "byteLength": len(packed), "byteStride": stride, "count": count, "mode": mode}
        entry["byteOffset"] = file.json["bufferViews"][file.view(packed)]["byteOffset"]
        file.json["bufferViews"][number] |= {"buffer": 1, "extensions": {extension: entry}}
    glb = file.glb()
    text = json.loads(glb[20 : 20 + int.from_bytes(glb[12:16], "little")])
    file.json["buffers"] = [
        *text["buffers"],
        {"byteLength": 64, "extensions": {extension: {"fallback": True}}},
    ]
    surface = read_glb_bytes(file.glb())
    assert np.array_equal(surface.positions, SQUARE) and np.allclose(area_vector(surface), [0, 0, 1])
    file.json["bufferViews"][0]["extensions"][extension]["count"] = 10_000_000
    with pytest.raises(Refused, match="claims 10000000 elements"):
        read_glb_bytes(file.glb())


def test_draco_keeps_distances_far_from_the_origin():
    """In single precision this square, 3,000 km away, would be 0.25 m off; its grid is exact."""
    file = File(extensionsRequired=["KHR_draco_mesh_compression"]).mesh()
    corners = draco.Attribute("POSITION", SQUARE, 14, (0.0, 0.0, 0.0), 1.0)
    data, ids = draco.encode(TWO.reshape(-1, 3).astype(np.int32), [corners])
    described = {"bufferView": file.view(data), "attributes": {"POSITION": ids[0]}}
    file.json["meshes"][0]["primitives"][0]["extensions"] = {"KHR_draco_mesh_compression": described}
    file.json["nodes"][0]["translation"] = [3e6, 0, 0]
    surface = read_glb_bytes(file.glb())
    assert np.allclose(np.sort(surface.positions - [3e6, 0, 0], 0), np.sort(SQUARE, 0), atol=1e-9)


def test_skins_animations_and_morphs_are_findings():
    file = File(animations=[{}, {}]).mesh()
    file.json["nodes"][0]["skin"] = 0
    file.json["meshes"][0]["primitives"][0]["targets"] = [{"POSITION": 0}]
    surface = read_glb_bytes(file.glb())
    assert codes(surface) == {"gltf-skins-ignored", "gltf-animations-ignored", "gltf-morphs-ignored"}
    assert all(finding.sentence("en") != finding.code for finding in surface.findings)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda j: j["asset"].update(version="1.0"), "glTF 1.0 is not supported"),
        (lambda j: j.update(extensionsRequired=["ACME_magic"]), "requires the glTF extension ACME_magic"),
        (lambda j: j["accessors"][0].update(count=5), "outside of its buffer view"),
        (lambda j: j["accessors"][0].update(count=2**40), "no valid glTF"),
        (lambda j: j["accessors"][0].update(bufferView=99), "buffer view 99 does not exist"),
        (lambda j: j["accessors"][0].update(type="MAT4"), "MAT4"),
        (lambda j: j["accessors"][1].update(componentType=5126), "cannot be indices"),
        (lambda j: j["bufferViews"][0].update(byteOffset=60), "outside of buffer 0"),
        (lambda j: j["bufferViews"][0].update(byteLength=-1), "no valid glTF"),
        (lambda j: j["nodes"][0].update(mesh=7), "mesh 7 does not exist"),
        (lambda j: j["nodes"][0].update(children=[7]), "node 7 does not exist"),
        (lambda j: j["nodes"][0].update(scale=[1e308, 1e308, 1e308], children=[0]), "twice|finite"),
        (lambda j: j.update(scene=4), "scene 4 does not exist"),
        (lambda j: j["meshes"][0]["primitives"][0].update(material=3), "material 3 does not exist"),
        (lambda j: j["meshes"][0].update(primitives="many"), "no valid glTF"),
        (lambda j: j.update(buffers=[{"byteLength": 9999}]), "says 9999 bytes"),
        (
            lambda j: j["accessors"][0].pop("bufferView") or j["accessors"][0].update(count=2**30),
            "claims 1073741824",
        ),
    ],
)
def test_a_file_that_lies_is_refused_in_one_sentence(change, said):
    file = File().mesh()
    change(file.json)
    with pytest.raises(Refused, match=said) as caught:
        read_glb_bytes(file.glb())
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_indices_beyond_the_vertices_are_refused():
    with pytest.raises(Refused, match="vertex 9 of 4"):
        read_glb_bytes(File().mesh(SQUARE, np.array([0, 1, 9], "<u2")).glb())


def test_what_is_cut_off_is_refused():
    whole = File().mesh().glb()
    for length in range(0, len(whole), 7):
        with pytest.raises(Refused):
            read_glb_bytes(whole[:length])


def test_deep_json_is_refused():
    with pytest.raises(Refused):
        read_glb_bytes(b'{"asset":{"version":"2.0","extras":' + b"[" * 200000 + b"]" * 200000 + b"}}")
