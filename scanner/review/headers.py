"""The outermost layer: which hosts are answered, which headers every answer carries, and a log without a caller in it."""

from __future__ import annotations

import logging
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger("scanner.review")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # not "no-referrer", which would make a form's Origin "null"
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


class SafeHeaders:
    """Answers only the hosts it was told (a page elsewhere cannot rebind a name to this address), with safe headers."""

    def __init__(self, app: ASGIApp, *, hosts: tuple[str, ...], https: bool) -> None:
        self._app = app
        self._hosts = frozenset(h.lower() for h in hosts)
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.monotonic(), 500

        async def send_safely(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._complete(message)
            await send(message)

        try:
            if _name(Headers(scope=scope).get("host", "")) in self._hosts:
                await self._app(scope, receive, send_safely)
            else:
                refusal = PlainTextResponse("This host name is not served here; see --host-name.", status_code=421)
                await refusal(scope, receive, send_safely)
        finally:
            # the path holds keys, never names; the query may hold an agent's, so it is left out
            LOG.info("%s %s %d %.0f ms", scope["method"], scope["path"], status, (time.monotonic() - started) * 1000)

    def _complete(self, message: MutableMapping[str, Any]) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        if self._https:
            headers.setdefault("strict-transport-security", "max-age=31536000")


def _name(host: str) -> str:
    """The host without its port; an IPv6 address keeps its brackets."""
    if host.startswith("["):
        return host.split("]", maxsplit=1)[0].lower() + "]"
    return host.rsplit(":", 1)[0].lower()
