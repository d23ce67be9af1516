"""What every format is read into: cues with words, as the file has them, before anybody is taken for agent or customer."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class GivenWord:
    """One word, its seconds if the file gives them, and the recogniser's probability, 1 where the file has none."""

    text: str
    start_s: float | None = None
    end_s: float | None = None
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Cue:
    """Consecutive words of one voice; `label` is what the file calls it, None where it does not say who speaks."""

    label: str | None
    start_s: float | None
    end_s: float | None
    words: tuple[GivenWord, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class GivenTranscript:
    """A transcript as it was given.

    `source`: what made it or how it is written, such as `amazon-transcribe`. `language`: ISO 639-1, None when the file does
    not say. `duration_s`: of the call, where the file says it. `by_channel`: each label is a channel of the recording.
    """

    source: str
    cues: tuple[Cue, ...] = field(repr=False)
    language: str | None = None
    language_confidence: float = 1.0
    duration_s: float | None = None
    by_channel: bool = False


def words_of(text: str) -> tuple[GivenWord, ...]:
    """The words of a text, without times of their own."""
    return tuple(GivenWord(w) for w in text.split())
