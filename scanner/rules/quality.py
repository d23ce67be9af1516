"""When the scanner cannot vouch for its own reading: a person must listen."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.findings import Finding, RuleName
from scanner.policy import Policy
from scanner.rules.context import CallContext, end_of, finding, foreign_language
from scanner.transcript import Span, merge_spans

_PROBLEM_WORDS = {
    "damaged": "is damaged",
    "truncated": "is cut off",
    "clipped": "is overdriven",
    "same_channels": "carries the same sound on two channels",
    "silent_channel": "has a silent channel",
    "noisy": "is noisy",
    "repetition": "made the speech recognition repeat itself",
    "unclear_speech": "holds speech that could not be made out",
}


def unsupported_language(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """The call is in a language that the policy does not list.

    Bad:
        language: pt
        0:01 customer: Bom dia.

    Good:
        language: en
        0:01 customer: Good morning.
    """
    if foreign_language(call.facts, policy):
        explanation = (
            f"The call is spoken in a language ({call.facts.language}) in which the scanner's hearing is not vouched for; the "
            f"policy lists {', '.join(policy.languages)}. A person should listen."
        )
        yield _unread(call, policy, "unsupported_language", explanation, confidence=call.facts.language_confidence)


def no_speech(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """Nobody was heard to speak.

    Bad:
        duration_s: 20

    Good:
        0:01 customer: Hello?
    """
    if not call.facts.speech and not foreign_language(call.facts, policy):
        yield _unread(call, policy, "no_speech", "Nobody was heard to speak in this recording. A person should listen.")


def poor_audio(call: CallContext, policy: Policy) -> Iterator[Finding]:
    """So much of the audio is lost or cannot be made out that what was not heard proves nothing.

    Bad:
        0:01 agent: Hi, this is Ana.
        0:03 agent: <damaged: dropped words that nobody will ever hear again>

    Good:
        0:01 agent: Hi, this is Ana.
    """
    # What a truncated recording lacks lies behind its end, and belongs to the whole.
    whole_s = max(end_of(call), *(p.end_s for p in call.facts.audio_problems), 0.0)
    if whole_s <= 0 or not call.facts.speech:
        return
    for kind, share in policy.quality.poor_audio.items():
        spans = merge_spans(Span(p.start_s, p.end_s) for p in call.facts.audio_problems if p.kind == kind)
        lost = sum(s.duration_s for s in spans) / whole_s
        if lost >= share:
            explanation = f"{lost:.0%} of the recording {_PROBLEM_WORDS[kind]}. A person should listen."
            yield _unread(call, policy, "poor_audio", explanation)
            return


def _unread(call: CallContext, policy: Policy, rule: RuleName, explanation: str, *, confidence: float = 1.0) -> Finding:
    return finding(call, policy, rule, "quality", status="needs_review", explanation=explanation, confidence=confidence)
