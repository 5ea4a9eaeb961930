from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from pipeline.catalogue.text import Text
from tests.viewer.tiny import JAR, write_object
from viewer.app import Settings, create_app
from viewer.i18n import languages
from viewer.opening import chosen_opening
from viewer.words import Passage


def doorway(museum: Path, exhibits: Path) -> str:
    app = create_app(Settings(models=(museum,), exhibits=exhibits))
    html = TestClient(app).get("/zh-Hans/").text
    return html.split('class="doorway', 1)[1].split('href="', 1)[1].split('"', 1)[0]


def test_the_home_page_opens_with_the_object_the_curator_chose(museum: Path, tmp_path: Path) -> None:
    assert doorway(museum, tmp_path) == "/zh-Hans/object/tiny/jar"
    (tmp_path / "home.toml").write_text('opening = "tiny/tile"\n', encoding="utf-8")
    assert doorway(museum, tmp_path) == "/zh-Hans/object/tiny/tile"


@pytest.mark.parametrize(
    "text", ['opening = "tiny/gone"', 'opening = "tiny/withheld"', "opening = 3", "opening ="]
)
def test_a_choice_that_cannot_be_shown_leaves_the_first_object(
    museum: Path, tmp_path: Path, text: str
) -> None:
    (tmp_path / "home.toml").write_text(text, encoding="utf-8")
    assert doorway(museum, tmp_path) == "/zh-Hans/object/tiny/jar"


def test_without_a_file_nothing_is_chosen(tmp_path: Path) -> None:
    assert chosen_opening(tmp_path) == ""


def test_what_can_be_turned_and_has_a_story_hangs_before_a_scan_that_nobody_has_written_about(
    tmp_path: Path,
) -> None:
    bare = msgspec.structs.replace(JAR, name=Text({"zh-Hans": "甲"}), story=Text({}))
    write_object(tmp_path / "a" / "bare", bare)
    write_object(tmp_path / "b" / "waiting", JAR, processed=False)
    write_object(tmp_path / "c" / "told", JAR)
    html = TestClient(create_app(Settings(models=(tmp_path,)))).get("/zh-Hans/collection").text
    assert re.findall(r'href="/zh-Hans/object/(./\w+)"', html) == ["c/told", "a/bare", "b/waiting"]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("三彩罐（合成样本）", ("三彩罐", "（合成样本）")),
        ("Jar (synthetic)", ("Jar", "(synthetic)")),
        ("罐（唐）残片", ("罐（唐）残片", "")),
        ("（无名）", ("（无名）", "")),
        ("罐", ("罐", "")),
    ],
)
def test_what_stands_in_brackets_after_a_name_is_set_apart(name: str, parts: tuple[str, str]) -> None:
    assert Passage(name).head_and_tail == parts


def test_the_words_of_the_elements_buttons_are_in_every_language() -> None:
    for language in languages().values():
        for key in ("more", "leave_full_screen", "controls"):
            assert language.text(f"viewer.{key}") != f"viewer.{key}"
