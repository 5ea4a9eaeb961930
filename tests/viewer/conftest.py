from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.viewer.tiny import write_museum
from viewer.app import Settings, create_app


@pytest.fixture(scope="session")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models: tiny/jar ready, tiny/tile waiting, one broken record, one that is not public."""
    return write_museum(tmp_path_factory.mktemp("museum"))


@pytest.fixture(scope="session")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built client, small: a script with a brotli form, a style, and something beside the folder."""
    folder = tmp_path_factory.mktemp("built") / "static"
    folder.mkdir()
    (folder / "relic-ABCD1234.js").write_bytes(b"export {};\n" * 100)
    (folder / "relic-ABCD1234.js.br").write_bytes(b"brotli bytes")
    (folder / "site-EFGH5678.css").write_text("body{margin:0}")
    (folder / "assets.json").write_text('{"relic.js": "relic-ABCD1234.js", "site.css": "site-EFGH5678.css"}')
    (folder.parent / "secret.txt").write_text("not to be seen")
    return folder


@pytest.fixture(scope="session")
def client(museum: Path, static: Path) -> Iterator[TestClient]:
    """The site with the tiny museum; errors of ours are raised, not turned into a 500."""
    app = create_app(Settings(models=(museum,), static=static))
    with TestClient(app, follow_redirects=False) as client:
        client.headers["accept-encoding"] = "gzip"
        yield client
