"""The report turns without script under the site's policy, by pointer and keys; it fits a phone and paper."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from playwright.sync_api import Page

from pipeline.catalogue.store import read_artifact, read_manifest
from pipeline.measure.proof import prove
from pipeline.measure.thresholds import thresholds
from pipeline.measure.verdicts import judged
from pipeline.report import report, side_by_side
from pipeline.steps.place import place
from tests.browser.conftest import Opener, serving
from tests.browser.test_accessibility import AXE, RUN
from tests.shapes import sphere
from tests.viewer.tiny import write_museum
from viewer.app import Settings

ADDRESS = "/media/tiny/jar/report.html"
FRONT = """() => {
  const style = (one) => getComputedStyle(one);
  const seen = [...document.querySelectorAll('.frame')].filter((one) => style(one).visibility === 'visible');
  seen.sort((a, b) => style(b).zIndex - style(a).zIndex);
  return seen.map((one) => one.className.split(' ')[1]);
}"""


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory, client_build: Path) -> Iterator[str]:
    """Origin of a site whose jar has a real report with every part."""
    folder = write_museum(tmp_path_factory.mktemp("reported"))
    scan, coarse = (place(sphere(0.1, level=level), up="+y", evidence="given") for level in (5, 3))
    painted = np.full((len(scan.positions), 4), 180, np.uint8)
    scan = scan.but(colours=painted)
    home = folder / "tiny" / "jar"
    manifest = read_manifest(home / "derivatives" / "manifest.json")
    proven = prove(scan, coarse, before=coarse, screen_px=1400, samples=5000)
    made = tuple(
        judged(
            replace(one, deviation_mm=proven.deviation, colour_de2000=proven.colour, proof=proven.proof),
            thresholds(),
        )
        for one in manifest.derivatives
    )
    sides = side_by_side(scan, coarse)
    page = report(replace(manifest, derivatives=made), read_artifact(home / "artifact.toml"), sides)
    (home / "derivatives" / "report.html").write_bytes(page["report.html"])
    with serving(Settings(models=(folder,), static=client_build)) as origin:
        yield origin


def front(page: Page) -> str:
    """The view that is seen: the topmost of the visible ones."""
    found: list[str] = page.evaluate(FRONT)
    return found[0]


def test_the_pictures_turn_by_keys_by_tap_and_by_pointer(open_page: Opener, reported: str) -> None:
    page = open_page(reported + ADDRESS)
    assert front(page) == "f0"
    page.locator("#t0").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert front(page) == "f2"
    page.locator("#t7").click()
    assert front(page) == "f7"
    stage = page.locator(".stage")
    box = stage.bounding_box()
    assert box is not None
    stage.hover(position={"x": box["width"] * 12.5 / 18, "y": box["height"] / 2})
    assert front(page) == "f12"
    page.mouse.click(box["x"] + box["width"] * 3.5 / 18, box["y"] + box["height"] / 2)
    page.mouse.move(5, 5)
    assert front(page) == "f3"
    loaded = "[...document.images].filter((one) => one.complete && one.naturalWidth > 0).length"
    assert page.evaluate(loaded) == 2 + 3 * 18


def test_the_page_is_written_in_the_letters_it_carries_under_the_policy_of_the_site(
    open_page: Opener, reported: str
) -> None:
    page = open_page(reported + ADDRESS)
    page.evaluate("document.fonts.ready.then(() => true)")
    assert page.evaluate("[...document.fonts].map((one) => [one.family, one.status])") == [
        ["Report Sans", "loaded"],
        ["Report Serif", "loaded"],
    ]


def test_nothing_of_the_page_is_wider_than_a_phone(open_page: Opener, reported: str) -> None:
    page = open_page(reported + ADDRESS, width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    marks = page.evaluate(
        "[...document.querySelectorAll('.turn input')].map((one) => one.getBoundingClientRect())"
        ".filter((box) => box.width > 0).map((box) => Math.min(box.width, box.height))"
    )
    assert len(marks) == 9 and min(marks) >= 24


def test_the_verdicts_stand_under_one_another_on_a_phone_and_in_even_columns_on_a_desk(
    open_page: Opener, reported: str
) -> None:
    lefts = "[...document.querySelectorAll('.outcomes li')].map((one) => one.getBoundingClientRect().left)"
    narrow = open_page(reported + ADDRESS, width=390, height=844).evaluate(lefts)
    wide = open_page(reported + ADDRESS).evaluate(lefts)
    assert len(narrow) >= 2 and len(set(narrow)) == 1
    columns = sorted({round(left) for left in wide})
    assert len(columns) == min(4, len(wide))
    assert len({right - left for left, right in pairwise(columns)}) <= 2


def test_a_table_that_slides_says_so_on_a_phone_and_keeps_its_first_column(
    open_page: Opener, reported: str
) -> None:
    page = open_page(reported + ADDRESS, width=390, height=844)
    first = page.locator(".wide").first
    assert page.locator(".slide").first.is_visible()
    assert first.evaluate("(one) => one.scrollWidth > one.clientWidth + 100")
    before = first.locator("td").first.bounding_box()
    first.evaluate("(one) => { one.scrollLeft = 200 }")
    assert first.locator("td").first.bounding_box() == before
    assert not open_page(reported + ADDRESS).locator(".slide").first.is_visible()


def test_four_views_and_the_line_to_sign_on_are_printed(open_page: Opener, reported: str) -> None:
    page = open_page(reported + ADDRESS)
    page.emulate_media(media="print")
    seen = page.evaluate(
        "[...document.querySelectorAll('.frame')].filter((one) => one.getBoundingClientRect().height > 0)"
        ".map((one) => one.className.split(' ')[1])"
    )
    assert seen == ["f0", "f4", "f9", "f14"]
    assert page.locator(".signed").is_visible() and not page.locator("#t0").is_visible()
    boxes = page.evaluate(
        "[...document.querySelectorAll('.frame, .captions')].map((one) => one.getBoundingClientRect())"
        ".filter((box) => box.height > 0).map((box) => [box.top, box.bottom]).sort((a, b) => a[0] - b[0])"
    )
    assert all(above[1] <= below[0] + 1 for above, below in pairwise(boxes))


def test_axe_finds_nothing_on_the_report(open_page: Opener, reported: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm ci in viewer/client")
    page = open_page(reported + ADDRESS, bypass_csp=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(RUN) == []
