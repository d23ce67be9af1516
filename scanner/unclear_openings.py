"""Where nobody can say what was said: two listeners hear a stretch of speech differently, and neither is sure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from scanner.transcript import Span, Word

LEAST_S = 1.5
"""A notice takes about as long."""
_DOUBTFUL = 0.62
"""Mean probability of words below which a recogniser is not sure of a sentence."""
_FEWEST_WORDS = 7
"""Names in a greeting are always doubtful and heard otherwise; a greeting with its notice is longer than that."""
_SAME_IN_A_ROW = 2
"""One word in which two hearings agree between others is chance."""
_WORD = re.compile(r"[^a-z0-9]+")


def unclear_spans(first: Sequence[Word], again: Sequence[Word]) -> Iterator[Span]:
    """The stretches of the first hearing's words that the second hears otherwise, where the first was not sure of them."""
    a, b = ([_WORD.sub("", w.text.lower()) for w in words] for words in (first, again))
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    agreed = {i for m in blocks if m.size >= _SAME_IN_A_ROW for i in range(m.a, m.a + m.size)}
    run: list[Word] = []
    for i, word in enumerate((*first, None)):
        if word is not None and i not in agreed:
            run.append(word)
            continue
        if _is_unclear(run):
            yield Span(run[0].start_s, run[-1].end_s)
        run = []


def _is_unclear(run: Sequence[Word]) -> bool:
    if len(run) < _FEWEST_WORDS or run[-1].end_s - run[0].start_s < LEAST_S:
        return False
    return sum(w.probability for w in run) / len(run) < _DOUBTFUL


def mean_probability(words: Sequence[Word]) -> float:
    """Of these words; 0 when there are none."""
    return sum(w.probability for w in words) / len(words) if words else 0.0
