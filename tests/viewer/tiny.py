"""A museum small enough to see: one turned jar, written with the standard library alone, so that tests of the
site need no pipeline. A second object has no model yet, a third a broken record, a fourth is not public."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import struct
import zlib
from pathlib import Path

import msgspec

from pipeline.catalogue.artifact import (
    Artifact,
    Dimensions,
    Period,
    Quantity,
    Register,
    Rights,
    Sensitivity,
    Source,
)
from pipeline.catalogue.derivative import (
    Derivative,
    Deviation,
    Input,
    Manifest,
    Picture,
    RecipeRecord,
    Scale,
    SourceFile,
)
from pipeline.catalogue.store import write_json, write_toml
from pipeline.catalogue.text import Text

PROFILE_M = ((0.0, 0.0), (0.06, 0.0), (0.11, 0.1), (0.12, 0.17), (0.08, 0.25), (0.05, 0.28), (0.06, 0.31))
"""Radius and height of the jar's outline."""

JAR = Artifact(
    name=Text(
        {
            "zh-Hans": "三彩罐",
            "ug": "ئۈچ رەڭلىك كوزا",
            "kk-Arab": "ٴۇش ٴتۇستى قۇمىرا",
            "en": "Three-colour jar",
        }
    ),
    number="TEST-001",
    register=Register(
        category="pottery",
        period=Period(literal="唐", term="tang", from_year=618, to_year=907),
        material=("pottery",),
        quantity=Quantity(literal="1件", count=1),
        dimensions=Dimensions(literal="高31，腹径24", height_mm=310.0, diameter_mm=240.0),
        holder=Text({"zh-Hans": "测试博物馆", "en": "Test Museum"}),
    ),
    summary=Text({"zh-Hans": "合成的陶罐，用来检验页面。", "en": "A synthetic jar that checks the page."}),
    story=Text({"zh-Hans": "先看器形。\n\n再看釉色。", "en": "First paragraph.\n\nSecond paragraph."}),
    image_description=Text({"zh-Hans": "绿釉的陶罐。", "en": "A round jar with a narrow mouth."}),
    place=Text({"zh-Hans": "北庭", "en": "Jimsar"}),
    rights=Rights(
        holder=Text({"zh-Hans": "测试博物馆"}), licence="CC0-1.0", licence_url="https://example.org/cc0"
    ),
    sources=(Source(Text({"zh-Hans": "程序自知的真实表面", "en": "The surface the program knows"}), "A"),),
    synthetic=True,
)


def write_museum(folder: Path) -> Path:
    """Writes the four objects below ``folder`` and gives it."""
    write_object(folder / "tiny" / "jar", JAR)
    waiting = msgspec.structs.replace(
        JAR, name=Text({"zh-Hans": "莲花瓦当"}), number="TEST-002", accent="malachite", synthetic=False
    )
    write_object(folder / "tiny" / "tile", waiting, processed=False)
    broken = folder / "tiny" / "unreadable" / "artifact.toml"
    broken.parent.mkdir(parents=True)
    broken.write_text("name = 3\n", encoding="utf-8")
    secret = msgspec.structs.replace(
        JAR, name=Text({"zh-Hans": "不公开"}), sensitivity=Sensitivity(public=False, reason="test")
    )
    write_object(folder / "tiny" / "withheld", secret)
    return folder


def write_object(folder: Path, artifact: Artifact, *, processed: bool = True) -> Manifest | None:
    """Writes one object's record and, if ``processed``, a true small model of it."""
    folder.mkdir(parents=True)
    write_toml(artifact, folder / "artifact.toml")
    if not processed:
        return None
    made = folder / "derivatives"
    made.mkdir()
    view, master = jar_glb(24), jar_glb(48)
    poster = jar_png(480, 640)
    share = jar_png(600, 315, ground=(244, 239, 230))
    manifest = Manifest(
        object=f"{folder.parent.name}/{folder.name}",
        recipe=RecipeRecord("relic", "0" * 64),
        input=Input("1" * 64, (SourceFile("jar.obj", 10, "2" * 64),), "obj", 1000, 600, 0),
        scale=Scale("mm", "given", True, (240.0, 310.0, 240.0), "+y", "given", (512000.25, 10.0, 4877000.5)),
        derivatives=(_model(made, "view", "small", view, 24), _model(made, "master", "full", master, 48)),
        pictures=(_picture(made, "poster", poster, 480, 640), _picture(made, "share", share, 600, 315)),
    )
    (made / "report.html").write_text(
        "<!doctype html><title>Report</title><style>p{color:#222}</style><p>ok", "utf-8"
    )
    write_json(manifest, made / "manifest.json")
    return manifest


def jar_glb(sides: int) -> bytes:
    """Gives the jar as a GLB: one mesh, metres, Y up, standing on the ground, coloured by height."""
    rows = len(PROFILE_M)
    points, colours, triangles = bytearray(), bytearray(), bytearray()
    for radius, height in PROFILE_M:
        for side in range(sides):
            angle = 2 * math.pi * side / sides
            points += struct.pack("<3f", radius * math.sin(angle), height, radius * math.cos(angle))
            colours += bytes((170 - int(height * 200), 110, 50 + int(height * 150), 255))
    for row in range(rows - 1):
        for side in range(sides):
            a, b = row * sides + side, row * sides + (side + 1) % sides
            triangles += struct.pack("<6H", a, b, a + sides, b, b + sides, a + sides)
    count, radius = rows * sides, max(r for r, _ in PROFILE_M)
    views = [bytes(points), bytes(colours), bytes(triangles)]
    starts = [sum(len(v) for v in views[:i]) for i in range(3)]
    scene = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "materials": [
            {"doubleSided": True, "pbrMetallicRoughness": {"metallicFactor": 0, "roughnessFactor": 0.7}}
        ],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0, "COLOR_0": 1}, "indices": 2, "material": 0}]}
        ],
        "buffers": [{"byteLength": sum(map(len, views))}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": start, "byteLength": len(view), "target": 34963 if i == 2 else 34962}
            for i, (start, view) in enumerate(zip(starts, views, strict=True))
        ],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": 5126,
                "count": count,
                "type": "VEC3",
                "min": [-radius, 0, -radius],
                "max": [radius, PROFILE_M[-1][1], radius],
            },
            {"bufferView": 1, "componentType": 5121, "normalized": True, "count": count, "type": "VEC4"},
            {"bufferView": 2, "componentType": 5123, "count": len(triangles) // 2, "type": "SCALAR"},
        ],
    }
    text = json.dumps(scene, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    binary = b"".join(views)
    binary += b"\0" * (-len(binary) % 4)
    body = (
        struct.pack("<2I", len(text), 0x4E4F534A)
        + text
        + struct.pack("<2I", len(binary), 0x004E4942)
        + binary
    )
    return struct.pack("<3I", 0x46546C67, 2, 12 + len(body)) + body


def jar_png(width_px: int, height_px: int, ground: tuple[int, int, int] | None = None) -> bytes:
    """Gives the jar's picture from the front; the ground is transparent unless a colour is given."""
    rows = bytearray()
    scale = height_px * 0.8 / PROFILE_M[-1][1]
    for y in range(height_px):
        height = (height_px * 0.9 - y) / scale
        half = _radius(height) * scale
        rows.append(0)
        for x in range(width_px):
            across = (x - width_px / 2) / half if half else 2.0
            if abs(across) < 1:
                light = 0.35 + 0.65 * math.sqrt(1 - across * across) * (0.8 - 0.4 * across)
                rows += bytes(min(255, int(c * light)) for c in (214, 150, 92)) + b"\xff"
            else:
                rows += bytes((*(ground or (0, 0, 0)), 255 if ground else 0))
    header = struct.pack(">2I5B", width_px, height_px, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _radius(height: float) -> float:
    for (r0, h0), (r1, h1) in itertools.pairwise(PROFILE_M[1:]):
        if h0 <= height <= h1:
            return r0 + (r1 - r0) * (height - h0) / (h1 - h0)
    return 0.0


def _model(folder: Path, usage: str, quality: str, content: bytes, sides: int) -> Derivative:
    digest = hashlib.sha256(content).hexdigest()
    path = f"{usage}-{quality}.{digest[:8]}.glb"
    (folder / path).write_bytes(content)
    rows = len(PROFILE_M)
    return Derivative(
        usage=usage,  # type: ignore[arg-type]
        quality=quality,  # type: ignore[arg-type]
        path=path,
        media_type="model/gltf-binary",
        bytes=len(content),
        bytes_wire=len(content),
        sha256=digest,
        triangles=2 * sides * (rows - 1),
        vertices=sides * rows,
        texture_px=0,
        decoded_bytes=len(content),
        draw_calls=1,
        deviation_mm=Deviation(0.081, 0.2, 0.9, (0.08, 0.2, 0.9), (0.082, 0.19, 0.7), 20000),
        required_extensions=(),
        error_mm=0.2,
    )


def _picture(folder: Path, usage: str, content: bytes, width_px: int, height_px: int) -> Picture:
    digest = hashlib.sha256(content).hexdigest()
    path = f"{usage}.{digest[:8]}.png"
    (folder / path).write_bytes(content)
    return Picture(usage, path, "image/png", len(content), digest, width_px, height_px)  # type: ignore[arg-type]
