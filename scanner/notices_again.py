"""Notices and denials heard again where a finding hangs on them, in ways that show what else was perhaps said.

A notice that should be and was not heard is looked for in the opening; a denial, and a notice that hangs on a doubtful "is"
or "isn't", must bear being heard again. What most hearings of a listener have is believed; what only some have is a
`Doubt`, and a person must listen; what none has was not said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from scanner.asr.transcriber import Samples
from scanner.detections import AudioProblem, Disclosure, DisclosureKind
from scanner.stretches import (
    LONGEST_S,
    PAD_S,
    SpanListener,
    Stretch,
    inside,
    with_words,
)
from scanner.transcript import Span, Speaker, Transcript, Word

HEARD = 0.6
DOUBTED = 0.46
"""Confidence of what some hearings have and others do not: enough for a review, never for a finding or a notice."""
OPENING_S = 30.0
"""Seconds from the first word in which a notice is looked for again."""
_PAUSE_S = 0.6
_JOINED_S = 2.5
"""Doubtful sentences that lie closer together are heard as one stretch."""
_LEAD_S, _TAIL_S = 6.0, 1.5
"""What is heard again around a denial or a notice: the model needs the words that lead to it."""
_FIRST_S = 15.0
_DOUBTFUL_WORD = 0.65
"""A sentence in which each word is likelier than that was heard as it was said."""
_WEAK_TURN = 0.6
_TURNS_IT = frozenset(
    """am is are was be been being has have had get gets got do does did may will not now never no none nothing nobody
    isn't aren't don't doesn't won't wasn't haven't hasn't ain't can't all always only un""".split()
)
"""Words on which it hangs whether a clause is a notice or a denial."""

Hear = Callable[[Transcript], Sequence[Disclosure]]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Some hearings of a stretch have somebody say a kind, others do not."""

    kind: DisclosureKind
    speaker: Speaker
    span: Span


@dataclass(frozen=True, slots=True)
class HeardAgain:
    """A call after its notices were heard again: its words, what only some hearings have, and what is still not made out."""

    transcript: Transcript
    doubts: tuple[Doubt, ...]
    problems: tuple[AudioProblem, ...]


def notices_heard_again(
    transcript: Transcript,
    channels: Sequence[Samples],
    *,
    listeners: Sequence[SpanListener],
    hear: Hear,
    wanted: Iterable[DisclosureKind],
    problems: Sequence[AudioProblem] = (),
) -> HeardAgain:
    """The call with a wanted notice as most hearings of the opening have it, and without problems that hide none.

    The last listener, who is most unlike the first hearing, is asked first, the others only for what is still wanting, and
    where notices mostly come. `problems`: of the first hearing; speech without words is heard again as well.
    """
    ears = _Ears(channels, listeners, hear)
    first = _said_by_company(hear(transcript))
    doubts = [doubt for said in _in_question(transcript, first) for doubt in _doubts_about(said, transcript, ears)]
    denied = [d.span for d in first if d.kind == "recording_denied"]
    missing = set(wanted) - {d.kind for d in first}
    perhaps: list[Doubt] = []
    unheard = tuple(_unheard(transcript, problems)) if missing else ()
    stretches = (*unheard, *_openings(transcript)) if missing else ()
    lost, made_out = set[Stretch](), set[Stretch]()
    first_s = transcript.words[0].start_s if transcript.words else 0.0
    for listener, stretch in product(reversed(listeners), stretches):
        if not missing:
            break
        if listener is not listeners[-1] and stretch.span.start_s > first_s + _FIRST_S:
            continue
        ways = ears.ways(transcript, stretch, listener)
        (made_out if 2 * sum(bool(w.words) for w in ways) > len(ways) else lost).add(stretch)
        for kind in sorted(missing):
            having = [
                (w.words, d) for w in ways for d in w.of(kind) if not any(d.span.overlap_s(s) > 0 for s in denied)
            ]
            most = 2 * len(having) > len(ways)
            taken = _taken_over(kind, having, transcript, stretch, hear) if most else None
            if taken is not None:
                transcript = taken
                missing.discard(kind)
            elif having:
                perhaps.append(Doubt(kind, having[0][1].speaker, having[0][1].span))
    spans = [(s.channel, s.span) for s in made_out.intersection(unheard) - lost]
    left = tuple(p for p in problems if not any(p.channel == c and _lies_in(p, span) for c, span in spans))
    return HeardAgain(transcript, (*doubts, *(p for p in perhaps if p.kind in missing)), left)


def _lies_in(problem: AudioProblem, span: Span) -> bool:
    return span.start_s <= problem.start_s and problem.end_s <= span.end_s


def with_doubts(disclosures: Iterable[Disclosure], doubts: Sequence[Doubt]) -> tuple[Disclosure, ...]:
    """The disclosures, those in doubt as no more than perhaps said, with those that only some hearings have; by start."""
    found = [
        replace(d, confidence=min(d.confidence, DOUBTED)) if any(_meets(d, doubt) for doubt in doubts) else d
        for d in disclosures
    ]
    for doubt in doubts:
        if not any(_meets(d, doubt) for d in found):
            found.append(Disclosure(doubt.kind, doubt.speaker, doubt.span.start_s, doubt.span.end_s, DOUBTED))
    return tuple(sorted(found, key=lambda d: (d.start_s, d.end_s, d.kind)))


def _meets(disclosure: Disclosure, doubt: Doubt) -> bool:
    return disclosure.kind == doubt.kind and disclosure.span.overlap_s(doubt.span) > 0


# --- hearing in ways


@dataclass(frozen=True, slots=True)
class _Way:
    """One hearing of a stretch, and what the company says in it."""

    words: tuple[Word, ...]
    said: tuple[Disclosure, ...]

    def of(self, kind: DisclosureKind) -> tuple[Disclosure, ...]:
        """The first of a kind, or nothing."""
        return tuple(d for d in self.said if d.kind == kind)[:1]

    def has(self, kind: DisclosureKind, near: Span) -> bool:
        return any(d.kind == kind and d.span.overlap_s(near) > 0 for d in self.said)


@dataclass(frozen=True, slots=True)
class _Ears:
    channels: Sequence[Samples]
    listeners: Sequence[SpanListener]
    hear: Hear

    def ways(self, transcript: Transcript, stretch: Stretch, listener: SpanListener) -> list[_Way]:
        """What the company says in a stretch, in each way in which a listener hears it."""
        heard = listener.transcribe_span_in_ways(
            self.channels[stretch.channel],
            stretch.span,
            language=transcript.language or "en",
            channel=stretch.channel,
        )
        found: list[_Way] = []
        for words in heard:
            again = with_words(transcript, stretch.channel, stretch.span, words)
            said = _said_by_company(self.hear(_talk_around(again, stretch.span)))
            found.append(_Way(words, tuple(d for d in said if inside(d.span, stretch.span))))
        return found


def _talk_around(transcript: Transcript, span: Span) -> Transcript:
    """What goes before a stretch and just after it: of a long call all else would be read again each time."""
    near = Span(span.start_s - OPENING_S, span.end_s + PAD_S)
    return replace(transcript, words=tuple(w for w in transcript.words if inside(w.span, near)))


def _said_by_company(disclosures: Iterable[Disclosure]) -> list[Disclosure]:
    """What counts as heard, by wording, of the company or of somebody unknown."""
    return [d for d in disclosures if d.basis == "wording" and d.confidence >= HEARD and d.speaker != "customer"]


def _taken_over(
    kind: DisclosureKind,
    having: Sequence[tuple[tuple[Word, ...], Disclosure]],
    transcript: Transcript,
    stretch: Stretch,
    hear: Hear,
) -> Transcript | None:
    """The transcript with a notice in the words of the first way that has it; None if it then still has none."""
    words, notice = having[0]
    around = Span(notice.start_s - PAD_S / 2, notice.end_s + PAD_S / 2)
    changed = with_words(transcript, stretch.channel, around, [w for w in words if inside(w.span, around)])
    return changed if kind in {d.kind for d in _said_by_company(hear(changed))} else None


# --- what was heard, and may have been heard wrongly


def _in_question(transcript: Transcript, said: Sequence[Disclosure]) -> Iterator[Disclosure]:
    """Denials, and the one notice of a call if it hangs on a word that the recogniser was not sure of."""
    yield from (d for d in said if d.kind == "recording_denied")
    notices = [d for d in said if d.kind == "recording"]
    if len(notices) == 1 and any(_is_weak_turn(w) for w in transcript.words if inside(w.span, notices[0].span)):
        yield notices[0]


def _is_weak_turn(word: Word) -> bool:
    return word.probability < _WEAK_TURN and word.text.lower().strip(".,?!") in _TURNS_IT


def _doubts_about(said: Disclosure, transcript: Transcript, ears: _Ears) -> list[Doubt]:
    """Doubts about a notice or a denial of which too few hearings have the same, or too many the contrary."""
    contrary: DisclosureKind = "recording" if said.kind == "recording_denied" else "recording_denied"
    channel = next(w.channel for w in transcript.words if w.speaker == said.speaker and inside(w.span, said.span))
    end_s = said.end_s + _TAIL_S
    stretch = Stretch(channel, Span(max(0.0, said.start_s - _LEAD_S, end_s - LONGEST_S), end_s))
    ways = [w for listener in ears.listeners for w in ears.ways(transcript, stretch, listener)]
    same = sum(w.has(said.kind, said.span) for w in ways)
    other = sum(w.has(contrary, said.span) and not w.has(said.kind, said.span) for w in ways)
    if same > 2 * other and 3 * same >= len(ways):
        return []
    doubts = [Doubt(said.kind, said.speaker, said.span)]
    return [*doubts, Doubt(contrary, said.speaker, said.span)] if other else doubts


# --- where a missing notice may be


def _unheard(transcript: Transcript, problems: Sequence[AudioProblem]) -> Iterator[Stretch]:
    """Speech of the company's channel in the opening in which no words were made out."""
    until_s = transcript.words[0].start_s + OPENING_S if transcript.words else 0.0
    company = {w.channel for w in transcript.words if w.speaker != "customer"}
    for p in problems:
        if p.kind in {"unclear_speech", "repetition"} and p.channel in company and p.start_s < until_s:
            start_s = max(0.0, p.start_s - PAD_S)
            yield Stretch(p.channel, Span(start_s, min(p.end_s + PAD_S, start_s + LONGEST_S)))


def _openings(transcript: Transcript) -> Iterator[Stretch]:
    """The company's doubtful sentences in the opening of the call, in stretches that one window holds."""
    until_s = transcript.words[0].start_s + OPENING_S if transcript.words else 0.0
    by_channel: dict[int, list[Word]] = {}
    for word in transcript.words:
        if word.start_s < until_s and word.speaker != "customer":
            by_channel.setdefault(word.channel, []).append(word)
    for channel, words in by_channel.items():
        open_span: Span | None = None
        for sentence in _sentences(words):
            if min(w.probability for w in sentence) >= _DOUBTFUL_WORD:
                continue
            span = Span(max(0.0, sentence[0].start_s - PAD_S), max(w.end_s for w in sentence) + PAD_S)
            if open_span is None:
                open_span = span
            elif span.start_s - open_span.end_s < _JOINED_S and span.end_s - open_span.start_s < LONGEST_S:
                open_span = Span(open_span.start_s, span.end_s)
            else:
                yield Stretch(channel, open_span)
                open_span = span
        if open_span is not None:
            yield Stretch(channel, open_span)


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words up to a full stop or a pause; none longer than a window."""
    sentence: list[Word] = []
    for word in words:
        ended = sentence and (sentence[-1].text[-1:] in ".?!" or word.start_s - sentence[-1].end_s > _PAUSE_S)
        if ended or (sentence and word.end_s - sentence[0].start_s > LONGEST_S - 2 * PAD_S):
            yield sentence
            sentence = []
        sentence.append(word)
    if sentence:
        yield sentence
