"""Stretches of a call that are heard again, and the transcript with the words of another hearing in them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from scanner.asr.placing import Care
from scanner.asr.transcriber import Samples
from scanner.transcript import COMPANY_SIDE, Span, Transcript, Word

LONGEST_S = 25.0
"""What one window holds, with what is around it."""
PAD_S = 0.6


class SpanListener(Protocol):
    """Hears a stretch of one channel again, in English; `FasterWhisperTranscriber` is one."""

    def transcribe_span(
        self, samples: Samples, span: Span, *, language: str, channel: int, care: Care
    ) -> tuple[Word, ...]: ...  # pragma: no cover

    def transcribe_span_in_ways(
        self, samples: Samples, span: Span, *, language: str, channel: int
    ) -> Iterable[tuple[tuple[Word, ...], ...]]:
        """Several hearings that show what could have been said, a few at a time."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of one channel; `part`: that of which the words are taken over, if not of all."""

    channel: int
    span: Span
    part: Span | None = None

    @property
    def kept(self) -> Span:
        return self.part or self.span


def with_words(transcript: Transcript, channel: int, span: Span, words: Sequence[Word]) -> Transcript:
    """The transcript with other words in a span of one channel, spoken by whoever spoke there before.

    Where nobody did, and all others are the company's side, it is the customer.
    """
    there = [w for w in transcript.words if w.channel == channel]
    if not there and all(w.speaker in COMPANY_SIDE for w in transcript.words):
        there = [replace(w, speaker="customer") for w in words]
    kept = [w for w in transcript.words if w.channel != channel or not inside(w.span, span)]
    new = [
        replace(w, speaker=n.speaker, speaker_confidence=n.speaker_confidence)
        for w in words
        if (n := _nearest(there, w))
    ]
    return replace(transcript, words=Transcript.of([*kept, *new]).words)


def _nearest(words: Sequence[Word], to: Word) -> Word | None:
    k = bisect_left([w.start_s for w in words], to.start_s)
    return min(words[max(0, k - 1) : k + 1], key=lambda w: abs(w.start_s - to.start_s), default=None)


def words_in(transcript: Transcript, channel: int, span: Span) -> list[Word]:
    """The words of a channel whose middle lies in a span."""
    return [w for w in transcript.words if w.channel == channel and inside(w.span, span)]


def inside(inner: Span, outer: Span) -> bool:
    """Whether the middle of a span lies in another."""
    return outer.start_s <= (inner.start_s + inner.end_s) / 2 < outer.end_s
