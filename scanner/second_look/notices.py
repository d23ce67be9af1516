"""Notices, denials, transfers and answers heard again where a finding hangs on them, in ways that show what else was perhaps said.

A notice that should be and was not heard is looked for in the opening, and after somebody joined; an answer that nobody made
out is looked for after its request. What accuses - a denial, a transfer that no notice follows, a refusal - and a notice or
a yes that hangs on a doubtful word must bear being heard again. What most hearings of a listener have is believed; what only
some have is a `Doubt`, and a person must listen; what none has was not said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from scanner.asr.transcriber import Samples
from scanner.detections import AudioProblem, Disclosure, DisclosureKind
from scanner.second_look.accusations import doubts_about, in_question
from scanner.second_look.answers import answers_heard_again
from scanner.second_look.stretches import LONGEST_S, PAD_S, SpanListener, Stretch
from scanner.second_look.ways import OPENING_S, Doubt, Ears, Hear, counted, most
from scanner.transcript import Span, Transcript, Word

DOUBTED = 0.46
"""Confidence of what some hearings have and others do not: enough for a review, never for a finding or a notice."""
_PAUSE_S = 0.6
_JOINED_S = 2.5
"""Doubtful sentences that lie closer together are heard as one stretch."""
_FIRST_S = 15.0
_DOUBTFUL_WORD = 0.65
"""A sentence in which each word is likelier than that was heard as it was said."""
_GUESSED, _IN_A_ROW = 0.36, 5
"""So many words in a row that are on average no likelier were not made out."""


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
    """The call with a wanted notice as most hearings have it, with answers likewise, and without problems that hide none.

    The last listener, who is most unlike the first hearing, is asked first, the others only for what is still wanting, and
    where notices mostly come. `problems`: of the first hearing; speech without words is heard again as well.
    """
    ears = Ears(channels, listeners, hear)
    first = counted(hear(transcript))
    denied = [d.span for d in first if d.kind == "recording_denied"]
    since_s = transcript.words[0].start_s if transcript.words else 0.0
    missing = set(wanted) - {d.kind for d in first if d.kind != "recording" or d.start_s < since_s + OPENING_S}
    look = _Look(transcript, list(problems), denied)
    look.for_notices(missing, Span(since_s, since_s + OPENING_S), ears)
    for joined in _joins_without_notice(look.transcript, ears):
        arrived_s = min(
            (w.start_s for w in _companys(look.transcript) if w.start_s >= joined.end_s), default=joined.end_s
        )
        look.for_notices({"recording"}, Span(joined.start_s, arrived_s + OPENING_S), ears)
    transcript, unsure = answers_heard_again(look.transcript, ears)
    accusing = in_question(transcript, counted(hear(transcript)))
    doubts = [doubt for said in accusing for doubt in doubts_about(said, transcript, ears)]
    return HeardAgain(transcript, (*doubts, *look.perhaps, *unsure), tuple(look.problems))


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


@dataclass(slots=True)
class _Look:
    """A call in which notices are looked for: its words so far, what is not made out, where recording is denied."""

    transcript: Transcript
    problems: list[AudioProblem]
    denied: Sequence[Span]
    perhaps: list[Doubt] = field(default_factory=list)

    def for_notices(self, wanted: Iterable[DisclosureKind], within: Span, ears: Ears) -> None:
        """Takes over the notices that most hearings have of what was badly heard there, and notes what only some have."""
        missing = set(wanted)
        if not missing:
            return
        unheard = tuple(_unheard(self.transcript, self.problems, within))
        lost, made_out = set[Stretch](), set[Stretch]()
        perhaps: list[Doubt] = []
        stretches = (*unheard, *_doubtful(self.transcript, within))
        for listener, stretch in product(reversed(ears.listeners), stretches):
            if not missing:
                break
            if listener is not ears.listeners[-1] and stretch.span.start_s > within.start_s + _FIRST_S:
                continue
            ways = ears.ways(self.transcript, stretch, listener)
            clear = most([w for w in ways if w.words], ways) and not _is_guessed(ways[0].words)
            (made_out if clear else lost).add(stretch)
            for kind in sorted(missing):
                having = [
                    (w, d) for w in ways if (d := w.of(kind)) and not any(d.span.overlap_s(s) > 0 for s in self.denied)
                ]
                taken = ears.taken_over(kind, having, self.transcript, stretch) if most(having, ways) else None
                if taken is not None:
                    self.transcript = taken
                    missing.discard(kind)
                elif having:
                    perhaps.append(Doubt(kind, having[0][1].speaker, having[0][1].span))
        self.perhaps += [p for p in perhaps if p.kind in missing]
        spans = [(s.channel, s.span) for s in made_out.intersection(unheard) - lost]
        self.problems = [p for p in self.problems if not any(p.channel == c and _lies_in(p, span) for c, span in spans)]


def _lies_in(problem: AudioProblem, span: Span) -> bool:
    return span.start_s <= problem.start_s and problem.end_s <= span.end_s


# --- where a missing notice may be


def _joins_without_notice(transcript: Transcript, ears: Ears) -> list[Disclosure]:
    """Who joined, of the people of the company, without a notice that follows."""
    said = counted(ears.hear(transcript))
    notices = [d for d in said if d.kind == "recording"]
    joins = [d for d in said if d.kind == "transfer" and d.speaker != "system"]
    return [j for j in joins if not any(n.start_s >= j.start_s and n.end_s > j.end_s for n in notices)]


def _companys(transcript: Transcript) -> Iterator[Word]:
    return (w for w in transcript.words if w.speaker != "customer")


def _unheard(transcript: Transcript, problems: Sequence[AudioProblem], within: Span) -> Iterator[Stretch]:
    """Speech of the company's channel in which no words were made out; before the first words as well."""
    company = {w.channel for w in _companys(transcript)}
    opening = not any(w.start_s < within.start_s for w in transcript.words)
    for p in problems:
        near = p.start_s < within.end_s and (opening or p.end_s > within.start_s)
        if p.kind in {"unclear_speech", "repetition"} and p.channel in company and near:
            start_s = max(0.0, p.start_s - PAD_S)
            yield Stretch(p.channel, Span(start_s, min(p.end_s + PAD_S, start_s + LONGEST_S)))


def _doubtful(transcript: Transcript, within: Span) -> Iterator[Stretch]:
    """The company's doubtful sentences in a part of the call, in stretches that one window holds."""
    by_channel: dict[int, list[Word]] = {}
    for word in _companys(transcript):
        if within.start_s <= word.start_s < within.end_s:
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


def _is_guessed(words: Sequence[Word]) -> bool:
    """Whether the recogniser wrote something for a part of what was said, and hardly believes it."""
    rows = (words[start : start + _IN_A_ROW] for start in range(len(words) - _IN_A_ROW + 1))
    return any(sum(w.probability for w in row) < _GUESSED * _IN_A_ROW for row in rows)


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
