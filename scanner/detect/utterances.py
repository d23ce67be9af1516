"""A transcript cut into utterances, each by one voice, with what its words say about who that voice is."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scanner.detect import speaker_cues as cues
from scanner.detect.speaker_words import word_evidence
from scanner.transcript import Word

PAUSE_S = 0.28
"""Two words of one channel so far apart may be two voices."""
OVERLONG_WORD_S = 1.1
"""A word longer than this hides a pause: recognisers stretch the last word to the next one."""

_ABBREVIATIONS = frozenset({"mr.", "mrs.", "ms.", "dr.", "st.", "jr.", "sr.", "u.s.", "a.m.", "p.m.", "etc."})
_DIGITS = re.compile(r"[\d.,:/$%-]*\d[\d.,:/$%-]*")
_MAX_EVIDENCE = 4.5
_TURNING_CUE = 2.2
"""Within a sentence a cue of this weight may begin another voice's words."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Consecutive words of one channel that one voice is taken to say: which words, when, and what they suggest.

    `company` and `machine` are log-odds: of the company's side against the customer, and of a machine against a human
    of the company. `text` is normalised. `pause_s` is the silence before it on any channel of the same group;
    `after_sentence` whether a sentence ended before it.
    """

    indices: tuple[int, ...]
    channel: int
    start_s: float
    end_s: float
    text: str
    company: float
    machine: float
    pause_s: float
    after_sentence: bool
    asks: bool
    asks_for_data: bool
    digits: bool

    @property
    def length(self) -> int:
        return len(self.indices)


@dataclass(frozen=True, slots=True)
class _Text:
    """Normalised text of one channel; `offsets[i]` is where the i-th of its words starts."""

    text: str
    offsets: tuple[int, ...]

    def words_of(self, start: int, end: int) -> range:
        first = max(0, bisect_right(self.offsets, start) - 1)
        return range(first, max(first + 1, bisect_left(self.offsets, end)))


def utterances_of(words: Sequence[Word]) -> tuple[Utterance, ...]:
    """The utterances of all channels, ordered by start; every word is in exactly one."""
    found: list[Utterance] = []
    for channel in sorted({w.channel for w in words}):
        found += _of_channel(words, [i for i, w in enumerate(words) if w.channel == channel], channel)
    return tuple(sorted(found, key=lambda u: (u.start_s, u.end_s, u.channel)))


def ends_sentence(word: str) -> bool:
    """Whether the recogniser ended a sentence with this word."""
    return word.rstrip("\"')").endswith((".", "?", "!", "\u2026")) and word.lower() not in _ABBREVIATIONS


def _of_channel(words: Sequence[Word], indices: list[int], channel: int) -> list[Utterance]:
    gaps = [_pause(words[a], words[b]) for a, b in pairwise(indices)]
    text = _normalised_text([words[i] for i in indices], gaps)
    company = _cue_matches(text, cues.COMPANY, 1.0) + _cue_matches(text, cues.CUSTOMER, -1.0)
    machine = _cue_matches(text, cues.SYSTEM, 1.0)
    company_chosen = _heaviest(company, text)
    machine_chosen = _heaviest(machine, text)
    turning = {text.words_of(start, end).start for weight, start, end in company_chosen if abs(weight) >= _TURNING_CUE}
    cuts = [0] + [
        k for k in range(1, len(indices)) if _may_turn(words[indices[k - 1]].text, gaps[k - 1], text, k) or k in turning
    ]
    bounds = [*cuts, len(indices)]
    company_of = _per_utterance(company_chosen, text, bounds)
    machine_of = _per_utterance(machine_chosen, text, bounds)
    found = []
    for n, (start, end) in enumerate(pairwise(bounds)):
        run = [words[i] for i in indices[start:end]]
        stop = text.offsets[end] if end < len(indices) else None
        said = text.text[text.offsets[start] : stop].strip(f" {cues.SENTENCE_END}")
        asks = run[-1].text.endswith("?") or bool(cues.QUESTION.match(said))
        asks_for_data = bool(cues.DATA_REQUEST.search(said[-60:]))
        digits = _mostly_digits(run)
        found.append(
            Utterance(
                indices=tuple(indices[start:end]),
                channel=channel,
                start_s=run[0].start_s,
                end_s=max(w.end_s for w in run),
                text=said,
                company=_company(company_of[n], said, asks_for_data=asks and asks_for_data, digits=digits),
                machine=_clamped(machine_of[n]),
                pause_s=gaps[start - 1] if start else 0.0,
                after_sentence=start == 0 or ends_sentence(words[indices[start - 1]].text),
                asks=asks,
                asks_for_data=asks_for_data,
                digits=digits,
            )
        )
    return found


def _pause(before: Word, after: Word) -> float:
    """Silence between two words; what an overlong word hides counts."""
    hidden = max(0.0, before.end_s - before.start_s - OVERLONG_WORD_S)
    return max(0.0, after.start_s - before.end_s) + hidden


def _normalised_text(words: Sequence[Word], gaps: Sequence[float]) -> _Text:
    parts: list[str] = []
    offsets: list[int] = []
    at = 0
    for k, word in enumerate(words):
        offsets.append(at)
        part = cues.normalised(word.text)
        if ends_sentence(word.text) or (k < len(gaps) and gaps[k] > 1.2):
            part = f"{part} {cues.SENTENCE_END}"
        parts.append(part)
        at += len(part) + 1
    return _Text(" ".join(parts), tuple(offsets))


def _may_turn(before: str, gap: float, text: _Text, k: int) -> bool:
    if ends_sentence(before) or gap >= PAUSE_S:
        return True
    return before.endswith(",") and cues.RESPONSE.match(text.text, text.offsets[k]) is not None


_Match = tuple[float, int, int]


def _cue_matches(text: _Text, table: Sequence[tuple[float, re.Pattern[str]]], sign: float) -> list[_Match]:
    return [
        (sign * weight, m.start(), m.end()) for weight, pattern in table for m in pattern.finditer(text.text) if m[0]
    ]


def _heaviest(matches: list[_Match], text: _Text) -> list[_Match]:
    """Those that count where several overlap: the heaviest, then the longest; neutral phrases hide the light ones."""
    hidden = [(0.0, m.start(), m.end()) for m in cues.NEUTRAL.finditer(text.text)]
    strong = [m for m in matches if abs(m[0]) >= 1.5]
    light = [m for m in matches if abs(m[0]) < 1.5]
    taken = bytearray(len(text.text))
    chosen: list[_Match] = []
    for group in (strong, hidden, light):
        for match in sorted(group, key=lambda m: (-abs(m[0]), m[1] - m[2])):
            weight, start, end = match
            if not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                if weight:
                    chosen.append(match)
    return chosen


def _per_utterance(matches: Sequence[_Match], text: _Text, bounds: Sequence[int]) -> list[float]:
    """The weights of each utterance; a cue that reaches over a pause speaks for both sides of it."""
    sums = [0.0] * (len(bounds) - 1)
    for weight, start, end in matches:
        reach = text.words_of(start, end)
        for n in range(bisect_right(bounds, reach.start) - 1, bisect_left(bounds, reach.stop)):
            sums[n] += weight
    return sums


def _company(cue_weight: float, text: str, *, asks_for_data: bool, digits: bool) -> float:
    """Log-odds of the company's side. Cues and words lean on each other, so each counts for a part of its sum."""
    odds = 0.2 + 0.5 * cue_weight + 0.3 * word_evidence(text)
    if asks_for_data:
        odds += 0.5
    if digits:
        odds -= 0.6
    return _clamped(odds)


def _clamped(evidence: float) -> float:
    return max(-_MAX_EVIDENCE, min(_MAX_EVIDENCE, evidence))


def _mostly_digits(run: Sequence[Word]) -> bool:
    numeric = 0
    for word in run:
        plain = word.text.lower().strip(".,?!")
        numeric += plain in cues.DIGIT_WORDS or bool(_DIGITS.fullmatch(plain))
    return (numeric >= 2 and numeric * 2 >= len(run)) or (
        numeric == len(run) == 1 and bool(_DIGITS.fullmatch(run[0].text.strip(".,?!")))
    )
