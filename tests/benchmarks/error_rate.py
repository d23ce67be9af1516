"""Word error rate, and how many of the spoken numbers were heard right. Pure functions on words."""

from collections.abc import Sequence
from dataclasses import dataclass

from .spoken_forms import plain_words, spoken_words

SHORTEST_NUMBER = 3
"""Digits: shorter ones are quantities, and any text has them."""

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """Counts that add up over calls: words said, of them wrong (put in, left out, put for another), and numbers heard.

    `plain_*` compare words as they are written, so that "453" for "four five three" is wrong.
    """

    words: int = 0
    wrong: int = 0
    plain_words: int = 0
    plain_wrong: int = 0
    numbers: int = 0
    numbers_heard: int = 0

    def __add__(self, other: "Heard") -> "Heard":
        return Heard(*(getattr(self, n) + getattr(other, n) for n in self.__slots__))


def compare(turns: Sequence[str], heard: str) -> Heard:
    """One channel: what was said turn by turn, in words as spoken, and all that was heard on it."""
    said = [spoken_words(t) for t in turns]
    flat = tuple(w for turn in said for w in turn)
    wrong, matches = align(flat, spoken_words(heard))
    runs = number_runs(said)
    plain = tuple(w for turn in turns for w in plain_words(turn))
    return Heard(
        words=len(flat),
        wrong=wrong,
        plain_words=len(plain),
        plain_wrong=align(plain, plain_words(heard))[0],
        numbers=len(runs),
        numbers_heard=sum(_in_one_piece(matches[start:end]) for start, end in runs),
    )


def number_runs(turns: Sequence[Words]) -> list[tuple[int, int]]:
    """Runs of three digits and more that one turn says without a word between, as ranges of all words together."""
    runs: list[tuple[int, int]] = []
    at = 0
    for turn in turns:
        start = at
        for word in (*turn, ""):
            if not word.isdigit():
                if at - start >= SHORTEST_NUMBER:
                    runs.append((start, at))
                start = at + 1
            at += 1
        at -= 1
    return runs


def _in_one_piece(matches: Sequence[int | None]) -> bool:
    """Whether all digits were heard, in this order and with none between."""
    first = matches[0]
    return first is not None and list(matches) == list(range(first, first + len(matches)))


def align(said: Words, heard: Words) -> tuple[int, list[int | None]]:
    """The least number of wrong words, and for each word said the place where it was heard (None: it was not)."""
    rows = [list(range(len(heard) + 1))]
    for i, word in enumerate(said, 1):
        above = rows[-1]
        row = [i]
        for j, other in enumerate(heard, 1):
            row.append(above[j - 1] if word == other else 1 + min(above[j - 1], above[j], row[j - 1]))
        rows.append(row)
    matches: list[int | None] = [None] * len(said)
    i, j = len(said), len(heard)
    while i and j:
        if said[i - 1] == heard[j - 1] and rows[i][j] == rows[i - 1][j - 1]:
            i, j = i - 1, j - 1
            matches[i] = j
        elif rows[i][j] == rows[i - 1][j - 1] + 1:
            i, j = i - 1, j - 1
        elif rows[i][j] == rows[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    return rows[-1][-1], matches
