"""The real scans through place and clean: upright, on the ground, and simplified within their bound."""

import numpy as np
import pytest

from pipeline.formats import read
from pipeline.measure.deviation import deviation
from pipeline.steps.clean import clean
from pipeline.steps.place import place
from pipeline.steps.simplify import simplify

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
