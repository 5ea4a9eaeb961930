import numpy as np
import pytest

from pipeline.bake import paint
from pipeline.bake.blocks import blocks
from pipeline.bake.paint import Dots, painted
from pipeline.bake.unwrap import unwrapped, utilisation
from pipeline.matter.normals import smooth_normals
from tests import shapes

RED, BLUE = (200, 30, 30), (30, 30, 200)
UP, DOWN = np.array([[0.0, 1, 0]]), np.array([[0.0, -1, 0]])


def laid_out(surface, side_px=64):
    smooth = surface.but(normals=smooth_normals(surface.positions, surface.triangles))
    flat = unwrapped(smooth, side_px=side_px, gutter_px=2)
    return flat, (1 / utilisation(flat.uvs[0], flat.triangles)) ** 0.5 / side_px


def scattered(count, height=0.0, seed=1):
    at = np.random.default_rng(seed).uniform(0, 1, (count, 2))
    return np.stack([at[:, 0], np.full(count, height), at[:, 1]], axis=1)


def dots(*sheets, **more):
    """Dots of several sheets, each (positions, colour, normal)."""
    return Dots(
        np.concatenate([at for at, _, _ in sheets]),
        np.concatenate([np.tile(np.uint8(colour), (len(at), 1)) for at, colour, _ in sheets]),
        np.concatenate([normal for _, _, normal in sheets]),
        np.concatenate([np.full(len(at), i, np.int32) for i, (at, _, _) in enumerate(sheets)]),
        **more,
    )


def shown(picture):
    return {tuple(int(v) for v in colour) for colour in np.unique(picture.reshape(-1, 3), axis=0)}


def test_points_on_the_back_of_a_thin_wall_do_not_show_on_its_front():
    flat, texel = laid_out(shapes.grid(4))
    front, back = scattered(2000), scattered(8000, height=-0.01, seed=2)
    made = painted(flat, dots((front, RED, UP), (back, BLUE, DOWN)), side_px=64, texel=texel, reach=0.3)
    assert shown(made.picture) == {RED} and made.empty == 0
    blind = painted(flat, dots((front, RED, UP), (back, BLUE, UP)), side_px=64, texel=texel, reach=0.3)
    assert BLUE in shown(blind.picture)  # four times as many lie about as near


def test_texels_without_a_point_near_are_counted_and_take_their_neighbours_colours():
    flat, texel = laid_out(shapes.grid(4))
    points = scattered(6000)
    half = points[points[:, 0] < 0.5]
    made = painted(flat, dots((half, RED, UP)), side_px=64, texel=texel, reach=0.05)
    assert made.empty / made.texels == pytest.approx(0.45, abs=0.05)
    assert shown(made.picture) == {RED}


def test_of_points_as_near_those_seen_better_count_for_more():
    flat, texel = laid_out(shapes.grid(4))
    points = scattered(3000)
    worth = np.repeat(np.float32([9, 1]), 3000)
    made = painted(
        flat, dots((points, RED, UP), (points, BLUE, UP), worth=worth), side_px=64, texel=texel, reach=0.2
    )
    light = paint.linear_of(made.picture).mean(axis=(0, 1))
    red, blue = paint.linear_of(np.uint8(RED)), paint.linear_of(np.uint8(BLUE))
    assert light == pytest.approx(0.9 * red + 0.1 * blue, abs=0.01)


def test_small_blocks_paint_the_same_picture_as_one(monkeypatch):
    flat, texel = laid_out(shapes.sphere(0.5, level=3))
    at = np.random.default_rng(3).normal(size=(9000, 3))
    at *= 0.5 / np.linalg.norm(at, axis=1)[:, None]
    colours = np.random.default_rng(4).integers(0, 256, (9000, 3)).astype(np.uint8)
    many = Dots(at, colours, 2 * at, np.arange(9000, dtype=np.int32))
    one = painted(flat, many, side_px=64, texel=texel, reach=0.1)
    monkeypatch.setattr(paint, "BLOCK", 700)
    small = painted(flat, many, side_px=64, texel=texel, reach=0.1)
    assert (one.picture == small.picture).all() and one.empty == small.empty == 0


@pytest.mark.parametrize("most", [50, 1000, 10_000])
def test_blocks_hold_every_place_once_with_all_points_near_it(most):
    random = np.random.default_rng(5)
    points, places = random.normal(size=(3000, 3)), random.normal(size=(500, 3))
    margin, given = 0.3, []
    for near, own in blocks(points, places, most=most, margin=margin):
        given += own.tolist()
        apart = np.linalg.norm(points[None] - places[own][:, None], axis=2)
        assert set(np.flatnonzero((apart <= margin).any(axis=0))) <= set(near.tolist())
        assert len(near) <= max(most, 3000 * 0.9)
    assert sorted(given) == list(range(500))
    assert most < 3000 or given == list(range(500))


def test_blocks_of_points_at_one_place_end():
    points = np.zeros((5000, 3))
    found = list(blocks(points, np.zeros((7, 3)), most=10, margin=0.1))
    assert [(len(near), len(own)) for near, own in found] == [(5000, 7)]


def test_texels_wider_than_the_triangles_on_a_charts_border_have_points_near():
    flat, texel = laid_out(shapes.sphere(0.5, level=6))
    texel *= np.sqrt(np.pi)
    at = np.random.default_rng(3).normal(size=(9000, 3))
    at *= 0.5 / np.linalg.norm(at, axis=1)[:, None]
    red = Dots(at, np.tile(np.uint8(RED), (9000, 1)), 2 * at, np.arange(9000, dtype=np.int32))
    assert painted(flat, red, side_px=64, texel=texel, reach=0.1).empty == 0
