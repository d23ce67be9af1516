"""Personal data as heard, still in clear: it lives between detection and masking and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.transcript import Span, Speaker


@dataclass(frozen=True, slots=True)
class SpokenValue:
    """One value of personal data in clear, with the words that carry it.

    `entity_type`: Presidio's name. `value`: normalised (digits only for numbers, lower case for e-mails), not shown.
    `word_indices`: all words of the transcript that carry the value, ascending, read-backs by the other side not
    included (those are values of their own). `parts`: the seconds of each stretch it was spoken in.
    """

    entity_type: str
    value: str = field(repr=False)
    speaker: Speaker
    word_indices: tuple[int, ...]
    parts: tuple[Span, ...]
    confidence: float

    @property
    def start_s(self) -> float:
        return min(p.start_s for p in self.parts)

    @property
    def end_s(self) -> float:
        return max(p.end_s for p in self.parts)
