"""Each usage as the site has it: what is for looking at is served as what it is, the rest is withheld."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from pipeline.catalogue.artifact import Sensitivity
from pipeline.catalogue.store import read_manifest, write_json
from tests.viewer.tiny import JAR, write_object
from viewer.app import Settings, create_app

FILES = [
    ("view", "thumb", "thumb", ".glb", "model/gltf-binary"),
    ("ar", "medium", "ar", ".glb", "model/gltf-binary"),
    ("ar", "medium", "ar", ".usdz", "model/vnd.usdz+zip"),
    ("vr", "medium", "vr", ".glb", "model/gltf-binary"),
    ("print", "full", "print", ".3mf", "model/3mf"),
    ("print", "full", "print", ".stl", "model/stl"),
    ("download", "full", "download", ".zip", "application/zip"),
    ("master", "full", "master", ".zip", "application/zip"),
]


def site(folder: Path, archive: str) -> tuple[TestClient, dict[str, str]]:
    """A site of one jar with a file of every usage; gives the files' media types by name too."""
    record = msgspec.structs.replace(JAR, sensitivity=Sensitivity(archive=archive))  # type: ignore[arg-type]
    write_object(folder / "c" / "o", record)
    path = next((folder / "c" / "o").rglob("manifest.json"))
    manifest = read_manifest(path)
    kinds, more = {}, []
    for usage, quality, stem, suffix, media_type in FILES:
        data = f"{usage} {suffix}".encode()
        digest = hashlib.sha256(data).hexdigest()
        name = f"{stem}.{digest[:8]}{suffix}"
        (path.parent / name).write_bytes(data)
        kinds[name] = media_type
        more.append(
            msgspec.structs.replace(
                manifest.derivatives[0],
                usage=usage,
                quality=quality,
                path=name,
                media_type=media_type,
                bytes=len(data),
                sha256=digest,
            )
        )
    write_json(msgspec.structs.replace(manifest, derivatives=(*manifest.derivatives, *more)), path)
    return TestClient(create_app(Settings(models=(folder,), reload_seconds=1e9))), kinds


@pytest.mark.parametrize(("archive", "served"), [("hidden", 4), ("public", 8)])
def test_files_are_served_as_what_they_are_or_not_at_all(tmp_path: Path, archive: str, served: int) -> None:
    client, kinds = site(tmp_path, archive)
    named = {one["path"] for one in client.get("/media/c/o/manifest.json").json()["derivatives"]}
    assert len(named & set(kinds)) == served
    for name, media_type in kinds.items():
        answer = client.get(f"/media/c/o/{name}")
        if name in named:
            assert (answer.status_code, answer.headers["content-type"]) == (200, media_type), name
        else:
            assert answer.status_code == 404, name


def test_the_page_tells_files_of_one_level_apart_and_names_none_that_are_withheld(tmp_path: Path) -> None:
    client, kinds = site(tmp_path, "hidden")
    page = client.get("/en/object/c/o").text
    for name in kinds:
        assert (name in page) == name.startswith(("thumb", "ar", "vr")), name
    assert "<bdi>USDZ</bdi>" in page and "<bdi>GLB</bdi>" in page
