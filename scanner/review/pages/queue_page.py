"""The queue: calls, most serious first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from scanner.review.archive import Snapshot
from scanner.review.decisions import CHOICES
from scanner.review.queue import Progress, QueueFilter, select
from scanner.review.visit import Refusal, Visit, guarded

_MANY = 500
"""A choice of more values than this is typed, without suggestions."""
_RULES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One call in the queue."""

    key: str
    call_id: str
    verdict: str
    severity: str
    sensitivity: str | None
    rules: tuple[str, ...]
    more_rules: int
    agent: str | None
    queue: str | None
    jurisdiction: str | None
    started_at: datetime | None
    scanned_at: datetime
    duration_s: float | None
    asks: int
    open: int


def queue_page(visit: Visit) -> Response:
    """The page, or only its results when a filter changes."""
    snapshot = visit.site.archive.snapshot()
    wanted = QueueFilter.of(visit.request.query_params)
    decisions = visit.site.book.codes(snapshot)
    progress = Progress.of(snapshot, decisions)
    selected = select(snapshot, decisions, progress, wanted)
    size = visit.site.settings.page_size
    pages = max(1, -(-len(selected) // size))
    page = min(wanted.page, pages)
    shown = selected[(page - 1) * size : page * size]
    visit.audit("viewed_queue", filter=wanted.query(page=page), calls=len(selected))
    context: dict[str, Any] = {
        "filter": wanted,
        "lines": list(_lines(snapshot, progress, shown.tolist())),
        "total": len(selected),
        "page": page,
        "pages": pages,
        "first": (page - 1) * size + 1,
    }
    if visit.is_partial:
        return visit.page("_results.html", **context)
    return visit.page("queue.html", **context, **_choices(snapshot), **_counts(snapshot, progress))


def _lines(snapshot: Snapshot, progress: Progress, rows: list[int]) -> Iterator[Line]:
    table = snapshot.table.take(pa.array(rows, pa.int64())).to_pylist()
    for row, values in zip(rows, table, strict=True):
        of_call = snapshot.findings.of_call(row)
        asking = [f for f in of_call if snapshot.findings.asks[f]]
        asking.sort(key=lambda f: -int(snapshot.findings.severity.codes[f]))
        rules = list(dict.fromkeys(snapshot.findings.rule[f] or "" for f in asking))
        yield Line(
            key=snapshot.keys[row],
            call_id=values["call_id"],
            verdict=values["verdict"],
            severity=values["severity"],
            sensitivity=values["sensitivity"],
            rules=tuple(rules[:_RULES_SHOWN]),
            more_rules=max(0, len(rules) - _RULES_SHOWN),
            agent=values["agent_id"],
            queue=values["queue"],
            jurisdiction=values["jurisdiction"],
            started_at=values["started_at"],
            scanned_at=values["scanned_at"],
            duration_s=values["duration_s"],
            asks=int(progress.asks[row]),
            open=int(progress.open[row]),
        )


def _choices(snapshot: Snapshot) -> dict[str, Any]:
    def few(values: tuple[str, ...]) -> tuple[str, ...]:
        return values if len(values) <= _MANY else ()

    return {
        "verdicts": snapshot.verdict.used,
        "rules": snapshot.findings.rule.used,
        "severities": tuple(reversed(snapshot.severity.used)),
        "states": snapshot.jurisdiction.used,
        "agents": few(snapshot.agent.used),
        "queues": few(snapshot.queue.used),
        "choices": CHOICES,
    }


def _counts(snapshot: Snapshot, progress: Progress) -> dict[str, Any]:
    def verdict(name: str) -> int:
        return int(snapshot.verdict.equals(name).sum())

    return {
        "tabs": (
            ("To decide", "decision=open", int((progress.open > 0).sum())),
            ("Violations", "verdict=violation", verdict("violation")),
            ("Needs review", "verdict=needs_review", verdict("needs_review")),
            ("Not scanned", "verdict=failed", verdict("failed")),
            ("Decided", "decision=decided", int(((progress.asks > 0) & (progress.open == 0)).sum())),
            ("All calls", "", len(snapshot)),
        )
    }


def start(_visit: Visit) -> Response:
    """The morning's view: what is still to be decided."""
    return RedirectResponse("/calls?decision=open", status_code=303)


def find_call(visit: Visit) -> Response:
    """Open the call with an id. A form, because ids are often file names, which often hold a caller's number."""
    snapshot = visit.site.archive.snapshot()
    wanted = visit.form.get("call_id", "").strip()
    ids = snapshot.table["call_id"].to_pylist()
    if not wanted or wanted not in ids:
        raise Refusal(404, "There is no call with that id in this archive.")
    return RedirectResponse(f"/calls/{snapshot.keys[ids.index(wanted)]}", status_code=303)


ROUTES = [
    Route("/", guarded(start), methods=["GET"]),
    Route("/calls", guarded(queue_page), methods=["GET"]),
    Route("/calls/find", guarded(find_call), methods=["POST"]),
]
