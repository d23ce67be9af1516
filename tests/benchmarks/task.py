# ruff: noqa: T201 - progress is printed
"""What all systems are given: the same calls, each channel also as a file of its own, and the same model."""

import json
import sys
import wave
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from scanner.asr.models import DEFAULT_MODEL, resolve_model
from scanner.asr.transcriber import SAMPLE_RATE
from scanner.audio import load_recording
from scanner.batch.find import find_recordings


@dataclass(frozen=True, slots=True)
class Call:
    """A recording, and its channels (one, where two carry the same sound) as WAV files at 16 kHz."""

    call_id: str
    uri: str
    channels: tuple[str, ...]
    duration_s: float


@dataclass(frozen=True, slots=True)
class Task:
    """The calls and how to hear them; `language` None lets each system find it."""

    calls: tuple[Call, ...]
    manifest: str | None
    model: str
    threads: int
    language: str | None
    folder: str
    """For temporary files."""

    @property
    def audio_s(self) -> float:
        return sum(c.duration_s for c in self.calls)

    def save(self) -> Path:
        """Write it for another process."""
        path = Path(self.folder) / "task.json"
        path.write_text(json.dumps(asdict(self)))
        return path

    @classmethod
    def load(cls, path: Path) -> "Task":
        """Read what `save` wrote."""
        raw = json.loads(path.read_text())
        calls = tuple(Call(**{**c, "channels": tuple(c["channels"])}) for c in raw.pop("calls"))
        return cls(calls, **raw)


def prepare(
    inputs: Sequence[str], *, folder: Path, manifest: str | None, threads: int, language: str | None, limit: int | None
) -> Task:
    """Decode the recordings and join the model, so that no system's time goes into that. Raises UserError."""
    found = sorted(find_recordings(inputs).found)[:limit]
    calls: list[Call] = []
    for uri in found:
        recording = load_recording(uri)
        call_id = Path(uri).stem
        paths = [folder / f"{call_id}.{i}.wav" for i in range(len(recording.distinct_channels))]
        for path, samples in zip(paths, recording.distinct_channels, strict=True):
            with wave.open(str(path), "wb") as out:
                out.setnchannels(1)
                out.setsampwidth(2)
                out.setframerate(SAMPLE_RATE)
                out.writeframes(samples.astype("<i2").tobytes())
        calls.append(Call(call_id, uri, tuple(map(str, paths)), recording.duration_s))
        print(f"\r{len(calls)} of {len(found)} recordings decoded", end="", file=sys.stderr)
    print(file=sys.stderr)
    model = str(resolve_model(DEFAULT_MODEL).path)
    return Task(tuple(calls), manifest, model, threads, language, str(folder))
