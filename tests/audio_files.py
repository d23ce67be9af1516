"""Small recordings, encoded on the spot: a click every second in soft tones, so that a test sees where a time went."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

CLICK_AT_S = 0.5
"""In each second."""


def clicks(rate: int, seconds: float, *, seed: int = 0) -> npt.NDArray[np.int16]:
    """Tone bursts and a little noise, with one loud click a second."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(rate * seconds)) / rate
    sound = 6000 * np.sin(2 * np.pi * 300 * t) * (np.floor(t) % 2) + rng.normal(0, 50, t.shape)
    for second in range(int(seconds)):
        at = int((second + CLICK_AT_S) * rate)
        sound[at : at + rate // 400] = 24000
    return np.asarray(sound, np.int16)


def click_times(samples: npt.NDArray[np.int16], rate: int = 16_000) -> list[float]:
    """Where the clicks came out, in seconds."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 13_000) / rate
    return [float(t) for i, t in enumerate(loud) if i == 0 or t - loud[i - 1] > 0.3]


def encode(
    path: Path, *channels: npt.NDArray[np.int16], codec: str, rate: int, bit_rate: int | None = None, **options: str
) -> Path:
    """The channels (one or two) as a file of that codec; the ending says the container."""
    layout = {1: "mono", 2: "stereo"}.get(len(channels), f"{len(channels)}c")
    if len(channels) == 4:
        layout = "4.0"
    with av.open(str(path), "w", options=options) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        if bit_rate:
            stream.bit_rate = bit_rate
        sound = np.stack(channels, axis=1)
        for start in range(0, len(sound), 1024):
            block = np.ascontiguousarray(sound[start : start + 1024].reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout=layout)
            frame.rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def damaged(path: Path, *, at: float, size: int) -> Path:
    """A copy with `size` bytes overwritten from a share `at` of the file on."""
    data = bytearray(path.read_bytes())
    start = int(len(data) * at)
    data[start : start + size] = np.random.default_rng(3).integers(0, 256, size, dtype=np.uint8).tobytes()
    copy = path.with_name(f"damaged-{path.name}")
    copy.write_bytes(data)
    return copy


def cut(path: Path, *, at: float) -> Path:
    """A copy that ends at a share `at` of the file."""
    data = path.read_bytes()
    copy = path.with_name(f"cut-{path.name}")
    copy.write_bytes(data[: int(len(data) * at)])
    return copy
