import json
from collections.abc import Sequence

import numpy as np
import pytest

from scanner.asr import ChannelSpeech, LanguageGuess, ScriptedTranscriber
from scanner.audio import load_recording
from scanner.audio_writing import write_recording
from scanner.detect.spoken_value import SpokenValue
from scanner.errors import UserError
from scanner.masking import HashKey
from scanner.redact import StillHeard, redact, redaction_spans
from scanner.scan import Engines
from scanner.transcript import Span, Transcript, Word

RATE = 8000
SAID = [Word("card", 1.0, 1.4), Word("4111", 1.5, 2.0), Word("1111", 2.1, 2.6), Word("thanks", 4.0, 4.5)]


class LoudWords(ScriptedTranscriber):
    """Hears a scripted word wherever the recording is not silent in the middle of it."""

    def __init__(self, words: Sequence[Word]) -> None:
        super().__init__({0: words})

    def detect_language(self, channels):
        return LanguageGuess("en", 1.0)

    def transcribe(self, samples, *, language, channel=0):
        def loud(word):
            middle = int((word.start_s + word.end_s) / 2 * 16000)
            return channel == 0 and np.abs(samples[middle - 400 : middle + 400].astype(float)).mean() > 5000

        words = tuple(w for w in self._words[0] if loud(w))
        return ChannelSpeech(words, tuple(w.span for w in words))


class Stubborn(LoudWords):
    """Hears every scripted word, whatever is silenced."""

    def transcribe(self, samples, *, language, channel=0):
        words = tuple(self._words[0]) if channel == 0 else ()
        return ChannelSpeech(words, tuple(w.span for w in words))


class Digits:
    """Takes every word of digits for a card number."""

    def detect(self, transcript: Transcript):
        indices = tuple(i for i, w in enumerate(transcript.words) if w.text.isdigit())
        if not indices:
            return ()
        parts = tuple(transcript.words[i].span for i in indices)
        return (SpokenValue("CREDIT_CARD", "41111111", "customer", indices, parts, 0.9),)


class SlowToHear(Digits):
    """Finds half of the value the first time: the rest is heard in the copy."""

    def __init__(self):
        self.times = 0

    def detect(self, transcript):
        self.times += 1
        if self.times == 1:
            return (SpokenValue("CREDIT_CARD", "4111", "customer", (1,), (transcript.words[1].span,), 0.9),)
        return super().detect(transcript)


class HearsGhosts(Digits):
    """Finds a value in a word that is never covered."""

    def detect(self, transcript):
        last = len(transcript.words) - 1
        span = Span(2.1, 2.2)
        return (*super().detect(transcript), SpokenValue("CREDIT_CARD", "1111", "customer", (last,), (span,), 0.9))


def engines(personal_data=None):
    return Engines(LoudWords(SAID), personal_data or Digits(), HashKey(b"0" * 16))


@pytest.fixture
def call(tmp_path):
    noise = np.random.default_rng(0).integers(-20000, 20000, (2, RATE * 6)).astype(np.int16)
    path = tmp_path / "call.wav"
    write_recording(path, list(noise), sample_rate=RATE)
    return path


def test_values_are_gone_on_every_channel_and_the_rest_stays(call, tmp_path):
    """The copy has the same rate, channels and length; only the value's seconds are silent, on both channels."""
    out = tmp_path / "out.wav"
    done = redact(str(call), out, engines=engines(), entities=["CREDIT_CARD"])
    before, after = (load_recording(str(p), as_recorded=True) for p in (call, out))
    assert after.sample_rate == before.sample_rate == RATE
    assert len(after.channels) == 2
    assert done.spans == (Span(1.375, 2.85),)  # half the pad goes into the word before
    for was, now in zip(before.channels, after.channels, strict=True):
        assert len(was) == len(now)
        changed = np.flatnonzero(was != now) / RATE
        assert changed.min() >= 1.37
        assert changed.max() <= 2.86
        assert not now[int(1.45 * RATE) : int(2.8 * RATE)].any()
    assert done.entity_counts == (("CREDIT_CARD", 1),)


def test_the_transcript_beside_it_is_masked(call, tmp_path):
    """The words that go with the copy carry no digit of the value."""
    redact(str(call), tmp_path / "out.wav", engines=engines())
    turns = json.loads((tmp_path / "out.transcript.json").read_text())
    text = " ".join(t["text"] for t in turns)
    assert "thanks" in text
    assert "4111" not in text


def test_what_is_still_heard_in_the_copy_is_covered_too(call, tmp_path):
    """The second hearing finds what the first one lost, and the copy that gets its name has neither."""
    done = redact(str(call), tmp_path / "out.wav", engines=engines(SlowToHear()), entities=["CREDIT_CARD"])
    assert done.spans == (Span(1.375, 2.85),)


def test_nothing_is_left_behind_when_a_value_is_still_heard(call, tmp_path):
    """A copy that still tells the value never gets its name, and the error does not tell it either."""
    folder = tmp_path / "new"
    folder.mkdir()
    silent = Engines(Stubborn(SAID), HearsGhosts(), HashKey(b"0" * 16))
    with pytest.raises(StillHeard, match=r"CREDIT_CARD at 2\.1 s") as error:
        redact(str(call), folder / "out.wav", engines=silent, entities=["CREDIT_CARD"])
    assert list(folder.iterdir()) == []
    assert "1111" not in str(error.value).replace("CREDIT_CARD", "")


def test_a_beep_can_stand_for_the_value(call, tmp_path):
    """A beep says that something was taken out, and is no word."""
    out = tmp_path / "out.wav"
    redact(str(call), out, engines=Engines(LoudWords(SAID[:3]), Digits(), HashKey(b"0" * 16)), cover="beep")
    heard = load_recording(str(out), as_recorded=True).channels[0][int(1.6 * RATE) : int(2.6 * RATE)]
    loudest = np.argmax(np.abs(np.fft.rfft(heard))) * RATE / len(heard)
    assert loudest == pytest.approx(1000, abs=5)


def test_types_that_were_not_asked_for_stay(call, tmp_path):
    """Only what is named is taken out."""
    done = redact(str(call), tmp_path / "out.wav", engines=engines(), entities=["US_SSN"])
    assert done.spans == ()


@pytest.mark.parametrize("name", ["out.txt", "out"])
def test_a_format_that_cannot_be_written_is_refused_first(call, tmp_path, name):
    """Nothing is heard when the answer could not be written."""
    with pytest.raises(UserError, match="cannot write"):
        redact(str(call), tmp_path / name, engines=engines())


def test_the_original_is_never_written_over(call):
    """Originals are only read."""
    with pytest.raises(UserError, match="only read"):
        redact(str(call), call, engines=engines())


@pytest.mark.parametrize("ending", [".wav", ".flac", ".mp3", ".ogg"])
def test_every_format_keeps_rate_channels_and_length(tmp_path, ending):
    """What is written is read back with the same rate, channels and length, to a codec's frame."""
    tone = (np.sin(np.arange(RATE * 3) / 5) * 8000).astype(np.int16)
    path = tmp_path / f"x{ending}"
    write_recording(path, [tone, tone // 2], sample_rate=RATE)
    back = load_recording(str(path), as_recorded=True)
    assert len(back.channels) == 2
    assert back.duration_s == pytest.approx(3.0, abs=0.08)


def test_padding_does_not_reach_into_words_that_stay():
    """Half the pad is always taken; more only where nobody on that channel says something else."""
    words = [Word("a", 0.0, 1.0), Word("1234", 1.05, 1.5), Word("b", 3.0, 3.4)]
    (span,) = redaction_spans(Transcript.of(words), frozenset({1}))
    assert span == Span(pytest.approx(0.925), 1.75)
