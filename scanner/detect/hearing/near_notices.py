"""Notices in which the recogniser wrote another word: “calls that reported”, “on a corded line”, “to train our eyes”.

What only sounds like a notice counts as none. It says that a person must listen before anybody calls the notice missing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from scanner.detect.hearing import scope
from scanner.detect.hearing.heard import Range, Said, said
from scanner.detect.hearing.sentences import Sentence

NEAR = 0.46
"""Enough for a review, never for a notice."""

_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"c(?=[eiy])", "s"),
        (r"ck|qu|c|q|g", "k"),
        (r"th|d", "t"),
        (r"b", "p"),
        (r"v", "f"),
        (r"z", "s"),
        (r"[aeiouyhw]+", "a"),
        (r"(.)\1+", r"\1"),
    )
)
_TARGETS = ("rakartat", "rakartank")
"""How recorded and recording sound by these rules; “right” is too near to record."""
_OTHERS = frozenset(
    """required related received repeated rejected record records recover regard regards regarding report report's
    according guard requested recurring reporting recorder recorders recordings right card cart rate rated""".split()
)
"""Words that sound like it and stand where it does in their own right."""

_AUX = "(?:(?:am|is|are|be|being|get|gets|getting|may|might|will|can|could|also|all|always|that|maybe|has been) )+"
_CALLS = "(?:calls?|called|lines?|conversations?)"
_STRONG = (
    re.compile(r"(?:monitored|moderated|mentored) (?:or|and|are) (?P<at>@)"),
    re.compile(r"(?P<at>@) (?:or|and|in) (?:monitored|monetary|monitoring)"),
    re.compile(r"(?P<at>@) (?:for|to) (?:(?:our|your|the|its) )?(?:quality|training|assurance|compliance|coaching)\b"),
    re.compile(r"on (?:a|an|our|my) (?P<at>@) (?:phone )?line\b"),
    re.compile(rf"{_CALLS} (?:may|might|will|maybe) (?:also )?(?:be )?(?:being )?(?P<at>@)"),
)
_CLOSE = (
    re.compile(rf"{_CALLS} {_AUX}(?P<at>@)"),
    re.compile(r"on (?:a|an|our|my) (?P<at>@) \w+"),
    re.compile(r"(?:we|you|this|it|everything) (?:is|are) (?:(?:all|being|also) )*(?P<at>@)(?= \.|$)"),
    re.compile(r"(?:i am|we are) (?P<at>@) (?:this|the|our|us|my|your|all) \w+"),
)
_EXACT = (
    re.compile(
        r"(?:supposed|have|need|required|obliged|got) to (?:tell|let|inform|mention|advise|warn|remind|say)(?: [a-z']+){0,3} (?P<at>record|recorded|recording|recorder|taping|taped)\b"
    ),
    re.compile(
        r"(?:film|form|farm|phone|phones|tone) call(?:s|ed|er)? (?:[a-z']+ ){0,3}(?P<at>record|recorded|recording|restored|reported)\b"
    ),
    re.compile(r"(?:called|caller|calls|tall|all) (?:maybe|may be|that|are|is|get|gets) (?P<at>recorded|taped)\b"),
    re.compile(r"on (?:a|an|our|my) (?P<at>recorded|record) (?:mine|lime|lion|light|land|life|lane|time|lied|by)\b"),
    re.compile(
        r"monitor (?:and|or|and or) (?P<at>record|tape) (?:your|this|the|our|all|these) (?:phone )?(?:call|line|conv)"
    ),
    re.compile(
        r"(?:i|we) (?:do |always |also |will )?(?P<at>record|tape) (?:my|our|all|all our|all my|these) \w+(?= \.|$)"
    ),
)


def hear_near_notice(sentence: Sentence, *, opening: bool = False) -> list[Said]:
    """What sounds like a notice of recording in a sentence of the company's side that says none in so many words.

    In the `opening` of a call, who announces that something has to be said says it of the recording.
    """
    words = [t.text for t in sentence.tokens]
    for words_each in (1, 2):
        for i in range(len(words) - words_each + 1):
            joined = "".join(words[i : i + words_each])
            how_far = _distance(joined)
            if how_far > 2 or any(w in _OTHERS for w in words[i : i + words_each] if words_each == 1):
                continue
            frames = _STRONG if how_far == 2 or words_each == 2 else (*_STRONG, *_CLOSE)
            if any(_stands_in(f, _marked(sentence, i, i + words_each)) for f in frames):
                return _perhaps(sentence, Range(i, i + words_each))
    text = _marked(sentence, len(words), len(words))
    for frame in (*_EXACT, _ANNOUNCED):
        found = frame.search(text)
        if found:
            at = len(text[: found.start("at")].replace(" .", "").split())
            return _perhaps(sentence, Range(at, at + 1))
    has_to_be_said = _HAS_TO_BE_SAID.search(sentence.text) if opening and len(sentence) >= _A_NOTICE else None
    return _perhaps(sentence, Range(*sentence.range_of(has_to_be_said))) if has_to_be_said else []


_A_NOTICE = 7
_HAS_TO_BE_SAID = re.compile(
    r"\b(?:just|only) (?:letting you know|to let you know|so you (?:know|are aware))\b|^(?:please )?be (?:advised|aware) that\b|\bfor your information\b"
)
"""“I'm just letting you know we've got to pay for them”: in the first breath of a call, of the tape that runs."""
_ANNOUNCED = re.compile(
    r"(?:mention|tell you|let you know|inform you|say|remind you|you know|be aware|note|advise you|disclose)(?: [a-z']+){0,3}? (?:i|we) "
    r"(?:(?:do|always|also|all|will) )*"
    r"(?P<at>take|tap|type|tip|(?!(?:appreciate|value|love|enjoy|return|answer|get|have|had|need|miss|missed|limit|screen|route|transfer|end|close|make)\b)"
    r"[a-z]{3,}(?= (?:all |of )*(?:my|our|these|those|phone) )) (?:(?:all|my|our|these|those|your|this|every|of|phone) )+"
    r"(?:calls?|conversations?|claws?|clauses?|clouds?)(?= \.|$)"
)
"""“I need to mention that I take these calls”, “that we hate our phone calls”: nobody says so of that, of taping everybody has to."""
_EYE = "(?:eyes?|a eye|hey eye|aye|ayes|a i|hey i|air)"
_TRAINED = re.compile(
    rf"(?:train|training|trains|teach|teaching|develop|developing|improve|improving) (?:our|the|its|their|an|any) (?:own )?(?P<at>{_EYE})(?= (?:models?|systems?|tools?|software|assistants?)| \.|$)"
)
"""“Used to train our eyes”: nobody's eyes, of a company that says what its calls are for."""
_USED = re.compile(r"\b(?:used?|recordings?|recorded|calls?|conversations?|notes|voices?|data|transcripts?)\b")
_TAKEN = re.compile(
    r"(?:i|we|you|us|this) (?:(?:do|like to|would like to|always|also|all|will|am going to|are going to) )*"
    r"(?:(?P<at>take|taken|taking|tap|tip|type) (?:(?:all|my|our|these|those|phone|your|every|the|this|down) )*(?:calls?|conversations?|orders?|estimates?|quotes?|talks?)"
    r"|(?:is |are |get |have |put |got )(?:you |us |this )?(?:all )?on (?:the |a )?(?P<on>take|tap|tip)\b)"
)
"""“I like to take my estimates over the phone”: tape, if the question that follows asks for consent."""


def hear_near_training(sentence: Sentence) -> list[Said]:
    """“Those notes are used to train our eyes”: AI, it seems; a person must listen."""
    text = _marked(sentence, len(sentence), len(sentence))
    found = _TRAINED.search(text)
    if found is None or not _USED.search(text) or sentence.question or scope.negated(text):
        return []
    at = len(text[: found.start("at")].replace(" .", "").split())
    return [replace(said("ai_training", sentence, Range(at, at + 1), NEAR), confidence=NEAR)]


def sounds_taped(sentence: Sentence) -> Said | None:
    """Where a sentence of the company's side may say that it tapes; only a question for consent after it makes that likely."""
    match = _TAKEN.search(sentence.text)
    if match is None:
        return None
    found = _perhaps(sentence, Range(*sentence.range_of(match)))
    return found[0] if found else None


def _perhaps(sentence: Sentence, at: Range) -> list[Said]:
    if scope.not_said_of_now(sentence, at):
        return []
    return [replace(said("recording", sentence, at, NEAR), confidence=NEAR)]


def _marked(sentence: Sentence, first: int, end: int) -> str:
    """The words with @ for some of them, and a full stop where a clause ends."""
    said_so: list[str] = []
    for i, token in enumerate(sentence.tokens):
        if not first <= i < end:
            said_so.append(token.text)
        elif i == first:
            said_so.append("@")
        if token.mark and i + 1 >= end:
            said_so.append(".")
    return " ".join(said_so)


def _stands_in(frame: re.Pattern[str], text: str) -> bool:
    return any(text[m.start("at")] == "@" for m in frame.finditer(text))


@lru_cache(maxsize=8192)
def _distance(word: str) -> int:
    """By how many sounds a word differs from the nearest form of recorded; 9 where it is not like one."""
    if not 5 <= len(word) <= 12 or word in {"recorded", "recording", "monitored", "monitoring"}:
        return 9
    code = word
    for pattern, sound in _SOUNDS:
        code = pattern.sub(sound, code)
    return min(_edits(code, target) for target in _TARGETS)


def _edits(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]
