from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from pipeline.catalogue.text import LOCALES
from pipeline.catalogue.vocabulary import lists
from tests.viewer.test_site_locales import messages
from viewer.letters import held, needs_more_letters

SAMPLES = Path(__file__).parents[2] / "models/samples"
FONTS = Path(__file__).parents[2] / "viewer/client/src/site/fonts"


def letters(name: str) -> set[str]:
    return {chr(code) for code in TTFont(FONTS / f"{name}.woff2").getBestCmap()}


@pytest.mark.parametrize(("face", "arab"), [("sans", "sans-arab"), ("serif", "naskh")])
def test_the_fonts_hold_what_their_list_says(face: str, arab: str) -> None:
    written = letters(f"{face}-han") | letters(f"{face}-latin") | letters(arab)
    # Joiners and the wide space have no shape of their own.
    assert {letter for letter in held(face) - written if letter.isprintable()} == set()
    assert len(held(face)) > 300


@pytest.mark.parametrize("face", ["sans", "serif"])
def test_an_apostrophe_does_not_tear_an_english_word_apart(face: str) -> None:
    font = TTFont(FONTS / f"{face}-latin.woff2")
    for mark in "‘’“”":
        advance, _ = font["hmtx"][font.getBestCmap()[ord(mark)]]
        assert advance < font["head"].unitsPerEm / 2, mark


CUT_ANEW = "cut the fonts anew: npm --prefix viewer/client run fonts"


@pytest.mark.parametrize("record", sorted(SAMPLES.glob("*/artifact.toml")), ids=lambda path: path.parent.name)
def test_the_samples_write_no_letter_that_the_fonts_lack(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    lacking = {letter for letter in text if ord(letter) > 0xFF} - held("sans")
    assert lacking == set(), CUT_ANEW
    names = "".join(tomllib.loads(text)["name"].values())
    assert {letter for letter in names if ord(letter) > 0xFF} - held("serif") == set(), CUT_ANEW


def test_the_interface_and_the_vocabulary_need_no_other_letters() -> None:
    interface = "".join(messages("zh-Hans").values())
    names = "".join(term.name.get("zh-Hans", "") for terms in lists().values() for term in terms.values())
    assert not needs_more_letters(f"<p>{interface}</p>")
    assert not needs_more_letters(f"<p>{names}</p>")


def test_headings_of_the_interface_are_in_the_face_of_titles() -> None:
    headings = [
        text for key, text in messages("zh-Hans").items() if key.endswith(".title") or key == "site.name"
    ]
    assert not needs_more_letters("".join(f"<h2>{text}</h2>" for text in headings))


@pytest.mark.parametrize("locale", ["ug", "kk-Arab"])
@pytest.mark.parametrize("face", ["sans-arab", "naskh"])
def test_every_letter_of_the_arabic_script_is_in_both_faces(locale: str, face: str) -> None:
    written = {letter for letter in "".join(messages(locale).values()) if "\u0600" <= letter <= "\u06ff"}
    assert written - letters(face) == set()
    assert len(written) > 25


def test_a_letter_of_a_museums_own_record_asks_for_the_rest_of_the_fonts() -> None:
    assert needs_more_letters("<p>\u9f98</p>")
    assert needs_more_letters('<h1 lang="zh-Hans">\u9f98</h1>')
    assert not needs_more_letters("<h1>English</h1>")


@pytest.mark.parametrize("letter", ["\u0101", "\u0416", "\u0679"], ids=["pinyin", "cyrillic", "urdu"])
def test_so_does_a_letter_of_another_script(letter: str) -> None:
    assert needs_more_letters(f"<p>{letter}</p>")


def test_latin_titles_and_text_are_in_our_fonts() -> None:
    for locale in LOCALES:
        written = {
            letter
            for letter in "".join(messages(locale).values())
            if letter.isascii() and letter.isprintable()
        }
        assert written <= letters("sans-latin")
