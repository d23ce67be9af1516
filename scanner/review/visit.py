"""One request with who makes it: every page is reached through `guarded`, which lets in, checks the form, or refuses."""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from scanner.errors import OutputError, RecordingError, ScannerError
from scanner.review.access import ProxyAccess, Session, find_session, open_session, touch
from scanner.review.accounts import Role, find_user
from scanner.review.archive import CallDetail, Snapshot
from scanner.review.audit import Action
from scanner.review.site import Site

LOG = logging.getLogger("scanner.review")
FORM_COOKIE = "scanner-review-form"
_SAFE_METHODS = ("GET", "HEAD")


class Refusal(Exception):
    """The request is not answered; the person reads `message`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class SignInNeeded(Exception):
    """Nobody is signed in."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request, the site, and the session it belongs to."""

    site: Site
    request: Request
    at: datetime
    form: Mapping[str, str] = field(default_factory=dict)
    known: Session | None = None
    new_token: str | None = None

    @property
    def session(self) -> Session:
        if self.known is None:
            raise SignInNeeded
        return self.known

    @property
    def address(self) -> str:
        return self.request.client.host if self.request.client else ""

    @property
    def is_partial(self) -> bool:
        """Whether htmx asks for a piece of the page that is already shown."""
        return self.request.headers.get("hx-request") == "true"

    def page(self, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """A page made from a template, which knows who looks at it."""
        known = {"session": self.known, "user": self.known.user if self.known else None, "path": self.request.url.path}
        html = self.site.templates.get_template(template).render({**known, **context})
        return HTMLResponse(html, status_code=status)

    def audit(self, action: Action, subject: str = "", **detail: str | float | bool | None) -> None:
        """Put an entry into the log, in a transaction of its own."""
        with self.site.writing() as connection:
            self.audit_in(connection, action, subject, **detail)

    def audit_in(self, connection: Connection, action: Action, subject: str = "", **detail: Any) -> None:
        """Put an entry into the log together with what else the transaction writes."""
        actor = self.known.user.name if self.known else ""
        self.site.audit.append(connection, at=self.at, actor=actor, action=action, subject=subject, detail=detail)

    def call(self) -> tuple[Snapshot, int, CallDetail]:
        """(snapshot, row, call) that the URL's key names. Raises Refusal when the tables hold no such call."""
        snapshot = self.site.archive.snapshot()
        row = snapshot.row_of_key.get(self.request.path_params["key"])
        if row is None:
            raise Refusal(404, "There is no such call in this archive.")
        try:
            return snapshot, row, self.site.archive.call(snapshot, row)
        except OutputError:  # the part may just have been folded into a larger one
            snapshot = self.site.archive.snapshot(afresh=True)
            row = snapshot.row_of_key[self.request.path_params["key"]]
            return snapshot, row, self.site.archive.call(snapshot, row)


Handler = Callable[[Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(handler: Handler, *, role: Role = "viewer") -> Endpoint:
    """An endpoint for those who are signed in and have the role; forms must carry the session's token."""

    def admitted(visit: Visit) -> Response:
        visit = _with_session(visit)
        if not visit.session.user.may(role):
            visit.audit("refused", visit.request.scope["route"].path, why="role")
            raise Refusal(403, f"This needs the role “{role}”; yours is “{visit.session.user.role}”.")
        if visit.request.method not in _SAFE_METHODS:
            sent = visit.form.get("csrf") or visit.request.headers.get("x-csrf-token") or ""
            if not _from_here(visit.request) or not hmac.compare_digest(sent.encode(), visit.session.csrf.encode()):
                visit.audit("refused", visit.request.scope["route"].path, why="csrf")
                raise Refusal(403, "This form was not sent from a page of this session. Reload the page and try again.")
        response = handler(visit)
        if visit.new_token is not None:
            set_cookie(visit, response, visit.new_token)
        return response

    return endpoint(admitted)


def endpoint(handler: Handler) -> Endpoint:
    """An endpoint for anybody, which turns what is refused into a page; it runs in a thread, the form already read."""

    async def answer(request: Request) -> Response:
        form: dict[str, str] = {}
        if request.method not in _SAFE_METHODS:
            form = {k: v for k, v in (await request.form()).items() if isinstance(v, str)}
        site: Site = request.app.state.site
        visit = Visit(site, request, site.now(), form)
        return await run_in_threadpool(_answer, handler, visit)

    return answer


def _answer(handler: Handler, visit: Visit) -> Response:
    try:
        return handler(visit)
    except SignInNeeded:
        if visit.is_partial:
            return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
        wants_page = visit.request.headers.get("sec-fetch-dest", "document") == "document"
        accepts = visit.request.headers.get("accept", "*/*")
        if visit.request.method in _SAFE_METHODS and wants_page and ("text/html" in accepts or "*/*" in accepts):
            return RedirectResponse("/sign-in", status_code=303)
        return visit.page("message.html", status=401, title="Not signed in", message="Sign in first.")
    except Refusal as refusal:
        return _message(visit, refusal.status, refusal.message)
    except RecordingError as error:
        LOG.info("recording not played: %s", type(error).__name__)  # its text names the file
        return _message(visit, 409, _why_not_heard(error))
    except ScannerError as error:
        LOG.warning("archive not read: %s", type(error).__name__)
        return _message(visit, 503, "The archive cannot be read at the moment. Try again, or ask who runs the scan.")


def _message(visit: Visit, status: int, text: str) -> Response:
    try:
        known = visit.known or _with_session(visit).known
    except (SignInNeeded, Refusal):
        known = None
    title = {403: "Not allowed", 404: "Not found", 409: "Not possible", 429: "Too many tries"}.get(
        status, "Not possible"
    )
    return replace(visit, known=known).page("message.html", status=status, title=title, message=text)


def _why_not_heard(error: RecordingError) -> str:
    names = {
        "MissingRecording": "The recording is no longer where it was when it was scanned.",
        "UnreadableRecording": "The recording cannot be read from its storage at the moment.",
        "NoRecording": "This call was read in a transcript: there is no recording to play.",
        "UndecodableRecording": "No audio can be decoded from the recording.",
        "ChangedRecording": "The recording is not the one that was scanned: its bytes have changed. Scan it again.",
        "UnknownContent": "The scanner did not understand this call and cannot silence personal data in it. Whoever may "
        "hear personal data can, after saying why.",
        "ForeignScheme": "The recording lies where this page does not read from.",
    }
    return names.get(type(error).__name__, "The recording cannot be played.")


def set_cookie(visit: Visit, response: Response, token: str) -> None:
    """Give the browser its session: no script can read it, no other site can send it with a form."""
    https = visit.site.settings.https
    response.set_cookie(visit.site.cookie, token, httponly=True, samesite="lax", secure=https, path="/")


def form_token(visit: Visit) -> tuple[str, bool]:
    """(token, whether it is new) that ties a form to the browser before anybody is signed in."""
    known = visit.request.cookies.get(FORM_COOKIE, "")
    return (known, False) if len(known) >= 32 else (secrets.token_urlsafe(32), True)


def check_form_token(visit: Visit) -> None:
    """Raises Refusal unless the form was shown to this browser by this site."""
    known, sent = visit.request.cookies.get(FORM_COOKIE, ""), visit.form.get("csrf", "")
    if len(known) < 32 or not hmac.compare_digest(known.encode(), sent.encode()) or not _from_here(visit.request):
        raise Refusal(403, "This form was not sent from the sign-in page. Reload it and try again.")


def _from_here(request: Request) -> bool:
    """Whether the browser says that a page of this site sent the form; old browsers that say nothing have the token."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()


def _with_session(visit: Visit) -> Visit:
    site, access = visit.site, visit.site.settings.access
    token = visit.request.cookies.get(site.cookie, "")
    with site.engine.connect() as connection:
        found = find_session(connection, token, access=access, at=visit.at) if token else None
    if isinstance(access, ProxyAccess):
        name = _named_by_proxy(visit, access)
        if found is None or found[0].user.name != name:
            return _enter_by_proxy(visit, name, replacing=token)
    if found is None:
        raise SignInNeeded
    session, touch_due = found
    if touch_due:
        with site.writing() as connection:
            touch(connection, session.id, at=visit.at)
    return replace(visit, known=session)


def _named_by_proxy(visit: Visit, access: ProxyAccess) -> str:
    names = visit.request.headers.getlist(access.header)
    if not access.believes(visit.address):
        if names:
            visit.audit("refused", "proxy", why="header from an address that is not trusted", address=visit.address)
        raise Refusal(403, "This page is only reached through the company's sign-in proxy.")
    if len(names) != 1 or not names[0].strip():
        raise Refusal(403, "The sign-in proxy did not say who you are.")
    return names[0].strip()


def _enter_by_proxy(visit: Visit, name: str, *, replacing: str) -> Visit:
    site = visit.site
    with site.engine.connect() as connection:
        user = find_user(connection, name)
    if user is None:
        visit.audit("refused", "proxy", why="no such user")
        raise Refusal(403, "You are known to the sign-in proxy, but have no role here. Ask an administrator.")
    with site.writing() as connection:
        token = open_session(connection, user.name, at=visit.at, origin="proxy", replacing=replacing or None)
        site.audit.append(
            connection, at=visit.at, actor=user.name, action="signed_in", subject=user.name, detail={"by": "proxy"}
        )
    with site.engine.connect() as connection:
        found = find_session(connection, token, access=site.settings.access, at=visit.at)
    if found is None:
        raise SignInNeeded
    return replace(visit, known=found[0], new_token=token)
