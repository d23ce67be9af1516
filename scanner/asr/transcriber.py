"""The seam to the speech model, and a transcriber that says what it is told to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class CallSpeech:
    """The language of a call, and what was heard on each channel: nothing, if the language is none of those asked for."""

    guess: LanguageGuess
    channels: tuple[ChannelSpeech, ...] = ()


class Transcriber(Protocol):
    """Turns the channels of a call into words. Loaded once, used for many calls, keeps no state of a call."""

    @property
    def model_id(self) -> str:
        """Name and digest of the model, as it is stored with each call."""

    @property
    def compute(self) -> str | None:
        """On which device and in which numbers it computes, stored likewise; None where nothing does."""

    def hear(self, channels: Sequence[Samples], *, languages: Collection[str]) -> CallSpeech:
        """The language spoken, and, if it is among `languages` or cannot be told, the words of each channel.

        Words have seconds, their speaker is still `unknown`, and each lies inside the speech of its channel.
        """


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

    @property
    def compute(self) -> None:
        return None

    def detect_language(self, channels: Sequence[Samples]) -> LanguageGuess:
        return LanguageGuess(self._language if any(self._words.values()) else None, 1.0)

    def hear(self, channels: Sequence[Samples], *, languages: Collection[str]) -> CallSpeech:
        guess = self.detect_language(channels)
        if guess.language is not None and guess.language not in languages:
            return CallSpeech(guess)
        heard = (self.transcribe(c, language=guess.language, channel=i) for i, c in enumerate(channels))
        return CallSpeech(guess, tuple(heard))

    def transcribe(self, samples: Samples, *, language: str | None, channel: int = 0) -> ChannelSpeech:
        words = tuple(self._words.get(channel, ()))
        return ChannelSpeech(words, tuple(w.span for w in words))
