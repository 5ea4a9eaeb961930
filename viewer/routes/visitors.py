"""The pages a visitor reads."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..i18n import Language, languages, preferred
from ..kinds import relic as relic_kind
from ..library import Library
from ..opening import chosen_opening
from ..pages import render
from ..wall import facets, hang, seen_first
from ..words import passage


def entrance(request: Request) -> Response:
    """``/``: to the home page in the visitor's language."""
    tag = preferred(request.headers.get("accept-language", ""))
    headers = {"vary": "Accept-Language", "cache-control": "no-cache"}
    return RedirectResponse(f"/{tag}/", status_code=302, headers=headers)


def to_home(request: Request) -> Response:
    """``/ug``: to ``/ug/``."""
    return RedirectResponse(f"/{request.path_params['locale']}/", status_code=308)


def home(request: Request) -> Response:
    """The home page: one relic in the light, then the collection."""
    library, language = _library(request), _language(request)
    chosen = chosen_opening(request.app.state.settings.exhibits)
    relics = sorted(library.relics, key=lambda relic: (relic.key != chosen, *seen_first(relic)))
    opening = relics[0] if relics else None
    others = hang(relics[1:9])
    return render(
        request,
        language,
        "home.html",
        opening=opening,
        others=others,
        count=len(library.relics),
        **_shared(language),
    )


def collection(request: Request) -> Response:
    """The collection on its wall, by category and material."""
    library, language = _library(request), _language(request)
    wanted = {key: request.query_params.get(key, "") for key in ("category", "material")}
    chosen, choices = facets(library.relics, wanted, language)
    return render(
        request,
        language,
        "collection.html",
        rest="collection",
        works=hang(sorted(chosen, key=seen_first)),
        choices=choices,
        wanted=wanted,
        total=len(library.relics),
        **_shared(language),
    )


def object_page(request: Request) -> Response:
    """One object: seen first, then its label, its story, its record."""
    language = _language(request)
    relic = _library(request).get(request.path_params["collection"], request.path_params["object"])
    if relic is None:
        raise HTTPException(404)
    rest = f"object/{quote(relic.collection, safe='')}/{quote(relic.object, safe='')}"
    return render(
        request,
        language,
        "kinds/relic.html",
        rest=rest,
        relic=relic,
        **relic_kind.context(relic, language),
        **_shared(language),
    )


def about(request: Request) -> Response:
    """What this is, how the models are made, what they do not claim."""
    language = _language(request)
    return render(request, language, "about.html", rest="about", **_shared(language))


def _shared(language: Language) -> dict[str, Any]:
    return {"named": lambda text: passage(text, language), "label": lambda r: relic_kind.label(r, language)}


def _library(request: Request) -> Library:
    library: Library = request.app.state.shelf.current()
    return library


def _language(request: Request) -> Language:
    return languages()[request.path_params["locale"]]
