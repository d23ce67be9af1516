"""Telling somebody what a run did: counts only, as JSON by HTTP, and never at the cost of the run."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scanner.batch.record import RunRecord
from scanner.errors import UserError

_AGAIN = frozenset({408, 425, 429})
"""Answers of the 4xx kind that another try may change."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try: `tries` in all, each given `timeout_s`, `backoff_s` between the first two and twice as much after
    each further one; `limit_s` ends it however slowly the other side answers.
    """

    tries: int = 4
    timeout_s: float = 10.0
    backoff_s: float = 1.0
    limit_s: float = 60.0


def check_url(url: str) -> str:
    """The URL, if a summary can be posted to it. Raises UserError that does not repeat it: it may hold a secret."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise UserError("--notify-url: not an http:// or https:// address")
    return url


def summary(record: RunRecord) -> dict[str, Any]:
    """What is told: all counts, and a sentence for chats that show `text`; no name of a call, no place, no word."""
    verdicts = ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in record.verdicts.most_common())
    text = (
        f"Scan {record.scan_id} on {record.host} {record.state}: {record.found} recordings, {record.scanned} scanned,"
        f" {record.failed} failed, {record.left} left{f' ({verdicts})' if verdicts else ''}"
    )
    return {"text": text, **record.counts()}


def post_summary(url: str, record: RunRecord, *, patience: Patience | None = None) -> str | None:
    """Post the summary; None when it was taken, else why not, without the URL. Raises nothing, and returns in time."""
    patience = patience or Patience()
    outcome: list[str | None] = []
    body = json.dumps(summary(record)).encode()
    # what resolves names or trickles an answer heeds no timeout: a thread that is left behind does
    thread = threading.Thread(target=lambda: outcome.append(_post(url, body, patience)), daemon=True)
    thread.start()
    thread.join(patience.limit_s)
    return outcome[0] if outcome else f"no answer within {patience.limit_s:.0f} s"


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like another: what is told goes where it was said, and nowhere else."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


def _post(url: str, body: bytes, patience: Patience, wait: Callable[[float], None] = time.sleep) -> str | None:
    opener = urllib.request.build_opener(_Stay)
    headers = {"Content-Type": "application/json", "User-Agent": "call-compliance-scanner"}
    why = "not tried"
    for attempt in range(patience.tries):
        if attempt:
            wait(patience.backoff_s * 2 ** (attempt - 1))
        try:
            request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - http(s), see check_url
            with opener.open(request, timeout=patience.timeout_s):
                return None
        except urllib.error.HTTPError as error:
            error.close()
            why = f"answered {error.code}"
            if error.code < 500 and error.code not in _AGAIN:
                return why
        except Exception as error:  # noqa: BLE001 - whatever it is, the run is done and stays done
            reason = getattr(error, "reason", None)
            what = reason if isinstance(reason, BaseException) else error
            why = getattr(what, "strerror", None) or type(what).__name__  # neither holds the URL
    return f"{why}, after {patience.tries} tries"
