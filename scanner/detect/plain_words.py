"""Words as phrase tables see them: one spelling for what is said in one way, so that tables need no variants.

Lower case, contractions written out, "thanks" as "thank you", hesitation gone. Sentence ends are ``|``, which no phrase
reaches across.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# What a word becomes before patterns see it: one spelling for what is said in one way.
_WORD_FORMS: Mapping[str, str] = {
    "ok": "okay", "okey": "okay", "k": "okay", "thanks": "thank you", "gonna": "going to", "wanna": "want to",
    "gotta": "have to", "ma'am": "maam", "madam": "maam", "hey": "hi", "hiya": "hi", "yep": "yeah", "yup": "yeah",
    "mm": "mmhm", "mm-hm": "mmhm", "mm-hmm": "mmhm", "mmhmm": "mmhm", "mhm": "mmhm", "mhmm": "mmhm", "uh-huh": "mmhm",
    "uhhuh": "mmhm", "aha": "mmhm", "can't": "can not", "cannot": "can not", "won't": "will not", "let's": "let us",
    "lemme": "let me", "gimme": "give me", "y'all": "you", "alright": "all right", "goodbye": "bye", "e-mail": "email",
    "kinda": "kind of", "dunno": "do not know", "um": "", "uh": "", "er": "", "hm": "", "hmm": "", "erm": "",
}  # fmt: skip
_ENDINGS = (
    ("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'m", " am"), ("'d", " would"),
)  # fmt: skip
_IS = frozenset({"it", "that", "what", "there", "here", "who", "how", "where", "he", "she", "this", "name", "when"})
_NOT_WORD = re.compile(r"[^\w']+")
SENTENCE_END = "|"


def normalised(word: str) -> str:
    """The word as the tables write it, possibly several words or none; punctuation gone, apostrophes resolved."""
    text = word.lower().replace("\u2019", "'").strip('.,!?;:"()[]\u2026\u2014- ')
    if text in _WORD_FORMS:
        return _WORD_FORMS[text]
    for ending, full in _ENDINGS:
        if text.endswith(ending) and len(text) > len(ending):
            return _NOT_WORD.sub(" ", text[: -len(ending)]) + full
    if text.endswith("'s") and text[:-2] in _IS:
        return text[:-2] + " is"
    return " ".join(_NOT_WORD.sub(" ", text).split())


def patterns(text: str) -> re.Pattern[str]:
    """One pattern for phrases, one a line, matched as whole words; ``.{m,n}`` stays within a sentence."""
    lines = [
        line.strip().replace(" ", r"\s+").replace(".{", "[^|]{") for line in text.strip().splitlines() if line.strip()
    ]
    return re.compile(r"(?<![\w'])(?:" + "|".join(lines) + r")(?![\w'])")
