"""The queue: which calls, in which order. A filter is what stands in the URL, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urlencode

import numpy as np

from scanner.review.archive import Codes, Mask, Snapshot
from scanner.review.decisions import CHOICES

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which calls to show; empty is all. `decision`: `open`, `decided`, or one of the decisions."""

    verdict: str = ""
    rule: str = ""
    severity: str = ""
    state: str = ""
    agent: str = ""
    queue: str = ""
    since: str = ""
    until: str = ""
    decision: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> QueueFilter:
        """The filter of a URL; what is no filter, or no date, is left out rather than refused."""
        texts = {f.name: query.get(f.name, "").strip()[:200] for f in fields(cls) if f.name != "page"}
        for name in ("since", "until"):
            if texts[name] and _day(texts[name]) is None:
                texts[name] = ""
        number = query.get("page", "1")
        return cls(**texts, page=max(1, int(number)) if number.isdecimal() and len(number) < 8 else 1)

    def query(self, **changes: str | int) -> str:
        """The filter as a URL's query, with some values changed; the first page unless one is named."""
        changed = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]  # names are those of the fields
        values = {f.name: getattr(changed, f.name) for f in fields(self)}
        return urlencode({k: v for k, v in values.items() if v and not (k == "page" and v == 1)})

    @property
    def active(self) -> dict[str, str]:
        """The narrowing values, for people."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "page" and getattr(self, f.name)}


@dataclass(frozen=True, slots=True)
class Progress:
    """For each call how many of its findings ask for a decision, and how many still do."""

    asks: Codes
    open: Codes

    @classmethod
    def of(cls, snapshot: Snapshot, decisions: Codes) -> Progress:
        table, calls = snapshot.findings, len(snapshot)
        asks = np.bincount(table.call[table.asks], minlength=calls).astype(np.int32)
        waiting = np.bincount(table.call[table.asks & (decisions == 0)], minlength=calls).astype(np.int32)
        return cls(asks, waiting)


def select(snapshot: Snapshot, decisions: Codes, progress: Progress, wanted: QueueFilter) -> Codes:
    """The rows of the calls that the filter lets through, most serious first."""
    keep: Mask = np.ones(len(snapshot), dtype=np.bool_)
    for value, column in (
        (wanted.verdict, snapshot.verdict),
        (wanted.severity, snapshot.severity),
        (wanted.state, snapshot.jurisdiction),
        (wanted.agent, snapshot.agent),
        (wanted.queue, snapshot.queue),
    ):
        if value:
            keep &= column.equals(value)
    if (first := _day(wanted.since)) is not None:
        keep &= snapshot.day >= first
    if (last := _day(wanted.until)) is not None:
        keep &= snapshot.day <= last
    table = snapshot.findings
    of_findings: Mask | None = table.rule.equals(wanted.rule) if wanted.rule else None
    if wanted.decision == "open":
        if of_findings is None:
            keep &= progress.open > 0
        else:
            of_findings = of_findings & table.asks & (decisions == 0)
    elif wanted.decision == "decided":
        keep &= (progress.asks > 0) & (progress.open == 0)
    elif wanted.decision in CHOICES:
        so_decided = decisions == CHOICES.index(wanted.decision) + 1
        of_findings = so_decided if of_findings is None else of_findings & so_decided
    elif wanted.decision:
        keep[:] = False
    if of_findings is not None:
        with_such = np.zeros(len(snapshot), dtype=np.bool_)
        with_such[table.call[of_findings]] = True
        keep &= with_such
    return snapshot.order[keep[snapshot.order]]


def neighbours(snapshot: Snapshot, selected: Codes, row: int) -> tuple[int | None, int | None, int]:
    """(call before, call after, how many come before) of a call in a selection that it need not be in any more."""
    rank = np.empty(len(snapshot), dtype=np.int32)
    rank[snapshot.order] = np.arange(len(snapshot), dtype=np.int32)
    ranks = rank[selected]
    at = int(np.searchsorted(ranks, rank[row]))
    after = at + 1 if at < len(selected) and int(selected[at]) == row else at
    return (
        int(selected[at - 1]) if at > 0 else None,
        int(selected[after]) if after < len(selected) else None,
        at,
    )


def _day(text: str) -> int | None:
    try:
        return (date.fromisoformat(text) - EPOCH).days
    except ValueError:
        return None
