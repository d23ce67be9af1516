"""The whole chain on real audio files, with typed words instead of a speech model: what each odd file gives."""

import wave
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
from batch_fakes import KEY, POLICY, Archive

from scanner.asr import ChannelSpeech, LanguageGuess, ScriptedTranscriber
from scanner.calls import CallInfo
from scanner.detect import detector_id
from scanner.dialogue import parse_dialogue
from scanner.scan import Engines, scan_recording
from scanner.store import Store

SAID = """
0:00 agent: Hi, this is Ana with Acme, this call is recorded, how can I help you today?
0:07 customer: Hi, I would like to know what time you close.
0:12 agent: We close at nine tonight, and thank you for calling Acme.
"""


class NoPersonalData:
    def detect(self, transcript):
        return ()


class Listening(ScriptedTranscriber):
    """Hears its script where there is sound, and nothing in silence."""

    def detect_language(self, channels):
        return super().detect_language(channels) if any(map(np.any, channels)) else LanguageGuess(None, 0.0)

    def transcribe(self, samples, *, language, channel=0):
        if not np.any(samples):
            return ChannelSpeech((), ())
        return super().transcribe(samples, language=language, channel=channel)


def hear(item, engines):
    return scan_recording(item.uri, item.info, policy=POLICY, engines=engines)


@dataclass(frozen=True)
class Load:
    def __call__(self):
        words = parse_dialogue(SAID, mono=True).words
        engines = Engines(Listening({0: words}), NoPersonalData(), KEY)
        return partial(hear, engines=engines)


def sound(seconds, *, rate=8000, level=8000):
    """Something that varies, as speech does."""
    t = np.arange(int(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * 220 * t) * (0.5 + 0.5 * np.sin(2 * np.pi * 3 * t))).astype(np.int16)


def write_wav(path, samples, *, rate=8000):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


def write_mp3(path, samples, *, rate=8000):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mp3", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.rate = rate
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))


@pytest.mark.slow
def test_what_odd_files_give(tmp_path):
    """Each has a row: a failure with its reason, or a verdict that confesses what could not be heard."""
    archive = Archive(tmp_path)
    write_wav(archive.calls / "good.wav", sound(20))
    write_wav(archive.calls / "second.wav", sound(1))
    write_wav(archive.calls / "silent.wav", sound(20, level=0))
    write_mp3(archive.calls / "whole.mp3", sound(20))
    whole = (archive.calls / "whole.mp3").read_bytes()
    (archive.calls / "cut.mp3").write_bytes(whole[: len(whole) // 2])
    (archive.calls / "empty.wav").write_bytes(b"")
    (archive.calls / "text.wav").write_text("These are no sounds.\n" * 50)
    (archive.calls / "notes.txt").write_text("left alone")
    record = archive.scan(
        changes={"load": Load()}, model_id="scripted", detector_id=detector_id(POLICY.vocabulary_sha256)
    )
    table = Store(str(archive.out)).calls(
        ["recording_uri", "verdict", "failure", "error", "duration_s", "audio_problems"]
    )
    rows = {Path(r["recording_uri"]).name: r for r in table.to_pylist()}
    assert len(rows) == record.found == 7
    assert (rows["good.wav"]["verdict"], rows["whole.mp3"]["verdict"]) == ("compliant", "compliant")
    assert rows["good.wav"]["duration_s"] == pytest.approx(20, abs=0.1)
    for name in ("empty.wav", "text.wav"):
        assert (rows[name]["verdict"], rows[name]["failure"]) == ("failed", "undecodable")
        assert name in rows[name]["error"]
    assert rows["silent.wav"]["verdict"] == "needs_review"
    assert rows["cut.mp3"]["duration_s"] < 15
    assert rows["second.wav"]["duration_s"] == pytest.approx(1, abs=0.1)
    again = archive.scan(
        changes={"load": Load()}, model_id="scripted", detector_id=detector_id(POLICY.vocabulary_sha256)
    )
    assert (again.done_before, again.scanned) == (7, 0)


DENIED = """
0:00 agent: Acme Internet, this is Ana. Our calls are never recorded. What are you calling about?
0:07 customer: My internet is down, and the lights are all off.
0:12 agent: I see. Please hold the button for ten seconds, and tell me when they are back.
"""


class Contrary:
    """Hears the denial as it was heard at first, or as a notice."""

    def __init__(self, *ways):
        self.ways = ways

    def transcribe_span_in_ways(self, samples, span, *, language, channel):
        of_dialogue = (parse_dialogue(f"0:00 agent: Acme Internet, this is Ana. {said}").words for said in self.ways)
        yield tuple(tuple(w for w in words if w.start_s < span.end_s) for words in of_dialogue)


@pytest.mark.parametrize(
    ("ways", "status"),
    [
        (["Our calls are never recorded."] * 3, "violation"),
        (["Our calls are never recorded.", "Our calls do get recorded.", "Our calls do get recorded."], "needs_review"),
    ],
)
def test_a_denial_counts_if_it_bears_being_heard_again(tmp_path, ways, status):
    """Else it and the notice that it may have been are for a person to hear: the call is neither blamed nor cleared."""
    write_wav(tmp_path / "call.wav", sound(20))
    engines = Engines(
        ScriptedTranscriber({0: parse_dialogue(DENIED, mono=True).words}),
        NoPersonalData(),
        KEY,
        listeners=(Contrary(*ways),),
    )
    call = scan_recording(str(tmp_path / "call.wav"), CallInfo(caller_state="FL"), policy=POLICY, engines=engines)
    found = {f.rule: f for f in call.judgement.findings}
    assert set(found) == {"false_denial_of_recording", "missing_recording_disclosure"}
    assert {f.status for f in found.values()} == {status}
    assert call.judgement.verdict == status
    assert ("the words are not certain" in found["false_denial_of_recording"].explanation) == (status == "needs_review")
