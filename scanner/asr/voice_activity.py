"""Where somebody speaks on a channel: voice probabilities, and the stretches of speech that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from scanner.asr.transcriber import SAMPLE_RATE, Samples
from scanner.transcript import Span

HOP = 512
"""Samples that a voice probability stands for: 32 ms."""
HOP_S = HOP / SAMPLE_RATE

Probabilities = npt.NDArray[np.float32]

_CONTEXT = 64
_MEMORY = 470
"""Hops after which the detector starts anew (15 s): it gets used to a room full of voices. Over a whole call with babble
10 dB below the speaker it lost 23 % of what he said; started anew, and heard backwards as well, nothing."""

_AT_ONCE = 8
"""Pieces that are listened to together, from both sides: two minutes."""

_ENTER, _LEAVE = 0.2, 0.1
"""At the usual 0.5, read-out digits get lost: softly spoken, one by one."""
_PAUSE_S = 0.5
_PAD_S = 0.4
_LONGEST_S = 20.0
_AS_LOUD_DB = 10.0
_CLOSE_S = 3.0


Piece = npt.NDArray[np.float32]
"""Hops of a channel, each with the end of the one before it; shape (hops, 64 + 512)."""


class VoiceDetector(Protocol):
    """Silero's network: how likely somebody speaks in each hop of each piece of sound, every piece begun anew."""

    def __call__(self, pieces: Sequence[Piece], /) -> Sequence[Probabilities]: ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """Somebody probably speaks from `core_start` to `core_end`; `start` to `end` is what is worth hearing around it.

    In samples. `voiced_s`: seconds in which a voice is likelier than not; `peak`: how likely it is at best.
    """

    start: int
    end: int
    core_start: int
    core_end: int
    voiced_s: float
    peak: float

    @property
    def core(self) -> Span:
        return Span(self.core_start / SAMPLE_RATE, self.core_end / SAMPLE_RATE)


def voice_probabilities(detector: VoiceDetector, samples: Samples, *, twice: bool = True) -> Probabilities:
    """How likely somebody speaks in each hop, shape (ceil(len(samples) / HOP),); `twice`: backwards as well."""
    hops = -(-len(samples) // HOP)
    heard = np.zeros(hops, np.float32)
    spans = [(start, min(hops, start + _MEMORY)) for start in range(0, hops, _MEMORY)]
    sounding = [s for s in spans if samples[s[0] * HOP : s[1] * HOP].any()]
    for i in range(0, len(sounding), _AT_ONCE):
        group = sounding[i : i + _AT_ONCE]
        blocks = [_float(samples, *span) for span in group]
        # each half of a piece is the fresh one of a hearing; both at once, because the network is small
        found = detector([_piece(block) for block in (*blocks, *(b[::-1] for b in blocks if twice))])
        for k, (start, end) in enumerate(group):
            heard[start:end] = np.maximum(found[k], found[k + len(group)][::-1]) if twice else found[k]
    return heard


def _float(samples: Samples, first_hop: int, last_hop: int) -> npt.NDArray[np.float32]:
    block = np.zeros((last_hop - first_hop) * HOP, np.float32)
    heard = samples[first_hop * HOP : last_hop * HOP]
    block[: len(heard)] = heard
    block /= 32768
    return block


def _piece(block: npt.NDArray[np.float32]) -> Piece:
    hops = block.reshape(-1, HOP)
    context = np.vstack((np.zeros((1, _CONTEXT), np.float32), hops[:-1, -_CONTEXT:]))
    return np.concatenate((context, hops), axis=1)


def with_loud_hops(probabilities: Probabilities, levels_db: npt.NDArray[np.float32]) -> Probabilities:
    """The probabilities, raised where it is as loud as speech and somebody speaks close by.

    The detector passes over digits that are read one by one in a noisy room. `levels_db` is the level of each hop.
    """
    voiced = probabilities > 0.5
    if not voiced.any():
        return probabilities
    loud = levels_db[: len(probabilities)] > np.percentile(levels_db[: len(probabilities)][voiced], 75) - _AS_LOUD_DB
    steady = loud & np.roll(loud, 1) & np.roll(loud, -1)  # a click is over within a hop
    reach = int(_CLOSE_S / HOP_S)
    counts = np.concatenate(([0], np.cumsum(voiced)))
    at = np.arange(len(probabilities))
    close = counts[np.minimum(at + reach, len(voiced))] > counts[np.maximum(at - reach, 0)]
    return np.where(steady & close, np.maximum(probabilities, _ENTER), probabilities).astype(np.float32)


def find_stretches(probabilities: Probabilities, *, samples: int) -> tuple[Stretch, ...]:
    """Stretches of speech in a channel of so many samples, in order, none longer than 20 s, cut where it is quietest."""
    cores: list[tuple[int, int]] = []
    start: int | None = None
    last = 0
    for i, p in enumerate(probabilities):
        if start is None and p >= _ENTER:
            start = i
        if start is not None and p >= _LEAVE:
            last = i
        elif start is not None and (i - last) * HOP_S >= _PAUSE_S:
            cores += _cut(probabilities, start, last + 1)
            start = None
    if start is not None:
        cores += _cut(probabilities, start, last + 1)
    pad = int(_PAD_S * SAMPLE_RATE)
    found: list[Stretch] = []
    for i, (first, end) in enumerate(cores):
        before = cores[i - 1][1] * HOP if i else 0
        after = cores[i + 1][0] * HOP if i + 1 < len(cores) else samples
        core_start, core_end = first * HOP, min(samples, end * HOP)
        own = probabilities[first:end]
        found.append(
            Stretch(
                start=max(core_start - pad, (before + core_start) // 2 if i else 0, 0),
                end=min(core_end + pad, (core_end + after) // 2 if i + 1 < len(cores) else samples),
                core_start=core_start,
                core_end=core_end,
                voiced_s=float(np.count_nonzero(own > 0.5)) * HOP_S,
                peak=float(own.max()),
            )
        )
    return tuple(found)


def _cut(probabilities: Probabilities, start: int, end: int) -> list[tuple[int, int]]:
    longest = int(_LONGEST_S / HOP_S)
    pieces: list[tuple[int, int]] = []
    while end - start > longest:
        low, high = start + longest // 2, start + longest
        quiet = np.convolve(probabilities[low:high], np.ones(5) / 5, mode="same")
        at = low + int(np.argmin(quiet))
        pieces.append((start, at))
        start = at
    pieces.append((start, end))
    return pieces
