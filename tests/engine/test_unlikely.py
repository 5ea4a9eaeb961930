"""An assumed unit that makes a helmet of 8 m is told; ground, walls and what somebody said are left alone."""

import os
from pathlib import Path

import pytest

from pipeline.asked import Options
from pipeline.check import examine
from pipeline.scan import find
from pipeline.unit import Decision
from pipeline.unlikely import unlikely_size

SCANS = Path(os.environ.get("MUSEUM_TEST_SCANS", Path(__file__).parents[3] / "shared/scans"))
real = pytest.mark.skipif(not SCANS.is_dir(), reason="the real scans are not here (MUSEUM_TEST_SCANS)")
HELMET = (4347.14, 8086.24, 7946.01)


def told(sides, unit="m", evidence="assumed"):
    found = unlikely_size(sides, Decision(unit, evidence))
    return found[0].figures if found else {}


def test_the_likelier_unit_is_named_with_the_size_it_would_make():
    assert told(HELMET) == {"unit": "m", "longest_mm": 8086.0, "better": "cm", "better_mm": 80.86}
    finding = unlikely_size(HELMET, Decision("m", "assumed"))[0]
    assert "With --unit cm it would be 80.86 mm" in finding.sentence("en")
    assert "加上 --unit cm 则为 80.86 毫米" in finding.sentence("zh-Hans")


@pytest.mark.parametrize("evidence", ["given", "capture", "format", "register", "scale-bar", "targets"])
def test_a_unit_that_anything_speaks_for_is_not_doubted(evidence):
    assert told(HELMET, evidence=evidence) == {}


def test_relics_from_a_bead_to_a_stele_are_not_doubted():
    for longest in (5.0, 320.0, 5000.0):
        assert told((longest, longest * 0.8, longest * 0.7)) == {}


def test_ground_and_walls_are_not_doubted_however_long():
    assert told((3880.5, 715.2, 4357.3)) == {}
    assert told((12_000.0, 1900.0, 9000.0)) == {} and told((8000.0, 3000.0, 60.0)) == {}


def test_a_bead_of_two_millimetres_may_be_one_of_two_centimetres():
    assert told((3.0, 3.0, 2.5), unit="mm")["better"] in {"cm", "m"}


def test_nothing_is_said_where_no_unit_would_do():
    assert told((0.001, 0.001, 0.001), unit="mm") == {} and told((0.0, 0.0, 0.0)) == {}


@real
def test_the_check_doubts_the_helmet_of_eight_metres_and_no_trench():
    codes = {}
    for name in ("helmet/greek_helmet.obj", "excavation-obj/trench_019.obj"):
        (scan,) = find([SCANS / name])
        codes[name] = [one.code for one in examine(scan, Options()).findings]
        assert "unit-unlikely" not in [one.code for one in examine(scan, Options(unit="cm")).findings]
    assert "unit-unlikely" in codes["helmet/greek_helmet.obj"]
    assert "unit-unlikely" not in codes["excavation-obj/trench_019.obj"]
