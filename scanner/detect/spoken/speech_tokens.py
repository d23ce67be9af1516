"""What one speaker said, cut into tokens that know their words: the ground that numbers, dates and names are read from.

A recogniser writes the same digits as "four one one one", "4-1-1-1", "4111," or "$4,111", and its words may be cut
anywhere ("4", "-1", "-1"). Tokens are letters or digits only; what stood between them is kept as the token's `lead`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from scanner.transcript import Word

PAUSE_S = 0.6
"""Silence between two words that separates groups of a number as a comma would."""

_TOKEN = re.compile(r"\d+(?:st|nd|rd|th)\b|[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[@$%#&_+£€]", re.IGNORECASE)
_ABBREVIATIONS = frozenset("mr mrs ms dr prof st jr sr gen rev sgt capt lt mt ft".split())
_GLUED = re.compile(r"^[-,./:@'’_][\w@]")
"""A word that a recogniser's word splitter has cut off from the one before: "-1", ",111", ".com"."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of letters or of digits, or one symbol such as @.

    `norm` is lower case with straight apostrophes; `lead` is what stands before it since the token before; `word` is the
    index of the word it lies in; `pause_s` is the silence before it.
    """

    text: str = field(repr=False)
    norm: str = field(repr=False)
    lead: str = field(repr=False)
    word: int
    pause_s: float = 0.0

    @property
    def is_figure(self) -> bool:
        return self.text[0].isdigit() and self.text[-1].isdigit()

    @property
    def glued(self) -> bool:
        return not self.lead

    @property
    def ends_sentence_before(self) -> bool:
        """Does a sentence end between the token before and this one?"""
        return any(c in ".?!\n" for c in self.lead) and not self.glued_mark

    @property
    def glued_mark(self) -> bool:
        """Is there a mark but no space before it, as in 4.532 or gmail.com?"""
        return bool(self.lead) and not any(c.isspace() for c in self.lead)

    @property
    def break_before(self) -> int:
        """How strongly it is set off: 0 not at all, 1 by a comma, hyphen or pause, 2 by the end of a sentence."""
        if self.ends_sentence_before:
            return 2
        return 1 if self.pause_s >= PAUSE_S or any(c in ",;-–—:/" for c in self.lead) else 0


def tokenize(words: Sequence[Word]) -> tuple[Token, ...]:
    """The tokens of one speaker's words, in order; `Token.word` is an index into `words`."""
    text, starts = "", []
    for word in words:
        if text and not (_GLUED.match(word.text) and text[-1].isalnum()) and text[-1] != "@":
            text += " "
        starts.append(len(text))
        text += word.text
    tokens: list[Token] = []
    reached = 0
    for match in _TOKEN.finditer(text):
        index = max(0, bisect_right(starts, match.start()) - 1)
        before = tokens[-1].word if tokens else index
        pause_s = max(0.0, words[index].start_s - words[before].end_s) if index != before else 0.0
        norm = match[0].lower().replace("’", "'")
        lead = text[reached : match.start()] if tokens else ""
        if tokens and tokens[-1].norm in _ABBREVIATIONS:
            lead = lead.replace(".", "", 1)  # "Mrs. Foster" is no end of a sentence
        tokens.append(Token(match[0], norm, lead, index, round(pause_s, 3)))
        reached = match.end()
    return tuple(tokens)
