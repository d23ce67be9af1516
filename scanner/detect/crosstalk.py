"""Words that one channel heard from the other: faint echoes, dropped so that nobody is said to speak the other's words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from scanner.detect.plain_words import normalised
from scanner.transcript import Word

# An echo comes 25 to 200 ms late; word times are off by as much again. A read-back comes after the words it repeats.
_EARLY_S = 0.35
_LATE_S = 0.55
_MIN_WORDS = 3
"""Two people do say "okay" or "thank you" at once; three like words at once are one voice heard twice."""
_FAINT = 0.55
_FAINTER_BY = 0.25
_SAME_SOUND = 0.8
_SAME_SOUND_MIN_WORDS = 8


@dataclass(frozen=True, slots=True)
class _Twin:
    """The word of the other channel that was said at the same time and sounds the same."""

    index: int
    delay_s: float


def without_echoes(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words without those that are another channel's, heard faintly."""
    channels = sorted({w.channel for w in words})
    dropped: set[int] = set()
    for echo in channels:
        for source in channels:
            if echo != source:
                dropped |= _echoes(words, echo=echo, source=source, gone=dropped)
    return tuple(w for i, w in enumerate(words) if i not in dropped)


def carry_same_sound(words: Sequence[Word], first: int, second: int) -> bool:
    """Whether two channels carry the same words at the same time throughout, so that they are one mono recording."""
    for one, other in ((first, second), (second, first)):
        indices = [i for i, w in enumerate(words) if w.channel == one]
        twins = _twins(words, indices, [i for i, w in enumerate(words) if w.channel == other])
        if len(indices) < _SAME_SOUND_MIN_WORDS or len(twins) < _SAME_SOUND * len(indices):
            return False
    return True


def _echoes(words: Sequence[Word], *, echo: int, source: int, gone: set[int]) -> set[int]:
    mine = [i for i, w in enumerate(words) if w.channel == echo and i not in gone]
    theirs = [i for i, w in enumerate(words) if w.channel == source and i not in gone]
    twins = _twins(words, mine, theirs)
    dropped: set[int] = set()
    for run in _runs(words, mine, twins):
        matched = [i for i in run if i in twins]
        own = sum(words[i].probability for i in run) / len(run)
        other = sum(words[twins[i].index].probability for i in matched) / len(matched)
        delay_s = sum(twins[i].delay_s for i in matched) / len(matched)
        if len(matched) >= _MIN_WORDS:
            fainter = own < other - 0.05 or (own <= other + 0.05 and delay_s > 0.0)
        else:
            fainter = len(matched) == len(run) and own < _FAINT and own < other - _FAINTER_BY
        if fainter:
            dropped.update(run)
    return dropped


def _runs(words: Sequence[Word], mine: Sequence[int], twins: dict[int, _Twin]) -> list[list[int]]:
    """Stretches that are the other channel's: words with a twin, and single garbled ones between them."""
    runs: list[list[int]] = []
    bridge: list[int] = []
    for i in mine:
        if i in twins:
            if runs and len(bridge) <= 1 and words[i].start_s - words[runs[-1][-1]].end_s < 1.0:
                runs[-1] += [*bridge, i]
            else:
                runs.append([i])
            bridge = []
        else:
            bridge.append(i)
    return runs


def _twins(words: Sequence[Word], mine: Sequence[int], theirs: Sequence[int]) -> dict[int, _Twin]:
    starts = [words[j].start_s for j in theirs]
    twins: dict[int, _Twin] = {}
    for i in mine:
        word = words[i]
        best: _Twin | None = None
        k = bisect_left(starts, word.start_s - _LATE_S)
        while k < len(theirs) and starts[k] <= word.start_s + _EARLY_S:
            delay_s = word.start_s - starts[k]
            if _alike(word.text, words[theirs[k]].text) and (best is None or abs(delay_s) < abs(best.delay_s)):
                best = _Twin(theirs[k], delay_s)
            k += 1
        if best is not None:
            twins[i] = best
    return twins


def _alike(a: str, b: str) -> bool:
    one, other = normalised(a), normalised(b)
    if one == other:
        return True
    return min(len(one), len(other)) >= 4 and SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.75
