"""A company's vendors and products, heard even when a recogniser spells them its own way ("Vox line")."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scanner.detect.hearing.sentences import Sentence
from scanner.detect.hearing.tokens import Token, fold
from scanner.detect.vocabulary import Vocabulary

VENDOR = "vendorname"
PRODUCT = "aiproduct"
_ENOUGH = 0.8
_NEVER_IN_A_GARBLED_NAME = frozenset(
    "a an and are at by call calls for from has have i in is it of on or our so that the they this to us we with you".split()
)
"""“Call and” is near “Callvane” in letters; a name is taken for small words only where it has them itself."""
_LETTERS = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as its letters without spaces, how many words it has, and the plain word that stands for it in patterns."""

    letters: str
    words: int
    stands_as: str


def names_of(vocabulary: Vocabulary) -> tuple[Name, ...]:
    """The names that a vocabulary brings, longest first."""
    names = [
        Name(_LETTERS.sub("", fold(text)), len(fold(text).split()), stands_as)
        for texts, stands_as in ((vocabulary.vendors, VENDOR), (vocabulary.ai_products, PRODUCT))
        for text in texts
    ]
    return tuple(sorted((n for n in names if len(n.letters) >= 3), key=lambda n: -len(n.letters)))


def _like(heard: str, name: str) -> bool:
    if len(name) < 5 or abs(len(heard) - len(name)) > 2 or len(set(heard) & set(name)) < 0.6 * len(set(name)):
        return False
    return difflib.SequenceMatcher(None, heard, name).ratio() >= _ENOUGH


def with_names(sentence: Sentence, names: Sequence[Name]) -> Sentence:
    """The sentence with each known name as one token, `vendorname` or `aiproduct`."""
    if not names:
        return sentence
    tokens: list[Token] = []
    times: list[tuple[float, float]] = []
    i = 0
    changed = False
    while i < len(sentence.tokens):
        size, name = _at(sentence.tokens, i, names)
        if name is None:
            tokens.append(sentence.tokens[i])
            times.append(sentence.times[i])
            i += 1
            continue
        last = sentence.tokens[i + size - 1]
        tokens.append(Token(name.stands_as, sentence.tokens[i].word, last.mark, True))
        times.append((sentence.times[i][0], sentence.times[i + size - 1][1]))
        i += size
        changed = True
    if not changed:
        return sentence
    offsets: list[int] = []
    at = 0
    for token in tokens:
        offsets.append(at)
        at += len(token.text) + 1
    text = " ".join(t.text for t in tokens)
    return replace(sentence, tokens=tuple(tokens), times=tuple(times), offsets=tuple(offsets), text=text)


def _at(tokens: Sequence[Token], i: int, names: Sequence[Name]) -> tuple[int, Name | None]:
    for name in names:
        for size in (name.words, name.words + 1, name.words - 1):
            if size < 1 or i + size > len(tokens) or any(t.mark for t in tokens[i : i + size - 1]):
                continue
            texts = [t.text for t in tokens[i : i + size]]
            heard = "".join(texts)
            if heard == name.letters or (_NEVER_IN_A_GARBLED_NAME.isdisjoint(texts) and _like(heard, name.letters)):
                return size, name
    return 0, None
