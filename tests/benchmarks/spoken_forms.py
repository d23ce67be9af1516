"""Words as they are compared: spoken and written forms alike, so that "four five three" and "453" are the same. Pure.

Numbers become digits, one word each: a card number that is lost weighs as much written in one piece as it does spoken. What
has no sound (capitals, punctuation) and what says nothing ("uh", "mm-hm") is left out. The same is done to both sides.
"""

import re
from collections.abc import Iterator, Sequence

_UNITS = {w: i for i, w in enumerate("zero one two three four five six seven eight nine".split())}
_TEENS = {
    w: 10 + i
    for i, w in enumerate("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split())
}
_TENS = {w: 20 + 10 * i for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())}
_ORDINAL_UNITS = {w: 1 + i for i, w in enumerate("first second third fourth fifth sixth seventh eighth ninth".split())}
_ORDINALS = {
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000}
_REPEATS = {"double": 2, "triple": 3}
_SMALL = _UNITS | _TEENS | _TENS | _ORDINAL_UNITS | _ORDINALS

_SAYS_NOTHING = frozenset("uh um hm hmm mm mhm mmm huh".split())
_SAME_WORD = {"ok": ("okay",), "alright": ("all", "right"), "goodbye": ("good", "bye"), "mr": ("mister",)}

_REWRITTEN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"[’‘`]", "'"),
        (r"\b([ap])\.\s?m\b\.?", r"\1m"),
        (r"\b((?:[a-z]\.){2,})", lambda m: m[1].replace(".", "")),
        (r"[$£€]\s?(\d[\d,]*)\.(\d\d)\b", r"\1 dollars and \2 cents "),
        (r"[$£€]\s?(\d[\d,]*)", r"\1 dollars "),
        (r"(?<=\d)\.(?=\d)", " point "),
        (r"(?<=\w)\.(?=\w)", " dot "),
        (r"@", " at "),
        (r"%", " percent "),
        (r"&", " and "),
        (r"(?<=\d)(?:st|nd|rd|th)\b", ""),
    )
)
_WORD = re.compile(r"\d|[^\W\d_]+(?:'[^\W\d_]+)*")


def plain_words(text: str) -> tuple[str, ...]:
    """The words in lower case without punctuation, numbers as they are written: what a plain comparison takes."""
    return tuple(re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower().replace("’", "'")))


def spoken_words(text: str) -> tuple[str, ...]:
    """The words as they sound, each digit of a number a word of its own."""
    text = text.lower()
    for pattern, by in _REWRITTEN:
        text = pattern.sub(by, text)
    said = [w for w in _WORD.findall(text) if w not in _SAYS_NOTHING]
    return tuple(_with_half_days(list(_numbers_as_digits(said))))


def _numbers_as_digits(words: Sequence[str]) -> Iterator[str]:
    i, after_digit = 0, False
    while i < len(words):
        word = words[i]
        value, used = _number_at(words, i)
        if used:
            yield from str(value)
            after_digit = True
        elif word in _REPEATS and i + 1 < len(words) and _digit(words[i + 1]) is not None:
            yield from str(_digit(words[i + 1])) * _REPEATS[word]
            used, after_digit = 2, True
        elif word in {"oh", "o"} and (after_digit or all(_digit(w) is not None for w in _two_after(words, i))):
            yield "0"
            used, after_digit = 1, True
        else:
            yield from _SAME_WORD.get(word, (word,))
            used, after_digit = 1, False
        i += used


def _two_after(words: Sequence[str], i: int) -> Sequence[str]:
    return words[i + 1 : i + 3] if i + 2 < len(words) else ("",)


def _digit(word: str) -> int | None:
    return int(word) if word.isdigit() else _UNITS.get(word)


def _number_at(words: Sequence[str], i: int) -> tuple[int, int]:
    """The number that begins at a word, and how many words it takes; none: 0, 0."""
    value, used = _below_hundred(words, i)
    if not used:
        return 0, 0
    for scale in ("hundred", "thousand"):
        if i + used < len(words) and words[i + used] == scale and value:
            value, used = value * _SCALES[scale], used + 1
            joined = i + used < len(words) and words[i + used] == "and"
            rest, more = (_number_at if scale == "thousand" else _below_hundred)(words, i + used + joined)
            if more and 0 < rest < _SCALES[scale]:
                value, used = value + rest, used + joined + more
    return value, used


def _below_hundred(words: Sequence[str], i: int) -> tuple[int, int]:
    if i >= len(words):
        return 0, 0
    word, after = words[i], words[i + 1] if i + 1 < len(words) else ""
    if word.isdigit():
        return int(word), 1
    if word in _TENS and (unit := (_UNITS | _ORDINAL_UNITS).get(after, 0)):
        return _TENS[word] + unit, 2
    return (_SMALL[word], 1) if word in _SMALL else (0, 0)


def _with_half_days(words: list[str]) -> Iterator[str]:
    """ "3 p m" as "3 pm"."""
    i = 0
    while i < len(words):
        if words[i] in {"a", "p"} and i and words[i - 1].isdigit() and words[i + 1 : i + 2] == ["m"]:
            yield words[i] + "m"
            i += 2
        else:
            yield words[i]
            i += 1
