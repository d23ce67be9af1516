"""Questions for a number that no number answers: where a recogniser may have dropped or garbled what was said."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from scanner.detect.spoken.conversation import Statement, statements
from scanner.detect.spoken.cues import NAME
from scanner.detect.spoken.expectations import Listener
from scanner.detect.spoken.number_segments import CARD_PARTS
from scanner.detect.spoken_value import SpokenValue
from scanner.transcript import Span, Transcript

LONGEST_ANSWER_S = 12.0
_SHORTEST_ANSWER_S = 1.0
_SHORT_ANSWER_S = 5.0


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Between a question for `entity` and the asker's next word lies no value; `span` is the time for an answer.

    `channel`: the asker's.
    """

    entity: str
    channel: int
    span: Span


def unanswered(
    transcript: Transcript, values: Sequence[SpokenValue], *, entities: Collection[str], until_s: float
) -> Iterator[Unanswered]:
    """The questions of the company's side for one of `entities` after which, before it speaks again, no value was heard.

    `until_s`: where the recording ends; the last answer may have been lost as a whole.
    """
    said = statements(transcript)
    listener = Listener(said)
    for line, statement in enumerate(said):
        if statement.speaker == "customer":
            continue
        for entity, end_s in _questions(listener, line, statement, entities):
            channel = statement.words[0].channel
            after = (w.start_s for s in said if s.speaker == statement.speaker for w in s.words if w.start_s >= end_s)
            answer_end_s = min(min(after, default=until_s), end_s + LONGEST_ANSWER_S)
            if _in_one_breath(listener, entity):
                answer_end_s = max(answer_end_s, min(until_s, end_s + _SHORT_ANSWER_S))
            span = Span(end_s, max(end_s, answer_end_s))
            heard = any(p.overlap_s(span) > 0 for v in values for p in v.parts)
            if span.duration_s >= _SHORTEST_ANSWER_S and not heard:
                yield Unanswered(entity, channel, span)


def _questions(
    listener: Listener, line: int, statement: Statement, entities: Collection[str]
) -> Iterator[tuple[str, float]]:
    """What the sentences of a statement ask for that nothing follows in the same breath, and when they end."""
    tokens = statement.tokens
    for cue in listener.cues[line]:
        entity = listener.resolved(cue, line)
        if entity not in entities or (entity == NAME and listener.introduces(line, cue)):
            continue
        last = cue.last
        while last + 1 < len(tokens) and not tokens[last + 1].ends_sentence_before:
            last += 1
        end_s = statement.words[tokens[last].word].end_s
        following = statement.words[tokens[last].word + 1 :][:1]
        silent = not following or following[0].start_s - end_s >= _SHORTEST_ANSWER_S
        if silent or _in_one_breath(listener, entity):
            yield entity, end_s


def _in_one_breath(listener: Listener, entity: str) -> bool:
    """May question and answer be one statement, two voices of one channel being taken for one? Asked of cards alone."""
    return listener.one_channel and entity in CARD_PARTS
