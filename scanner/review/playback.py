"""Sound for the review page: recordings decoded once, silenced, drawn, and served as a WAV file that is never written.

Browsers cannot play what telephone systems write (G.729, GSM, AMR), and players jump to other places in damaged files
than the scanner did. A WAV made from the scanner's own decoding plays everywhere and on the transcript's clock.
"""

from __future__ import annotations

import struct
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from scanner.asr.transcriber import SAMPLE_RATE, Samples
from scanner.errors import RecordingError
from scanner.review.silence import can_be_silenced, silent_spans
from scanner.store import StoredCall
from scanner.transcript import Span

HEADER_BYTES = 44
_CACHE_BYTES = 256 << 20
_CHUNK_BYTES = 256 << 10
_FADE_S = 0.01
_SCHEMES = ("s3", "gs", "gcs", "abfs", "abfss", "az", "file")


class ChangedRecording(RecordingError):
    """The recording is not the one that was scanned: its bytes have another digest."""


class ForeignScheme(RecordingError):
    """The tables name a place that recordings are not read from."""


class NoRecording(RecordingError):
    """The words of the call were read in a transcript; where its recording is, if there is one, nobody has said."""


class UnknownContent(RecordingError):
    """The scanner did not understand the call, so that personal data in it cannot be silenced."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One decoded recording: int16 at 16 kHz, each channel of shape (samples,)."""

    channels: tuple[Samples, ...] = field(repr=False)

    @property
    def samples(self) -> int:
        return max((len(c) for c in self.channels), default=0)

    @property
    def duration_s(self) -> float:
        return self.samples / SAMPLE_RATE

    @property
    def bytes(self) -> int:
        return sum(c.nbytes for c in self.channels)


@dataclass(frozen=True, slots=True)
class WavFile:
    """A stretch of a sound as the bytes of a WAV file, made piece by piece when asked for."""

    sound: Sound
    silenced: tuple[Span, ...]
    first: int
    stop: int

    @property
    def frame_bytes(self) -> int:
        return 2 * len(self.sound.channels)

    @property
    def size(self) -> int:
        return HEADER_BYTES + (self.stop - self.first) * self.frame_bytes

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` to before `stop`, in chunks."""
        if start < HEADER_BYTES:
            yield self._header()[start:stop]
            start = HEADER_BYTES
        while start < stop:
            end = min(stop, start + _CHUNK_BYTES)
            offset = start - HEADER_BYTES
            a = self.first + offset // self.frame_bytes
            b = min(self.stop, self.first - (-(end - HEADER_BYTES) // self.frame_bytes))
            skip = offset % self.frame_bytes
            yield self._frames(a, b)[skip : skip + end - start]
            start = end

    def _header(self) -> bytes:
        data, channels = self.size - HEADER_BYTES, len(self.sound.channels)
        rate = SAMPLE_RATE
        form = struct.pack("<HHIIHH", 1, channels, rate, rate * self.frame_bytes, self.frame_bytes, 16)
        return (
            b"RIFF"
            + struct.pack("<I", data + 36)
            + b"WAVEfmt "
            + struct.pack("<I", 16)
            + form
            + b"data"
            + struct.pack("<I", data)
        )

    def _frames(self, first: int, stop: int) -> bytes:
        block = np.zeros((stop - first, len(self.sound.channels)), dtype="<i2")
        for c, samples in enumerate(self.sound.channels):
            part = samples[first:stop]
            block[: len(part), c] = part
        if self.silenced:
            block = (block * _loudness(self.silenced, first, stop)[:, None]).astype("<i2")
        return block.tobytes()


def wav_file(sound: Sound, *, silenced: Sequence[Span], span: Span | None = None) -> WavFile:
    """The sound as a WAV file, or only a span of it; nothing is left of the silenced seconds."""
    first = 0 if span is None else max(0, min(sound.samples, int(span.start_s * SAMPLE_RATE)))
    stop = sound.samples if span is None else max(first, min(sound.samples, int(span.end_s * SAMPLE_RATE)))
    return WavFile(sound, tuple(silenced), first, stop)


def _loudness(silenced: Sequence[Span], first: int, stop: int) -> npt.NDArray[np.float32]:
    """1 where the sound stays, 0 where it goes; the fade to it lies outside the silenced seconds."""
    gain = np.ones(stop - first, dtype=np.float32)
    times = (np.arange(first, stop) / SAMPLE_RATE).astype(np.float64)
    for span in silenced:
        a, b = np.searchsorted(times, (span.start_s - _FADE_S, span.end_s + _FADE_S))
        near = times[a:b]
        outside = np.maximum(np.maximum(span.start_s - near, near - span.end_s), 0.0)
        gain[a:b] = np.minimum(gain[a:b], outside / _FADE_S)
    return gain


def peaks(samples: Samples, *, columns: int, silenced: Sequence[Span]) -> npt.NDArray[np.float32]:
    """The loudest sample of each of `columns` equal stretches, 0 to 1; nothing is drawn of silenced seconds."""
    if len(samples) == 0:
        return np.zeros(columns, dtype=np.float32)
    edges = np.linspace(0, len(samples), columns + 1).astype(np.int64)
    quiet = [(int(s.start_s * SAMPLE_RATE), int(s.end_s * SAMPLE_RATE) + 1) for s in silenced]
    found = np.zeros(columns, dtype=np.float32)
    for i in range(columns):  # a stretch at a time: two hours of samples are not copied
        first, stop = int(edges[i]), int(edges[i + 1])
        stretch = samples[first:stop]
        if any(a < stop and first < b for a, b in quiet):
            stretch = stretch.copy()
            for a, b in quiet:
                stretch[max(0, a - first) : max(0, b - first)] = 0
        if len(stretch):
            found[i] = max(int(stretch.max()), -int(stretch.min())) / 32768
    return found


def outline(heights: npt.NDArray[np.float32], *, height: float = 100.0) -> str:
    """Peaks as an SVG path around the middle line; quiet speech is drawn larger than it is, so that it is seen."""
    middle = height / 2
    drawn = np.maximum(np.sqrt(heights) * middle * 0.96, 0.4)
    top = " ".join(f"L{x} {middle - h:.1f}" for x, h in enumerate(drawn))
    bottom = " ".join(f"L{x} {middle + h:.1f}" for x, h in reversed(list(enumerate(drawn))))
    return f"M0 {middle:.1f} {top} {bottom} Z"


class Player:
    """Decodes recordings that are named by rows of the tables, and keeps the last ones in memory."""

    def __init__(self, *, cache_bytes: int = _CACHE_BYTES) -> None:
        self._cache_bytes = cache_bytes
        self._lock = threading.Lock()
        self._decoding: dict[str, threading.Lock] = {}
        self._sounds: OrderedDict[str, Sound] = OrderedDict()

    def sound(self, call: StoredCall) -> Sound:
        """The decoded recording of a call. Raises RecordingError: gone, unreadable, none, or no longer the one scanned."""
        if call.heard is not None and not call.heard.has_sound:
            raise NoRecording("the call was read in a transcript")
        uri, sha256 = call.recording.uri, call.recording.sha256 or ""
        with self._lock:
            one_at_a_time = self._decoding.setdefault(uri, threading.Lock())
        with one_at_a_time:
            with self._lock:
                known = self._sounds.get(uri + sha256)
                if known is not None:
                    self._sounds.move_to_end(uri + sha256)
                    return known
            sound = _decode(uri, sha256)
            with self._lock:
                self._sounds[uri + sha256] = sound
                while len(self._sounds) > 1 and sum(s.bytes for s in self._sounds.values()) > self._cache_bytes:
                    self._sounds.popitem(last=False)
                self._decoding.pop(uri, None)
            return sound

    def wav(self, call: StoredCall, *, masked: bool, span: Span | None = None) -> WavFile:
        """The call's sound, personal data silenced if `masked`. Raises RecordingError, also when it cannot be silenced."""
        if masked and not can_be_silenced(call):
            raise UnknownContent("personal data cannot be silenced in a call that was not understood")
        return wav_file(self.sound(call), silenced=silent_spans(call) if masked else (), span=span)


def _decode(uri: str, sha256: str) -> Sound:
    from scanner.audio import load_recording  # noqa: PLC0415 - brings FFmpeg, which only playing needs

    scheme = uri.split("://", 1)[0] if "://" in uri else "file"
    if scheme not in _SCHEMES:
        raise ForeignScheme(f"recordings are not read by {scheme}")
    recording = load_recording(uri)
    if recording.sha256 != sha256:
        raise ChangedRecording("the recording is not the one that was scanned: its bytes have changed")
    return Sound(recording.channels)
