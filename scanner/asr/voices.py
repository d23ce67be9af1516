"""What of a channel is worth hearing, and which windows of all channels are heard together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from scanner.asr import doubts
from scanner.asr.sound import Sound
from scanner.asr.transcriber import SAMPLE_RATE, Samples
from scanner.asr.voice_activity import Probabilities, Stretch, find_stretches, with_loud_hops
from scanner.asr.windows import Audio, Window, pack

_INAUDIBLE_DB = 30.0
"""Below the channel's usual speech: the other side heard through a wall. Nobody speaks so softly into a telephone."""
_CLOSE_S = 1.5
_AS_LONG = 0.4
"""Windows that are heard together cost as much as the longest; much shorter ones wait for their like."""


@dataclass(frozen=True, slots=True)
class Voices:
    """One channel, and where somebody speaks in it: `stretches` hold a voice, or are close to one; `faint` may hold none."""

    channel: int
    samples: Samples = field(repr=False)
    sound: Sound = field(repr=False)
    stretches: tuple[Stretch, ...]
    faint: tuple[Stretch, ...]

    @classmethod
    def of(cls, samples: Samples, probabilities: Probabilities, *, channel: int) -> Voices:
        """The voices of a channel, by how likely one is in each hop."""
        sound = Sound.of(samples, probabilities)
        likely = with_loud_hops(probabilities, sound.levels)
        stretches, faint = _by_strength(_audible(find_stretches(likely, samples=len(samples)), sound))
        return cls(channel, samples, sound, stretches, faint)


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows that are heard at once, of whichever channel."""

    members: tuple[tuple[Voices, Window], ...]

    def audio(self) -> list[Audio]:
        """The sound of each window."""
        return [w.audio(v.samples, v.stretches) for v, w in self.members]


def batches(voices: Sequence[Voices], size: int) -> tuple[Batch, ...]:
    """All stretches of all channels in full windows, at most `size` of them in a batch, those of like length together."""
    windows = [(v, w) for v in voices for w in pack(v.stretches)]
    windows.sort(key=lambda m: -m[1].length)
    return tuple(Batch(tuple(group)) for group in _alike(windows, size))


def _alike(windows: Sequence[tuple[Voices, Window]], size: int) -> Iterator[list[tuple[Voices, Window]]]:
    group: list[tuple[Voices, Window]] = []
    for member in windows:
        if group and (len(group) == size or member[1].length < _AS_LONG * group[0][1].length):
            yield group
            group = []
        group.append(member)
    if group:
        yield group


def _by_strength(stretches: Sequence[Stretch]) -> tuple[tuple[Stretch, ...], tuple[Stretch, ...]]:
    """Stretches that hold a voice, or are close to one that does; and those in which there may be none."""
    voices = [s for s in stretches if not doubts.is_voiceless(s)]
    close = int(_CLOSE_S * SAMPLE_RATE)
    firm = tuple(
        s
        for s in stretches
        if any(s.core_start - close < v.core_end and v.core_start < s.core_end + close for v in voices)
    )
    kept = frozenset(firm)
    return firm, tuple(s for s in stretches if s not in kept)


def _audible(stretches: Sequence[Stretch], sound: Sound) -> tuple[Stretch, ...]:
    if not stretches:
        return ()
    loudness = [sound.level_db(s.core) for s in stretches]
    usual = float(np.percentile(loudness, 90))
    return tuple(s for s, db in zip(stretches, loudness, strict=True) if db > usual - _INAUDIBLE_DB)
