"""Words of a window put where they belong in the recording: inside the voice that they lie in, and no longer than said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

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
_MURMUR_DB = 14.0
_DRAWN_OUT = 0.85
_ONSET_S = 0.06


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word as the model wrote it, in seconds of its window."""

    text: str
    start_s: float
    end_s: float
    probability: float
    parts: tuple[HeardWord, ...] = ()
    """What it was put together from, if the model wrote it in pieces: "4", "-1", "-1"."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the model made of one window."""

    words: tuple[HeardWord, ...]
    no_speech_probability: float = 0.0


Care = Literal["quick", "alone", "careful"]
"""`quick`: windows full of speech. `alone`: one stretch, which may hold nothing. `careful`: one stretch, without saving."""

Hear = Callable[[Sequence[Audio], Care], Sequence[Heard]]
"""The model: windows and the care to take, to what it hears in each."""


def place(
    heard: Heard, window: Window, stretches: Sequence[Stretch], *, channel: int, sound: Sound | None = None
) -> dict[int, tuple[Word, ...]]:
    """The words of a window in the recording's time, by stretch.

    The aligner gives the pause before a word to the word, and with it what lies in the pause; a word that takes longer
    than it can be said therefore ends where it ended, or, where `sound` is clearly louder at its start, starts there.
    """
    words: dict[int, list[Word]] = {p.stretch: [] for p in window.pieces}
    for w in (part for word in heard.words for part in _apart(word, window)):
        start_s, end_s = w.start_s + _ALIGNED_EARLY_S, w.end_s + _ALIGNED_EARLY_S
        longest_s = doubts.longest_s(w.text)
        i, span = _placed(end_s - min(longest_s, end_s - start_s), end_s, window, stretches)
        if end_s - start_s > longest_s and sound is not None:
            j, early = _placed(start_s, start_s + longest_s, window, stretches)
            if sound.level_db(early) > sound.level_db(span) + _CLEARLY_LOUDER_DB:
                i, span = j, early
        words[i].append(Word(w.text, round(span.start_s, 3), round(span.end_s, 3), w.probability, channel))
    return {i: tuple(found) for i, found in words.items()}


def _apart(word: HeardWord, window: Window) -> tuple[HeardWord, ...]:
    """A number that is read in groups, with pauses, by stretch: the model may write it as one word."""
    if not word.parts or not doubts.is_number(word.text):
        return (word,)
    groups: dict[int, list[HeardWord]] = {}
    for part in word.parts:
        at_s = (part.start_s + part.end_s) / 2 + _ALIGNED_EARLY_S
        groups.setdefault(window.piece_at(at_s).stretch, []).append(part)
    if len(groups) == 1:
        return (word,)
    return tuple(
        HeardWord("".join(p.text for p in group).removeprefix("-"), group[0].start_s, group[-1].end_s, word.probability)
        for group in groups.values()
    )


def _placed(start_s: float, end_s: float, window: Window, stretches: Sequence[Stretch]) -> tuple[int, Span]:
    """Which stretch a piece of a window lies in, and where in the recording, inside that stretch's voice."""
    piece = window.piece_at((start_s + end_s) / 2)
    stretch = stretches[piece.stretch]
    offset_s = (stretch.start - piece.at) / SAMPLE_RATE
    earliest = max(stretch.start / SAMPLE_RATE, stretch.core.start_s - _EDGE_S)
    latest = min(stretch.end / SAMPLE_RATE, stretch.core.end_s + _EDGE_S)
    start_s = min(max(start_s + offset_s, earliest), latest - _SHORTEST_WORD_S)
    return piece.stretch, Span(start_s, min(max(end_s + offset_s, start_s + _SHORTEST_WORD_S), latest))


def place_inside(heard: Heard, window: Window, stretch: Stretch, *, channel: int) -> tuple[Word, ...]:
    """The words of a stretch that was cut out of speech: without those of its neighbours, whose ends are in the padding."""
    placed = place(heard, window, [stretch], channel=channel)[0]
    offset_s = stretch.start / SAMPLE_RATE + _ALIGNED_EARLY_S
    middles = [(w.start_s + w.end_s) / 2 + offset_s for w in heard.words]
    core = stretch.core
    return tuple(w for w, at_s in zip(placed, middles, strict=True) if core.start_s <= at_s < core.end_s)


def snap(words: Sequence[Word], sound: Sound, *, usual_db: float) -> tuple[Word, ...]:
    """The words without the murmur that the aligner gave to them: drawn-out words begin where it gets loud.

    A drawn-out word that is nowhere loud is moved up to the word after it. `usual_db`: the level of speech.
    """
    snapped: list[Word] = []
    for word in reversed(words):
        if word.end_s - word.start_s < _DRAWN_OUT * doubts.longest_s(word.text):
            snapped.append(word)
            continue
        loud = sound.louder_than(word.span, usual_db - _MURMUR_DB)
        if loud is not None:
            start_s = max(word.start_s, min(loud.start_s - _ONSET_S, word.end_s - _SHORTEST_WORD_S))
            snapped.append(replace(word, start_s=round(start_s, 3)))
        elif snapped:
            end_s = max(word.end_s, snapped[-1].start_s)
            start_s = max(word.start_s, end_s - doubts.longest_s(word.text) / 2)
            snapped.append(replace(word, start_s=round(start_s, 3), end_s=round(end_s, 3)))
        else:
            snapped.append(word)
    return tuple(reversed(snapped))
