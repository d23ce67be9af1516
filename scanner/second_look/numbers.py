"""A second look where it pays: stretches in which a number is doubtful.

A recogniser that is wrong in one way is seldom wrong in the same way with other windows or another model. What a stretch
says when heard again is kept only where it agrees: with a checksum, or with another hearing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.asr.placing import Care
from scanner.asr.transcriber import SAMPLE_RATE, Samples
from scanner.detect.spoken.unanswered import unanswered
from scanner.detect.spoken_value import SpokenValue
from scanner.second_look.stretches import LONGEST_S, PAD_S, SpanListener, Stretch, inside, with_words, words_in
from scanner.transcript import Span, Transcript

SURE = 0.9
"""A number of this confidence has passed a checksum or has the very shape that was asked for."""
_LEAD_S = 2.5
_DOUBTFUL_WORD = 0.5
_CLEAR = 0.85
"""Mean probability of the words of an answer that need not be heard again for a number."""
_MIN_DIGITS = 5
_SIDES = 2
_CARD_DIGITS = 12
"""So many that mean nothing are a card or account of which some were lost, however sure the recogniser is of the others."""

NUMBERS = frozenset(
    """CREDIT_CARD CREDIT_CARD_CVV CREDIT_CARD_EXPIRATION US_SSN US_ITIN PHONE_NUMBER US_BANK_NUMBER ABA_ROUTING_NUMBER
    ACCOUNT_NUMBER DATE_OF_BIRTH US_DRIVER_LICENSE US_PASSPORT MEDICAL_RECORD_NUMBER US_MBI IBAN_CODE EMAIL_ADDRESS
    CREDENTIAL""".split()
)

NAMES = frozenset(("PERSON",))
_MUTTERED = 0.5

_NUMBER_CARES: tuple[Care, ...] = ("careful", "alone")
"""With a full window of silence behind it a number is counted best, with little of it the model drops less of it."""

Detect = Callable[[Transcript], Sequence[SpokenValue]]


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
    doubts = (*_doubtful(transcript, values), *_unanswered(transcript, values, channels))
    for stretch, wanted in dict.fromkeys(doubts):
        before = _values_in(values, stretch, wanted, transcript)
        readings: list[_Reading] = []
        for listener, again in _hearings(transcript, channels, stretch, listeners, cares=_NUMBER_CARES):
            found = tuple(detect(again))
            if len(found) < len(values):  # it lost something else: a worse reading of the stretch as a whole
                continue
            readings.append(_Reading(listener, again, found))
            if max((v.confidence for v in _values_in(found, stretch, wanted, again)), default=0.0) >= SURE:
                break
        best = _surest(readings, stretch, wanted, before)
        if best is not None:
            transcript, values = best.transcript, best.values
    return transcript, values


# --- which stretches


def _doubtful(transcript: Transcript, values: Sequence[SpokenValue]) -> Iterator[tuple[Stretch, frozenset[str]]]:
    claimed = {i for v in values for i in v.word_indices}
    for value in values:
        wanted = NUMBERS if value.entity_type in NUMBERS else NAMES
        if (value.entity_type in NUMBERS and value.confidence < SURE) or _is_muttered(value):
            channel = transcript.words[value.word_indices[0]].channel
            for stretch in _short_enough(transcript, channel, value.start_s, value.end_s):
                yield stretch, wanted
    for run in _unclaimed_runs(transcript, claimed):
        words = [transcript.words[i] for i in run]
        digits = sum(_digits_in(w.text) for w in words)
        doubtful = min(w.probability for w in words) < _DOUBTFUL_WORD
        if digits >= _CARD_DIGITS or (digits >= _MIN_DIGITS and doubtful):
            for stretch in _short_enough(transcript, words[0].channel, words[0].start_s, words[-1].end_s):
                yield stretch, NUMBERS


def _is_muttered(value: SpokenValue) -> bool:
    """Is it the answer to a question for a name in which no name was understood?"""
    return value.entity_type in NAMES and value.confidence < _MUTTERED


def _unanswered(
    transcript: Transcript, values: Sequence[SpokenValue], channels: Sequence[Samples]
) -> Iterator[tuple[Stretch, frozenset[str]]]:
    """Where a value was asked for and none was heard, though somebody spoke or may have spoken who was not understood."""
    until_s = max((len(c) for c in channels), default=0) / SAMPLE_RATE
    for question in unanswered(transcript, values, entities=NUMBERS | NAMES, until_s=until_s):
        channel = 1 - question.channel if len(channels) == _SIDES else question.channel
        words = words_in(transcript, channel, question.span)
        if words and sum(w.probability for w in words) / len(words) >= _CLEAR:
            continue  # "I don't have it with me"
        start_s = words[0].start_s if words else question.span.start_s
        end_s = words[-1].end_s if words else question.span.end_s
        span = Span(max(0.0, start_s - PAD_S), end_s + PAD_S)
        part = Span(max(span.start_s, question.span.start_s - PAD_S / 2), span.end_s)
        yield Stretch(channel, span, part), NAMES if question.entity in NAMES else NUMBERS


def _short_enough(transcript: Transcript, channel: int, start_s: float, end_s: float) -> Iterator[Stretch]:
    """The stretch with the words that lead to it, if one window holds it: without them the first digits get lost."""
    lead = [w.start_s for w in transcript.words if w.channel == channel and start_s - _LEAD_S <= w.start_s <= start_s]
    span = Span(max(0.0, min([start_s - PAD_S, *(s - PAD_S / 6 for s in lead)])), end_s + PAD_S)
    if span.duration_s <= LONGEST_S:
        yield Stretch(channel, span)


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


# --- hearing and choosing


def _hearings(
    transcript: Transcript,
    channels: Sequence[Samples],
    stretch: Stretch,
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
                said = [w for w in words if inside(w.span, stretch.kept)]
                yield k, with_words(transcript, stretch.channel, stretch.kept, said)


def _values_in(
    values: Iterable[SpokenValue], stretch: Stretch, wanted: frozenset[str], transcript: Transcript
) -> list[SpokenValue]:
    return [
        v
        for v in values
        if v.entity_type in wanted
        and transcript.words[v.word_indices[0]].channel == stretch.channel
        and any(p.overlap_s(stretch.kept) > 0 for p in v.parts)
    ]


_AMOUNT = re.compile(r"\$\d[\d,]*\.\d\d\W*")


def _is_amount(value: SpokenValue, transcript: Transcript) -> bool:
    """Whether a value is one word written as money: "$51.12" after the question for the code is what was paid."""
    return len(value.word_indices) == 1 and bool(_AMOUNT.fullmatch(transcript.words[value.word_indices[0]].text))


def _surest(
    readings: Sequence[_Reading], stretch: Stretch, wanted: frozenset[str], before: Sequence[SpokenValue]
) -> _Reading | None:
    """The reading whose value passes a check that the first one does not, or that another listener agrees with."""
    known = max((v.confidence for v in before), default=0.0)
    best: tuple[float, _Reading] | None = None
    said = [
        (r.listener, {(v.entity_type, v.value) for v in _values_in(r.values, stretch, wanted, r.transcript)})
        for r in readings
    ]
    first = {(v.entity_type, v.value) for v in before}
    for reading in readings:
        for value in _values_in(reading.values, stretch, wanted, reading.transcript):
            if _is_amount(value, reading.transcript):
                continue
            key = (value.entity_type, value.value)
            others = (keys for listener, keys in said if listener != reading.listener)
            agreed = key not in first and any(key in keys for keys in others)
            worth = value.confidence + (0.3 if agreed else 0.0)
            if (value.confidence >= SURE or agreed) and worth > known and (best is None or worth > best[0]):
                best = (worth, reading)
    return best[1] if best else _likeliest(readings, stretch, wanted) if not before else None


def _likeliest(readings: Sequence[_Reading], stretch: Stretch, wanted: frozenset[str]) -> _Reading | None:
    """Where nothing was heard at first: the surest reading of a kind that two listeners have, if in other words."""
    found = [(r, v) for r in readings for v in _values_in(r.values, stretch, wanted, r.transcript)]
    found = [(r, v) for r, v in found if not _is_amount(v, r.transcript)]
    kinds = {v.entity_type for _, v in found}
    agreed = {k for k in kinds if len({r.listener for r, v in found if v.entity_type == k}) > 1}
    likely = [(v.confidence, -n, r) for n, (r, v) in enumerate(found) if v.entity_type in agreed]
    return max(likely, key=lambda c: c[:2])[2] if likely else None
