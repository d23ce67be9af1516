"""faster-whisper behind the `Transcriber` seam."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens, merge_punctuations
from faster_whisper.vad import get_vad_model

from scanner.asr.languages import Vote, elect
from scanner.asr.listening import listen
from scanner.asr.memory import keep_freed_memory
from scanner.asr.models import DEFAULT_MODEL, ResolvedModel, resolve_model
from scanner.asr.placing import Care, Heard, HeardWord, place_inside
from scanner.asr.transcriber import SAMPLE_RATE, ChannelSpeech, LanguageGuess, Samples
from scanner.asr.voice_activity import HOP, Stretch, find_stretches, voice_probabilities
from scanner.asr.windows import Audio, alone, pack
from scanner.errors import ModelError
from scanner.transcript import Span, Word

_BATCH = 4
"""Windows heard at once: the decoder reads its weights once for all of them."""
_FRAMES_PER_S = 100
_ALL_FRAMES = 3000
_SHORTEST_FRAMES = 500
_TAIL_FRAMES: Mapping[Care, int] = MappingProxyType({"quick": 100, "alone": 300, "careful": _ALL_FRAMES})
"""Silence behind the last word, so that the model knows that it was the last. It was trained on 30 s whatever there is to
hear: less is far cheaper, but digits that go round ("4242 4242 4242 4242") are then counted wrong."""
_SILENCE_BELOW_PEAK = 2.0
"""The features of digital silence lie this far below the loudest: Whisper's are cut off at 8 dB/10, divided by four. The
library fills up with zeros, which is a hiss as loud as speech: the model talks into it, and loops."""
_TOKENS_PER_S = 14
_BEAM = 5
_NO_SPACES = frozenset("zh ja th lo my yue".split())
_PREPENDED, _APPENDED = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"
_LANGUAGE_WINDOW_S = 12.0
"""Six seconds of an accent are taken for another language; of twelve the model is sure."""
_LANGUAGE_SEARCH_S = 30.0
_LANGUAGE_VOICE_S = 0.3
_LANGUAGE_PLACES = (0.1, 0.5, 0.9)
"""Of the call: it may begin with a greeting in two languages."""
_SPAN_PAD_S = 0.4


_STORAGE: Any = ctranslate2.StorageView  # type: ignore[attr-defined]  # exported, but not in so many words


def load_transcriber(model: str | None = None) -> FasterWhisperTranscriber:
    """The transcriber for a model name as `resolve_model` takes it; raises ModelError."""
    return FasterWhisperTranscriber(resolve_model(model or DEFAULT_MODEL))


class FasterWhisperTranscriber:
    """Whisper on CTranslate2, only where somebody speaks; a `Transcriber`.

    `threads`: of one call; several processes with one each do more. `device` and `compute_type` as in CTranslate2.
    `beam_size`: 5 hears best, 1 is cheapest. Words never depend on a prompt: wording given to the model leaks into what
    it writes, and would make up the evidence.
    """

    def __init__(
        self,
        model: ResolvedModel,
        *,
        threads: int = 1,
        device: str = "cpu",
        compute_type: str = "int8",
        beam_size: int = _BEAM,
    ) -> None:
        self._resolved = model
        self._beam_size = beam_size
        keep_freed_memory()
        try:
            self._model: Any = WhisperModel(  # the library's annotations do not hold
                str(model.path), device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
            )
        except (RuntimeError, ValueError, OSError) as e:
            raise ModelError(f"{model.name}: cannot be loaded from {model.path}: {e}") from e
        self._voices = get_vad_model().session
        self._tokenizers: dict[str, Tokenizer] = {}

    @property
    def model_id(self) -> str:
        """Name and digest of the model."""
        return self._resolved.model_id

    def detect_language(self, channels: Sequence[Samples]) -> LanguageGuess:
        """The language spoken, by vote of several windows of all channels.

        None when nobody speaks, and always for an English-only model, which cannot tell.
        """
        if not self._resolved.multilingual:
            return LanguageGuess(None, 0.0)
        return elect(self._language_windows(channels), self._vote)

    def transcribe(self, samples: Samples, *, language: str | None, channel: int = 0) -> ChannelSpeech:
        """Words of one channel with seconds, speaker still `unknown`, each inside the speech that it lies in.

        `language`: ISO 639-1; None lets the channel decide. An English-only model hears English in whatever it is given.
        """
        if language is None and self._resolved.multilingual:
            language = self.detect_language([samples]).language
            if language is None:
                return ChannelSpeech((), ())
        probabilities = voice_probabilities(self._voices, samples)
        hear = partial(self._hear, language=language or "en")
        return listen(samples, probabilities, hear, channel=channel, batch=_BATCH)

    def transcribe_span(
        self, samples: Samples, span: Span, *, language: str = "en", beam_size: int = 8, channel: int = 0
    ) -> tuple[Word, ...]:
        """A second hearing of a stretch up to 28 s long, by itself and with more pains; words whose middle lies in it."""
        pad = int(_SPAN_PAD_S * SAMPLE_RATE)
        first, last = int(span.start_s * SAMPLE_RATE), min(len(samples), int(span.end_s * SAMPLE_RATE))
        if last - first < HOP:
            return ()
        stretch = Stretch(max(0, first - pad), min(len(samples), last + pad), first, last, span.duration_s, 1.0)
        window = alone(0, [stretch])
        heard = self._hear([window.audio(samples, [stretch])], "careful", language=language, beam_size=beam_size)[0]
        return place_inside(heard, window, stretch, channel=channel)

    # --- the model

    def _encoded(self, audio: Sequence[Audio], *, care: Care) -> tuple[Any, list[int]]:
        """What the encoder makes of the windows with silence behind them, and the frames of sound in each."""
        features = [self._model.feature_extractor(a)[..., :-1][:, :_ALL_FRAMES] for a in audio]
        lengths = [f.shape[-1] for f in features]
        wanted = max(_SHORTEST_FRAMES, max(lengths) + _TAIL_FRAMES[care])
        width = min(_ALL_FRAMES, -(-wanted // 50) * 50)
        block = np.empty((len(features), features[0].shape[0], width), np.float32)
        for row, f in zip(block, features, strict=True):
            row[:, : f.shape[-1]] = f
            row[:, f.shape[-1] :] = f.max() - _SILENCE_BELOW_PEAK
        return self._model.model.encode(_STORAGE.from_array(block)), lengths

    def _hear(self, audio: Sequence[Audio], care: Care, *, language: str, beam_size: int | None = None) -> list[Heard]:
        tokenizer = self._tokenizer(language)
        encoded, lengths = self._encoded(audio, care=care)
        prompt = self._model.get_prompt(tokenizer, [], without_timestamps=True)
        results = self._model.model.generate(
            encoded,
            [prompt] * len(audio),
            beam_size=beam_size or (self._beam_size if care == "quick" else max(_BEAM, self._beam_size)),
            max_length=min(self._model.max_length, len(prompt) + 16 + max(lengths) * _TOKENS_PER_S // _FRAMES_PER_S),
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=_suppressed(tokenizer),
        )
        tokens = [[t for t in r.sequences_ids[0] if t < tokenizer.eot] for r in results]
        alignments = self._model.find_alignment(tokenizer, tokens, encoded, lengths)
        return [
            Heard(_words(a, spaces=language not in _NO_SPACES), r.no_speech_prob)
            for a, r in zip(alignments, results, strict=True)
        ]

    def _tokenizer(self, language: str) -> Tokenizer:
        if not self._resolved.multilingual:
            language = "en"
        if language not in self._tokenizers:
            try:
                self._tokenizers[language] = Tokenizer(
                    self._model.hf_tokenizer, self._resolved.multilingual, task="transcribe", language=language
                )
            except ValueError as e:
                raise ModelError(f"{self._resolved.name}: does not know the language {language}") from e
        return self._tokenizers[language]

    # --- languages

    def _language_windows(self, channels: Sequence[Samples]) -> Iterator[Audio]:
        """A window of speech from each of a few places, one channel after the other, as they are asked for."""
        searched = int(_LANGUAGE_SEARCH_S * SAMPLE_RATE)
        longest = int(_LANGUAGE_WINDOW_S * SAMPLE_RATE)
        heard_until = [0] * len(channels)
        for place_ in _LANGUAGE_PLACES:
            for i, samples in enumerate(channels):
                start = max(heard_until[i], int(max(0, len(samples) - searched) * place_))
                part = samples[start : start + searched]
                probabilities = voice_probabilities(self._voices, part, twice=False)
                voiced = [s for s in find_stretches(probabilities, samples=len(part)) if s.voiced_s >= 0.3]
                windows = pack(voiced, longest_s=_LANGUAGE_WINDOW_S)
                if windows:
                    window = max(windows, key=lambda w: w.length)
                    heard_until[i] = start + voiced[window.pieces[-1].stretch].end
                    yield window.audio(part, voiced)[:longest]

    def _vote(self, audio: Audio) -> Vote:
        encoded, _ = self._encoded([audio], care="quick")
        best = self._model.model.detect_language(encoded)[0]
        return {token[2:-2]: float(p) for token, p in best}


def _suppressed(tokenizer: Tokenizer) -> tuple[int, ...]:
    """Notes, brackets and the like, which are not spoken."""
    return tuple(get_suppressed_tokens(tokenizer, [-1]))  # type: ignore[arg-type]


def _words(alignment: list[dict[str, Any]], *, spaces: bool) -> tuple[HeardWord, ...]:
    """Whole words, punctuation with the word it belongs to."""
    if alignment:
        merge_punctuations(alignment, _PREPENDED, _APPENDED)
    words: list[HeardWord] = []
    for piece in alignment:
        text = piece["word"]
        attached = bool(words) and spaces and not text.startswith(" ")
        if not text.strip() or not (attached or any(c.isalnum() for c in text)):
            continue  # " ..." over a hiss is no word
        word = HeardWord(text.strip(), float(piece["start"]), float(piece["end"]), float(piece["probability"]))
        if attached:  # "$84" and ".12", "4" and "-1": one word in pieces
            last = words.pop()
            share = len(word.text) / (len(last.text) + len(word.text))
            word = HeardWord(
                last.text + word.text,
                last.start_s,
                max(last.end_s, word.end_s),
                last.probability * (1 - share) + word.probability * share,
            )
        words.append(word)
    return tuple(words)
