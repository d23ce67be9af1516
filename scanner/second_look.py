"""A second look where it pays: stretches in which a number is doubtful, or a notice should be and was not heard.

A recogniser that is wrong in one way is seldom wrong in the same way with other windows or another model. What a stretch
says when heard again is kept only where it agrees: with a checksum, with another hearing, or with the wording of a notice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from scanner.asr.placing import Care
from scanner.asr.transcriber import Samples
from scanner.detect.spoken_value import SpokenValue
from scanner.detections import Disclosure, DisclosureKind
from scanner.transcript import COMPANY_SIDE, Span, Transcript, Word

SURE = 0.9
"""A number of this confidence has passed a checksum or has the very shape that was asked for."""
HEARD = 0.6
OPENING_S = 30.0
"""Seconds from the first word in which a notice is looked for again."""
LONGEST_S = 25.0
_PAD_S = 0.6
_LEAD_S = 2.5
_DOUBTFUL_WORD = 0.5
_MIN_DIGITS = 5
_CARD_DIGITS = 12
"""So many that mean nothing are a card or account of which some were lost, however sure the recogniser is of the others."""

NUMBERS = frozenset(
    """CREDIT_CARD CREDIT_CARD_CVV CREDIT_CARD_EXPIRATION US_SSN US_ITIN PHONE_NUMBER US_BANK_NUMBER ABA_ROUTING_NUMBER
    ACCOUNT_NUMBER DATE_OF_BIRTH US_DRIVER_LICENSE US_PASSPORT MEDICAL_RECORD_NUMBER US_MBI IBAN_CODE EMAIL_ADDRESS
    CREDENTIAL""".split()
)

_NUMBER_CARES: tuple[Care, ...] = ("careful", "alone")
"""With a full window of silence behind it a number is counted best, with little of it the model drops less of it."""

Detect = Callable[[Transcript], Sequence[SpokenValue]]
Hear = Callable[[Transcript], Sequence[Disclosure]]


class SpanListener(Protocol):
    """Hears a stretch of one channel again, in English; `FasterWhisperTranscriber` is one."""

    def transcribe_span(
        self, samples: Samples, span: Span, *, language: str, channel: int, care: Care
    ) -> tuple[Word, ...]: ...  # pragma: no cover


@dataclass(frozen=True, slots=True)
class _Stretch:
    channel: int
    span: Span


@dataclass(frozen=True, slots=True)
class _Reading:
    """The call as one listener has it."""

    listener: int
    transcript: Transcript
    values: tuple[SpokenValue, ...]


def numbers_heard_again(
    transcript: Transcript, channels: Sequence[Samples], *, listeners: Sequence[SpanListener], detect: Detect
) -> tuple[Transcript, tuple[SpokenValue, ...]]:
    """The transcript and its values, with doubtful numbers as another hearing has them where that is surer."""
    values = tuple(detect(transcript))
    for stretch in _doubtful(transcript, values):
        before = _values_in(values, stretch, transcript)
        readings: list[_Reading] = []
        for listener, again in _hearings(transcript, channels, stretch, listeners, cares=_NUMBER_CARES):
            found = tuple(detect(again))
            if len(found) < len(values):  # it lost something else: a worse reading of the stretch as a whole
                continue
            readings.append(_Reading(listener, again, found))
            if max((v.confidence for v in _values_in(found, stretch, again)), default=0.0) >= SURE:
                break
        best = _surest(readings, stretch, before)
        if best is not None:
            transcript, values = best.transcript, best.values
    return transcript, values


def notices_heard_again(
    transcript: Transcript,
    channels: Sequence[Samples],
    *,
    listeners: Sequence[SpanListener],
    hear: Hear,
    wanted: Iterable[DisclosureKind],
) -> Transcript:
    """The transcript with the company's opening words as another hearing has them, where a wanted notice is in those."""
    missing = set(wanted) - _sure_kinds(hear(transcript))
    for stretch in _openings(transcript) if missing else ():
        for _, again in _hearings(transcript, channels, stretch, listeners, cares=("alone",)):
            found = [d for d in hear(again) if d.kind in missing and _sure(d) and _inside(d.span, stretch.span)]
            for notice in found:
                around = Span(notice.start_s - _PAD_S / 2, notice.end_s + _PAD_S / 2)
                changed = _with(transcript, stretch.channel, around, _words_in(again, stretch.channel, around))
                if notice.kind in _sure_kinds(hear(changed)):
                    transcript = changed
                    missing.discard(notice.kind)
        if not missing:
            break
    return transcript


# --- which stretches


def _doubtful(transcript: Transcript, values: Sequence[SpokenValue]) -> Iterator[_Stretch]:
    claimed = {i for v in values for i in v.word_indices}
    for value in values:
        if value.entity_type in NUMBERS and value.confidence < SURE:
            channel = transcript.words[value.word_indices[0]].channel
            yield from _short_enough(transcript, channel, value.start_s, value.end_s)
    for run in _unclaimed_runs(transcript, claimed):
        words = [transcript.words[i] for i in run]
        digits = sum(_digits_in(w.text) for w in words)
        doubtful = min(w.probability for w in words) < _DOUBTFUL_WORD
        if digits >= _CARD_DIGITS or (digits >= _MIN_DIGITS and doubtful):
            yield from _short_enough(transcript, words[0].channel, words[0].start_s, words[-1].end_s)


def _short_enough(transcript: Transcript, channel: int, start_s: float, end_s: float) -> Iterator[_Stretch]:
    """The stretch with the words that lead to it, if one window holds it: without them the first digits get lost."""
    lead = [w.start_s for w in transcript.words if w.channel == channel and start_s - _LEAD_S <= w.start_s <= start_s]
    span = Span(max(0.0, min([start_s - _PAD_S, *(s - _PAD_S / 6 for s in lead)])), end_s + _PAD_S)
    if span.duration_s <= LONGEST_S:
        yield _Stretch(channel, span)


def _unclaimed_runs(transcript: Transcript, claimed: set[int]) -> Iterator[list[int]]:
    runs: dict[int, list[int]] = {}
    for i, word in enumerate(transcript.words):
        run = runs.setdefault(word.channel, [])
        if i not in claimed and _digits_in(word.text):
            run.append(i)
        elif run:
            yield run
            runs[word.channel] = []
    yield from (run for run in runs.values() if run)


_DIGIT_WORDS = frozenset("zero oh one two three four five six seven eight nine".split())


def _digits_in(text: str) -> int:
    return sum(c.isdigit() for c in text) or int(text.lower().strip(".,?!") in _DIGIT_WORDS)


def _openings(transcript: Transcript) -> Iterator[_Stretch]:
    """The company's speech in the opening of the call, in stretches that one window holds."""
    if not transcript.words:
        return
    until_s = transcript.words[0].start_s + OPENING_S
    by_channel: dict[int, list[Word]] = {}
    for word in transcript.words:
        if word.start_s < until_s and (word.speaker in COMPANY_SIDE or word.speaker == "unknown"):
            by_channel.setdefault(word.channel, []).append(word)
    for channel, words in by_channel.items():
        start = 0
        for k in range(1, len(words) + 1):
            if k == len(words) or words[k].end_s - words[start].start_s > LONGEST_S - 2 * _PAD_S:
                yield _Stretch(channel, Span(max(0.0, words[start].start_s - _PAD_S), words[k - 1].end_s + _PAD_S))
                start = k


# --- hearing and choosing


def _hearings(
    transcript: Transcript,
    channels: Sequence[Samples],
    stretch: _Stretch,
    listeners: Sequence[SpanListener],
    *,
    cares: Sequence[Care],
) -> Iterator[tuple[int, Transcript]]:
    """The transcript as each listener has the stretch, with each care, and who it was."""
    language, samples = transcript.language or "en", channels[stretch.channel]
    for k, listener in enumerate(listeners):
        for care in cares:
            words = listener.transcribe_span(
                samples, stretch.span, language=language, channel=stretch.channel, care=care
            )
            if words:
                yield k, _with(transcript, stretch.channel, stretch.span, words)


def _with(transcript: Transcript, channel: int, span: Span, words: Sequence[Word]) -> Transcript:
    """The transcript with other words in a span of one channel, spoken by whoever spoke there before."""
    there = [w for w in transcript.words if w.channel == channel]
    kept = [w for w in transcript.words if w.channel != channel or not _inside(w.span, span)]
    new = [
        replace(w, speaker=n.speaker, speaker_confidence=n.speaker_confidence)
        for w in words
        if (n := _nearest(there, w))
    ]
    return replace(transcript, words=Transcript.of([*kept, *new]).words)


def _nearest(words: Sequence[Word], to: Word) -> Word | None:
    k = bisect_left([w.start_s for w in words], to.start_s)
    return min(words[max(0, k - 1) : k + 1], key=lambda w: abs(w.start_s - to.start_s), default=None)


def _words_in(transcript: Transcript, channel: int, span: Span) -> list[Word]:
    return [w for w in transcript.words if w.channel == channel and _inside(w.span, span)]


def _inside(inner: Span, outer: Span) -> bool:
    return outer.start_s <= (inner.start_s + inner.end_s) / 2 < outer.end_s


def _values_in(values: Iterable[SpokenValue], stretch: _Stretch, transcript: Transcript) -> list[SpokenValue]:
    return [
        v
        for v in values
        if v.entity_type in NUMBERS
        and transcript.words[v.word_indices[0]].channel == stretch.channel
        and any(p.overlap_s(stretch.span) > 0 for p in v.parts)
    ]


def _surest(readings: Sequence[_Reading], stretch: _Stretch, before: Sequence[SpokenValue]) -> _Reading | None:
    """The reading whose value passes a check that the first one does not, or that another listener agrees with."""
    known = max((v.confidence for v in before), default=0.0)
    best: tuple[float, _Reading] | None = None
    said = [
        (r.listener, {(v.entity_type, v.value) for v in _values_in(r.values, stretch, r.transcript)}) for r in readings
    ]
    first = {(v.entity_type, v.value) for v in before}
    for reading in readings:
        for value in _values_in(reading.values, stretch, reading.transcript):
            key = (value.entity_type, value.value)
            others = (keys for listener, keys in said if listener != reading.listener)
            agreed = key not in first and any(key in keys for keys in others)
            worth = value.confidence + (0.3 if agreed else 0.0)
            if (value.confidence >= SURE or agreed) and worth > known and (best is None or worth > best[0]):
                best = (worth, reading)
    return best[1] if best else None


def _sure(disclosure: Disclosure) -> bool:
    return (
        disclosure.basis == "wording"
        and disclosure.confidence >= HEARD
        and disclosure.speaker in COMPANY_SIDE | {"unknown"}
    )


def _sure_kinds(disclosures: Iterable[Disclosure]) -> set[DisclosureKind]:
    return {d.kind for d in disclosures if _sure(d)}
