"""What the learned ear goes by in a sentence: its words in a row, the places of all that they make, and what went before.

Words stand for themselves and for their concepts (`scanner.detect.hearing.concepts`), alone, in pairs and in triples. All of
these are hashed into places, so that there is a weight for each and no list of them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from scanner.detect.hearing import scope
from scanner.detect.hearing.concepts import CONCEPTS
from scanner.detect.hearing.heard import Range
from scanner.detect.hearing.sentences import Sentence

PLACES = 1 << 16
"""What words make is hashed into so many places."""
LONGEST, STEP = 24, 12
"""A longer sentence is read in windows of so many tokens, each so far from the one before."""
_SHORT = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence, or a window of one: words between their edges, flags of what went before, places of what they make."""

    words: tuple[str, ...]
    flags: tuple[str, ...]
    places: tuple[int, ...]


def words_of(sentence: Sentence, at: Range) -> str:
    """The plain words of some tokens, with `somename` for a name that nobody told us, and `files` for kept records."""
    return " ".join(word_of(sentence, i) for i in range(at.first, min(at.end, len(sentence))))


def word_of(sentence: Sentence, i: int) -> str:
    """The plain word of token i."""
    token = sentence.tokens[i]
    if token.text == "records" and sentence.word(i + 1) not in _RECORDED_THINGS:
        return "files"
    if token.text in _RECORDED and sentence.word(i + 1) == "over" and sentence.word(i + 2) not in _OVER_WHAT:
        return "overwritten"
    if token.name_like and i and not sentence.tokens[i - 1].mark and token.text not in _NO_NAMES:
        return "somename"
    return token.text


_RECORDED_THINGS = frozenset(
    """the this these those your you our us my me it all every everything everyone everybody each any what whatever calls
    conversations both and or sound audio voice voices incoming inbound phone""".split()
)
"""What follows the verb: "the system records every call". Without one of them records are files."""


_RECORDED = frozenset({"recorded", "taped"})
_OVER_WHAT = frozenset("a an the our your this my phone telephone secure internet".split())
"""Recorded over a line; what is recorded over and no more is gone."""
_NO_NAMES = frozenset(
    "i ai a okay monday tuesday wednesday thursday friday saturday sunday spanish english vendorname aiproduct".split()
)


def read(text: str, *, question: bool, context: Iterable[str] = ()) -> Reading:
    """What plain words offer to the ear; `context`: what went before, as flags."""
    words = text.split()
    edged = ("^", *words, "?" if question else ".")
    flags = set(context)
    if question:
        flags.add("question")
    if scope.negated(text):
        flags.add("negated")
    if scope.elsewhere(text):
        flags.add("elsewhere")
    if len(words) <= _SHORT:
        flags.add("short")
    places = sorted({zlib.crc32(made.encode()) % PLACES for made in _made_of(words, edged, flags)})
    return Reading(edged, tuple(sorted(flags)), tuple(places))


def _made_of(words: list[str], edged: tuple[str, ...], flags: set[str]) -> set[str]:
    """Words, concepts and flags, and what stands in a row."""
    made = {f"w {w}" for w in words}
    made |= {f"b {a} {b}" for a, b in pairwise(edged)}
    made |= {f"s {a} {b}" for a, b in zip(edged, edged[2:], strict=False)}
    mixed = [CONCEPTS[w][0] if w in CONCEPTS else w for w in edged]
    made |= {f"m {a} {b}" for a, b in pairwise(mixed)}
    made |= {f"t {a} {b} {c}" for a, b, c in zip(mixed, mixed[1:], mixed[2:], strict=False)}
    row = ["^", *(CONCEPTS[w][0] for w in words if w in CONCEPTS), edged[-1]]
    made |= {f"c {a} {b}" for a, b in pairwise(row)}
    made |= {f"d {a} {b} {c}" for a, b, c in zip(row, row[1:], row[2:], strict=False)}
    concepts = sorted({c for w in words for c in CONCEPTS.get(w, ())})
    made |= {f"k {c}" for c in concepts}
    made |= {f"p {a} {b}" for i, a in enumerate(concepts) for b in concepts[i + 1 :]}
    made |= {f"f {f}" for f in flags}
    made |= {f"f {f} {c}" for f in flags for c in concepts}
    if "short" in flags:
        made |= {f"f {f} w {w}" for f in flags for w in words}
    return made


def windows(sentence: Sentence) -> Iterator[Range]:
    """The sentence whole, or in overlapping windows where it is long."""
    size = len(sentence)
    if size <= LONGEST:
        yield Range(0, size)
        return
    for first in range(0, size - STEP, STEP):
        yield Range(first, min(size, first + LONGEST))


def reading_of(sentence: Sentence, at: Range, context: frozenset[str]) -> Reading:
    """A window of a sentence; it asks where it holds the end of a question."""
    asks = sentence.question and at.end == len(sentence)
    return read(words_of(sentence, at), question=asks, context=context)
