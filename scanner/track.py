"""Samples of one audio stream on their way to 16 kHz: one block after the other, silence where something is missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr

from scanner.asr.transcriber import SAMPLE_RATE, Samples
from scanner.audio_quality import ClippingMeter
from scanner.transcript import Span


@dataclass(slots=True)
class _Growing:
    """Samples of one channel, in one array that grows in place: two hours must not be held twice."""

    data: Samples
    used: int = 0

    def append(self, samples: Samples) -> None:
        end = self.used + len(samples)
        if end > len(self.data):
            self.data.resize(max(end, int(len(self.data) * 1.25)), refcheck=False)
        self.data[self.used : end] = samples
        self.used = end

    def done(self) -> Samples:
        self.data.resize(self.used, refcheck=False)
        return self.data


class Track:
    """One audio stream on its way to 16 kHz: takes blocks of samples in order, fills what is missing.

    `rate` and `channels` as recorded, `out_rate` is the rate of the samples given back; `expected_s` is how long it will be, as far as one knows.
    """

    def __init__(self, rate: int, channels: int, expected_s: float, *, out_rate: int = SAMPLE_RATE) -> None:
        self.rate = rate
        self.position = 0
        """Samples taken so far, at `rate`."""
        room = int(min(expected_s, 3 * 3600) * out_rate) + out_rate  # a broken header may declare years
        self._out = [_Growing(np.empty(room, np.int16)) for _ in range(channels)]
        self._resamplers = [
            None if rate == out_rate else soxr.ResampleStream(rate, out_rate, 1, dtype="float32", quality="HQ")
            for _ in range(channels)
        ]
        self._clipping = [ClippingMeter(rate) for _ in range(channels)]
        self._waiting: list[npt.NDArray[np.int16]] = []
        self._waiting_samples = 0
        self.lost: list[Span] = []

    @property
    def channels(self) -> int:
        return len(self._out)

    def append(self, block: npt.NDArray[np.int16]) -> None:
        """Samples of shape (channels, n) that follow the ones before."""
        self.position += block.shape[1]
        self._waiting.append(block)
        self._waiting_samples += block.shape[1]
        if self._waiting_samples >= self.rate:  # a packet may hold 20 ms: calls cost more than samples
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        blocks = np.concatenate(self._waiting, axis=1)
        self._waiting, self._waiting_samples = [], 0
        for i in range(self.channels):
            self._clipping[i].add(blocks[i])
            self._resample(i, blocks[i], last=False)

    def skip(self, samples: int) -> None:
        """Silence where something is lost."""
        self.lost.append(Span(self.position / self.rate, (self.position + samples) / self.rate))
        while samples > 0:
            n = min(samples, self.rate * 10)
            self.append(np.zeros((self.channels, n), np.int16))
            samples -= n

    def _resample(self, i: int, samples: npt.NDArray[np.int16], *, last: bool) -> None:
        resampler = self._resamplers[i]
        if resampler is None:
            self._out[i].append(samples)
            return
        # in float: the int16 mode of soxr dithers with a seed of its own, and the same file would never give the same samples
        out = resampler.resample_chunk(samples.astype(np.float32), last=last)
        self._out[i].append(rounded(out))

    def finish(self) -> tuple[tuple[Samples, ...], list[list[Span]]]:
        """Samples at 16 kHz and clipped stretches, per channel."""
        self._flush()
        for i in range(self.channels):
            self._resample(i, np.zeros(0, np.int16), last=True)
        return tuple(o.done() for o in self._out), [m.spans() for m in self._clipping]


def rounded(samples: npt.NDArray[np.floating]) -> npt.NDArray[np.int16]:
    """Float samples in 16-bit units as int16, limited to what it holds."""
    out: npt.NDArray[np.int16] = np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
    return out
