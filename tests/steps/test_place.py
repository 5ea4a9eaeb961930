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
