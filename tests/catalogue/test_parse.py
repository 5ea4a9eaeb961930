"""The register's wording is understood where it says something, and left alone where it does not."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.catalogue.artifact import Artifact, Dimensions, Mass, Period, Quantity, Register
from pipeline.catalogue.parse import dimensions, mass, period, quantity, statuses, understood
from pipeline.catalogue.text import Text

SIZES = [
    ("通高32.5、口径12厘米", "parsed", {"height_mm": 325, "rim_diameter_mm": 120}),
    ("长 12cm 宽 8cm", "parsed", {"length_mm": 120, "width_mm": 80}),
    ("长12×宽8×厚3厘米", "parsed", {"length_mm": 120, "width_mm": 80, "thickness_mm": 30}),
    ("长×宽×高：30×20×10厘米", "parsed", {"length_mm": 300, "width_mm": 200, "height_mm": 100}),
    ("30×20×10cm（长×宽×高）", "parsed", {"length_mm": 300, "width_mm": 200, "height_mm": 100}),
    ("高三十二点五厘米", "parsed", {"height_mm": 325}),
    ("高１２．５㎝", "parsed", {"height_mm": 125}),
    ("单位：厘米 长12 宽8", "parsed", {"length_mm": 120, "width_mm": 80}),
    ("Φ12.5mm", "parsed", {"diameter_mm": 12.5}),
    ("H 0.32 m", "parsed", {"height_mm": 320}),
    ("长12厘米、宽8", "partly", {"length_mm": 120}),
    ("宽8-12厘米", "partly", {"width_mm": 120}),
    (
        "口径10.2、腹径24、底径9厘米",
        "parsed",
        {"rim_diameter_mm": 102, "diameter_mm": 240, "foot_diameter_mm": 90},
    ),
    ("直径12厘米，最大径13厘米", "partly", {"diameter_mm": 130}),
    ("残高12厘米，三足", "partly", {"height_mm": 120}),
    ("高12 重350克 宽8厘米", "partly", {"width_mm": 80}),
    ("32.5×12", "no-unit", {}),
    ("高32.5", "no-unit", {}),
    ("高5寸", "no-unit", {}),
    ("面积12平方厘米", "no-unit", {}),
    ("长12m2", "no-unit", {}),
    ("32.5×12厘米", "unparsed", {}),
    ("盖高5厘米", "unparsed", {}),
    ("高1,200毫米", "unparsed", {}),
    ("见附件", "unparsed", {}),
]


@pytest.mark.parametrize(("literal", "status", "figures"), SIZES)
def test_dimensions(literal: str, status: str, figures: dict[str, float]) -> None:
    assert dimensions(literal) == (Dimensions(literal=literal, **figures), status)


@pytest.mark.parametrize(
    ("literal", "status", "kg"),
    [
        ("350克", "parsed", 0.35),
        ("1.2kg", "parsed", 1.2),
        ("重1.2千克", "parsed", 1.2),
        ("三千克", "parsed", 3.0),
        ("350克（0.35千克）", "parsed", 0.35),
        ("１．２ＫＧ", "parsed", 1.2),
        ("3斤", "parsed", 1.5),
        ("350", "no-unit", None),
        ("0.01-1kg", "label-only", None),
        ("盖20克身30克", "unparsed", None),
        ("1斤2两", "unparsed", None),
        ("1,200g", "unparsed", None),
    ],
)
def test_mass(literal: str, status: str, kg: float | None) -> None:
    assert mass(literal) == (Mass(literal=literal, kg=kg), status)


@pytest.mark.parametrize(
    ("literal", "status", "count"),
    [
        ("1件", "parsed", 1),
        ("一套3件", "parsed", 3),
        ("1套（三件）", "parsed", 3),
        ("一对", "parsed", 2),
        ("12", "parsed", 12),
        ("1套", "label-only", None),
        ("10余件", "unparsed", None),
        ("0件", "unparsed", None),
    ],
)
def test_quantity(literal: str, status: str, count: int | None) -> None:
    assert quantity(literal) == (Quantity(literal=literal, count=count), status)


@pytest.mark.parametrize(
    ("literal", "status", "term", "years"),
    [
        ("唐", "parsed", "tang", (618, 907)),
        ("唐代", "parsed", "tang", (618, 907)),
        ("东周", "parsed", "eastern-zhou", (-770, -256)),
        ("公元640年", "parsed", "", (640, 640)),
        ("公元六四〇年", "parsed", "", (640, 640)),
        ("7世纪", "parsed", "", (601, 700)),
        ("公元前3世纪", "parsed", "", (-300, -201)),
        ("7-8世纪", "parsed", "", (601, 800)),
        ("前221—前206", "parsed", "", (-221, -206)),
        ("前206—公元25年", "parsed", "", (-206, 25)),
        ("3rd century BC", "parsed", "", (-300, -201)),
        ("唐（公元640年）", "parsed", "tang", (640, 640)),
        ("唐至元", "parsed", "", (618, 1368)),
        ("隋唐", "parsed", "", (581, 907)),
        ("晚唐", "partly", "tang", (618, 907)),
        ("清乾隆年间", "partly", "qing", (1616, 1911)),
        ("约640年", "partly", "", (640, 640)),
        ("7世纪初", "partly", "", (601, 700)),
        ("高昌回鹘", "label-only", "gaochang-uyghur", (None, None)),
        ("新石器时代", "label-only", "neolithic", (None, None)),
        ("前206-25年", "unparsed", "", (None, None)),
        ("距今4000年", "unparsed", "", (None, None)),
        ("907-618年", "unparsed", "", (None, None)),
        ("0年", "unparsed", "", (None, None)),
        ("汉族", "unparsed", "", (None, None)),
        ("7", "unparsed", "", (None, None)),
    ],
)
def test_period(literal: str, status: str, term: str, years: tuple[int | None, int | None]) -> None:
    assert period(literal) == (Period(literal, term, *years), status)


WORDING = st.text(
    alphabet=st.sampled_from(
        "0123456789.０９ ×*,，、-—至高长宽厚径约厘米毫克千kgcm"
        "一二十百点两半年世纪前公元唐元清初晚件套对（）:?²"
    )
)


@given(st.one_of(st.text(), WORDING))
def test_no_wording_makes_the_parser_fail_and_every_wording_is_kept(literal: str) -> None:
    for parser in (dimensions, mass, quantity, period):
        item, _ = parser(literal)
        assert item.literal == literal


@given(st.text(alphabet=st.sampled_from("0123456789.０９ ×*,，、-—高长宽厚径口通约重点十百（）:HWLφ寸尺两")))
def test_a_size_or_mass_without_a_unit_has_no_figure(literal: str) -> None:
    assert dimensions(literal)[0] == Dimensions(literal=literal)
    assert mass(literal)[0] == Mass(literal=literal)


@given(WORDING)
def test_what_is_understood_is_always_a_valid_figure(literal: str) -> None:
    sizes = msgspec.structs.asdict(dimensions(literal)[0])
    assert all(value > 0 for name, value in sizes.items() if name != "literal" and value is not None)
    assert (mass(literal)[0].kg or 1) > 0
    assert (quantity(literal)[0].count or 1) > 0
    found = period(literal)[0]
    assert 0 not in (found.from_year, found.to_year)
    assert found.from_year is None or found.to_year is None or found.from_year <= found.to_year


REGISTER = Register(
    period=Period(literal="唐"),
    dimensions=Dimensions(literal="高12厘米", height_mm=125),
    mass=Mass(literal="350"),
)


def test_a_record_with_wording_only_is_understood_and_figures_given_by_people_win() -> None:
    register = understood(Artifact(name=Text({"en": "Jar"}), register=REGISTER)).register
    assert register.period == Period("唐", "tang", 618, 907)
    assert register.dimensions == REGISTER.dimensions
    assert register.mass == REGISTER.mass


def test_a_period_given_by_its_term_has_the_term_s_years() -> None:
    register = Register(period=Period(term="tang"))
    assert understood(Artifact(name=Text(), register=register)).register.period == Period(
        "", "tang", 618, 907
    )


def test_rim_and_wall_are_no_sides_of_the_box_and_thickness_only_of_flat_things() -> None:
    assert dimensions("高5、口径12、壁厚0.4厘米")[0].sides_mm == (50,)
    assert dimensions("高5、直径12、厚0.4厘米")[0].sides_mm == (120, 50)
    assert dimensions("直径13.2厘米，厚2.1厘米")[0].sides_mm == (132, 21)


def test_the_status_of_every_item_is_told() -> None:
    artifact = Artifact(name=Text({"en": "Jar"}), register=REGISTER)
    assert statuses(artifact) == {"period": "parsed", "dimensions": "given", "mass": "no-unit"}
