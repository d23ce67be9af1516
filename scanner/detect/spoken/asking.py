"""What a turn asks for: a question's beginning, a word that urges the other side on, a wish to hear a number again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.detect.spoken.cues import joined
from scanner.detect.spoken.speech_tokens import Token

_LONGEST_URGING = 14
QUESTION_STARTS = re.compile(
    r"\b(?:what(?:'s| is| are| was| were)?|may i|can (?:i|you|we)|could (?:i|you|we)|would you|give me|tell me|i(?:'ll| will)? need|"
    r"please (?:give|tell|provide|read|confirm|verify|state)|do you have|which|how about|let me (?:get|have)|go ahead)\b"
)  # fmt: skip
_URGING = frozenset(
    (
        "and the number numbers go ahead with it what what's is it's whenever you're you are ready okay ok sure of course yes yeah please "
        "read give me can tell shoot fire away i'm listening let have now then next one over bit rest part thing on well great perfect "
        "alright right uh um may i could would need i'll take that that's those say does there thank thanks handy do got get all so "
        "last first middle family other after to for mm hm mhm uh huh lovely good just long longer hear when set like no problem "
        "at worries rush your time on there absolutely exactly wonderful if don't mind out loud slowly fantastic excellent happy"
    ).split()
)  # fmt: skip
_AGAIN = re.compile(
    r"\b(?:again|repeat|sorry|pardon|didn't|did not|doesn't|once more|one more time|missed|catch|what was|say that|slower|wrong|declined)\b"
)
_OTHER_QUESTION = re.compile(
    r"\b(?:how (?:much|many|long|old|often|far|big|tall)|what (?:time|year|day|kind|size|color|model)|when)\b"
)


def urges(tokens: Sequence[Token]) -> bool:
    """Do the words only ask for what is due next: "go ahead with the number", "and the next one?"?"""
    return 0 < len(tokens) <= _LONGEST_URGING and all(t.norm in _URGING for t in tokens)


def asks_again(tokens: Sequence[Token]) -> bool:
    """Do the words want to hear again what was said: "That didn't work, try again"?"""
    return _AGAIN.search(joined(tokens)[0]) is not None


def asks_otherwise(tokens: Sequence[Token]) -> bool:
    """Do the words ask for an amount, an age, a time: "how many of them"?"""
    return _OTHER_QUESTION.search(joined(tokens)[0]) is not None
