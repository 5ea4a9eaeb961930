from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from pipeline.catalogue.text import LOCALES, direction
from tests.browser.conftest import Opener

PAGES = ("", "collection", "about", "object/tiny/jar", "object/tiny/tile", "nothing/here")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("page", PAGES)
def test_no_page_scrolls_sideways_on_a_phone_or_asks_anything_of_others(
    open_page: Opener, locale: str, page: str
) -> None:
    opened = open_page(f"/{locale}/{page}", width=390, height=844, expect_errors=page == "nothing/here")
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    assert opened.evaluate("[document.documentElement.lang, getComputedStyle(document.body).direction]") == [
        locale,
        direction(locale),
    ]


@pytest.mark.parametrize("width", [320, 768, 1280, 1920])
@pytest.mark.parametrize("locale", ["zh-Hans", "ug"])
def test_no_page_scrolls_sideways_on_wider_screens(open_page: Opener, locale: str, width: int) -> None:
    for page in ("", "collection", "object/tiny/tile"):
        opened = open_page(f"/{locale}/{page}", width=width, height=800)
        assert opened.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("locale", LOCALES)
def test_every_way_on_is_large_enough_for_a_finger(open_page: Opener, locale: str) -> None:
    for page in (*PAGES, "collection?material=gold"):
        opened = open_page(f"/{locale}/{page}", width=390, height=844, expect_errors=True)
        small = opened.evaluate(
            """[...document.querySelectorAll('a:not(.skip)')]
            .map((a) => [a.textContent, a.getBoundingClientRect()])
            .filter(([_, box]) => box.width < 44 || box.height < 44)
            .map(([text, box]) => [text, box.width, box.height])"""
        )
        assert small == [], page


@pytest.mark.parametrize("locale", ["zh-Hans", "ug"])
def test_on_a_wide_screen_no_text_is_small(open_page: Opener, locale: str) -> None:
    for page in ("", "collection", "about", "object/tiny/tile"):
        opened = open_page(f"/{locale}/{page}", width=1920, height=1080)
        smallest = opened.evaluate(
            """Math.min(...[...document.querySelectorAll('body *')]
            .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
            .filter((e) => !e.closest('script, code'))
            .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
        )
        assert smallest >= 16, page


@pytest.mark.parametrize("locale", ["zh-Hans", "ug"])
def test_a_size_is_never_torn_from_its_unit(open_page: Opener, locale: str) -> None:
    for width in (320, 390, 1280):
        opened = open_page(f"/{locale}/object/tiny/jar", width=width, height=844)
        sizes = opened.locator(".dim, .doorway bdi")
        assert sizes.count() >= 6
        # A number in Uyghur is a run of its own: what counts is how many lines the runs stand on.
        lines = sizes.evaluate_all(
            "(all) => all.map((one) => new Set([...one.getClientRects()].map((box) => box.top)).size)"
        )
        assert set(lines) == {1}


@pytest.mark.parametrize("locale", ["zh-Hans", "ug"])
def test_the_object_page_reads_well_without_script(open_page: Opener, locale: str) -> None:
    page = open_page(f"/{locale}/object/tiny/jar", java_script_enabled=False)
    poster = page.locator("museum-relic > img")
    box = poster.bounding_box()
    assert box and box["width"] > 200 and box["height"] > 200
    assert poster.get_attribute("alt") == "绿釉的陶罐。"
    assert page.locator(".label h1").is_visible()
    assert page.locator(".record dl").is_visible()
    assert page.locator(".files a").count() == 1


@pytest.mark.parametrize("width", [390, 1280])
def test_on_its_page_the_model_fills_the_window_where_it_may_not_have_the_screen(
    open_page: Opener, width: int
) -> None:
    page = open_page("/ug/object/tiny/jar", width=width, height=700, reduced_motion="reduce")
    page.wait_for_selector('museum-relic[data-state="ready"]', timeout=60_000)
    page.evaluate("Object.defineProperty(document, 'fullscreenEnabled', { value: false })")
    page.locator('museum-relic [data-action="full_screen"]').click()
    box = page.evaluate("document.querySelector('museum-relic').getBoundingClientRect().toJSON()")
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, width, 700)
    page.locator('museum-relic [data-action="full_screen"]').click()
    assert page.locator("museum-relic").bounding_box() != {"x": 0, "y": 0, "width": width, "height": 700}


def test_without_a_single_object_the_site_is_still_a_place(open_page: Opener, bare_site: str) -> None:
    for path in ("/zh-Hans/", "/ug/collection"):
        page = open_page(bare_site + path)
        assert page.locator(".empty .outline").is_visible()
        assert page.locator("code").inner_text().startswith("museum process")
    home = open_page(bare_site + "/zh-Hans/")
    # The ways on stand over the hall there, light on dark: without an object it must be dark all the same.
    assert (
        home.evaluate("getComputedStyle(document.querySelector('.empty')).backgroundColor")
        == "rgb(20, 17, 15)"
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_an_object_page_is_light_before_the_model_comes(open_page: Opener, locale: str) -> None:
    page = open_page("/healthz")
    wire = listen(page)
    page.goto(page.url.replace("/healthz", f"/{locale}/object/tiny/jar"), wait_until="networkidle")
    sizes = {url: size for url, size in wire.items() if ".glb" not in url}
    assert any(url.endswith(".css") for url in sizes)
    assert sum(sizes.values()) < 450_000, sizes
    assert sum(size for url, size in sizes.items() if url.endswith(".woff2")) < 200_000, sizes


def test_every_step_of_the_keyboard_is_seen(open_page: Opener) -> None:
    page = open_page("/zh-Hans/collection")
    for _ in range(8):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.tagName, s.outlineStyle, parseFloat(s.outlineWidth)]; })()"
        )
        assert shown[0] == "A"
        assert shown[1] != "none" and shown[2] >= 2


def test_the_first_step_of_the_keyboard_leads_to_the_content(open_page: Opener) -> None:
    page = open_page("/zh-Hans/about")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_language_switch_keeps_the_page_and_mirrors_it(open_page: Opener) -> None:
    page = open_page("/zh-Hans/object/tiny/tile")
    before = page.locator(".label").bounding_box()
    page.locator('.tongues a[lang="ug"]').click()
    page.wait_for_url("**/ug/object/tiny/tile")
    after = page.locator(".label").bounding_box()
    assert before and after
    assert before["x"] < 640 < after["x"] + after["width"]


def test_text_on_its_ground_is_readable(open_page: Opener) -> None:
    for path in ("/zh-Hans/", "/zh-Hans/collection", "/zh-Hans/about", "/zh-Hans/object/tiny/tile"):
        page = open_page(path)
        poor = page.evaluate(CONTRAST)
        assert poor == [], path


CONTRAST = """() => {
  const number = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const f = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = number(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0.99) return c;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const home = e.closest('.home .masthead'); // lies over the doorway, not over its parent's ground
    if (!own || !e.getClientRects().length || e.closest('script, svg, .skip') || home) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(number(style.color)), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) poor.push([e.className, e.textContent, ratio]);
  }
  return poor;
}"""


def listen(page: Page) -> dict[str, int]:
    """Gives a table that fills with the bytes that came over the wire for each address."""
    sizes: dict[str, int] = {}
    addresses: dict[str, str] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def sent(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def finished(event: dict[str, Any]) -> None:
        address = addresses.get(event["requestId"], "?")
        sizes[address] = sizes.get(address, 0) + int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", sent)
    session.on("Network.loadingFinished", finished)
    return sizes
