"""What became of consent in the call: transfers, refusals, denials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.detections import CUSTOMER_KINDS, Disclosure
from scanner.findings import Finding
from scanner.policy import Policy
from scanner.rules.context import (
    CallContext,
    aside,
    clock,
    end_of,
    events,
    finding,
    moment_of_speech,
    said,
    speaker_aside,
    speech_between,
    what_is_open,
    why_undeterminable,
)
from scanner.transcript import Span

_NOTICE_WORDS = {
    "recording": "that the call is recorded",
    "third_party": "that an outside company processes it",
    "ai_analysis": "that software analyzes it",
    "ai_training": "that it is used to train AI models",
}

_TALKED_S = 3.0
"""More than the caller's "okay, thanks" before a hold."""
_SAME_WORDS_S = 3.0
"""A denial and the event that it speaks of are said within this many seconds of each other."""


def missing_redisclosure_after_transfer(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """Another person or company joined, and no new notice followed.

    An announcement and the newcomer's own words are one transfer. Source: the consent of all parties includes the
    newcomer's company; CompliancePoint, the disclosure must be said again after operator transfers.

    Bad:
        0:01 agent: {recording: This call is recorded.} {transfer: I will connect you with our law firm.}
        0:20 agent: Law offices, this is Miriam, what happened to your deposit?

    Good:
        0:01 agent: {recording: This call is recorded.} {transfer: I will connect you with our law firm.}
        0:20 agent: Law offices, this is Miriam, {recording: we record this call too.}
    """
    rules = policy.transfer
    if not call.jurisdiction.applies(rules.where):
        return
    transfers = _transfers(call, policy)
    for i, transfer in enumerate(transfers):
        following = transfers[i + 1][0].start_s if i + 1 < len(transfers) else end_of(call)
        for kind in rules.redisclose:
            heard = said(call, policy, kind, by="company")
            sure = [d for d in heard.sure if _follows(d, transfer[0]) or _in_one_breath(call, policy, d, transfer)]
            if sure and sure[0].start_s <= following:
                continue
            perhaps = [d for d in heard.perhaps if _follows(d, transfer[0])]
            doubt = _transfer_doubt(call, policy, transfer, sure, perhaps)
            yield finding(
                call,
                policy,
                "missing_redisclosure_after_transfer",
                "consent",
                status="needs_review" if doubt else "violation",
                explanation=(
                    f"After the transfer at {clock(transfer[0].start_s)}, no new notice {_NOTICE_WORDS[kind]} was heard in "
                    f"this recording; {call.jurisdiction.demand}.{aside(doubt)}{speaker_aside(transfer[0])}"
                ),
                confidence=transfer[0].confidence,
                reference=rules.reference,
                at=transfer[0],
                wanting=Span(transfer[0].end_s, end_of(call)),
            )
            break


def _transfers(call: CallContext, policy: Policy) -> list[list[Disclosure]]:
    """Transfers, each with all that was said of it; what an IVR says before the first agent is its routing.

    Who has joined, told that the call is recorded and talked on has arrived: what is said of a transfer then is another one.
    """
    heard = said(call, policy, "transfer", by="company")
    notices = said(call, policy, "recording", by="company").sure
    first_agent_s = min((s.start_s for s in call.facts.speech if s.speaker == "agent"), default=0.0)
    groups: list[list[Disclosure]] = []
    for t in sorted((*heard.sure, *heard.perhaps), key=lambda t: t.start_s):
        if t.speaker == "system" and t.start_s < first_agent_s:
            continue
        before = groups[-1] if groups else []
        arrived = any(
            before and _follows(n, before[0]) and speech_between(call, n.end_s, t.start_s) > _TALKED_S for n in notices
        )
        same_s = policy.transfer.same_transfer_s
        if before and not arrived and speech_between(call, before[-1].end_s, t.start_s) <= same_s:
            before.append(t)
        else:
            groups.append([t])
    return groups


def _follows(notice: Disclosure, transfer: Disclosure) -> bool:
    """Whether a notice comes after a transfer's words; "our lawyer Rosa on a recorded line" may share their tail."""
    return notice.start_s >= transfer.start_s and notice.end_s > transfer.end_s


def _in_one_breath(call: CallContext, policy: Policy, notice: Disclosure, transfer: Sequence[Disclosure]) -> bool:
    """Whether the first to speak, who has perhaps joined, gives the notice at once: "thanks for holding, it's Kay, we record"."""
    heard = transfer[0]
    if any(_counts(t, policy) for t in transfer) or not heard.start_s <= notice.start_s <= heard.end_s:
        return False
    return not speech_between(call, 0.0, heard.start_s, "agent", "system", "unknown")


def _transfer_doubt(
    call: CallContext,
    policy: Policy,
    transfer: Sequence[Disclosure],
    later: Sequence[Disclosure],
    perhaps: Sequence[Disclosure],
) -> str | None:
    first, last = transfer[0], transfer[-1]
    if not any(_counts(t, policy) for t in transfer):
        return "whether somebody joined is uncertain"
    if perhaps:
        return f"something like it was heard at {clock(perhaps[0].start_s)}, and {what_is_open(perhaps[0])}"
    if later:
        return f"the next notice, at {clock(later[0].start_s)}, came only after a further transfer"
    arrived_s = speech_between(call, last.end_s, end_of(call), "agent", "system", "unknown")
    if len(transfer) == 1 and arrived_s < policy.transfer.arrival_s:
        return "the arrival is not in this recording"
    until_s = moment_of_speech(call, policy.recording_disclosure.deadline_s, since_s=first.end_s)
    return why_undeterminable(call, policy, since_s=first.end_s, until_s=until_s)


def _counts(said_so: Disclosure, policy: Policy) -> bool:
    limits = policy.confidence
    known = said_so.speaker != "unknown" and said_so.speaker_confidence >= limits.speaker
    return known and said_so.basis == "wording" and said_so.confidence >= limits.heard


def consent_refused_recording_continued(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """The caller objected to the recording, and the recording went on with the matter of the call.

    Not when the agent soon ends the call, stops the recording or moves to an unrecorded line, or when the caller soon
    says yes to a new question. A question for consent with an answer that nobody could make out needs review. Source: the
    all-party statutes; after a refusal consent is no longer implied by staying on.

    Bad:
        0:01 system: {recording: Your call will be recorded.}
        0:06 customer: {consent_refused: I do not want to be recorded.}
        0:10 agent: Okay. So what is your question about, and when did you get the bill that you are calling about?
        0:20 customer: In May, and I paid it at once, and now there is another one with a fee on it.

    Good:
        0:01 system: {recording: Your call will be recorded.}
        0:06 customer: {consent_refused: I do not want to be recorded.}
        0:10 agent: I understand. <call_ending: I will hang up now and call you from a line that is not recorded.>
        0:20 customer: Thank you.
    """
    rules = policy.refusal
    if not call.jurisdiction.applies(rules.where):
        return
    heard = said(call, policy, "consent_refused", by="customer")
    found: list[Finding] = []
    for refusal in sorted((*heard.sure, *heard.perhaps), key=lambda d: d.start_s):
        after = _after_refusal(call, policy, refusal)
        if not after.went_on:
            continue
        doubt = after.doubt
        if not _counts(refusal, policy):
            doubt = f"whether the caller refused is uncertain, since {what_is_open(refusal)}"
        found.append(
            finding(
                call,
                policy,
                "consent_refused_recording_continued",
                "consent",
                status="needs_review" if doubt else "violation",
                explanation=(
                    f"The caller was heard to object to the recording at {clock(refusal.start_s)}, and the recording went on "
                    f"with the matter of the call; {call.jurisdiction.demand}.{aside(doubt)}{speaker_aside(refusal)}"
                ),
                confidence=refusal.confidence,
                reference=rules.reference,
                at=refusal,
                wanting=Span(refusal.end_s, end_of(call)),
            )
        )
    if not found:
        found.extend(_unclear_answers(call, policy))
    # One finding a call: repeating a refusal that was passed over is not a second fault.
    yield from sorted(found, key=lambda f: (f.status != "violation", f.start_s or 0.0))[:1]


def _unclear_answers(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """A review where the caller was asked, said something, and was heard neither to agree nor to refuse."""
    rules = policy.refusal
    heard = [said(call, policy, kind, by="customer") for kind in CUSTOMER_KINDS]
    settled_s = [d.start_s for h in heard for d in (*h.sure, *h.perhaps)]
    settled_s += [stop.said.start_s for stop in _stops(call, policy)]
    for question in said(call, policy, "consent_request", by="company").sure:
        if any(at_s >= question.start_s for at_s in settled_s):
            continue
        until_s = moment_of_speech(call, rules.answer_within_s, since_s=question.end_s)
        replied_s = speech_between(call, question.end_s, until_s, "customer")
        if not replied_s or _talk(call, until_s, end_of(call)) <= rules.tolerated_s:
            continue
        doubt = "whether the caller agreed or refused could not be made out"
        yield finding(
            call,
            policy,
            "consent_refused_recording_continued",
            "consent",
            status="needs_review",
            explanation=(
                f"The caller was asked for consent at {clock(question.start_s)} and the call went on; "
                f"{call.jurisdiction.demand}.{aside(doubt)}{speaker_aside(question)}"
            ),
            confidence=0.5,
            reference=rules.reference,
            at=question,
            wanting=Span(question.end_s, end_of(call)),
        )


@dataclass(frozen=True, slots=True)
class _Aftermath:
    """Whether the matter of the call went on after a refusal, and why that is open."""

    went_on: bool
    doubt: str | None = None


def _after_refusal(call: CallContext, policy: Policy, refusal: Disclosure) -> _Aftermath:
    rules, end_s = policy.refusal, end_of(call)
    if _talk(call, refusal.end_s, end_s) <= rules.tolerated_s:
        return _Aftermath(went_on=False)
    for stop in _stops(call, policy):
        soon = (
            stop.said.start_s >= refusal.start_s
            and _talk(call, refusal.end_s, stop.said.start_s) <= rules.react_within_s
        )
        if soon and _talk(call, stop.said.end_s, end_s) <= stop.may_follow_s:
            return _Aftermath(went_on=False)
    granted = said(call, policy, "consent_granted", by="customer")
    asked = [d for d in said(call, policy, "consent_request", by="company").sure if d.start_s >= refusal.end_s]
    for yes in (d for d in granted.sure if d.start_s >= refusal.end_s):
        soon = _talk(call, refusal.end_s, yes.start_s) <= rules.cure_within_s
        if soon and any(question.start_s < yes.start_s for question in asked):
            return _Aftermath(went_on=False)
        if soon:
            seen = f"the caller seems to have agreed at {clock(yes.start_s)}, without being asked again"
            return _Aftermath(went_on=True, doubt=seen)
    for yes in (d for d in granted.perhaps if d.start_s >= refusal.end_s):
        if _talk(call, refusal.end_s, yes.start_s) <= rules.cure_within_s:
            return _Aftermath(went_on=True, doubt=f"the caller may have agreed at {clock(yes.start_s)}")
    return _Aftermath(went_on=True)


@dataclass(frozen=True, slots=True)
class _Stop:
    """The company says that the call ends or the recording has stopped; true if no more speech follows than this."""

    said: Span
    may_follow_s: float


def _stops(call: CallContext, policy: Policy) -> Iterator[_Stop]:
    for e in events(call, policy, "call_ending"):
        yield _Stop(Span(e.start_s, e.end_s), policy.refusal.wrap_up_s)
    # A recorder that is said to be off, and a caller who is told so, leave next to nothing on the recording.
    for e in events(call, policy, "recording_stopped"):
        yield _Stop(Span(e.start_s, e.end_s), policy.denial.wrap_up_s)
    for d in said(call, policy, "recording_denied", by="company").sure:
        yield _Stop(d.span, policy.denial.wrap_up_s)


def _talk(call: CallContext, start_s: float, end_s: float) -> float:
    """Seconds in which people speak; what a machine says is no matter of the call."""
    return speech_between(call, start_s, end_s, "agent", "customer", "unknown")


def _may_speak_of_another_line(call: CallContext, policy: Policy, denial: Disclosure) -> bool:
    """Whether the denial follows an announcement that the call ends, and it does: "… from a phone where nothing is"."""
    if _talk(call, denial.end_s, end_of(call)) > policy.refusal.wrap_up_s:
        return False
    endings = events(call, policy, "call_ending")
    return any(e.start_s <= denial.start_s <= e.end_s + _SAME_WORDS_S for e in endings)


def false_denial_of_recording(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """The company's side says that this call, a recording of which exists, is not recorded; wrong in every state.

    "I've switched it off" is true when the recording ends there.

    Bad:
        0:01 customer: Is this call being recorded?
        0:04 agent: {recording_denied: No, this call is not recorded.} So what is your matter?

    Good:
        0:01 customer: Is this call being recorded?
        0:04 agent: {recording: Yes it is, all our calls are.}
    """
    rules = policy.denial
    if not call.jurisdiction.applies(rules.where):
        return
    heard = said(call, policy, "recording_denied", by="company")
    stopped = events(call, policy, "recording_stopped")
    for denial in sorted((*heard.sure, *heard.perhaps), key=lambda d: d.start_s):
        meant = any(
            e.start_s <= denial.end_s + _SAME_WORDS_S and denial.start_s <= e.end_s + _SAME_WORDS_S for e in stopped
        )
        if meant and _talk(call, denial.end_s, end_of(call)) <= rules.wrap_up_s:
            continue
        doubt = None if _counts(denial, policy) else what_is_open(denial)
        if doubt is None and _may_speak_of_another_line(call, policy, denial):
            doubt = "the call was being ended, and this may speak of the line of a call back"
        yield finding(
            call,
            policy,
            "false_denial_of_recording",
            "consent",
            status="needs_review" if doubt else "violation",
            explanation=(
                f"At {clock(denial.start_s)} the caller was told that the call is not recorded; this recording of it exists."
                f"{aside(doubt)}{speaker_aside(denial)}"
            ),
            confidence=denial.confidence,
            reference=rules.reference,
            at=denial,
            wanting=Span(denial.end_s, end_of(call)),
        )
