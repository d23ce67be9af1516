"""Dates of a call read as a birth date or a card's expiry, by what the talk around them expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scanner.detect.spoken.dates import SpokenDate
from scanner.detect.spoken.expectations import Expectation
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.said_before import SaidBefore
from scanner.detect.spoken.speech_tokens import Token
from scanner.detect.spoken.whose_number import ANSWER_LEADS, is_callers, is_misplaced, speaks_of_customer

_LEAD_TOKENS = 3
_TAKES_BACK = frozenset("wait no sorry oops scratch nope mean actually rather correction".split())
_LONGEST_SLIP, _LONGEST_ANSWER = 5, 8
_DATES = frozenset(("CREDIT_CARD_EXPIRATION", "DATE_OF_BIRTH"))
_CENTURY = 20
_BIRTH_YEARS = range(1915, 2010)
_DATE_WORDS = frozenset("date data dates day birth birthday dob born verify confirm verification".split())
_ASKS_OTHERWISE = frozenset("when when's what what's which how why where who".split())
_EVENTS = (
    "buy", "bought", "purchas", "start", "began", "begin", "effect", "move", "marr", "wed", "annivers", "accident", "loss", "happen",
    "install", "built", "build", "open", "issu", "expir", "ship", "deliver", "appoint", "visit", "servic", "hire", "graduat", "retir",
    "die", "death", "pass", "divorc", "clos", "diagnos", "surger", "since", "long", "last", "join", "establish", "incorporat", "found",
    "form", "creat", "sign", "deed", "sold", "sell", "discharg", "enlist", "made", "manufact", "model", "year",
)  # fmt: skip
"""Beginnings of words for what else has a date of long ago."""
_HAPPENED = frozenset(
    "passed died married started hired moved bought purchased opened expired expires retired graduated happened".split()
)
_CARD_YEARS = range(20, 46)


def read_date(said: SaidBefore, line: int, date: SpokenDate, expected: Sequence[Expectation]) -> list[Hit]:
    """The birth date or expiry date that a date is, if the talk expects one."""
    statement = said.listener.statements[line]
    if (
        statement.by_company
        and not speaks_of_customer(statement, date.first)
        and not is_callers(said.listener, line, date.first)
        and not said.read_back(line, date.value)
        and not statement.in_question(date.last)
    ):
        dated = [e for e in expected if e.entity in _DATES]
        expected = [e for e in dated[:1] if is_misplaced(said.listener, line, date.first, e)]
    elif statement.by_company:
        expected = [e for e in expected if e.source == "said"]
    if not expected and statement.by_company and said.listener.one_channel and _after_birth_question(said, line, date):
        expected = [Expectation("DATE_OF_BIRTH", "said")]
    if _of_event(statement.tokens[: date.first]):
        expected = [e for e in expected if e.entity != "DATE_OF_BIRTH"]
    for e in expected:
        confidence = 0.0
        if e.entity == "DATE_OF_BIRTH" and date.day is not None:
            answers = e.source == "said" or (e.line >= line - 2 and date.first <= _LEAD_TOKENS)
            confidence = 0.96 if date.year is not None else 0.65 * answers
        elif e.entity == "DATE_OF_BIRTH" and date.year is not None and date.year > 100:
            confidence = 0.6
        elif e.entity == "CREDIT_CARD_EXPIRATION" and (date.day is None or (date.year is None and date.day >= 20)):
            confidence = 0.96
        if e.source == "topic":
            confidence -= 0.1
        if confidence >= 0.55:
            last = date.last
            if e.entity == "CREDIT_CARD_EXPIRATION" and date.year is None and date.day == _CENTURY:
                last = _year_after(statement.tokens, last)
            return [Hit(e.entity, line, date.first, last, date.value, confidence)]
    birth = 0.0 if statement.by_company else _birth_by_looks(said, line, date)
    return [Hit("DATE_OF_BIRTH", line, date.first, date.last, date.value, birth)] if birth else []


def _after_birth_question(said: SaidBefore, line: int, date: SpokenDate) -> bool:
    """Is it a whole date after "… date of birth?" in one breath, two voices of one channel being taken for one?"""
    if date.day is None or date.year is None:
        return False
    cue = next((c for c in said.listener.cues[line] if c.entity == "DATE_OF_BIRTH" and c.last < date.first), None)
    between = said.listener.statements[line].tokens[cue.last + 1 : date.first + 1] if cue is not None else ()
    return 0 < len(between) <= _LONGEST_ANSWER and any("?" in t.lead for t in between)


def _of_event(before: Sequence[Token]) -> bool:
    """Does the verb just before a date say what else happened then: "he passed on June 4th, and he was born …"?"""
    return any(t.norm in _HAPPENED for t in before[-2:])


def _birth_by_looks(said: SaidBefore, line: int, date: SpokenDate) -> float:
    """How likely a date of long ago that is all of an answer is a birth date, its question misheard ("your data seriously?")."""
    statement = said.listener.statements[line]
    if line == 0 or date.day is None or date.year is None or date.year not in _BIRTH_YEARS:
        return 0.0
    before = said.listener.statements[line - 1]
    lead, rest = statement.tokens[: date.first], statement.tokens[date.last + 1 :]
    alone = len(lead) <= _LEAD_TOKENS and all(t.norm in ANSWER_LEADS for t in lead) and len(rest) <= _LEAD_TOKENS - 1
    if not alone or before.speaker == statement.speaker != "unknown" or said.listener.cues[line - 1]:
        return 0.0
    asked = [t.norm for t in before.tokens]
    if any(w.startswith(_EVENTS) for w in asked):
        return 0.0
    if any(w in _DATE_WORDS for w in asked):
        return 0.6
    return 0.0 if any(w in _ASKS_OTHERWISE for w in asked) else 0.4


def taken_back(said: SaidBefore, line: int, date: SpokenDate) -> bool:
    """Is it said in place of the date just before, which then goes on to its end: "June 27, no wait, July 27"?"""
    last = said.hits[-1] if said.hits else None
    if last is None or last.line != line or last.entity not in _DATES or said.listener.statements[line].by_company:
        return False
    between = said.listener.statements[line].tokens[last.last + 1 : date.first]
    if len(between) > _LONGEST_SLIP or not any(t.norm in _TAKES_BACK for t in between):
        return False
    again = read_date(said, line, date, [Expectation(last.entity, "said")])
    if again:
        said.hits[-1] = replace(last, last=again[0].last, value=again[0].value)
    return bool(again)


def _year_after(tokens: Sequence[Token], last: int) -> int:
    """The last token of a year that is written as two days: "November 20th, 28th"."""
    after = tokens[last + 1].norm if last + 1 < len(tokens) else ""
    return last + 1 if after[:1].isdigit() and int("".join(c for c in after if c.isdigit())) in _CARD_YEARS else last
