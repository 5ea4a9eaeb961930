"""What every browser test needs: the real client build, the site on a port, Chromium with the network closed.

Chromium draws WebGL on the CPU here (hundreds of milliseconds a frame): wait for a state, never for a number
of frames, and keep viewports small where the model is drawn.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, sync_playwright

from tests.viewer.tiny import write_museum
from viewer.app import Settings, create_app
from viewer.settings import STATIC

ROOT = Path(__file__).parents[2]
CHROMIUM_ARGS = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-dev-shm-usage"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Runs the site on a free loopback port for the block and gives its origin."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(create_app(settings), host="127.0.0.1", port=port, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    if not server.started:
        raise RuntimeError("the site did not start")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def client_build() -> Path:
    """The client as ``node viewer/client/build.mjs`` wrote it; built once where it is not there."""
    if not (STATIC / "assets.json").is_file():
        node = shutil.which("node")
        if node is None or not (ROOT / "viewer/client/node_modules").is_dir():
            pytest.skip("the client is not built: run npm ci and node build.mjs in viewer/client")
        subprocess.run([node, "build.mjs"], cwd=ROOT / "viewer/client", check=True, timeout=120)
    return STATIC


@pytest.fixture(scope="session")
def tiny_museum(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with tiny/jar ready to be turned and tiny/tile waiting for its model."""
    return write_museum(tmp_path_factory.mktemp("museum"))


@pytest.fixture(scope="session")
def site(tiny_museum: Path, client_build: Path) -> Iterator[str]:
    """Origin of a running site that shows the tiny museum."""
    with serving(Settings(models=(tiny_museum,), static=client_build)) as origin:
        yield origin


@pytest.fixture(scope="session")
def bare_site(tmp_path_factory: pytest.TempPathFactory, client_build: Path) -> Iterator[str]:
    """Origin of a running site without a single object."""
    with serving(Settings(models=(tmp_path_factory.mktemp("nothing"),), static=client_build)) as origin:
        yield origin


@contextmanager
def browsing() -> Iterator[Browser]:
    """Gives a running Chromium: Debian's where it is installed, else the one Playwright brought."""
    path = os.environ.get("MUSEUM_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_ARGS, *root])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of the whole run."""
    with browsing() as browser:
        yield browser


@dataclass
class Watch:
    """What a context's pages did that they must not: requests that leave, errors, refusals of the policy."""

    origins: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def route(self, route: Route) -> None:
        """Lets requests to our own server pass; aborts and notes all others."""
        parts = urlsplit(route.request.url)
        if parts.scheme in ("data", "blob") or f"{parts.scheme}://{parts.netloc}" in self.origins:
            route.continue_()
        else:
            self.left.append(route.request.url)
            route.abort()

    def console(self, message: ConsoleMessage) -> None:
        """Notes errors, among them those of the Content Security Policy."""
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")


Opener = Callable[..., Page]


@pytest.fixture
def watch(site: str) -> Watch:
    """What went wrong so far in the test's pages; checked when the test ends."""
    return Watch(origins={site})


@pytest.fixture
def open_page(chromium: Browser, site: str, watch: Watch) -> Iterator[Opener]:
    """Gives ``open_page(path, width=…, height=…, expect_errors=…, **context options)`` -> Page.

    The network is closed but for the site. When the test ends, a request that tried to leave fails it, and so
    does an error in the console unless the page was opened with ``expect_errors=True``.
    """
    contexts: list[BrowserContext] = []
    tolerant = False

    def open_(
        path: str, *, width: int = 1280, height: int = 800, expect_errors: bool = False, **options: object
    ) -> Page:
        nonlocal tolerant
        tolerant = tolerant or expect_errors
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.route("**/*", watch.route)
        page = context.new_page()
        page.on("console", watch.console)
        page.on("pageerror", lambda error: watch.errors.append(str(error)))
        address = path if path.startswith("http") else site + path
        parts = urlsplit(address)
        watch.origins.add(f"{parts.scheme}://{parts.netloc}")
        page.goto(address, wait_until="load")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert watch.left == []
    assert tolerant or watch.errors == []
