import numpy as np
import pytest

from pipeline.errors import Refused
from pipeline.steps.place import TURNS, place
from tests.shapes import cube, grid, sphere, surface


def codes(s):
    return [f.code for f in s.findings]


def bowl(axis):
    """A cup, its opening towards the given axis turned down: open below, so that axis is up."""
    s = sphere(level=3)
    up = {"x": 0, "y": 1, "z": 2}[axis[1]]
    sign = 1 if axis[0] == "+" else -1
    keep = (s.positions[s.triangles].mean(axis=1)[:, up] * sign) > -0.5
    return surface(s.positions, s.triangles[keep], source_format="ply")


def test_millimetres_become_metres_on_the_ground_in_the_middle():
    placed = place(cube(200.0), unit="mm", evidence="given", up="+y")
    low, high = placed.bounds
    assert low == pytest.approx([-0.1, 0, -0.1]) and high == pytest.approx([0.1, 0.2, 0.1])
    assert placed.placement.offset_m == pytest.approx((0.1, 0, 0.1))
    assert "unit-assumed" not in codes(placed)


@pytest.mark.parametrize("axis", TURNS)
def test_every_axis_turns_up_without_a_mirror(axis):
    turn = np.array(TURNS[axis], float)
    along = np.zeros(3)
    along["xyz".index(axis[1])] = 1 if axis[0] == "+" else -1
    assert np.linalg.det(turn) == 1
    assert (turn @ along).tolist() == [0, 1, 0]


@pytest.mark.parametrize("axis", TURNS)
def test_a_vessel_open_below_stands_up_whatever_its_axis(axis):
    placed = place(bowl(axis), unit="mm")
    assert placed.placement.up == axis
    assert "up-uncertain" not in codes(placed)
    # the rim is the lowest and flat: nothing hangs below the ground
    assert placed.bounds[0][1] == pytest.approx(0)


def test_a_flat_base_decides_when_the_surface_is_closed():
    s = sphere(level=5)
    squashed = np.maximum(s.positions, [-9, -9, -0.6])
    placed = place(surface(squashed, s.triangles, source_format="obj"))
    assert placed.placement.up == "+z" and "flat base" in placed.placement.up_evidence


def test_a_ball_has_no_up_and_the_report_says_so():
    placed = place(sphere().but(source_format="stl"), unit="cm")
    assert placed.placement.up == "+z"
    assert "up-uncertain" in codes(placed)


def test_ground_surveyed_y_up_stays_y_up():
    placed = place(grid(size=4.0, height=lambda x, z: 0.3 * np.sin(x)).but(source_format="obj"), unit="m")
    assert placed.placement.up == "+y" and "up-uncertain" not in codes(placed)


def test_gltf_is_y_up_by_its_format():
    placed = place(bowl("+z").but(source_format="glb"))
    assert placed.placement.up == "+y"


def test_a_far_survey_keeps_its_micrometres():
    near = grid(size=2.0, height=lambda x, z: 1e-4 * np.sin(40 * x))
    far = surface(np.add(near.positions, [437_000.0, 115.0, 4_890_000.0]), near.triangles)
    a, b = place(near, up="+y"), place(far, up="+y")
    assert np.abs(a.positions - b.positions).max() < 2e-9


def test_the_recorded_matrix_is_what_was_done():
    s = bowl("-x")
    placed = place(s, unit="in")
    matrix = np.array(placed.placement.matrix)
    assert s.positions @ matrix[:3, :3].T + matrix[:3, 3] == pytest.approx(placed.positions, abs=1e-12)


def test_normals_turn_with_the_object():
    s = sphere().but(source_format="ply")
    turned = place(s.but(normals=s.positions.astype(np.float32)), up="+z")
    outward = turned.positions - turned.positions.mean(axis=0)
    assert np.einsum("ij,ij->i", turned.normals, outward) == pytest.approx(1, abs=1e-5)


def test_millimetres_taken_for_metres_are_doubted():
    placed = place(cube(500.0), unit="m", up="+y")
    assert {"size-doubtful", "unit-assumed"} <= set(codes(placed))


def test_a_scan_without_triangles_is_refused():
    with pytest.raises(Refused, match="no triangles"):
        place(surface(np.zeros((3, 3)), []))


def turned(shape, degrees, axis=2):
    """A shape turned about an axis of the scan, seen against the axis."""
    angle = np.radians(degrees)
    turn = np.eye(3)
    i, j = [k for k in range(3) if k != axis]
    turn[i, i], turn[i, j], turn[j, i], turn[j, j] = (
        np.cos(angle),
        -np.sin(angle),
        np.sin(angle),
        np.cos(angle),
    )
    return surface(shape.positions @ turn.T, shape.triangles, source_format="obj")


def lathe(profile, steps=48):
    """A closed turned form: radii and heights of its profile, both ends on the axis."""
    r, y = np.array(profile, float).T
    angle = np.linspace(0, 2 * np.pi, steps, endpoint=False)[:, None]
    points = np.stack([r * np.sin(angle), np.broadcast_to(y, (steps, len(y))), r * np.cos(angle)], -1)
    at = np.arange(steps * len(r)).reshape(steps, len(r))
    after = np.roll(at, -1, axis=0)
    a, b, c, d = at[:, :-1].ravel(), after[:, :-1].ravel(), after[:, 1:].ravel(), at[:, 1:].ravel()
    return surface(points.reshape(-1, 3), np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]))


def vessel(steps=48):
    """A round-bottomed bowl with a wall: no flat place that it could stand on."""
    outer = [(np.sin(t) * 1.0, 1 - np.cos(t)) for t in np.linspace(0, 2.0, 40)]
    inner = [(0.9 * np.sin(t), 1 - 0.9 * np.cos(t)) for t in np.linspace(2.0, 0, 40)]
    return lathe(outer + inner, steps)


def domed(level=5):
    """A ball with a flat cut below: it stands on a plane of a fifth of its area."""
    ball = sphere(level=level)
    return surface(np.maximum(ball.positions, [-9, -0.6, -9]), ball.triangles)


@pytest.mark.parametrize("degrees", [3.0, 17.0, 40.0, 100.0])
def test_a_tilted_object_is_levelled_exactly_onto_its_base(degrees):
    placed = place(turned(domed(), degrees))
    assert "up-uncertain" not in codes(placed) and "levelled" in codes(placed)
    low, high = placed.bounds
    assert high - low == pytest.approx([2, 1.6, 2], abs=2e-3)
    base = placed.positions[:, 1] < 1e-6
    assert base.sum() > 100
    quarter = round(degrees / 90) * 90
    assert placed.placement.levelled_deg == pytest.approx(abs(degrees - quarter), abs=0.05)
    matrix = np.array(placed.placement.matrix)
    back = np.linalg.solve(matrix[:3, :3], (placed.positions - matrix[:3, 3]).T).T
    assert back == pytest.approx(turned(domed(), degrees).positions, abs=1e-12)


def test_levelling_can_be_refused_and_is_never_done_against_what_was_said():
    leaning = turned(domed(), 10)
    assert "levelled" not in codes(place(leaning, level=False))
    assert "levelled" not in codes(place(leaning, up="+y"))


@pytest.mark.parametrize(("degrees", "axis"), [(0, "+y"), (180, "-y"), (90, "-x"), (25, "+y")])
def test_a_vessel_without_a_base_stands_on_its_axis_with_its_mouth_up(degrees, axis):
    placed = place(turned(vessel(), degrees))
    assert (placed.placement.up, "up-uncertain" in codes(placed)) == (axis, False)
    assert "turned form" in placed.placement.up_evidence
    expected = vessel().bounds[1] - vessel().bounds[0]
    assert placed.bounds[1] - placed.bounds[0] == pytest.approx(expected, abs=0.01)


def test_a_turned_form_that_is_closed_at_both_ends_does_not_tell_which_end_is_up():
    spindle = lathe([(np.sin(t), -2 * np.cos(t)) for t in np.linspace(0, np.pi, 60)])
    placed = place(turned(spindle, 90))
    assert placed.placement.up[1] == "x" and "up-uncertain" in codes(placed)


def test_a_thin_tablet_is_no_turned_form():
    block = cube()
    tablet = surface(block.positions * [1.0, 1.0, 0.004], block.triangles, source_format="obj")
    assert place(tablet).placement.up == "+y"


def test_where_the_form_is_silent_the_registers_height_tells_the_axis():
    block = cube()
    brick = surface(block.positions * [0.1, 0.24, 0.06], block.triangles, source_format="stl")
    placed = place(brick, register_height_mm=101)
    assert placed.placement.up == "+x" and "height in the register" in placed.placement.up_evidence
    assert place(brick, register_height_mm=170).placement.up == "+z"


@pytest.mark.parametrize("degrees", [90, -45, 200])
def test_the_front_that_was_said_faces_the_viewer(degrees):
    angle = np.radians(degrees)
    block = cube()
    mark = surface(
        np.append(block.positions - 0.5, [[9 * np.sin(angle), 0, 9 * np.cos(angle)]], axis=0), [[0, 1, 8]]
    )
    placed = place(mark, up="+y", front_deg=degrees, ground=False)
    assert placed.positions[8] == pytest.approx([0, 0, 9], abs=1e-12)
    assert placed.placement.front_deg == degrees


def test_a_factor_beside_the_unit_makes_the_size():
    placed = place(cube(2.0), unit="mm", evidence="scale-bar", factor=250.0, up="+y")
    assert placed.bounds[1][1] == pytest.approx(0.5)
    with pytest.raises(Refused, match="factor above 0"):
        place(cube(), factor=0.0)
