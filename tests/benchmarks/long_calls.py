"""Calls of any length, made of sample calls one after the other with pauses between."""

import random
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import soxr

from scanner.asr.transcriber import SAMPLE_RATE, Samples
from scanner.audio import load_recording
from scanner.batch.find import find_recordings

RATE = 8000
"""Of the files: as telephone systems write them."""
_PAUSE_S = (1.0, 5.0)
_CUT_S = 60.0


def stereo_calls(folder: Path) -> list[tuple[Samples, ...]]:
    """The calls of a folder that keep both sides apart, at the rate of the files."""
    found = (load_recording(uri) for uri in sorted(find_recordings([str(folder)]).found))
    return [tuple(map(_down, r.channels)) for r in found if len(r.distinct_channels) == 2]


def write_call(path: Path, calls: Sequence[tuple[Samples, ...]], *, seconds: float, number: int) -> None:
    """A WAV file of so many seconds; `number` says with which call it begins, and how the pauses fall."""
    rng = random.Random(number)
    left = int(seconds * RATE)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        for piece in _pieces(calls, number, rng):
            out.writeframes(piece[:left].astype("<i2").tobytes())
            left -= len(piece)
            if left <= 0:
                return


def _pieces(calls: Sequence[tuple[Samples, ...]], number: int, rng: random.Random) -> Iterator[Samples]:
    """One call after the other as frames, up to a minute of each, and a pause with the hiss of a line after it."""
    while True:
        company, customer = calls[number % len(calls)]
        length = min(len(company), len(customer), int(_CUT_S * RATE))
        yield np.stack((company[:length], customer[:length]), axis=1)
        pause = int(rng.uniform(*_PAUSE_S) * RATE)
        yield np.random.default_rng(number).integers(-3, 4, (pause, 2), dtype=np.int16)
        number += 1


def _down(samples: Samples) -> Samples:
    return soxr.resample(samples, SAMPLE_RATE, RATE)
