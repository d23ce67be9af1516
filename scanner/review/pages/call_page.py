"""One call: its sound, its findings, its transcript, and what people decide about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from scanner.detections import DISCLOSURE_KINDS
from scanner.findings import Finding
from scanner.review.access import grant_unmasking, unmasking_of
from scanner.review.archive import CallDetail
from scanner.review.audit import newest, record_digest
from scanner.review.database import UNMASKINGS, moment_of
from scanner.review.decisions import (
    CHOICES,
    Decision,
    Outdated,
    decide,
    decisions_about,
    decisions_about_recording,
    in_force,
    undo,
)
from scanner.review.examples import add_example
from scanner.review.labels import label
from scanner.review.queue import Progress, QueueFilter, neighbours, select
from scanner.review.silence import can_be_silenced
from scanner.review.visit import Refusal, Visit, guarded

LEAD_S = 3.0
"""Seconds heard before and after the evidence."""
OPENING_S = 35.0
"""Heard for a finding that something was never said: the stretch in which it should have been."""
MIN_REASON = 8


@dataclass(frozen=True, slots=True)
class Card:
    """A finding with what people decided about it; `play` are the seconds that the evidence is heard in."""

    id: str
    finding: Finding
    play: tuple[float, float]
    history: Sequence[Decision] = field(default=())

    @property
    def decision(self) -> Decision | None:
        return in_force(self.history)

    @property
    def seen(self) -> int:
        """The last entry that whoever sees this card knows of."""
        return self.history[-1].id if self.history else 0


def call_page(visit: Visit) -> Response:
    """The whole page of one call."""
    snapshot, row, detail = visit.call()
    wanted = QueueFilter.of(visit.request.query_params)
    decisions = visit.site.book.codes(snapshot)
    selected = select(snapshot, decisions, Progress.of(snapshot, decisions), wanted)
    before, after, position = neighbours(snapshot, selected, row)
    visit.audit("viewed_call", snapshot.keys[row])
    query = wanted.query(page=wanted.page)

    def url(other: int | None) -> str | None:
        return None if other is None else f"/calls/{snapshot.keys[other]}" + (f"?{query}" if query else "")

    return visit.page(
        "call.html",
        key=snapshot.keys[row],
        call=detail.call,
        cards=_cards(visit, detail),
        gone=_gone(visit, detail),
        can_be_silenced=can_be_silenced(detail.call),
        previous_url=url(before),
        next_url=url(after),
        queue_url="/calls" + (f"?{query}" if query else ""),
        position=position + 1,
        total=len(selected),
        choices=CHOICES,
        kinds=DISCLOSURE_KINDS,
        grant=_grant(visit, snapshot.keys[row]),
        audit=newest(visit.site.engine, limit=12, subject=snapshot.keys[row])
        if visit.session.user.may("admin")
        else [],
    )


def states(visit: Visit) -> Response:
    """What has been decided by now, as pieces that replace themselves in a page that somebody has open."""
    _, _, detail = visit.call()
    return visit.page("_states.html", cards=_cards(visit, detail))


def decide_finding(visit: Visit) -> Response:
    """Keep a decision, unless somebody else made one that this person has not seen."""
    snapshot, row, detail = visit.call()
    finding_id, finding = _named_finding(visit, detail)
    choice = next((c for c in CHOICES if c == visit.form.get("choice")), None)
    if choice is None:
        raise Refusal(400, "There is no such decision.")
    try:
        with visit.site.writing() as connection:
            made = decide(
                connection,
                at=visit.at,
                actor=visit.session.user.name,
                finding_id=finding_id,
                finding=finding,
                call=detail.call,
                choice=choice,
                note=visit.form.get("note", ""),
                seen=_number(visit.form.get("seen", "0")),
            )
            record = {"id": made.id, "decision": choice, "rule": finding.rule, "finding": finding_id}
            visit.audit_in(connection, "decided", snapshot.keys[row], **record, sha256=record_digest(asdict(made)))
    except Outdated as outdated:
        return _after(visit, detail, finding_id, conflict=outdated.latest)
    return _after(visit, detail, finding_id)


def undo_decision(visit: Visit) -> Response:
    """Take back the decision in force."""
    snapshot, row, detail = visit.call()
    finding_id, finding = _named_finding(visit, detail)
    try:
        with visit.site.writing() as connection:
            made = undo(
                connection,
                at=visit.at,
                actor=visit.session.user.name,
                finding_id=finding_id,
                finding=finding,
                call=detail.call,
                seen=_number(visit.form.get("seen", "0")),
            )
            if made is not None:
                record = {"id": made.id, "undoes": made.undoes, "rule": finding.rule, "finding": finding_id}
                visit.audit_in(connection, "undid", snapshot.keys[row], **record, sha256=record_digest(asdict(made)))
    except Outdated as outdated:
        return _after(visit, detail, finding_id, conflict=outdated.latest)
    return _after(visit, detail, finding_id)


def unmask(visit: Visit) -> Response:
    """Let this session hear this call without silence for a while, with the reason on record."""
    snapshot, row, _ = visit.call()
    key = snapshot.keys[row]
    if not visit.session.user.may_unmask:
        visit.audit("refused", key, why="unmasking without the right")
        raise Refusal(403, "You do not have the right to hear personal data.")
    reason = " ".join(visit.form.get("reason", "").split())[:500]
    if len(reason) < MIN_REASON:
        raise Refusal(400, f"Say why in at least {MIN_REASON} characters; it is kept in the audit log.")
    with visit.site.writing() as connection:
        grant_unmasking(connection, visit.session, key, at=visit.at)
        visit.audit_in(connection, "unmasked", key, reason=reason)
    return RedirectResponse(_back(visit, key), status_code=303)


def give_example(visit: Visit) -> Response:
    """Keep a line of the transcript as an example for the policy."""
    snapshot, row, detail = visit.call()
    kind = next((k for k in DISCLOSURE_KINDS if k == visit.form.get("kind")), None)
    turns = detail.call.heard.transcript if detail.call.heard else ()
    number = _number(visit.form.get("turn", "-1"), otherwise=-1)
    polarity = visit.form.get("discloses", "")
    if kind is None or not 0 <= number < len(turns) or polarity not in ("yes", "no"):
        raise Refusal(400, "Choose the line, what it discloses, and whether it does.")
    if visit.form.get("consent") != "yes":
        raise Refusal(400, "Without your consent the wording is not kept.")
    turn = turns[number]
    text = " ".join(visit.form.get("text", "").split()) or str(turn.text)
    if text not in " ".join(turn.text.split()):
        raise Refusal(400, "An example is a piece of the line as it was heard; shorten it, but do not change it.")
    with visit.site.writing() as connection:
        made = add_example(
            connection,
            at=visit.at,
            actor=visit.session.user.name,
            call=detail.call,
            start_s=turn.start_s,
            kind=kind,
            discloses=polarity == "yes",
            text=text,
        )
        record = {"id": made.id, "kind": kind, "discloses": made.discloses, "sha256": record_digest(asdict(made))}
        visit.audit_in(connection, "gave_example", snapshot.keys[row], **record)
    return RedirectResponse(_back(visit, snapshot.keys[row]), status_code=303)


def _cards(visit: Visit, detail: CallDetail) -> list[Card]:
    with visit.site.engine.connect() as connection:
        known = decisions_about(connection, detail.finding_ids)
    return [Card(i, f, _play(detail, f), known.get(i, ())) for i, f in detail.findings]


def _play(detail: CallDetail, finding: Finding) -> tuple[float, float]:
    heard = detail.call.heard
    end_s = heard.facts.duration_s if heard else OPENING_S
    if finding.start_s is None:
        return 0.0, min(OPENING_S, end_s)
    return max(0.0, finding.start_s - LEAD_S), min(end_s, (finding.end_s or finding.start_s) + LEAD_S)


def _gone(visit: Visit, detail: CallDetail) -> list[Decision]:
    """Decisions in force about findings of this recording that the newest scan does not make any more."""
    with visit.site.engine.connect() as connection:
        entries = decisions_about_recording(connection, detail.call.recording.sha256 or "")
    by_finding: dict[str, list[Decision]] = {}
    for entry in entries:
        by_finding.setdefault(entry.finding_id, []).append(entry)
    standing = (in_force(e) for i, e in by_finding.items() if i not in detail.finding_ids)
    return [d for d in standing if d is not None]


def _grant(visit: Visit, key: str) -> dict[str, str] | None:
    with visit.site.engine.connect() as connection:
        token = unmasking_of(connection, visit.session, key, at=visit.at)
        if token is None:
            return None
        until = connection.execute(UNMASKINGS.select().where(UNMASKINGS.c.token == token)).one().until
    return {"token": token, "until": moment_of(until).strftime("%H:%M")}


def _named_finding(visit: Visit, detail: CallDetail) -> tuple[str, Finding]:
    wanted = visit.form.get("finding", "")
    for finding_id, finding in detail.findings:
        if finding_id == wanted:
            return finding_id, finding
    raise Refusal(404, "This finding is no longer in the newest scan of the call. Reload the page.")


def _after(visit: Visit, detail: CallDetail, finding_id: str, *, conflict: Decision | None = None) -> Response:
    status = 200 if conflict is None else 409
    if visit.is_partial:
        cards = [c for c in _cards(visit, detail) if c.id == finding_id]
        return visit.page("_states.html", status=200, cards=cards, conflict=conflict)
    if conflict is not None:
        words = f"{conflict.actor} has just decided “{label(conflict.decision)}”. Go back, look, and decide again."
        raise Refusal(status, words)
    key = visit.request.path_params["key"]
    return RedirectResponse(_back(visit, key) + f"#f-{finding_id}", status_code=303)


def _back(visit: Visit, key: str) -> str:
    query = QueueFilter.of(visit.form).query(page=_number(visit.form.get("page", "1")))
    return f"/calls/{key}" + (f"?{query}" if query else "")


def _number(text: str, *, otherwise: int = 0) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else otherwise


ROUTES = [
    Route("/calls/{key}", guarded(call_page), methods=["GET"]),
    Route("/calls/{key}/states", guarded(states), methods=["GET"]),
    Route("/calls/{key}/decide", guarded(decide_finding, role="reviewer"), methods=["POST"]),
    Route("/calls/{key}/undo", guarded(undo_decision, role="reviewer"), methods=["POST"]),
    Route("/calls/{key}/unmask", guarded(unmask), methods=["POST"]),
    Route("/calls/{key}/example", guarded(give_example, role="reviewer"), methods=["POST"]),
]
