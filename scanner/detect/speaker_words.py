"""How much a word, or a pair of words, speaks for the company's side or the customer's: counted from examples.

The examples are lines that anybody can read and add to (speaker_examples.txt). Counting them takes milliseconds and
needs no trained file whose contents nobody could explain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import log

from scanner.detect.plain_words import SENTENCE_END, normalised
from scanner.detect.speech_acts import DIGIT_WORDS

_SMOOTHING = 0.3
_NUMBER = "#"
_NOT_NUMBERS = frozenset({"o", "oh", "dot", "at", "dash", "double"})


def word_evidence(text: str) -> float:
    """Log-odds of the company's side against the customer's, from the words of a normalised text."""
    weights = _weights()
    return sum(weights.get(gram, 0.0) for gram in _grams(text))


@cache
def _weights() -> Mapping[str, float]:
    said: dict[str, Counter[str]] = {"a": Counter(), "c": Counter()}
    lines: Counter[str] = Counter()
    for side, text in _examples():
        lines[side] += 1
        said[side].update(_grams(text))
    return {
        gram: log((said["a"][gram] + _SMOOTHING) / (lines["a"] + 1))
        - log((said["c"][gram] + _SMOOTHING) / (lines["c"] + 1))
        for gram in sorted(said["a"].keys() | said["c"].keys())
    }


def _examples() -> Iterable[tuple[str, str]]:
    source = files("scanner.detect").joinpath("speaker_examples.txt").read_text(encoding="utf-8")
    for line in source.splitlines():
        side, _, text = line.partition(" ")
        if side in ("a", "c"):
            yield side, " ".join(filter(None, map(normalised, text.split())))


def _grams(text: str) -> list[str]:
    """Words and neighbouring pairs, each once, in a fixed order; runs of numbers are one."""
    tokens = ["<"]
    for token in text.split():
        plain = _NUMBER if token.isdigit() or (token in DIGIT_WORDS and token not in _NOT_NUMBERS) else token
        if plain != SENTENCE_END and not (plain == _NUMBER and tokens[-1] == _NUMBER):
            tokens.append(plain)
    tokens.append(">")
    return list(dict.fromkeys([*tokens[1:-1], *(f"{a} {b}" for a, b in pairwise(tokens))]))
