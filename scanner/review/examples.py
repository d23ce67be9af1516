"""Wording that a reviewer gives the policy as an example: what was a disclosure and was not heard as one, or the reverse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from scanner.detections import DisclosureKind
from scanner.review.database import EXAMPLES, stamp
from scanner.review.decisions import clean_note
from scanner.store import StoredCall

MAX_TEXT = 400


@dataclass(frozen=True, slots=True)
class Example:
    """One entry: a masked sentence that does (`discloses`) or does not disclose a kind, or the withdrawal of another.

    `finding_id`: the false alarm that it explains; None for something that the scanner missed. `consent`: the reviewer
    agreed that this very wording may go into a policy file.
    """

    id: int
    at: str
    actor: str
    recording_sha256: str
    call_id: str
    finding_id: str | None
    start_s: float
    kind: str
    discloses: bool
    text: str
    consent: bool
    withdraws: int | None


def add_example(
    connection: Connection,
    *,
    at: datetime,
    actor: str,
    call: StoredCall,
    start_s: float,
    kind: DisclosureKind,
    discloses: bool,
    text: str,
    finding_id: str | None = None,
) -> Example:
    """Keep a sentence as an example, with the consent that sending the form declares; what looks like a number goes."""
    return _add(
        connection,
        at=at,
        actor=actor,
        recording_sha256=call.recording.sha256 or "",
        call_id=call.call_id,
        finding_id=finding_id,
        start_s=start_s,
        kind=kind,
        discloses=discloses,
        text=clean_note(text)[:MAX_TEXT],
        consent=True,
        withdraws=None,
    )


def withdraw_example(connection: Connection, example: Example, *, at: datetime, actor: str) -> Example:
    """Take the consent back, by a new entry."""
    return _add(
        connection,
        at=at,
        actor=actor,
        recording_sha256=example.recording_sha256,
        call_id=example.call_id,
        finding_id=example.finding_id,
        start_s=example.start_s,
        kind=example.kind,
        discloses=example.discloses,
        text="",
        consent=False,
        withdraws=example.id,
    )


def standing_examples(connection: Connection) -> list[Example]:
    """The examples whose consent was not withdrawn, in order."""
    rows = [Example(**r._mapping) for r in connection.execute(sa.select(EXAMPLES).order_by(EXAMPLES.c.id))]  # noqa: SLF001
    withdrawn = {e.withdraws for e in rows if e.withdraws is not None}
    return [e for e in rows if e.consent and e.id not in withdrawn]


def _add(connection: Connection, *, at: datetime, **values: object) -> Example:
    stored = {"at": stamp(at), **values}
    number = connection.execute(EXAMPLES.insert().values(**stored)).inserted_primary_key
    assert number is not None
    return Example(id=int(number[0]), **stored)  # type: ignore[arg-type]  # the columns are the fields
