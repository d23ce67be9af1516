"""What accuses, or hangs on a word that the recogniser was not sure of, must bear being heard again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.detections import Disclosure
from scanner.second_look.stretches import LONGEST_S, Stretch, inside
from scanner.second_look.ways import CONTRARY, Doubt, Ears, Way
from scanner.transcript import Span, Transcript, Word

_LEAD_S, _TAIL_S = 6.0, 1.5
"""What is heard again around it: the model needs the words that lead to it."""
_WEAK = 0.6
_TURNS_IT = frozenset(
    """am is are was be been being has have had get gets got do does did may will not now never no none nothing nobody
    isn't aren't don't doesn't won't wasn't haven't hasn't ain't can't all always only un""".split()
)
"""Words on which it hangs whether a clause is a notice or a denial."""


def in_question(transcript: Transcript, said: Sequence[Disclosure]) -> Iterator[Disclosure]:
    """Of what counts as heard: denials, refusals, transfers that no notice follows, and a notice or a yes that is weak."""
    notices = [d for d in said if d.kind == "recording"]
    for d in said:
        words = [w for w in transcript.words if inside(w.span, d.span)]
        unfollowed = not any(n.start_s >= d.start_s and n.end_s > d.end_s for n in notices)
        if (
            d.kind in {"recording_denied", "consent_refused"}
            or (d.kind == "transfer" and d.speaker != "system" and notices and unfollowed)
            or (d.kind == "recording" and len(notices) == 1 and any(_is_weak_turn(w) for w in words))
            or (d.kind == "consent_granted" and any(w.probability < _WEAK for w in words))
        ):
            yield d


def _is_weak_turn(word: Word) -> bool:
    return word.probability < _WEAK and word.text.lower().strip(".,?!") in _TURNS_IT


def doubts_about(said: Disclosure, transcript: Transcript, ears: Ears) -> list[Doubt]:
    """Doubts about something said of which too few hearings have the same, or too many the contrary."""
    contrary = CONTRARY.get(said.kind)
    end_s = said.end_s + _TAIL_S
    stretch = Stretch(_channel(said, transcript), Span(max(0.0, said.start_s - _LEAD_S, end_s - LONGEST_S), end_s))
    ways = [w for listener in ears.listeners for w in ears.ways(transcript, stretch, listener)]
    same = sum(_has(w, said) for w in ways)
    other = sum(contrary is not None and w.has(contrary, said.span) and not _has(w, said) for w in ways)
    if same > 2 * other and 3 * same >= len(ways):
        return []
    doubts = [Doubt(said.kind, said.speaker, said.span)]
    return [*doubts, Doubt(contrary, said.speaker, said.span)] if contrary and other else doubts


def _has(way: Way, said: Disclosure) -> bool:
    """A join is announced at other words than those of the arrival: anywhere near is the same."""
    return way.of(said.kind) is not None if said.kind == "transfer" else way.has(said.kind, said.span)


def _channel(said: Disclosure, transcript: Transcript) -> int:
    """The channel of the words; of two at once the speaker's own."""
    words = [w for w in transcript.words if inside(w.span, said.span)]
    return next((w.channel for w in words if w.speaker == said.speaker), words[0].channel)
