"""Writes samples as a recording: the encoder's side of `scanner.audio`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

import av
import av.error
import numpy as np

from scanner.asr.transcriber import Samples
from scanner.errors import UserError

if TYPE_CHECKING:
    from av.audio.stream import AudioStream

CODECS = MappingProxyType(
    {".wav": "pcm_s16le", ".flac": "flac", ".mp3": "libmp3lame", ".ogg": "libopus", ".opus": "libopus"}
)
_LAYOUTS = {1: "mono", 2: "stereo"}
_BLOCK_S = 1.0


def write_recording(path: Path, channels: Sequence[Samples], *, sample_rate: int) -> None:
    """Write int16 channels of equal length at `sample_rate` Hz; the ending of `path` chooses the format.

    Raises UserError for an ending that is not in CODECS, and where file or encoder refuse.
    """
    codec = CODECS.get(path.suffix.lower())
    if codec is None:
        raise UserError(f"{path}: cannot write {path.suffix or 'a file without an ending'}; use {', '.join(CODECS)}")
    samples = np.stack(channels)
    block = int(sample_rate * _BLOCK_S)
    try:
        with av.open(str(path), "w") as container:
            layout = _LAYOUTS.get(len(channels), f"{len(channels)}c")
            stream = cast("AudioStream", container.add_stream(codec, rate=sample_rate, layout=layout))
            for start in range(0, samples.shape[1], block):
                packed = np.ascontiguousarray(samples[:, start : start + block].T).reshape(1, -1)
                frame = av.AudioFrame.from_ndarray(packed, format="s16", layout=layout)
                frame.sample_rate = sample_rate
                frame.pts = start
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be written ({type(error).__name__})") from error
