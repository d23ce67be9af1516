"""A transcript's bytes, whatever their ending and encoding, known by what is in them."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from scanner.errors import UnreadableTranscript
from scanner.transcripts.amazon import is_call_analytics, is_transcribe_job, read_call_analytics, read_transcribe_job
from scanner.transcripts.given import GivenTranscript
from scanner.transcripts.subtitles import is_subtitles, read_subtitles
from scanner.transcripts.whisper import is_whisper, read_whisper

_KNOWN = "Amazon Transcribe, Call Analytics or Contact Lens JSON, Whisper or WhisperX JSON, WebVTT, SRT"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MOST_CONTROLS = 8
_JSON: tuple[tuple[Callable[[object], bool], Callable[[Any], GivenTranscript]], ...] = (
    (is_transcribe_job, read_transcribe_job),
    (is_call_analytics, read_call_analytics),
    (is_whisper, read_whisper),
)


def read_transcript(content: bytes, name: str, *, named: Collection[str] = ()) -> GivenTranscript:
    """The transcript in a file's bytes.

    `name`: of the file, for messages. `named`: plain labels that are speakers whatever they look like. Raises
    UnreadableTranscript, which quotes no word.
    """
    text = _decoded(content, name)
    if not text.strip():
        raise UnreadableTranscript(f"{name}: the file is empty")
    if text.lstrip()[0] in "{[":
        try:
            return _of_json(json.loads(text), name)
        except RecursionError:
            raise UnreadableTranscript(f"{name}: is not JSON that can be read: nested too deeply") from None
        except ValueError as error:
            if not is_subtitles(text):
                at = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
                raise UnreadableTranscript(f"{name}: begins like JSON, but is damaged or cut off{at}") from None
    if not is_subtitles(text):
        raise UnreadableTranscript(f"{name}: is no transcript that is known: no times were found; known are {_KNOWN}")
    return read_subtitles(text, named=named)


def _of_json(content: object, name: str) -> GivenTranscript:
    for recognises, reads in _JSON:
        if recognises(content):
            return reads(content)
    if isinstance(content, Mapping) and isinstance(content.get("status"), str) and "results" not in content:
        raise UnreadableTranscript(f"{name}: is JSON about a job, without the transcript that it made")
    raise UnreadableTranscript(f"{name}: is JSON, but no transcript that is known: {_KNOWN}")


def _decoded(content: bytes, name: str) -> str:
    """The text; by its byte order mark, else UTF-8, UTF-16 where every other byte is zero, or Western European."""
    encoding = next((e for mark, e in _MARKS if content.startswith(mark)), None)
    if encoding is None and b"\0" in content[:4096]:
        head = content[:4096]
        even, odd = head[::2].count(0), head[1::2].count(0)
        if max(even, odd) < len(head) // 4:
            raise UnreadableTranscript(f"{name}: is not text")
        encoding = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        if encoding is not None:
            raise UnreadableTranscript(f"{name}: is damaged: not all of it is {encoding}") from None
        text = content.decode("cp1252", errors="replace")
    if sum(ord(c) < 32 and c not in "\t\n\r\f" for c in text[:4096]) > _MOST_CONTROLS:
        raise UnreadableTranscript(f"{name}: is not text")
    return text
