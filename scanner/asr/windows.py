"""Windows: stretches of speech packed into what the model hears at once, and the way back to the recording's time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scanner.asr.transcriber import SAMPLE_RATE, Samples
from scanner.asr.voice_activity import Stretch

Audio = npt.NDArray[np.float32]
"""What the model takes: one channel, 16 kHz, -1 to 1."""

WINDOW_S = 15.0
"""The model hears up to 30 s, but the encoder compares each moment with every other: a second costs it half as much in
windows of this length, and no word more is lost."""
_EVENED_BY_S = 0.5
_LONGEST_GAP_S = 0.8
"""Longer pauses are shortened to this: silence costs as much to hear as speech."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Stretch number `stretch` lies at `at` samples in its window; `gap` samples of the pause before it, too."""

    stretch: int
    at: int
    gap: int


@dataclass(frozen=True, slots=True)
class Window:
    """Stretches that are heard together, in order; `length` in samples."""

    pieces: tuple[Piece, ...]
    length: int

    def audio(self, samples: Samples, stretches: Sequence[Stretch]) -> Audio:
        """The window's sound: stretches, with what lies between them shortened from the middle."""
        out = np.zeros(self.length, np.float32)
        for i, piece in enumerate(self.pieces):
            stretch = stretches[piece.stretch]
            out[piece.at : piece.at + stretch.end - stretch.start] = samples[stretch.start : stretch.end]
            if piece.gap:
                before = stretches[self.pieces[i - 1].stretch].end
                half = piece.gap // 2
                out[piece.at - piece.gap : piece.at - piece.gap + half] = samples[before : before + half]
                out[piece.at - piece.gap + half : piece.at] = samples[
                    stretch.start - (piece.gap - half) : stretch.start
                ]
        out /= 32768
        return out

    def piece_at(self, second: float) -> Piece:
        """The piece that a moment of the window lies in, or follows."""
        starts = [p.at - p.gap // 2 for p in self.pieces]
        return self.pieces[max(0, bisect_right(starts, second * SAMPLE_RATE) - 1)]


def pack(stretches: Sequence[Stretch], *, longest_s: float = WINDOW_S) -> tuple[Window, ...]:
    """Windows that hold the stretches in order, each whole: up to `longest_s` seconds, or one long stretch.

    They are about equally long, because windows that are heard together cost as much as the longest of them.
    """
    windows = _packed(stretches, longest_s)
    even_s = sum(w.length for w in windows) / SAMPLE_RATE / max(1, len(windows))
    while even_s < longest_s:
        evener = _packed(stretches, even_s)
        if len(evener) == len(windows):
            return evener
        even_s += _EVENED_BY_S
    return windows


def _packed(stretches: Sequence[Stretch], longest_s: float) -> tuple[Window, ...]:
    windows: list[Window] = []
    pieces: list[Piece] = []
    length = 0
    for i, stretch in enumerate(stretches):
        size = stretch.end - stretch.start
        gap = min(stretch.start - stretches[i - 1].end, int(_LONGEST_GAP_S * SAMPLE_RATE)) if pieces else 0
        if pieces and length + gap + size > longest_s * SAMPLE_RATE:
            windows.append(Window(tuple(pieces), length))
            pieces, length, gap = [], 0, 0
        pieces.append(Piece(i, length + gap, gap))
        length += gap + size
    if pieces:
        windows.append(Window(tuple(pieces), length))
    return tuple(windows)


def alone(stretch: int, stretches: Sequence[Stretch]) -> Window:
    """A window with one stretch only."""
    return Window((Piece(stretch, 0, 0),), stretches[stretch].end - stretches[stretch].start)
