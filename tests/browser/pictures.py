"""Takes a picture of every kind of page, to be looked at by those who judge what the museum hangs.

    python -m tests.browser.pictures [OUT]          (default: test-pictures/)

Every page kind in the sizes of a phone, a laptop, a screen and an upright panel, in Chinese (left to right)
and Uyghur (right to left), of what lies in ``models/``; the models are drawn, so run ``museum demo`` before.
``--docs`` takes the two pictures of the documentation instead.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page

from tests.browser.conftest import ROOT, browsing, serving
from viewer.app import Settings
from viewer.library import read_library

SIZES = ("390x844", "1280x800", "1920x1080", "1080x1920")
LOCALES = ("zh-Hans", "ug")
READY_MS = 180_000
RELIC = "museum-relic"


class Sight(NamedTuple):
    """One page to look at: the file's name, the address after the language, whether all of it is taken."""

    name: str
    path: str
    whole: bool = False


def sights(models: Path) -> list[Sight]:
    """Gives the pages of a site with these models."""
    objects = [
        Sight(f"object-{relic.object}", f"object/{relic.collection}/{relic.object}")
        for relic in read_library([models]).relics
        if relic.is_ready
    ]
    below = [Sight(f"{sight.name}-whole", sight.path, whole=True) for sight in objects[-1:]]
    pages = [
        Sight("home", ""),
        Sight("home-whole", "", whole=True),
        Sight("collection", "collection", whole=True),
        Sight("about", "about", whole=True),
        Sight("404", "nothing/here"),
    ]
    return pages + objects + below


@contextmanager
def waiting(models: Path) -> Iterator[Path]:
    """Gives a folder with one object that has a record and no model yet."""
    record = next(iter(sorted(models.glob("*/*/artifact.toml"))), None)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "new" / "object"
        place.mkdir(parents=True)
        if record:
            shutil.copy(record, place)
        yield Path(folder)


def take(browser: Browser, address: str, size: str, target: Path, *, whole: bool = False) -> None:
    """Writes a picture of one page, once its model stands in its best quality and nothing moves."""
    width, height = map(int, size.split("x"))
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce", has_touch=width < 600
    )
    page = context.new_page()
    page.goto(address, wait_until="networkidle", timeout=READY_MS)
    stand(page)
    if whole:  # pictures further down are fetched when they come near
        page.evaluate(
            "Promise.all([...document.images].map((one) => { one.loading = 'eager'; return one.decode(); }))"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target, full_page=whole, timeout=READY_MS)
    context.close()


def stand(page: Page) -> None:
    """Waits until the page's model is there, no finer one is on its way, and the last frame is drawn."""
    if not page.locator(RELIC).count():
        return
    page.wait_for_selector(f'{RELIC}:is([data-state="ready"], [data-state="failed"])', timeout=READY_MS)
    page.wait_for_load_state("networkidle", timeout=READY_MS)
    before = None
    while before != (before := page.locator(RELIC).get_attribute("data-level")):
        page.evaluate(f"document.querySelector('{RELIC}').settled()")
        page.wait_for_timeout(1500)


def main() -> None:
    """Takes the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description="Take a picture of every kind of page.")
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "test-pictures")
    parser.add_argument("--models", type=Path, default=ROOT / "models")
    parser.add_argument("--pages", default="", help="only pages whose name holds one of these, by commas")
    parser.add_argument("--sizes", default=",".join(SIZES))
    parser.add_argument("--locales", default=",".join(LOCALES))
    parser.add_argument("--docs", action="store_true", help="write docs/pictures/ instead")
    asked = parser.parse_args()
    with browsing() as browser, serving(Settings(models=(asked.models,))) as origin:
        if asked.docs:
            for name, path in (("home", ""), ("object", "object/samples/tang-jar")):
                take(browser, f"{origin}/zh-Hans/{path}", "1280x800", ROOT / f"docs/pictures/{name}.png")
            return
        with waiting(asked.models) as folder, serving(Settings(models=(folder,))) as other:
            pages = [(origin, sight) for sight in sights(asked.models)]
            pages.append((other, Sight("waiting", "object/new/object")))
            chosen = [p for p in pages if any(word in p[1].name for word in asked.pages.split(","))]
            for server, sight in chosen:
                for size in asked.sizes.split(","):
                    for locale in asked.locales.split(","):
                        target = asked.out / f"{sight.name}-{size}-{locale}.png"
                        take(browser, f"{server}/{locale}/{sight.path}", size, target, whole=sight.whole)
                        print(target, flush=True)


if __name__ == "__main__":
    main()
