"""What people decided about findings: append-only, keyed by finding id, undone by a new entry, never touched by a scan."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from scanner.findings import Finding
from scanner.review.archive import Codes, Snapshot
from scanner.review.database import DECISIONS, stamp
from scanner.store import StoredCall

Choice = Literal["confirmed", "false_alarm", "needs_legal", "fixed"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
UNDONE = "undone"

MAX_NOTE = 2000
_LONG_NUMBER = re.compile(r"\d(?:[\s.-]?\d){4,}")
_EMAIL = re.compile(r"\S+@\S+\.\S+")


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry: what somebody decided about a finding as the machine then saw it, or that they undid an earlier one."""

    id: int
    at: str
    finding_id: str
    decision: str
    note: str
    actor: str
    undoes: int | None
    recording_sha256: str
    call_id: str
    rule: str
    machine_status: str
    machine_severity: str
    machine_confidence: float
    policy_id: str
    policy_sha256: str
    model_id: str
    scanner_version: str
    scan_id: str


class Outdated(Exception):
    """Somebody else decided about the finding meanwhile; `latest` is their entry."""

    def __init__(self, latest: Decision) -> None:
        super().__init__("decided by somebody else meanwhile")
        self.latest = latest


def in_force(entries: Iterable[Decision]) -> Decision | None:
    """The decision that holds, of all entries about one finding in any order: the last that nobody undid."""
    ordered = sorted(entries, key=lambda d: d.id)
    undone = {d.undoes for d in ordered if d.undoes is not None}
    standing = [d for d in ordered if d.decision != UNDONE and d.id not in undone]
    return standing[-1] if standing else None


def clean_note(note: str) -> str:
    """A note without what looks like a caller's number or e-mail address, which no decision needs."""
    plain = _EMAIL.sub("[EMAIL]", " ".join(note.split()))
    return _LONG_NUMBER.sub("[NUMBER]", plain)[:MAX_NOTE]


def decide(
    connection: Connection,
    *,
    at: datetime,
    actor: str,
    finding_id: str,
    finding: Finding,
    call: StoredCall,
    choice: Choice,
    note: str,
    seen: int,
) -> Decision:
    """Add a decision. Raises Outdated when there is an entry newer than `seen`, the last that the person was shown."""
    _refuse_outdated(connection, finding_id, seen)
    return _add(
        connection, at=at, actor=actor, finding_id=finding_id, finding=finding, call=call, choice=choice, note=note
    )


def undo(
    connection: Connection, *, at: datetime, actor: str, finding_id: str, finding: Finding, call: StoredCall, seen: int
) -> Decision | None:
    """Take back the decision in force by a new entry; None when there is none. Raises Outdated as `decide` does."""
    entries = _refuse_outdated(connection, finding_id, seen)
    standing = in_force(entries)
    if standing is None:
        return None
    return _add(
        connection,
        at=at,
        actor=actor,
        finding_id=finding_id,
        finding=finding,
        call=call,
        choice=UNDONE,
        note="",
        undoes=standing.id,
    )


def decisions_about(connection: Connection, finding_ids: Sequence[str]) -> dict[str, list[Decision]]:
    """All entries about some findings, in order."""
    query = sa.select(DECISIONS).where(DECISIONS.c.finding_id.in_(list(finding_ids))).order_by(DECISIONS.c.id)
    found: dict[str, list[Decision]] = {}
    for decision in _read(connection, query):
        found.setdefault(decision.finding_id, []).append(decision)
    return found


def decisions_about_recording(connection: Connection, recording_sha256: str) -> list[Decision]:
    """All entries about findings in one recording, in order, also about findings that a later scan makes no more."""
    query = sa.select(DECISIONS).where(DECISIONS.c.recording_sha256 == recording_sha256).order_by(DECISIONS.c.id)
    return _read(connection, query)


def all_decisions(connection: Connection) -> list[Decision]:
    """All entries, in order."""
    return _read(connection, sa.select(DECISIONS).order_by(DECISIONS.c.id))


class DecisionBook:
    """The decisions in force for all findings of a snapshot, as codes, kept up to date with what others decide."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._seen = 0
        self._entries: dict[str, list[Decision]] = {}
        self._codes: tuple[Snapshot, Codes] | None = None

    def codes(self, snapshot: Snapshot) -> Codes:
        """For each finding 0 when undecided, else 1 + the position of its decision in CHOICES."""
        with self._lock:
            fresh = self._new_entries()
            if self._codes is None or self._codes[0] is not snapshot:
                codes, touched = np.zeros(len(snapshot.findings.ids), dtype=np.int32), set(self._entries)
            elif fresh:
                codes, touched = self._codes[1].copy(), fresh
            else:
                return self._codes[1]
            for finding_id in touched:
                standing = in_force(self._entries[finding_id])
                code = CHOICES.index(standing.decision) + 1 if standing else 0
                for row in snapshot.findings.rows_of_id.get(finding_id, ()):
                    codes[row] = code
            self._codes = (snapshot, codes)
            return codes

    def _new_entries(self) -> set[str]:
        with self._engine.connect() as connection:
            # ids are given one after the other, because every writer first takes the head of the audit log
            fresh = _read(connection, sa.select(DECISIONS).where(DECISIONS.c.id > self._seen).order_by(DECISIONS.c.id))
        for decision in fresh:
            self._entries.setdefault(decision.finding_id, []).append(decision)
            self._seen = decision.id
        return {d.finding_id for d in fresh}


def _refuse_outdated(connection: Connection, finding_id: str, seen: int) -> list[Decision]:
    entries = decisions_about(connection, [finding_id]).get(finding_id, [])
    if entries and entries[-1].id > seen:
        raise Outdated(entries[-1])
    return entries


def _read(connection: Connection, query: sa.Select[tuple[object, ...]]) -> list[Decision]:
    return [Decision(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001


def _add(
    connection: Connection,
    *,
    at: datetime,
    actor: str,
    finding_id: str,
    finding: Finding,
    call: StoredCall,
    choice: str,
    note: str,
    undoes: int | None = None,
) -> Decision:
    values = {
        "at": stamp(at),
        "finding_id": finding_id,
        "decision": choice,
        "note": clean_note(note),
        "actor": actor,
        "undoes": undoes,
        "recording_sha256": call.recording.sha256 or "",
        "call_id": call.call_id,
        "rule": finding.rule,
        "machine_status": finding.status,
        "machine_severity": finding.severity,
        "machine_confidence": float(finding.confidence),
        "policy_id": call.scan.policy_id,
        "policy_sha256": call.scan.policy_sha256,
        "model_id": call.heard.model_id if call.heard else "",
        "scanner_version": call.scan.scanner_version,
        "scan_id": call.scan.scan_id,
    }
    number = connection.execute(DECISIONS.insert().values(**values)).inserted_primary_key
    assert number is not None
    return Decision(id=int(number[0]), **values)  # type: ignore[arg-type]
