"""What a visitor reads when there is nothing to show. The one place where the site handles an error."""

from __future__ import annotations

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ..i18n import Language, languages, preferred
from ..pages import render
from ..security import HEADERS

_FOR_PROGRAMS = ("/static/", "/media/", "/healthz", "/robots.txt", "/favicon.ico")


async def refused(request: Request, error: Exception) -> Response:
    """404, 405 and their like: a page in the visitor's language; programs get one line."""
    assert isinstance(error, HTTPException)
    status = error.status_code
    if str(request.scope["path"]).startswith(_FOR_PROGRAMS) or status != 404:
        response: Response = PlainTextResponse(HTTPStatus(status).phrase + "\n", status_code=status)
    else:
        response = await run_in_threadpool(render, request, _language(request), "404.html", status=status)
    response.headers.update(error.headers or {})
    response.headers["cache-control"] = "no-store"
    return response


async def failed(request: Request, error: Exception) -> Response:
    """500: something of ours broke; the server logs it, the visitor reads a sentence."""
    try:
        response = await run_in_threadpool(render, request, _language(request), "500.html", status=500)
    except Exception:  # the template itself may be what broke
        response = PlainTextResponse("Internal Server Error\n", status_code=500)
    response.headers["cache-control"] = "no-store"
    for name, value in HEADERS.items():  # this answer is made outside the middleware that would add them
        response.headers.setdefault(name, value)
    return response


def _language(request: Request) -> Language:
    first = str(request.scope["path"]).lstrip("/").split("/", 1)[0]  # "OPTIONS *" has a path without a slash
    return languages().get(first) or languages()[preferred(request.headers.get("accept-language", ""))]
