"""faster-whisper behind the `Transcriber` seam."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens, merge_punctuations

from scanner.asr.encoded import Encoded, storage
from scanner.asr.gaps import timed_like, with_gaps
from scanner.asr.hardware import Device, Hardware, Wanted, find_hardware
from scanner.asr.languages import FEW, Vote, elect
from scanner.asr.listening import listen
from scanner.asr.memory import keep_freed_memory
from scanner.asr.models import DEFAULT_MODEL, ResolvedModel, resolve_model
from scanner.asr.placing import Care, Heard, HeardWord, place_inside
from scanner.asr.processor import compute_widely
from scanner.asr.silero import load_silero
from scanner.asr.transcriber import SAMPLE_RATE, CallSpeech, ChannelSpeech, LanguageGuess, Samples
from scanner.asr.voice_activity import HOP, Stretch, voice_probabilities
from scanner.asr.voices import Batch, Voices, batches
from scanner.asr.windows import Audio, alone
from scanner.errors import ModelError
from scanner.transcript import Span, Word

_BATCH: Mapping[Device, int] = MappingProxyType({"cpu": 8, "cuda": 16})
"""Windows heard at once: the decoder reads its weights once for all of them, and a GPU has more to do them with. With the
largest models a window takes 250 MB of it."""
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
_BEAM, _WIDEST_BEAM = 5, 8
"""In full batches greedy hearing is a third cheaper to decode, and of voices that the model does not know gets a tenth more words
wrong; 2 is a quarter cheaper, and garbles names. Numbers that are heard again get most pains."""
_WAYS, _FIRST_WAYS = 8, 3
"""Hearings with gaps of a stretch in which it matters what else was perhaps said, and how many of them come first."""
_NO_SPACES = frozenset("zh ja th lo my yue".split())
_PREPENDED, _APPENDED = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"
_VOTING_BATCHES = 3
_SPAN_PAD_S = 0.4


def load_transcriber(model: str | None = None, hardware: Hardware | None = None) -> FasterWhisperTranscriber:
    """The transcriber for a model name as `resolve_model` takes it; raises ModelError.

    `hardware`: what `find_hardware` found; None is a GPU where there is one.
    """
    resolved = resolve_model(model or DEFAULT_MODEL)
    return FasterWhisperTranscriber(resolved, hardware=hardware or find_hardware(Wanted()))


class FasterWhisperTranscriber:
    """Whisper on CTranslate2, only where somebody speaks; a `Transcriber`.

    `threads`: of one call; several processes with one each do more. `hardware`: the first GPU that the process sees, or
    its CPU. `batch`: windows heard at once; None is what suits the device.
    `beam_size`: of the first hearing; 5 hears best, 1 is cheapest. Words never depend on a prompt: wording given to the model leaks
    into what it writes, and would make up the evidence.
    """

    def __init__(
        self,
        model: ResolvedModel,
        *,
        threads: int = 1,
        hardware: Hardware | None = None,
        batch: int | None = None,
        beam_size: int = _BEAM,
    ) -> None:
        self._resolved = model
        self._beam_size = beam_size
        hardware = hardware or Hardware()
        self._batch = batch or _BATCH[hardware.device]
        keep_freed_memory()
        compute_widely(os.environ)
        try:
            self._model: Any = WhisperModel(  # the library's annotations do not hold
                str(model.path),
                device=hardware.device,
                compute_type=hardware.compute_type,
                cpu_threads=threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as e:
            raise ModelError(f"{model.name}: cannot be loaded from {model.path}: {e}") from e
        self._voices = load_silero()
        self._tokenizers: dict[str, Tokenizer] = {}
        if hardware.device == "cuda":
            self._try_out()

    @property
    def model_id(self) -> str:
        """Name and digest of the model."""
        return self._resolved.model_id

    @property
    def compute(self) -> str:
        """Device and numbers, as CTranslate2 says that it loaded the model: "cuda float16"."""
        return f"{self._model.model.device} {self._model.model.compute_type}"

    def hear(self, channels: Sequence[Samples], *, languages: Collection[str]) -> CallSpeech:
        """The language spoken, and, if it is among `languages`, the words of each channel.

        The language is elected by full windows of all channels, which are encoded once for that and for hearing. It is None
        when nobody speaks, and always for an English-only model, which cannot tell and hears English in whatever it is given.
        """
        voices = self._voices_of(channels)
        groups = batches(voices, self._batch)
        encoded: dict[int, Encoded] = {}
        guess = self._elected(groups, encoded)
        if guess.language is None and self._resolved.multilingual:
            return CallSpeech(guess, tuple(ChannelSpeech((), ()) for _ in channels))
        if guess.language is not None and guess.language not in languages:
            return CallSpeech(guess)
        return CallSpeech(guess, self._listen(voices, groups, encoded, guess.language or "en"))

    def detect_language(self, channels: Sequence[Samples]) -> LanguageGuess:
        """The language spoken, as `hear` finds it, without the words."""
        return self._elected(batches(self._voices_of(channels), self._batch), {})

    def transcribe(self, samples: Samples, *, language: str, channel: int = 0) -> ChannelSpeech:
        """The words of one channel, in a language that is known (ISO 639-1)."""
        voices = [Voices.of(samples, voice_probabilities(self._voices, samples), channel=channel)]
        return self._listen(voices, batches(voices, self._batch), {}, language)[0]

    def transcribe_span(
        self, samples: Samples, span: Span, *, language: str = "en", channel: int = 0, care: Care = "careful"
    ) -> tuple[Word, ...]:
        """A second hearing of a stretch up to 28 s long, by itself and with more pains; words whose middle lies in it."""
        stretch = _cut_out(samples, span)
        if stretch is None:
            return ()
        window = alone(0, [stretch])
        beam_size = _WIDEST_BEAM if care == "careful" else _BEAM
        heard = self._hear([window.audio(samples, [stretch])], care, language=language, beam_size=beam_size)[0]
        return place_inside(heard, window, stretch, channel=channel)

    def transcribe_span_in_ways(
        self, samples: Samples, span: Span, *, language: str = "en", channel: int = 0
    ) -> Iterator[tuple[tuple[Word, ...], ...]]:
        """Hearings of a stretch up to 28 s long that show what could have been said: one of all of it, others with gaps.

        They come a few at a time, for who has heard enough of them.
        """
        stretch = _cut_out(samples, span)
        if stretch is None:
            return
        window = alone(0, [stretch])
        sound = self._encode([window.audio(samples, [stretch])], care="alone")
        for heard in self._decode_in_ways(sound, language=language):
            yield tuple(place_inside(h, window, stretch, channel=channel) for h in heard)

    # --- the call

    def _voices_of(self, channels: Sequence[Samples]) -> list[Voices]:
        return [Voices.of(c, voice_probabilities(self._voices, c), channel=i) for i, c in enumerate(channels)]

    def _elected(self, groups: Sequence[Batch], encoded: dict[int, Encoded]) -> LanguageGuess:
        return elect(self._votes(groups, encoded)) if self._resolved.multilingual else LanguageGuess(None, 0.0)

    def _votes(self, groups: Sequence[Batch], encoded: dict[int, Encoded]) -> Iterator[tuple[Vote, int]]:
        """What each window has to say about the language, as it is asked for; what was encoded for that is kept."""
        lengths = (window.length for group in groups for _, window in group.members)
        for i, group in enumerate(groups[:_VOTING_BATCHES]):
            sound = encoded[i] = self._encode(group.audio(), care="quick")
            for few in sound.in_parts(FEW) if self._model.model.device == "cpu" else [sound.output]:
                for best in self._model.model.detect_language(few):
                    yield {token[2:-2]: float(p) for token, p in best}, next(lengths)

    def _listen(
        self, voices: Sequence[Voices], groups: Sequence[Batch], encoded: dict[int, Encoded], language: str
    ) -> tuple[ChannelSpeech, ...]:
        def first() -> Iterator[tuple[Batch, list[Heard]]]:
            for i, group in enumerate(groups):
                sound = encoded.pop(i, None) or self._encode(group.audio(), care="quick")
                yield group, self._decode(sound, language=language, beam_size=self._beam_size)

        return listen(voices, first(), partial(self._hear, language=language), batch=max(1, self._batch // 2))

    # --- the model

    def _try_out(self) -> None:
        """CTranslate2 looks for the libraries of a GPU when it first computes: that should not be in the first call."""
        try:
            self._encode([np.zeros(SAMPLE_RATE, np.float32)], care="quick")
        except RuntimeError as e:
            raise ModelError(
                f"--device cuda: {self._resolved.name} cannot be computed there ({e}); CTranslate2 needs cuBLAS of CUDA 12"
                " where libraries are found, or use --device cpu"
            ) from e

    def _hear(self, audio: Sequence[Audio], care: Care, *, language: str, beam_size: int = _BEAM) -> list[Heard]:
        return self._decode(self._encode(audio, care=care), language=language, beam_size=beam_size)

    def _encode(self, audio: Sequence[Audio], *, care: Care) -> Encoded:
        """What the encoder makes of the windows with silence behind them."""
        features = [self._model.feature_extractor(a)[..., :-1][:, :_ALL_FRAMES] for a in audio]
        lengths = [f.shape[-1] for f in features]
        wanted = max(_SHORTEST_FRAMES, max(lengths) + _TAIL_FRAMES[care])
        width = min(_ALL_FRAMES, -(-wanted // 50) * 50)
        block = np.empty((len(features), features[0].shape[0], width), np.float32)
        for row, f in zip(block, features, strict=True):
            row[:, : f.shape[-1]] = f
            row[:, f.shape[-1] :] = f.max() - _SILENCE_BELOW_PEAK
        return Encoded(self._encoder(block), lengths)

    def _encoder(self, features: npt.NDArray[np.float32]) -> Any:
        encode = self._model.model.encode
        if self._model.model.device != "cpu" or len(features) == 1:
            return encode(storage(features))
        # one by one is as fast, and takes as much memory as one does
        return storage(np.concatenate([np.array(encode(storage(f[None]))) for f in features]))

    def _decode(self, sound: Encoded, *, language: str, beam_size: int) -> list[Heard]:
        results, tokens = self._written(sound, language=language, beam_size=beam_size)
        return self._aligned(sound, results, tokens, language=language)

    def _decode_in_ways(self, sound: Encoded, *, language: str) -> Iterator[list[Heard]]:
        """What the model makes of one window, and what it makes of it with gaps, by the times of the first."""
        encoded = sound.array()
        gaps = with_gaps(encoded, _WAYS)
        seconds = sound.lengths[0] / _FRAMES_PER_S
        results, tokens = self._greedy(np.concatenate((encoded, gaps[:_FIRST_WAYS])), sound, language=language)
        (whole,) = self._aligned(sound, results[:1], tokens[:1], language=language)

        def timed(tokens: Sequence[list[int]]) -> list[Heard]:
            texts = [self._tokenizer(language).decode(t) for t in tokens]
            return [Heard(timed_like(text, whole.words, seconds=seconds)) for text in texts]

        yield [whole, *timed(tokens[1:])]
        yield timed(self._greedy(gaps[_FIRST_WAYS:], sound, language=language)[1])

    def _greedy(
        self, encoded: npt.NDArray[np.float32], sound: Encoded, *, language: str
    ) -> tuple[list[Any], list[list[int]]]:
        many = Encoded(storage(encoded), sound.lengths * len(encoded))
        return self._written(many, language=language, beam_size=1)

    def _written(self, sound: Encoded, *, language: str, beam_size: int) -> tuple[list[Any], list[list[int]]]:
        tokenizer = self._tokenizer(language)
        prompt = self._model.get_prompt(tokenizer, [], without_timestamps=True)
        longest = max(sound.lengths) * _TOKENS_PER_S // _FRAMES_PER_S
        results = self._model.model.generate(
            sound.output,
            [prompt] * len(sound.lengths),
            beam_size=beam_size,
            max_length=min(self._model.max_length, len(prompt) + 16 + longest),
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=_suppressed(tokenizer),
        )
        return results, [[t for t in r.sequences_ids[0] if t < tokenizer.eot] for r in results]

    def _aligned(
        self, sound: Encoded, results: Sequence[Any], tokens: list[list[int]], *, language: str
    ) -> list[Heard]:
        alignments = self._model.find_alignment(self._tokenizer(language), tokens, sound.output, sound.lengths)
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


def _cut_out(samples: Samples, span: Span) -> Stretch | None:
    """A stretch of a channel with some of what is around it; None where the channel has none of it."""
    pad = int(_SPAN_PAD_S * SAMPLE_RATE)
    first, last = int(span.start_s * SAMPLE_RATE), min(len(samples), int(span.end_s * SAMPLE_RATE))
    if last - first < HOP:
        return None
    return Stretch(max(0, first - pad), min(len(samples), last + pad), first, last, span.duration_s, 1.0)


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
        words.append(_joined(words.pop(), word) if attached else word)
    return tuple(words)


def _joined(first: HeardWord, second: HeardWord) -> HeardWord:
    """One word of two pieces: "$84" and ".12", "4" and "-1"."""
    share = len(second.text) / (len(first.text) + len(second.text))
    return HeardWord(
        first.text + second.text,
        first.start_s,
        max(first.end_s, second.end_s),
        first.probability * (1 - share) + second.probability * share,
        (*(first.parts or (first,)), second),
    )
