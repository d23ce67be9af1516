"""Who speaks, where it is written before the words: "Agent: …", "[Customer] …", "SPEAKER_01: …"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from scanner.transcripts.roles import is_numbered, plain_label, role_of

_LEAD = r"(?:[-–—•]\s*|>{1,3}\s*)?"
_NAME = r"[^\W\d_][^:\[\]()<>\"?!;]{0,39}?"
_COLON = re.compile(
    rf"{_LEAD}\s*(?P<name>{_NAME}(?:\s*\([^()\d][^()]{{0,29}}\))?)\s*(?:[\[(][\d:.,\s]*[\])])?\s*:(?:\s+(?P<text>.*)|$)",
    re.DOTALL,
)
_BRACKET = re.compile(rf"{_LEAD}\s*[\[(](?P<name>{_NAME})[\])]\s*[:\-]?\s*(?P<text>.*)", re.DOTALL)
_A_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:[ ,]+[^\W\d_][\w.'’-]*){0,3}")
_NO_NAMES = frozenset(
    """note ps question answer okay ok yes no so well look listen wait right sure thanks address name number email phone date
    time subject re fyi example warning important update reminder""".split()
)
_LEAST_SHARE = 1 / 3


class Prefixes:
    """The labels that a file writes before words, told from words that only stand before a colon."""

    def __init__(self, lines: Sequence[str], *, named: Collection[str]) -> None:
        """`lines`: all that begin a cue or a line of one. `named`: plain labels that somebody has said to be speakers."""
        self._named = frozenset(named)
        found = Counter(plain_label(m["name"]) for line in lines if (m := _COLON.fullmatch(line)) is not None)
        often = {name for name, times in found.items() if times > 1}
        share = sum(times for name, times in found.items() if name in often) / max(1, len(lines))
        self._names = often if share >= _LEAST_SHARE else set()

    def split(self, line: str) -> tuple[str | None, str]:
        """(label, the words after it); (None, the line) where nobody is named."""
        for pattern in (_BRACKET, _COLON):
            match = pattern.fullmatch(line)
            if match is not None and self._is_label(match["name"].strip(), colon=pattern is _COLON):
                return match["name"].strip(), match["text"] or ""
        return None, line

    def _is_label(self, name: str, *, colon: bool) -> bool:
        plain = plain_label(name)
        if plain in self._named or is_numbered(name):
            return True
        if role_of(name) is not None and (name[:1].isupper() or len(plain.split()) <= 2):
            return True
        if not colon or plain not in self._names or plain in _NO_NAMES:
            return False
        return _A_NAME.fullmatch(name) is not None and all(w[:1].isupper() for w in re.findall(r"[^\W\d_]+", name)[:1])


def by_speaker(lines: Sequence[str], prefixes: Prefixes, before: str | None) -> Iterator[tuple[str | None, str]]:
    """(label, words) of the lines of one cue; who is not named goes on speaking, the voice `before` first."""
    label, words = before, ""
    for line in lines:
        found, text = prefixes.split(line)
        if found is not None:
            if words.strip():
                yield label, words
            label, words = found, text
        else:
            words = f"{words} {text}"
    if words.strip():
        yield label, words
