"""The unit of a scan: who says it, and what is assumed when nobody does."""

from __future__ import annotations

import pytest

from pipeline.catalogue.artifact import Dimensions
from pipeline.errors import Refused
from pipeline.unit import Decision, agrees, decide, hold_against, hold_possible, size_text

JAR = Dimensions(literal="高31厘米，口径12厘米", height_mm=310, diameter_mm=120)


def test_who_says_the_unit_goes_before_what_is_known() -> None:
    extents = (120.0, 310.0, 118.0)
    assert decide([extents], given="cm", capture="mm", source_format="gltf") == Decision("cm", "given")
    assert decide([extents], capture="mm", source_format="gltf") == Decision("mm", "capture")
    assert decide([extents], source_format="gltf", dimensions=JAR) == Decision("m", "format")


@pytest.mark.parametrize(("scale", "unit"), [(1, "mm"), (0.1, "cm"), (0.001, "m"), (1 / 25.4, "in")])
def test_the_register_tells_the_unit_whichever_way_the_object_lies(scale: float, unit: str) -> None:
    assert decide([(310 * scale, 118 * scale, 122 * scale)], dimensions=JAR) == Decision(unit, "register")  # type: ignore[arg-type]


def test_a_register_that_agrees_with_no_unit_says_nothing() -> None:
    assert decide([(400.0, 400.0, 400.0)], dimensions=JAR).evidence == "assumed"


@pytest.mark.parametrize(
    ("longest", "unit"),
    [(0.3, "m"), (50.0, "m"), (150.0, "mm"), (0.0021, "m"), (496.0, "mm"), (0.0001, "m"), (1e6, "m")],
)
def test_metres_are_assumed_unless_only_millimetres_are_plausible(longest: float, unit: str) -> None:
    assert decide([(longest, longest / 2, longest / 3)]) == Decision(unit, "assumed")  # type: ignore[arg-type]


def test_agreement_means_each_size_on_a_side_of_its_own_within_five_percent() -> None:
    assert agrees((122, 118, 310), JAR)
    assert agrees((325, 119, 119), JAR)
    assert not agrees((327, 119, 119), JAR)
    assert not agrees((310, 310, 310), JAR)
    assert not agrees((310, 120, 120), Dimensions(literal="高31厘米"))


def test_a_mismatch_stops_with_both_sizes_and_the_unit_that_would_agree() -> None:
    hold_against((120, 310, 118), JAR, Decision("mm", "given"))
    hold_against((1, 1, 1), Dimensions(), Decision("mm", "given"))
    with pytest.raises(Refused) as refusal:
        hold_against((120_000, 310_000, 118_000), JAR, Decision("m", "capture"))
    assert str(refusal.value) == (
        "the scan measures 310 × 120 × 118 m in m (capture), the register says 310 × 120 mm; "
        "--unit mm would agree; otherwise correct the unit or the register, or say --force-size to go on."
    )


def test_sizes_are_written_without_exponents() -> None:
    assert size_text((467.61, 496.2, 0.0)) == "496.2 × 467.6 × 0 mm"
    assert size_text((3880, 4357.4), sort=False) == "3880 × 4357 mm"
    assert size_text((160_700, 1)) == "160.7 × 0.001 m"


def test_a_scan_longer_than_any_site_is_refused_and_a_large_site_is_not() -> None:
    hold_possible((60_000_000, 1, 1), Decision("m", "given"), "site.ply")
    with pytest.raises(Refused, match=r"site\.ply: the scan is over 100 km long in m \(assumed\); give the"):
        hold_possible((3e38, 1, 1), Decision("m", "assumed"), "site.ply")
