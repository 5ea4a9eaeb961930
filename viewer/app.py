"""The site: every route in one list.

Reads what the pipeline wrote to disk and imports only ``pipeline.catalogue`` and ``pipeline.errors``.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route

from pipeline.catalogue.text import LOCALES

from .assets import Assets
from .i18n import languages
from .library import Shelf
from .routes import errors, files, machines, visitors
from .security import SecurityHeaders
from .settings import Settings

__all__ = ["Settings", "create_app"]


class LocaleConvertor(StringConvertor):
    """Matches our languages and nothing else, so that an unknown one is simply not found."""

    regex = "|".join(LOCALES)


register_url_convertor("locale", LocaleConvertor())

ROUTES = [
    Route("/", visitors.entrance),
    Route("/{locale:locale}", visitors.to_home),
    Route("/{locale:locale}/", visitors.home, name="home"),
    Route("/{locale:locale}/collection", visitors.collection, name="collection"),
    Route("/{locale:locale}/object/{collection}/{object}", visitors.object_page, name="object"),
    Route("/{locale:locale}/about", visitors.about, name="about"),
    Route("/media/{collection}/{object}/manifest.json", files.manifest),
    Route("/media/{collection}/{object}/report.html", files.report),
    Route("/media/{collection}/{object}/{name}", files.media),
    Route("/static/{name:path}", files.static),
    Route("/favicon.ico", files.favicon),
    Route("/robots.txt", machines.robots),
    Route("/healthz", machines.health),
]


def create_app(settings: Settings | None = None) -> Starlette:
    """Builds the site.

    Args:
        settings: folders and names; None for the defaults, relative to the working directory.

    Raises:
        OSError, ValueError: a language's texts are missing or broken; better at start than on a page.
    """
    settings = settings or Settings()
    languages()
    app = Starlette(
        routes=ROUTES,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts), www_redirect=False),
        ],
        exception_handlers={HTTPException: errors.refused, Exception: errors.failed},
    )
    app.router.redirect_slashes = False
    app.state.settings = settings
    app.state.assets = Assets(settings.static)
    app.state.shelf = Shelf(settings.models, every_seconds=settings.reload_seconds)
    return app
