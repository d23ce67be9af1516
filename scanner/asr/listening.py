"""From stretches of speech to words one can vouch for: hear all in full windows, and what is doubtful a second time alone.

A window full of stretches is cheap, but the model drops a sentence in it now and then, or goes round in circles. Each
stretch must therefore hold words at a rate at which people speak, or it is heard again by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scanner.asr import doubts
from scanner.asr.transcriber import SAMPLE_RATE, ChannelSpeech, Samples
from scanner.asr.voice_activity import HOP_S, Probabilities, Stretch, find_stretches
from scanner.asr.windows import Audio, Window, alone, pack
from scanner.audio_quality import frame_levels_db
from scanner.detections import AudioProblem
from scanner.transcript import Span, Word

_EDGE_S = 0.15
"""How far a word may reach beyond what the voice detector calls voice: soft consonants."""
_SHORTEST_WORD_S = 0.02
_INAUDIBLE_DB = 30.0
"""Below the channel's usual speech: the other side heard through a wall. Nobody speaks so softly into a telephone."""
_BACKGROUND_DB = 10.0
_UNCLEAR_S = 1.0
_LEVELS_PER_S = 50
"""Of `frame_levels_db`."""


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


@dataclass(frozen=True, slots=True)
class Sound:
    """What is known of a channel before anything is understood: how loud it is, and where a voice is likely."""

    levels: npt.NDArray[np.float32]
    """In dB, as `frame_levels_db` measures them."""
    probabilities: Probabilities

    @classmethod
    def of(cls, samples: Samples, probabilities: Probabilities) -> Sound:
        return cls(frame_levels_db(samples), probabilities)

    def level_db(self, span: Span) -> float:
        """How loud the loud part of a span is."""
        own = self.levels[int(span.start_s * _LEVELS_PER_S) : max(1, int(span.end_s * _LEVELS_PER_S))]
        return float(np.percentile(own, 90)) if len(own) else -120.0

    def voiced_s(self, span: Span) -> float:
        """Seconds of a span in which a voice is likelier than not."""
        own = self.probabilities[int(span.start_s / HOP_S) : int(span.end_s / HOP_S) + 1]
        return float(np.count_nonzero(own > 0.5)) * HOP_S


def listen(samples: Samples, probabilities: Probabilities, hear: Hear, *, channel: int, batch: int) -> ChannelSpeech:
    """The words of one channel, each inside a stretch of speech; `batch`: windows that are heard at once."""
    sound = Sound.of(samples, probabilities)
    stretches = _audible(find_stretches(probabilities, samples=len(samples)), sound)
    said: list[tuple[Word, ...]] = [()] * len(stretches)
    for i, words in _heard(pack(stretches), samples, stretches, hear, channel=channel, batch=batch, pains=False):
        said[i] = words
    usual_db = _usual_level(said, sound)
    second = [i for i, s in enumerate(stretches) if is_doubtful(said[i], s, sound, usual_db=usual_db)]
    problems: list[AudioProblem] = []
    again = [alone(i, stretches) for i in second]
    for i, words in _heard(again, samples, stretches, hear, channel=channel, batch=batch, pains=True):
        said[i], found = settle(said[i], words, stretches[i], channel=channel)
        unheard = unheard_spans(said[i], stretches[i], sound, usual_db=usual_db)
        problems += found
        problems += [AudioProblem("unclear_speech", s.start_s, s.end_s, channel) for s in unheard]
    speech = tuple(
        Span(min(s.core.start_s, words[0].start_s), max(s.core.end_s, *(w.end_s for w in words), 0.0))
        for s, words in zip(stretches, said, strict=True)
        if words
    )
    problems.sort(key=lambda p: p.start_s)
    return ChannelSpeech(tuple(w for words in said for w in words), speech, tuple(problems))


def is_doubtful(words: Sequence[Word], stretch: Stretch, sound: Sound, *, usual_db: float) -> bool:
    """Whether a stretch should be heard again, alone."""
    if words and (_is_unsound(words, stretch) or doubts.is_faint(words)):
        return True
    return bool(unheard_spans(words, stretch, sound, usual_db=usual_db, at_least_s=0.3 if not words else _UNCLEAR_S))


def unheard_spans(
    words: Sequence[Word], stretch: Stretch, sound: Sound, *, usual_db: float, at_least_s: float = _UNCLEAR_S
) -> tuple[Span, ...]:
    """Speech without words in a stretch, as loud as the speech that has some: a room full of voices is no caller."""
    spans = (stretch.core,) if not words or doubts.is_faint(words) else doubts.holes(words, stretch.core)
    return tuple(s for s in spans if sound.voiced_s(s) >= at_least_s and sound.level_db(s) > usual_db - _BACKGROUND_DB)


def settle(
    first: tuple[Word, ...], second: tuple[Word, ...], stretch: Stretch, *, channel: int
) -> tuple[tuple[Word, ...], list[AudioProblem]]:
    """Which of two hearings to believe: the one without loops and inventions, then the one that leaves less unheard."""
    sound = [h for h in (second, first) if h and not _is_unsound(h, stretch)]
    if sound:
        return max(sound, key=lambda h: (-round(_unheard_s(h, stretch)), doubts.confidence(h))), []
    looped = [h for h in (second, first) if doubts.find_loops(h)]
    for words in looped:
        loops = doubts.find_loops(words)
        kept = doubts.without(words, loops)
        if kept and not _is_unsound(kept, stretch):
            problems = [
                AudioProblem(
                    "repetition", words[loop.first].start_s, max(w.end_s for w in words[loop.first : loop.end]), channel
                )
                for loop in loops
            ]
            return kept, problems
    if looped:
        return (), [AudioProblem("repetition", stretch.core.start_s, stretch.core.end_s, channel)]
    return (), []


def _is_unsound(words: Sequence[Word], stretch: Stretch) -> bool:
    return bool(doubts.find_loops(words)) or doubts.is_too_dense(words, stretch) or doubts.is_invented(words, stretch)


def _unheard_s(words: Sequence[Word], stretch: Stretch) -> float:
    return sum(h.duration_s for h in doubts.holes(words, stretch.core))


def _heard(
    windows: Sequence[Window],
    samples: Samples,
    stretches: Sequence[Stretch],
    hear: Hear,
    *,
    channel: int,
    batch: int,
    pains: bool,
) -> Iterator[tuple[int, tuple[Word, ...]]]:
    """(number of the stretch, its words), a few windows at a time: of a long call no more than those is in floats."""
    # windows of like length together, because a batch is as long as its longest
    ordered = sorted(windows, key=lambda w: -w.length)
    for start in range(0, len(ordered), batch):
        group = ordered[start : start + batch]
        for window, heard in zip(group, hear([w.audio(samples, stretches) for w in group], pains), strict=True):
            yield from place(heard, window, stretches, channel=channel).items()


def place(heard: Heard, window: Window, stretches: Sequence[Stretch], *, channel: int) -> dict[int, tuple[Word, ...]]:
    """The words of a window in the recording's time, by stretch: each inside the voice that it lies in."""
    words: dict[int, list[Word]] = {p.stretch: [] for p in window.pieces}
    for w in heard.words:
        piece = window.piece_at((w.start_s + w.end_s) / 2)
        stretch = stretches[piece.stretch]
        offset_s = (stretch.start - piece.at) / SAMPLE_RATE
        earliest = max(stretch.start / SAMPLE_RATE, stretch.core.start_s - _EDGE_S)
        latest = min(stretch.end / SAMPLE_RATE, stretch.core.end_s + _EDGE_S)
        start_s = min(max(w.start_s + offset_s, earliest), latest - _SHORTEST_WORD_S)
        end_s = min(max(w.end_s + offset_s, start_s + _SHORTEST_WORD_S), latest)
        words[piece.stretch].append(Word(w.text, round(start_s, 3), round(end_s, 3), w.probability, channel))
    return {i: tuple(found) for i, found in words.items()}


def _audible(stretches: Sequence[Stretch], sound: Sound) -> tuple[Stretch, ...]:
    if not stretches:
        return ()
    loudness = [sound.level_db(s.core) for s in stretches]
    usual = float(np.percentile(loudness, 90))
    return tuple(s for s, db in zip(stretches, loudness, strict=True) if db > usual - _INAUDIBLE_DB)


def _usual_level(said: Sequence[Sequence[Word]], sound: Sound) -> float:
    """The level of speech that was understood; -120 dB when none was, so that all else counts as loud."""
    loudness = [sound.level_db(Span(words[0].start_s, words[-1].end_s)) for words in said if words]
    return float(np.median(loudness)) if loudness else -120.0
