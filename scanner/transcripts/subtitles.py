"""WebVTT and SRT: cues between lines of times, with voice tags or with names before the words.

WebVTT as in https://www.w3.org/TR/webvtt1/; SRT has no standard, so that whatever tools write is taken. No library is used:
those at hand keep the first voice tag of a cue at most, and stop at what is not quite regular.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from scanner.transcripts.clock import TIMING, seconds_of_clock
from scanner.transcripts.given import Cue, GivenTranscript, GivenWord, words_of
from scanner.transcripts.language import language_code
from scanner.transcripts.marks import without_sounds
from scanner.transcripts.prefixes import Prefixes, by_speaker

_LANGUAGE = re.compile(r"^\s*Language\s*:\s*([A-Za-z]{2,3}(?:-\w+)*)\s*$", re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?(?:\s+([^>]*))?>", re.IGNORECASE)
_END_OF_VOICE = re.compile(r"</v\s*>", re.IGNORECASE)
_MOMENT = re.compile(r"<((?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3})>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|\{\\[^{}]*\}")
_TAKEN_OUT = re.compile(r"<(?!FONT>|LANG>|RUBY>)([A-Z][A-Z0-9_]{2,})>")
"""Written in place of personal data; it looks like a tag, and is none."""
_PLACE = re.compile(r"\b[XY][12]:\d+\b")


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one cue between its times and the next empty line."""

    start_s: float | None
    end_s: float | None
    lines: tuple[str, ...]


def is_subtitles(text: str) -> bool:
    """Whether it is WebVTT, or has cues with times as SRT writes them."""
    return text.lstrip().startswith("WEBVTT") or any(TIMING.fullmatch(line) for line in text.splitlines())


def read_subtitles(text: str, *, named: Collection[str] = ()) -> GivenTranscript:
    """The cues of a WebVTT or SRT text; `named` are plain labels that are speakers whatever they look like."""
    webvtt = text.lstrip().startswith("WEBVTT")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").split("\n")
    blocks = tuple(_blocks(lines, strict=webvtt))
    tagged = webvtt and any(_VOICE.search(line) for b in blocks for line in b.lines)
    cues = _tagged_cues(blocks) if tagged else _prefixed_cues(blocks, named)
    language = next((m[1] for line in lines[:10] if webvtt and (m := _LANGUAGE.match(line))), None)
    return GivenTranscript("webvtt" if webvtt else "srt", tuple(cues), language_code(language))


def _blocks(lines: Sequence[str], *, strict: bool) -> Iterator[_Block]:
    """Cues, each from its line of times to the next; what WebVTT writes in between is a name, a note or a style."""
    timings = [(i, m) for i, line in enumerate(lines) if (m := TIMING.fullmatch(line)) is not None]
    for (at, match), until in zip(timings, [*[i for i, _ in timings[1:]], len(lines)], strict=False):
        inside = [line.strip() for line in lines[at + 1 : until]]
        if strict and "" in inside:
            inside = inside[: inside.index("")]
        while inside and not inside[-1]:
            inside.pop()
        if not strict and until < len(lines) and inside and inside[-1].isdigit():
            inside.pop()  # the next cue's number
        spoken = tuple(line for line in inside if line)
        yield _Block(seconds_of_clock(match["start"]), seconds_of_clock(match["end"]), spoken)


def _tagged_cues(blocks: Sequence[_Block]) -> Iterator[Cue]:
    for block in blocks:
        text, at, label = "\n".join(block.lines), 0, None
        pieces: list[tuple[str | None, str]] = []
        for tag in re.finditer(rf"{_VOICE.pattern}|{_END_OF_VOICE.pattern}", text, re.IGNORECASE):
            pieces.append((label, text[at : tag.start()]))
            label = " ".join(html.unescape(tag[1] or "").split()) or None
            at = tag.end()
        pieces.append((label, text[at:]))
        yield from _cues_of(block, [(who, said) for who, said in pieces if _plain(said)])


def _prefixed_cues(blocks: Sequence[_Block], named: Collection[str]) -> Iterator[Cue]:
    written = [[_without_tags(line) for line in b.lines] for b in blocks]
    prefixes = Prefixes([line for lines in written for line in lines], named=named)
    label: str | None = None
    for block, lines in zip(blocks, written, strict=True):
        pieces = list(by_speaker(lines, prefixes, label))
        label = pieces[-1][0] if pieces else label
        yield from _cues_of(block, pieces)


def _cues_of(block: _Block, pieces: Sequence[tuple[str | None, str]]) -> Iterator[Cue]:
    """The voices of one cue, each with a share of its time that is as long as its words."""
    sizes = [max(1, len(_plain(said))) for _, said in pieces]
    at = 0
    for (label, said), size in zip(pieces, sizes, strict=True):
        start_s, end_s = block.start_s, block.end_s
        if start_s is not None and end_s is not None:
            length = max(0.0, end_s - start_s) / sum(sizes)
            start_s, end_s = start_s + at * length, start_s + (at + size) * length
        at += size
        words = _words(said)
        if words:
            yield Cue(label, start_s, end_s, words)


def _words(said: str) -> tuple[GivenWord, ...]:
    """The words, with the moments that stand between them as the times of those that follow."""
    pieces = _MOMENT.split(said)
    words = list(words_of(_plain(pieces[0])))
    for moment, text in zip(pieces[1::2], pieces[2::2], strict=True):
        following = words_of(_plain(text))
        if following:
            words += [GivenWord(following[0].text, seconds_of_clock(moment)), *following[1:]]
    return tuple(words)


def _plain(said: str) -> str:
    """The words without tags and sounds."""
    text = re.sub(r"(?m)^\s*(?:[-–—]|>{2,3})\s+", " ", _without_tags(_MOMENT.sub(" ", said)))
    return " ".join(without_sounds(text).split())


def _without_tags(text: str) -> str:
    return (
        html.unescape(_PLACE.sub(" ", _TAG.sub("", _TAKEN_OUT.sub(r"[\1]", text))))
        .replace("\u200b", "")
        .replace("\u00a0", " ")
    )
