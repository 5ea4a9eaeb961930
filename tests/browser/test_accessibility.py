"""axe-core over every kind of page in every language: WCAG 2.2 A and AA and its best practices hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.catalogue.text import LOCALES
from tests.browser.conftest import Opener

AXE = Path(__file__).parents[2] / "viewer/client/node_modules/axe-core/axe.min.js"
PAGES = ("", "collection", "about", "object/tiny/jar", "object/tiny/tile", "nothing/here")
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ['violations'] });
  return found.violations.map((one) => [one.id, one.help, one.nodes.slice(0, 3).map((node) => node.html)]);
}"""


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("locale", LOCALES)
def test_axe_finds_nothing_on_any_page_in_any_language(open_page: Opener, locale: str, page: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm ci in viewer/client")
    # axe is put in past the policy: a page must not weaken its own for a test.
    opened = open_page(f"/{locale}/{page}", expect_errors=page == "nothing/here", bypass_csp=True)
    if page.endswith("jar"):
        opened.wait_for_selector('museum-relic[data-state="ready"]', timeout=30_000)
    opened.evaluate(AXE.read_text(encoding="utf-8"))
    assert opened.evaluate(RUN) == []
