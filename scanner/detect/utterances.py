"""A transcript cut into utterances, each by one voice, with what its words say about who that voice is."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scanner.detect import speaker_cues as cues
from scanner.detect import speech_acts as acts
from scanner.detect.plain_words import SENTENCE_END, normalised
from scanner.detect.speaker_words import word_evidence
from scanner.transcript import Word

PAUSE_S = 0.25
"""Two words of one channel so far apart may be two voices."""
BREATH_S = 0.08
"""So far apart, if the second may begin a reply."""
_LEAST_PART_PAUSE_S = 1.0
_LONGEST_WORD_S = (0.5, 0.06)
"""A word takes at most so many seconds, and so many more a letter; what is over hides a pause before or after it."""

_ABBREVIATIONS = frozenset({"mr.", "mrs.", "ms.", "dr.", "st.", "jr.", "sr.", "u.s.", "a.m.", "p.m.", "etc."})
_DIGITS = re.compile(r"[\d.,:/$%-]*\d[\d.,:/$%-]*")
_MAX_EVIDENCE = 4.5
_TURNING_CUE, _PLAIN_CUE = 2.2, 4.0
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


_READING_PAUSE_S = 1.5
"""Who reads a number out pauses so long between its groups, and no longer before the first."""
_BEFORE_A_NUMBER = frozenset("is are it's that's its was be number ending in".split())


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
        k
        for k in range(1, len(indices))
        if _may_turn(words[indices[k - 1]].text, words[indices[k]].text, gaps[k - 1], text, k) or k in turning
    ]
    bounds = [*cuts, len(indices)]
    company_of = _per_utterance(company_chosen, text, bounds)
    machine_of = _per_utterance(machine_chosen, text, bounds)
    found = []
    for n, (start, end) in enumerate(pairwise(bounds)):
        run = [words[i] for i in indices[start:end]]
        stop = text.offsets[end] if end < len(indices) else None
        said = text.text[text.offsets[start] : stop].strip(f" {SENTENCE_END}")
        asks = _asks(run[-1].text, said)
        asks_for_data = bool(acts.DATA_REQUEST.search(said[-60:]))
        digits = _mostly_digits(run)
        found.append(
            Utterance(
                indices=tuple(indices[start:end]),
                channel=channel,
                start_s=run[0].start_s,
                end_s=max(w.end_s for w in run),
                text=said,
                company=_company(company_of[n], said, asks=asks, asks_for_data=asks_for_data, digits=digits),
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
    """Silence between two words, with what recognisers hide in the last word of a sentence and the first of the next."""
    hidden = _overlong(before) + (_overlong(after) if ends_sentence(before.text) else 0.0)
    return max(0.0, after.start_s - before.end_s) + hidden


def _overlong(word: Word) -> float:
    base, per_letter = _LONGEST_WORD_S
    return max(0.0, word.end_s - word.start_s - base - per_letter * len(word.text))


def _normalised_text(words: Sequence[Word], gaps: Sequence[float]) -> _Text:
    parts: list[str] = []
    offsets: list[int] = []
    at = 0
    for k, word in enumerate(words):
        offsets.append(at)
        part = normalised(word.text)
        if ends_sentence(word.text) or (k < len(gaps) and gaps[k] > 1.2):
            part = f"{part} {SENTENCE_END}"
        parts.append(part)
        at += len(part) + 1
    return _Text(" ".join(parts), tuple(offsets))


def _may_turn(before: str, after: str, gap: float, text: _Text, k: int) -> bool:
    """Whether another voice may begin with word k: after a pause or sentence, with a reply, or with numbers read out."""
    if after.startswith(("-", ".", ",")) and gap < _LEAST_PART_PAUSE_S:
        return False  # the recogniser went on writing one number
    numbers = _is_number(before) and _is_number(after)
    if numbers and gap < _READING_PAUSE_S and not ends_sentence(before):
        return False  # one voice reads a number out, group by group
    if _is_number(after) and gap < _READING_PAUSE_S and before.lower() in _BEFORE_A_NUMBER:
        return False
    if ends_sentence(before) or gap >= PAUSE_S:
        return True
    if gap < BREATH_S and not before.endswith(","):
        return False
    if _is_number(after) and not _is_number(before):
        return True
    return acts.REPLY_START.match(text.text, text.offsets[k]) is not None


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


def _asks(last_word: str, text: str) -> bool:
    """By the mark, or, where the recogniser put none, by the words of the last clause."""
    if last_word.endswith("?"):
        return True
    if acts.QUESTION.match(text):
        return True
    return not last_word.endswith((".", "!")) and acts.QUESTION.search(text[-45:]) is not None


def _company(cue_weight: float, text: str, *, asks: bool, asks_for_data: bool, digits: bool) -> float:
    """Log-odds of the company's side. Cues and words lean on each other, so each counts for a part of its sum."""
    words = word_evidence(text)
    if abs(cue_weight) >= _PLAIN_CUE and words * cue_weight < 0:
        words /= 2  # what is said plainly outweighs the words that happen to be in it
    odds = 0.35 + 0.37 * cue_weight + 0.35 * words
    if asks:
        odds += 0.25 if asks_for_data else -0.45
    if digits:
        odds -= 1.0
    if asks and text == "hello":
        odds -= 1.5  # who was called says so, or who has been left waiting
    if acts.ACKNOWLEDGEMENT.fullmatch(text):
        odds *= 0.3  # both sides say these: the order of turns tells more
    return _clamped(odds)


def _clamped(evidence: float) -> float:
    return max(-_MAX_EVIDENCE, min(_MAX_EVIDENCE, evidence))


def _is_number(word: str) -> bool:
    plain = word.lower().strip(".,?!")
    return plain in acts.DIGIT_WORDS or _DIGITS.fullmatch(plain) is not None


def _mostly_digits(run: Sequence[Word]) -> bool:
    numeric = sum(_is_number(w.text) for w in run)
    if len(run) == 1:
        return _DIGITS.fullmatch(run[0].text.strip(".,?!")) is not None
    return numeric >= 2 and numeric * 2 >= len(run)
