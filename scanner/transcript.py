"""Words with times and speakers; characters, words and seconds are converted here and nowhere else."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Speaker = Literal["agent", "customer", "system", "unknown"]
"""`system` is an IVR or a pre-recorded voice; `unknown` is honest."""

COMPANY_SIDE: frozenset[Speaker] = frozenset({"agent", "system"})


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the recording in seconds, half-open: start_s <= t < end_s."""

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        return max(0.0, self.end_s - self.start_s)

    def overlap_s(self, other: Span) -> float:
        """Seconds that both share; 0 when they do not meet."""
        return max(0.0, min(self.end_s, other.end_s) - max(self.start_s, other.start_s))


class _Timed(Protocol):
    @property
    def start_s(self) -> float: ...

    @property
    def end_s(self) -> float: ...


def merged_bounds(spans: Iterable[_Timed], *, max_gap_s: float = 0.0) -> tuple[list[float], list[float]]:
    """Starts and ends of the same seconds as ordered stretches that do not touch; gaps up to `max_gap_s` are closed."""
    starts: list[float] = []
    ends: list[float] = []
    for start_s, end_s in sorted([(s.start_s, s.end_s) for s in spans]):
        if starts and start_s <= ends[-1] + max_gap_s:
            ends[-1] = max(ends[-1], end_s)
        else:
            starts.append(start_s)
            ends.append(end_s)
    return starts, ends


def merge_spans(spans: Iterable[_Timed], *, max_gap_s: float = 0.0) -> tuple[Span, ...]:
    """The same seconds as ordered spans that do not touch; gaps up to `max_gap_s` are closed."""
    return tuple(map(Span, *merged_bounds(spans, max_gap_s=max_gap_s)))


def seconds_before(spans: Iterable[Span], moment_s: float) -> float:
    """Seconds of the union of `spans` that lie before `moment_s`."""
    return sum(Span(s.start_s, min(s.end_s, moment_s)).duration_s for s in merge_spans(spans) if s.start_s < moment_s)


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word: its text as the recogniser wrote it (no spaces around), seconds, probability 0 to 1.

    `speaker_confidence` is below 1 where a mono recording leaves open who speaks.
    """

    text: str
    start_s: float
    end_s: float
    probability: float = 1.0
    channel: int = 0
    speaker: Speaker = "unknown"
    speaker_confidence: float = 1.0

    @property
    def span(self) -> Span:
        return Span(self.start_s, self.end_s)


@dataclass(frozen=True, slots=True)
class Turn:
    """Consecutive words of one speaker on one channel."""

    speaker: Speaker
    channel: int
    words: tuple[Word, ...]

    @property
    def start_s(self) -> float:
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        return max(w.end_s for w in self.words)

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)


@dataclass(frozen=True, slots=True)
class Transcript:
    """All words of a call, ordered by start, of all channels together."""

    words: tuple[Word, ...] = ()
    language: str | None = None
    language_confidence: float = 0.0

    @classmethod
    def of(cls, words: Iterable[Word], *, language: str | None = "en", language_confidence: float = 1.0) -> Transcript:
        """A transcript of words in any order."""
        ordered = sorted(words, key=lambda w: (w.start_s, w.end_s, w.channel))
        return cls(tuple(ordered), language, language_confidence)

    def turns(self, *, max_gap_s: float = 1.5) -> tuple[Turn, ...]:
        """Runs of words of one speaker on one channel without a pause over `max_gap_s`, ordered by start.

        The other channel's "hello?" does not end a turn; another speaker on the same channel does.
        """
        open_runs: dict[int, list[Word]] = {}
        done: list[list[Word]] = []
        for word in self.words:
            run = open_runs.get(word.channel)
            if run and run[-1].speaker == word.speaker and word.start_s - run[-1].end_s <= max_gap_s:
                run.append(word)
            else:
                open_runs[word.channel] = run = [word]
                done.append(run)
        return tuple(
            Turn(run[0].speaker, run[0].channel, tuple(run)) for run in sorted(done, key=lambda r: r[0].start_s)
        )


@dataclass(frozen=True, slots=True)
class TextView:
    """A text made from words, in which each character knows its word.

    `offsets[i]` is where word i starts in `text`. Made by `view()`, or by hand with any text whose pieces stand for
    words (numbers written as digits, say): several pieces may stand for one word and the other way round.
    """

    text: str
    words: tuple[Word, ...]
    offsets: tuple[int, ...] = field(repr=False)

    def word_range(self, start: int, end: int) -> range:
        """Indices of the words that the characters text[start:end] come from; empty for an empty stretch."""
        if end <= start or not self.words:
            return range(0)
        first = max(0, bisect_right(self.offsets, start) - 1)
        last = max(first, bisect_right(self.offsets, end - 1) - 1)
        return range(first, last + 1)

    def span(self, start: int, end: int) -> Span:
        """The seconds of the characters text[start:end]."""
        indices = self.word_range(start, end)
        if not indices:
            raise ValueError("no characters, no seconds")
        words = self.words[indices.start : indices.stop]
        return Span(min(w.start_s for w in words), max(w.end_s for w in words))

    def __iter__(self) -> Iterator[Word]:
        return iter(self.words)


def view(words: Sequence[Word]) -> TextView:
    """The words joined by single spaces."""
    offsets: list[int] = []
    at = 0
    for word in words:
        offsets.append(at)
        at += len(word.text) + 1
    return TextView(" ".join(w.text for w in words), tuple(words), tuple(offsets))
