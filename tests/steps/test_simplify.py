import numpy as np
import pytest

from pipeline.errors import Refused
from pipeline.matter.surface import Material
from pipeline.measure.deviation import deviation
from pipeline.steps.place import place
from pipeline.steps.simplify import simplify
from tests.shapes import cube, grid, joined, sphere, surface


def placed(s):
    return place(s, up="+y", evidence="given")


@pytest.mark.parametrize("error_mm", [0.05, 0.2, 1.0])
def test_the_measured_error_of_a_ball_stays_within_the_bound(error_mm):
    ball = placed(sphere(0.1, level=6))
    fewer = simplify(ball, max_error_mm=error_mm)
    assert len(fewer.triangles) < len(ball.triangles) / 3
    assert deviation(ball, fewer).p95 <= error_mm * 1.02
    assert fewer.error_mm == error_mm


def test_a_looser_bound_leaves_fewer_triangles():
    ball = placed(sphere(0.1, level=6))
    counts = [len(simplify(ball, max_error_mm=e).triangles) for e in (0.05, 0.2, 1.0)]
    assert counts == sorted(counts, reverse=True) and len(set(counts)) == 3


def test_normals_of_a_simplified_ball_point_outwards():
    ball = placed(sphere(0.1, level=6))
    fewer = simplify(ball, max_error_mm=0.2)
    outward = fewer.positions - (0, 0.1, 0)
    outward /= np.linalg.norm(outward, axis=1)[:, None]
    assert np.einsum("ij,ij->i", fewer.normals, outward).min() > 0.98
    corner = fewer.positions[fewer.triangles]
    faces = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    assert (np.einsum("ij,ij->i", faces, corner.mean(axis=1) - (0, 0.1, 0)) > 0).all()


def test_a_flat_sheet_needs_two_triangles_and_keeps_its_corners():
    flat = simplify(placed(grid(30, size=1.0)), max_error_mm=0.5)
    assert len(flat.triangles) <= 8
    assert flat.bounds[0] == pytest.approx([-0.5, 0, -0.5], abs=1e-3)
    assert flat.bounds[1] == pytest.approx([0.5, 0, 0.5], abs=1e-3)
    expected = flat.positions[:, [0, 2]] + 0.5
    assert flat.uvs[0] == pytest.approx(expected, abs=2e-3)


def test_a_seam_in_the_texture_stays_closed():
    left = grid(20, size=1.0, height=lambda x, z: 0.05 * np.sin(7 * x + 3 * z))
    triangles = left.triangles.copy()
    right = left.positions[triangles].mean(axis=1)[:, 0] > 0.5
    copies = np.unique(triangles[right])
    number = np.zeros(len(left.positions), np.int32)
    number[copies] = np.arange(len(copies)) + len(left.positions)
    triangles[right] = number[triangles[right]]
    seamed = surface(
        np.concatenate([left.positions, left.positions[copies]]),
        triangles,
        uvs=(np.concatenate([left.uvs[0], left.uvs[0][copies] * [0.4, 0.4]]).astype(np.float32),),
    )
    fewer = simplify(placed(seamed), max_error_mm=2.0)
    assert len(fewer.triangles) < len(triangles) / 2
    is_right = fewer.uvs[0].max(axis=1) <= 0.4001
    on_seam = np.abs(fewer.positions[:, 0]) < 1e-3
    first = {tuple(p) for p in fewer.positions[on_seam & is_right].round(6)}
    second = {tuple(p) for p in fewer.positions[on_seam & ~is_right].round(6)}
    assert first == second and len(first) >= 2


def test_a_border_between_materials_stays_where_it_is():
    sheet = grid(20, size=1.0)
    right = (sheet.positions[sheet.triangles].mean(axis=1)[:, 0] > 0.5).astype(np.int32)
    two = sheet.but(materials=(Material("clay"), Material("glaze")), material_of=right)
    fewer = simplify(placed(two), max_error_mm=1.0)
    corner = fewer.positions[fewer.triangles]
    area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1) / 2
    assert area[fewer.material_of == 1].sum() == pytest.approx(0.5, abs=1e-3)
    assert corner[fewer.material_of == 1][..., 0].min() == pytest.approx(0, abs=1e-3)


def test_colours_are_kept_where_they_change():
    sheet = grid(40, size=1.0)
    colours = np.full((len(sheet.positions), 4), 255, np.uint8)
    colours[sheet.positions[:, 0] < 0.5, 1:3] = 0
    fewer = simplify(placed(sheet.but(colours=colours)), max_error_mm=1.0)
    away = np.abs(fewer.positions[:, 0]) > 0.05
    left = fewer.positions[:, 0] < 0
    assert (fewer.colours[away & left][:, 1] < 60).all()
    assert (fewer.colours[away & ~left][:, 1] > 195).all()


def test_the_size_on_the_screen_gives_the_error():
    ball = placed(sphere(0.1, level=5))
    fewer = simplify(ball, screen_px=1000, max_error_px=0.5)
    assert fewer.error_mm == pytest.approx(ball.diagonal * 1000 / 1000 * 0.5)


def test_a_limit_of_triangles_goes_before_the_error_and_is_reported():
    ball = placed(sphere(0.1, level=5))
    fewer = simplify(ball, max_error_mm=0.01, max_triangles=200)
    assert len(fewer.triangles) <= 200
    found = next(f for f in fewer.findings if f.code == "error-above-aim")
    assert found.figures["error_mm"] == fewer.error_mm > 0.01


def test_the_same_surface_gives_the_same_result():
    ball = placed(sphere(0.1, level=5))
    first, second = (simplify(ball, max_error_mm=0.2) for _ in range(2))
    assert np.array_equal(first.positions, second.positions)
    assert np.array_equal(first.triangles, second.triangles)


def test_an_order_without_an_aim_is_refused():
    with pytest.raises(Refused, match="how far to go"):
        simplify(placed(cube()))


@pytest.mark.parametrize("form", [cube(0.1), sphere(0.05, level=0), sphere(0.05, level=1)])
@pytest.mark.parametrize("screen_px", [600, 4000])
def test_a_form_of_a_few_triangles_is_never_simplified_to_nothing(form, screen_px):
    made = simplify(place(form, up="+y", evidence="given"), screen_px=screen_px)
    assert len(made.triangles) >= 4


def test_many_small_pieces_do_not_vanish_together():
    tiny = [sphere(0.0004, level=0) for _ in range(400)]
    places = np.random.default_rng(2).uniform(0, 0.2, (400, 3))
    cloud = joined(*(one.but(positions=one.positions + at) for one, at in zip(tiny, places, strict=True)))
    made = simplify(place(cloud, up="+y", evidence="given"), screen_px=600)
    assert len(made.triangles) > 0


def test_colours_that_a_limit_of_triangles_spoils_are_told():
    ball = sphere(0.05, level=6)
    tone = np.where(np.sin(ball.positions @ np.array([900.0, 700, 500])) > 0, 250, 10).astype(np.uint8)
    painted = ball.but(colours=np.stack([tone, tone, tone, np.full(len(tone), 255, np.uint8)], axis=1))
    made = simplify(place(painted, up="+y", evidence="given"), screen_px=600, max_triangles=300)
    told = next(f.figures for f in made.findings if f.code == "colour-above-aim")
    assert told["colour_de"] > told["aim_de"] == 4.0


def test_a_block_of_twelve_triangles_is_never_simplified_to_nothing():
    block = cube()
    made = simplify(
        place(surface(block.positions * [2, 3, 1], block.triangles), unit="mm", up="+y"), screen_px=600
    )
    assert len(made.triangles) == 12
