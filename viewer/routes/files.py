"""Files: the client's build, and what the pipeline made of an object. Only what a table names is opened."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from .. import delivery
from ..library import Relic
from ..security import REPORT_POLICY

_DIGEST_IN_NAME = re.compile(r"\.[0-9a-f]{8,64}\.[a-z0-9]+$")


def static(request: Request) -> Response:
    """``/static/…``: scripts, styles, fonts and decoders."""
    path = request.app.state.assets.find(request.path_params["name"])
    if path is None or path.suffix == ".br":
        raise HTTPException(404)
    return delivery.deliver(request, path)


def manifest(request: Request) -> Response:
    """``manifest.json`` of an object, without what its record withholds."""
    relic = _relic(request)
    if relic.manifest is None:
        raise HTTPException(404)
    return delivery.page(request, relic.manifest_json, kind="application/json")


def report(request: Request) -> Response:
    """The report on how the model was made and how far it is from the scan."""
    relic = _relic(request)
    path = relic.report
    if path is None:
        raise HTTPException(404)
    response = delivery.deliver(request, path, immutable=False)
    response.headers["content-security-policy"] = REPORT_POLICY
    return response


def media(request: Request) -> Response:
    """A model or picture that the manifest names; ``?download`` saves it under the object's name."""
    relic, name = _relic(request), request.path_params["name"]
    path = relic.file(name)
    if path is None:
        raise HTTPException(404)
    download = f"{relic.object}.{name}" if "download" in request.query_params else ""
    return delivery.deliver(request, path, immutable=bool(_DIGEST_IN_NAME.search(name)), download=download)


def favicon(request: Request) -> Response:
    """Browsers ask for this of themselves; the pages name an SVG."""
    address = request.app.state.assets.url("favicon.svg")
    if address is None:
        raise HTTPException(404)
    return RedirectResponse(address, status_code=302, headers={"cache-control": "no-cache"})


def _relic(request: Request) -> Relic:
    parameters = request.path_params
    relic: Relic | None = request.app.state.shelf.current().get(
        parameters["collection"], parameters["object"]
    )
    if relic is None:
        raise HTTPException(404)
    return relic
