"""The adapter turns what the library gives into words, languages and errors; a few tests hear real calls."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scanner.asr.faster_whisper import FasterWhisperTranscriber, _words, load_transcriber
from scanner.asr.languages import elect
from scanner.asr.models import resolve_model
from scanner.asr.transcriber import SAMPLE_RATE, LanguageGuess, Samples
from scanner.audio import load_recording
from scanner.errors import ModelError
from scanner.transcript import Span, Word

SAMPLES = Path(__file__).parents[2] / "sample_audio"


def aligned(*pieces: str) -> list[dict[str, Any]]:
    return [
        {"word": p, "tokens": [i], "start": i * 0.5, "end": i * 0.5 + 0.4, "probability": 0.8 if i % 2 else 0.6}
        for i, p in enumerate(pieces)
    ]


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ([" Hi", ",", " it", " is", " $84", ".12", "."], ["Hi,", "it", "is", "$84.12."]),
        ([" 4", "-1", "-1", "-1", ",", " 2"], ["4-1-1-1,", "2"]),
        ([" j", ".", "smith", "@gmail", ".com"], ["j.smith@gmail.com"]),
        ([" “", "Yes", "”", " ", " no"], ["“Yes”", "no"]),
        ([" ...", "!", " ♪", " yes", "..."], ["yes..."]),
        ([], []),
    ],
)
def test_pieces_become_whole_words(pieces: list[str], words: list[str]) -> None:
    """Punctuation, cents and digits that the model writes apart belong to the word before them."""
    found = _words(aligned(*pieces), spaces=True)
    assert [w.text for w in found] == words
    assert all(0 < w.probability <= 1 and w.start_s <= w.end_s for w in found)


def test_words_without_spaces_stay_apart() -> None:
    """In a language without spaces between words, pieces are not glued into one."""
    assert [w.text for w in _words(aligned("你", "好"), spaces=False)] == ["你", "好"]


# --- languages


@dataclass
class Votes:
    """Gives each window's probabilities, and counts what it was asked for."""

    of: Sequence[dict[str, float]]
    asked: int = 0

    def __iter__(self) -> Iterator[tuple[dict[str, float], int]]:
        for k, vote in enumerate(self.of):
            self.asked += 1
            yield vote, SAMPLE_RATE * (k + 1)


@pytest.mark.parametrize(
    ("votes", "language", "asked"),
    [
        ([{"en": 0.99}, {"en": 0.98}, {"es": 0.99}, {"es": 0.99}], "en", 2),
        ([{"es": 0.5, "en": 0.4}, {"en": 0.9}, {"en": 0.9}, {"en": 0.9}], "en", 4),
        ([{"en": 0.99}, {"es": 0.99}, {"es": 0.99}, {"es": 0.99}], "es", 4),
        ([{"en": 0.6}], "en", 1),
    ],
    ids=["sure at once", "an unsure greeting", "an English greeting", "one word only"],
)
def test_windows_vote(votes: list[dict[str, float]], language: str, asked: int) -> None:
    """Two sure windows that agree are enough; otherwise all are asked, so that a greeting decides nothing."""
    box = Votes(votes)
    guess = elect(box)
    assert guess.language == language
    assert 0 < guess.confidence <= 1
    assert box.asked == asked


def test_nobody_speaks_no_language() -> None:
    """Without speech there is no language, and no confidence in one."""
    assert elect([]) == LanguageGuess(None, 0.0)


def test_a_model_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    """A broken model folder is the user's to mend: the error names the model and the folder."""
    for name in ("model.bin", "config.json"):
        (tmp_path / name).write_bytes(b"{}")
    (tmp_path / "tokenizer.json").write_text(json.dumps({"model": {"vocab": {}}}))
    model = resolve_model(str(tmp_path), cache=tmp_path / "cache")
    with pytest.raises(ModelError, match=re.escape(str(tmp_path))):
        FasterWhisperTranscriber(model)


# --- real models


@pytest.fixture(scope="module")
def base() -> FasterWhisperTranscriber:
    return load_transcriber("base")


def plain(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


@pytest.mark.slow
def test_a_call_is_understood(base: FasterWhisperTranscriber) -> None:
    """In a telephone call the notice, the digits of the card and the security code are heard, when they are said."""
    recording = load_recording(str(SAMPLES / "card-with-security-code.wav"))
    truth = json.loads((SAMPLES / "truth" / "card-with-security-code.truth.json").read_text())
    assert base.detect_language(recording.channels).language == "en"
    sides = [base.transcribe(c, language="en", channel=i) for i, c in enumerate(recording.channels)]
    words = [w for s in sides for w in s.words]
    assert all(0 <= w.probability <= 1 and 0 <= w.start_s < w.end_s <= recording.duration_s for w in words)
    for side in sides:
        assert all(any(s.start_s <= w.start_s and w.end_s <= s.end_s for s in side.speech) for w in side.words)
        assert all(a.start_s <= b.start_s for a, b in itertools.pairwise(side.words))
    said = " ".join(plain(" ".join(w.text for w in words)))
    assert "your call will be recorded" in said

    def digits(start_s: float, end_s: float) -> str:
        near = [w for w in words if start_s - 0.4 < (w.start_s + w.end_s) / 2 < end_s + 0.4 and w.channel == 1]
        return digits_of(near)

    for item in truth["personal_data"]:
        if item["entity_type"] in ("CREDIT_CARD", "CREDIT_CARD_CVV"):
            assert re.sub(r"\D", "", item["value"]) in digits(item["start_s"], item["end_s"])


def digits_of(words: Sequence[Word]) -> str:
    names = {n: str(i) for i, n in enumerate("zero one two three four five six seven eight nine".split())}
    text = " ".join(names.get(t, t) for w in words for t in plain(w.text))
    return re.sub(r"\D", "", text)


@pytest.mark.slow
def test_the_same_samples_give_the_same_words(base: FasterWhisperTranscriber) -> None:
    """Hearing is deterministic, and a call leaves nothing behind that changes how the next one is heard."""
    samples = load_recording(str(SAMPLES / "denied.mp3")).channels[0][: 9 * SAMPLE_RATE]
    first = base.transcribe(samples, language="en")
    base.transcribe(samples[SAMPLE_RATE * 3 :], language="en")
    assert base.transcribe(samples, language="en") == first
    assert first.words


@pytest.mark.slow
def test_a_stretch_is_heard_again(base: FasterWhisperTranscriber) -> None:
    """A second hearing of a few seconds gives the words that are said in them, and no others."""
    recording = load_recording(str(SAMPLES / "card-with-security-code.wav"))
    again = base.transcribe_span(recording.channels[1], Span(16.9, 22.9), language="en", channel=1)
    assert digits_of(again) == "4242" * 4
    assert all(16.5 <= w.start_s < w.end_s <= 23.3 and w.channel == 1 for w in again)
    assert base.transcribe_span(recording.channels[1], Span(5.0, 5.01), language="en") == ()
    assert base.transcribe_span(recording.channels[1], Span(9e3, 9e3 + 5), language="en") == ()


@pytest.mark.slow
def test_a_stretch_is_heard_in_ways_that_agree_on_what_is_plain(base: FasterWhisperTranscriber) -> None:
    """The first way misses nothing; the others miss moments, keep what is clear, and are the same each time."""
    samples = load_recording(str(SAMPLES / "denied.mp3")).channels[0]
    ways = tuple(itertools.chain.from_iterable(base.transcribe_span_in_ways(samples, Span(0.0, 9.0), language="en")))
    assert len(ways) > 4
    heard = [{w.text.lower().strip(".,?!") for w in way} for way in ways]
    assert heard[0] >= {"are", "you", "recording"}
    assert all(len(heard[0] & words) > 0.7 * len(heard[0]) for words in heard)
    assert all(0 <= w.start_s <= w.end_s <= 9.6 for way in ways for w in way)
    again = next(base.transcribe_span_in_ways(samples, Span(0.0, 9.0), language="en"))
    assert 1 < len(again) < len(ways)
    assert again == ways[: len(again)]
    assert list(base.transcribe_span_in_ways(samples, Span(9e3, 9e3 + 5), language="en")) == []


def line_noise(seconds: float, *, seed: int = 1) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.random.default_rng(seed).normal(0, 30, int(seconds * SAMPLE_RATE))


def tones(*frequencies: float, seconds: float, on_s: float, off_s: float) -> Samples:
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    sound = sum(4000 * np.sin(2 * np.pi * f * t) for f in frequencies) * (t % (on_s + off_s) < on_s)
    return np.asarray(sound + line_noise(seconds), np.int16)


@pytest.mark.slow
def test_nobody_is_heard_where_nobody_speaks(base: FasterWhisperTranscriber) -> None:
    """Ringing, touch tones, beeps, hold music, hiss and silence hold no words, no speech and no language."""
    t = np.arange(9 * SAMPLE_RATE) / SAMPLE_RATE
    scale = np.array([262, 294, 330, 349, 392, 440, 494, 523])
    notes = scale[np.random.default_rng(2).integers(0, 8, 24)]
    tune = sum(
        (1500 / k) * np.sin(2 * np.pi * k * np.repeat(notes, len(t) // 24)[: len(t)] * t) * np.exp(-3 * (t % 0.375))
        for k in range(1, 6)
    )
    silences: dict[str, Samples] = {
        "ringback": tones(440, 480, seconds=7, on_s=2, off_s=4),
        "busy": tones(480, 620, seconds=5, on_s=0.5, off_s=0.5),
        "touch tones": tones(770, 1336, seconds=5, on_s=0.15, off_s=0.15),
        "beep": tones(1400, seconds=5, on_s=0.2, off_s=4),
        "tune": np.asarray(tune + line_noise(9), np.int16),
        "hiss": np.asarray(line_noise(6) * 30, np.int16),
        "line": np.asarray(line_noise(6), np.int16),
        "silence": np.zeros(6 * SAMPLE_RATE, np.int16),
        "nothing": np.zeros(0, np.int16),
    }
    for name, samples in silences.items():
        heard = base.transcribe(samples, language="en")
        assert (heard.words, heard.speech, heard.problems) == ((), (), ()), name
        assert base.detect_language([samples]) == LanguageGuess(None, 0.0), name


@pytest.mark.slow
def test_an_english_only_model_claims_no_language() -> None:
    """Whisper tiny.en hears English in everything, so it does not say which language it is."""
    tiny = load_transcriber("tiny.en")
    samples = load_recording(str(SAMPLES / "card-with-security-code.wav")).channels[0][: 8 * SAMPLE_RATE]
    assert tiny.detect_language([samples]) == LanguageGuess(None, 0.0)
    assert "recorded" in plain(" ".join(w.text for w in tiny.hear([samples], languages=()).channels[0].words))
    assert tiny.model_id.startswith("tiny.en@sha256:1a5afae06a4db91c")


@pytest.mark.slow
def test_an_unknown_language_is_refused(base: FasterWhisperTranscriber) -> None:
    """A language code that the model does not know is the user's mistake, named as such."""
    samples = load_recording(str(SAMPLES / "denied.mp3")).channels[0][: 6 * SAMPLE_RATE]
    with pytest.raises(ModelError, match="does not know the language xx"):
        base.transcribe(samples, language="xx")
    assert replace(resolve_model("base"), name="other").model_id.startswith("other@")
