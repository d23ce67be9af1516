"""Words of a window put where they belong in the recording: inside the voice that they lie in, and no longer than said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from scanner.asr import doubts
from scanner.asr.sound import Sound
from scanner.asr.transcriber import SAMPLE_RATE
from scanner.asr.voice_activity import Stretch
from scanner.asr.windows import Audio, Window
from scanner.transcript import Span, Word

_EDGE_S = 0.15
"""How far a word may reach beyond what the voice detector calls voice: soft consonants."""
_SHORTEST_WORD_S = 0.02
_ALIGNED_EARLY_S = 0.15
"""The model's attention runs ahead of the voice: over 780 first and last words of turns, by 0.13 to 0.19 s."""
_CLEARLY_LOUDER_DB = 6.0


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word as the model wrote it, in seconds of its window."""

    text: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What the model made of one window."""

    words: tuple[HeardWord, ...]
    no_speech_probability: float = 0.0


Hear = Callable[[Sequence[Audio], bool], Sequence[Heard]]
"""The model: windows (and whether to take pains) to what it hears in each."""


def place(heard: Heard, window: Window, stretches: Sequence[Stretch], *, channel: int) -> dict[int, tuple[Word, ...]]:
    """The words of a window in the recording's time, by stretch."""
    words: dict[int, list[Word]] = {p.stretch: [] for p in window.pieces}
    for w in heard.words:
        piece = window.piece_at((w.start_s + w.end_s) / 2 + _ALIGNED_EARLY_S)
        stretch = stretches[piece.stretch]
        offset_s = (stretch.start - piece.at) / SAMPLE_RATE + _ALIGNED_EARLY_S
        earliest = max(stretch.start / SAMPLE_RATE, stretch.core.start_s - _EDGE_S)
        latest = min(stretch.end / SAMPLE_RATE, stretch.core.end_s + _EDGE_S)
        start_s = min(max(w.start_s + offset_s, earliest), latest - _SHORTEST_WORD_S)
        end_s = min(max(w.end_s + offset_s, start_s + _SHORTEST_WORD_S), latest)
        words[piece.stretch].append(Word(w.text, round(start_s, 3), round(end_s, 3), w.probability, channel))
    return {i: tuple(found) for i, found in words.items()}


def place_inside(heard: Heard, window: Window, stretch: Stretch, *, channel: int) -> tuple[Word, ...]:
    """The words of a stretch that was cut out of speech: without those of its neighbours, whose ends are in the padding."""
    placed = place(heard, window, [stretch], channel=channel)[0]
    offset_s = stretch.start / SAMPLE_RATE + _ALIGNED_EARLY_S
    middles = [(w.start_s + w.end_s) / 2 + offset_s for w in heard.words]
    core = stretch.core
    return tuple(w for w, at_s in zip(placed, middles, strict=True) if core.start_s <= at_s < core.end_s)


def tighten(words: Sequence[Word], sound: Sound) -> tuple[Word, ...]:
    """The words, none longer than it takes to say it: the aligner gives the pause before a word to the word."""
    return tuple(_tight(w, sound) for w in words)


def _tight(word: Word, sound: Sound) -> Word:
    longest_s = doubts.longest_s(word.text)
    if word.end_s - word.start_s <= longest_s:
        return word
    early = Span(word.start_s, word.start_s + longest_s)
    late = Span(word.end_s - longest_s, word.end_s)
    span = early if sound.level_db(early) > sound.level_db(late) + _CLEARLY_LOUDER_DB else late
    return replace(word, start_s=round(span.start_s, 3), end_s=round(span.end_s, 3))
