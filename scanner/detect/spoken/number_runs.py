"""Runs of digits and letters as people say them: "four one double one", "forty-one eleven", "D as in David, 4-9-2".

Reads tokens, yields runs. A run knows its chunks (one spoken group each), where it pauses and where the speaker
corrects himself; what the digits mean is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanner.detect.spoken.number_chunks import Chunk, read_chunk
from scanner.detect.spoken.number_words import (
    AFTER_CORRECTION,
    CORRECTIONS,
    DIGITS,
    JOINERS,
    LONG_JOINERS,
    LONGEST_CORRECTION,
)
from scanner.detect.spoken.speech_tokens import Token

_MONTH_CHUNKS = 2
_CARD_YEARS = range(24, 46)
_LONGEST_ASIDE = 5
_SENTENCE = 2
_CARD_GROUPS = (4, 8, 10, 12)
"""Digits of a card that are said when its next group begins."""
_ORDER = frozenset("next second third fourth last final".split())
_NAMING = frozenset("then ends ending".split())
_GROUPING = _NAMING | frozenset("and the it's it is are in with group set block digits numbers".split())
_LONGEST_GROUPING = 8
_BEFORE_PRONOUN = frozenset(
    "old new other wrong right that this last first expired my different second which only".split()
)
_COUNTED = frozenset("digit digits numbers figures letters".split())
_LONGEST_CODE_PREFIX = 3
"""More letters than these, set off from the digits after them, are a spelled name with a number after it."""


@dataclass(frozen=True, slots=True)
class Run:
    """Chunks that follow each other with nothing but fillers and corrections between."""

    chunks: tuple[Chunk, ...]

    @property
    def first(self) -> int:
        return self.chunks[0].first

    @property
    def last(self) -> int:
        return self.chunks[-1].last

    @property
    def size(self) -> int:
        """How many digits and letters it has, as they were said."""
        return sum(len(c.text) for c in self.chunks)

    @property
    def has_digit(self) -> bool:
        return any(c.kind != "letter" for c in self.chunks)

    @property
    def has_letter(self) -> bool:
        return any(c.kind == "letter" for c in self.chunks)

    @property
    def groups(self) -> tuple[str, ...]:
        """The text between breaks: ("206", "555", "0148")."""
        groups: list[str] = []
        for c in self.chunks:
            if groups and not c.break_before:
                groups[-1] += c.text
            else:
                groups.append(c.text)
        return tuple(groups)

    def part(self, start: int, stop: int) -> Run:
        """The run of some of its chunks."""
        return Run(self.chunks[start:stop])

    def readings(self) -> tuple[str, ...]:
        """What it may say, the likeliest first; more than one only where the speaker corrects himself."""
        found: list[str] = [""]
        piece: list[Chunk] = []
        for c in (*self.chunks, None):
            if c is None or (c.corrects and piece):
                found = list(dict.fromkeys(r for before in found for r in _corrected(before, Run(tuple(piece)))))[:8]
                piece = []
            if c is not None:
                piece.append(c)
        return tuple(found)


def _corrected(before: str, after: Run) -> Iterable[str]:
    """The ways to read digits, a correction, and digits again."""
    new = "".join(c.text for c in after.chunks)
    if not before:
        yield new
        return
    first = len(after.groups[0])
    if first <= len(before) and (first < len(before) or len(new) > first) and _alike(before[-first:], new[:first]):
        yield before[:-first] + new
    if len(new) >= len(before):
        yield new
    for n in range(min(len(before), len(new)), 0, -1):
        if n != first and _alike(before[-n:], new[:n]):
            yield before[:-n] + new
    yield new
    if first <= len(before):
        yield before[:-first] + new
    yield before + new


def _alike(old: str, new: str) -> bool:
    """Is one a likely slip for the other: of the same length, and at least half the same?"""
    same = sum(a == b for a, b in zip(old, new, strict=True))
    return len(old) == 1 or same * 2 >= len(old)


def find_runs(tokens: Sequence[Token]) -> tuple[Run, ...]:
    """All runs that hold a figure, two digits or two letters, in order, not overlapping."""
    runs: list[Run] = []
    i = 0
    while i < len(tokens):
        chunks = _run_at(tokens, i)
        if not chunks:
            i += 1
            continue
        run = Run(tuple(chunks))
        if sum(len(c.text) for c in chunks) > 1 or chunks[0].kind == "figure":
            runs.append(run)
        i = run.last + 1
    return tuple(runs)


def _run_at(tokens: Sequence[Token], start: int) -> list[Chunk]:
    chunks: list[Chunk] = []
    at = start
    break_before, corrects = 0, False
    while at < len(tokens):
        chunk = read_chunk(tokens, at, chunks)
        if chunk is not None:
            strength = max(break_before, tokens[at].break_before if at > start else 0)
            if (
                strength
                and chunk.kind != "letter"
                and len(chunks) > _LONGEST_CODE_PREFIX
                and all(c.kind == "letter" for c in chunks)
            ):
                break
            chunks.append(Chunk(chunk.text, chunk.kind, chunk.first, chunk.last, strength, corrects))
            at = chunk.last + 1
            break_before, corrects = 0, False
            continue
        if not chunks:
            break
        length, corrects_now = _between(tokens, at, chunks)
        if not length:
            break
        break_before, corrects = 1, corrects or corrects_now
        at += length
    while chunks and chunks[0].corrects:
        chunks.pop(0)
    if (
        len(chunks) > 1
        and tokens[chunks[0].first].norm == "one"
        and chunks[1].kind == "figure"
        and chunks[1].break_before
    ):
        chunks.pop(0)  # "the new one, 415 555 0171"
    if len(chunks) > 1 and _counts(tokens, chunks[-1]):
        chunks.pop()  # "oh nine twenty nine. Three digits, please"
    if len(chunks) > 1 and chunks[1].break_before == _SENTENCE and _is_pronoun(tokens, chunks[0].first):
        chunks.pop(0)  # "No, that's the old one. Oh six thirty."
    return chunks


def _counts(tokens: Sequence[Token], chunk: Chunk) -> bool:
    """Does a chunk only count what the next word names: the three of "three digits"?"""
    after = tokens[chunk.last + 1] if chunk.last + 1 < len(tokens) else None
    return chunk.kind != "letter" and after is not None and after.norm in _COUNTED and not after.break_before


def _is_pronoun(tokens: Sequence[Token], i: int) -> bool:
    return i > 0 and tokens[i].norm == "one" and tokens[i].break_before == 0 and tokens[i - 1].norm in _BEFORE_PRONOUN


def _between(tokens: Sequence[Token], at: int, chunks: Sequence[Chunk]) -> tuple[int, bool]:
    """How many tokens at `at` are fillers or a correction with a chunk after them, and whether they correct; else 0."""
    norms = [t.norm for t in tokens[at : at + LONGEST_CORRECTION + 4]]
    if norms[0] == "$" and chunks[-1].kind == "figure" and at + 1 < len(tokens) and tokens[at + 1].is_figure:
        return 1, False  # digits in pairs are written as amounts: "$49.16. $33.85"
    grouping = _grouping(tokens, at, chunks)
    if grouping:
        return grouping, False
    length, corrects, aside = 0, False, 0
    while length < len(norms):
        rest = norms[length:]
        step = max((len(c) for c in CORRECTIONS if rest[: len(c)] == list(c)), default=0)
        if step:
            corrects = True
        elif corrects and rest[0] in AFTER_CORRECTION:
            step = 1
        else:
            step = max((len(j) for j in LONG_JOINERS if rest[: len(j)] == list(j)), default=0)
            if not step and (rest[0] in JOINERS or _is_month_of(tokens, at + length, chunks)):
                step = 1
        if not step and corrects and aside < _LONGEST_ASIDE and rest[0] not in DIGITS:
            step, aside = (
                1,
                aside + 1,
            )  # "no wait, that's my work. Okay,": what goes on must begin as the part taken back
        if not step:
            break
        length += step
        following = read_chunk(tokens, at + length, chunks) if at + length < len(tokens) else None
        if following is None:
            continue
        if aside and not (following.kind != "letter" and following.text[0] == Run(tuple(chunks)).groups[-1][0]):
            return 0, False
        if norms[length - 1] == "and" and not _goes_on(tokens, following):
            return 0, False  # "the code is 4 4 2 1 and two of us": the two is none of it
        if any(tokens[k].norm in DIGITS for k in range(at, at + length)) and following.kind == "letter":
            return 0, False
        return length, corrects
    return 0, False


def _grouping(tokens: Sequence[Token], at: int, chunks: Sequence[Chunk]) -> int:
    """How many tokens only say which group of a card comes now: "then it's", "and the last four are", "the third group"; else 0."""
    if any(c.kind == "letter" for c in chunks) or sum(len(c.text) for c in chunks) not in _CARD_GROUPS:
        return 0
    names = False
    for k in range(at, min(len(tokens), at + _LONGEST_GROUPING)):
        norm = tokens[k].norm
        counts = norm in ("four", "4") and tokens[k - 1].norm in _ORDER
        if not counts and norm not in _GROUPING | _ORDER and k > at:
            chunk = read_chunk(tokens, k, chunks)
            return k - at if names and chunk is not None and chunk.kind != "letter" else 0
        if not counts and norm not in _GROUPING | _ORDER:
            return 0
        names = names or norm in _ORDER or norm in _NAMING
    return 0


def _is_month_of(tokens: Sequence[Token], at: int, chunks: Sequence[Chunk]) -> bool:
    """Is it the "of" of "two of twenty eight", a card's month and year?"""
    if (
        tokens[at].norm != "of"
        or len(chunks) > _MONTH_CHUNKS
        or not 0 < int("0" + "".join(c.text for c in chunks if c.text.isdigit())[:2]) <= 12
    ):
        return False
    year = read_chunk(tokens, at + 1, chunks) if at + 1 < len(tokens) else None
    return year is not None and year.text.isdigit() and int(year.text) in _CARD_YEARS


def _goes_on(tokens: Sequence[Token], chunk: Chunk) -> bool:
    after = chunk.last + 1
    return len(chunk.text) > 1 or after >= len(tokens) or read_chunk(tokens, after, (chunk,)) is not None
