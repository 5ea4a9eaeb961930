import numpy as np
import pytest

from pipeline.errors import Refused
from pipeline.matter.areas import areas_of
from pipeline.matter.rows import first_of, same_rows
from pipeline.matter.surface import Material, TextureUse
from pipeline.matter.texture import Texture
from pipeline.measure import topology
from pipeline.steps.filling import FILLED
from pipeline.steps.place import place
from pipeline.steps.repair import repair
from tests.shapes import cube, grid, joined, sphere, surface


def placed(s):
    return place(s, up="+y", ground=False)


def figures(s, code):
    return next((f.figures for f in s.findings if f.code == code), None)


def fine_cube(steps=10):
    """A closed cube from 0 to 1 whose faces are squares of a tenth, welded."""
    sheet = grid(steps)
    flat = sheet.positions - [0.5, -0.5, 0.5]
    turns = [
        ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
        ((1, 0, 0), (0, -1, 0), (0, 0, -1)),
        ((0, 1, 0), (-1, 0, 0), (0, 0, 1)),
        ((0, -1, 0), (1, 0, 0), (0, 0, 1)),
        ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
        ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    ]
    sides = [surface(np.round(flat @ np.array(t, float) + 0.5, 6), sheet.triangles) for t in turns]
    return welded(joined(*sides))


def welded(shape):
    of = same_rows(shape.positions)
    return surface(shape.positions[first_of(of)], of[shape.triangles])


def without(shape, gone):
    return surface(shape.positions, shape.triangles[~gone])


def middles(shape):
    return shape.positions[shape.triangles].mean(axis=1)


def in_box(shape, low, high):
    points = middles(shape)
    return ((points > low) & (points < high)).all(axis=1)


def area(s, which=slice(None)):
    return float(np.linalg.norm(areas_of(s)[which], axis=1).sum() / 2)


def filled(s):
    names = [m.name for m in s.materials]
    return s.material_of == names.index(FILLED) if FILLED in names else np.zeros(len(s.triangles), bool)


def closed(s):
    return bool((topology.edges(same_rows(s.positions)[s.triangles]).uses == 2).all())


def volume(s):
    a, b, c = (s.positions[s.triangles[:, i]] for i in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def test_the_fine_cube_is_a_closed_cube():
    assert closed(fine_cube()) and volume(fine_cube()) == pytest.approx(1)


def test_a_missing_square_is_filled_with_its_exact_area_and_a_grey_of_its_own():
    box = fine_cube()
    gone = in_box(box, (0.2, 0.99, 0.3), (0.5, 1.01, 0.6))
    whole = repair(placed(without(box, gone)), max_hole_mm=500.0)
    assert gone.sum() == 18 and closed(whole)
    assert area(whole, filled(whole)) == pytest.approx(0.09, abs=1e-9)
    assert volume(whole) == pytest.approx(1, abs=1e-9)
    found = figures(whole, "holes-filled")
    assert found["count"] == 1 and found["area_cm2"] == pytest.approx(900)
    assert found["largest_mm"] == pytest.approx(300 * np.sqrt(2), abs=1e-3)
    material = whole.materials[-1]
    assert material.name == FILLED and len(set(material.base_colour[:3])) == 1


def test_a_hole_larger_than_the_limit_stays_as_it_is():
    box = fine_cube()
    open_box = placed(without(box, in_box(box, (0.2, 0.99, 0.3), (0.5, 1.01, 0.6))))
    assert repair(open_box, max_hole_mm=424.0) is open_box
    assert closed(repair(open_box, max_hole_mm=425.0))


def test_a_filled_hole_shows_no_texture_and_no_vertex_colour():
    sheet = grid(20)
    gone = in_box(sheet, (0.5, -1, 0.5), (0.55, 1, 0.55))
    texture = Texture("a.png", "0" * 64, "image/png", 4, 4, data=b"")
    textured = surface(
        sheet.positions,
        sheet.triangles[~gone],
        uvs=sheet.uvs,
        materials=(Material("photo", colour_texture=TextureUse(texture)),),
        colours=np.full((len(sheet.positions), 4), 40, np.uint8),
    )
    whole = repair(placed(textured), max_hole_mm=100.0)
    new = filled(whole)
    assert new.sum() == 2 and whole.materials[whole.material_of[new][0]].colour_texture is None
    assert (whole.colours[whole.triangles[new]] == 255).all()
    scanned = set(whole.triangles[~new].ravel().tolist())
    assert not scanned & set(whole.triangles[new].ravel().tolist())
    assert np.array_equal(whole.triangles[~new], textured.triangles)


def test_the_outer_rim_of_a_sheet_is_no_hole_however_small_the_sheet():
    scrap = grid(6, size=0.002)
    both = placed(joined(sphere(1.0), surface(np.add(scrap.positions, [0, 3, 0]), scrap.triangles)))
    assert repair(both, max_hole_mm=50.0) is both


def test_two_holes_that_meet_in_a_corner_are_filled_one_by_one():
    box = fine_cube()
    gone = in_box(box, (0.2, 0.99, 0.2), (0.4, 1.01, 0.4)) | in_box(box, (0.4, 0.99, 0.4), (0.5, 1.01, 0.5))
    whole = repair(placed(without(box, gone)), max_hole_mm=150.0)
    assert figures(whole, "holes-filled")["count"] == 1
    assert area(whole, filled(whole)) == pytest.approx(0.01, abs=1e-9)
    both = repair(placed(without(box, gone)), max_hole_mm=300.0)
    assert figures(both, "holes-filled")["count"] == 2 and closed(both)
    assert area(both, filled(both)) == pytest.approx(0.05, abs=1e-9)


def test_a_hole_in_a_ball_is_filled_round():
    ball = sphere(1.0, level=5)
    gone = middles(ball)[:, 1] > 0.97
    whole = repair(placed(without(ball, gone)), max_hole_mm=600.0)
    assert closed(whole)
    radii = np.linalg.norm(whole.positions[np.unique(whole.triangles[filled(whole)])], axis=1)
    assert radii.min() > 0.985 and radii.max() < 1.005  # a flat lid would be at 0.97 in its middle
    middle = np.linalg.norm(whole.positions[:, [0, 2]], axis=1) < 0.05
    assert np.linalg.norm(whole.positions[middle], axis=1).min() > 0.98


def test_a_flipped_patch_is_turned_back():
    ball = sphere(1.0, level=3)
    wrong = middles(ball)[:, 0] > 0.7
    triangles = ball.triangles.copy()
    triangles[wrong] = triangles[wrong][:, ::-1]
    whole = repair(placed(surface(ball.positions, triangles)))
    assert volume(whole) == pytest.approx(volume(ball))
    found = figures(whole, "sides-turned")
    assert found["count"] == wrong.sum()
    assert found["area_percent"] == pytest.approx(area(ball, wrong) / area(ball) * 100, abs=0.01)


def test_a_ball_that_is_inside_out_is_turned_and_its_normals_with_it():
    ball = sphere(1.0, level=2)
    inwards = (-ball.positions).astype(np.float32)
    whole = repair(placed(surface(ball.positions, ball.triangles[:, ::-1], normals=inwards)))
    assert volume(whole) > 0
    assert np.einsum("ij,ij->i", whole.normals, whole.positions).min() > 0.99


def test_a_cavity_looks_inwards_and_stays_so():
    inner = sphere(0.5, level=2)
    hollow = placed(joined(sphere(1.0), surface(inner.positions, inner.triangles[:, ::-1])))
    assert repair(hollow) is hollow


def test_an_open_bowl_seen_from_inside_is_left_so():
    ball = sphere(1.0, level=3)
    bowl = placed(surface(ball.positions, ball.triangles[middles(ball)[:, 1] < 0][:, ::-1]))
    assert repair(bowl) is bowl


def test_a_band_with_a_half_turn_has_contradicting_sides_and_is_said_to():
    around = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    across = np.linspace(-0.2, 0.2, 5)
    t, w = np.meshgrid(around, across, indexing="ij")
    reach = 1 + w * np.cos(t / 2)
    points = np.stack([reach * np.cos(t), w * np.sin(t / 2), reach * np.sin(t)], -1).reshape(-1, 3)
    at = np.arange(200).reshape(40, 5)
    after = np.concatenate([at[1:], at[:1, ::-1]])
    a, b, c, d = at[:, :-1].ravel(), after[:, :-1].ravel(), after[:, 1:].ravel(), at[:, 1:].ravel()
    band = surface(points, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]))
    assert figures(repair(placed(band)), "sides-contradict")["count"] == 4


def cubes_at(offset):
    """Two cubes, the second moved by ``offset``, with common vertices where they touch."""
    return welded(joined(cube(), surface(cube().positions + offset, cube().triangles)))


def pieces(s):
    return len(np.unique(topology.components(same_rows(s.positions)[s.triangles], len(s.positions))))


@pytest.mark.parametrize(("offset", "places"), [((1, 1, 0), 2), ((1, 1, 1), 1)])
def test_two_cubes_that_share_an_edge_or_a_corner_become_two_closed_pieces(offset, places):
    touching = placed(cubes_at(np.array(offset)))
    assert pieces(touching) == 1
    parted = repair(touching)
    assert pieces(parted) == 2 and closed(parted) and len(parted.positions) == 16
    assert figures(parted, "sheets-parted")["count"] == places
    moved = np.abs(parted.positions.max(axis=0) - 2 + (1 - np.array(offset))).max()
    assert moved < 1e-5 * parted.diagonal
    assert volume(parted) == pytest.approx(2, rel=1e-4)


def test_a_fin_on_a_wall_is_parted_from_it_and_the_wall_stays_whole():
    sheet = grid(4)
    fin = surface(
        np.concatenate([sheet.positions, [[0.375, 0.3, 0.5]]]),
        np.concatenate([sheet.triangles, [[11, 12, 25]]]),
    )
    assert topology.edges(fin.triangles).uses.max() == 3
    parted = repair(placed(fin))
    assert topology.edges(same_rows(parted.positions)[parted.triangles]).uses.max() == 2
    assert np.array_equal(parted.positions[parted.triangles[:-1]], fin.positions[fin.triangles[:-1]])


def test_both_sides_of_a_sheet_part_but_for_their_common_rim():
    sheet = grid(4)
    both = surface(sheet.positions, np.concatenate([sheet.triangles, sheet.triangles[:, ::-1]]))
    parted = repair(placed(both), max_hole_mm=0)
    assert figures(parted, "sheets-parted")["count"] == 9
    heights = parted.positions[:, 1]
    assert (heights > 0).sum() + (heights < 0).sum() == 9


def test_a_second_repair_changes_nothing():
    box = fine_cube()
    gone = in_box(box, (0.2, 0.99, 0.3), (0.5, 1.01, 0.6))
    triangles = box.triangles[~gone].copy()
    triangles[:7] = triangles[:7, ::-1]
    shape = joined(surface(box.positions, triangles), surface(box.positions + 1, box.triangles))
    once = repair(placed(welded(shape)), max_hole_mm=500.0)
    assert {"sides-turned", "holes-filled", "sheets-parted"} <= {f.code for f in once.findings}
    assert repair(once, max_hole_mm=500.0) is once


def test_unusable_calls_are_refused():
    with pytest.raises(Refused, match="put step place before it"):
        repair(cube())
    with pytest.raises(Refused, match="must not be below 0"):
        repair(placed(cube()), max_hole_mm=-1)
