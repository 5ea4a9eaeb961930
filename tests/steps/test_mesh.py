import numpy as np
import pytest

from pipeline.errors import Refused
from pipeline.matter.areas import area_vectors
from pipeline.matter.rows import same_rows
from pipeline.measure import topology
from pipeline.measure.colour import ciede2000, lab
from pipeline.measure.scene import scene_of
from pipeline.steps.mesh import mesh
from pipeline.steps.thinning import thinned
from tests import clouds, shapes


def radii(surface, centre=(0, 0, 0)):
    return np.linalg.norm(surface.positions - centre, axis=1)


def rims(surface):
    points = same_rows(surface.positions)
    places = np.zeros((int(points.max()) + 1, 3))
    places[points] = surface.positions
    return topology.holes(topology.edges(points[surface.triangles]), places)


def outward(surface, centre=(0, 0, 0)):
    middles = surface.positions[surface.triangles].mean(axis=1) - centre
    return float(
        (np.einsum("ij,ij->i", area_vectors(surface.positions, surface.triangles), middles) > 0).mean()
    )


def seen(points, sensor):
    at = np.asarray(sensor, float)
    return clouds.cloud(
        points[clouds.visible(points, at)],
        seen_from=np.zeros(int(clouds.visible(points, at).sum()), np.int32),
        sensors=at[None],
    )


def test_a_surface_passes_through_untouched():
    scan = shapes.cube()
    assert mesh(scan) is scan


def test_a_ball_of_points_comes_back_as_a_closed_ball():
    centre = np.array([500_000.0, 4_000_000.0, 70.0])
    found = mesh(clouds.cloud(clouds.ball(4000) + centre, source_format="las"))
    assert np.abs(radii(found, centre) - 1).max() < 0.005  # points are 0.05 apart
    assert rims(found).count == 0 and outward(found, centre) > 0.999
    areas = np.linalg.norm(area_vectors(found.positions, found.triangles), axis=1)
    assert areas.min() > 1e-9 * areas.max()  # nothing that would be taken out and leave a hole of no width
    assert found.source_format == "las" and found.colours is None and found.normals is None
    figures = clouds.codes(found)["cloud-meshed"]
    assert figures["triangles"] == len(found.triangles) and figures["p95_mm"] < 5
    assert "surface-cut" not in clouds.codes(found) and "normals-guessed" not in clouds.codes(found)


def test_figures_are_in_millimetres_of_the_unit_that_the_scan_is_in():
    ball = clouds.cloud(clouds.ball(1500))
    metres, inches = (clouds.codes(mesh(ball, unit=unit))["cloud-meshed"] for unit in ("m", "in"))
    assert metres["spacing_mm"] == pytest.approx(inches["spacing_mm"] / 0.0254, rel=1e-3)


def test_half_a_ball_seen_by_one_scanner_stays_open_where_nothing_was_seen():
    points = clouds.ball(6000)
    half = seen(points, (0, 0, 4.0))
    found = mesh(half)
    assert rims(found).count == 1 and outward(found) > 0.999
    lowest = half.positions[:, 2].min()  # 0.25: the horizon from there
    assert found.positions[:, 2].min() > lowest - 0.1  # two points' distance at most
    assert radii(found).max() < 1.05
    cut = clouds.codes(found)["surface-cut"]["area_percent"]
    assert 10 < cut < 40  # what Poisson had closed


def test_a_hole_in_the_points_is_a_hole_in_the_surface():
    points = clouds.ball(6000)
    hole = points[:, 1] > np.cos(np.radians(25))
    found = mesh(clouds.cloud(points[~hole]))
    assert rims(found).count == 1
    assert rims(found).perimeters[0] == pytest.approx(2 * np.pi * np.sin(np.radians(25)), rel=0.35)


def test_a_room_seen_from_its_middle_faces_in():
    points = clouds.ball(3000)
    room = clouds.cloud(points, seen_from=np.zeros(3000, np.int32), sensors=np.zeros((1, 3)))
    assert outward(mesh(room)) < 0.001


def test_stray_points_go_and_are_counted():
    points = clouds.ball(3000)
    strays = np.random.default_rng(8).uniform(-3, 3, (60, 3))
    strays = strays[np.abs(np.linalg.norm(strays, axis=1) - 1) > 0.3]
    found = mesh(clouds.cloud(np.concatenate([points, strays])))
    assert clouds.codes(found)["points-stray"]["points"] >= 0.9 * len(strays)
    near = np.abs(radii(found) - 1) < 0.02
    assert near.mean() > 0.99


def test_a_point_at_the_other_end_of_the_world_changes_nothing():
    survey = clouds.ball(3000) + np.array([500_000.0, 4_000_000.0, 70.0])
    alone, lost = mesh(clouds.cloud(survey)), mesh(clouds.cloud(np.concatenate([survey, [[1.0, 0, 0]] * 3])))
    assert lost.bounds[0] == pytest.approx(alone.bounds[0], abs=0.01)
    assert len(lost.triangles) == pytest.approx(len(alone.triangles), rel=0.05)
    assert clouds.codes(lost)["points-stray"]["points"] == 1  # three in one small cube


def test_noise_becomes_less_and_dense_points_become_one():
    noise = np.random.default_rng(9).normal(scale=0.01, size=(40_000, 3))
    found = mesh(clouds.cloud(clouds.ball(40_000) + noise), max_depth=5)
    figures = clouds.codes(found)
    assert figures["points-thinned"]["kept"] < 20_000
    assert np.abs(radii(found) - 1).mean() < 0.004 and rims(found).count == 0


@pytest.mark.parametrize(("lines", "along"), [(20, 200), (20, 400), (15, 600)])
def test_a_ball_drawn_in_profiles_is_closed_between_them(lines, along):
    height, turn = np.meshgrid(np.linspace(0, np.pi, lines + 2)[1:-1], np.arange(along) * 2 * np.pi / along)
    ring = np.sin(height)
    points = np.stack([ring * np.cos(turn), ring * np.sin(turn), np.cos(height)], axis=-1).reshape(-1, 3)
    found = mesh(clouds.cloud(points))
    assert rims(found).count == 0 and np.abs(radii(found) - 1).max() < 0.01 and outward(found) > 0.999


def test_no_more_points_are_used_than_were_allowed():
    found = mesh(clouds.cloud(clouds.ball(5000)), max_points=900)
    assert clouds.codes(found)["cloud-meshed"]["points"] <= 900
    assert np.abs(radii(found) - 1).max() < 0.05


def test_colours_come_to_the_vertices_from_the_points_around():
    points = clouds.ball(5000)
    found = mesh(clouds.cloud(points, colours=clouds.halves(points)))
    away = np.abs(found.positions[:, 2]) > 0.1
    wanted = clouds.halves(found.positions)[away]
    gaps = ciede2000(*(lab((c[:, :3] / 255.0) ** 2.2) for c in (wanted, found.colours[away])))
    assert gaps.max() < 0.5 and (found.colours[:, 3] == 255).all()
    assert len(found.positions) > 0.7 * len(points)  # as dense as the points, so that nothing is washed out


def test_points_without_a_colour_give_none():
    points = clouds.ball(3000)
    colours = np.zeros((3000, 4), np.uint8)
    colours[::2] = (10, 200, 30, 255)
    found = mesh(clouds.cloud(points, colours=colours))
    assert (found.colours == (10, 200, 30, 255)).all()


def test_the_same_points_give_the_same_bytes():
    ball = clouds.cloud(clouds.ball(2000), colours=clouds.halves(clouds.ball(2000)))
    one, two = mesh(ball), mesh(ball)
    assert (one.positions == two.positions).all() and (one.triangles == two.triangles).all()
    assert (one.colours == two.colours).all() and one.findings == two.findings


def test_thinning_takes_means_of_colours_that_are_there_and_keeps_the_files_order():
    points = np.array([[5.0, 0, 0], [5.2, 0, 0], [1, 0, 0], [1.1, 0, 0], [3, 3, 3]])
    colours = np.array(
        [[10, 0, 0, 255], [30, 0, 0, 255], [9, 9, 9, 255], [0, 0, 0, 0], [0, 0, 0, 0]], np.uint8
    )
    thin = thinned(clouds.cloud(points, colours=colours), 0.5, 100)
    assert thin.positions == pytest.approx(np.array([[5.1, 0, 0], [1.05, 0, 0], [3, 3, 3]]))
    assert thin.colours.tolist() == [[20, 0, 0, 255], [9, 9, 9, 255], [0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (clouds.ball(40), "cloud of 40 points is too little"),
        (np.zeros((500, 3)), "cloud of 500 points is too little"),
        (np.stack([np.linspace(0, 1, 500)] * 3, axis=1), "cloud of 500 points is too little"),
    ],
)
def test_what_is_no_surface_is_said_to_be_none(points, said):
    with pytest.raises(Refused, match=said):
        mesh(clouds.cloud(points))


def test_a_depth_that_no_machine_has_room_for_is_refused():
    with pytest.raises(Refused, match="max_depth = 20 is not allowed; give 5 to 13"):
        mesh(clouds.cloud(clouds.ball(500)), max_depth=20)


@pytest.mark.real
def test_a_real_scan_taken_apart_to_points_comes_back_as_it_was(scans):
    from pipeline.formats import read
    from pipeline.measure.deviation import deviation, sample

    bust = read(scans / "busts/gargo.ply")
    points = sample(bust, 20_000, 3)
    found = mesh(clouds.cloud(points), unit="mm")
    apart = deviation(bust.but(placement=None), found, samples=20_000)
    size_mm = bust.diagonal * 1000
    assert apart.mean < 0.002 * size_mm and apart.p95 < 0.006 * size_mm


@pytest.mark.real
def test_real_points_face_as_their_own_program_says_without_being_told(scans):
    data = (scans / "pointclouds/bunny16k.pts").read_bytes()
    kind = np.dtype([("position", "<f4", 3), ("radius", "<f4"), ("normal", "<f4", 3), ("colour", "u1", 4)])
    rows = np.frombuffer(data[data.index(b"data\n") + 5 :], kind, count=16_130)
    found = mesh(clouds.cloud(rows["position"]), unit="mm")
    assert rims(found).count == 0
    figures = clouds.codes(found)["cloud-meshed"]
    assert figures["p95_mm"] < 0.1 * figures["spacing_mm"]
    nearest = scene_of(found).nearest(rows["position"].astype(np.float64))[0]
    normals = area_vectors(found.positions, found.triangles)[nearest]
    assert (np.einsum("ij,ij->i", normals, rows["normal"]) > 0).mean() > 0.999
