"""What machines ask for: is it alive, what may be crawled."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ..library import Library

_ROBOTS = "User-agent: *\nDisallow: /media/\nAllow: /\n"


def robots(request: Request) -> Response:
    """Pages may be crawled, models not."""
    return PlainTextResponse(_ROBOTS, headers={"cache-control": "public, max-age=86400"})


def health(request: Request) -> Response:
    """Alive, how many objects are on show, and which records could not be read and why (for the staff)."""
    library: Library = request.app.state.shelf.current()
    state = {
        "ok": True,
        "objects": len(library.relics),
        "ready": sum(relic.is_ready for relic in library.relics),
        "not_shown": [{"object": t.key, "why": t.what} for t in library.troubles],
    }
    headers = {"cache-control": "no-store"}
    return Response(msgspec.json.encode(state), media_type="application/json", headers=headers)
