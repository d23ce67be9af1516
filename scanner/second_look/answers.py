"""What the customer answers to "may I record?", looked for again where nobody made it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.detections import CUSTOMER_KINDS, Disclosure, DisclosureKind
from scanner.second_look.stretches import PAD_S, Stretch
from scanner.second_look.ways import CONTRARY, Doubt, Ears, counted, most
from scanner.transcript import COMPANY_SIDE, Span, Transcript, Word

_EARLY_S = 0.7
"""People answer before a question ends, and word times are not exact."""
_WITHIN_S = 8.0
_LONGEST_S = 6.0
_ANSWERS: tuple[DisclosureKind, ...] = ("consent_granted", "consent_refused")


def answers_heard_again(transcript: Transcript, ears: Ears) -> tuple[Transcript, list[Doubt]]:
    """The call with answers to requests as most hearings have them, if none has the contrary; a refusal of some is a doubt."""
    doubts: list[Doubt] = []
    said = counted(ears.hear(transcript))
    for request in _unanswered(said):
        stretch = _reply(transcript, request)
        if stretch is None:
            continue
        for listener in reversed(ears.listeners):
            ways = ears.ways(transcript, stretch, listener)
            taken: Transcript | None = None
            for kind in _ANSWERS:
                having = [(w, d) for w in ways if (d := w.of(kind))]
                if most(having, ways) and not any(w.of(CONTRARY[kind]) for w in ways):
                    taken = ears.taken_over(kind, having, transcript, stretch)
                elif having and kind == "consent_refused":
                    doubts.append(Doubt(kind, having[0][1].speaker, having[0][1].span))
            if taken is not None:
                transcript = taken
                break
    return transcript, doubts


def _unanswered(said: Sequence[Disclosure]) -> Iterator[Disclosure]:
    answered_s = [d.start_s for d in said if d.kind in CUSTOMER_KINDS]
    for request in (d for d in said if d.kind == "consent_request"):
        if not any(at_s >= request.start_s for at_s in answered_s):
            yield request


def _reply(transcript: Transcript, request: Disclosure) -> Stretch | None:
    """What the customer says next; None if nobody was heard."""
    words: list[Word] = []
    for word in transcript.words:
        if word.speaker in COMPANY_SIDE or word.start_s < request.end_s - _EARLY_S:
            continue
        if word.start_s > (words[0].start_s + _LONGEST_S if words else request.end_s + _WITHIN_S):
            break
        if not words or word.channel == words[0].channel:
            words.append(word)
    if not words:
        return None
    return Stretch(words[0].channel, Span(max(0.0, words[0].start_s - PAD_S), max(w.end_s for w in words) + PAD_S))
