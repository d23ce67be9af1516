"""Whisper and its relatives: openai-whisper and faster-whisper, WhisperX, whisper.cpp, and OpenAI's verbose JSON.

Formats as their writers have them: https://github.com/openai/whisper (whisper/utils.py), https://github.com/m-bain/whisperX
(whisperx/utils.py), https://github.com/ggml-org/whisper.cpp (examples/cli), https://platform.openai.com/docs/api-reference/audio.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanner.transcripts.clock import seconds_of_clock
from scanner.transcripts.fields import object_of, objects_of, probability_of, seconds_of, text_of
from scanner.transcripts.given import Cue, GivenTranscript, GivenWord, words_of
from scanner.transcripts.language import language_code


def is_whisper(content: object) -> bool:
    """Whether it holds segments, or words with times, as Whisper and what is built on it write them."""
    if isinstance(content, list):
        first = object_of(content[0] if content else None)
        return "text" in first and bool({"start", "end", "timestamp"} & set(first))
    found = object_of(content)
    if isinstance(found.get("segments"), list) or isinstance(found.get("word_segments"), list):
        return True
    return isinstance(found.get("transcription"), list) and bool({"result", "params", "systeminfo"} & set(found))


def read_whisper(content: object) -> GivenTranscript:
    """Segments with their words; a WhisperX speaker is taken word by word."""
    if isinstance(content, list):
        return GivenTranscript("whisper", tuple(c for s in objects_of(content) for c in _cues(s)))
    found = object_of(content)
    if "transcription" in found:
        return _read_whisper_cpp(found)
    segments = objects_of(found.get("segments"))
    x = "word_segments" in found or any("speaker" in s for s in segments)
    if not segments:
        segments = [{"words": found.get("word_segments") or found.get("words")}]
    if isinstance(found.get("words"), list):  # beside the segments, which then have none
        segments = list(_with_words(segments, objects_of(found.get("words"))))
    return GivenTranscript(
        "whisperx" if x else "whisper",
        tuple(c for s in segments for c in _cues(s)),
        language_code(text_of(found.get("language"))),
        duration_s=seconds_of(found.get("duration")),
    )


def _cues(segment: Mapping[str, Any]) -> Iterator[Cue]:
    """One cue, or several where the speaker changes within the segment."""
    speaker = _speaker(segment)
    times = segment.get("timestamp")
    start, end = times if isinstance(times, list) and len(times) == 2 else (segment.get("start"), segment.get("end"))
    start_s, end_s = seconds_of(start), seconds_of(end)
    listed = objects_of(segment.get("words"))
    if not any(text_of(w.get("word") or w.get("text")) for w in listed):
        yield Cue(speaker, start_s, end_s, words_of(text_of(segment.get("text")) or ""))
        return
    runs: list[tuple[str | None, list[GivenWord]]] = []
    for entry in listed:
        text = text_of(entry.get("word") or entry.get("text"))
        if text is None:
            continue
        mine = _speaker(entry) or (runs[-1][0] if runs else speaker)
        # a WhisperX score says how well the sound fits the word's place, not how sure the word is
        sure = probability_of(entry.get("probability"))
        word = GivenWord(text.strip(), seconds_of(entry.get("start")), seconds_of(entry.get("end")), sure)
        if runs and runs[-1][0] == mine:
            runs[-1][1].append(word)
        else:
            runs.append((mine, [word]))
    for number, (mine, words) in enumerate(runs):
        first, last = number == 0, number == len(runs) - 1
        starts = [w.start_s for w in words if w.start_s is not None]
        ends = [w.end_s for w in words if w.end_s is not None]
        yield Cue(
            mine,
            start_s if first and start_s is not None else min(starts, default=None),
            end_s if last and end_s is not None else max(ends, default=None),
            tuple(words),
        )


def _speaker(entry: Mapping[str, Any]) -> str | None:
    speaker = entry.get("speaker")
    return str(speaker) if isinstance(speaker, int) and not isinstance(speaker, bool) else text_of(speaker)


def _with_words(
    segments: Sequence[Mapping[str, Any]], words: Sequence[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """Segments with the times of the words that are listed for the whole, where both have the same number of words.

    The segments' own text has the punctuation, which tells where a sentence ends.
    """
    texts = [text_of(s.get("text")) or "" for s in segments]
    if sum(len(t.split()) for t in texts) != len(words):
        yield from segments
        return
    at = 0
    for segment, text in zip(segments, texts, strict=True):
        said = text.split()
        timed = [{**words[at + k], "word": w} for k, w in enumerate(said)]
        at += len(said)
        yield {**segment, "words": timed}


def _read_whisper_cpp(found: Mapping[str, Any]) -> GivenTranscript:
    cues = []
    for piece in objects_of(found.get("transcription")):
        offsets, stamps = object_of(piece.get("offsets")), object_of(piece.get("timestamps"))
        start_s, end_s = (seconds_of(offsets.get(key), per_second=1000.0) for key in ("from", "to"))
        cues.append(
            Cue(
                _speaker(piece),
                start_s if start_s is not None else seconds_of_clock(text_of(stamps.get("from")) or ""),
                end_s if end_s is not None else seconds_of_clock(text_of(stamps.get("to")) or ""),
                words_of(text_of(piece.get("text")) or ""),
            )
        )
    return GivenTranscript(
        "whisper", tuple(cues), language_code(text_of(object_of(found.get("result")).get("language")))
    )
