"""The audit log: who signed in, saw, heard, unmasked, decided and took what along; append-only and hash-chained.

Each entry's hash is keyed and covers the entry and the hash before it, so that an entry that is changed, removed, put in
or moved breaks the chain, also for somebody who can write the database but does not hold the key. The head seals how
long the chain is, so that entries cut off its end are missed too. Only an old copy of the whole database passes: note
down `AuditState.head` elsewhere from time to time and hand it to `verify`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from scanner.masking import HashKey
from scanner.review.database import AUDIT, AUDIT_HEAD, DECISIONS, EXAMPLES, stamp

Action = Literal[
    "server_started",
    "signed_in",
    "sign_in_failed",
    "signed_out",
    "refused",
    "viewed_queue",
    "viewed_call",
    "viewed_agreement",
    "viewed_audit",
    "viewed_report",
    "opened_recording",
    "played",
    "unmasked",
    "decided",
    "undid",
    "gave_example",
    "withdrew_example",
    "exported_evidence",
    "exported_examples",
    "changed_user",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; `subject` is a call key, a finding id or a user, `detail` small facts without spoken words."""

    number: int
    at: str
    actor: str
    action: str
    subject: str
    detail: str
    key_id: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditState:
    """What verifying found: how many entries hold, and what is wrong with the first that does not."""

    entries: int
    head: str
    problem: str | None = None


class AuditLog:
    """Writes the log of one review database with a key, and checks it, also what was written with `old_keys`."""

    def __init__(self, key: HashKey, *, old_keys: Sequence[HashKey] = ()) -> None:
        self._key_id = key.key_id
        self._secrets = {k.key_id: bytes.fromhex(k.hash("call-compliance-scanner audit log")) for k in (key, *old_keys)}

    def take_turn(self, connection: Connection) -> None:
        """Make this transaction the only one that writes until it ends; say it first, then what was read stays true."""
        connection.execute(AUDIT_HEAD.update().values(turn=AUDIT_HEAD.c.turn + 1))

    def append(
        self,
        connection: Connection,
        *,
        at: datetime,
        actor: str,
        action: Action,
        subject: str = "",
        detail: Mapping[str, str | int | float | bool | None] | None = None,
    ) -> None:
        """Add an entry within the caller's transaction, so that a deed and its entry are kept together or not at all."""
        self.take_turn(connection)
        number, previous = connection.execute(sa.select(AUDIT_HEAD.c.number, AUDIT_HEAD.c.hash)).one()
        number += 1
        text = json.dumps(detail or {}, sort_keys=True, ensure_ascii=True)
        entry = Entry(number, stamp(at), actor, action, subject, text, self._key_id, "")
        digest = self._hash(previous, entry)
        connection.execute(
            AUDIT.insert().values(
                number=number,
                at=entry.at,
                actor=actor,
                action=action,
                subject=subject,
                detail=text,
                key_id=self._key_id,
                hash=digest,
            )
        )
        connection.execute(AUDIT_HEAD.update().values(number=number, hash=digest, seal=self._seal(number, digest)))

    def verify(self, engine: Engine, *, noted_head: str | None = None) -> AuditState:
        """Check every entry and the head; `noted_head` is a `head` noted earlier, which must still be in the chain."""
        previous, count, noted, last_key = "", 0, noted_head is None or noted_head == "0:", self._key_id
        with engine.connect() as connection:
            for row in connection.execution_options(yield_per=1000).execute(sa.select(AUDIT).order_by(AUDIT.c.number)):
                entry = Entry(**row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name
                count += 1
                if entry.number != count:
                    return AuditState(count - 1, "", f"entry {count} is missing")
                if entry.key_id not in self._secrets:
                    why = f"entry {count} was written with key {entry.key_id}, which is not here"
                    return AuditState(count - 1, "", why)
                if not hmac.compare_digest(entry.hash, self._hash(previous, entry)):
                    return AuditState(count - 1, "", f"entry {count} was changed, or the one before it was removed")
                previous, last_key = entry.hash, entry.key_id
                noted = noted or noted_head == f"{count}:{entry.hash}"
            head = connection.execute(
                sa.select(AUDIT_HEAD.c.number, AUDIT_HEAD.c.hash, AUDIT_HEAD.c.seal)
            ).one_or_none()
            changed = _changed_records(connection)
        shown = f"{count}:{previous}"
        if count == 0 and head is not None and tuple(head) == (0, "", ""):
            return AuditState(0, shown, None if noted else "the noted head is not in the log")
        if head is None or head[0] != count or head[1] != previous:
            return AuditState(count, shown, f"entries after {count} are missing, or the head was changed")
        if not hmac.compare_digest(head[2], self._seal(count, previous, key_id=last_key)):
            return AuditState(count, shown, "the head was changed")
        if changed is not None:
            return AuditState(count, shown, changed)
        if not noted:
            return AuditState(
                count, shown, "the noted head is not in the log: it was replaced by another or an older one"
            )
        return AuditState(count, shown)

    def _hash(self, previous: str, entry: Entry) -> str:
        fields = [
            previous,
            entry.number,
            entry.at,
            entry.actor,
            entry.action,
            entry.subject,
            entry.detail,
            entry.key_id,
        ]
        return hmac.new(self._secrets[entry.key_id], json.dumps(fields).encode(), hashlib.sha256).hexdigest()

    def _seal(self, number: int, digest: str, *, key_id: str | None = None) -> str:
        return hmac.new(
            self._secrets[key_id or self._key_id], f"head {number} {digest}".encode(), hashlib.sha256
        ).hexdigest()


def record_digest(row: Mapping[Any, Any]) -> str:
    """What an entry keeps of the decision or example that it is about, so that a change of that row is found too."""
    return hashlib.sha256(json.dumps(dict(row), sort_keys=True).encode()).hexdigest()


_RECORDS = {
    "decided": ("decision", DECISIONS),
    "undid": ("decision", DECISIONS),
    "gave_example": ("example", EXAMPLES),
    "withdrew_example": ("example", EXAMPLES),
}


def _changed_records(connection: Connection) -> str | None:
    """Compare decisions and examples with what the log says of them; a sentence about the first that differs."""
    told: dict[tuple[str, int], str] = {}
    query = sa.select(AUDIT.c.action, AUDIT.c.detail).where(AUDIT.c.action.in_(list(_RECORDS)))
    for action, detail in connection.execute(query):
        said = json.loads(detail)
        told[_RECORDS[action][0], said["id"]] = said["sha256"]
    for name, table in (("decision", DECISIONS), ("example", EXAMPLES)):
        for row in connection.execute(sa.select(table).order_by(table.c.id)):
            digest = told.pop((name, row.id), None)
            if digest is None:
                return f"{name} {row.id} is not in the log"
            if digest != record_digest(row._mapping):  # noqa: SLF001 - SQLAlchemy's documented name
                return f"{name} {row.id} was changed"
    if told:
        name, number = min(told)
        return f"{name} {number} was removed"
    return None


def newest(engine: Engine, *, limit: int, before: int | None = None, subject: str | None = None) -> list[Entry]:
    """Entries, the newest first; `subject` narrows them to one call, finding or user."""
    query = sa.select(AUDIT).order_by(AUDIT.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(AUDIT.c.number < before)
    if subject is not None:
        query = query.where(AUDIT.c.subject == subject)
    with engine.connect() as connection:
        return [Entry(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001
