"""A second look where it pays: stretches in which a number is doubtful, or a notice should be and was not heard.

A recogniser that is wrong in one way is seldom wrong in the same way with other windows or another model. What a stretch
says when heard again is kept only where it agrees: with a checksum, with another hearing, or with the wording of a notice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Protocol

from scanner.asr.placing import Care
from scanner.asr.transcriber import Samples
from scanner.detect.spoken_value import SpokenValue
from scanner.detections import AudioProblem, Disclosure, DisclosureKind
from scanner.transcript import COMPANY_SIDE, Span, Transcript, Word, merge_spans
from scanner.unclear_openings import LEAST_S, mean_probability, unclear_spans

SURE = 0.9
"""A number of this confidence has passed a checksum or has the very shape that was asked for."""
HEARD = 0.6
OPENING_S = 30.0
"""Seconds from the first word in which a notice is looked for again."""
LONGEST_S = 25.0
_PAD_S = 0.6
_LEAD_S = 2.5
_DOUBTFUL_WORD = 0.5
_CLEAR = 0.85
"""Mean probability of the words of a stretch that its first listener needs not hear again for a notice."""
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
    problems: Sequence[AudioProblem] = (),
) -> tuple[Transcript, tuple[AudioProblem, ...]]:
    """The transcript with a wanted notice as another hearing of the opening has it; and where the opening stays unclear.

    The last listener, who is most unlike the first hearing, is asked first, the others only for what is still wanting.
    `problems`: of the first hearing; speech without words is heard again as well. What only one hearing has, and is not
    sure of, is no notice: it is `unclear_speech`.
    """
    missing = set(wanted) - _sure_kinds(hear(transcript))
    unclear: dict[int, list[Span]] = {}
    stretches = (*_unheard(transcript, problems), *_openings(transcript)) if missing else ()
    for listener, stretch in product(reversed(listeners), stretches):
        if not missing:
            break
        first = _words_in(transcript, stretch.channel, stretch.span)
        if listener is not listeners[-1] and mean_probability(first) >= _CLEAR:
            continue  # who heard it clearly will not hear otherwise
        cares: tuple[Care, ...] = ("alone",) if listener is listeners[-1] else ("careful",)
        for _, again in _hearings(transcript, channels, stretch, [listener], cares=cares):
            words = _words_in(again, stretch.channel, stretch.span)
            open_spans = list(unclear_spans(first, words))
            for notice in hear(again):
                if notice.kind not in missing or not _inside(notice.span, stretch.span) or not _sure(notice):
                    continue
                around = Span(notice.start_s - _PAD_S / 2, notice.end_s + _PAD_S / 2)
                said = _words_in(again, stretch.channel, around)
                if mean_probability(said) < _DOUBTFUL_WORD:
                    if mean_probability(_words_in(transcript, stretch.channel, around)) < _CLEAR:
                        open_spans.append(Span(notice.start_s, max(notice.end_s, notice.start_s + LEAST_S)))
                    continue
                changed = _with(transcript, stretch.channel, around, said)
                if notice.kind in _sure_kinds(hear(changed)):
                    transcript = changed
                    missing.discard(notice.kind)
            unclear.setdefault(stretch.channel, []).extend(open_spans)
    if not missing:
        return transcript, ()
    return transcript, tuple(
        AudioProblem("unclear_speech", s.start_s, s.end_s, channel)
        for channel, spans in unclear.items()
        for s in merge_spans(spans)
    )


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


def _unheard(transcript: Transcript, problems: Sequence[AudioProblem]) -> Iterator[_Stretch]:
    """Speech of the company's channel in the opening in which no words were made out."""
    until_s = transcript.words[0].start_s + OPENING_S if transcript.words else 0.0
    company = {w.channel for w in transcript.words if w.speaker in COMPANY_SIDE or w.speaker == "unknown"}
    for p in problems:
        if p.kind in {"unclear_speech", "repetition"} and p.channel in company and p.start_s < until_s:
            start_s = max(0.0, p.start_s - _PAD_S)
            yield _Stretch(p.channel, Span(start_s, min(p.end_s + _PAD_S, start_s + LONGEST_S)))


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
        and (disclosure.speaker in COMPANY_SIDE or disclosure.speaker == "unknown")
    )


def _sure_kinds(disclosures: Iterable[Disclosure]) -> set[DisclosureKind]:
    return {d.kind for d in disclosures if _sure(d)}
