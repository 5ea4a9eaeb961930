import pytest

from pipeline.catalogue.artifact import Artifact
from pipeline.catalogue.readable import is_provisional, readable, shown_name
from pipeline.catalogue.text import Text


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("greek_helmet", "Greek helmet"),
        ("trench-019", "Trench 019"),
        ("XJ_2024-07", "XJ 2024-07"),
        ("三彩罐_01", "三彩罐 01"),
        ("Greek_Helmet", "Greek Helmet"),
        ("iPhone scan", "iPhone scan"),
        ("__", "__"),
        ("", ""),
    ],
)
def test_the_name_of_a_file_is_shown_as_words(file, shown):
    assert readable(file) == shown


def test_a_record_that_says_nothing_but_one_name_has_not_been_named_yet():
    drafted = Artifact(name=Text({"en": "greek_helmet"}))
    assert is_provisional(drafted) and is_provisional(Artifact(name=Text()))
    assert not is_provisional(Artifact(name=Text({"en": "greek_helmet", "zh-Hans": "希腊头盔"})))
    assert not is_provisional(Artifact(name=drafted.name, number="XJ-0417"))


def test_the_museums_own_name_is_shown_as_it_stands():
    own = Artifact(name=Text({"en": "tell-halaf"}), number="7")
    assert shown_name(own) == own.name
    assert shown_name(Artifact(name=own.name)) == Text({"en": "Tell halaf"})
    assert shown_name(Artifact(name=Text({"en": "jar_02"}), number="7")) == Text({"en": "Jar 02"})
