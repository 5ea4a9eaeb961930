import io

import numpy as np
import pytest
from PIL import Image

from pipeline.catalogue.phrases import in_chinese
from pipeline.errors import Refused
from pipeline.formats.gltf_read import read_glb_bytes
from pipeline.formats.images import pixels, probe
from pipeline.matter.surface import Material, TextureUse
from pipeline.measure.checker import REFERENCE
from pipeline.measure.colour import ciede2000, lab, linear_of, srgb_of
from pipeline.steps.compress import compress
from pipeline.steps.correct_colour import correct_colour
from pipeline.steps.place import place
from pipeline.steps.textures import textures
from tests.charts import CAMERA, CORNERS, chart
from tests.pictures import encoded, painted, photo
from tests.shapes import grid

TRUE = np.clip(REFERENCE[[0, 1, 6, 21]], 0, None)
"""Colours of the object: dark and light skin, orange and grey, as pottery has them."""


def seen_by_the_camera(size=64):
    """A texture of four stripes of those colours, as the camera took them."""
    stripes = np.repeat(TRUE @ CAMERA.T, size // 4, axis=0)
    return srgb_of(np.repeat(stripes[:, None], size, axis=1))


def sheet(data=None):
    return grid(4, size=0.5).but(materials=(painted(data or encoded(seen_by_the_camera())),))


def folder_with(tmp_path, picture, name="chart.jpg", **options):
    Image.fromarray(picture).save(tmp_path / name, **options)
    return str(tmp_path)


def figures(surface, code="colour-corrected"):
    return next((f.figures for f in surface.findings if f.code == code), None)


def test_an_object_gets_its_true_colours_by_the_chart_beside_it(tmp_path):
    made = correct_colour(sheet(), checker="chart.jpg", folder=folder_with(tmp_path, chart(), quality=95))
    shown = linear_of(pixels(made.textures()[0])[8::16, 32])
    assert ciede2000(lab(shown), lab(TRUE)).max() < 1.5
    found = figures(made)
    assert found["before_mean_de"] > 8 and found["after_mean_de"] < 1 and found["worst"] == "cyan"


def test_the_finding_says_before_and_after_in_both_languages(tmp_path):
    made = correct_colour(sheet(), checker="chart.png", folder=folder_with(tmp_path, chart(), "chart.png"))
    finding = next(f for f in made.findings if f.code == "colour-corrected")
    assert finding.level == "info"
    assert "青色块" in finding.sentence("zh-Hans") and "cyan" in finding.sentence("en")
    assert "{" not in finding.sentence("zh-Hans") + finding.sentence("en")


def test_a_contrast_of_the_camera_is_taken_back_in_textures_and_vertex_colours_alike(tmp_path):
    def contrasty(light):
        return (np.clip(light, 0, None) @ CAMERA.T) ** 1.3

    picture = chart(patches=contrasty(REFERENCE), camera=np.eye(3), grain=0.001)
    stripes = np.repeat(np.repeat(srgb_of(contrasty(TRUE))[:, None], 64, axis=1), 16, axis=0)
    colours = np.tile(np.append(srgb_of(contrasty(TRUE)[1]), 255).astype(np.uint8), (25, 1))
    given = {"checker": "c.png", "corners": CORNERS, "folder": folder_with(tmp_path, picture, "c.png")}
    made = correct_colour(sheet(encoded(stripes)), **given)
    assert figures(made)["tone"] == pytest.approx(1 / 1.3, rel=0.05)
    shown = linear_of(pixels(made.textures()[0])[8::16, 32])
    assert ciede2000(lab(shown), lab(TRUE)).max() < 2
    painted_vertices = correct_colour(grid(4).but(colours=colours), **given)
    assert painted_vertices.colours[0, :3] == pytest.approx(srgb_of(TRUE[1]), abs=3)


def test_vertex_colours_that_only_tint_a_texture_are_not_corrected_as_well(tmp_path):
    colours = np.full((25, 4), 200, np.uint8)
    made = correct_colour(
        sheet().but(colours=colours), checker="c.png", folder=folder_with(tmp_path, chart(), "c.png")
    )
    assert np.array_equal(made.colours, colours) and made.textures()[0].changes


def test_vertex_colours_are_corrected_like_textures(tmp_path):
    colours = np.tile(np.append(srgb_of(TRUE[2] @ CAMERA.T), 77).astype(np.uint8), (25, 1))
    made = correct_colour(
        grid(4).but(colours=colours), checker="chart.png", folder=folder_with(tmp_path, chart(), "chart.png")
    )
    assert made.colours[0, :3] == pytest.approx(srgb_of(TRUE[2]), abs=3)
    assert (made.colours[:, 3] == 77).all()


def test_a_chart_in_one_of_the_textures_is_read_there():
    two = sheet().but(
        materials=(
            painted(encoded(seen_by_the_camera())),
            Material("card", colour_texture=TextureUse(probe(encoded(chart()), name="card.png"))),
        )
    )
    made = correct_colour(two, checker="card.png")
    assert figures(made)["after_mean_de"] < 1
    assert len(made.textures()) == 2 and all(t.changes for t in made.textures())


def test_corners_are_pixels_of_the_picture_as_it_is_and_not_as_it_is_searched(tmp_path):
    large = chart(width=4800, height=3600, corners=[(x * 6, y * 6) for x, y in CORNERS])
    folder = folder_with(tmp_path, large)
    given = correct_colour(
        sheet(), checker="chart.jpg", corners=tuple((x * 6, y * 6) for x, y in CORNERS), folder=folder
    )
    assert figures(given)["after_mean_de"] < 1


def test_corners_are_those_of_the_picture_as_people_see_it(tmp_path):
    """A camera held upright writes its picture lying, with a note how to turn it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = np.ascontiguousarray(np.rot90(chart()))
    folder = folder_with(tmp_path, lying, quality=95, exif=exif.tobytes())
    made = correct_colour(sheet(), checker="chart.jpg", corners=CORNERS, folder=folder)
    assert figures(made)["after_mean_de"] < 1


def test_nothing_is_encoded_until_the_level_is_made_and_then_only_once(tmp_path):
    data = encoded(photo(128), "jpeg", quality=95)
    made = correct_colour(
        place(sheet(data), up="+y"), checker="c.png", folder=folder_with(tmp_path, chart(), "c.png")
    )
    promised = made.textures()[0]
    assert promised.data == data and promised.sha256 != sheet(data).textures()[0].sha256
    level = textures(made, quality=90)
    assert level.textures()[0].changes == () and figures(level, "texture-kept") is None
    assert figures(level, "texture-encoded")["psnr_db"] > 33


@pytest.mark.parametrize("through_textures", [True, False], ids=["encoded", "written as it is"])
def test_the_corrected_colours_are_in_the_file(tmp_path, through_textures):
    made = place(
        correct_colour(sheet(), checker="c.png", folder=folder_with(tmp_path, chart(), "c.png")), up="+y"
    )
    written = compress(textures(made, quality=95) if through_textures else made)
    shown = linear_of(pixels(read_glb_bytes(written.data).textures()[0])[8::16, 32, :3])
    assert ciede2000(lab(shown), lab(TRUE)).max() < 2


def test_transparency_survives_a_correction(tmp_path):
    rgba = np.dstack([seen_by_the_camera(), np.full((64, 64), 90, np.uint8)])
    made = correct_colour(
        sheet(encoded(rgba)), checker="c.png", folder=folder_with(tmp_path, chart(), "c.png")
    )
    assert (pixels(made.textures()[0])[..., 3] == 90).all()
    assert (pixels(made.textures()[0], max_px=32)[..., 3] == 90).all()


def test_without_a_chart_or_without_colours_nothing_is_done():
    plain = sheet()
    assert correct_colour(plain) is plain
    bare = grid(4)
    assert correct_colour(bare, checker="chart.jpg") is bare


def refused(surface, **given):
    with pytest.raises(Refused) as error:
        correct_colour(surface, **given)
    assert in_chinese(error.value.what) != error.value.what
    return str(error.value)


def test_a_picture_that_is_not_there_is_refused(tmp_path):
    assert "nothing.jpg" in refused(sheet(), checker="nothing.jpg", folder=str(tmp_path))


def test_a_picture_outside_of_the_folder_is_not_opened(tmp_path):
    folder_with(tmp_path, chart(), "chart.png")
    inner = tmp_path / "scan"
    inner.mkdir()
    assert "chart.png" in refused(sheet(), checker="../chart.png", folder=str(inner))
    (inner / "link.png").symlink_to(tmp_path / "chart.png")
    assert "link.png" in refused(sheet(), checker="link.png", folder=str(inner))


def test_a_picture_without_a_chart_is_refused_and_told_what_to_do(tmp_path):
    folder = folder_with(tmp_path, photo(256), "c.png")
    assert "four corners to [colour]" in refused(sheet(), checker="c.png", folder=folder)
    corners = ((10, 10), (200, 10), (200, 150), (10, 150))
    assert "enclose no ColorChecker" in refused(sheet(), checker="c.png", corners=corners, folder=folder)


def test_a_damaged_picture_is_refused(tmp_path):
    whole = io.BytesIO()
    Image.fromarray(chart()).save(whole, "jpeg")
    (tmp_path / "c.jpg").write_bytes(whole.getvalue()[:9000])
    assert "damaged or cut off" in refused(sheet(), checker="c.jpg", folder=str(tmp_path))


def test_an_overexposed_chart_is_refused(tmp_path):
    folder = folder_with(tmp_path, chart(camera=CAMERA * 5), "c.png")
    assert "overexposed" in refused(sheet(), checker="c.png", corners=CORNERS, folder=folder)


def test_a_chart_in_the_dark_is_refused(tmp_path):
    folder = folder_with(tmp_path, chart(camera=CAMERA * 0.15, grain=0.0005), "c.png")
    assert "no photograph needs" in refused(sheet(), checker="c.png", corners=CORNERS, folder=folder)


def test_a_chart_that_is_right_already_leaves_nothing_to_correct(tmp_path):
    folder = folder_with(tmp_path, chart(camera=np.eye(3), grain=0), "c.png")
    assert "would not bring" in refused(sheet(), checker="c.png", corners=CORNERS, folder=folder)
