"""Dates of a call read as a birth date or a card's expiry, by what the talk around them expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scanner.detect.spoken.dates import SpokenDate
from scanner.detect.spoken.expectations import Expectation
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.said_before import SaidBefore
from scanner.detect.spoken.speech_tokens import Token
from scanner.detect.spoken.whose_number import is_callers, is_misplaced, speaks_of_customer

_LEAD_TOKENS = 3
_TAKES_BACK = frozenset("wait no sorry oops scratch nope mean actually rather correction".split())
_LONGEST_SLIP = 5
_DATES = frozenset(("CREDIT_CARD_EXPIRATION", "DATE_OF_BIRTH"))
_CENTURY = 20
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
        expected = [e for e in expected[:1] if is_misplaced(said.listener, line, date.first, e)]
    elif statement.by_company:
        expected = [e for e in expected if e.source == "said"]
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
    return []


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
