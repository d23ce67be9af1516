"""What one sentence was heard to say, before it becomes a fact of the call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from scanner.detect.hearing.sentences import Sentence
from scanner.detections import DisclosureKind, EventKind


class Range(NamedTuple):
    """Tokens [first, end) of a sentence."""

    first: int
    end: int

    def meets(self, other: Range) -> bool:
        return self.first < other.end and other.first < self.end


GUESSED = 0.72
"""What is left of the confidence when a word was taken for one that sounds like it."""


@dataclass(frozen=True, slots=True)
class Said:
    """A disclosure kind in tokens [first, end) of a sentence, and how sure."""

    kind: DisclosureKind
    sentence: Sentence
    first: int
    end: int
    confidence: float

    @property
    def range(self) -> Range:
        return Range(self.first, self.end)

    def at_most(self, confidence: float) -> Said:
        """The same, no surer than that."""
        return replace(self, confidence=min(self.confidence, confidence))

    @property
    def start_s(self) -> float:
        return self.sentence.times[self.first][0]

    @property
    def end_s(self) -> float:
        return max(end for _, end in self.sentence.times[self.first : self.end])


@dataclass(frozen=True, slots=True)
class Happened:
    """An event in tokens [first, end) of a sentence."""

    kind: EventKind
    sentence: Sentence
    first: int
    end: int
    confidence: float


def said(kind: DisclosureKind, sentence: Sentence, at: Range, confidence: float) -> Said:
    """A kind heard at some tokens, widened to their clause."""
    first = sentence.clause_start(at.first)
    if any(t.guess for t in sentence.tokens[at.first : at.end]):
        confidence *= GUESSED
    return Said(kind, sentence, min(first, at.first), max(at.end, sentence.clause_end(at.end)), confidence)


def masked(at: Range, masks: Sequence[Range]) -> bool:
    """Whether tokens lie in a stretch that says something else (a request, a condition)."""
    return any(at.meets(m) for m in masks)
