"""Times for words that have none: each gets its share of its cue's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scanner.transcripts.given import Cue, GivenWord

_SECONDS_PER_WORD = 0.3
_SAME_MOMENT_S = 0.001

Times = list[tuple[float, float]]


def cue_times(cues: Sequence[Cue]) -> Times | None:
    """Start and end of each cue, in the order of the cues; None when not one of them has a time.

    Where a cue has none it begins when the one before it in the file ends, and ends when the next begins.
    """
    starts = [_first(c) for c in cues]
    if cues and all(s is None for s in starts) and all(_last(c) is None for c in cues):
        return None
    times: Times = []
    at = 0.0
    for k, cue in enumerate(cues):
        start_s = starts[k] if starts[k] is not None else at
        start_s = at if start_s is None else start_s
        end_s = _last(cue)
        if end_s is None or end_s <= start_s:
            spoken_s = start_s + _SECONDS_PER_WORD * len(cue.words)
            following = next((s for s in starts[k + 1 :] if s is not None and s > start_s), spoken_s)
            end_s = min(spoken_s, following)
        times.append((start_s, end_s))
        at = end_s
    return times


def together(cues: Sequence[Cue], times: Times) -> list[tuple[Cue, float, float]]:
    """The cues of one channel in the order of time, none of which begins before the one before it has ended.

    A voice says one thing at a time: a cue that runs into the next is spoken faster, and cues that begin at once are one.
    """
    ordered = sorted(zip(cues, times, strict=True), key=lambda c: c[1])
    found: list[tuple[Cue, float, float]] = []
    for cue, (start_s, end_s) in ordered:
        if found and start_s - found[-1][1] < _SAME_MOMENT_S and not _is_timed(cue) and not _is_timed(found[-1][0]):
            before = found[-1]
            found[-1] = (replace(before[0], words=before[0].words + cue.words), before[1], max(before[2], end_s))
            continue
        if found and found[-1][2] > start_s and not _is_timed(found[-1][0]):
            found[-1] = (found[-1][0], found[-1][1], max(start_s, found[-1][1]))
        found.append((cue, start_s, end_s))
    return found


def word_times(words: Sequence[GivenWord], start_s: float, end_s: float) -> Times:
    """Start and end of each word; words without times share what lies between those that have some, by their length."""
    times: Times = []
    k = 0
    while k < len(words):
        known = words[k].start_s
        if known is not None and words[k].end_s is not None:
            times.append((known, max(known, words[k].end_s or known)))
            k += 1
            continue
        stop = k + 1
        while stop < len(words) and words[stop].start_s is None:
            stop += 1
        from_s = known if known is not None else max(start_s, times[-1][1]) if times else start_s
        until = words[stop].start_s if stop < len(words) else None
        until_s = max(from_s, end_s if until is None else until)
        sizes = [len(w.text) + 1 for w in words[k:stop]]
        at, length = 0, (until_s - from_s) / sum(sizes)
        for size in sizes:
            times.append((round(from_s + at * length, 3), round(from_s + (at + size) * length, 3)))
            at += size
        k = stop
    return times


def _is_timed(cue: Cue) -> bool:
    return any(w.start_s is not None for w in cue.words)


def _first(cue: Cue) -> float | None:
    known = [w.start_s for w in cue.words if w.start_s is not None]
    return cue.start_s if cue.start_s is not None else min(known, default=None)


def _last(cue: Cue) -> float | None:
    known = [w.end_s for w in cue.words if w.end_s is not None]
    return cue.end_s if cue.end_s is not None else max(known, default=None)
