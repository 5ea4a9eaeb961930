"""A folder that a stranger gave shows only models and pictures of its own, and breaks nobody's page."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.testclient import TestClient

from tests.viewer.tiny import JAR, write_museum, write_object
from viewer.app import Settings, create_app
from viewer.delivery import deliver


@pytest.fixture
def museum(tmp_path: Path) -> Path:
    return write_museum(tmp_path / "museum")


def site(museum: Path) -> TestClient:
    return TestClient(create_app(Settings(models=(museum,), reload_seconds=0)), follow_redirects=False)


def rewritten(museum: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Writes an object whose manifest was changed by hand; gives the folder of its files."""
    write_object(museum / "evil" / "jar", JAR)
    made = museum / "evil" / "jar" / "derivatives"
    manifest = json.loads((made / "manifest.json").read_text())
    change(manifest)
    (made / "manifest.json").write_text(json.dumps(manifest))
    return made


def test_a_link_out_of_the_folder_is_not_followed(museum: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    named: list[str] = []
    made = rewritten(museum, lambda m: named.append(m["derivatives"][0]["path"]))
    for name in (named[0], "report.html"):
        (made / name).unlink()
        (made / name).symlink_to(tmp_path / "secret.txt")
        assert site(museum).get(f"/media/evil/jar/{name}").status_code == 404


@pytest.mark.parametrize("withheld", ["../../../../secret.txt", "master"])
def test_a_packed_form_that_is_a_link_is_not_sent(museum: Path, tmp_path: Path, withheld: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    made = rewritten(museum, lambda _: None)
    master, model = (next(made.glob(f"{usage}-*.glb")) for usage in ("master", "view"))
    packed = model.with_name(model.name + ".br")
    packed.symlink_to(master.name if withheld == "master" else withheld)
    assert packed.is_file(), "the link leads to a file"
    answer = site(museum).get(f"/media/evil/jar/{model.name}", headers={"accept-encoding": "br"})
    assert answer.content == model.read_bytes()
    assert "content-encoding" not in answer.headers and "vary" not in answer.headers


def test_a_link_out_of_its_folder_is_not_delivered_whoever_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "inside").mkdir()
    link = tmp_path / "inside" / "model.glb"
    link.symlink_to(tmp_path / "secret.txt")
    with pytest.raises(HTTPException) as refused:
        deliver(Request({"type": "http", "method": "GET", "headers": []}), link)
    assert refused.value.status_code == 404


@pytest.mark.parametrize("name", ["page.html", "code.js", "picture.svg", "artifact.toml", "page"])
def test_a_manifest_puts_nothing_on_the_site_that_could_run_there(museum: Path, name: str) -> None:
    made = rewritten(museum, lambda m: m["derivatives"][0].update(path=name))
    if not (made / name).exists():
        (made / name).write_text("<script src='code.js'></script>")
    assert site(museum).get(f"/media/evil/jar/{name}").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(object="a\ud800"),
        lambda m: m["pictures"][1].update(path="\udfff.png"),
        lambda m: m["derivatives"][0].update(triangles=10**400),
        lambda m: m["derivatives"][0]["deviation_mm"].update(mean=1e308),
        lambda m: m["scale"].update(size_mm=[1e308, 1.0, 1.0]),
    ],
)
def test_one_bad_manifest_leaves_all_pages_open(museum: Path, change: Callable[[Any], object]) -> None:
    rewritten(museum, change)
    client = site(museum)
    assert client.get("/en/collection").status_code == 200
    assert client.get("/zh-Hans/").status_code == 200
    assert "evil/jar" in [trouble["object"] for trouble in client.get("/healthz").json()["not_shown"]]


def test_a_folder_whose_name_is_not_utf8_is_named_and_left_out(museum: Path) -> None:
    name = os.fsdecode(os.fsencode(museum / "tiny") + b"/\xff")
    try:
        shutil.copytree(museum / "tiny" / "jar", name)
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    client = site(museum)
    assert client.get("/en/collection").status_code == 200
    assert "tiny/\\udcff" in [trouble["object"] for trouble in client.get("/healthz").json()["not_shown"]]


def test_a_request_for_the_whole_server_is_refused_like_any_other(museum: Path) -> None:
    async def ask() -> list[Any]:
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "OPTIONS", "path": "*", "raw_path": b"*", "query_string": b""}
        scope |= {"headers": [(b"host", b"museum")], "scheme": "http", "root_path": "", "http_version": "1.1"}
        await create_app(Settings(models=(museum,)))(scope, receive, send)
        return sent

    # In a thread of its own: a browser test on the same worker leaves a running loop in this one.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(ask())).result()[0]["status"] == 404


def test_what_a_record_says_is_never_markup(museum: Path) -> None:
    import msgspec

    from pipeline.catalogue.text import Text

    words = "</script><script>alert(1)</script>\"'><img src=x>"
    record = msgspec.structs.replace(
        JAR, name=Text({"zh-Hans": words}), number=words, summary=Text({"en": words})
    )
    write_object(museum / "evil" / "jar", record)
    client = site(museum)
    for page in ("/zh-Hans/", "/en/collection", "/en/object/evil/jar", "/ug/object/evil/jar"):
        text = client.get(page).text
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
