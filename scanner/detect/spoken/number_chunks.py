"""One spoken group of digits or letters: "forty-one" is 41, "double four" 44, "S as in Sam" S.

What a word is depends on what goes before it in the run: "to" is a two between digits, an F a letter beside letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from scanner.detect.spoken.number_words import (
    DIGITS,
    EVERYDAY_HOMOPHONES,
    FILLERS,
    HOMOPHONES,
    NAMES_THAT_SPELL,
    NO_CODE,
    PLURALS,
    TEENS,
    TENS,
    TIMES,
    UNITS,
    ZEROS,
)
from scanner.detect.spoken.speech_tokens import Token
from scanner.detect.spoken.spelling import FUNCTION_WORD_LETTERS, LETTER_WORDS, SPELLING_WORDS, as_in_length, initial_of

_BEFORE_DIGITS = frozenset("social socials ssn is it's".split())
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
        if after.is_figure and len(set(after.text)) == len(after.text):  # "double 08" is double zero, eight
            return Chunk(after.text[0] * times + after.text[1:], "figure", i, i + 1)
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
    if digit == "2" and not before and _is_swallowed(tokens, i):
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


def _is_swallowed(tokens: Sequence[Token], i: int) -> bool:
    """Is a "to" the first of four digits whose others are written as one: "my social, to 209"?"""
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    return (
        i > 0
        and tokens[i - 1].norm in _BEFORE_DIGITS
        and after is not None
        and after.is_figure
        and len(after.text) == 3
    )


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
