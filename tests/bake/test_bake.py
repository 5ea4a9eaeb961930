import numpy as np
import pytest

from pipeline.bake import baked, unwrapped
from pipeline.bake.edges import nearest_known, spread
from pipeline.bake.raster import triangle_of_texel, weights
from pipeline.bake.rays import reach_m
from pipeline.bake.size import side_px, source_px, texels_of
from pipeline.bake.unwrap import utilisation
from pipeline.formats.images import pixels
from pipeline.matter.normals import normals_of
from pipeline.measure.colour import colour_difference
from pipeline.measure.deviation import sample
from pipeline.measure.scene import scene_of
from pipeline.render.look import Look
from pipeline.steps.place import place
from tests.pictures import chequer, encoded, painted, photo
from tests.shapes import cube, grid, joined, sphere, surface


def placed(s):
    return place(s, up="+y", evidence="given")


def shaded(s):
    return s.but(normals=normals_of(s))


def texture_of(made, slot="colour_texture"):
    return getattr(made.surface.materials[0], slot).texture


def angles_deg(one, two):
    return np.degrees(np.arccos(np.clip((one * two).sum(axis=1), -1, 1)))


def test_each_texel_shows_the_triangle_that_lies_over_it():
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    triangles = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    of = triangle_of_texel(uv, triangles, 16)
    assert (of >= 0).all()
    assert of[2, 13] == 0 and of[13, 2] == 1
    texels = np.arange(256)
    share = weights(uv, triangles, of.ravel(), texels, 16)
    place_ = np.einsum("ij,ijk->ik", share, uv[triangles[of.ravel()]])
    centres = np.stack([(texels % 16 + 0.5) / 16, (texels // 16 + 0.5) / 16], axis=1)
    assert np.abs(place_ - centres).max() < 1e-5


def test_what_no_triangle_covers_takes_the_nearest_texel():
    picture = np.zeros((8, 8, 1), np.uint8)
    picture[2, 3], picture[6, 6] = 90, 200
    known = picture[..., 0] > 0
    full = spread(picture, known)[..., 0]
    assert full[0, 0] == full[2, 3] == 90 and full[7, 7] == 200
    assert (nearest_known(np.zeros((2, 2), bool)).ravel() == np.arange(4)).all()


def test_charts_of_a_sphere_do_not_overlap_and_fill_the_square_well():
    flat = unwrapped(shaded(placed(sphere(level=4))), side_px=512, gutter_px=4)
    assert flat.uvs[0].min() >= 0 and flat.uvs[0].max() <= 1
    covered = (triangle_of_texel(flat.uvs[0], flat.triangles, 2048) >= 0).mean()
    used = utilisation(flat.uvs[0], flat.triangles)
    assert 0.5 < used <= covered * 1.01, "a texel that two triangles cover counts once in one figure"
    assert len(flat.triangles) == len(sphere(level=4).triangles)


def test_a_chequered_sheet_comes_out_of_its_own_atlas_unchanged():
    scan = placed(grid(8, size=0.512).but(materials=(painted(encoded(chequer(256, 4))),)))
    flat = unwrapped(shaded(scan), side_px=256, gutter_px=2)
    made = baked(scan, flat, side_px=256, reach_m=0.001, source_px=256)
    assert made.missed == made.empty == 0
    assert colour_difference(scan, made.surface).mean < 1.5


def test_colours_of_vertices_become_a_texture():
    ball = placed(sphere(0.05, level=6))
    tone = np.clip((ball.positions / 0.05 * 0.5 + (0.5, 0, 0.5)) * 255, 0, 255)
    scan = ball.but(colours=np.concatenate([tone, np.full((len(tone), 1), 255)], axis=1).astype(np.uint8))
    flat = unwrapped(shaded(placed(sphere(0.05, level=4))), side_px=256, gutter_px=2)
    made = baked(scan, flat, side_px=256, reach_m=0.002, source_px=64)
    assert made.surface.colours is None and texture_of(made).width == 256
    difference = colour_difference(scan, made.surface)
    assert difference.mean < 1.0 and difference.p95 < 2.5


def test_a_normal_map_gives_a_coarse_sphere_the_normals_of_a_fine_one():
    scan, coarse = placed(sphere(0.05, level=6)), placed(sphere(0.05, level=2))
    flat = unwrapped(shaded(coarse), side_px=512, gutter_px=4)
    made = baked(scan, flat, side_px=512, reach_m=0.01, source_px=64, colour=False, normals=True)
    points = sample(made.surface, 4000, 1)
    triangle, uv = scene_of(made.surface).nearest(points)
    centre = np.array([0, 0.05, 0])
    truth = (points - centre) / np.linalg.norm(points - centre, axis=1, keepdims=True)
    without = angles_deg(Look(flat, 512).at(triangle, uv).normal, truth)
    with_map = angles_deg(Look(made.surface, 512).at(triangle, uv).normal, truth)
    assert np.quantile(without, 0.95) > 3
    assert np.quantile(with_map, 0.95) < 1.5


def test_relief_that_the_triangles_lost_stands_in_the_normal_map():
    waves = placed(grid(200, size=0.2, height=lambda x, z: 0.0005 * np.sin(2 * np.pi * x / 0.02)))
    flat = unwrapped(shaded(placed(grid(2, size=0.2))), side_px=512, gutter_px=2)
    made = baked(waves, flat, side_px=512, reach_m=0.002, source_px=64, colour=False, normals=True)
    points = sample(waves, 4000, 1)
    triangle, uv = scene_of(made.surface).nearest(points)
    x = points[:, 0] + 0.1
    slope = 0.0005 * 2 * np.pi / 0.02 * np.cos(2 * np.pi * x / 0.02)
    truth = np.stack([-slope, np.ones_like(slope), 0 * slope], axis=1)
    truth /= np.linalg.norm(truth, axis=1, keepdims=True)
    assert np.quantile(angles_deg(Look(made.surface, 512).at(triangle, uv).normal, truth), 0.95) < 2


def test_texels_beyond_the_scan_are_counted_and_filled_from_their_neighbours():
    scan = placed(grid(8, size=0.1).but(materials=(painted(encoded(photo(64))),)))
    larger = grid(8, size=0.2)
    larger = placed(larger)
    flat = unwrapped(shaded(larger), side_px=128, gutter_px=2)
    made = baked(scan, flat, side_px=128, reach_m=0.001, source_px=64)
    assert made.empty / made.texels == pytest.approx(0.75, abs=0.06)
    assert made.missed >= made.empty
    assert pixels(texture_of(made)).min() > 0


def test_the_inner_corner_of_two_walls_is_darker_than_their_rims():
    floor, wall = grid(40, size=0.2), grid(40, size=0.2)
    upright = surface(wall.positions[:, (1, 0, 2)], wall.triangles[:, ::-1])
    scan = placed(joined(floor, upright))
    flat = unwrapped(shaded(scan), side_px=512, gutter_px=2)
    made = baked(scan, flat, side_px=512, reach_m=0.001, source_px=64, colour=False, occlusion=True)
    picture = pixels(texture_of(made, "occlusion_texture"))[..., 0]
    sheet = triangle_of_texel(made.surface.uvs[0], made.surface.triangles, picture.shape[0]).ravel()
    texels = np.flatnonzero(sheet >= 0)
    share = weights(made.surface.uvs[0], made.surface.triangles, sheet[texels], texels, picture.shape[0])
    at = np.einsum("ij,ijk->ik", share, made.surface.positions[made.surface.triangles[sheet[texels]]])
    from_corner = np.hypot(at[:, 0] - at[:, 0].min(), at[:, 1])
    tone = picture.ravel()[texels]
    near, far = tone[from_corner < 0.01].mean(), tone[from_corner > 0.15].mean()
    assert near < 160 < 230 < far


def test_the_other_side_of_a_thin_sheet_is_not_taken_for_this_one():
    front = grid(8, size=0.1, height=lambda x, z: 0 * x + 0.002)
    back = grid(8, size=0.1)
    back = back.but(triangles=np.ascontiguousarray(back.triangles[:, ::-1]))
    both = joined(front, back)
    red, blue = (200, 20, 20, 255), (20, 20, 200, 255)
    colours = np.array([red] * len(front.positions) + [blue] * len(back.positions), np.uint8)
    scan = placed(both.but(colours=colours))
    flat = unwrapped(shaded(scan), side_px=256, gutter_px=2)
    made = baked(scan, flat, side_px=256, reach_m=0.003, source_px=64)
    assert colour_difference(scan, made.surface).p95 < 1


def test_an_atlas_is_as_large_as_the_scans_own_texels_need_and_no_larger():
    sheet = placed(grid(4, size=0.5).but(materials=(painted(encoded(photo(200))),)))
    assert texels_of(sheet) == pytest.approx(200 * 200)
    assert side_px(sheet, 4096) == 256
    assert side_px(sheet, 128) == 128
    bare = placed(cube(0.1))
    assert texels_of(bare) == 0 and side_px(bare, 4096) == 64
    flat = unwrapped(shaded(sheet), side_px=64, gutter_px=2)
    assert source_px(sheet, flat, 64) < 80
    assert source_px(sheet, flat, 1024) == 200


def test_the_reach_follows_the_measured_deviation_and_no_spike():
    ball = placed(sphere(0.05))
    assert reach_m(0.2, 0.5, ball) == pytest.approx(0.000625)
    assert reach_m(0.2, 9.0, ball) == pytest.approx(0.001)
    assert reach_m(0.0, 0.0, ball) > 0
