"""A company's approved sentences, heard even when a recogniser garbles a few words."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.detect.hearing.heard import Range, Said
from scanner.detect.hearing.scope import negated
from scanner.detect.hearing.sentences import Sentence
from scanner.detect.hearing.tokens import tokens_of
from scanner.detect.vocabulary import Vocabulary
from scanner.detections import DisclosureKind
from scanner.transcript import Word

_ENOUGH = 0.72
_MIN_WORDS = 4


@dataclass(frozen=True, slots=True)
class Script:
    """An approved sentence as plain words, and the kind it discloses."""

    kind: DisclosureKind
    words: tuple[str, ...]


def scripts_of(vocabulary: Vocabulary) -> tuple[Script, ...]:
    """The approved sentences of a vocabulary; those under four words are too short to be heard garbled."""
    found: list[Script] = []
    for kind, texts in vocabulary.scripts.items():
        for text in texts:
            words = [Word(w, 0.0, 0.0) for w in text.split()]
            plain = tuple(t.text for t in tokens_of(words, range(len(words))))
            if len(plain) >= _MIN_WORDS:
                found.append(Script(kind, plain))
    return tuple(found)


def hear_scripts(sentence: Sentence, scripts: Sequence[Script]) -> list[Said]:
    """Approved sentences inside a sentence, whole but for a few words, with the same polarity."""
    spoken = [t.text for t in sentence.tokens]
    have = set(spoken)
    found: list[Said] = []
    for script in scripts:
        if len(have & set(script.words)) < 0.6 * len(set(script.words)):
            continue
        matcher = difflib.SequenceMatcher(None, spoken, script.words, autojunk=False)
        blocks = [b for b in matcher.get_matching_blocks() if b.size]
        if not blocks:
            continue
        first, end = blocks[0].a, blocks[-1].a + blocks[-1].size
        stretch = spoken[first:end]
        share = difflib.SequenceMatcher(None, stretch, script.words, autojunk=False).ratio()
        letters = difflib.SequenceMatcher(None, " ".join(stretch), " ".join(script.words), autojunk=False).ratio()
        if max(share, letters) < _ENOUGH or negated(" ".join(stretch)) != negated(" ".join(script.words)):
            continue
        at = Range(first, end)
        found.append(Said(script.kind, sentence, at.first, at.end, min(0.95, 0.45 + 0.5 * max(share, letters))))
    return found
