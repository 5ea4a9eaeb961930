"""Decode times in real Chromium, by the bundle that visitors get, from the site's own file server.

Chromium slows the page's main thread for us (CDP ``Emulation.setCPUThrottlingRate``), but no workers: asked
to, it says "only supported for pages, not workers". Draco works in one. So what the page waits for its
workers is measured at full speed and multiplied by the rate, and only the rest is taken from the slowed page.
Brotli is undone by the browser's network process, at some hundred MB/s: neither slowed nor counted.

``loadModel`` ends Draco's worker after each model, so every model starts it anew: so does the benchmark.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from viewer.assets import Assets
from viewer.delivery import deliver
from viewer.routes import files
from viewer.security import SecurityHeaders
from viewer.settings import STATIC

RATES = (1, 4, 6)
"""How many times slower than here: 1, a phone of the middle, a cheap one (Lighthouse's slow-downs)."""
SCRIPT = (Path(__file__).parent / "page.js").read_text(encoding="utf-8")
PAGE = "<!doctype html><html lang=en><title>Decode</title><link rel=icon href=data:,></html>"


@dataclass
class Times:
    """What was measured of one file: by rate, milliseconds of page and of workers, one a decode."""

    page_ms: dict[int, list[float]] = field(default_factory=dict)
    worker_ms: dict[int, list[float]] = field(default_factory=dict)
    triangles: int = 0
    others: dict[str, int] = field(default_factory=dict)

    def add(self, rate: int, seen: dict[str, Any]) -> None:
        """Takes in one decode."""
        self.page_ms.setdefault(rate, []).append(seen["ms"] - seen["worker_ms"])
        self.worker_ms.setdefault(rate, []).append(seen["worker_ms"])
        self.triangles = round(seen["triangles"])
        self.others |= seen["others"]

    def ms(self, rate: int) -> float:
        """Gives the median time from the last byte to the geometry on a machine so many times slower."""
        return statistics.median(self.page_ms[rate]) + rate * statistics.median(self.worker_ms[1])

    def best_ms(self, rate: int) -> float:
        """Gives the same of the quickest decodes: what is left where nothing else ran meanwhile."""
        return min(self.page_ms[rate]) + rate * min(self.worker_ms[1])


class Site:
    """Chromium with the site's decoders and a folder of models."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self._browser, self._origin = browser, origin
        self._stage = f"{origin}{Assets(STATIC).url('stage.js')}"

    def again(self, paths: Sequence[Path], times: int) -> list[Times]:
        """Decodes every file ``times`` times at each rate, file after file so that what else runs here is
        spread over all; all decoders are at hand.
        """
        found = [Times() for _ in paths]
        with self._page() as (page, session):
            for path in paths:
                self._bring(page, path)
            for rate in RATES:
                session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
                for _ in range(times):
                    for path, one in zip(paths, found, strict=True):
                        one.add(rate, self._bring(page, path))
        return found

    def first(self, path: Path, times: int) -> Times:
        """Decodes a file as the first of a visit, in fresh browsers: nothing is there but the page."""
        found = Times()
        for rate in RATES:
            for _ in range(times):
                with self._page() as (page, session):
                    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
                    found.add(rate, self._bring(page, path))
        return found

    @contextmanager
    def _page(self) -> Iterator[tuple[Page, CDPSession]]:
        context = self._browser.new_context()
        context.add_init_script(SCRIPT + "watchWorkers();")
        page = context.new_page()
        page.goto(self._origin)
        yield page, context.new_cdp_session(page)
        context.close()

    def _bring(self, page: Page, path: Path) -> dict[str, Any]:
        words = {"stage": self._stage, "url": f"{self._origin}/level/{path.name}"}
        seen: dict[str, Any] = page.evaluate("words => bring(words)", words)
        return seen


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """Serves a folder's models beside the client's build, with Chromium before it."""
    path = os.environ.get("MUSEUM_CHROMIUM") or shutil.which("chromium")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with _serving(folder) as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*root, "--disable-dev-shm-usage"])
        yield Site(browser, origin)
        browser.close()


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    def level(request: Request) -> Response:
        return deliver(request, folder / request.path_params["name"])

    routes = [
        Route("/", lambda _: HTMLResponse(PAGE)),
        Route("/level/{name}", level),
        Route("/static/{name:path}", files.static),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)])
    app.state.assets = Assets(STATIC)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        try:
            yield f"http://localhost:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
