from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from pipeline.catalogue.text import LOCALES
from viewer.i18n import languages, po_path

PLACE = re.compile(r"%\((\w+)\)s")


def messages(locale: str) -> dict[str, str]:
    with po_path(locale).open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, abort_invalid=True) if m.id}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_has_every_text(locale: str) -> None:
    texts = messages(locale)
    assert set(texts) == set(messages("zh-Hans"))
    assert [key for key, text in texts.items() if not text.strip()] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_is_marked_fuzzy(locale: str) -> None:
    with po_path(locale).open("rb") as file:
        assert [m.id for m in read_po(file) if m.id and m.fuzzy] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_places_in_a_text_are_the_same_in_every_language(locale: str) -> None:
    chinese = messages("zh-Hans")
    wrong = [
        k
        for k, text in messages(locale).items()
        if set(PLACE.findall(text)) != set(PLACE.findall(chinese[k]))
    ]
    assert wrong == []


def test_every_text_that_a_template_asks_for_is_there() -> None:
    from viewer.pages import TEMPLATES

    asked = set()
    for template in TEMPLATES.rglob("*.html"):
        asked |= set(re.findall(r'_\("([a-z_.0-9]+[a-z])"', template.read_text("utf-8")))
    assert asked - set(messages("zh-Hans")) == set()
    assert len(asked) > 30


@pytest.mark.parametrize(
    ("locale", "finest"),
    [
        ("zh-Hans", "最精细的模型"),
        ("ug", "ئەڭ ئىنچىكە مودېل"),
        ("kk-Arab", "ەڭ ٴدال مودەل"),
        ("en", "The finest model"),
    ],
)
def test_the_proof_is_said_of_the_finest_model_whatever_is_on_the_screen(locale: str, finest: str) -> None:
    assert messages(locale)["proof.sentence"].startswith(finest)


def test_languages_that_no_native_speaker_has_read_say_so() -> None:
    assert {tag for tag, language in languages().items() if language.awaits_review} == {"ug", "kk-Arab"}


@pytest.mark.parametrize("locale", LOCALES)
def test_figures_are_western_in_every_language(locale: str) -> None:
    assert languages()[locale].number(1234.5, 1).translate(str.maketrans("", "", ",.  ")) == "12345"
