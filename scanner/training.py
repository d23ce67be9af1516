"""Which recordings may train AI models, and which must be taken back once a caller opts out.

The answer to "opting out does not affect training that has already taken place": every judgement of a call is kept with
its time, so it can be told what was eligible, from when, until when, and whose it is. Pure; callers are keyed hashes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from scanner.detections import Disclosure

OptOutSource = Literal["request", "metadata", "call"]
"""`request`: told by the company now. `metadata`: a call's `opted_out_at`. `call`: heard in a call."""


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """One judgement of one call, as stored: whether it was eligible, when that was judged, under which policy.

    `caller` is the keyed hash of the caller's number; None is unknown. Times are UTC. `recording_uri` is where the recording
    lies now, the same in all its records. `heard_as` is the same while facts and metadata are, so that two judgements with
    the same differ by policy or version alone.
    """

    call_id: str
    recording_sha256: str
    caller: str | None
    started_at: datetime | None
    judged_at: datetime
    eligible: bool
    policy_id: str
    recording_uri: str = ""
    policy_sha256: str = ""
    heard_as: str = ""


@dataclass(frozen=True, slots=True)
class Eligible:
    """A recording that may train AI models: its newest judgement, and since when it has been eligible without a break.

    `later_policy`: only because another policy took the place of the one that it was first judged by, on the same facts
    and metadata. A policy changed later covers no earlier call (the LinkedIn suit), so such a recording wants a person.
    """

    record: TrainingRecord
    eligible_from: datetime
    later_policy: bool


@dataclass(frozen=True, slots=True)
class OptOut:
    """From a moment on, a caller's recordings may not train AI models."""

    caller: str
    at: datetime
    source: OptOutSource = "request"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A recording to be taken back: it was eligible from one judgement to another, and its caller opted out.

    `eligible_until` is None while its newest judgement still says eligible. `before_opt_out`: the call came before the
    opt-out, so models may have learned from it in good faith; False: it should never have been eligible; None: the time of
    the call is unknown.
    """

    record: TrainingRecord
    opt_out: OptOut
    eligible_from: datetime
    eligible_until: datetime | None
    before_opt_out: bool | None


def opt_outs_heard(
    caller: str | None,
    started_at: datetime | None,
    opted_out_at: datetime | None,
    disclosures: Iterable[Disclosure],
    *,
    at_least: float,
) -> Iterator[OptOut]:
    """The opt-outs that one call shows: in its metadata, and asked for in it with a confidence of `at_least`.

    A call without a known caller or time shows none that could be applied to other calls.
    """
    if caller is None:
        return
    if opted_out_at is not None:
        yield OptOut(caller, opted_out_at, "metadata")
    if started_at is None:
        return
    for d in disclosures:
        if d.kind == "opt_out_requested" and d.speaker == "customer" and d.confidence >= at_least:
            yield OptOut(caller, started_at + timedelta(seconds=d.start_s), "call")


def eligible_now(records: Iterable[TrainingRecord], opt_outs: Iterable[OptOut] = ()) -> tuple[Eligible, ...]:
    """The recordings that are eligible and whose caller has not opted out since, ordered by call.

    An opt-out ends eligibility of all the caller's recordings, earlier ones too: what has not been used yet never will be.
    """
    histories = _histories(records)
    out = _opted_out(histories, opt_outs)
    return tuple(
        Eligible(history[-1], _began(history), _by_later_policy(history))
        for history in histories
        if history[-1].eligible and history[-1].recording_sha256 not in out
    )


def withdrawals(records: Iterable[TrainingRecord], opt_outs: Iterable[OptOut]) -> tuple[Withdrawal, ...]:
    """All recordings that were ever eligible and whose caller opted out, ordered by call; the earliest opt-out counts."""
    histories = _histories(records)
    out = _opted_out(histories, opt_outs)
    found: list[Withdrawal] = []
    for history in histories:
        opt_out = out.get(history[-1].recording_sha256)
        first = next((r for r in history if r.eligible), None)
        if opt_out is None or first is None:
            continue
        started_at = next((r.started_at for r in reversed(history) if r.started_at is not None), None)
        found.append(
            Withdrawal(
                record=history[-1],
                opt_out=opt_out,
                eligible_from=first.judged_at,
                eligible_until=_ended(history),
                before_opt_out=None if started_at is None else started_at < opt_out.at,
            )
        )
    return tuple(found)


def ever_eligible(records: Iterable[TrainingRecord]) -> tuple[tuple[TrainingRecord, ...], ...]:
    """The records of each recording that was eligible at any time, oldest first; recordings ordered by call."""
    return tuple(tuple(history) for history in _histories(records) if any(r.eligible for r in history))


def known_caller(history: Sequence[TrainingRecord]) -> str | None:
    """Whose the recording is, by the newest record that says so: a failed rescan knows nothing of it."""
    return next((r.caller for r in reversed(history) if r.caller is not None), None)


def _opted_out(histories: Iterable[Sequence[TrainingRecord]], opt_outs: Iterable[OptOut]) -> dict[str, OptOut]:
    """The earliest opt-out by the recording's bytes: a copy without metadata is the caller's as well."""
    earliest: dict[str, OptOut] = {}
    for o in sorted(opt_outs, key=lambda o: o.at, reverse=True):
        earliest[o.caller] = o
    out: dict[str, OptOut] = {}
    for history in histories:
        found, sha256 = earliest.get(known_caller(history) or ""), history[-1].recording_sha256
        if found is not None and (sha256 not in out or found.at < out[sha256].at):
            out[sha256] = found
    return out


def _histories(records: Iterable[TrainingRecord]) -> list[list[TrainingRecord]]:
    """The records of each recording, oldest first; recordings ordered by call."""
    of_recording: dict[tuple[str, str], list[TrainingRecord]] = {}
    for r in records:
        of_recording.setdefault((r.recording_uri or r.call_id, r.recording_sha256), []).append(r)
    histories = [sorted(history, key=lambda r: r.judged_at) for history in of_recording.values()]
    return sorted(histories, key=lambda h: (h[-1].call_id, h[-1].recording_sha256, h[-1].recording_uri))


def _began(history: Sequence[TrainingRecord]) -> datetime:
    """When the run of eligible judgements that lasts until now began."""
    ineligible = [i for i, r in enumerate(history) if not r.eligible]
    return history[ineligible[-1] + 1 if ineligible else 0].judged_at


def _by_later_policy(history: Sequence[TrainingRecord]) -> bool:
    now = history[-1]
    first = next(r for r in history if r.heard_as == now.heard_as)
    return not first.eligible and first.policy_sha256 != now.policy_sha256


def _ended(history: Sequence[TrainingRecord]) -> datetime | None:
    """When the newest run of eligible judgements ended; None while it lasts."""
    if history[-1].eligible:
        return None
    last_eligible = max(i for i, r in enumerate(history) if r.eligible)
    return history[last_eligible + 1].judged_at
