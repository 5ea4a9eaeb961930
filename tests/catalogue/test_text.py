"""One string in several languages: what is shown where one is missing, and in which direction."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.catalogue.text import FALLBACK, LOCALES, RTL, Text, decode_hook, direction, encode_hook

TEXTS = st.dictionaries(st.sampled_from(LOCALES), st.text())


@pytest.mark.parametrize(
    ("there", "wanted", "shown"),
    [
        ({"zh-Hans": "罐", "ug": "كومزەك", "kk-Arab": "كۇزە", "en": "Jar"}, "ug", "ug"),
        ({"zh-Hans": "罐", "en": "Jar"}, "ug", "zh-Hans"),
        ({"zh-Hans": "罐", "en": "Jar"}, "kk-Arab", "zh-Hans"),
        ({"kk-Arab": "كۇزە", "en": "Jar"}, "ug", "en"),
        ({"zh-Hans": "罐"}, "en", "zh-Hans"),
        ({"ug": "كومزەك"}, "en", "ug"),
        ({"zh-Hans": "", "en": "Jar"}, "zh-Hans", "en"),
        ({"en": "Jar"}, "fr", "en"),
    ],
)
def test_a_missing_language_falls_back_and_says_which_one_is_shown(
    there: dict[str, str], wanted: str, shown: str
) -> None:
    assert Text(there).pick(wanted) == (there[shown], shown)


def test_a_text_without_any_language_is_empty() -> None:
    assert Text().pick("zh-Hans") == ("", "")
    assert not Text({"en": ""})


def test_uyghur_and_kazakh_run_from_right_to_left_and_the_others_do_not() -> None:
    assert {locale: direction(locale) for locale in LOCALES} == {
        "zh-Hans": "ltr", "ug": "rtl", "kk-Arab": "rtl", "en": "ltr",
    }  # fmt: skip
    assert set(LOCALES) >= RTL


def test_every_language_falls_back_to_one_that_is_always_written() -> None:
    assert set(FALLBACK) == set(LOCALES)
    assert all(
        chain[0] == locale and "zh-Hans" in chain and "en" in chain for locale, chain in FALLBACK.items()
    )


@given(TEXTS, st.sampled_from(LOCALES))
def test_what_is_shown_is_there_and_nothing_that_is_there_is_hidden(
    there: dict[str, str], wanted: str
) -> None:
    text = Text(there)
    shown, locale = text.pick(wanted)
    assert bool(shown) == any(there.values())
    assert not shown or there[locale] == shown


@given(TEXTS)
def test_a_text_comes_back_from_json_as_it_was(there: dict[str, str]) -> None:
    text = Text(there)
    encoded = msgspec.json.encode(text, enc_hook=encode_hook)
    assert msgspec.json.decode(encoded, type=Text, dec_hook=decode_hook) == text


def test_a_text_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        Text({"en": "Jar"})["en"] = "Bowl"  # type: ignore[index]
    assert hash(Text({"en": "Jar", "ug": "x"})) == hash(Text({"ug": "x", "en": "Jar"}))
