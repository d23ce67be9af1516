"""A copy of a recording in which spoken personal data is gone, heard again before anybody gets it."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from scanner.asr.transcriber import Samples
from scanner.audio import load_recording
from scanner.audio_writing import CODECS, write_recording
from scanner.calls import CallInfo
from scanner.detect.spoken_value import SpokenValue
from scanner.errors import ScannerError, UserError
from scanner.masking import MaskedTranscript, mask_transcript
from scanner.scan import Engines, hear_words
from scanner.transcript import Span, Transcript, merge_spans

Cover = Literal["silence", "beep"]

PAD_S = 0.25
"""Word times are good to about a quarter of a second: that much more is taken on either side, where nobody else's words are."""
_ROUNDS = 3
"""What is still heard in the copy is covered too, and the copy heard again, so often."""
_BEEP_HZ = 1000.0
_BEEP_LEVEL = 0.1
_RUN_GAP_S = 1.5


class StillHeard(ScannerError):
    """A value can still be heard in a redacted recording; the message names types and times, never the value."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """What was taken out of a recording: the seconds, on every channel, and how many values of which type."""

    spans: tuple[Span, ...]
    entity_counts: tuple[tuple[str, int], ...]
    transcript: MaskedTranscript

    @property
    def redacted_s(self) -> float:
        return sum(s.duration_s for s in self.spans)


def redact(
    uri: str,
    out: Path,
    *,
    engines: Engines,
    info: CallInfo | None = None,
    entities: Collection[str] | None = None,
    cover: Cover = "silence",
) -> Redaction:
    """Write the recording at `uri` to `out` without its personal data, and the masked transcript beside it as JSON.

    `entities`: types to take out; None takes all. Sample rate, channels and length stay. The copy is heard again before
    it gets its name, and what is still in it is covered too; raises StillHeard, with nothing left behind, when that does not
    help, UserError when `out` cannot
    be written or is the recording itself, RecordingError when the recording cannot be read.
    """
    if out.suffix.lower() not in CODECS:
        raise UserError(f"{out}: cannot write {out.suffix or 'a file without an ending'}; use {', '.join(CODECS)}")
    if "://" not in uri and out.exists() and out.samefile(uri):
        raise UserError(f"{out}: is the recording itself, which is only read")
    transcript, values = _hear(uri, engines, info or CallInfo())
    chosen = _chosen(values, entities)
    masked = mask_transcript(transcript, values)
    spans = redaction_spans(transcript, _hidden(transcript, values, entities))
    original = load_recording(uri, as_recorded=True)
    aside = out.with_name(f".{out.stem}.{os.getpid()}{out.suffix}")
    try:
        for _ in range(_ROUNDS):
            channels = [_covered(c, spans, original.sample_rate, cover) for c in original.channels]
            write_recording(aside, channels, sample_rate=original.sample_rate)
            again, left = _hear(str(aside), engines, info or CallInfo())
            if not _chosen(left, entities):
                break
            spans = merge_spans([*spans, *redaction_spans(again, _hidden(again, left, entities))])
        else:
            raise StillHeard(_where(_chosen(left, entities), str(out)))
        _write_transcript(out.with_suffix(".transcript.json"), masked)
        aside.replace(out)
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror})") from error
    finally:
        with suppress(OSError):
            aside.unlink()
    counts = {t: sum(v.entity_type == t for v in chosen) for t in sorted({v.entity_type for v in chosen})}
    return Redaction(spans, tuple(counts.items()), masked)


def verify_redacted(
    uri: str, *, engines: Engines, info: CallInfo | None = None, entities: Collection[str] | None = None
) -> None:
    """Hear a recording and raise StillHeard when personal data of these types (None: all) is in it."""
    _, values = _hear(uri, engines, info or CallInfo())
    if left := _chosen(values, entities):
        raise StillHeard(_where(left, uri))


def _where(values: Iterable[SpokenValue], name: str) -> str:
    return f"{name}: still heard: " + ", ".join(f"{v.entity_type} at {v.start_s:.1f} s" for v in values)


def _chosen(values: Iterable[SpokenValue], entities: Collection[str] | None) -> list[SpokenValue]:
    return [v for v in values if entities is None or v.entity_type in entities]


def _hidden(transcript: Transcript, values: Sequence[SpokenValue], entities: Collection[str] | None) -> frozenset[int]:
    """The words that must go: those of the values, and when all types go, whatever masking hides besides."""
    hidden = {i for v in _chosen(values, entities) for i in v.word_indices}
    if entities is None:
        texts = mask_transcript(transcript, values).texts
        hidden |= {i for i, w in enumerate(transcript.words) if texts[i] != w.text}
    return frozenset(hidden)


def redaction_spans(transcript: Transcript, hidden: frozenset[int]) -> tuple[Span, ...]:
    """The seconds to cover for words that must go: padded, but not into words of the same channel that stay."""
    spans: list[Span] = []
    by_channel: dict[int, list[int]] = {}
    for i, word in enumerate(transcript.words):
        by_channel.setdefault(word.channel, []).append(i)
    for indices in by_channel.values():
        words = [transcript.words[i] for i in indices]
        for k, i in enumerate(indices):
            if i not in hidden:
                continue
            before = words[k - 1].end_s if k and indices[k - 1] not in hidden else 0.0
            after = words[k + 1].start_s if k + 1 < len(words) and indices[k + 1] not in hidden else float("inf")
            # neighbours' times are no better than ours: at least half the pad is always taken
            start_s = min(max(words[k].start_s - PAD_S, before), words[k].start_s - PAD_S / 2)
            end_s = max(min(words[k].end_s + PAD_S, after), words[k].end_s + PAD_S / 2)
            spans.append(Span(max(0.0, start_s), end_s))
            if (
                k + 1 < len(indices)
                and indices[k + 1] in hidden
                and words[k + 1].start_s - words[k].end_s <= _RUN_GAP_S
            ):
                spans.append(Span(words[k].end_s, words[k + 1].start_s))
    return merge_spans(spans)


def _hear(uri: str, engines: Engines, info: CallInfo) -> tuple[Transcript, Sequence[SpokenValue]]:
    heard = hear_words(load_recording(uri), info, engines)
    return heard.transcript, heard.values


def _covered(samples: Samples, spans: Sequence[Span], rate: int, cover: Cover) -> Samples:
    out = samples.copy()
    for span in spans:
        start, end = int(span.start_s * rate), min(len(out), int(np.ceil(span.end_s * rate)))
        if cover == "beep":
            t = np.arange(max(0, end - start)) / rate
            out[start:end] = np.round(np.sin(2 * np.pi * _BEEP_HZ * t) * _BEEP_LEVEL * 32767).astype(np.int16)
        else:
            out[start:end] = 0
    return out


def _write_transcript(path: Path, masked: MaskedTranscript) -> None:
    turns = [
        {"speaker": t.speaker, "start_s": round(t.start_s, 2), "end_s": round(t.end_s, 2), "text": t.text}
        for t in masked.turns()
    ]
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(json.dumps(turns, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(path)
