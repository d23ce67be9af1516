"""Which recordings may train AI models, and which must be taken back once a caller opts out.

The answer to "opting out does not affect training that has already taken place": every judgement of a call is kept with
its time, so it can be told what was eligible, from when, until when, and whose it is. Pure; callers are keyed hashes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from scanner.detections import Disclosure

OptOutSource = Literal["request", "metadata", "call"]
"""`request`: told by the company now. `metadata`: a call's `opted_out_at`. `call`: heard in a call."""


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """One judgement of one call, as stored: whether it was eligible, when that was judged, under which policy.

    `caller` is the keyed hash of the caller's number; None is unknown. Times are UTC.
    """

    call_id: str
    recording_sha256: str
    caller: str | None
    started_at: datetime | None
    judged_at: datetime
    eligible: bool
    policy_id: str


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


def eligible_now(records: Iterable[TrainingRecord], opt_outs: Iterable[OptOut] = ()) -> tuple[TrainingRecord, ...]:
    """The newest record of each call that is eligible and whose caller has not opted out since, ordered by call.

    An opt-out ends eligibility of all the caller's recordings, earlier ones too: what has not been used yet never will be.
    """
    out = {o.caller for o in opt_outs}
    newest = (history[-1] for history in _histories(records))
    return tuple(r for r in newest if r.eligible and (r.caller is None or r.caller not in out))


def withdrawals(records: Iterable[TrainingRecord], opt_outs: Iterable[OptOut]) -> tuple[Withdrawal, ...]:
    """All recordings that were ever eligible and whose caller opted out, ordered by call; the earliest opt-out counts."""
    earliest: dict[str, OptOut] = {}
    for o in sorted(opt_outs, key=lambda o: o.at, reverse=True):
        earliest[o.caller] = o
    found: list[Withdrawal] = []
    for history in _histories(records):
        opt_out = earliest.get(history[-1].caller or "")
        first = next((r for r in history if r.eligible), None)
        if opt_out is None or first is None:
            continue
        found.append(
            Withdrawal(
                record=history[-1],
                opt_out=opt_out,
                eligible_from=first.judged_at,
                eligible_until=_ended(history),
                before_opt_out=None if first.started_at is None else first.started_at < opt_out.at,
            )
        )
    return tuple(found)


def _histories(records: Iterable[TrainingRecord]) -> list[list[TrainingRecord]]:
    """The records of each recording, oldest first; recordings ordered by call."""
    of_recording: dict[tuple[str, str], list[TrainingRecord]] = {}
    for r in records:
        of_recording.setdefault((r.call_id, r.recording_sha256), []).append(r)
    return [sorted(of_recording[key], key=lambda r: r.judged_at) for key in sorted(of_recording)]


def _ended(history: list[TrainingRecord]) -> datetime | None:
    """When the newest run of eligible judgements ended; None while it lasts."""
    if history[-1].eligible:
        return None
    last_eligible = max(i for i, r in enumerate(history) if r.eligible)
    return history[last_eligible + 1].judged_at
