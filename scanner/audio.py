"""Recordings as samples, and what of them is lost: fetched, hashed, decoded packet by packet, placed by their times.

FFmpeg's ordinary loop stops at the first damaged packet or closes the gap it leaves, so that words are missing or all
later ones are early, and nobody is told. Here every frame is put where its timestamp, or its place in the file, says it
belongs; what is missing becomes silence and a fact.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import av
import av.error
import numpy as np
import numpy.typing as npt
import soxr

from scanner import flac_frames
from scanner.asr.transcriber import SAMPLE_RATE, Samples
from scanner.audio_quality import channel_problems
from scanner.detections import AudioProblem
from scanner.errors import UndecodableRecording
from scanner.fetching import Fetched, fetched, first_line
from scanner.track import Track, rounded
from scanner.transcript import Span, merge_spans

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

AUDIO_ENDINGS = frozenset(
    ".wav .wave .w64 .rf64 .mp3 .mp2 .ogg .oga .opus .spx .flac .m4a .m4b .mp4 .3gp .aac .amr .awb .gsm .g729 .g722 .au .snd "
    ".aif .aiff .aifc .caf .wma .mka .webm".split()
)
"""Endings, in lower case, by which recordings are found in folders."""

_DEMUXERS = (
    "wav,w64,mp3,ogg,flac,mov,mp4,m4a,3gp,3g2,mj2,aac,amr,amrnb,amrwb,gsm,g729,g722,au,aiff,caf,asf,matroska,webm"
)
"""Only files that carry sound themselves: a playlist named call.wav would have FFmpeg open what it points to."""
_OPEN_OPTIONS = {"format_whitelist": _DEMUXERS, "protocol_whitelist": "file"}
_COUNTING_DEMUXERS = frozenset("mp3 aac amr amrnb amrwb gsm g729 g722".split())
"""Their timestamps are the sum of the packets before: what is lost must be found from the place in the file."""
_DECLARING_DEMUXERS = frozenset("wav w64 flac mov au aiff caf matroska asf".split())
_JITTER_S = 0.06
"""Timestamps off by less are rounding, not a loss."""
_JUMP_BACK_S = 1.0
_UNDECLARED_JUMP_S = 60.0
_TRUNCATED_S = 0.3


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording, decoded: int16 at 16 kHz per channel, and what could not be decoded.

    `sample_rate` is that of the file; `duration_s` is what came out of it, filled gaps included.
    """

    channels: tuple[Samples, ...] = field(repr=False)
    sample_rate: int
    duration_s: float
    codec: str
    sha256: str
    problems: tuple[AudioProblem, ...] = ()

    @property
    def distinct_channels(self) -> tuple[Samples, ...]:
        """The channels worth hearing: one when two carry the same sound."""
        same = any(p.kind == "same_channels" for p in self.problems)
        return self.channels[:1] if same else self.channels


def load_recording(uri: str, *, fs: AbstractFileSystem | None = None, as_recorded: bool = False) -> Recording:
    """The recording at a local path or fsspec URI, decoded to 16 kHz, or `as_recorded` to the rate of the file.

    `fs` is the file system to read `uri` from, if not the one its scheme names. Raises MissingRecording,
    UnreadableRecording and UndecodableRecording, whose messages name the file and the cause.
    """
    with fetched(uri, fs=fs) as file, _container(file.source, uri) as container:
        return _decode(container, uri, file, as_recorded=as_recorded)


@contextmanager
def _container(source: BinaryIO, uri: str) -> Iterator[av.container.InputContainer]:
    ending = uri.rsplit(".", 1)[-1].lower()
    # raw G.729 and G.722 have no header to know them by; everything else is known by its content, not by its name
    form = ending if ending in ("g729", "g722") else None
    try:
        container = av.open(source, "r", format=form, options=_OPEN_OPTIONS, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError) as e:
        raise UndecodableRecording(f"{uri}: {_why_not_audio(source)}") from e
    with container:
        if not container.streams.audio:
            raise UndecodableRecording(f"{uri}: holds no audio stream")
        yield container


def _why_not_audio(source: BinaryIO) -> str:
    source.seek(0)
    head = source.read(4096)
    if not head.strip(b"\0"):
        return "holds nothing but zeros"
    if head[4:8] == b"ftyp":
        return "the index of this MP4 file is missing: it was cut off or never finished"
    if all(byte >= 0x20 or byte in b"\t\n\r\f" for byte in head):
        return "is text, not a recording"
    return "is not a recording in a format that can be read, or its header is damaged"


def _decode(container: av.container.InputContainer, uri: str, file: Fetched, *, as_recorded: bool) -> Recording:
    streams = list(container.streams.audio)
    placers = {s.index: _Placer(s, container, file, as_recorded=as_recorded) for s in streams}
    cut_short = file.ogg_cut_short
    try:
        for packet in container.demux(streams):
            placers[packet.stream.index].take(packet)
    except (av.error.FFmpegError, OSError) as e:
        # the file system or the demuxer gives up in the middle: what came before is kept, what is missing is told
        if not any(p.track and p.track.position for p in placers.values()):
            raise UndecodableRecording(f"{uri}: no audio can be decoded: {first_line(e)}") from e
        cut_short = True
    heard = [p for p in placers.values() if p.track is not None and p.track.position]
    if not heard:
        raise UndecodableRecording(
            f"{uri}: no audio can be decoded, though it is named {streams[0].codec_context.name}"
        )
    channels: list[Samples] = []
    problems: list[AudioProblem] = []
    for placer in heard:
        track = cast("Track", placer.track)
        samples, clipped = track.finish()
        first = len(channels)
        channels += samples
        which = None if len(heard) == 1 else first
        problems += [AudioProblem("damaged", s.start_s, s.end_s, which) for s in merge_spans(track.lost, max_gap_s=0.5)]
        end_s = track.position / track.rate
        declared_s = placer.declared_s or 0.0
        if declared_s > end_s + _TRUNCATED_S:
            problems.append(AudioProblem("truncated", end_s, declared_s, which))
        elif cut_short or placer.broken_at_end:
            problems.append(AudioProblem("truncated", end_s, end_s, which))
        problems += [
            AudioProblem("clipped", s.start_s, s.end_s, first + i) for i, spans in enumerate(clipped) for s in spans
        ]
    if not as_recorded:  # they are measured at 16 kHz
        problems += channel_problems(channels)
    duration_s = max(p.track.position / p.track.rate for p in heard if p.track)
    codec = heard[0].stream.codec_context.name
    return Recording(
        tuple(channels), cast("Track", heard[0].track).rate, duration_s, codec, file.sha256, tuple(problems)
    )


class _Placer:
    """Decodes the packets of one stream and puts each frame where it belongs in its track."""

    def __init__(
        self,
        stream: av.audio.stream.AudioStream,
        container: av.container.InputContainer,
        file: Fetched,
        *,
        as_recorded: bool,
    ) -> None:
        self.stream = stream
        self._as_recorded = as_recorded
        self.track: Track | None = None
        self.broken_at_end = False
        form = container.format.name.split(",")[0]
        stream.codec_context.thread_count = 1
        self._flac = stream.codec_context.name == "flac" and form == "flac"
        if self._flac:  # otherwise frames with a wrong checksum come out as noise
            stream.codec_context.options = {"err_detect": "crccheck+explode"}
        self._counting = form in _COUNTING_DEMUXERS
        self._origin_s = _seconds(stream.start_time, stream) if stream.start_time else 0.0
        self._shift_s = 0.0
        self._damaged = False
        self._good_bytes = 0
        self._good_s = 0.0
        self._next_byte: int | None = None
        length_s = _seconds(stream.duration, stream) if stream.duration else (container.duration or 0) / av.time_base
        self._expected_s = max(0.0, length_s)
        declares = form in _DECLARING_DEMUXERS or (form == "mp3" and file.mp3_declares_length)
        self.declared_s = self._expected_s if declares else None

    def take(self, packet: av.Packet[Any]) -> None:
        """Decode one packet; the last, empty one flushes the decoder."""
        if packet.size and self._flac:
            self._take_flac(packet)
            return
        try:
            frames = cast("list[av.AudioFrame]", packet.decode())
        except av.error.FFmpegError:
            if packet.size:
                self._lose()
            return
        if not packet.size:
            for frame in frames:
                self._place(frame, None)
            return
        if self._counting and packet.pos is not None:
            self._mind_the_bytes(packet)
        self.broken_at_end = self.broken_at_end and not frames
        for i, frame in enumerate(frames):
            self._place(frame, _seconds(frame.pts, self.stream) if frame.pts is not None and not i else None)
        if self._counting and frames and packet.pos is not None:
            self._good_bytes += packet.size
            self._good_s += sum(f.samples / f.sample_rate for f in frames)
            self._next_byte = packet.pos + packet.size

    def _lose(self) -> None:
        """A packet gave no sound. How much is missing is known at the next one that does."""
        self._damaged = self.broken_at_end = True

    def _mind_the_bytes(self, packet: av.Packet[Any]) -> None:
        """After bytes that gave no sound, put later times right: such formats count packets, lost ones are not counted."""
        if self._next_byte is None or packet.pos is None or packet.pos <= self._next_byte or not self._good_bytes:
            return
        lost_s = (packet.pos - self._next_byte) * self._good_s / self._good_bytes
        if self.track is None or packet.pts is None:
            return
        frame_s = (self.stream.codec_context.frame_size or 160) / self.track.rate
        lost_s = round(lost_s / frame_s) * frame_s
        end_s = self.track.position / self.track.rate
        self._shift_s = end_s + lost_s - (_seconds(packet.pts, self.stream) - self._origin_s)
        self._damaged = True

    def _take_flac(self, packet: av.Packet[Any]) -> None:
        """FLAC frames carry their number: each is decoded alone, so that a broken one costs its own time only."""
        stream_info = self.stream.codec_context.extradata or b""
        block = struct.unpack(">H", stream_info[:2])[0] if len(stream_info) >= 2 else 0
        for at_sample, data in flac_frames.split(bytes(packet), fixed_block=block):
            try:
                frames = self.stream.codec_context.decode(av.Packet(data))
            except av.error.FFmpegError:
                self._lose()
                continue
            self.broken_at_end = False
            for frame in frames:
                self._place(frame, None if at_sample is None else at_sample / frame.sample_rate + self._origin_s)

    def _place(self, frame: av.AudioFrame, at_s: float | None) -> None:
        samples = _int16(frame)
        if self.track is None:
            out_rate = frame.sample_rate if self._as_recorded else SAMPLE_RATE
            self.track = Track(frame.sample_rate, samples.shape[0], self._expected_s, out_rate=out_rate)
        track = self.track
        if frame.sample_rate != track.rate:  # a file joined from several
            samples = np.stack([_resampled(c, frame.sample_rate, track.rate) for c in samples])
        if samples.shape[0] != track.channels:
            samples = np.stack([samples[min(i, samples.shape[0] - 1)] for i in range(track.channels)])
        if self._damaged:
            track.lost.append(Span(track.position / track.rate, track.position / track.rate))
        if at_s is not None:
            jitter_s = 0.001 if self._damaged else _JITTER_S
            gap_s = at_s - self._origin_s + self._shift_s - track.position / track.rate
            reach_s = max(self._expected_s + 1.0 - track.position / track.rate, 0.0) or _UNDECLARED_JUMP_S
            if gap_s > reach_s or gap_s < -_JUMP_BACK_S:
                self._shift_s -= gap_s  # no clock does this: the timestamp is broken, or a second file follows
            elif gap_s > jitter_s:
                track.skip(round(gap_s * track.rate))
            elif gap_s < -_JITTER_S:
                samples = samples[:, min(samples.shape[1], round(-gap_s * track.rate)) :]
        if frame.is_corrupt:
            start_s = track.position / track.rate
            track.lost.append(Span(start_s, start_s + samples.shape[1] / track.rate))
        self._damaged = False
        track.append(samples)


def _seconds(ticks: int | None, stream: av.audio.stream.AudioStream) -> float:
    return float((ticks or 0) * (stream.time_base or 0))


def _int16(frame: av.AudioFrame) -> npt.NDArray[np.int16]:
    """The frame's samples, shape (channels, n)."""
    data: npt.NDArray[Any] = frame.to_ndarray()
    if not frame.format.is_planar:
        data = data.reshape(-1, frame.layout.nb_channels).T
    if data.dtype == np.int16:
        return data
    if data.dtype == np.int32:
        return (data >> 16).astype(np.int16)
    if data.dtype == np.uint8:
        return (data.astype(np.int16) - 128) << 8
    if not np.isfinite(data.sum()):  # one look at all costs a tenth of cleaning each
        data = np.nan_to_num(data)
    return rounded(data * 32768.0)


def _resampled(samples: npt.NDArray[np.int16], from_rate: int, to_rate: int) -> npt.NDArray[np.int16]:
    return rounded(soxr.resample(samples.astype(np.float32), from_rate, to_rate))
