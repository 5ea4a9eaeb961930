"""The code lists are complete, unambiguous and name their sources."""

from __future__ import annotations

import re

import pytest

from pipeline.catalogue.text import LOCALES
from pipeline.catalogue.vocabulary import Term, allowed, closest, label, lists, lookup, terms

ALL = [term for name in lists() for term in terms(name)]
TRANSLATED = tuple(name for name in lists() if name not in ("mass-range", "period-scheme"))


@pytest.mark.parametrize("term", ALL, ids=lambda term: f"{term.list}:{term.code}")
def test_a_term_has_its_code_its_names_and_its_source(term: Term) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", term.code)
    assert term.name["zh-Hans"]
    assert term.name["en"]
    assert term.source
    assert set(term.name) <= set(LOCALES)


@pytest.mark.parametrize("name", lists())
def test_no_spelling_of_a_list_means_two_terms(name: str) -> None:
    for term in terms(name):
        for spelling in (term.code, *term.name.values(), *term.aliases):
            assert lookup(name, spelling) == term


@pytest.mark.parametrize("name", TRANSLATED)
def test_short_lists_are_translated_and_await_a_native_reader(name: str) -> None:
    for term in terms(name):
        assert set(term.name) == set(LOCALES)
        assert term.awaiting_review == ("ug", "kk-Arab")


def test_the_lists_have_the_register_s_lengths() -> None:
    lengths = {
        "category": 35,
        "grade": 5,
        "source": 10,
        "completeness": 4,
        "preservation": 4,
        "entry-date": 5,
    }
    assert {name: len(terms(name)) for name in lengths} == lengths
    groups = [term.group for term in terms("material")]
    assert (groups.count("organic"), groups.count("inorganic"), groups.count("composite")) == (11, 13, 3)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("grade", "一级", "grade-1"),
        ("grade", "grade-1", "grade-1"),
        ("grade", " 一级文物 ", "grade-1"),
        ("completeness", "严重残缺（含缺失部件）", "badly-incomplete"),
        ("material", "青铜", "copper-alloy"),
        ("period", "唐代", "tang"),
        ("period", "高昌回鹘时期", "gaochang-uyghur"),
        ("period", "金", "jin-1115"),
        ("period", "晋代", "jin-265"),
    ],
)
def test_a_value_is_found_by_code_name_and_alias(name: str, value: str, code: str) -> None:
    term = lookup(name, value)
    assert term is not None
    assert term.code == code


def test_what_is_not_in_a_list_is_not_found() -> None:
    assert lookup("grade", "四级") is None
    assert lookup("grade", "") is None
    assert lookup("period", "代") is None


def test_the_nearest_term_is_of_the_same_script() -> None:
    assert closest("material", "potery") == "pottery"
    assert closest("category", "瓷") == "瓷器"
    assert closest("grade", "zzzz") is None


def test_long_lists_are_cut_in_messages() -> None:
    assert "35 terms" in allowed("category")
    assert allowed("grade") == "一级, 二级, 三级, 一般, 未定级"


def test_a_label_falls_back_and_keeps_what_is_not_in_the_list() -> None:
    assert label("grade", "grade-1", "en") == "Grade I"
    assert label("mass-range", "1-to-50-kg", "ug") == "1-50kg"
    assert label("material", "something", "en") == "something"


def test_periods_run_forwards_and_have_no_year_0() -> None:
    for term in terms("period"):
        assert term.group in lists()["period-scheme"]
        years = (term.from_year, term.to_year)
        assert 0 not in years
        if term.from_year is not None and term.to_year is not None:
            assert term.from_year < term.to_year


def test_a_period_less_sure_than_two_sources_has_no_years() -> None:
    unsure = [term for term in terms("period") if term.certainty == "C"]
    assert unsure
    assert all(term.from_year is None and term.to_year is None and term.note for term in unsure)


def test_the_periods_of_our_own_sites_are_proposals() -> None:
    for code in ("gaochang-uyghur", "western-liao", "chagatai", "beiting-protectorate"):
        assert lists()["period"][code].status == "proposed"
