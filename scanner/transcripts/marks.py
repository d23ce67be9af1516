"""What transcripts put in brackets: sounds that are no words, and places where there were words that are not written."""

from __future__ import annotations

import re

_SOUNDS = (
    "music|hold music|music playing|hold|on hold|silence|blank audio|blank_audio|pause|long pause|noise|background noise|laughter|"
    "laughs|laughing|laugh|chuckles|chuckle|sighs|sigh|coughs|cough|coughing|applause|beep|beeps|tone|dial tone|ringing|"
    "phone ringing|ring|typing|keyboard clicking|static|click|clicks|breathing|breath|clears throat|sniffs|sound|no audio|"
    "no speech|dtmf|background conversation|background chatter|end of call|call ends"
)
_SOUND = re.compile(rf"[\[(*♪]+\s*(?:{_SOUNDS})\s*[\])*♪]+|[♪♫]+", re.IGNORECASE)

UNHEARD = re.compile(
    r"[\[(]\s*(?:inaudible|unintelligible|indiscernible|unclear|crosstalk|cross talk|overlapping speech|garbled|muffled|"
    r"audio cuts out|distorted)(?:\s[\d:.\s-]*)?\s*[\])]",
    re.IGNORECASE,
)
"""Somebody spoke, and whoever wrote it down could not make out what."""


def without_sounds(text: str) -> str:
    """The text without sounds in brackets; each place of lost words is one word, so that it keeps its time."""
    text = UNHEARD.sub(lambda m: " " + re.sub(r"\s+", "_", m[0]) + " ", text)
    return _SOUND.sub(" ", text)


def stands_for_lost_words(word: str) -> bool:
    """Whether a word only stands for speech that nobody could make out."""
    return UNHEARD.search(word.replace("_", " ")) is not None
