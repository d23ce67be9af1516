"""Runs of digits and letters as people say them: "four one double one", "forty-one eleven", "D as in David, 4-9-2".

Reads tokens, yields runs. A run knows its chunks (one spoken group each), where it pauses and where the speaker
corrects himself; what the digits mean is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from scanner.detect.number_words import (
    AFTER_CORRECTION,
    CORRECTIONS,
    DIGITS,
    EVERYDAY_HOMOPHONES,
    FILLERS,
    HOMOPHONES,
    JOINERS,
    LONG_JOINERS,
    LONGEST_CORRECTION,
    NAMES_THAT_SPELL,
    NO_CODE,
    PLURALS,
    TEENS,
    TENS,
    TIMES,
    UNITS,
    ZEROS,
)
from scanner.detect.speech_tokens import Token
from scanner.detect.spelling import FUNCTION_WORD_LETTERS, LETTER_WORDS, SPELLING_WORDS, as_in_length, initial_of

_MONTH_CHUNKS = 2
_CARD_YEARS = range(24, 46)
_LONGEST_ASIDE = 5
_SENTENCE = 2
_BEFORE_PRONOUN = frozenset(
    "old new other wrong right that this last first expired my different second which only".split()
)
_LONGEST_CODE_PREFIX = 3
"""More letters than these, set off from the digits after them, are a spelled name with a number after it."""

ChunkKind = Literal["digit", "number", "figure", "letter"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """One spoken group: "forty-one" is 41, "double four" 44, "S as in Sam" S; `first` and `last` are token indices.

    `break_before`: 0 none, 1 a comma, hyphen, pause or filler, 2 the end of a sentence. `corrects`: the speaker takes back
    something said before it.
    """

    text: str = field(repr=False)
    kind: ChunkKind
    first: int
    last: int
    break_before: int = 0
    corrects: bool = False


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
    if len(chunks) > 1 and chunks[1].break_before == _SENTENCE and _is_pronoun(tokens, chunks[0].first):
        chunks.pop(0)  # "No, that's the old one. Oh six thirty."
    return chunks


def _is_pronoun(tokens: Sequence[Token], i: int) -> bool:
    return i > 0 and tokens[i].norm == "one" and tokens[i].break_before == 0 and tokens[i - 1].norm in _BEFORE_PRONOUN


def _between(tokens: Sequence[Token], at: int, chunks: Sequence[Chunk]) -> tuple[int, bool]:
    """How many tokens at `at` are fillers or a correction with a chunk after them, and whether they correct; else 0."""
    norms = [t.norm for t in tokens[at : at + LONGEST_CORRECTION + 4]]
    if norms[0] == "$" and chunks[-1].kind == "figure" and at + 1 < len(tokens) and tokens[at + 1].is_figure:
        return 1, False  # digits in pairs are written as amounts: "$49.16. $33.85"
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


def read_chunk(tokens: Sequence[Token], i: int, before: Sequence[Chunk]) -> Chunk | None:
    """The chunk that starts at token i, the chunks of the run so far being known; None if there is none."""
    return (
        _multiple(tokens, i)
        or _number(tokens, i, before)
        or _homophone(tokens, i, before)
        or _letter(tokens, i, before)
    )


def _number(tokens: Sequence[Token], i: int, before: Sequence[Chunk]) -> Chunk | None:
    token = tokens[i]
    if token.is_figure:
        return _scaled(tokens, i, int(token.text), i + 1) or Chunk(token.text, "figure", i, i)
    if token.norm in ZEROS:
        mixed = any(c.kind == "letter" for c in before) and any(c.kind != "letter" for c in before)
        if token.norm in ("oh", "o") and not (mixed and _code_follows(tokens, i + 1)) and _is_interjection(tokens, i):
            return None
        return Chunk("0", "digit", i, i)
    small = _small(tokens, i)
    if small is None:
        return Chunk(DIGITS[token.norm], "digit", i, i) if token.norm in DIGITS else None
    value, after = small
    scaled = _scaled(tokens, i, value, after)
    if scaled:
        return scaled
    return Chunk(str(value), "digit" if value < 10 else "number", i, after - 1)


def _code_follows(tokens: Sequence[Token], i: int) -> bool:
    return i < len(tokens) and (_is_letter_token(tokens[i]) or _is_digit_token(tokens[i]))


def _is_interjection(tokens: Sequence[Token], i: int) -> bool:
    """Tell "Oh, five dollars": an oh that is set off on the right and follows no digit."""
    digit_before = i > 0 and (tokens[i - 1].is_figure or tokens[i - 1].norm in DIGITS or tokens[i - 1].norm in TENS)
    if digit_before and tokens[i].break_before < 2:
        return False
    if i + 1 >= len(tokens):
        return True
    after = tokens[i + 1]
    if not digit_before and after.ends_sentence_before and i == 0:
        return True  # "Oh. Two two one nine."
    if not (
        after.is_figure or after.norm in DIGITS or after.norm in TENS or after.norm in TEENS or after.norm in TIMES
    ):
        return True
    return "," in after.lead and not (digit_before or after.norm in ZEROS)


def _small(tokens: Sequence[Token], i: int) -> tuple[int, int] | None:
    """A number word from one to ninety-nine at i: its value and the index after it."""
    norm = tokens[i].norm
    if norm in UNITS:
        return UNITS[norm], i + 1
    if norm in TEENS:
        return TEENS[norm], i + 1
    if norm not in TENS:
        return None
    if i + 1 < len(tokens) and tokens[i + 1].norm in UNITS and tokens[i + 1].lead in (" ", "-", ""):
        return TENS[norm] + UNITS[tokens[i + 1].norm], i + 2
    return TENS[norm], i + 1


def _scaled(tokens: Sequence[Token], i: int, value: int, after: int) -> Chunk | None:
    """A number with hundreds or thousands; None if none follow. "Eight hundred five five five" is 800, then digits."""
    total, found = 0, False
    while after < len(tokens) and tokens[after].norm in ("hundred", "thousand") and value < 1000:
        found = True
        value *= 100 if tokens[after].norm == "hundred" else 1000
        total, after = total + value, after + 1
        if after < len(tokens) and tokens[after].norm == "thousand" and total < 1000:
            total, after = total * 1000, after + 1
        skip = 1 if after + 1 < len(tokens) and tokens[after].norm == "and" else 0
        rest = _small(tokens, after + skip) if after + skip < len(tokens) and tokens[after].break_before == 0 else None
        value = 0
        if rest is None or rest[0] >= total or total % 100:
            break
        beyond = tokens[rest[1]] if rest[1] < len(tokens) else None
        scale_next = beyond is not None and beyond.norm in ("hundred", "thousand")
        if (
            beyond is not None
            and not scale_next
            and not skip
            and rest[0] < 10
            and (beyond.norm in DIGITS or beyond.is_figure)
        ):
            break
        value, after = rest
        if not scale_next:
            total, value = total + value, 0
    return Chunk(str(total), "number", i, after - 1) if found else None


def _multiple(tokens: Sequence[Token], i: int) -> Chunk | None:
    """Read "double four", "triple oh", "double L", "three zeros", "double u"."""
    if i + 1 >= len(tokens):
        return None
    norm, after = tokens[i].norm, tokens[i + 1]
    if norm == "double" and after.norm in ("u", "you"):
        return Chunk("W", "letter", i, i + 1)
    if norm in TIMES:
        times = TIMES[norm]
        if after.norm in DIGITS:
            return Chunk(DIGITS[after.norm] * times, "digit", i, i + 1)
        if after.is_figure and len(after.text) == 1:
            return Chunk(after.text * times, "figure", i, i + 1)
        if len(after.text) == 1 and after.text.isalpha():
            return Chunk(after.text.upper() * times, "letter", i, i + 1 + as_in_length(tokens, i + 1, after.norm))
        return None
    if after.norm in PLURALS and (norm in UNITS or (tokens[i].is_figure and len(norm) == 1)):
        return Chunk(PLURALS[after.norm] * int(UNITS.get(norm, norm)), "digit", i, i + 1)
    return None


def _is_digit_token(token: Token) -> bool:
    return token.is_figure or token.norm in DIGITS or token.norm in TENS or token.norm in TEENS or token.norm in TIMES


def _homophone(tokens: Sequence[Token], i: int, before: Sequence[Chunk]) -> Chunk | None:
    """A word that sounds like a digit, if digits surround it, or digits go before and nothing comes after."""
    digit = HOMOPHONES.get(tokens[i].norm)
    if digit is not None and i == 0 and _digits_follow(tokens, 1, 2) and tokens[1].break_before == 0:
        return Chunk(digit, "digit", i, i)
    if digit is None or not before or before[-1].kind == "letter":
        return None
    odd = tokens[i].norm not in EVERYDAY_HOMOPHONES
    digits_before = sum(len(c.text) for c in before)
    at = i + 1
    while at < len(tokens) and tokens[at].norm in FILLERS:
        at += 1
    ends = at >= len(tokens) or tokens[at].break_before == 2
    digit_after = at < len(tokens) and (_is_digit_token(tokens[at]) or tokens[at].norm in HOMOPHONES)
    if tokens[i].break_before == 2:  # a new sentence within a number: only before two digits at once
        sure = digits_before >= 2 and odd and _digits_follow(tokens, i + 1, 2) and tokens[i + 1].break_before == 0
    elif ends and not (digit_after and odd):
        sure = digits_before >= 2 and tokens[i].norm not in ("fine", "free")
    elif not digit_after:
        sure = False
    else:
        last = at + 1 >= len(tokens) or tokens[at + 1].break_before == 2
        sure = digits_before >= 2 or odd or last or _digits_follow(tokens, at, 2)
    return Chunk(digit, "digit", i, i) if sure else None


def _digits_follow(tokens: Sequence[Token], at: int, count: int) -> bool:
    run = tokens[at : at + count]
    digits = sum(_is_digit_token(t) for t in run)
    return len(run) == count and digits > 0 and all(_is_digit_token(t) or t.norm in HOMOPHONES for t in run)


def _letter(tokens: Sequence[Token], i: int, before: Sequence[Chunk]) -> Chunk | None:
    token = tokens[i]
    norm = token.norm
    if norm in ("capital", "uppercase", "lowercase", "letter") and i + 1 < len(tokens):
        inner = _letter(tokens, i + 1, before) if len(tokens[i + 1].text) == 1 else None
        return Chunk(inner.text, "letter", i, inner.last) if inner else None
    prev_letter = bool(before) and before[-1].kind == "letter"
    prev_close = bool(before) and token.break_before < 2
    after = tokens[i + 1] if i + 1 < len(tokens) and tokens[i + 1].break_before < 2 else None
    if len(norm) == 1 and norm.isalpha():
        length = as_in_length(tokens, i, norm)
        if length or norm not in "ai":
            return Chunk(norm.upper(), "letter", i, i + length)
        hyphened = "-" in token.lead or (after is not None and after.lead == "-" and len(after.text) == 1)
        spelled_after = after is not None and (_is_letter_token(after) or after.norm in SPELLING_WORDS)
        letter_after = after is not None and (spelled_after or (after.is_figure and after.glued))
        if not before and token.text.islower() and not hyphened:  # "it is a B": only before two or more letters
            letter_after = (
                letter_after
                and i + 2 < len(tokens)
                and (_is_letter_token(tokens[i + 2]) or _is_digit_token(tokens[i + 2]))
            )
        if hyphened or (prev_letter and (prev_close or letter_after)) or letter_after:
            return Chunk(norm.upper(), "letter", i, i)
        if norm == "a" and prev_close and after is not None and (_is_digit_token(after) or token.glued):
            return Chunk("A", "letter", i, i)
        return None
    if norm in SPELLING_WORDS:
        letter_after = after is not None and (_is_letter_token(after) or after.norm in SPELLING_WORDS)
        in_code = prev_close and after is not None and _is_digit_token(after)
        at_start = not before and _starts_code(tokens, i)
        month = norm == "november" and not letter_after and not in_code
        if (prev_letter and not month) or letter_after or in_code or at_start:
            return Chunk(initial_of(norm), "letter", i, i)
    if norm in LETTER_WORDS and prev_letter and prev_close:
        certain = norm not in FUNCTION_WORD_LETTERS or (after is not None and len(after.text) == 1)
        if certain and (after is None or _is_letter_token(after) or len(before) >= 2):
            return Chunk(LETTER_WORDS[norm], "letter", i, i)
    if len(norm) <= 4 and norm.isalpha() and norm not in NO_CODE:
        glued_before = prev_close and token.glued and before[-1].kind != "letter"
        glued_after = after is not None and after.is_figure and (after.glued or after.lead == "-")
        within = bool(before) and before[-1].kind != "letter" and after is not None and _is_digit_token(after)
        upper = token.text.isupper()
        glued_both = glued_before and after is not None and after.is_figure and after.glued
        if (
            glued_both
            or (len(norm) <= 2 and glued_after and after is not None and after.glued)
            or (upper and (glued_before or glued_after or within))
        ):
            return Chunk(token.text.upper(), "letter", i, i)
    return None


def _starts_code(tokens: Sequence[Token], i: int) -> bool:
    """Does a spelling word stand for the first letter of a code: "Charlie four three five one"?"""
    if tokens[i].norm not in NAMES_THAT_SPELL:
        return _digits_follow(tokens, i + 1, 3)
    introduced = i > 0 and (
        tokens[i - 1].norm in ("i'm", "hi", "this") or (i > 1 and tokens[i - 2].norm in ("this", "name"))
    )
    return _digits_follow(tokens, i + 1, 4) and tokens[i + 1].break_before == 0 and not introduced


def _is_letter_token(token: Token) -> bool:
    return len(token.text) == 1 and token.text.isalpha()
