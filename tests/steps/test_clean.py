import numpy as np
import pytest

from pipeline.errors import Refused
from pipeline.measure import topology
from pipeline.steps.clean import clean
from pipeline.steps.place import place
from tests.shapes import cube, grid, joined, sphere, surface


def placed(s):
    return place(s, up="+y", ground=False)


def figures(s, code):
    return next((f.figures for f in s.findings if f.code == code), None)


def test_a_floating_speck_is_removed_and_named():
    speck = sphere(0.004, level=0)
    both = placed(joined(sphere(1.0), surface(np.add(speck.positions, [0, 2, 0]), speck.triangles)))
    cleaned = clean(both)
    assert len(cleaned.triangles) == len(sphere(1.0).triangles)
    found = figures(cleaned, "specks-removed")
    assert found["count"] == 1 and found["triangles"] == 8
    assert found["largest_mm"] == pytest.approx(0.008 * np.sqrt(3) * 1000, abs=0.01)


def test_a_small_piece_that_is_long_is_kept():
    needle = cube()
    thin = surface(needle.positions * [0.002, 1.0, 0.002] + [2, 0, 0], needle.triangles)
    cleaned = clean(placed(joined(sphere(1.0), thin)))
    assert figures(cleaned, "specks-removed") is None
    assert figures(cleaned, "pieces")["count"] == 2


def test_a_texture_seam_does_not_cut_off_a_speck():
    sheet = grid(4, size=1.0)
    corner = sheet.triangles.copy()
    own = sheet.positions[corner[0]]  # the first triangle gets vertices of its own at the same places
    corner[0] = np.arange(3) + len(sheet.positions)
    seamed = surface(np.concatenate([sheet.positions, own]), corner)
    cleaned = clean(placed(seamed), speck_share=0.9, speck_mm=10_000.0)
    assert len(cleaned.triangles) == len(sheet.triangles)


def test_empty_and_double_triangles_go():
    box = cube()
    more = np.concatenate([box.triangles, box.triangles[:2][:, [1, 2, 0]], [[0, 0, 1], [0, 1, 0]]])
    cleaned = clean(placed(surface(box.positions, more)))
    assert len(cleaned.triangles) == 12
    assert figures(cleaned, "triangles-double")["count"] == 2
    assert figures(cleaned, "triangles-empty")["count"] == 2


def test_the_two_sides_of_a_sheet_are_both_kept():
    sheet = grid(2)
    both = np.concatenate([sheet.triangles, sheet.triangles[:, [0, 2, 1]]])
    assert len(clean(placed(surface(sheet.positions, both))).triangles) == len(both)


def test_equal_vertices_merge_and_unused_ones_go():
    box = cube()
    loose = surface(box.positions[box.triangles].reshape(-1, 3), np.arange(36))
    with_unused = surface(np.concatenate([loose.positions, [[9, 9, 9]]]), loose.triangles)
    cleaned = clean(placed(with_unused))
    assert len(cleaned.positions) == 8
    assert figures(cleaned, "vertices-merged")["count"] == 28
    assert figures(cleaned, "vertices-unused")["count"] == 1
    before, after = with_unused.positions[with_unused.triangles], cleaned.positions[cleaned.triangles]
    assert np.array_equal(before, after)


def test_vertices_that_differ_in_uv_stay_apart():
    sheet = grid(1)
    twice = surface(
        np.concatenate([sheet.positions, sheet.positions]),
        [sheet.triangles[0], sheet.triangles[1] + 4],
        uvs=(np.concatenate([sheet.uvs[0], sheet.uvs[0] + 0.5]),),
    )
    assert len(clean(placed(twice)).positions) == 6


def test_three_sheets_at_one_edge_are_counted_as_non_manifold():
    points = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1)]
    fan = surface(points, [(0, 1, 2), (1, 0, 3), (0, 1, 4)])
    reported = clean(placed(fan))
    assert figures(reported, "edges-non-manifold") == {"count": 1, "treatment": "report"}
    split = clean(placed(fan), non_manifold="split")
    assert topology.edges(split.triangles).uses.max() == 2
    assert len(split.triangles) == 3


def test_the_hole_of_a_lidless_box_is_four_metres_round():
    box = cube()
    open_box = surface(box.positions, box.triangles[2:])
    found = figures(clean(placed(open_box)), "holes")
    assert found == {"count": 1, "largest_mm": 4000.0, "all_mm": 4000.0}


def test_a_closed_ball_has_nothing_to_report():
    cleaned = clean(placed(sphere()))
    assert {f.code for f in cleaned.findings} <= {"unit-assumed"}


def test_an_unplaced_scan_is_refused_with_what_to_do():
    with pytest.raises(Refused, match="put step place before it"):
        clean(cube())


def rag(x, z, size, y=0.0):
    """A scrap of a table's cloth: one-sided, facing up."""
    sheet = grid(4, size=size, height=lambda u, v: y + 0.01 * size * np.sin(9 * u) * np.cos(7 * v))
    return surface(np.add(sheet.positions, [x, 0, z]), sheet.triangles)


def on_floor(shape):
    return surface(shape.positions - [0, shape.positions[:, 1].min(), 0], shape.triangles)


def test_rags_of_the_turntable_round_the_foot_are_removed_and_named():
    vessel = on_floor(sphere(1.0))
    cleaned = clean(placed(joined(vessel, rag(0.8, 0.2, 0.3), rag(-0.9, -0.7, 0.2, y=0.01))))
    assert len(cleaned.triangles) == len(vessel.triangles)
    assert figures(cleaned, "remains-removed")["count"] == 2
    kept = clean(placed(joined(vessel, rag(0.8, 0.2, 0.3))), remains_share=0.0)
    assert figures(kept, "remains-removed") is None and figures(kept, "pieces")["count"] == 2


def test_a_lid_on_the_vessel_is_no_remains():
    vessel = on_floor(cube())
    lid = surface(cube().positions * [0.2, 0.01, 0.2] + [0.4, 1.001, 0.4], cube().triangles)
    cleaned = clean(placed(joined(vessel, lid)))
    assert len(cleaned.triangles) == 24
    assert figures(cleaned, "remains-removed") is None


def test_a_lid_or_sherd_lying_beside_the_vessel_has_thickness_and_is_kept():
    sherd = surface(cube().positions * [0.2, 0.03, 0.2] + [1.5, 0, 0.4], cube().triangles)
    cleaned = clean(placed(joined(on_floor(sphere(1.0)), sherd)))
    assert figures(cleaned, "remains-removed") is None
    assert figures(cleaned, "pieces")["count"] == 2


def test_a_thin_foot_ring_under_the_body_is_kept():
    ring = rag(-0.1, -0.1, 0.2)
    cleaned = clean(placed(joined(on_floor(sphere(1.0)), ring)))
    assert figures(cleaned, "remains-removed") is None


def test_pieces_of_a_larger_ground_are_kept():
    ground = grid(20, size=10.0, height=lambda x, z: 0.1 * np.sin(x))
    cleaned = clean(placed(joined(ground, rag(12.0, 3.0, 1.2, y=-0.1))))
    assert figures(cleaned, "remains-removed") is None


def test_what_is_left_stands_on_the_ground_again_and_the_matrix_says_so():
    speck = sphere(0.004, level=0)
    both = joined(sphere(1.0), surface(np.add(speck.positions, [0.5, -1.2, 0]), speck.triangles))
    scan = place(both, up="+y")
    cleaned = clean(scan)
    low, high = cleaned.bounds
    assert low[1] == pytest.approx(0, abs=1e-12)
    assert (low + high)[[0, 2]] == pytest.approx(0, abs=1e-12)
    matrix = np.array(cleaned.placement.matrix)
    corner = both.positions[both.triangles[0, 0]]
    there = cleaned.positions[cleaned.triangles[0, 0]]
    assert matrix @ [*corner, 1] == pytest.approx([*there, 1])
    assert matrix[:3, 3] == pytest.approx(-np.array(cleaned.placement.offset_m))


def test_a_scan_whose_corners_lie_apart_is_not_swept_away_as_dust():
    ball = sphere(0.1, level=5)
    corners = ball.triangles.ravel()
    jitter = np.random.default_rng(1).normal(0, 1e-7, (len(corners), 3))
    soup = surface(ball.positions[corners] + jitter, np.arange(len(corners)).reshape(-1, 3))
    with pytest.raises(Refused, match="falls apart into specks: cleaning would take away 100 %"):
        clean(place(soup, up="+y", evidence="given"))
    kept = clean(place(soup, up="+y", evidence="given"), speck_share=0)
    assert len(kept.triangles) == len(ball.triangles)
