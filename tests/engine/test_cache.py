"""What was kept comes back the same, and what is damaged is as if it had never been kept."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.cache import Cache, key
from pipeline.catalogue.finding import Finding
from pipeline.matter.surface import Material, Placement, Surface, TextureUse
from pipeline.matter.texture import Change, Texture


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    folder = tmp_path / "scan"
    folder.mkdir()
    (folder / "skin.jpg").write_bytes(b"jpeg bytes")
    return folder


def tile(scan: Path) -> Surface:
    def texture(data: bytes, path: Path | None = None) -> Texture:
        digest = hashlib.sha256(data).hexdigest()
        return Texture("skin", digest, "image/jpeg", 4, 2, path=path, data=None if path else data)

    skin = TextureUse(texture(b"jpeg bytes", scan / "skin.jpg"), 1, ("clamp", "repeat"))
    bumps = TextureUse(texture(b"png bytes"))
    return Surface(
        positions=np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float64) + 1 / 3,
        triangles=np.array([[0, 1, 2]], np.int32),
        material_of=np.zeros(1, np.int32),
        materials=(
            Material("glaze", (0.5, 0.25, 1, 1), colour_texture=skin, normal_texture=bumps),
            Material(),
        ),
        uvs=(np.eye(3, 2, dtype=np.float32), np.ones((3, 2), np.float32)),
        colours=np.full((3, 4), 7, np.uint8),
        placement=Placement("mm", "given", "+z", "given", (1.0, 2.0, 3.0), tuple([(0.0, 1.0, 2.0, 3.0)] * 4)),  # type: ignore[arg-type]
        error_mm=0.125,
        source_format="obj",
        findings=(Finding("texture-missing", "warning", {"file": "皮.jpg"}),),
    )


def test_a_surface_comes_back_the_same(tmp_path: Path, scan: Path) -> None:
    cache, before = Cache(tmp_path / "cache", scan), tile(scan)
    cache.keep_surface("k", before)
    after = cache.surface("k")
    assert after is not None
    for name in ("positions", "triangles", "material_of", "colours"):
        kept, given = getattr(after, name), getattr(before, name)
        assert kept.dtype == given.dtype and np.array_equal(kept, given)
    assert after.normals is None and len(after.uvs) == 2 and np.array_equal(after.uvs[0], before.uvs[0])
    assert (after.placement, after.error_mm, after.findings) == (before.placement, 0.125, before.findings)
    assert after.materials[0].base_colour == (0.5, 0.25, 1, 1)
    assert after.materials[0].colour_texture == before.materials[0].colour_texture
    assert after.materials[1] == Material()
    bumps = after.materials[0].normal_texture
    assert bumps is not None and bumps.texture.encoded() == b"png bytes"


def test_what_is_promised_of_a_texture_comes_back_with_it(tmp_path: Path, scan: Path) -> None:
    gains = Texture("gains", hashlib.sha256(b"map").hexdigest(), "image/png", 2, 2, role="data", data=b"map")
    half = Change(((0.5, 0.0, 0.0), (0.0, 0.5, 0.0), (0.0, 0.0, 0.5)))
    before = tile(scan)
    changed = []
    glaze = before.materials[0]
    for slot in ("colour_texture", "normal_texture"):
        use = getattr(glaze, slot)
        texture = use.texture.changed(half).changed(Change(gains=gains, tone=1.25))
        changed.append((slot, replace(use, texture=texture)))
    glaze = replace(glaze, **dict(changed))
    cache = Cache(tmp_path / "cache", scan)
    cache.keep_surface("k", before.but(materials=(glaze, Material())))
    after = cache.surface("k")
    assert after is not None
    for slot in ("colour_texture", "normal_texture"):
        kept, given = (getattr(m, slot).texture for m in (after.materials[0], glaze))
        assert (kept.sha256, kept.source()) == (given.sha256, given.source())
        assert [(c.matrix, c.tone) for c in kept.changes] == [(c.matrix, c.tone) for c in given.changes]
        assert kept.changes[1].gains.source() == b"map" and kept.changes[0].gains is None
    assert str(tmp_path).encode() not in (tmp_path / "cache" / "k.surface").read_bytes()


def test_a_texture_of_the_scan_is_not_copied(tmp_path: Path, scan: Path) -> None:
    cache = Cache(tmp_path / "cache", scan)
    cache.keep_surface("k", tile(scan))
    assert sorted(path.suffix for path in (tmp_path / "cache").iterdir()) == [".blob", ".surface"]
    entry = (tmp_path / "cache" / "k.surface").read_bytes()
    assert str(tmp_path).encode() not in entry


@pytest.mark.parametrize("where", [3, 20, 200, -80, -1])
def test_one_changed_byte_is_a_miss_and_the_entry_goes(tmp_path: Path, scan: Path, where: int) -> None:
    cache = Cache(tmp_path / "cache", scan)
    cache.keep_surface("k", tile(scan))
    path = tmp_path / "cache" / "k.surface"
    entry = bytearray(path.read_bytes())
    entry[where] ^= 0x10
    path.write_bytes(entry)
    assert cache.surface("k") is None
    assert not path.exists()


def test_a_cut_entry_is_a_miss(tmp_path: Path, scan: Path) -> None:
    cache = Cache(tmp_path / "cache", scan)
    cache.keep_surface("k", tile(scan))
    path = tmp_path / "cache" / "k.surface"
    whole = path.read_bytes()
    for size in (0, 10, 30, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        assert cache.surface("k") is None


def test_a_damaged_texture_is_a_miss(tmp_path: Path, scan: Path) -> None:
    cache = Cache(tmp_path / "cache", scan)
    cache.keep_surface("k", tile(scan))
    next((tmp_path / "cache").glob("*.blob")).write_bytes(b"something else")
    assert cache.surface("k") is None


def test_sweeping_leaves_what_this_run_used(tmp_path: Path, scan: Path) -> None:
    old = Cache(tmp_path / "cache", scan)
    for name in ("a", "b", "c"):
        old.keep_surface(name, tile(scan).but(materials=(Material(),)))
    new = Cache(tmp_path / "cache", scan)
    assert new.surface("a") is not None
    new.use("b")
    new.sweep()
    assert sorted(path.stem for path in (tmp_path / "cache").iterdir()) == ["a", "b"]


def test_a_key_knows_its_parts_and_their_order() -> None:
    assert key("a", {"x": 1, "y": 2.5}) == key("a", {"y": 2.5, "x": 1})
    assert len({key("a", "b"), key("b", "a"), key("ab"), key("a", "b", None)}) == 4
