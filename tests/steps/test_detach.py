import numpy as np
import pytest

from pipeline.errors import Refused
from pipeline.measure.scene import scene_of
from pipeline.steps.clean import clean
from pipeline.steps.detach import detach
from pipeline.steps.place import place
from pipeline.steps.repair import repair
from tests.shapes import cube, grid, joined, sphere, surface

CONTACT = np.arccos(0.95)
BALL = [(0.1 * np.sin(t), 0.095 - 0.1 * np.cos(t)) for t in np.linspace(CONTACT, np.pi, 60)]
TABLE = [(r, 0.0) for r in np.linspace(0.3, 0.1 * np.sin(CONTACT), 30)]


def lathe(profile, steps=72):
    """A turned form seen from outside and above: radii and heights of its profile, from its rim inwards."""
    r, y = np.array(profile, float).T
    angle = np.linspace(0, 2 * np.pi, steps, endpoint=False)[:, None]
    points = np.stack([r * np.sin(angle), np.broadcast_to(y, (steps, len(y))), r * np.cos(angle)], -1)
    at = np.arange(steps * len(r)).reshape(steps, len(r))
    after = np.roll(at, -1, axis=0)
    a, b, c, d = at[:, :-1].ravel(), after[:, :-1].ravel(), after[:, 1:].ravel(), at[:, 1:].ravel()
    return surface(
        np.round(points.reshape(-1, 3), 12), np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    )


def placed(s):
    return place(s, up="+y", ground=False)


def figures(s, code):
    return next((f.figures for f in s.findings if f.code == code), None)


def painted(s, where, colour, other=(150, 110, 80)):
    """A surface with one colour where asked and another one elsewhere."""
    colours = np.full((len(s.positions), 4), 255, np.uint8)
    colours[:, :3] = np.where(where[:, None], colour, other)
    return s.but(colours=colours)


def ball_on_table():
    return lathe([*TABLE, *BALL[1:]])


def off_ball(freed, radius=0.1):
    """The largest distance of a freed ball's vertices from the sphere, however it was settled."""
    points = freed.positions[freed.used()]
    middle = np.array([0, points[:, 1].max() - radius, 0])
    return np.abs(np.linalg.norm(points - middle, axis=1) - radius).max()


def test_a_ball_on_a_table_in_one_piece_loses_the_table_and_keeps_the_ball():
    freed = detach(placed(ball_on_table()))
    found = figures(freed, "support-removed")
    table_cm2 = np.pi * (0.3**2 - (0.1 * np.sin(CONTACT)) ** 2) * 1e4
    assert found["area_cm2"] == pytest.approx(table_cm2, rel=0.01)
    # of a table that is flat 0.1 % of the diagonal is cut with it: 0.9 mm of the foot
    points = freed.positions[freed.used()]
    lost = 0.195 - (points[:, 1].max() - points[:, 1].min())
    assert lost == pytest.approx(0.001 * ball_on_table().diagonal, rel=0.01)
    assert off_ball(freed) < 0.0001  # what was cut lies on chords of the ball, 0.03 to 0.06 mm inside it
    foot = points[points[:, 1] < 1e-9]
    assert np.hypot(foot[:, 0], foot[:, 2]) == pytest.approx(np.sqrt(0.1**2 - (0.095 - lost) ** 2), rel=0.005)


def test_a_rough_tilted_table_of_another_colour_is_cut_and_the_object_stood_upright():
    shape = ball_on_table()
    rng = np.random.default_rng(1)
    flat = shape.positions[:, 1] < 1e-9
    rough = shape.positions + np.where(flat[:, None], rng.normal(0, 0.0005, shape.positions.shape), 0)
    angle = np.radians(6)
    tilt = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    scan = painted(surface(rough @ tilt.T, shape.triangles), flat, (60, 70, 90))
    freed = detach(placed(scan))
    found = figures(freed, "support-removed-by-colour")
    assert found["contrast_de"] > 15 and found["scatter_mm"] == pytest.approx(0.5, abs=0.05)
    assert freed.placement.levelled_deg == pytest.approx(6, abs=0.3)
    points = freed.positions[freed.used()]
    assert points[:, 1].min() == pytest.approx(0, abs=1e-12)
    assert points.max(axis=0) - points.min(axis=0) == pytest.approx([0.2, 0.195, 0.2], abs=0.003)


def test_the_matrix_brings_the_freed_object_back_to_the_scans_coordinates():
    scan = ball_on_table()
    freed = detach(place(scan, unit="cm", up="+y"))
    matrix = np.array(freed.placement.matrix)
    back = np.linalg.solve(matrix[:3, :3], (freed.positions - matrix[:3, 3]).T).T
    used = freed.used()
    assert scene_of(scan).distances(back[used]).max() < 1e-6


def test_what_belongs_to_the_object_stays_when_the_record_says_so():
    scan = placed(ball_on_table())
    assert detach(scan, keep_support=True) is scan


def test_ground_that_is_the_object_stays():
    ground = grid(60, size=4.0, height=lambda x, z: 0.1 * np.sin(3 * x) * np.cos(2 * z))
    trench = grid(
        60, size=4.0, height=lambda x, z: np.where((x > 1) & (x < 2) & (z > 1) & (z < 3), -0.5, 0.0)
    )
    mound = grid(80, size=4.0, height=lambda x, z: 0.8 * np.exp(-((x - 2) ** 2 + (z - 2) ** 2) / 0.1))
    for site in map(placed, (ground, trench, mound)):
        assert detach(site) is site


def test_a_relief_on_its_own_ground_stays():
    relief = grid(
        80, size=0.4, height=lambda x, z: np.where((x - 0.2) ** 2 + (z - 0.2) ** 2 < 0.01, 0.03, 0.0)
    )
    bold = painted(relief, relief.positions[:, 1] > 0.01, (200, 30, 30))
    for tablet in map(placed, (relief, bold)):
        assert detach(tablet) is tablet


def test_a_statue_on_a_plinth_with_sides_keeps_its_plinth():
    plinth = [(0.2, -0.05), (0.2, -0.025), (0.2, 0.0), *TABLE[12:], *BALL[1:]]
    scan = placed(lathe(plinth))
    assert detach(scan) is scan


def test_a_thin_base_of_the_objects_own_colour_is_left_and_the_report_asks():
    shape = ball_on_table()
    scan = placed(painted(shape, np.zeros(len(shape.positions), bool), (0, 0, 0)))
    left = detach(scan)
    assert len(left.triangles) == len(scan.triangles)
    assert figures(left, "support-suspected-by-colour")["contrast_de"] == 0


def test_what_the_program_was_not_certain_of_is_cut_when_the_record_says_so():
    shape = ball_on_table()
    scan = placed(painted(shape, np.zeros(len(shape.positions), bool), (0, 0, 0)))
    freed = detach(scan, cut_support=True)
    assert figures(freed, "support-removed-by-colour")["contrast_de"] == 0
    points = freed.positions[freed.used()]
    assert points.max(axis=0) - points.min(axis=0) == pytest.approx([0.2, 0.195, 0.2], abs=0.003)
    with pytest.raises(Refused, match="both true"):
        detach(scan, cut_support=True, keep_support=True)


def test_the_flat_foot_of_a_jar_and_the_floor_inside_it_stay():
    outer = [(0.0, 0.0), (0.05, 0.0), (0.1, 0.0), (0.14, 0.1), (0.12, 0.25), (0.1, 0.3)]
    inner = [(0.09, 0.3), (0.11, 0.25), (0.13, 0.1), (0.09, 0.01), (0.04, 0.01), (0.0, 0.01)]
    for jar in (lathe(outer + inner), lathe(outer[2:] + inner)):
        scan = placed(jar)
        assert detach(scan) is scan


def test_a_lid_beside_the_jar_stays_with_it():
    lid = surface(np.add(cube(0.05).positions, [0.2, 0.0001, 0]), cube(0.05).triangles)
    freed = detach(placed(joined(ball_on_table(), lid)))
    assert figures(freed, "support-removed") is not None
    assert freed.positions[freed.used()][:, 0].max() - freed.positions[freed.used()][:, 0].min() > 0.3


def test_the_cut_leaves_an_open_foot_that_repair_does_not_close():
    freed = repair(clean(detach(placed(ball_on_table()))), max_hole_mm=3.0)
    assert figures(freed, "holes-filled") is None and figures(freed, "holes")["count"] == 1


def test_a_ball_alone_stands_on_nothing_and_an_unplaced_scan_is_refused():
    alone = placed(sphere())
    assert detach(alone) is alone
    with pytest.raises(Refused, match="put step place before it"):
        detach(sphere())
