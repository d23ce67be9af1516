"""Which seconds of a call must not be heard: those in which personal data is spoken, as far as the stored facts tell."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanner.detections import RecordingFacts
from scanner.masking import MaskedTurn
from scanner.store import StoredCall
from scanner.transcript import Span, merge_spans

PAD_S = 0.25
"""Word times of a speech model are some tenths of a second off."""

_LABEL = re.compile(r"\[[A-Z][A-Z0-9_]*(?: ending \d{1,4})?\]")
_CLAIMED_WITHIN_S = 2.0
_UNSURE_S = 1.5
"""Around a masked word whose seconds are only guessed from its place in the turn."""


NOT_UNDERSTOOD = frozenset({"unsupported_language"})
"""Rules that say that nothing was turned into words, so that nobody knows where personal data is."""


def can_be_silenced(call: StoredCall) -> bool:
    """Whether the scanner listened to the words of the call: only then does it know what to silence."""
    if call.heard is None or call.judgement is None:
        return False
    return not any(f.rule in NOT_UNDERSTOOD for f in call.judgement.findings)


def silent_spans(call: StoredCall) -> tuple[Span, ...]:
    """The seconds to silence on every channel: the other side's microphone often carries the voice as well.

    All values found, and every other masked word of the transcript (a number that no recognizer claimed): its seconds
    are not stored, and are guessed from where it stands in its turn.
    """
    if call.heard is None:
        return ()
    facts = call.heard.facts
    values = list(_value_spans(facts, call))
    guessed = [s for turn in call.heard.transcript for s in _unclaimed(turn, values)]
    spans = [Span(max(0.0, s.start_s - PAD_S), s.end_s + PAD_S) for s in (*values, *guessed)]
    return merge_spans(spans, max_gap_s=0.2)


def _value_spans(facts: RecordingFacts, call: StoredCall) -> Iterable[Span]:
    for value in facts.personal_data:
        yield from value.parts or (Span(value.start_s, value.end_s),)
    if call.judgement is not None:  # a row of an older scan may have the finding without the fact
        for f in call.judgement.findings:
            if f.category == "personal_data" and f.start_s is not None and f.end_s is not None:
                inside = [v for v in facts.personal_data if v.start_s <= f.start_s and f.end_s <= v.end_s]
                if not inside:
                    yield Span(f.start_s, f.end_s)


def _unclaimed(turn: MaskedTurn, values: Iterable[Span]) -> Iterable[Span]:
    length = max(1, len(turn.text))
    duration_s = turn.end_s - turn.start_s
    near = [v for v in values if v.end_s >= turn.start_s and v.start_s <= turn.end_s]
    for label in _LABEL.finditer(turn.text):
        start_s = turn.start_s + duration_s * label.start() / length
        end_s = turn.start_s + duration_s * label.end() / length
        claimed = any(v.start_s - _CLAIMED_WITHIN_S <= end_s and start_s <= v.end_s + _CLAIMED_WITHIN_S for v in near)
        if not claimed:
            yield Span(max(turn.start_s, start_s - _UNSURE_S), min(turn.end_s, end_s + _UNSURE_S))
