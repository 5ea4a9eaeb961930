"""The scan's curvature from step reduce to what a reader finds in the file."""

import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from pipeline.bake.raster import triangle_of_texel, weights
from pipeline.cache import Cache
from pipeline.formats.gltf_read import read_glb_bytes
from pipeline.formats.images import pixels
from pipeline.matter.curvature import FLAT, MOST, per_metre, to_grey
from pipeline.measure.curvature import mean_curvature
from pipeline.node.validator import validate
from pipeline.steps.compress import compress
from pipeline.steps.place import place
from pipeline.steps.reduce import reduce
from pipeline.steps.textures import textures
from pipeline.steps.usdz import usdz
from tests.meshes import meshes
from tests.pictures import encoded, painted, photo
from tests.shapes import grid, sphere

CODECS = ["meshopt", "meshopt-v1", "draco", "none"]
ALLOWED = {"UNSUPPORTED_EXTENSION", "UNUSED_OBJECT"}
"""The validator knows neither codec, and calls unused what extras name. Neither is a warning."""
AXES = np.array([0.03, 0.05, 0.04])


def placed(s):
    return place(s, up="+y", evidence="given")


def egg(level=6):
    """An ellipsoid: its mean curvature is known everywhere, from 15 to 43 1/m."""
    ball = sphere(1.0, level=level)
    return placed(ball.but(positions=ball.positions * AXES))


def curvature_of_egg(points):
    """Of the ellipsoid at points on it, (N,) in 1/m; its middle is half its height above the origin."""
    at = points - (0, AXES[1], 0)
    at = at / np.linalg.norm(at / AXES, axis=1, keepdims=True)
    steep = ((at / AXES**2) ** 2).sum(axis=1) ** 1.5
    return ((AXES**2).sum() - (at**2).sum(axis=1)) / (2 * np.prod(AXES) ** 2 * steep)


def bent(scan, **more):
    return reduce(scan, **{"max_error_mm": 0.2, "texture": "bake", "max_px": 256, "curvature": True, **more})


def read(surface, codec="meshopt"):
    made = compress(surface, codec=codec)
    said = validate(made.data)
    assert said.clean, said.messages
    assert {message["code"] for message in said.messages} <= ALLOWED
    return read_glb_bytes(made.data), json.loads(
        made.data[20 : 20 + int.from_bytes(made.data[12:16], "little")]
    )


def texels_of(surface):
    """Curvature in 1/m of the texels that show a surface, and the points that they show."""
    (material,) = surface.materials
    use = material.curvature_texture
    picture = pixels(use.texture)
    side = picture.shape[0]
    uv = surface.uvs[use.uv_set]
    of = triangle_of_texel(uv, surface.triangles, side).ravel()
    texels = np.flatnonzero(of >= 0)
    share = weights(uv, surface.triangles, of[texels], texels, side)
    points = np.einsum("ij,ijk->ik", share, surface.positions[surface.triangles[of[texels]]])
    return per_metre(picture[..., 0].ravel()[texels], material.curvature_per_step), points


def figures(s, code):
    return next(f.figures for f in s.findings if f.code == code)


def codes(s):
    return {f.code for f in s.findings}


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("radius", [0.05, 0.4])
def test_a_balls_curvature_stands_in_the_file_that_a_visitor_gets(codec, radius):
    scan = placed(sphere(radius, level=6))
    level = textures(bent(scan, max_error_mm=radius * 4), max_px=256)
    back, _ = read(level, codec)
    found, _ = texels_of(back)
    assert len(found) > 10_000
    assert np.abs(found * radius - 1).max() < 0.03
    assert back.materials[0].curvature_per_step == level.materials[0].curvature_per_step
    assert back.materials[0].colour_texture is None


@pytest.mark.parametrize("format", ["webp", "jpeg", "png"])
def test_every_place_of_an_egg_reads_back_its_own_curvature(format):
    level = textures(bent(egg()), max_px=256, quality=30, format=format)
    assert level.materials[0].curvature_texture.texture.media_type == f"image/{format}"
    found, points = texels_of(read(level, "draco")[0])
    truth = curvature_of_egg(points)
    assert truth.min() < 16 and truth.max() > 42
    assert np.quantile(np.abs(found / truth - 1), 0.99) < 0.06
    assert np.corrcoef(found, truth)[0, 1] > 0.995


def test_the_greys_survive_textures_at_the_quality_of_data():
    before = bent(egg())
    after = textures(before, max_px=256, quality=10)
    one, two = (pixels(s.materials[0].curvature_texture.texture)[..., 0].astype(int) for s in (before, after))
    assert np.abs(one - two).max() <= 6 and np.abs(one - two).mean() < 1


def test_colours_stand_beside_it_and_it_has_a_size_of_its_own():
    sheet = grid(40, size=0.2, height=lambda x, z: 0.004 * np.sin(60 * x))
    scan = placed(sheet.but(materials=(painted(encoded(photo(512))),)))
    level = textures(bent(scan, max_px=512), max_px=512)
    back, document = read(level)
    (material,) = document["materials"]
    extras = material["extras"]["curvatureTexture"]
    assert (extras["flat"], extras["unit"]) == (128, "1/m") and extras["perStep"] > 0
    assert extras["index"] != material["pbrMetallicRoughness"]["baseColorTexture"]["index"]
    assert [image["name"] for image in document["images"]] == ["colour 1", "curvature 1"]
    colour, curve = back.materials[0].colour_texture, back.materials[0].curvature_texture
    assert (colour.texture.width, curve.texture.width) == (512, 64)
    assert curve.texture.role == "data" and colour.uv_set == curve.uv_set
    found, points = texels_of(back)
    x = points[:, 0] + 0.1
    truth = 0.004 * 60**2 * np.sin(60 * x) / 2 / (1 + (0.24 * np.cos(60 * x)) ** 2) ** 1.5
    assert np.corrcoef(found, truth)[0, 1] > 0.97
    assert 0.7 < found.std() / truth.std() < 1.1


def test_a_finding_says_how_it_is_read_and_another_how_baking_went():
    made = bent(egg())
    said = figures(made, "curvature-baked")
    assert said["px"] == made.materials[0].curvature_texture.texture.width
    assert said["per_step"] == made.materials[0].curvature_per_step
    assert said["most"] == pytest.approx(said["per_step"] * 127, rel=0.01)
    assert 0 <= said["beyond_percent"] <= 1 and "baked" in codes(made)


def test_sharp_edges_do_not_take_the_greys_from_the_relief():
    """A plug of 5 mm on a wavy sheet: hundreds of 1/m around it, 5 elsewhere."""

    def shape(x, z):
        return 0.002 * np.sin(70 * z) + 0.005 * ((np.abs(x - 0.1) < 0.003) & (np.abs(z - 0.1) < 0.003))

    made = bent(placed(grid(200, size=0.2, height=shape)), max_px=512)
    found, _ = texels_of(made)
    assert len(np.unique(np.round(found / made.materials[0].curvature_per_step))) > 60
    assert figures(made, "curvature-baked")["beyond_percent"] > 0


def test_a_flat_sheet_is_flat_grey():
    found, _ = texels_of(bent(placed(grid(20, size=0.2))))
    assert (found == 0).all()


def test_nothing_of_it_is_there_where_nobody_asked():
    scan = placed(grid(20, size=0.2).but(materials=(painted(encoded(photo(128))),)))
    level = textures(bent(scan, curvature=False), max_px=256)
    back, document = read(level)
    assert "extras" not in document["materials"][0] and len(document["images"]) == 1
    assert back.materials[0].curvature_texture is None and not codes(back) & {"curvature-baked"}


def test_the_colours_are_those_of_a_level_without_it():
    scan = placed(grid(20, size=0.2).but(materials=(painted(encoded(photo(128))),)))
    one, two = bent(scan, curvature=False), bent(scan)
    assert one.materials[0].colour_texture == two.materials[0].colour_texture
    assert (one.positions == two.positions).all() and (one.uvs[0] == two.uvs[0]).all()


@pytest.mark.parametrize("texture", ["keep", "auto"])
def test_a_level_that_keeps_its_own_textures_says_that_it_has_none(texture):
    scan = placed(grid(40, size=0.5).but(materials=(painted(encoded(photo(512), "jpeg", quality=60)),)))
    made = reduce(scan, max_error_mm=0.5, max_px=512, texture=texture, curvature=True)
    assert "curvature-not-baked" in codes(made) and made.materials[0].curvature_texture is None


def test_it_is_kept_between_runs(tmp_path):
    made, cache = bent(egg()), Cache(tmp_path / "cache", tmp_path)
    cache.keep_surface("level", made)
    (back,) = cache.surface("level").materials
    assert back.curvature_per_step == made.materials[0].curvature_per_step
    assert back.curvature_texture.texture.encoded() == made.materials[0].curvature_texture.texture.encoded()


def test_a_usdz_which_has_no_place_for_it_leaves_it_out():
    level = textures(bent(egg(), normals=True), max_px=256, format="png")
    made = usdz(level)
    assert made.holds.materials[0].curvature_texture is None
    assert zipfile.ZipFile(io.BytesIO(made.data)).namelist() == ["model.usda", "textures/0.png"]


def test_the_same_scan_gives_the_same_picture():
    one, two = (bent(egg(5)).materials[0].curvature_texture.texture.sha256 for _ in range(2))
    assert one == two


def test_greys_read_back_to_half_a_step_and_the_ends_reach_as_far_on_both_sides():
    values = np.linspace(-130, 130, 1001).astype(np.float32)
    back = per_metre(to_grey(values, 0.9), 0.9)
    inside = np.abs(values) < 0.9 * MOST
    assert np.abs(back - values)[inside].max() <= 0.45 + 1e-4
    assert (back.min(), back.max()) == pytest.approx((-0.9 * MOST, 0.9 * MOST))
    assert to_grey(np.zeros(1), 0.9)[0] == FLAT


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(mesh=meshes())
def test_whatever_mesh_comes_its_curvatures_are_numbers_and_its_file_is_valid(mesh):
    scan = placed(mesh.made())
    assert np.isfinite(mean_curvature(scan, radius_m=scan.diagonal / 100)).all()
    level = textures(bent(scan, max_error_mm=10 * scan.diagonal, max_px=64), max_px=64)
    back, _ = read(level)
    (material,) = back.materials
    assert 0 < material.curvature_per_step < np.inf and material.curvature_texture is not None
