from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from pipeline.catalogue.text import LOCALES, direction
from tests.viewer.tiny import JAR, write_object
from viewer.app import Settings, create_app
from viewer.i18n import preferred

PAGES = ("", "collection", "about", "object/tiny/jar", "object/tiny/tile")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers_in_every_language_with_its_direction(
    client: TestClient, locale: str, page: str
) -> None:
    response = client.get(f"/{locale}/{page}")
    assert response.status_code == 200
    assert f'<html lang="{locale}" dir="{direction(locale)}">' in response.text
    assert "%(" not in response.text, "a place was left unfilled"
    assert not re.search(r">\s*(nav|home|label|viewer|record|proof)\.[a-z_.]+", response.text), (
        "a key was left"
    )


@pytest.mark.parametrize("page", PAGES)
def test_the_language_switch_keeps_the_page(client: TestClient, page: str) -> None:
    text = client.get(f"/zh-Hans/{page}").text
    for locale in LOCALES:
        assert f'<a href="/{locale}/{page}" lang="{locale}"' in text
        assert f'hreflang="{locale}" href="http://testserver/{locale}/{page}"' in text


@pytest.mark.parametrize("page", PAGES)
def test_nothing_on_a_page_is_inline(client: TestClient, page: str) -> None:
    text = client.get(f"/zh-Hans/{page}").text
    assert " style=" not in text
    assert "<style" not in text
    assert not re.search(r"\son[a-z]+=", text)
    for tag in re.findall(r"<script[^>]*>", text):
        assert 'type="application/json"' in tag or "src=" in tag


def test_the_entrance_follows_the_browsers_language(client: TestClient) -> None:
    response = client.get("/", headers={"accept-language": "ug-CN,ug;q=0.9,zh;q=0.5"})
    assert (response.status_code, response.headers["location"]) == (302, "/ug/")
    assert response.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("", "zh-Hans"),
        ("de", "zh-Hans"),
        ("en-GB,zh;q=0.9", "en"),
        ("de, kk;q=0.3, en;q=0.2", "kk-Arab"),
        ("en;q=0, zh-CN", "zh-Hans"),
        ("en;q=oops, ug", "ug"),
        (",,;;q=,", "zh-Hans"),
    ],
)
def test_accept_language_is_read_with_its_weights(header: str, locale: str) -> None:
    assert preferred(header) == locale


@given(st.text(max_size=200))
def test_any_accept_language_gives_one_of_ours(header: str) -> None:
    assert preferred(header) in LOCALES


def test_an_unknown_language_is_a_page_that_says_so(client: TestClient) -> None:
    response = client.get("/de/collection", headers={"accept-language": "en"})
    assert response.status_code == 404
    assert "Nothing stands here" in response.text


def test_an_unknown_object_is_not_found_in_the_language_of_the_address(client: TestClient) -> None:
    response = client.get("/ug/object/tiny/nothing")
    assert response.status_code == 404
    assert '<html lang="ug" dir="rtl">' in response.text


def test_a_synthetic_object_says_so_on_its_label(client: TestClient) -> None:
    for page in ("object/tiny/jar", "collection", ""):
        assert "合成样本" in client.get(f"/zh-Hans/{page}").text
    assert "合成样本" not in client.get("/zh-Hans/object/tiny/tile").text


def test_the_object_page_states_the_measured_deviation(client: TestClient) -> None:
    text = client.get("/en/object/tiny/jar").text
    assert "The finest model differs from the scan by 0.08\u00a0mm on average" in text
    assert "/media/tiny/jar/report.html" in text


def test_an_object_without_a_model_shows_its_outline_and_its_text(client: TestClient) -> None:
    text = client.get("/zh-Hans/object/tiny/tile").text
    assert "<museum-relic" not in text
    assert 'class="outline"' in text
    assert "模型还在制作" in text
    assert "莲花瓦当" in text


def test_text_that_is_missing_in_a_language_keeps_its_own_lang_and_dir(client: TestClient) -> None:
    text = client.get("/ug/object/tiny/tile").text
    assert '<h1 lang="zh-Hans" dir="ltr">莲花瓦当</h1>' in text


def test_the_page_reads_well_without_the_clients_build(museum: Path, tmp_path: Path) -> None:
    client = TestClient(create_app(Settings(models=(museum,), static=tmp_path / "nothing")))
    text = client.get("/zh-Hans/object/tiny/jar").text
    assert "三彩罐" in text
    assert "/static/" not in text


def test_a_site_without_objects_says_that_the_wall_is_bare(tmp_path: Path) -> None:
    client = TestClient(create_app(Settings(models=(tmp_path / "nothing",))))
    for page in ("", "collection"):
        assert "墙还空着" in client.get(f"/zh-Hans/{page}").text


def test_markup_in_a_record_is_text_on_the_page(tmp_path: Path) -> None:
    import msgspec

    from pipeline.catalogue.text import Text

    name = Text({"zh-Hans": '<script>alert("1")</script>'})
    write_object(tmp_path / "c" / "o", msgspec.structs.replace(JAR, name=name, summary=name, number='"><b>'))
    client = TestClient(create_app(Settings(models=(tmp_path,))))
    for page in ("", "collection", "object/c/o"):
        text = client.get(f"/zh-Hans/{page}").text
        assert "<script>alert" not in text
        assert '"><b>' not in text


def test_filters_choose_and_count(client: TestClient) -> None:
    assert "共 2 件" in client.get("/zh-Hans/collection").text
    assert "三彩罐" in client.get("/zh-Hans/collection?material=pottery").text
    assert "没有这样的藏品" in client.get("/zh-Hans/collection?material=gold").text


def test_a_broken_record_is_named_and_the_others_go_on(client: TestClient) -> None:
    state = client.get("/healthz").json()
    assert (state["ok"], state["objects"], state["ready"]) == (True, 2, 1)
    assert [trouble["object"] for trouble in state["not_shown"]] == ["tiny/unreadable"]


def test_what_is_not_public_is_nowhere(client: TestClient) -> None:
    assert client.get("/zh-Hans/object/tiny/withheld").status_code == 404
    assert client.get("/media/tiny/withheld/manifest.json").status_code == 404
    assert "不公开" not in client.get("/zh-Hans/collection").text


def test_an_object_made_while_the_site_is_up_shows_after_a_refresh(tmp_path: Path) -> None:
    client = TestClient(create_app(Settings(models=(tmp_path,), reload_seconds=0)))
    assert "三彩罐" not in client.get("/zh-Hans/collection").text
    write_object(tmp_path / "c" / "new", JAR)
    assert "三彩罐" in client.get("/zh-Hans/collection").text


def test_an_error_of_ours_is_a_page_in_the_language_and_keeps_the_headers(museum: Path) -> None:
    app = create_app(Settings(models=(museum,)))
    app.state.shelf = None
    client = TestClient(app, raise_server_exceptions=False)
    response = client.get("/en/collection")
    assert response.status_code == 500
    assert "This page did not open" in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_pages_know_only_get_and_head(client: TestClient) -> None:
    assert client.head("/zh-Hans/").status_code == 200
    response = client.post("/zh-Hans/")
    assert response.status_code == 405
    assert "GET" in response.headers["allow"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["zh-Hans", "ug", "object", "media", "static", "tiny", "jar", "..", ".", "", "manifest.json"]
        )
        | st.text(max_size=12),
        max_size=6,
    ),
    st.dictionaries(
        st.sampled_from(["category", "material", "v", "download"]), st.text(max_size=20), max_size=2
    ),
)
def test_no_address_breaks_the_site(client: TestClient, parts: list[str], query: dict[str, str]) -> None:
    from urllib.parse import quote

    path = "http://testserver/" + "/".join(
        quote(part.encode("utf-8", "surrogatepass"), safe="") for part in parts
    )
    response = client.get(path, params={k: v.encode("utf-8", "replace") for k, v in query.items()})
    assert response.status_code < 500


@pytest.mark.parametrize("host", ["evil.example", 'a"b', "a/b", "[::1", ""])
def test_a_strange_host_neither_breaks_nor_is_believed(client: TestClient, host: str) -> None:
    response = client.get("/zh-Hans/", headers={"host": host})
    assert response.status_code < 500
    assert 'a"b' not in response.text
