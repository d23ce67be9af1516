"""Coming in and going out."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from scanner.review.access import LinkAccess, PasswordAccess, ProxyAccess, end_session, open_session
from scanner.review.accounts import User, check_password
from scanner.review.visit import (
    FORM_COOKIE,
    Refusal,
    Visit,
    check_form_token,
    endpoint,
    form_token,
    guarded,
    set_cookie,
)


def sign_in_page(visit: Visit, *, problem: str = "", status: int = 200) -> Response:
    """The form for name and password, or what to do where there is none."""
    access = visit.site.settings.access
    if isinstance(access, ProxyAccess):
        return RedirectResponse("/", status_code=303)
    token, fresh = form_token(visit)
    with_password = isinstance(access, PasswordAccess)
    page = visit.page("sign_in.html", status=status, csrf=token, problem=problem, with_password=with_password)
    if fresh:
        page.set_cookie(
            FORM_COOKIE, token, httponly=True, samesite="strict", secure=visit.site.settings.https, path="/"
        )
    return page


def sign_in(visit: Visit) -> Response:
    """Check name and password. A try is counted before the password is looked at, so that many at once gain nothing."""
    if not isinstance(visit.site.settings.access, PasswordAccess):
        raise Refusal(404, "There are no passwords here.")
    check_form_token(visit)
    site, name, password = visit.site, visit.form.get("name", "")[:200], visit.form.get("password", "")[:1000]
    with site.writing() as connection:
        wait_s = site.throttle.wait_s(connection, name=name, address=visit.address, at=visit.at)
        if not wait_s:
            site.throttle.failed(connection, name=name, address=visit.address, at=visit.at)
    if wait_s:
        minutes = -(-wait_s // 60)
        problem = f"Too many tries. Try again in {minutes} minute{'s' if minutes > 1 else ''}."
        page = sign_in_page(visit, problem=problem, status=429)
        page.headers["retry-after"] = str(wait_s)
        return page
    with site.engine.connect() as connection:
        user = check_password(connection, name, password)
    if user is None:
        # what was typed as a name may be a password: neither is kept
        visit.audit("sign_in_failed", address=visit.address)
        return sign_in_page(visit, problem="Name or password is wrong.", status=401)
    return _enter(visit, user, by="password")


def enter_by_link(visit: Visit) -> Response:
    """Let in the browser that brings the one-time link."""
    site = visit.site
    access = site.settings.access
    if site.link is None or not isinstance(access, LinkAccess):
        raise Refusal(404, "There is no such page.")
    if not site.link.redeem(visit.request.query_params.get("token", ""), at=visit.at):
        visit.audit("sign_in_failed", address=visit.address, why="link")
        raise Refusal(403, "This link was used before or is too old. Start the review page again for a new one.")
    return _enter(visit, access.user, by="link")


def sign_out(visit: Visit) -> Response:
    """End the session."""
    with visit.site.writing() as connection:
        end_session(connection, visit.session.id)
        visit.audit_in(connection, "signed_out", visit.session.user.name)
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(visit.site.cookie, path="/", secure=visit.site.settings.https, httponly=True, samesite="lax")
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


def _enter(visit: Visit, user: User, *, by: str) -> Response:
    site, old = visit.site, visit.request.cookies.get(visit.site.cookie)
    with site.writing() as connection:
        if by == "password":
            site.throttle.succeeded(connection, name=user.name, address=visit.address)
        origin = "link" if by == "link" else "password"
        token = open_session(connection, user.name, at=visit.at, origin=origin, replacing=old)  # type: ignore[arg-type]
        site.audit.append(
            connection,
            at=visit.at,
            actor=user.name,
            action="signed_in",
            subject=user.name,
            detail={"by": by, "address": visit.address},
        )
    response = RedirectResponse("/", status_code=303)
    set_cookie(visit, response, token)
    return response


ROUTES = [
    Route("/sign-in", endpoint(sign_in_page), methods=["GET"]),
    Route("/sign-in", endpoint(sign_in), methods=["POST"]),
    Route("/enter", endpoint(enter_by_link), methods=["GET"]),
    Route("/sign-out", guarded(sign_out), methods=["POST"]),
]
