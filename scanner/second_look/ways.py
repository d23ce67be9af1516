"""A stretch of a call in the ways in which it can be heard, and what is said in each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scanner.asr.transcriber import Samples
from scanner.detections import CUSTOMER_KINDS, Disclosure, DisclosureKind
from scanner.second_look.stretches import PAD_S, SpanListener, Stretch, inside, with_words
from scanner.transcript import COMPANY_SIDE, Span, Speaker, Transcript, Word

HEARD = 0.6
OPENING_S = 30.0
"""Seconds from the first word, and from that of who has joined, in which a notice is looked for again."""
_BEFORE_S = 120.0
"""So much of the talk before a stretch is read with it: who was announced may come after a long hold."""
CONTRARY: Mapping[DisclosureKind, DisclosureKind] = {
    "recording": "recording_denied",
    "recording_denied": "recording",
    "consent_refused": "consent_granted",
    "consent_granted": "consent_refused",
}
"""What is said in the same words but for one."""

Hear = Callable[[Transcript], Sequence[Disclosure]]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Some hearings of a stretch have somebody say a kind, others do not."""

    kind: DisclosureKind
    speaker: Speaker
    span: Span


@dataclass(frozen=True, slots=True)
class Way:
    """One hearing of a stretch, and what is said in it."""

    words: tuple[Word, ...]
    said: tuple[Disclosure, ...]

    def of(self, kind: DisclosureKind) -> Disclosure | None:
        """The first of a kind."""
        return next((d for d in self.said if d.kind == kind), None)

    def has(self, kind: DisclosureKind, near: Span) -> bool:
        return any(d.kind == kind and d.span.overlap_s(near) > 0 for d in self.said)


@dataclass(frozen=True, slots=True)
class Ears:
    """Who can hear a stretch of a call again, and what makes out of words what they say."""

    channels: Sequence[Samples]
    listeners: Sequence[SpanListener]
    hear: Hear

    def ways(self, transcript: Transcript, stretch: Stretch, listener: SpanListener) -> list[Way]:
        """What is said in a stretch, in each way in which a listener hears it; in the first few only if they agree on it."""
        hearings = listener.transcribe_span_in_ways(
            self.channels[stretch.channel],
            stretch.span,
            language=transcript.language or "en",
            channel=stretch.channel,
        )
        found: list[Way] = []
        outcomes = set[tuple[bool, frozenset[tuple[DisclosureKind, bool]]]]()
        for some in hearings:
            for words in some:
                again = with_words(transcript, stretch.channel, stretch.span, words)
                said = [d for d in self.hear(_talk_around(again, stretch.span)) if inside(d.span, stretch.span)]
                way = Way(words, tuple(counted(said)))
                found.append(way)
                # what is perhaps said in one way may be plain in the next
                outcomes.add((bool(words), frozenset((d.kind, d in way.said) for d in said)))
            if len(outcomes) == 1:
                break
        return found

    def taken_over(
        self, kind: DisclosureKind, having: Sequence[tuple[Way, Disclosure]], transcript: Transcript, stretch: Stretch
    ) -> Transcript | None:
        """The transcript with what was said in the words of the first way that has it and all else that was heard there.

        None if there is none such.
        """
        heard = counted(self.hear(transcript))
        for way, found in having:
            around = Span(found.start_s - PAD_S / 2, found.end_s + PAD_S / 2)
            words = [w for w in way.words if inside(w.span, around)]
            changed = with_words(transcript, stretch.channel, around, words)
            said = {d.kind for d in counted(self.hear(changed)) if d.span.overlap_s(around) > 0}
            if {kind, *(d.kind for d in heard if inside(d.span, around))} <= said:
                return changed
        return None


def most(having: Sequence[object], ways: Sequence[object]) -> bool:
    """Whether more than half of the hearings have something."""
    return 2 * len(having) > len(ways)


def counted(disclosures: Iterable[Disclosure]) -> list[Disclosure]:
    """What counts as heard, by wording, of the side whose kind it is, or of somebody unknown."""
    return [d for d in disclosures if d.basis == "wording" and d.confidence >= HEARD and _of_its_side(d)]


def _of_its_side(d: Disclosure) -> bool:
    return d.speaker not in COMPANY_SIDE if d.kind in CUSTOMER_KINDS else d.speaker != "customer"


def _talk_around(transcript: Transcript, span: Span) -> Transcript:
    """The opening, what goes before a stretch and just after it: of a long call all else would be read again each time."""
    near = Span(span.start_s - _BEFORE_S, span.end_s + PAD_S)
    first_s = transcript.words[0].start_s if transcript.words else 0.0
    opening = Span(first_s, min(first_s + OPENING_S, span.end_s + PAD_S))
    return replace(
        transcript, words=tuple(w for w in transcript.words if inside(w.span, near) or inside(w.span, opening))
    )
