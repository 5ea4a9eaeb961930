import numpy as np
import pytest

from pipeline import formats
from pipeline.errors import Refused
from tests.formats import made

pytestmark = pytest.mark.real


@pytest.mark.parametrize(
    ("name", "triangles", "vertices"),
    [
        ("busts/laurana.ply", 50000, 25160),
        ("busts/gargo.ply", 50000, 25002),
        ("rangemaps/lato180.ply", 84635, 44716),
        ("rangemaps/lato270.ply", 118779, 62174),
        ("broken/many_small_holes.ply", 3524, 2004),
        ("broken/non_manif_hole.ply", 755, 432),
        ("broken/knot_max_simplified.STL", 1600, 800),
    ],
)
def test_the_counts_are_those_of_the_file(scans, name, triangles, vertices):
    surface = formats.read(scans / name)
    assert (len(surface.triangles), len(surface.positions)) == (triangles, vertices)
    assert surface.findings == ()


def test_the_bust_has_colours_and_outward_normals(scans):
    surface = formats.read(scans / "busts/laurana.ply")
    corners = surface.positions[surface.triangles]
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert ((face * surface.normals[surface.triangles[:, 0]]).sum(axis=1) > 0).mean() > 0.99
    assert len(np.unique(surface.colours[:, :3], axis=0)) > 100 and (surface.colours[:, 3] == 255).all()


def test_the_trench_has_its_texture_and_its_far_coordinates(scans):
    path = scans / "excavation-obj/trench_019.obj"
    surface = formats.read(path)
    lines = path.read_text().splitlines()
    written = np.array([line.split()[1:] for line in lines if line.startswith("v ")], float)
    faces = [[c.split("/")[0] for c in line.split()[1:]] for line in lines if line.startswith("f ")]
    assert (surface.positions[surface.triangles] == written[np.array(faces, int) - 1]).all()
    texture = surface.materials[0].colour_texture.texture
    assert (texture.media_type, texture.name) == ("image/jpeg", "M_Montebelluna_scavo.019_LOD1_ALB.jpg")
    assert surface.bounds[0][0] > 336 and surface.findings == ()
    assert [p.suffix for p in formats.files(path)] == [".obj", ".mtl", ".jpg"]


def test_uvs_of_the_trench_fall_on_painted_pixels(scans):
    from pipeline.formats import images

    surface = formats.read(scans / "excavation-obj/trench_019.obj")
    pixels = images.pixels(surface.materials[0].colour_texture.texture)
    at = np.clip(surface.uvs[0], 0, 0.9999) * (pixels.shape[1], pixels.shape[0])
    right = pixels[at[:, 1].astype(int), at[:, 0].astype(int)].sum(axis=1)
    wrong = pixels[::-1][at[:, 1].astype(int), at[:, 0].astype(int)].sum(axis=1)
    assert (right < 12).mean() < (wrong < 12).mean()  # the ground between the charts is black


def test_the_helmets_polygons_become_triangles_in_four_materials(scans):
    surface = formats.read(scans / "helmet/greek_helmet.obj")
    assert [m.name for m in surface.materials] == ["helmet", "crest1", "crest", "visor"]
    assert (len(surface.triangles), len(surface.positions)) == (9608, 5021)


def test_faces_with_two_textures_get_two_materials(scans):
    surface = formats.read(scans / "multitexture/TextureDouble.ply")
    names = [m.colour_texture.texture.name for m in surface.materials]
    assert names == ["TextureDouble_A.png", "TextureDouble_B.png"]
    assert surface.material_of.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("name", ["chameleon4k.pts", "bunny16k.pts"])
def test_point_sets_of_another_program_are_refused(scans, name):
    with pytest.raises(Refused, match="a point set of the program Expe, which is not read"):
        formats.read(scans / "pointclouds" / name)


def test_every_photograph_of_the_facade_is_probed(scans):
    from pipeline.formats import images

    for path in sorted((scans / "facade-photos").glob("*.JPG")):
        texture = images.probe(path)
        assert texture.width * texture.height > 1e6
    assert images.pixels(texture, max_px=256).shape[:2] == tuple(
        round(side * 256 / max(texture.width, texture.height)) for side in (texture.height, texture.width)
    )


def test_a_model_without_its_material_file_is_still_read(scans, tmp_path):
    source = scans / "excavation-obj/trench_026.obj"
    copy = tmp_path / "t.obj"
    copy.write_bytes(source.read_bytes())
    assert made.codes(formats.read(copy)) == ["mtl-missing"]
