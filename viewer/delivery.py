"""Files over HTTP: validators, ranges, precompressed brotli, caching by content hash.

Starlette's ``FileResponse`` knows ranges and If-Range; what it lacks is here: 304, ``.br`` files beside the
originals, Cache-Control, and the media types that slim systems have no table for. Rules:

* a name that carries its content's hash (``relic.3f9a2c1b.js``) never changes: immutable for a year;
* everything else is kept but asked for again (``no-cache`` + ETag);
* the brotli form has an ETag of its own and is never cut into ranges, for a range counts bytes of what is
  named by the URL and a resumed download must not mix the two;
* what is sent lies in the folder of the file that was named. A packed form must be a file of its own: a link
  could lead out of the folder, or inside of it to a model that is withheld.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import stat
from email.utils import parsedate_to_datetime
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

MEDIA_TYPES = {
    ".3mf": "model/3mf",
    ".avif": "image/avif",
    ".bin": "application/octet-stream",
    ".css": "text/css; charset=utf-8",
    ".glb": "model/gltf-binary",
    ".gltf": "model/gltf+json",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".ktx2": "image/ktx2",
    ".map": "application/json",
    ".m4a": "audio/mp4",
    ".mjs": "text/javascript; charset=utf-8",
    ".obj": "model/obj",
    ".ply": "model/vnd.ply",
    ".png": "image/png",
    ".stl": "model/stl",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".usdz": "model/vnd.usdz+zip",
    ".vtt": "text/vtt; charset=utf-8",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
"""Python's own table lacks half of these, and what it has depends on the system it runs on."""

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

_HASHED = re.compile(r"[.-][0-9A-Za-z]{8,64}\.[0-9a-z.]+$")
_CHUNK_BYTES = 1 << 20  # three times the throughput of Starlette's 64 KiB, see FileResponse.chunk_size


class _File(FileResponse):
    chunk_size = _CHUNK_BYTES


def media_type(name: str) -> str:
    """Gives the media type for a file name, ``application/octet-stream`` where it is not known."""
    return MEDIA_TYPES.get(Path(name).suffix.lower(), "application/octet-stream")


def deliver(request: Request, path: Path, *, immutable: bool | None = None, download: str = "") -> Response:
    """Answers GET or HEAD with a file.

    Args:
        request: what was asked; decides about 304, ranges and brotli.
        path: the file; the caller has made sure that it may be seen.
        immutable: cached for ever; None decides by whether the name carries a hash.
        download: file name to save under; empty shows the file in place.

    Raises:
        HTTPException: 404 when the file is not there, not a file, or a link out of its folder.
    """
    if not _lies_in_its_folder(path):
        raise HTTPException(404)
    brotli = path.with_name(path.name + ".br")
    headers = {"cache-control": _caching(path, immutable)}
    try:
        status = path.stat()
        has_brotli = brotli.is_file() and not brotli.is_symlink()
        served = path
        if has_brotli:
            headers["vary"] = "Accept-Encoding"
            if "range" not in request.headers and accepts(request, "br"):
                served, status = brotli, brotli.stat()
                headers["content-encoding"] = "br"
    except OSError as error:
        raise HTTPException(404) from error
    if not stat.S_ISREG(status.st_mode):
        raise HTTPException(404)
    headers["etag"] = _file_etag(path, status, "-br" if served is brotli else "")
    response = _File(
        served,
        headers=headers,
        media_type=media_type(path.name),
        stat_result=status,
        filename=download or None,
    )
    return not_modified(response) if is_fresh(request, response) else response


def page(
    request: Request, body: bytes, *, kind: str = "text/html; charset=utf-8", status: int = 200
) -> Response:
    """Answers with bytes made for this request: ETag of the content, gzip where it is accepted, 304."""
    etag = hashlib.sha256(body).hexdigest()[:24]
    headers = {"cache-control": ASK_AGAIN, "vary": "Accept-Encoding", "etag": f'"{etag}"'}
    if len(body) > 1024 and accepts(request, "gzip"):
        body = gzip.compress(body, 5, mtime=0)
        headers |= {"content-encoding": "gzip", "etag": f'"{etag}-gz"'}
    response = Response(body, status_code=status, headers=headers, media_type=kind)
    return not_modified(response) if status == 200 and is_fresh(request, response) else response


def accepts(request: Request, coding: str) -> bool:
    """Tells whether Accept-Encoding names the coding with a weight above zero."""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, parameters = part.strip().partition(";")
        if name.strip() == coding:
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", parameters)
    return False


def is_fresh(request: Request, response: Response) -> bool:
    """Tells whether what the browser holds is what it would get (RFC 9110, 13.2.2)."""
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None:
        held = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return "*" in held or response.headers["etag"] in held
    since, modified = request.headers.get("if-modified-since"), response.headers.get("last-modified")
    if not since or not modified or "range" in request.headers:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def not_modified(response: Response) -> Response:
    """Gives the 304 that stands for a response, with the headers that a cache needs."""
    kept = ("cache-control", "etag", "vary", "last-modified", "content-security-policy")
    return Response(status_code=304, headers={k: v for k, v in response.headers.items() if k in kept})


def _lies_in_its_folder(path: Path) -> bool:
    try:
        return path.resolve().parent == path.parent.resolve()
    except (OSError, RuntimeError, ValueError):
        return False


def _caching(path: Path, immutable: bool | None) -> str:
    return FOREVER if (bool(_HASHED.search(path.name)) if immutable is None else immutable) else ASK_AGAIN


def _file_etag(path: Path, status: os.stat_result, suffix: str) -> str:
    digest = hashlib.sha256(f"{path.name}:{status.st_mtime_ns}:{status.st_size}".encode()).hexdigest()[:24]
    return f'"{digest}{suffix}"'
