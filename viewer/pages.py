"""Templates into answers: one Jinja environment a language, autoescaped, nothing undefined in silence."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from . import delivery
from .i18n import Language, languages
from .letters import needs_more_letters
from .words import breakable

_REST_OF_FONTS = "{rest of the fonts}"
TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment(tag: str) -> Environment:
    """Gives the templates of one language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    language = languages()[tag]
    made.install_gettext_translations(language.texts, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"language": language, "languages": languages(), "number": language.number}
    made.filters["breakable"] = breakable
    made.filters["megabytes"] = lambda count: _megabytes(language, count)
    return made


def render(
    request: Request, language: Language, template: str, *, status: int = 200, rest: str = "", **context: Any
) -> Response:
    """Renders a template into an answer.

    Args:
        request: decides about 304 and gzip.
        language: of the page.
        template: its name under ``templates/``.
        status: HTTP status.
        rest: the address after the language's prefix, for the switch (``collection``); "" is the home page.
        context: what the template needs besides.
    """
    state = request.app.state
    page = environment(language.tag).get_template(template)
    html = page.render(
        asset=state.assets.url,
        origin=origin(request),
        rest=rest,
        url=lambda path="", tag=language.tag: f"/{tag}/{path}",
        media=media_url,
        status=status,
        rest_of_fonts=_REST_OF_FONTS,
        **context,
    )
    stylesheet = state.assets.url("fonts-rest.css") if needs_more_letters(html) else None
    html = html.replace(_REST_OF_FONTS, f'<link rel="stylesheet" href="{stylesheet}">' if stylesheet else "")
    return delivery.page(request, html.encode(), status=status)


def media_url(relic: Any, name: str) -> str:
    """Gives the address of one of an object's files."""
    return f"/media/{quote(relic.collection, safe='')}/{quote(relic.object, safe='')}/{quote(name, safe='')}"


def origin(request: Request) -> str:
    """Gives ``https://host`` for links that must be absolute."""
    public = str(request.app.state.settings.public_url)
    if public:
        return public.rstrip("/")
    return f"{request.scope['scheme']}://{quote(request.headers.get('host', 'localhost'), safe=':.-[]')}"


def _megabytes(language: Language, count: int) -> str:
    if count < 1_000_000:
        return f"{language.number(max(1, round(count / 1000)))} KB"
    return f"{language.number(count / 1e6, 1)} MB"
