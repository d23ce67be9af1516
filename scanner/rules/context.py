"""What every rule asks of a call: what was surely said, what perhaps, how much was spoken, what could hide words.

A rule is a pure function `(call, policy) -> findings` over spans: what, who, from, to. It never sees a word.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from scanner.calls import CallInfo
from scanner.detections import (
    CUSTOMER_KINDS,
    NOTHING,
    SENSITIVITIES,
    CallEvent,
    Disclosure,
    DisclosureKind,
    EventKind,
    PersonalData,
    RecordingFacts,
    Sensitivity,
)
from scanner.findings import SEVERITIES, Category, Finding, RuleName, Severity, Status
from scanner.jurisdiction import Jurisdiction
from scanner.policy import Policy
from scanner.transcript import COMPANY_SIDE, Span, Speaker, merge_spans, merged_bounds, seconds_before

Side = Literal["company", "customer"]

_SURE_SPEAKER = 0.8
"""Below this, an explanation says that the speaker is uncertain."""


@dataclass(frozen=True, slots=True)
class CallContext:
    """One call as the rules see it: its metadata, whose law holds, and what was heard."""

    info: CallInfo
    jurisdiction: Jurisdiction
    facts: RecordingFacts
    _speech: dict[tuple[Speaker, ...], tuple[list[float], list[float]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def speech(self, *speakers: Speaker) -> tuple[list[float], list[float]]:
        """Starts and ends of the stretches in which these speakers (all, when none is named) speak; merged once per call.

        Plain numbers, since judging an archive again spends most of its time here.
        """
        if speakers not in self._speech:
            spans = self.facts.speech
            self._speech[speakers] = merged_bounds([s for s in spans if s.speaker in speakers] if speakers else spans)
        return self._speech[speakers]


Rule = Callable[[CallContext, Policy], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Heard:
    """Disclosures of one kind by one side: those that count, and those that only a listener can tell; ordered by start."""

    sure: tuple[Disclosure, ...]
    perhaps: tuple[Disclosure, ...]


def said(call: CallContext, policy: Policy, kind: DisclosureKind, *, by: Side) -> Heard:
    """What one side said of a kind.

    It counts when the wording says so, with confidence, and it is known who spoke. Nearness in meaning, middling
    confidence or an open speaker make it a perhaps: that can raise a review and clears nothing.
    """
    limits = policy.confidence
    sure: list[Disclosure] = []
    perhaps: list[Disclosure] = []
    of_kind = (d for d in call.facts.disclosures if d.kind == kind and d.confidence >= limits.uncertain)
    for d in sorted(of_kind, key=lambda d: (d.start_s, d.end_s)):
        known = d.speaker != "unknown" and d.speaker_confidence >= limits.speaker
        if known and not _on_side(d.speaker, by):
            continue
        counts = known and d.basis == "wording" and d.confidence >= limits.heard
        (sure if counts else perhaps).append(d)
    return Heard(tuple(sure), tuple(perhaps))


def _on_side(speaker: Speaker, side: Side) -> bool:
    return speaker in COMPANY_SIDE if side == "company" else speaker == "customer"


def on_file(info: CallInfo, kind: DisclosureKind) -> bool | None:
    """Whether the metadata says that this was said before the call; None when its date cannot be compared."""
    if kind not in info.consent_on_file:
        return False
    if info.consent_on_file_at is None:
        return True
    if info.started_at is None:
        return None
    return info.consent_on_file_at <= info.started_at


def events(call: CallContext, policy: Policy, *kinds: EventKind) -> tuple[CallEvent, ...]:
    """Events of these kinds that count and that the customer did not say, ordered by start."""
    found = (e for e in call.facts.events if e.kind in kinds and e.confidence >= policy.confidence.heard)
    return tuple(sorted((e for e in found if e.speaker != "customer"), key=lambda e: e.start_s))


def personal_data(values: Iterable[PersonalData], policy: Policy, *, at_least: float) -> tuple[PersonalData, ...]:
    """Those of the policy's types, from a confidence on, ordered by start."""
    listed = policy.personal_data.entities
    found = (d for d in values if d.entity_type in listed and d.confidence >= at_least)
    return tuple(sorted(found, key=lambda d: (d.start_s, d.end_s)))


def speech_between(call: CallContext, start_s: float, end_s: float, *speakers: Speaker) -> float:
    """Seconds of speech of these speakers (all, when none is named) in a stretch; two at once count once."""
    starts, ends = call.speech(*speakers)
    first = bisect_right(ends, start_s)  # they do not meet, so that ends are in order as well
    last = bisect_left(starts, end_s, lo=first)
    seconds = 0.0
    for from_s, to_s in zip(starts[first:last], ends[first:last], strict=True):
        seconds += (to_s if to_s < end_s else end_s) - (from_s if from_s > start_s else start_s)  # noqa: FURB136 - calls cost
    return seconds


def moment_of_speech(call: CallContext, seconds: float, *, since_s: float = 0.0) -> float:
    """When so many seconds of speech have passed since a moment; the end of the recording if there are fewer."""
    left = seconds
    for from_s, to_s in zip(*call.speech(), strict=True):
        start_s = max(from_s, since_s)
        if to_s - start_s > left:
            return start_s + left
        left -= max(0.0, to_s - start_s)
    return end_of(call)


def end_of(call: CallContext) -> float:
    """The end of the recording, or of the last word where that is later."""
    _, ends = call.speech()
    return max(call.facts.duration_s, ends[-1] if ends else 0.0)


def why_undeterminable(call: CallContext, policy: Policy, *, until_s: float, since_s: float = 0.0) -> str | None:
    """Why the recording cannot show that something was not said in a stretch; None when it can."""
    facts = call.facts
    if since_s == 0.0 and facts.coverage == "partial" and policy.coverage.partial == "needs_review":
        return "the recording starts mid-call or the announcement is not in it"
    if foreign_language(facts, policy):
        return "it is spoken in a language whose notices are not vouched for"
    if facts.speech and all(s.speaker == "customer" for s in facts.speech):
        return "nobody of the company is heard in it"
    lost = merge_spans(Span(p.start_s, p.end_s) for p in facts.audio_problems if p.kind in policy.coverage.hiding)
    if seconds_before(lost, until_s) - seconds_before(lost, since_s) >= policy.coverage.hidden_notice_s:
        return "part of the audio where it was due could not be made out"
    return None


def foreign_language(facts: RecordingFacts, policy: Policy) -> bool:
    """Whether the call is, believably, in a language that the policy does not list."""
    if facts.language is None or facts.language in policy.languages:
        return False
    return facts.language_confidence >= policy.quality.language_confidence


def sensitivity_between(call: CallContext, policy: Policy, start_s: float, end_s: float) -> Sensitivity:
    """The most private matter spoken about in a stretch, personal data included; half-open by where a matter starts."""
    heard: set[Sensitivity] = {"none"}
    for m in call.facts.matters:
        if start_s <= m.start_s < end_s and m.confidence >= policy.confidence.heard:
            heard.add(m.sensitivity)
    for d in call.facts.personal_data:
        entity = policy.personal_data.entities.get(d.entity_type)
        if entity is not None and start_s <= d.start_s < end_s and d.confidence >= policy.personal_data.heard:
            heard.add(entity.sensitivity)
    return max(heard, key=SENSITIVITIES.index)


def finding(
    call: CallContext,
    policy: Policy,
    rule: RuleName,
    category: Category,
    *,
    status: Status,
    explanation: str,
    confidence: float,
    reference: str = "",
    at: Disclosure | PersonalData | None = None,
    wanting: Span | None = None,
    severity: Severity = "none",
    entity_type: str | None = None,
) -> Finding:
    """A finding with the severity that the policy gives it: that of the rule, or `severity` where that is higher.

    `wanting` is the stretch in which a notice was wanting; what was said in it raises the severity.
    """
    weights: list[Severity] = [policy.severity.rules[rule], severity]
    if wanting is not None:
        weights += _weights_of(call, policy, wanting)
    hmac = at.value_hmac if isinstance(at, PersonalData) and entity_type is not None else None
    return Finding(
        rule=rule,
        category=category,
        status=status,
        severity=max(weights, key=SEVERITIES.index),
        confidence=round(min(1.0, max(0.0, confidence)), 3),
        explanation=explanation,
        reference=_reference(call, policy, category, reference),
        entity_type=entity_type,
        speaker=at.speaker if at is not None else "unknown",
        start_s=at.start_s if at is not None else None,
        end_s=at.end_s if at is not None else None,
        excerpt=at.excerpt if at is not None else NOTHING,
        value_hmac=hmac,
    )


def _weights_of(call: CallContext, policy: Policy, wanting: Span) -> Iterator[Severity]:
    rules = policy.severity
    sensitivity = sensitivity_between(call, policy, wanting.start_s, wanting.end_s)
    yield rules.raised_by_sensitivity.get(sensitivity) or "none"
    uncovered_s = speech_between(call, wanting.start_s, wanting.end_s, "customer")
    yield from (severity for severity, from_s in rules.raised_by_uncovered_s.items() if uncovered_s >= from_s)


def _reference(call: CallContext, policy: Policy, category: Category, own: str) -> str:
    statute = call.jurisdiction.statute if category == "consent" else ""
    return "; ".join(r for r in (statute, own) if r) or f"policy {policy.id}"


def clock(seconds: float) -> str:
    """`0:41`, as the explanations write a moment."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def aside(doubt: str | None) -> str:
    """The reason for a review as a sentence of its own."""
    return f" A person should listen: {doubt}." if doubt else ""


def speaker_aside(said_so: Disclosure) -> str:
    """Says so where it is not quite certain who spoke."""
    return " Who said it is not certain." if said_so.speaker_confidence < _SURE_SPEAKER else ""


def what_is_open(said_so: Disclosure) -> str:
    """Why a disclosure is only a perhaps."""
    if said_so.speaker == "unknown" or (said_so.speaker == "customer") != (said_so.kind in CUSTOMER_KINDS):
        return "who said it is open"
    return "its wording is unusual" if said_so.basis == "meaning" else "the words are not certain"
