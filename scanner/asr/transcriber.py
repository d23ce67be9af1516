"""The seam to the speech model, and a transcriber that says what it is told to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from scanner.detections import AudioProblem
from scanner.transcript import Span, Word

Samples = npt.NDArray[np.int16]
"""One channel: int16, mono, 16 kHz, shape (samples,). Half the memory of float32; converted a window at a time."""

SAMPLE_RATE = 16_000


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """The language of a call (ISO 639-1; None when nobody speaks) and how sure, 0 to 1."""

    language: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class ChannelSpeech:
    """What was heard on one channel: words in order, the stretches in which somebody speaks, and what went wrong."""

    words: tuple[Word, ...]
    speech: tuple[Span, ...]
    problems: tuple[AudioProblem, ...] = ()


class Transcriber(Protocol):
    """Turns one channel of audio into words. Loaded once, used for many calls, keeps no state of a call."""

    @property
    def model_id(self) -> str:
        """Name and digest of the model, as it is stored with each call."""

    def detect_language(self, channels: Sequence[Samples]) -> LanguageGuess:
        """The language spoken, from several speech windows of all channels."""

    def transcribe(self, samples: Samples, *, language: str | None, channel: int = 0) -> ChannelSpeech:
        """Words of one channel with seconds, speaker still `unknown`, each inside the speech that it lies in."""


class ScriptedTranscriber:
    """Says what it is told to, channel by channel: for tests, documentation and trying out a policy."""

    def __init__(
        self, words: Mapping[int, Sequence[Word]], *, language: str = "en", model_id: str = "scripted"
    ) -> None:
        self._words = words
        self._language = language
        self._model_id = model_id

    @property
    def model_id(self) -> str:
        return self._model_id

    def detect_language(self, channels: Sequence[Samples]) -> LanguageGuess:
        return LanguageGuess(self._language if any(self._words.values()) else None, 1.0)

    def transcribe(self, samples: Samples, *, language: str | None, channel: int = 0) -> ChannelSpeech:
        words = tuple(self._words.get(channel, ()))
        return ChannelSpeech(words, tuple(w.span for w in words))
