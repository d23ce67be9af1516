"""Personal data in a transcript: numbers, names, addresses and secrets the way people say them.

What counts, beyond the entity types' plain meaning: a name, town or number that the company's side says of itself is no
finding, nor a name said again, nor a first name that is only spoken of ("you work with Don"); a town, a state or a ZIP code alone is no LOCATION, only with a street; the last digits of
a card are no CREDIT_CARD, those of a social security number are a US_SSN.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from scanner.detect.spoken_value import SpokenValue
from scanner.transcript import Span, Transcript, Word

if TYPE_CHECKING:
    from scanner.detect.spoken.hits import Hit

PART_GAP_S = 0.8
"""A longer silence within a value begins a new part of it."""


class PersonalDataDetector:
    """Finds personal data in transcripts. Loads its model once, is used for many calls, keeps nothing of a call."""

    def __init__(self, *, entities: Collection[str] | None = None) -> None:
        """Look for these of Presidio's entity types, or for all.

        Raises ValueError for one that is not known, ModelError where the language model is not installed.
        """
        from scanner.detect.presidio_engine import PresidioEngine  # noqa: PLC0415 - loads spaCy and Presidio

        self._engine = PresidioEngine(entities)

    def detect(self, transcript: Transcript) -> tuple[SpokenValue, ...]:
        """All personal data that is said, ordered by start, each value with every word that carries it."""
        found = _without_overlaps(self._engine.analyze(transcript))
        values = [_value(stretches, transcript.words) for stretches in _grouped(found)]
        return tuple(sorted(values, key=lambda v: (v.start_s, v.word_indices)))


Stretch = tuple["Hit", tuple[int, ...]]


def _without_overlaps(found: Iterable[Stretch]) -> list[Stretch]:
    """Of values that share a word, the surer one, then the longer one."""
    kept: list[Stretch] = []
    taken: set[int] = set()
    for hit, indices in sorted(found, key=lambda f: (-f[0].confidence, -len(f[1]), f[1])):
        if not taken & set(indices):
            taken |= set(indices)
            kept.append((hit, indices))
    return sorted(kept, key=lambda f: f[1])


def _grouped(found: Sequence[Stretch]) -> list[list[Stretch]]:
    """Stretches of one value together."""
    groups: dict[tuple[str, int], list[Stretch]] = {}
    single: list[list[Stretch]] = []
    for hit, indices in found:
        if hit.group is None:
            single.append([(hit, indices)])
        else:
            groups.setdefault((hit.entity, hit.group), []).append((hit, indices))
    return single + list(groups.values())


def _value(stretches: Sequence[Stretch], words: Sequence[Word]) -> SpokenValue:
    indices = sorted({i for _, some in stretches for i in some})
    spans: list[Span] = []
    for i in indices:
        word = words[i]
        if spans and word.start_s - spans[-1].end_s <= PART_GAP_S:
            spans[-1] = Span(spans[-1].start_s, max(spans[-1].end_s, word.end_s))
        else:
            spans.append(word.span)
    hit = stretches[0][0]
    texts = list(dict.fromkeys(h.value for h, _ in stretches))
    confidence = min(h.confidence for h, _ in stretches)
    return SpokenValue(hit.entity, " ".join(texts), words[indices[0]].speaker, tuple(indices), tuple(spans), confidence)
