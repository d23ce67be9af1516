"""What a channel's samples say about whether it can be heard: clipping, silence, noise, the same sound twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scanner.asr.transcriber import SAMPLE_RATE, Samples
from scanner.detections import AudioProblem
from scanner.transcript import Span, merge_spans

_FULL_SCALE = 32_000
"""mu-law ends at 32124, A-law at 32256, 16-bit PCM at 32767."""
_CLIPPED_RUN = 3
_CLIPPED_SHARE = 0.01
"""Of a second's samples: loud speech touches full scale now and then, overdriven speech lives there."""
_SILENT_DBFS = -60.0
_NOISY_DB = 12.0
_SAME_CORRELATION = 0.97
_SAME_LEVEL_DB = 10.0
"""One side's voice leaking into a channel in which nobody speaks is the same sound too, but far softer."""
_FRAME = SAMPLE_RATE // 50


class ClippingMeter:
    """Finds the seconds of one channel in which it is overdriven, block by block at the recorded rate."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._second = np.zeros(0, np.int16)
        self._at_s = 0
        self._clipped: list[Span] = []

    def add(self, samples: npt.NDArray[np.int16]) -> None:
        data = np.concatenate((self._second, samples))
        while len(data) >= self._rate:
            self._judge(data[: self._rate])
            data = data[self._rate :]
        self._second = data

    def _judge(self, second: npt.NDArray[np.int16]) -> None:
        full = (second >= _FULL_SCALE) | (second <= -_FULL_SCALE)
        if full.any():
            runs = full[: -_CLIPPED_RUN + 1].copy()
            for k in range(1, _CLIPPED_RUN):
                runs &= full[k : len(full) - _CLIPPED_RUN + 1 + k]
            if np.count_nonzero(runs) > _CLIPPED_SHARE * len(second):
                self._clipped.append(Span(float(self._at_s), self._at_s + 1.0))
        self._at_s += 1

    def spans(self) -> list[Span]:
        """The overdriven stretches, to the second; a last piece under half a second is not judged."""
        if len(self._second) >= self._rate // 2:
            self._judge(self._second)
            self._second = self._second[:0]
        return list(merge_spans(self._clipped, max_gap_s=2.0))


def channel_problems(channels: Sequence[Samples]) -> list[AudioProblem]:
    """Silent and noisy channels, and two channels with the same sound, of a whole decoded recording."""
    problems: list[AudioProblem] = []
    for i, samples in enumerate(channels):
        levels = frame_levels_db(samples)
        kind = _kind(levels)
        if kind == "silent":
            problems.append(AudioProblem("silent_channel", 0.0, len(samples) / SAMPLE_RATE, i))
        elif kind == "noisy":
            problems.append(AudioProblem("noisy", 0.0, len(samples) / SAMPLE_RATE, i))
    if len(channels) == 2 and same_sound(channels[0], channels[1]):
        problems.append(AudioProblem("same_channels", 0.0, len(channels[0]) / SAMPLE_RATE))
    return problems


def frame_levels_db(samples: Samples, *, frame: int = _FRAME) -> npt.NDArray[np.float32]:
    """Level of each whole frame (20 ms, or so many samples) in dB below full scale; digital silence is -120."""
    count = len(samples) // frame
    levels = np.full(count, -120.0, np.float32)
    step = 500  # frames: some ten seconds in float at a time
    for i in range(0, count, step):
        block = samples[i * frame : min(count, i + step) * frame].astype(np.float32).reshape(-1, frame) / 32768
        power = np.maximum(np.mean(block * block, axis=1), 1e-12)
        levels[i : i + len(block)] = 10 * np.log10(power)
    return levels


def _kind(levels: npt.NDArray[np.float32]) -> str:
    # half a second of sound is enough to be somebody's "yes"; a click is not
    if len(levels) == 0 or np.count_nonzero(levels > _SILENT_DBFS) < min(25, len(levels)):
        return "silent"
    sounding = levels[levels > -90]
    loud, quiet = np.percentile(sounding, (98, 10))
    return "noisy" if loud - quiet < _NOISY_DB else ""


def same_sound(a: Samples, b: Samples) -> bool:
    """Whether two channels carry one sound, up to a level and what a codec changes."""
    n = min(len(a), len(b))
    if n == 0:
        return False
    alike = total = power_a = power_b = 0.0
    for start in range(0, n, SAMPLE_RATE):
        x = a[start : start + SAMPLE_RATE][: n - start].astype(np.float32)
        y = b[start : start + SAMPLE_RATE][: n - start].astype(np.float32)
        pa, pb = float(x @ x), float(y @ y)
        # weighted by loudness: where all is still, two channels are equally still and equal in nothing
        total += (pa * pb) ** 0.5
        alike += float(x @ y)
        power_a += pa
        power_b += pb
    if power_a < n or power_b < n:  # below one step of 16 bits: silence
        return False
    mean = (power_a * power_b) ** 0.5
    level_db = abs(10 * np.log10(power_a / power_b))
    return alike > _SAME_CORRELATION * mean and total > 0 and bool(level_db < _SAME_LEVEL_DB)
