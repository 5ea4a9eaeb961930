from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from pipeline.catalogue.artifact import Artifact, Dimensions, Period, Register
from pipeline.catalogue.readable import shown_name
from pipeline.catalogue.text import Text
from tests.viewer.tiny import JAR, write_object
from viewer.app import Settings, create_app
from viewer.i18n import languages
from viewer.words import Passage, breakable, lengths, measured

ENGLISH = languages()["en"]


def page_of(artifact: Artifact, folder: Path, locale: str = "en") -> str:
    write_object(folder / "finds" / "one", artifact)
    with TestClient(create_app(Settings(models=(folder,)))) as client:
        return client.get(f"/{locale}/object/finds/one").text


@pytest.mark.parametrize(
    ("mm", "written"),
    [
        ({"height": 715.22, "width": 3880.5}, ["0.72 m", "3.88 m"]),
        ({"height": 496.2, "width": 467.6}, ["49.6 cm", "46.8 cm"]),
        ({"height": 8.04, "width": 3.0}, ["8 mm", "3 mm"]),
        ({"height": 1000.0, "width": 999.9}, ["1 m", "1 m"]),
        ({"height": 1200.0, "width": 800.0, "thickness": 4.0}, ["120 cm", "80 cm", "0.4 cm"]),
        ({"height": 1200.0, "thickness": 6.0}, ["120 cm", "0.6 cm"]),
        ({"height": 300.0, "thickness": 6.4}, ["300 mm", "6.4 mm"]),
        ({"height": 300.0, "thickness": 12.4}, ["30 cm", "1.2 cm"]),
        ({"diameter": 24.0, "thickness": 0.02}, ["24 mm", "0.02 mm"]),
    ],
)
def test_a_label_has_one_unit(mm: dict[str, float], written: list[str]) -> None:
    assert [value for _, value in lengths(mm, ENGLISH)] == written


@pytest.mark.parametrize(("locale", "on_label"), [("zh-Hans", True), ("en", False), ("ug", False)])
def test_a_period_that_no_list_knows_stands_on_a_chinese_label_and_everywhere_in_the_register(
    tmp_path: Path, locale: str, on_label: bool
) -> None:
    jar = msgspec.structs.replace(JAR, register=Register(period=Period(literal="高昌样式")))
    text = page_of(jar, tmp_path, locale)
    label, record = text[: text.index('id="record"')], text[text.index('id="record"') :]
    assert ("高昌样式" in label) is on_label
    assert "高昌样式" in record
    with TestClient(create_app(Settings(models=(tmp_path,)))) as client:
        shelf = client.get(f"/{locale}/collection").text
    assert ("高昌样式" in shelf) is on_label and '<span class="fact"></span>' not in shelf


def test_the_depth_of_a_scanned_sheet_is_left_out(tmp_path: Path) -> None:
    manifest = write_object(tmp_path / "one", JAR)
    assert manifest is not None
    sheet = msgspec.structs.replace(manifest.scale, size_mm=(3000.0, 1000.0, 1e-9))
    scanned = measured(msgspec.structs.replace(manifest, scale=sheet), ENGLISH)
    assert scanned == [("height", "1 m"), ("width", "3 m")]


def test_what_is_registered_is_never_left_out_and_never_falsified(tmp_path: Path) -> None:
    plate = Register(dimensions=Dimensions(literal="", height_mm=1200, width_mm=800, thickness_mm=4))
    text = page_of(Artifact(name=Text({"en": "Plate"}), register=plate), tmp_path)
    record = text[text.index('id="record"') :]
    assert "height 120 cm" in record and "width 80 cm" in record and "thickness 0.4 cm" in record


def test_the_page_tells_what_was_registered_from_what_was_measured(client: TestClient) -> None:
    text = client.get("/en/object/tiny/jar").text
    record = text[text.index('id="record"') :]
    assert "height 31 cm" in record and "diameter 24 cm" in record
    measured = record[record.index("Measured on the scan") :]
    assert measured.index("height 31 cm") < measured.index("width 24 cm") < measured.index("depth 24 cm")
    assert "<museum-relic labelled" in text, "the stage must not say a third size beside the label"


def test_the_name_of_a_file_is_written_as_words(tmp_path: Path) -> None:
    bare = Artifact(name=Text({"en": "greek_helmet_2"}))
    text = page_of(bare, tmp_path)
    assert "Greek helmet 2</h1>" in text
    assert "greek_helmet_2" in text, "the record keeps the name as it came"
    assert "Nothing is entered yet." in text
    assert 'class="reading bare"' in text and 'class="tale"' not in text


def test_a_registered_name_stays_as_it_was_written() -> None:
    assert shown_name(Artifact(name=Text({"en": "Jar of type A_2"}))).to("en") == "Jar of type A_2"


def test_a_registered_object_is_not_called_unwritten(client: TestClient) -> None:
    assert "Nothing is entered yet." not in client.get("/en/object/tiny/jar").text


def test_a_category_in_the_register_is_an_entry(tmp_path: Path) -> None:
    filed = Artifact(name=Text({"en": "Bowl"}), register=Register(category="pottery"))
    assert "Nothing is entered yet." not in page_of(filed, tmp_path)


@pytest.mark.parametrize(
    ("name", "is_long"),
    [
        ("三彩贴花盖罐", False),
        ("唐代长沙窑青釉褐绿彩贴塑人物纹双系执壶及底座", True),
        ("Lidded jar", False),
        ("Montebelluna scavo", False),
        ("sculptureofthelateperiod", True),
        ("A piece of painted plaster with a lotus pond and two birds", True),
    ],
)
def test_long_names_take_smaller_letters(name: str, is_long: bool) -> None:
    assert Passage(name).is_long is is_long


def test_a_name_may_break_inside_a_word_only_where_letters_change() -> None:
    assert breakable("TextureDouble <b>") == "Texture<wbr>Double &lt;b&gt;"
    assert breakable("三彩罐 USA Jar.02") == "三彩罐 USA Jar.02"


def test_a_picture_described_in_another_language_than_the_page_says_in_which(client: TestClient) -> None:
    text = client.get("/ug/object/tiny/jar").text
    picture = re.search(r'<img class="poster"[^>]*>', text)
    element = re.search(r"<museum-relic [^>]*>", text)
    assert picture and 'alt="绿釉的陶罐。" lang="zh-Hans" dir="ltr"' in picture[0]
    assert element and 'alt="绿釉的陶罐。" alt-lang="zh-Hans" alt-dir="ltr"' in element[0]
    own = client.get("/en/object/tiny/jar").text
    assert 'alt="A round jar with a narrow mouth." decoding' in own and "alt-lang" not in own


def test_a_foreign_name_is_marked_with_its_direction(tmp_path: Path) -> None:
    text = page_of(msgspec.structs.replace(JAR, name=Text({"en": "Three-colour jar"})), tmp_path, "ug")
    assert '<h1 lang="en" dir="ltr">' in text
