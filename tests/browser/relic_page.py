"""A page with nothing but ``<museum-relic>`` on it, under the site's own policy, and small models made here.

The models are plain GLB boxes: their size is known, so the scale bar can be checked against pixels.
"""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from viewer.security import CONTENT_SECURITY_POLICY

TYPES = {".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}
RED = (0.8, 0.1, 0.1)
GREEN = (0.1, 0.6, 0.1)


def box_glb(size_m: tuple[float, float, float], color: tuple[float, float, float]) -> bytes:
    """Gives a box that stands on y = 0 around the vertical axis, flat normals, one plain colour."""
    half = [s / 2 for s in size_m]
    positions, normals, indices = [], [], []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            u, v = (axis + 1) % 3, (axis + 2) % 3
            start = len(positions)
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                corner = [0.0, 0.0, 0.0]
                corner[axis], corner[u], corner[v] = sign, a * sign, float(b)
                point = [c * h for c, h in zip(corner, half, strict=True)]
                positions.append((point[0], point[1] + half[1], point[2]))
                normals.append(tuple(sign if i == axis else 0.0 for i in range(3)))
            indices += [start, start + 1, start + 2, start, start + 2, start + 3]
    parts = [
        b"".join(struct.pack("<3f", *p) for p in positions),
        b"".join(struct.pack("<3f", *n) for n in normals),
        struct.pack(f"<{len(indices)}H", *indices),
    ]
    offsets = [sum(len(p) for p in parts[:i]) for i in range(3)]
    low = [min(p[i] for p in positions) for i in range(3)]
    high = [max(p[i] for p in positions) for i in range(3)]
    primitive = {"attributes": {"POSITION": 0, "NORMAL": 1}, "indices": 2, "material": 0}
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [primitive]}],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": [*color, 1], "metallicFactor": 0}}],
        "buffers": [{"byteLength": sum(len(p) for p in parts)}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": o, "byteLength": len(p)} for o, p in zip(offsets, parts, strict=True)
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 24, "type": "VEC3", "min": low, "max": high},
            {"bufferView": 1, "componentType": 5126, "count": 24, "type": "VEC3"},
            {"bufferView": 2, "componentType": 5123, "count": len(indices), "type": "SCALAR"},
        ],
    }
    return glb(document, b"".join(parts))


def glb(document: dict[str, object], binary: bytes) -> bytes:
    """Gives the GLB of a glTF document and its one buffer."""
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = (
        struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    )
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def level(
    folder: Path, quality: str, content: bytes, *, p95_mm: float, decoded_bytes: int
) -> dict[str, object]:
    """Writes one level and gives its entry for the manifest, with what the viewer reads of it."""
    (folder / f"{quality}.glb").write_bytes(content)
    return {
        "usage": "view",
        "quality": quality,
        "path": f"{quality}.glb",
        "bytes": len(content),
        "decoded_bytes": decoded_bytes,
        "texture_px": 0,
        "deviation_mm": {"mean": p95_mm / 2, "p95": p95_mm, "max": p95_mm * 2},
        "error_mm": None,
    }


def write_relic(
    folder: Path,
    size_mm: tuple[float, float, float],
    levels: list[dict[str, object]],
    *,
    confirmed: bool = True,
    view_deg: tuple[float, float] | None = None,
) -> None:
    """Writes the manifest beside its levels; ``view_deg`` is the poster's azimuth and elevation."""
    manifest = {
        "object": folder.name,
        "scale": {"size_mm": size_mm, "confirmed": confirmed},
        "derivatives": levels,
    }
    if view_deg:
        manifest["view"] = {"azimuth_deg": view_deg[0], "elevation_deg": view_deg[1]}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def page_html(script: str, query: dict[str, list[str]]) -> str:
    """Gives the page: ``src``, ``lang``, ``more`` (further attributes), ``labels`` (JSON), ``count``."""
    one = {key: values[0] for key, values in query.items()}
    lang = one.get("lang", "en")
    direction = "rtl" if lang in ("ug", "kk-Arab") else "ltr"
    labels = one.get("labels")
    words = f'<script type="application/json" class="labels">{labels}</script>' if labels else ""
    src = one.get("src", "/box/manifest.json")
    relic = f'<museum-relic src="{src}" alt="A test box" {one.get("more", "")}>{words}</museum-relic>'
    return (
        f'<!doctype html><html lang="{lang}" dir="{direction}"><head><meta charset="utf-8">'
        "<title>Relic</title>"
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/page.css">'
        f'<link rel="icon" href="data:,"><script type="module" src="/static/{script}"></script></head><body>'
        f'{relic * int(one.get("count", "1"))}<p><a href="#after" id="after">after</a></p></body></html>'
    )


@contextmanager
def relic_pages(static: Path, models: Path) -> Iterator[str]:
    """Serves the build, the models and ``/page?…`` under the site's policy; gives the origin.

    What is asked for with ``?stall`` comes half and then no further, the first time.
    """
    script = json.loads((static / "assets.json").read_text())["relic.js"]
    stalled: set[str] = set()
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            kind, body = "text/html; charset=utf-8", b""
            if parts.path == "/page":
                body = page_html(script, parse_qs(parts.query)).encode()
            elif parts.path == "/page.css":
                kind, body = "text/css", b"body{margin:0;background:#14110f;color:#efe7da}"
            else:
                inside = parts.path.startswith("/static/")
                file = static / parts.path[8:] if inside else models / parts.path[1:]
                if not file.is_file():
                    self.send_error(404)
                    return
                kind, body = TYPES.get(file.suffix, "application/octet-stream"), file.read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
            self.end_headers()
            if parts.query == "stall" and self.path not in stalled:
                stalled.add(self.path)
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                closing.wait(60)
                return
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        closing.set()
        server.shutdown()
        server.server_close()
