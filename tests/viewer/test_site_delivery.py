from __future__ import annotations

import gzip

import pytest
from starlette.testclient import TestClient

SCRIPT = "/static/relic-ABCD1234.js"
CONTENT = b"export {};\n" * 100


def model(client: TestClient) -> str:
    manifest = client.get("/media/tiny/jar/manifest.json").json()
    return f"/media/tiny/jar/{manifest['derivatives'][0]['path']}"


@pytest.mark.parametrize(
    "path", ["/zh-Hans/", SCRIPT, "/media/tiny/jar/manifest.json", "/healthz", "/nothing", "/"]
)
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "script-src 'self' 'wasm-unsafe-eval'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in headers
    assert "xr-spatial-tracking=(self)" in headers["permissions-policy"]


def test_the_report_may_style_itself_and_run_nothing(client: TestClient) -> None:
    policy = client.get("/media/tiny/jar/report.html").headers["content-security-policy"]
    assert "style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none'")


def test_hashed_files_are_kept_for_ever_and_pages_are_asked_for_again(client: TestClient) -> None:
    assert "immutable" in client.get(SCRIPT).headers["cache-control"]
    assert "immutable" in client.get(model(client)).headers["cache-control"]
    for path in (
        "/zh-Hans/",
        "/media/tiny/jar/manifest.json",
        "/media/tiny/jar/report.html",
        "/static/assets.json",
    ):
        response = client.get(path)
        assert response.headers["cache-control"] == "no-cache"
        assert response.headers["etag"]


@pytest.mark.parametrize(
    "path", ["/zh-Hans/", SCRIPT, "/media/tiny/jar/manifest.json", "/media/tiny/jar/report.html"]
)
def test_what_the_browser_holds_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_a_model_answers_304_by_date_too(client: TestClient) -> None:
    path = model(client)
    date = client.get(path).headers["last-modified"]
    assert client.get(path, headers={"if-modified-since": date}).status_code == 304
    assert client.get(path, headers={"if-modified-since": "no date"}).status_code == 200


def test_brotli_is_sent_to_those_who_take_it_under_an_etag_of_its_own(client: TestClient) -> None:
    plain = client.get(SCRIPT, headers={"accept-encoding": "gzip"})
    assert plain.content == CONTENT
    with client.stream("GET", SCRIPT, headers={"accept-encoding": "gzip, br"}) as packed:
        assert packed.headers["content-encoding"] == "br"
        assert b"".join(packed.iter_raw()) == b"brotli bytes"
        assert packed.headers["content-type"].startswith("text/javascript")
        assert packed.headers["vary"] == "Accept-Encoding"
        assert packed.headers["etag"] != plain.headers["etag"]
    assert plain.headers["vary"] == "Accept-Encoding"
    assert client.get(SCRIPT, headers={"accept-encoding": "br;q=0"}).content == CONTENT


def test_a_range_counts_bytes_of_the_plain_file_even_where_brotli_is_taken(client: TestClient) -> None:
    response = client.get(SCRIPT, headers={"accept-encoding": "br", "range": "bytes=0-9"})
    assert response.status_code == 206
    assert response.content == CONTENT[:10]
    assert response.headers["content-range"] == f"bytes 0-9/{len(CONTENT)}"
    assert "content-encoding" not in response.headers


def test_a_download_goes_on_only_if_the_file_is_still_the_same(client: TestClient) -> None:
    path = model(client)
    whole = client.get(path, headers={"accept-encoding": "identity"})
    same = client.get(path, headers={"range": "bytes=100-", "if-range": whole.headers["etag"]})
    assert (same.status_code, same.content) == (206, whole.content[100:])
    other = client.get(path, headers={"range": "bytes=100-", "if-range": '"other"'})
    assert (other.status_code, other.content) == (200, whole.content)
    beyond = client.get(path, headers={"range": "bytes=99999999-"})
    assert beyond.status_code == 416


def test_pages_are_packed_for_those_who_take_it(client: TestClient) -> None:
    with client.stream("GET", "/zh-Hans/", headers={"accept-encoding": "gzip"}) as packed:
        body = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == client.get("/zh-Hans/", headers={"accept-encoding": "identity"}).content


def test_head_tells_the_size_and_sends_nothing(client: TestClient) -> None:
    for path in (SCRIPT, model(client), "/zh-Hans/"):
        response = client.head(path, headers={"accept-encoding": "identity"})
        assert (response.status_code, response.content) == (200, b"")
        assert int(response.headers["content-length"]) > 0


def test_media_types_do_not_depend_on_the_system(client: TestClient) -> None:
    assert client.get(model(client)).headers["content-type"] == "model/gltf-binary"
    assert client.get("/media/tiny/jar/manifest.json").headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../secret.txt",
        "/static/%2e%2e/secret.txt",
        "/static/..%2fsecret.txt",
        "/static//etc/passwd",
        "/static/%2Fetc/passwd",
        "/static/.%00",
        "/static/relic-ABCD1234.js.br",
        "/media/tiny/jar/..%2F..%2Fartifact.toml",
        "/media/tiny/jar/artifact.toml",
        "/media/tiny/jar/report.json",
        "/media/tiny/..%2Fjar/manifest.json",
        "/media/%2e%2e/tiny/manifest.json",
    ],
)
def test_nothing_outside_what_is_named_can_be_fetched(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "not to be seen" not in response.text


def test_a_link_inside_the_build_does_not_lead_out(client: TestClient, static: object) -> None:
    from pathlib import Path

    link = Path(str(static)) / "way-out.txt"
    link.symlink_to(link.parent.parent / "secret.txt")
    try:
        assert client.get("/static/way-out.txt").status_code == 404
    finally:
        link.unlink()


def test_archive_models_and_the_place_of_the_find_are_withheld(client: TestClient) -> None:
    manifest = client.get("/media/tiny/jar/manifest.json").json()
    assert [d["usage"] for d in manifest["derivatives"]] == ["view"]
    assert manifest["scale"]["offset_m"] == [0, 0, 0]
    folder = client.app.state.shelf.current().get("tiny", "jar").folder  # type: ignore[attr-defined]
    master = next(folder.glob("master-*.glb")).name
    assert client.get(f"/media/tiny/jar/{master}").status_code == 404


def test_a_file_that_went_away_is_not_found(client: TestClient, tmp_path: object) -> None:
    from pathlib import Path

    from tests.viewer.tiny import JAR, write_object
    from viewer.app import Settings, create_app

    folder = Path(str(tmp_path))
    write_object(folder / "c" / "o", JAR)
    site = TestClient(create_app(Settings(models=(folder,), reload_seconds=1e9)))
    path = site.get("/media/c/o/manifest.json").json()["derivatives"][0]["path"]
    (folder / "c" / "o" / "derivatives" / path).unlink()
    assert site.get(f"/media/c/o/{path}").status_code == 404


def test_a_download_is_saved_under_the_objects_name(client: TestClient) -> None:
    response = client.get(model(client) + "?download")
    assert response.headers["content-disposition"].startswith('attachment; filename="jar.view-small.')
