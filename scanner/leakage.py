"""Silences what one channel picks up from another: crosstalk and line echo, which a recogniser hears as plain words.

Speech recognition levels what it hears, so that the agent's voice, 30 dB down on the customer's channel, comes out as the
customer's words. A stretch is leakage when it is far softer than another channel at that time and is a copy of it: the
correlation tells a copy from a soft "no" that a caller says into the agent's sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from scanner.asr.transcriber import SAMPLE_RATE, Samples

SOFTER_DB = 9.0
"""Leakage lies at least this far below its source."""
COPY = 0.4
"""Correlation from which on a stretch counts as a copy; two voices that speak at once stay below 0.2."""
MAX_DELAY_S = 0.3
_WINDOW_S = 0.4
_HOP_S = 0.2
_DECIMATE = 4
"""Correlation at 4 kHz: telephone speech has its strength below 2 kHz."""
_BRIDGED_HOPS = 2
"""Between two leaked stretches as much of the same softness is leakage too: consonants correlate badly."""
_SILENCE_DB = 25.0
_FADE_S = 0.01


def without_leakage(channels: Sequence[Samples]) -> tuple[Samples, ...]:
    """The channels with leaked stretches silenced, in place: a long call is not held twice."""
    if len(channels) < 2:
        return tuple(channels)
    thin = [_thinned(c) for c in channels]
    leaked = [np.zeros(_windows(len(t)), bool) for t in thin]
    for i, own in enumerate(thin):
        for j, source in enumerate(thin):
            if j != i and len(source) == len(own):
                leaked[i] |= _leaked(own, source)
    del thin
    for samples, stretches in zip(channels, leaked, strict=True):
        _silence(samples, stretches)
    return tuple(channels)


def _thinned(samples: Samples) -> npt.NDArray[np.float32]:
    """The channel at a quarter of the rate, low-passed by averaging: enough to compare, a sixteenth of the work."""
    usable = len(samples) // _DECIMATE * _DECIMATE
    thin: npt.NDArray[np.float32] = samples[:usable].reshape(-1, _DECIMATE).mean(axis=1, dtype=np.float32)
    return thin


def _windows(samples: int) -> int:
    hop = int(_HOP_S * SAMPLE_RATE / _DECIMATE)
    return max(1, -(-samples // hop))


def _leaked(own: npt.NDArray[np.float32], source: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """For each hop whether the own channel carries a copy of the source."""
    rate = SAMPLE_RATE // _DECIMATE
    hop, window, delay = int(_HOP_S * rate), int(_WINDOW_S * rate), int(MAX_DELAY_S * rate)
    size = 1 << (window + 2 * delay - 1).bit_length()
    found = np.zeros(_windows(len(own)), bool)
    soft = np.zeros(len(found), bool)
    for k in range(len(found)):
        start = k * hop
        mine = own[start : start + window]
        low = max(0, start - delay)
        theirs = source[low : start + window + delay // 6]  # an echo comes after its source; the little more is jitter
        mine_power, their_power = _power(mine), _power(source[start : start + window])
        before_power = _power(source[low : start + window])
        if _db(mine_power) < _SILENCE_DB or _db(max(their_power, before_power)) < _db(mine_power) + SOFTER_DB:
            soft[k] = _db(mine_power) < _SILENCE_DB
            continue
        soft[k] = True
        found[k] = _correlation(mine, theirs, size) >= COPY
    return _bridged(found, soft)


def _bridged(found: npt.NDArray[np.bool_], soft: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    out = found.copy()
    at = np.flatnonzero(found)
    for before, after in pairwise(at):
        if 1 < after - before <= _BRIDGED_HOPS + 1 and soft[before:after].all():
            out[before:after] = True
    return out


def _correlation(mine: npt.NDArray[np.float32], theirs: npt.NDArray[np.float32], size: int) -> float:
    """The highest normalised correlation of `mine` with any stretch of `theirs` of the same length."""
    n = len(mine)
    if len(theirs) < n or n == 0:
        return 0.0
    a, b = mine - mine.mean(), theirs - theirs.mean()
    cross = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)[: len(b) - n + 1]
    running = np.concatenate(([0.0], np.cumsum(b.astype(np.float64) ** 2)))
    energy = running[n:] - running[:-n]
    norm = np.sqrt(np.maximum(energy, 1.0) * max(float((a.astype(np.float64) ** 2).sum()), 1.0))
    return float(np.max(np.abs(cross) / norm))


def _silence(samples: Samples, leaked: npt.NDArray[np.bool_]) -> None:
    """Set the leaked hops to zero, faded so that no click is heard as a consonant."""
    hop = int(_HOP_S * SAMPLE_RATE)
    fade = int(_FADE_S * SAMPLE_RATE)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], leaked.astype(np.int8), [0]))))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        start, end = first * hop, min(len(samples), last * hop)
        lead = samples[start : start + fade] * np.linspace(1, 0, min(fade, end - start))
        tail = samples[max(start, end - fade) : end] * np.linspace(0, 1, min(fade, end - start))
        samples[start:end] = 0
        samples[start : start + len(lead)] = lead
        if last * hop < len(samples):
            samples[end - len(tail) : end] = tail


def _power(samples: npt.NDArray[np.float32]) -> float:
    return float(np.mean(samples * samples)) if len(samples) else 0.0


def _db(power: float) -> float:
    return 10.0 * float(np.log10(power + 1e-9))
