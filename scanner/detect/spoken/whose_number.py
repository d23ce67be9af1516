"""Whose a number is: does it answer a question, does the sentence speak of the customer's things, do two voices overlap?"""

from __future__ import annotations

import re

from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.expectations import Expectation, Listener
from scanner.detect.spoken.number_words import FILLERS

_CUSTOMERS = frozenset("your you you're you've yours his her their mr mrs ms mister missus file".split())
COMPANYS = frozenset("our us ours me we".split())
LONG_AND_EXACT = frozenset(("PHONE_NUMBER", "US_SSN", "CREDIT_CARD", "ABA_ROUTING_NUMBER"))
DIRECT_WITHIN = 2
_ODD_WORDS = 1
"""What two voices that run into each other on one channel leave between question and answer."""
_CALLERS = frozenset(
    (
        "CREDIT_CARD",
        "CREDIT_CARD_EXPIRATION",
        "CREDIT_CARD_CVV",
        "US_SSN",
        "US_BANK_NUMBER",
        "ABA_ROUTING_NUMBER",
        "DATE_OF_BIRTH",
    )
)
_CALLERS_ON_ONE_CHANNEL = frozenset(("PHONE_NUMBER", "ACCOUNT_NUMBER", "US_DRIVER_LICENSE", "CREDENTIAL"))
_NAMED_ON_ONE_CHANNEL = frozenset(("ACCOUNT_NUMBER", "US_DRIVER_LICENSE", "MEDICAL_RECORD_NUMBER"))
_SHORT_SENTENCE = 6
_IS = frozenset(("is", "it's", "that's", "as", "was", "at", "on", "number's"))
_PLACES = frozenset(("at", "on"))
_ON_FILE = re.compile(r"^on (?:(?:the|your|this) )?(?:account|policy|file|record|profile)\b")
ANSWER_LEADS = FILLERS | frozenset(
    (
        "yes yeah yep sure okay ok it's its it is that's that that'd would be the my number um so oh well of course here go right and "
        "account card code date phone one sec second alright all you can use reach me at on call text says say should number's as of $ £ € "
        "expires expiration was i have"
    ).split()
)  # fmt: skip


def asks_last_four(listener: Listener, e: Expectation, line: int) -> bool:
    """Is it the last four digits of a social security number that are asked for?"""
    lines = (e.line,) if e.source != "said" else (line, listener.before(line))
    said = [t.norm for k in lines if k >= 0 for t in listener.statements[k].tokens]
    return e.entity == "US_SSN" and any(w in ("four", "4") for w in said)


def is_direct(listener: Listener, line: int, first: int, e: Expectation, *, most_odd: int = 0) -> bool:
    """Does a token follow at once on the words that ask for it or name it, but for so many odd words?"""
    tokens = listener.statements[line].tokens
    if e.source == "said":
        cues = [c for c in listener.cues[line] if c.last < first]
        start = cues[-1].last + 1 if cues else first + 1
    else:
        start = 0 if e.source == "asked" and e.line >= line - DIRECT_WITHIN else first + 1
    return start <= first and sum(t.norm not in ANSWER_LEADS for t in tokens[start:first]) <= most_odd


def is_misplaced(listener: Listener, line: int, first: int, e: Expectation) -> bool:
    """Is it an answer in the breath of the question, or after it, two voices of one channel being taken for one?"""
    if (
        listener.one_channel
        and e.source == "said"
        and e.entity in _NAMED_ON_ONE_CHANNEL
        and _after_question(listener, line, first)
    ):
        return True
    if not listener.one_channel or e.entity not in LONG_AND_EXACT | _CALLERS:
        return False
    if not is_direct(listener, line, first, e, most_odd=_ODD_WORDS):
        return False
    if e.source != "said":
        return e.line in (line - 1, listener.before(line)) and e.entity in listener.question_before(line)
    tokens = listener.statements[line].tokens
    cue = next(c for c in reversed(listener.cues[line]) if c.last < first)
    if any(t.norm in COMPANYS for t in tokens[max(0, cue.first - 8) : first]):
        return False
    between = tokens[cue.last + 1 : first + 1]
    if any("?" in t.lead or (t.ends_sentence_before and e.entity in _CALLERS) for t in between):
        return True
    says = any(t.norm in _IS - _PLACES for t in tokens[cue.first : cue.last + 1])
    kept = _ON_FILE.search(" ".join(t.norm for t in between)) is not None
    return not says and not any(t.norm in (_IS - _PLACES if kept else _IS) for t in between)


def _after_question(listener: Listener, line: int, first: int) -> bool:
    """Does a short sentence that names a number and nobody's follow on a question: "… with us? The account number is 6042."?"""
    tokens = listener.statements[line].tokens
    start = next((k for k in range(first, 0, -1) if tokens[k].ends_sentence_before), 0)
    words = {t.norm for t in tokens[start:first]}
    return start > 0 and "?" in tokens[start].lead and first - start <= _SHORT_SENTENCE and not words & COMPANYS


def is_callers(listener: Listener, line: int, first: int) -> bool:
    """Does somebody taken for the company's side read out what only a caller has: "my card number is"?"""
    tokens = listener.statements[line].tokens
    kinds = _CALLERS | _CALLERS_ON_ONE_CHANNEL if listener.one_channel else _CALLERS
    cues = [c for c in listener.cues[line] if c.last < first and c.entity in kinds]
    if not cues:
        return False
    return any(t.norm == "my" for t in tokens[max(0, cues[0].first - 1) : cues[0].last + 1])


def speaks_of_customer(statement: Statement, first: int) -> bool:
    """Does the sentence speak of the customer's things before this token?"""
    for token in reversed(statement.tokens[max(0, first - 16) : first]):
        if token.norm in COMPANYS:
            return False
        if token.norm in _CUSTOMERS:
            return True
    return False
