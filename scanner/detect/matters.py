"""Private matters that are spoken about: an illness, a debt, a lawsuit, and what opens an account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.detect.plain_words import SENTENCE_END, normalised
from scanner.detect.private_topics import TOPICS, Topic
from scanner.detect.utterances import ends_sentence
from scanner.detections import SensitiveMatter, Sensitivity
from scanner.transcript import TextView, Transcript, Turn

_STRONG = 0.9
_WEAK = 0.4
_WEAK_TOGETHER = 0.7
"""Two different words that may mean a matter, in one clause: they mean it more often than not."""
_CLAUSE_PAUSE_S = 0.8


@dataclass(frozen=True, slots=True)
class _Clause:
    """Half-open character range of a turn's text."""

    start: int
    end: int


def hear_matters(transcript: Transcript) -> tuple[SensitiveMatter, ...]:
    """The private matters spoken about by people (a menu's are nobody's), one per kind and clause, ordered by start."""
    found = [m for turn in transcript.turns() if turn.speaker != "system" for m in _of_turn(turn)]
    return tuple(sorted(found, key=lambda m: (m.start_s, m.end_s, m.sensitivity)))


def _of_turn(turn: Turn) -> Iterable[SensitiveMatter]:
    text, clauses = _text(turn)
    for sensitivity, topic in TOPICS.items():
        hidden = _borrowed(text.text, topic)
        for clause in clauses:
            confidence = _confidence(text.text[: clause.end], clause.start, topic, hidden)
            if confidence:
                yield _matter(sensitivity, turn, text, clause, confidence)


def _matter(
    sensitivity: Sensitivity, turn: Turn, text: TextView, clause: _Clause, confidence: float
) -> SensitiveMatter:
    span = text.span(clause.start, clause.end)
    sure = max((w.probability for w in turn.words if span.start_s <= w.start_s < span.end_s), default=1.0)
    return SensitiveMatter(sensitivity, turn.speaker, span.start_s, span.end_s, round(confidence * max(0.5, sure), 3))


def _confidence(text: str, start: int, topic: Topic, hidden: bytearray) -> float:
    if any(not any(hidden[m.start() : m.end()]) for m in topic.strong.finditer(text, start)):
        return _STRONG
    weak = {m[0] for m in topic.weak.finditer(text, start) if not any(hidden[m.start() : m.end()])}
    return _WEAK_TOGETHER if len(weak) >= 2 else _WEAK if weak else 0.0


def _borrowed(text: str, topic: Topic) -> bytearray:
    hidden = bytearray(len(text))
    for match in topic.borrowed.finditer(text):
        hidden[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
    return hidden


def _text(turn: Turn) -> tuple[TextView, tuple[_Clause, ...]]:
    """The turn's normalised words, and its clauses: they end with a sentence, a comma's pause or a long pause."""
    parts: list[str] = []
    offsets: list[int] = []
    clauses: list[_Clause] = []
    at = start = 0
    for k, word in enumerate(turn.words):
        offsets.append(at)
        last = k == len(turn.words) - 1
        part = normalised(word.text)
        at += len(part)
        parts.append(part)
        if last or ends_sentence(word.text) or turn.words[k + 1].start_s - word.end_s > _CLAUSE_PAUSE_S:
            if at > start:
                clauses.append(_Clause(start, at))
            parts.append(f" {SENTENCE_END} ")
            at += 3
            start = at
        else:
            parts.append(" ")
            at += 1
    return TextView("".join(parts), turn.words, tuple(offsets)), tuple(clauses)
