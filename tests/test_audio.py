"""Recordings are decoded with every second in its place, and what is lost is said."""

from __future__ import annotations

import hashlib
import struct
import subprocess
import sys
from pathlib import Path
from typing import Self

import fsspec
import numpy as np
import numpy.typing as npt
import pytest
from audio_files import CLICK_AT_S, click_times, clicks, cut, damaged, encode

from scanner.audio import AUDIO_ENDINGS, Recording, load_recording
from scanner.audio_quality import same_sound
from scanner.detections import AudioProblem
from scanner.errors import MissingRecording, UndecodableRecording, UnreadableRecording

Sound = npt.NDArray[np.int16]
SECONDS = 8
FORMATS = [
    # name, codec, rate, bit rate, how far off a click may come out
    ("pcm16-8k.wav", "pcm_s16le", 8000, None, 0.002),
    ("pcm16-48k.wav", "pcm_s16le", 48000, None, 0.002),
    ("pcm8.wav", "pcm_u8", 8000, None, 0.002),
    ("pcm24.wav", "pcm_s24le", 16000, None, 0.002),
    ("float.wav", "pcm_f32le", 16000, None, 0.002),
    ("mulaw.wav", "pcm_mulaw", 8000, None, 0.002),
    ("alaw.wav", "pcm_alaw", 8000, None, 0.002),
    ("ima.wav", "adpcm_ima_wav", 8000, None, 0.002),
    ("lame-8k.mp3", "libmp3lame", 8000, 32000, 0.005),
    ("lame-44k.mp3", "libmp3lame", 44100, 64000, 0.005),
    ("opus.ogg", "libopus", 48000, 24000, 0.005),
    ("opus-8k.opus", "libopus", 8000, 16000, 0.01),
    ("flac.flac", "flac", 8000, None, 0.002),
    ("flac.ogg", "flac", 16000, None, 0.002),
    ("aac.m4a", "aac", 16000, 48000, 0.005),
    ("aac.aac", "aac", 16000, 48000, 0.08),  # raw AAC does not say how long its encoder took to start
    ("g722.wav", "adpcm_g722", 16000, None, 0.005),
    ("sun.au", "pcm_mulaw", 8000, None, 0.002),
    ("mac.aiff", "pcm_s16be", 8000, None, 0.002),
    ("web.webm", "libopus", 48000, 24000, 0.005),
]


def kinds(recording: Recording) -> set[str]:
    return {p.kind for p in recording.problems}


def expect_clicks(recording: Recording, *, within_s: float, missing: int = 0) -> None:
    times = click_times(recording.channels[0])
    wanted = [s + CLICK_AT_S for s in range(SECONDS)]
    matched = [w for w in wanted if any(abs(t - w) <= within_s for t in times)]
    assert len(matched) >= len(wanted) - missing, times


@pytest.mark.parametrize("form", FORMATS, ids=[f[0] for f in FORMATS])
def test_every_format_keeps_its_times(tmp_path: Path, form: tuple[str, str, int, int | None, float]) -> None:
    """What is said at 0:03 is at 0:03, whatever an encoder puts before and after it, and a sound file has no problems."""
    name, codec, rate, bit_rate, within_s = form
    path = encode(tmp_path / name, clicks(rate, SECONDS), codec=codec, rate=rate, bit_rate=bit_rate)
    recording = load_recording(str(path))
    expect_clicks(recording, within_s=within_s)
    assert recording.duration_s == pytest.approx(SECONDS, abs=0.25)
    assert recording.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert len(recording.channels) == 1
    assert recording.channels[0].dtype == np.int16
    assert len(recording.channels[0]) == pytest.approx(recording.duration_s * 16000, abs=3)
    assert recording.sample_rate == (48000 if codec == "libopus" else rate)
    assert recording.problems == ()
    assert path.suffix in AUDIO_ENDINGS


def test_gsm_in_wav(tmp_path: Path) -> None:
    """A WAV of GSM 06.10, as old telephone systems write it, is decoded to its length."""
    blocks = 50  # of 65 bytes and 320 samples, 40 ms
    block = np.random.default_rng(1).integers(0, 256, 65, dtype=np.uint8).tobytes()
    data = block * blocks
    form = struct.pack("<HHIIHHHH", 0x31, 1, 8000, 1625, 65, 0, 2, 320)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"fact" + struct.pack("<II", 4, blocks * 320)
    chunks += b"data" + struct.pack("<I", len(data)) + data
    path = tmp_path / "gsm.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
    recording = load_recording(str(path))
    assert recording.codec == "gsm_ms"
    assert recording.duration_s == pytest.approx(2.0, abs=0.05)


def test_raw_g729_is_known_by_its_ending(tmp_path: Path) -> None:
    """G.729 without a header is decoded when the file is called so: ten bytes are 10 ms."""
    path = tmp_path / "leg.g729"
    path.write_bytes(np.random.default_rng(2).integers(0, 256, 10 * 300, dtype=np.uint8).tobytes())
    assert load_recording(str(path)).duration_s == pytest.approx(3.0, abs=0.05)


@pytest.mark.parametrize("count", [2, 4])
def test_each_channel_is_a_channel(tmp_path: Path, count: int) -> None:
    """Channels stay apart and in order, however many there are."""
    sounds = [clicks(8000, 2, seed=i) // (i + 1) for i in range(count)]
    recording = load_recording(str(encode(tmp_path / "x.wav", *sounds, codec="pcm_s16le", rate=8000)))
    peaks = [int(np.abs(c.astype(int)).max()) for c in recording.channels]
    assert len(peaks) == count
    assert peaks == sorted(peaks, reverse=True)


@pytest.mark.parametrize(
    "form",
    [
        ("x.mp3", "libmp3lame", 8000, 32000, 200, 0.6),
        ("x44.mp3", "libmp3lame", 44100, 64000, 2000, 0.6),
        ("x.flac", "flac", 8000, None, 200, 0.4),
        ("x16.flac", "flac", 16000, None, 5000, 1.0),
        ("x.m4a", "aac", 16000, 48000, 200, 0.4),
        ("x.ogg", "libopus", 48000, 24000, 200, 2.2),
    ],
)
def test_damage_costs_its_own_time_only(tmp_path: Path, form: tuple[str, str, int, int | None, int, float]) -> None:
    """Damaged bytes in the middle are silence and a fact; what follows is neither lost nor early."""
    name, codec, rate, bit_rate, size, lost_s = form
    path = encode(tmp_path / name, clicks(rate, SECONDS), codec=codec, rate=rate, bit_rate=bit_rate)
    recording = load_recording(str(damaged(path, at=0.4, size=size)))
    expect_clicks(recording, within_s=0.02, missing=int(lost_s) + 1)
    after = [t for t in click_times(recording.channels[0]) if t > 6]
    assert after == pytest.approx([6.5, 7.5], abs=0.02)
    assert recording.duration_s == pytest.approx(SECONDS, abs=0.1)
    lost = [p for p in recording.problems if p.kind == "damaged"]
    assert lost
    assert sum(p.end_s - p.start_s for p in lost) <= lost_s
    assert all(1.5 < p.start_s < 5 for p in lost)


def test_damaged_amr_is_not_passed_over(tmp_path: Path) -> None:
    """AMR cannot be put right exactly, but that it is damaged is said, and most of it is heard."""
    path = encode(tmp_path / "x.amr", clicks(8000, SECONDS), codec="libopencore_amrnb", rate=8000, bit_rate=12200)
    assert load_recording(str(path)).problems == ()
    recording = load_recording(str(damaged(path, at=0.4, size=200)))
    assert "damaged" in kinds(recording)
    assert recording.duration_s == pytest.approx(SECONDS, abs=1.0)


@pytest.mark.parametrize(
    "form",
    [
        ("x.wav", "pcm_mulaw", 8000, None, True),
        ("ima.wav", "adpcm_ima_wav", 8000, None, True),
        ("x.mp3", "libmp3lame", 8000, 32000, True),
        ("x.flac", "flac", 8000, None, True),
        ("x.ogg", "libopus", 48000, 24000, False),
        ("x.amr", "libopencore_amrnb", 8000, 12200, False),
    ],
)
def test_a_truncated_recording_says_so(tmp_path: Path, form: tuple[str, str, int, int | None, bool]) -> None:
    """A recording cut off in the middle gives what is there, and how much is missing where its header tells."""
    name, codec, rate, bit_rate, declares = form
    path = encode(tmp_path / name, clicks(rate, SECONDS), codec=codec, rate=rate, bit_rate=bit_rate)
    recording = load_recording(str(cut(path, at=0.6021)))
    assert 3.5 < recording.duration_s < 5.5
    (problem,) = [p for p in recording.problems if p.kind == "truncated"]
    assert problem.start_s == pytest.approx(recording.duration_s, abs=0.01)
    assert problem.end_s == pytest.approx(SECONDS if declares else recording.duration_s, abs=0.3)


def test_an_mp4_cut_before_its_index_is_undecodable(tmp_path: Path) -> None:
    """An M4A keeps its index at the end; without it the error says what happened to the file."""
    path = encode(tmp_path / "x.m4a", clicks(16000, 4), codec="aac", rate=16000)
    with pytest.raises(UndecodableRecording, match=r"cut-x\.m4a: the index of this MP4 file is missing"):
        load_recording(str(cut(path, at=0.5)))


@pytest.mark.parametrize("declared", [0, 0x7FFFFFFF, 0xFFFFFFFF], ids=hex)
def test_a_recorder_that_never_wrote_the_length_truncates_nothing(tmp_path: Path, declared: int) -> None:
    """A WAV whose header holds a placeholder for the length is whole."""
    path = encode(tmp_path / "x.wav", clicks(8000, 4), codec="pcm_mulaw", rate=8000)
    data = path.read_bytes()
    at = data.index(b"data") + 4
    path.write_bytes(data[:at] + struct.pack("<I", declared) + data[at + 4 :])
    recording = load_recording(str(path))
    assert recording.duration_s == pytest.approx(4)
    assert recording.problems == ()


def test_an_mp3_without_a_declared_length_is_not_called_truncated(tmp_path: Path) -> None:
    """An estimate from the bit rate is no declaration: a variable bit rate would always miss it."""
    path = encode(
        tmp_path / "x.mp3", clicks(8000, SECONDS), codec="libmp3lame", rate=8000, bit_rate=16000, write_xing="0"
    )
    recording = load_recording(str(path))
    assert "truncated" not in kinds(recording)
    assert recording.duration_s == pytest.approx(SECONDS, abs=0.3)


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "the file is empty"),
        (b"Agent: hello, how can I help you?\n" * 40, "is text, not a recording"),
        (b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n", "is text, not a recording"),
        (b"ffconcat version 1.0\nfile other.mp3\n", "is text, not a recording"),
        (bytes(5000), "holds nothing but zeros"),
        (np.random.default_rng(5).bytes(5000), "not a recording in a format that can be read"),
        (b"RIFF" + struct.pack("<I", 36) + b"WAVE", "its header is damaged"),
    ],
    ids=["empty", "text", "playlist", "concat", "zeros", "noise", "header-only"],
)
def test_what_is_no_recording_is_named_with_the_cause(tmp_path: Path, content: bytes, cause: str) -> None:
    """A file that only has the name of a recording gives one sentence with the file and the cause."""
    path = tmp_path / "call-17.wav"
    path.write_bytes(content)
    with pytest.raises(UndecodableRecording, match=cause) as caught:
        load_recording(str(path))
    assert "call-17.wav" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    """A file that names another recording is not followed there, whatever it is called."""
    encode(tmp_path / "secret.mp3", clicks(8000, 2), codec="libmp3lame", rate=8000)
    trap = tmp_path / "trap.wav"
    trap.write_text("ffconcat version 1.0\nfile secret.mp3\n")
    with pytest.raises(UndecodableRecording):
        load_recording(str(trap))


def test_a_video_without_sound_holds_no_audio(tmp_path: Path) -> None:
    """A file that decodes but carries no sound is told apart from one that does not decode."""
    import av

    path = tmp_path / "screen.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        for _ in range(5):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")))
        container.mux(stream.encode(None))
    with pytest.raises(UndecodableRecording, match=r"screen\.mp4: holds no audio stream"):
        load_recording(str(path))


def test_missing_and_unreadable_recordings(tmp_path: Path) -> None:
    """What is not there is missing; what is there and cannot be read is unreadable."""
    with pytest.raises(MissingRecording, match=r"nowhere\.wav: there is no such file"):
        load_recording(str(tmp_path / "nowhere.wav"))
    with pytest.raises(UnreadableRecording, match="is a folder"):
        load_recording(str(tmp_path))
    with pytest.raises(UnreadableRecording, match="no storage is known as"):
        load_recording("nosuchscheme://bucket/x.wav")


def test_storage_that_fails_while_reading(tmp_path: Path) -> None:
    """An error in the middle of a download is the recording's, not the run's."""

    class Broken:
        def open(self, _uri: str, _mode: str) -> object:
            return self

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def read(self, _size: int = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(UnreadableRecording, match=r"far/x\.wav: cannot be read: Input/output error"):
        load_recording("far/x.wav", fs=Broken())  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["x.wav", "x.mp3", "x.m4a", "x.flac", "x.ogg"])
def test_remote_storage_gives_the_same(tmp_path: Path, name: str) -> None:
    """A recording in object storage gives the same samples and digest as on disk."""
    codec = {"wav": "pcm_mulaw", "mp3": "libmp3lame", "m4a": "aac", "flac": "flac", "ogg": "libopus"}[name[2:]]
    path = encode(
        tmp_path / name,
        clicks(48000 if codec == "libopus" else 16000, 3),
        codec=codec,
        rate=48000 if codec == "libopus" else 16000,
    )
    memory = fsspec.filesystem("memory")  # type: ignore[no-untyped-call]
    memory.pipe(f"/bucket/{name}", path.read_bytes())
    here, there = load_recording(str(path)), load_recording(f"memory://bucket/{name}")
    given = load_recording(f"/bucket/{name}", fs=memory)
    for other in (there, given):
        assert other.sha256 == here.sha256
        assert np.array_equal(other.channels[0], here.channels[0])


def test_the_same_file_gives_the_same_samples(tmp_path: Path) -> None:
    """Decoding twice gives equal samples: resampling adds no dither of its own."""
    path = encode(tmp_path / "x.wav", clicks(8000, 2), codec="pcm_s16le", rate=8000)
    assert np.array_equal(load_recording(str(path)).channels[0], load_recording(str(path)).channels[0])


# --- what the samples say


def speechlike(seconds: float, *, rate: int = 8000, seed: int = 0, level: float = 6000) -> Sound:
    """Noise in syllables, with pauses: as uneven as speech."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(rate * seconds)) / rate
    syllables = np.clip(np.sin(2 * np.pi * 2.3 * t + seed), 0, 1) * (np.sin(2 * np.pi * 0.31 * t + seed) > -0.3)
    sound = rng.normal(0, level / 3, t.shape) * syllables + rng.normal(0, 4, t.shape)
    return np.asarray(sound.clip(-32767, 32767), np.int16)


def problems_of(tmp_path: Path, *channels: Sound, codec: str = "pcm_s16le") -> tuple[AudioProblem, ...]:
    return load_recording(str(encode(tmp_path / "x.wav", *channels, codec=codec, rate=8000))).problems


def test_mono_as_stereo_is_heard_once(tmp_path: Path) -> None:
    """Two channels with the same sound are one voice mix, up to level and codec, and only one is worth hearing."""
    mono = speechlike(6)
    for right in (
        mono,
        (mono * 0.6).astype(np.int16),
        (mono + np.random.default_rng(9).normal(0, 40, mono.shape)).astype(np.int16),
    ):
        recording = load_recording(str(encode(tmp_path / "x.wav", mono, right, codec="pcm_mulaw", rate=8000)))
        assert kinds(recording) == {"same_channels"}
        assert len(recording.channels) == 2
        assert len(recording.distinct_channels) == 1


@pytest.mark.parametrize("leak_db", [-60, -30, -15])
def test_two_sides_with_crosstalk_are_two_channels(tmp_path: Path, leak_db: int) -> None:
    """Two people who hear each other through the wire are two channels, and so is one who talks to nobody."""
    agent, customer = speechlike(6, seed=1), speechlike(6, seed=2)
    leak = 10 ** (leak_db / 20)
    both = [(agent + leak * customer).astype(np.int16), (customer + leak * agent).astype(np.int16)]
    assert "same_channels" not in {p.kind for p in problems_of(tmp_path, *both)}
    assert "same_channels" not in {p.kind for p in problems_of(tmp_path, agent, (agent * leak).astype(np.int16))}


def test_more_or_fewer_than_two_channels_are_never_the_same(tmp_path: Path) -> None:
    """One channel cannot be twice the same, and of four nobody asks."""
    sound = speechlike(4)
    assert problems_of(tmp_path, sound) == ()
    assert problems_of(tmp_path, sound, sound, sound, sound) == ()
    assert not same_sound(np.zeros(0, np.int16), np.zeros(0, np.int16))
    assert not same_sound(np.zeros(16000, np.int16), np.zeros(16000, np.int16))


def test_a_silent_channel_is_a_fact(tmp_path: Path) -> None:
    """Silence, digital or with a whisper of line noise, is reported for its channel; one second of speech is not silence."""
    speech, hush = speechlike(6), np.random.default_rng(1).normal(0, 8, 48000).astype(np.int16)
    (problem,) = problems_of(tmp_path, speech, np.zeros_like(speech))
    assert (problem.kind, problem.channel, problem.start_s) == ("silent_channel", 1, 0.0)
    assert problem.end_s == pytest.approx(6, abs=0.01)
    assert [p.kind for p in problems_of(tmp_path, hush, speech)] == ["silent_channel"]
    one_word = hush.copy()
    one_word[20000:28000] += speechlike(1)
    assert "silent_channel" not in {p.kind for p in problems_of(tmp_path, speech, one_word)}


def test_clipping_is_overdriven_speech_not_loud_speech(tmp_path: Path) -> None:
    """Speech pressed against full scale is clipped, for its seconds and channel; speech that reaches it now and then is not."""
    speech = speechlike(6).astype(float)
    overdriven = speech.copy()
    overdriven[16000:32000] *= 60
    for codec in ("pcm_s16le", "pcm_mulaw", "pcm_alaw"):
        found = problems_of(
            tmp_path, speech.astype(np.int16), overdriven.clip(-32768, 32767).astype(np.int16), codec=codec
        )
        (clipped,) = [p for p in found if p.kind == "clipped"]
        assert clipped.channel == 1
        assert 2.0 <= clipped.start_s <= 3.0  # it begins with a pause
        assert clipped.end_s == 4.0
    loud = (speech * 32767 / np.abs(speech).max()).astype(np.int16)
    assert "clipped" not in {p.kind for p in problems_of(tmp_path, loud)}


def test_noise_that_drowns_speech_is_said(tmp_path: Path) -> None:
    """Speech that hardly stands out is noisy; a line's hiss under clear speech is not."""
    speech, rng = speechlike(8), np.random.default_rng(4)
    loudness = float(np.std(speech))
    for noise_share, noisy in ((0.01, False), (0.1, False), (1.2, True)):
        sound = (speech + rng.normal(0, loudness * noise_share, speech.shape)).clip(-32767, 32767).astype(np.int16)
        assert ("noisy" in {p.kind for p in problems_of(tmp_path, sound)}) is noisy


def test_ffmpeg_says_nothing_itself(tmp_path: Path) -> None:
    """Whatever FFmpeg thinks of a broken file, standard error stays empty."""
    files = [
        damaged(encode(tmp_path / "a.mp3", clicks(8000, 4), codec="libmp3lame", rate=8000), at=0.3, size=3000),
        cut(encode(tmp_path / "b.flac", clicks(8000, 4), codec="flac", rate=8000), at=0.5),
        tmp_path / "c.wav",
    ]
    files[2].write_bytes(b"RIFF....WAVEfmt ")
    program = (
        "import sys\nfrom scanner.audio import load_recording\nfrom scanner.errors import RecordingError\n"
        "for f in sys.argv[1:]:\n    try: load_recording(f)\n    except RecordingError: pass\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *map(str, files)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout == ""


def test_a_recording_shows_no_samples() -> None:
    """The repr of a recording is for logs: no sound is in it."""
    recording = Recording((np.arange(5, dtype=np.int16),), 8000, 1.0, "pcm_s16le", "00")
    assert "array" not in repr(recording)
