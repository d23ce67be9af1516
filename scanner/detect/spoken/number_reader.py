"""Numbers and dates of a call read as personal data, by their shape and by what the talk around them expects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from scanner.detect.spoken.card_numbers import CARD_START
from scanner.detect.spoken.company_numbers import is_companys_phone, numbers_of_company
from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.date_reader import read_date, taken_back
from scanner.detect.spoken.dates import SpokenDate, birth_date, expiry_date, find_dates
from scanner.detect.spoken.expectations import Expectation, Listener
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.measures import LONG_NUMBER, has_unit, is_said_as_measure, is_written_as_measure
from scanner.detect.spoken.number_pieces import bridged, continued, without_end_of_last, without_given
from scanner.detect.spoken.number_runs import Run
from scanner.detect.spoken.number_segments import CARD_FOLLOWERS, FAINT_WORDS, LISTED, LOOSE, hit_of, segments
from scanner.detect.spoken.number_shapes import EXACT, TOLL_FREE, fit, is_phone
from scanner.detect.spoken.number_slips import garbled_answer, muttered_code
from scanner.detect.spoken.said_before import SaidBefore, digits_of, is_last_four
from scanner.detect.spoken.whose_number import DIRECT_WITHIN, LONG_AND_EXACT, asks_last_four, is_direct

_SAID_BESIDE = 0.8
_PHONE_PARTS = 3
_GUESSED = 0.6
"""Below this a number is taken for something by its looks alone, or for what was asked in spite of them."""
_CODE = 3
"""So many digits no passcode has: "the verification code", while a card is read, is the card's."""
_LAST_FOUR = 4
_GROUPS = (8, 12)
"""Digits of two and of three groups of a card."""
_PHONE_DIGITS, _SOCIAL = 7, 9
_LONGEST_PRICE = 2
_PRICED = frozenset(("CREDENTIAL",))


class NumberReader:
    """Reads all numbers of a call; `taken` are hits (e-mails, addresses) whose tokens are not free."""

    def __init__(self, listener: Listener, taken: Sequence[Hit]) -> None:
        self._listener = listener
        self._said = SaidBefore(listener, taken)

    def read(self) -> tuple[Hit, ...]:
        """All numbers and dates that are personal data, in order."""
        for line, statement in enumerate(self._listener.statements):
            self._read_statement(line, statement)
        return tuple(self._said.hits)

    def _read_statement(self, line: int, statement: Statement) -> None:
        dates = [d for d in find_dates(statement.tokens) if self._said.free(line, d.first, d.last)]
        runs = [
            r
            for r in statement.runs
            if r.has_digit
            and self._said.free(line, r.first, r.last)
            and not any(d.first <= r.last and r.first <= d.last for d in dates)
        ]
        items: list[Run | SpokenDate] = sorted([*dates, *runs], key=lambda i: i.first)
        filled: set[str] = set()
        done = -1
        said_before = len(self._said.hits)
        for k, item in enumerate(items):
            if item.first <= done:
                continue
            expected = self._listener.expected(line, item.first, item.last, filled=frozenset(filled))
            expected = [e for e in expected if not self._said.answered(e, line)]
            expected = [*self._said.due_next(line, expected), *expected]
            if isinstance(item, SpokenDate):
                if taken_back(self._said, line, item):
                    done = max(done, item.last)
                    continue
                found = read_date(self._said, line, item, self._with_card(line, item.first, expected))
            else:
                following = [r for r in items[k + 1 : k + 5] if isinstance(r, Run)]
                found = self._number(line, statement, item, following, self._with_card(line, item.first, expected))
                found = [h for hit in found for h in self._as_phone(line, item, hit)]
            for hit in found:
                self._said.hits.append(hit)
                filled.add(hit.entity)
                if hit.line == line:  # pieces of earlier statements have tokens of their own
                    done = max(done, hit.last)
        if len(self._said.hits) == said_before and not statement.by_company:
            self._said.hits += muttered_code(self._listener, line)

    def _with_card(self, line: int, first: int, expected: list[Expectation]) -> list[Expectation]:
        """After a card number in the same statement, expiry and security code may follow without a word."""
        last = next((h for h in reversed(self._said.hits) if h.line == line), None)
        if last is None or last.entity not in ("CREDIT_CARD", "CREDIT_CARD_EXPIRATION") or first - last.last > 6:
            return expected
        said = [e for e in expected if e.source == "said"]
        if said and said[0].entity not in ("CREDIT_CARD", last.entity):
            return expected
        return [*(f for f in CARD_FOLLOWERS if f.entity != last.entity), *expected]

    def _number(
        self, line: int, statement: Statement, run: Run, following: Sequence[Run], expected: list[Expectation]
    ) -> list[Hit]:
        if has_unit(statement, run) or _is_kind_of_number(statement, run):
            return []
        if is_written_as_measure(statement, run) and not _answers(self._listener, line, run, expected):
            return []
        if run.size == _CODE and any(e.entity == "CREDENTIAL" for e in expected) and self._listener.of_card(line):
            expected = [replace(e, entity="CREDIT_CARD_CVV") if e.entity == "CREDENTIAL" else e for e in expected]
        if (
            run.size == _SOCIAL
            and expected
            and expected[0].entity == "CREDIT_CARD_CVV"
            and not self._said.has("CREDIT_CARD")
        ):
            expected = [replace(expected[0], entity="US_SSN"), *expected]  # "your, uh, security number?"
        if _is_month_of_year(statement, run) and self._listener.of_card(line):
            expected = [CARD_FOLLOWERS[0], *expected]
        if is_said_as_measure(statement, run):
            expected = [e for e in expected if e.entity != "CREDIT_CARD_CVV"]
        if statement.by_company:
            found = numbers_of_company(self._said, line, run, expected)
            if not found and self._listener.one_channel:
                pieces = continued(self._said, line, run, [e for e in expected if e.entity == "CREDIT_CARD"])
                if pieces:
                    return pieces
            if not found:
                self._said.note_companys(statement, run.readings()[0])
            return [replace(h, line=line) for h in found]
        if statement.speaker == "unknown" and any(
            t.norm == "our" for t in statement.tokens[max(0, run.first - 6) : run.first]
        ):
            return []
        parts = _last_four_and_birth(run, expected)
        if parts is not None and asks_last_four(self._listener, expected[0], line):
            return [hit_of(entity, line, part, fitted) for entity, part in parts if (fitted := fit(entity, part))]
        run = without_given(self._said, line, without_end_of_last(self._said, line, run))
        repeated = self._said.read_back(line, run.readings()[0])
        if (
            repeated is None
            and self._said.repeats_company(statement, run)
            and not any(e.source == "said" for e in expected)
        ):
            return []
        hits = list(segments(line, statement, run, expected, business=self._listener.of_business(line)))
        if hits and hits[0].confidence >= EXACT:
            if len(hits) == 1 and _begins_card(run, hits[0], expected):
                return [replace(hits[0], confidence=_GUESSED)]
            return self._rest_of_asked(line, run, hits[0], expected) or hits
        whole = bridged(self._listener, line, run, following, expected)
        if whole is not None:
            return [whole]
        pieces = continued(self._said, line, run, expected)
        if pieces:
            return pieces
        if hits and hits[0].confidence < _GUESSED:
            return garbled_answer(self._listener, line, run, expected) or hits
        if hits:
            return hits
        if repeated is not None and not is_last_four(run, repeated):
            return [Hit(repeated.entity, line, run.first, run.last, run.readings()[0], 0.7)]
        return garbled_answer(self._listener, line, run, expected)

    def _rest_of_asked(self, line: int, run: Run, hit: Hit, expected: list[Expectation]) -> list[Hit]:
        """The pieces of what was asked for, where the last of them alone could be some older topic's: a card, not an account."""
        asked = expected[0] if expected else None
        if asked is None or asked.source != "asked":
            return []
        end = hit.entity == asked.entity == "US_SSN" and run.size == _LAST_FOUR
        if not (hit.entity in LOOSE and hit.entity != asked.entity) and not (
            end and not asks_last_four(self._listener, asked, line)
        ):
            return []
        return continued(self._said, line, run, expected) if asked.entity in LONG_AND_EXACT else []

    def _as_phone(self, line: int, run: Run, hit: Hit) -> Iterator[Hit]:
        """A hit, or the telephone number that it is if it looks like one and is only said beside the word "account"."""
        statement = self._listener.statements[line]
        phone = is_phone(run) or (statement.by_company and run.readings()[0][:3] in TOLL_FREE)
        whole = (hit.first, hit.last) == (run.first, run.last)
        grouped = len(run.groups) > 1 or len(run.chunks) == _PHONE_PARTS
        beside = hit.entity == "ACCOUNT_NUMBER" and whole and phone
        if not beside or self._listener.names_account(line, run.first, grouped=grouped):
            yield hit
        elif not is_companys_phone(self._said, line, run):
            yield replace(hit, entity="PHONE_NUMBER", value=digits_of(hit.value)[-10:], confidence=_SAID_BESIDE)


def _is_kind_of_number(statement: Statement, run: Run) -> bool:
    """Is it "the 800 number", the company's telephone?"""
    after = statement.tokens[run.last + 1 : run.last + 2]
    return run.readings()[0] in TOLL_FREE and any(t.norm in ("number", "numbers", "line") for t in after)


def _is_month_of_year(statement: Statement, run: Run) -> bool:
    """Is it said as a month and its year: "three of twenty-eight"?"""
    between = statement.tokens[run.chunks[0].last + 1 : run.chunks[-1].first]
    return len(run.chunks) > 1 and any(t.norm == "of" for t in between) and expiry_date(run) is not None


def _begins_card(run: Run, hit: Hit, expected: Sequence[Expectation]) -> bool:
    """May an "account number" be the first groups of the card that was asked for, the rest being another statement?"""
    asked = expected[0] if expected else None
    card = asked is not None and asked.entity == "CREDIT_CARD" and asked.source == "asked"
    return card and hit.entity in LOOSE and run.size in _GROUPS and CARD_START.match(hit.value) is not None


def _last_four_and_birth(run: Run, expected: Sequence[Expectation]) -> tuple[tuple[str, Run], ...] | None:
    """The answer to both questions as its two values: "6141 and 2 14 84"; None where it is another."""
    if [e.entity for e in expected[:2]] != ["US_SSN", "DATE_OF_BIRTH"]:
        return None
    cut = next((k for k in range(1, len(run.chunks)) if run.part(0, k).size == _LAST_FOUR), None)
    if cut is None or not run.chunks[cut].break_before or birth_date(run.part(cut, len(run.chunks))) is None:
        return None
    return ("US_SSN", run.part(0, cut)), ("DATE_OF_BIRTH", run.part(cut, len(run.chunks)))


def _answers(listener: Listener, line: int, run: Run, expected: Sequence[Expectation]) -> bool:
    """Is what looks like a price, a decimal or a time of day the answer to a question for a number, or part of one?"""
    statement = listener.statements[line]
    rest = len(statement.tokens) - run.last - 1
    for e in expected:
        long = run.size >= LONG_NUMBER or (run.size >= _PHONE_DIGITS and len(run.groups) > _LONGEST_PRICE)
        listed = e.source == "asked" and e.line >= line - DIRECT_WITHIN and long  # "$5551-1-1-8"
        if not (listed or is_direct(listener, line, run.first, e)) or e.entity in _PRICED:
            continue
        fitted = fit(e.entity, run)
        if fitted is not None and (e.entity not in LOOSE or len(run.chunks) > _LONGEST_PRICE):
            exact = e.entity in LONG_AND_EXACT and fitted.confidence >= LISTED
            return e.source == "said" or exact or rest <= FAINT_WORDS
    return False
