"""The real scans through place and clean: upright, on the ground, and simplified within their bound."""

import numpy as np
import pytest

from pipeline.formats import read
from pipeline.formats.gltf_read import read_glb_bytes
from pipeline.matter.areas import areas_of
from pipeline.matter.rows import same_rows
from pipeline.measure import topology
from pipeline.measure.deviation import deviation
from pipeline.node.validator import validate
from pipeline.steps.clean import clean
from pipeline.steps.compress import compress
from pipeline.steps.detach import detach
from pipeline.steps.place import place
from pipeline.steps.repair import repair
from pipeline.steps.simplify import simplify
from pipeline.steps.textures import textures
from tests.shapes import grid

pytestmark = pytest.mark.real

# The axis that points up in each scan, seen by looking at it; None where nobody could tell from the piece.
SCANS = {
    "busts/laurana.ply": ("mm", "+y"),
    "busts/gargo.ply": ("mm", "+y"),
    "excavation-obj/trench_019.obj": ("m", "+y"),
    "excavation-obj/trench_026.obj": ("m", "+y"),
    "excavation/Montebelluna_scavo.019_LOD1.gltf": ("m", "+y"),
    "excavation/Montebelluna_scavo.020_LOD1.gltf": ("m", "+y"),
    "excavation/Montebelluna_scavo.021_LOD1.gltf": ("m", "+y"),
    "excavation/Montebelluna_scavo.026_LOD1.gltf": ("m", "+y"),
    "excavation/Montebelluna_scavo.027_LOD1.gltf": ("m", "+y"),
    "excavation/Montebelluna_scavo_LOD1.gltf": ("m", "+y"),
    "broken/many_small_holes.ply": ("mm", None),
    "broken/non_manif_hole.ply": ("mm", None),
    "multitexture/TextureDouble.ply": ("mm", "+y"),
    "helmet/greek_helmet.obj": ("cm", "+y"),
}


@pytest.mark.parametrize("name", SCANS)
def test_a_real_scan_stands_upright_on_the_ground(name, scans):
    unit, up = SCANS[name]
    cleaned = clean(place(read(scans / name), unit=unit, evidence="given"))
    assert cleaned.placement.up == up or up is None
    assert up is not None or "up-uncertain" in {f.code for f in cleaned.findings}
    low, high = cleaned.bounds
    assert low[1] == pytest.approx(0, abs=1e-9)
    assert (low + high)[[0, 2]] == pytest.approx(0, abs=1e-9)
    assert {f.code for f in cleaned.findings} & {"remains-removed", "specks-removed"} == set()


@pytest.mark.parametrize(
    ("name", "bound_mm"), [("busts/laurana.ply", 0.3), ("excavation-obj/trench_019.obj", 4.0)]
)
def test_a_simplified_real_scan_keeps_to_its_bound_at_95_per_cent(name, bound_mm, scans):
    scan = clean(place(read(scans / name), unit=SCANS[name][0], evidence="given"))
    level = simplify(scan, max_error_mm=bound_mm)
    found = deviation(scan, level, seed=7)  # other points than the step measured itself by
    assert found.p95 <= bound_mm * 1.02
    assert found.mean < 0.5 * bound_mm
    assert len(level.triangles) < 0.6 * len(scan.triangles)


def test_a_survey_far_from_its_origin_keeps_its_micrometres(scans):
    raw = read(scans / "excavation-obj" / "trench_019.obj")
    assert np.abs(raw.bounds[0]).max() > 100
    placed = place(raw, unit="m", evidence="given")
    matrix = np.array(placed.placement.matrix)
    again = raw.positions @ matrix[:3, :3].T + matrix[:3, 3]
    assert np.abs(again - placed.positions).max() < 1e-9


@pytest.mark.parametrize("name", SCANS)
def test_a_real_scan_stands_on_nothing_that_could_be_cut_and_its_repair_lasts(name, scans):
    unit, _ = SCANS[name]
    placed = place(read(scans / name), unit=unit, evidence="given")
    assert detach(placed) is placed
    cleaned = clean(placed)
    repaired = repair(cleaned)
    assert repair(repaired) is repaired
    assert deviation(cleaned, repaired).scan_to_model[2] < 1e-5 * repaired.diagonal * 1000
    welded = same_rows(repaired.positions)[repaired.triangles]
    assert topology.edges(welded).uses.max() <= 2


def test_the_small_holes_of_a_broken_scan_are_filled_and_its_large_ones_are_not(scans):
    scan = clean(place(read(scans / "broken" / "many_small_holes.ply"), unit="m", evidence="given"))
    some, more = repair(scan, max_hole_mm=5.0), repair(scan, max_hole_mm=20.0)
    counts = [
        next((f.figures["count"] for f in s.findings if f.code == "holes-filled"), 0) for s in (some, more)
    ]
    assert counts == [18, 37]  # the rim of the whole piece, 330 mm around, stays open
    for s, count in zip((some, more), counts, strict=True):
        filled = s.material_of == len(s.materials) - 1
        assert s.materials[-1].name == "filled" and filled.sum() >= count
        off = s.positions[s.triangles[~filled]] - scan.positions[scan.triangles]
        assert np.abs(off).max() < 3e-6 * scan.diagonal  # drawn apart where holes touched


def test_a_leaning_gargoyle_is_levelled_onto_its_base(scans):
    placed = place(read(scans / "busts" / "gargo.ply"), unit="mm", evidence="given")
    assert placed.placement.levelled_deg == pytest.approx(5.73, abs=0.05)
    assert (near_ground(placed), near_ground(place(read(scans / "busts" / "gargo.ply"), level=False))) == (
        pytest.approx(0.066, abs=0.003),
        pytest.approx(0.006, abs=0.002),
    )


def near_ground(s):
    """Share of the area within half a per cent of the diagonal of the ground: 1 mm on the gargoyle."""
    areas = np.linalg.norm(areas_of(s), axis=1)
    middles = s.positions[s.triangles].mean(axis=1)[:, 1]
    return areas[middles < 0.005 * s.diagonal].sum() / areas.sum()


def on_table(bust, seed=3):
    """A bust pressed 5 mm into a rough table of another colour, without what would then be hidden."""
    cut = bust.positions[bust.triangles].max(axis=1)[:, 1] > 0.005
    table = grid(120, size=1.4)
    rough = table.positions - [0.7, 0, 0.7]
    rough[:, 1] = 0.005 + np.random.default_rng(seed).normal(0, 0.0004, len(rough))
    colours = np.full((len(rough), 4), (40, 60, 90, 255), np.uint8)
    return bust.but(
        positions=np.concatenate([bust.positions, rough]),
        triangles=np.concatenate([bust.triangles[cut], table.triangles + np.int32(len(bust.positions))]),
        material_of=np.concatenate([bust.material_of[cut], np.zeros(len(table.triangles), np.int32)]),
        normals=None,
        colours=np.concatenate([bust.colours, colours]),
    )


def test_a_real_bust_comes_off_a_rough_table(scans):
    bust = clean(place(read(scans / "busts" / "laurana.ply"), unit="mm", evidence="given"))
    freed = clean(detach(on_table(bust)))
    assert "support-removed-by-colour" in {f.code for f in freed.findings}
    low, high = freed.bounds
    assert high - low == pytest.approx(np.subtract(*bust.bounds[::-1]) - [0, 0.0065, 0], abs=0.002)
    at = np.array(freed.placement.matrix) @ np.linalg.inv(np.array(bust.placement.matrix))
    there = bust.but(positions=bust.positions @ at[:3, :3].T + at[:3, 3])
    assert deviation(freed, there).scan_to_model[2] < 0.01


def test_what_was_filled_in_a_textured_scan_stays_grey_up_to_the_finished_file(scans):
    scan = clean(place(read(scans / "excavation-obj" / "trench_019.obj"), unit="m", evidence="given"))
    middle = scan.positions[scan.triangles].mean(axis=1)
    torn = np.linalg.norm(middle - middle[len(middle) // 2], axis=1) < 0.06
    holed = scan.but(triangles=scan.triangles[~torn], material_of=scan.material_of[~torn])
    whole = repair(holed, max_hole_mm=400.0)
    told = next(f.figures for f in whole.findings if f.code == "holes-filled")
    made = compress(textures(simplify(whole, max_error_mm=8.0), max_px=512))
    assert (validate(made.data).errors, validate(made.data).warnings) == (0, 0)
    level = read_glb_bytes(made.data)
    grey = [i for i, material in enumerate(level.materials) if material.name == "filled"]
    assert len(grey) == 1 and level.materials[grey[0]].colour_texture is None
    areas = np.linalg.norm(areas_of(level), axis=1)[level.material_of == grey[0]].sum() / 2 * 1e4
    assert areas == pytest.approx(told["area_cm2"], rel=0.2)  # the bulge of a patch is simplified too
