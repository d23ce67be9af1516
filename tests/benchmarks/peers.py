"""What is measured in a process of its own: `python -m tests.benchmarks.peers NAME TASK.json OUTCOME.json`."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from scanner.calls import CallInfo
from scanner.manifest import read_manifest
from scanner.policy import load_policy
from scanner.transcript import Word

from .outcome import Outcome
from .task import Task

COMPUTE_TYPE = "int8"
"""For all: the fastest on a processor, and what the scanner takes; faster-whisper's default costs more."""
_BATCH = 8
"""The default of the batched pipeline."""
_RATE = 16_000
_WINDOW_S = 30


def hearing(task: Task) -> Outcome:
    """The scanner's ears alone: decoding, voice activity, language, words. No detectors, and no second look at numbers."""
    from scanner.asr.faster_whisper import load_transcriber
    from scanner.audio import load_recording
    from scanner.masking import HashKey
    from scanner.scan import Engines, hear_words

    engines = Engines(load_transcriber(), _NoDetector(), HashKey(b"only words are wanted"))
    heard: dict[str, tuple[str, ...]] = {}
    infos = dict(_infos(task))
    for call in task.calls:
        recording = load_recording(call.uri)
        words = hear_words(recording, infos[call.call_id], engines).transcript.words
        channels = range(len(recording.distinct_channels))
        heard[call.call_id] = tuple(" ".join(w.text for w in words if w.channel == c) for c in channels)
    return Outcome(heard)


def sequential(task: Task) -> Outcome:
    """faster-whisper's `transcribe` with its defaults."""
    model = _model(task)
    return Outcome(
        {
            call.call_id: tuple(_text(model.transcribe(path, language=task.language)[0]) for path in call.channels)
            for call in task.calls
        }
    )


def batched(task: Task) -> Outcome:
    """The afternoon's script: the batched pipeline with the times of words, Presidio, phrases."""
    from faster_whisper import BatchedInferencePipeline

    from .afternoon import Afternoon

    pipeline = BatchedInferencePipeline(_model(task))
    script = Afternoon(load_policy())
    heard: dict[str, tuple[str, ...]] = {}
    judged = {}
    infos = dict(_infos(task))
    for call in task.calls:
        channels = []
        for path in call.channels:
            segments, _ = pipeline.transcribe(path, batch_size=_BATCH, word_timestamps=True, language=task.language)
            channels.append([Word(w.word.strip(), w.start, w.end, w.probability) for s in segments for w in s.words])
        heard[call.call_id] = tuple(" ".join(w.text for w in words) for words in channels)
        judged[call.call_id] = script.judged(call.call_id, infos[call.call_id], channels, call.duration_s)
    return Outcome(heard, judged)


def floor(task: Task) -> Outcome:
    """The encoder on the least number of full windows that hold all speech, of all calls together, and nothing else.

    No system that gives Whisper the windows it was trained on can cost less.
    """
    import ctranslate2
    import numpy as np
    from faster_whisper import decode_audio
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    model = _model(task)
    exact = VadOptions(speech_pad_ms=0)
    pieces = []
    for call in task.calls:
        for path in call.channels:
            audio = decode_audio(path, sampling_rate=_RATE)
            pieces += [audio[s["start"] : s["end"]] for s in get_speech_timestamps(audio, exact)]
    speech = np.concatenate(pieces)
    size = _WINDOW_S * _RATE
    windows = [speech[i : i + size] for i in range(0, len(speech), size)]
    windows[-1] = np.pad(windows[-1], (0, size - len(windows[-1])))
    features = [model.feature_extractor(w)[..., : _WINDOW_S * 100] for w in windows]
    began = time.process_time()
    for f in features:
        model.model.encode(ctranslate2.StorageView.from_array(np.ascontiguousarray(f[None])), to_cpu=True)
    return Outcome(cpu_s=time.process_time() - began, windows=len(windows))


PEERS: dict[str, Callable[[Task], Outcome]] = {f.__name__: f for f in (hearing, sequential, batched, floor)}


class _NoDetector:
    def detect(self, transcript: object) -> tuple[()]:
        return ()


def _model(task: Task) -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(
        task.model, device="cpu", compute_type=COMPUTE_TYPE, cpu_threads=task.threads, local_files_only=True
    )


def _infos(task: Task) -> Iterator[tuple[str, CallInfo]]:
    manifest = read_manifest(task.manifest) if task.manifest else None
    for call in task.calls:
        entry = manifest.entry_for(call.uri) if manifest else None
        yield call.call_id, entry.info if entry else CallInfo(call_id=call.call_id)


def _text(segments: Iterable[Any]) -> str:
    return " ".join(s.text.strip() for s in segments)


def main(arguments: Sequence[str]) -> None:
    name, task, outcome = arguments
    PEERS[name](Task.load(Path(task))).save(Path(outcome))


if __name__ == "__main__":
    main(sys.argv[1:])
