"""Numbers that the company's side says: the customer's where it repeats him or says "your", its own otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from scanner.detect.spoken.cues import BUSINESS, OTHER, find_cues
from scanner.detect.spoken.expectations import Expectation, Listener
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.measures import is_said_as_measure
from scanner.detect.spoken.number_pieces import FAINT
from scanner.detect.spoken.number_runs import Run
from scanner.detect.spoken.number_segments import LISTED, LOOSE, best_fit, hit_of, segments
from scanner.detect.spoken.number_shapes import EXACT, unasked
from scanner.detect.spoken.number_slips import garbled_answer
from scanner.detect.spoken.said_before import CARD_SHORT, SaidBefore, is_last_four
from scanner.detect.spoken.whose_number import (
    COMPANYS,
    LONG_AND_EXACT,
    is_callers,
    is_direct,
    is_misplaced,
    speaks_of_customer,
)

_SHORT, _NEAR = 4, 14
_SHORT_VALUES = CARD_SHORT | {"US_SSN"}
_GOES_WITH = {"CREDIT_CARD_CVV": "CREDIT_CARD", "US_BANK_NUMBER": "ABA_ROUTING_NUMBER"}
_BEFORE_SUM = frozenset(("for", "of", "$"))


def is_companys_phone(said_before: SaidBefore, line: int, run: Run) -> bool:
    """Does the company's side offer its own telephone number, or somebody repeat that: "call us about your account"?"""
    statement, text = said_before.listener.statements[line], run.readings()[0]
    if said_before.is_companys(text):
        return True
    before = [t.norm for t in statement.tokens[: run.first]]
    own = (
        statement.by_company
        and any(w in COMPANYS - {"me"} for w in before)
        and "you" in before
        and "have" not in before
    )
    if own:
        said_before.note_companys(statement, text)
    return own


def numbers_of_company(said_before: SaidBefore, line: int, run: Run, expected: list[Expectation]) -> list[Hit]:
    """What agent and system say is the customer's when it repeats him, or when they say "your"."""
    listener = said_before.listener
    statement = listener.statements[line]
    for part in (run, *(_groups_of(run))):
        repeated = said_before.read_back(line, part.readings()[0])
        if repeated is not None and not is_last_four(part, repeated) and not _is_time(listener, line, part, repeated):
            return [
                Hit(repeated.entity, line, part.first, part.last, part.readings()[0], min(0.9, repeated.confidence))
            ]
    said = [e for e in expected if e.source == "said"]
    if said and is_callers(listener, line, run.first):
        return list(segments(line, statement, run, expected, business=listener.of_business(line))) or garbled_answer(
            listener, line, run, expected
        )
    misplaced = [e for e in expected[:1] if is_misplaced(listener, line, run.first, e)]
    if misplaced:
        return list(segments(line, statement, run, misplaced)) or garbled_answer(listener, line, run, misplaced)
    said = [e for e in said if e.entity != "CREDIT_CARD_CVV" or _names_code(listener, line, run)]
    if listener.one_channel and said and said_before.has(_GOES_WITH.get(said[0].entity, "")):
        code = best_fit(run, said[:1], EXACT, dominates=True) if is_direct(listener, line, run.first, said[0]) else None
        if code is not None:
            return [hit_of(code[0], line, code[1], code[2])]  # whoever says it, it goes with that card or bank
    if not speaks_of_customer(statement, run.first):
        return _confirmed(listener, line, run, said) or _whole_card(listener, line, run)
    fitted = best_fit(run, said, EXACT, dominates=True)
    if fitted is None and said and said[0].entity in LONG_AND_EXACT and is_direct(listener, line, run.first, said[0]):
        fitted = best_fit(run, said[:1], FAINT, dominates=True)
    return [hit_of(fitted[0], line, fitted[1], fitted[2])] if fitted else _whole_card(listener, line, run)


def _whole_card(listener: Listener, line: int, run: Run) -> list[Hit]:
    """A card number that some issuer has is a customer's whoever reads it, if it is not called something else."""
    alone = unasked(run)
    if alone is None or alone[0] != "CREDIT_CARD" or alone[1].confidence < LISTED:
        return []
    near = (c for c in listener.cues[line] if c.last < run.first and run.first - c.last <= _NEAR)
    return [] if any(c.entity in (OTHER, BUSINESS) for c in near) else [hit_of("CREDIT_CARD", line, run, alone[1])]


def _names_code(listener: Listener, line: int, run: Run) -> bool:
    """Is a security code named before a number, and not only its place: "you back select 155"?"""
    return any(
        c.entity == "CREDIT_CARD_CVV" and c.last < run.first for c in find_cues(listener.statements[line].tokens)
    )


def _is_time(listener: Listener, line: int, part: Run, repeated: Hit) -> bool:
    """Is it a time or a sum that only happens to have a short value's digits: "at eleven thirty", "a payment of 492"?"""
    statement = listener.statements[line]
    short = part.size <= _SHORT and repeated.entity in _SHORT_VALUES
    before = statement.tokens[part.first - 1].norm if part.first else ""
    return short and (is_said_as_measure(statement, part) or before in _BEFORE_SUM)


def _confirmed(listener: Listener, line: int, run: Run, said: Sequence[Expectation]) -> list[Hit]:
    """A number of a sentence that asks whether it is right: "let me make sure I have it: 843 555 0126?"."""
    statement = listener.statements[line]
    if any(t.norm in COMPANYS - {"me"} for t in statement.tokens[max(0, run.first - 12) : run.first]):
        return []
    if not statement.in_question(run.last):
        return []
    fitted = best_fit(run, [e for e in said if e.entity not in LOOSE], EXACT, dominates=True)
    alone = unasked(run) if fitted is None and not said else None
    if fitted is not None:
        return [hit_of(fitted[0], line, fitted[1], fitted[2])]
    return [hit_of(alone[0], line, run, alone[1])] if alone is not None and alone[0] == "PHONE_NUMBER" else []


def _groups_of(run: Run) -> Iterator[Run]:
    """The stretches of a run between breaks, where there are several."""
    starts = [0, *(i for i, c in enumerate(run.chunks) if i and c.break_before), len(run.chunks)]
    if len(starts) > 2:
        for a, b in pairwise(starts):
            yield run.part(a, b)
