"""Was the caller told? Notices that are missing, late, or came after personal data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from scanner.detections import Disclosure, DisclosureKind
from scanner.findings import Finding, RuleName
from scanner.policy import Policy
from scanner.policy_schema import ProcessingDisclosure, ProcessingKind
from scanner.rules.context import (
    CallContext,
    aside,
    clock,
    end_of,
    events,
    finding,
    moment_of_speech,
    on_file,
    personal_data,
    said,
    speaker_aside,
    speech_between,
    what_is_open,
    why_undeterminable,
)
from scanner.transcript import COMPANY_SIDE, Span


def missing_recording_disclosure(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """The law in force for the call asks for a notice that it is recorded, and nobody of the company gave one.

    Source: the all-party statutes of `configs/us.yaml`; Kearney v. Salomon Smith Barney (Cal. 2006).

    Bad:
        0:01 agent: Hi, this is Ana, how can I help?
        0:05 customer: My router is down.

    Good:
        0:01 agent: Hi, this is Ana, {recording: this call is recorded.}
        0:05 customer: My router is down.
    """
    rules = policy.recording_disclosure
    if not call.jurisdiction.applies(rules.where) or said(call, policy, "recording", by="company").sure:
        return
    yield from _not_heard(
        call,
        policy,
        "missing_recording_disclosure",
        kind="recording",
        what="that the call is recorded",
        reference=rules.reference,
    )


def late_recording_disclosure(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """The notice that the call is recorded came after more speech than the policy allows.

    Ringing, music and silence do not count as speech. Source: Javier v. Assurance IQ (9th Cir. 2022), consent must come
    before capture; the number of seconds is the policy's, no law names one.

    Bad:
        0:01 agent: Hi, this is Ana, how can I help?
        0:05 customer: My router is down. <talk 40>
        0:50 agent: Oh, and {recording: this call is recorded.}

    Good:
        0:40 agent: Hi, this is Ana, {recording: this call is recorded.}
    """
    rules = policy.recording_disclosure
    heard = said(call, policy, "recording", by="company")
    if not call.jurisdiction.applies(rules.where) or not heard.sure or on_file(call.info, "recording"):
        return
    first = heard.sure[0]
    passed_s = speech_between(call, 0.0, first.start_s)
    if passed_s <= rules.deadline_s:
        return
    due_s = moment_of_speech(call, rules.deadline_s)
    in_time = [d for d in heard.perhaps if d.start_s <= due_s]
    doubt = _doubt(call, policy, in_time, until_s=due_s)
    yield finding(
        call,
        policy,
        "late_recording_disclosure",
        "consent",
        status="needs_review" if doubt else "violation",
        explanation=(
            f"The notice that the call is recorded was first heard at {clock(first.start_s)}, after {passed_s:.0f} s of "
            f"speech; it is due within {rules.deadline_s:g} s, "
            f"since {call.jurisdiction.demand}.{aside(doubt)}{speaker_aside(first)}"
        ),
        confidence=first.confidence,
        reference=rules.reference,
        at=first,
        wanting=Span(0.0, first.start_s),
    )


def personal_data_before_disclosure(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """Personal data of the caller was spoken before the notice that the call is recorded; judged when there was a notice.

    Source: Taylor v. ConverseNow (N.D. Cal. 2025), name, address and card captured before any notice.

    Bad:
        0:01 agent: Hi, this is Ana, what is your number?
        0:05 customer: It is [PHONE_NUMBER: 415 555 0123].
        0:09 agent: Thanks. {recording: This call is recorded.}

    Good:
        0:01 agent: Hi, this is Ana, {recording: this call is recorded.} What is your number?
        0:05 customer: It is [PHONE_NUMBER: 415 555 0123].
    """
    rules = policy.recording_disclosure
    heard = said(call, policy, "recording", by="company")
    if not rules.before_personal_data or not call.jurisdiction.applies(rules.where):
        return
    if not heard.sure or on_file(call.info, "recording"):
        return
    first = heard.sure[0]
    early = [
        d
        for d in personal_data(call.facts.personal_data, policy, at_least=policy.personal_data.uncertain)
        if d.start_s < first.start_s and not (d.speaker in COMPANY_SIDE and d.entity_type in rules.company_may_say)
    ]
    if not early:
        return
    # A name by an open speaker may be the greeting's.
    sure = [
        d
        for d in early
        if d.confidence >= policy.personal_data.heard
        and not (d.speaker == "unknown" and d.entity_type in rules.company_may_say)
    ]
    shown = (sure or early)[0]
    doubt = _doubt(call, policy, [d for d in heard.perhaps if d.start_s <= shown.start_s], until_s=shown.start_s)
    if not sure:
        doubt = doubt or "whether it is personal data of the caller is uncertain"
    yield finding(
        call,
        policy,
        "personal_data_before_disclosure",
        "consent",
        status="needs_review" if doubt else "violation",
        explanation=(
            f"Personal data ({shown.entity_type}) was spoken at {clock(shown.start_s)}, before the notice that the call is "
            f"recorded was heard at {clock(first.start_s)}; {call.jurisdiction.demand}."
            f"{aside(doubt)}"
        ),
        confidence=min(shown.confidence, first.confidence),
        reference=rules.reference,
        at=shown,
        wanting=Span(0.0, first.start_s),
    )


def missing_third_party_disclosure(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """An outside company receives, hears or processes the call, and nobody said so; a recording notice is not enough.

    Source: Gills v. Patagonia (Cal. Super. Ct., filed 2024); Ambriz v. Google (N.D. Cal. 2025).

    Bad:
        third_party: Talkdesk
        0:01 system: {recording: This call may be recorded for quality and training purposes.}

    Good:
        third_party: Talkdesk
        0:01 system: {recording+third_party: This call is recorded by our provider Talkdesk.}
    """
    company = call.info.third_party
    what = (
        f"that {company} receives or processes the call"
        if company
        else "that an outside company receives or processes the call"
    )
    yield from _processing(
        call, policy, "missing_third_party_disclosure", kind="third_party", in_metadata=bool(company), what=what
    )


def missing_ai_analysis_disclosure(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """Software transcribes or analyses the call, and nobody said so; or a machine talks with the caller and does not say so.

    Source: Paulino v. Navy Federal Credit Union and Verint (N.D. Cal., filed 2024); of machines that take orders, Taylor v.
    ConverseNow (N.D. Cal. 2025).

    Bad:
        ai_analysis: true
        0:01 system: {recording: This call may be monitored or recorded.}

    Good:
        ai_analysis: true
        0:01 system: {recording: This call is recorded} {ai_analysis: and analyzed by software.}
    """
    found = list(
        _processing(
            call,
            policy,
            "missing_ai_analysis_disclosure",
            kind="ai_analysis",
            in_metadata=call.info.ai_analysis is True,
            what="that software transcribes or analyzes the call",
        )
    )
    yield from found or _unannounced_machine(call, policy)


def _unannounced_machine(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """A machine answers the caller several times, and neither it nor anybody else was heard to say what it is."""
    rules = policy.virtual_agent
    if rules.status == "nothing" or not call.jurisdiction.applies(rules.where):
        return
    spans = sorted(call.facts.speech, key=lambda s: (s.start_s, s.end_s, s.speaker))
    answers = [b for a, b in pairwise(spans) if (a.speaker, b.speaker) == ("customer", "system")]
    announced = events(call, policy, "virtual_agent") or said(call, policy, "ai_analysis", by="company").sure
    if len(answers) < rules.turns or announced or on_file(call.info, "ai_analysis"):
        return
    yield finding(
        call,
        policy,
        "missing_ai_analysis_disclosure",
        "consent",
        status=rules.status,
        explanation=(
            f"A machine seems to talk with the caller from {clock(answers[0].start_s)} on; that it is one was not heard in this "
            "recording."
        ),
        confidence=0.5,
        reference=rules.reference,
        wanting=Span(0.0, answers[-1].end_s),
    )


def missing_ai_training_disclosure(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """The call is used to train or improve AI models, and nobody said so; "training purposes" speaks of staff.

    Source: De La Torre v. LinkedIn (N.D. Cal., filed 2025).

    Bad:
        ai_training: true
        0:01 system: {recording: This call may be recorded for quality and training purposes.}

    Good:
        ai_training: true
        0:01 system: {recording: This call is recorded} {ai_training: and may be used to train our AI.}
    """
    yield from _processing(
        call,
        policy,
        "missing_ai_training_disclosure",
        kind="ai_training",
        in_metadata=call.info.ai_training is True,
        what="that the call is used to train AI models",
    )


def _processing(
    call: CallContext, policy: Policy, rule: RuleName, *, kind: ProcessingKind, in_metadata: bool, what: str
) -> Iterator[Finding]:
    duty: ProcessingDisclosure = getattr(policy.required_disclosures, kind)
    due = duty.when == "always" or (duty.when == "metadata" and in_metadata)
    if not due or not call.jurisdiction.applies(duty.where) or said(call, policy, kind, by="company").sure:
        return
    yield from _not_heard(call, policy, rule, kind=kind, what=what, reference=duty.reference)


def _not_heard(
    call: CallContext, policy: Policy, rule: RuleName, *, kind: DisclosureKind, what: str, reference: str
) -> Iterator[Finding]:
    """The finding for a notice that nobody gave, or perhaps somebody; none for a call in which nobody speaks."""
    filed = on_file(call.info, kind)
    if filed or not call.facts.speech:
        return
    perhaps = said(call, policy, kind, by="company").perhaps
    likeliest = max(perhaps, key=lambda d: d.confidence, default=None)
    doubt = _doubt(call, policy, perhaps, until_s=moment_of_speech(call, policy.recording_disclosure.deadline_s))
    if filed is None:
        doubt = doubt or "consent is on file with a date, and the date of the call is unknown"
    yield finding(
        call,
        policy,
        rule,
        "consent",
        status="needs_review" if doubt else "violation",
        explanation=f"No notice {what} was heard in this recording; {call.jurisdiction.demand}.{aside(doubt)}",
        confidence=0.5 if doubt else 0.95,
        reference=reference,
        at=likeliest,
        wanting=Span(0.0, end_of(call)),
    )


def _doubt(call: CallContext, policy: Policy, perhaps: Iterable[Disclosure], *, until_s: float) -> str | None:
    """Why it cannot be said that there was no notice before a moment; None when it can."""
    likeliest = max(perhaps, key=lambda d: d.confidence, default=None)
    if likeliest is not None:
        return f"something like it was heard at {clock(likeliest.start_s)}, and {what_is_open(likeliest)}"
    return why_undeterminable(call, policy, until_s=until_s)
