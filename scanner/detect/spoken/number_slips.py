"""Answers of which a recogniser lost digits or wrote some twice: what was asked for was said, and is doubtful."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.detect.spoken.card_numbers import CARD_START
from scanner.detect.spoken.expectations import Expectation, Listener
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.number_runs import Run
from scanner.detect.spoken.number_segments import hit_of, variants
from scanner.detect.spoken.number_shapes import SHAPES, TOLL_FREE, Fit
from scanner.detect.spoken.number_words import DIGITS
from scanner.detect.spoken.whose_number import asks_last_four, is_direct

_DIGITS = {
    "CREDIT_CARD": 16,
    "PHONE_NUMBER": 10,
    "US_SSN": 9,
    "US_ITIN": 9,
    "ABA_ROUTING_NUMBER": 9,
    "US_PASSPORT": 9,
    "US_BANK_NUMBER": 6,
    "ACCOUNT_NUMBER": 6,
    "MEDICAL_RECORD_NUMBER": 6,
    "US_DRIVER_LICENSE": 7,
    "CREDIT_CARD_CVV": 3,
    "CREDENTIAL": 4,
}
"""How many digits one usually has."""
_EXACT_LENGTH = frozenset(("PHONE_NUMBER", "US_SSN", "US_ITIN", "ABA_ROUTING_NUMBER", "CREDIT_CARD_CVV"))
_LAST_FOUR = 4
_SHORTEST_EXPIRY = 2
_MOST_TOO_MANY = 1.6
_CARD_YEARS = range(24, 41)
_LEAST_SHARE = 0.6
_REPEATED = 0.6
_PLAIN_PHONE = 0.9
_SHORTEST_REPEAT = 3
_SLIP_IN = 7
"""Of so many digits said again one may be heard otherwise."""
_DIGITS_TO_A_LETTER = 8
"""Of so many digits one may be heard as a letter: "O2-1, O-O-L, O2-1"."""
_MUTTERED_WORDS, _UNSURE, _MUTTERED = 4, 0.5, 0.35
_YEAR = re.compile(r"(?:19|20)\d\d")


def _garbled(entity: str, run: Run, *, last_four: bool = False) -> Fit | None:
    """A direct answer that has lost some of its digits, or has a few too many, as a doubtful reading.

    `last_four`: only the last four digits were asked for.
    """
    if entity == "CREDIT_CARD_EXPIRATION":
        return _short_expiry(run)
    wanted = _LAST_FOUR if last_four else _DIGITS.get(entity)
    text = run.readings()[0]
    digits = sum(c.isdigit() for c in text)
    if wanted is None or digits == 0 or (_YEAR.fullmatch(text) and wanted != _LAST_FOUR):
        return None
    share = digits / wanted
    toll_free = entity == "PHONE_NUMBER" and text.lstrip("1")[:3] in TOLL_FREE
    if entity == "CREDIT_CARD" and not CARD_START.match(text):
        return None  # a library's or a shop's
    if toll_free or (share == 1 and entity in _EXACT_LENGTH):
        return None  # its shape was weighed already
    if share <= 1:
        doubt = (share - _LEAST_SHARE) / (1 - _LEAST_SHARE)
        return Fit(text, round(0.35 + 0.2 * doubt, 3)) if doubt >= 0 else None
    once = _said_once(text)
    shape = SHAPES[entity](once) if once is not None else 0.0
    if once is not None and shape:
        return Fit(once, min(_REPEATED, shape))
    again = text[-wanted:]
    if entity == "PHONE_NUMBER" and digits > wanted and text.isdigit() and SHAPES[entity](again) > _PLAIN_PHONE:
        return Fit(again, _REPEATED)  # begun wrongly, then said again: "612-555-80651-555-0144"
    if digits <= wanted + max(1, wanted // 4):
        return Fit(text, 0.4)
    return Fit(text, 0.35) if entity in _EXACT_LENGTH and digits <= wanted * _MOST_TOO_MANY else None


def _short_expiry(run: Run) -> Fit | None:
    """The year of an expiry with one digit before it, the other lost: "032" for 08/32; or two digits, the rest lost."""
    text = run.readings()[0]
    if not text.isdigit():
        return None
    if len(text) == _SHORTEST_EXPIRY:
        return Fit(text, 0.35)
    return Fit(text, 0.45) if len(text) == _SHORTEST_EXPIRY + 1 and int(text[-2:]) in _CARD_YEARS else None


def _said_once(text: str) -> str | None:
    """Digits without their beginning, where that is heard twice: a recogniser reads a passage again, or a speaker does."""
    for size in range(len(text) // 2, _SHORTEST_REPEAT - 1, -1):
        first, again = text[:size], text[size : 2 * size]
        slips = sum(a != b for a, b in zip(first, again, strict=True))
        if slips <= size // _SLIP_IN:
            return text[size:]
    return None


def garbled_answer(listener: Listener, line: int, run: Run, expected: Sequence[Expectation]) -> list[Hit]:
    """A direct answer of which the recogniser lost digits: what was asked for, with little confidence."""
    direct = next((e for e in expected if is_direct(listener, line, run.first, e)), None)
    if direct is None:
        return []
    letters = sum(len(c.text) for c in run.chunks if c.kind == "letter")
    within = [run] if direct.entity in _EXACT_LENGTH and letters * _DIGITS_TO_A_LETTER <= run.size else []
    for variant in (*variants(run, direct.entity), *within):
        fitted = _garbled(direct.entity, variant, last_four=asks_last_four(listener, direct, line))
        if fitted is not None:
            return [hit_of(direct.entity, line, variant, fitted)]
    return []


def muttered_code(listener: Listener, line: int) -> list[Hit]:
    """A security code of which hardly a digit was understood ("Oh, well, seven"), with little confidence.

    It was just asked for, and a few words that the recogniser was not sure of are all of the answer, a digit among them.
    """
    statement = listener.statements[line]
    tokens = statement.tokens
    asked = listener.question_before(line)[:1] == ("CREDIT_CARD_CVV",)
    if not asked or not 0 < len(tokens) <= _MUTTERED_WORDS:
        return []
    doubts = [w.probability for w in statement.words]
    digits = any(t.is_figure or t.norm in DIGITS for t in tokens if t.norm not in ("oh", "o"))
    if not digits or sum(doubts) / len(doubts) >= _UNSURE:
        return []
    return [Hit("CREDIT_CARD_CVV", line, 0, len(tokens) - 1, " ".join(t.norm for t in tokens), _MUTTERED)]
