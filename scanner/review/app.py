"""The review server: settings in, an ASGI application out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from scanner.masking import HashKey
from scanner.review.headers import SafeHeaders
from scanner.review.pages import agreement_page, audit_page, call_page, door, export, queue_page, sound
from scanner.review.site import HERE, ReviewSettings, Site, utc_now

_LARGEST_FORM = 64 << 10


class _Static(StaticFiles):
    """The page's own style and scripts, which a browser may keep for a while."""

    def file_response(self, *args: object, **more: object) -> Response:
        response = super().file_response(*args, **more)  # type: ignore[arg-type]
        response.headers["cache-control"] = "public, max-age=3600"
        return response


def create_app(settings: ReviewSettings, *, key: HashKey, now: Callable[[], datetime] = utc_now) -> Starlette:
    """The review page of one output folder. Raises UserError or OutputError when archive or database cannot be opened.

    `app.state.site.link` is the one-time link's token where that is the way in.
    """
    site = Site.open(settings, key=key, now=now)
    routes = [
        Mount("/static", _Static(directory=HERE / "static"), name="static"),
        Route("/healthy", lambda _request: PlainTextResponse("ok"), methods=["GET"]),
        *door.ROUTES,
        *queue_page.ROUTES,
        *call_page.ROUTES,
        *sound.ROUTES,
        *agreement_page.ROUTES,
        *audit_page.ROUTES,
        *export.ROUTES,
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(SafeHeaders, hosts=settings.hosts, https=settings.https)],
        exception_handlers={404: _not_found},
        max_body_size=_LARGEST_FORM,
    )
    app.state.site = site
    with site.writing() as connection:
        site.audit.append(connection, at=now(), actor="", action="server_started", detail={"out": settings.out})
    return app


def _not_found(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("There is no such page.", status_code=404)
