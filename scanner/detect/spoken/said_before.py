"""What a call has said so far: the values read, and the numbers that the company's side gave away of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.dates import expiry_date, find_dates
from scanner.detect.spoken.expectations import Expectation, Listener
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.number_runs import Run
from scanner.detect.spoken.number_segments import LOOSE
from scanner.detect.spoken.number_shapes import EXACT

READ_BACK_WITHIN_S = 90.0
_DUE_AFTER = {
    "CREDIT_CARD": ("CREDIT_CARD_EXPIRATION", "CREDIT_CARD_CVV"),
    "CREDIT_CARD_EXPIRATION": ("CREDIT_CARD_CVV",),
    "ABA_ROUTING_NUMBER": ("US_BANK_NUMBER",),
}
_NEXT_WITHIN_S = 20.0
_SHORT_QUESTION, _BESIDE_CODE, _CODE = 8, 1, 3
_OF_NUMBERS = frozenset("number numbers code codes digit digits back security".split())
_MONTH_AND_YEAR = 4
_YEARS_TO_COME = frozenset((*range(25, 40), *range(2025, 2040)))
_TWO_DIGITS = frozenset(str(y) for y in _YEARS_TO_COME)
_ASKS_OTHERWISE = frozenset(
    "how when day birthday born where who order time price total amount room store zip year name address phone".split()
)
CARD_SHORT = frozenset(("CREDIT_CARD_CVV", "CREDIT_CARD_EXPIRATION"))
_LONG_ENOUGH = 7
_SAME_NUMBER = 0.8
_WHOLE = 0.5
"""Cards below this have lost digits, or are not said to the end."""


class SaidBefore:
    """The numbers of a call up to where it is read; `taken` are hits (e-mails, addresses) whose tokens are not free."""

    def __init__(self, listener: Listener, taken: Sequence[Hit]) -> None:
        self.hits: list[Hit] = []
        self.listener = listener
        self._taken = taken
        self._companys: list[tuple[float, str]] = []
        """Numbers that the company's side gave away of its own, and when."""

    def free(self, line: int, first: int, last: int) -> bool:
        """Do no e-mail address and no street lie there?"""
        return not any(h.overlaps(line, first, last) for h in self._taken)

    def has(self, entity: str) -> bool:
        """Was such a value said: a payment card's number?"""
        return any(h.entity == entity for h in self.hits)

    def answered(self, e: Expectation, line: int) -> bool:
        """Has an earlier question got its answer before, and is it not asked again?"""
        if e.source == "said" or e.line == line - 1:
            return False
        if e.entity not in LOOSE and self.listener.asks_again(line - 1):
            return False
        least = 0.0 if e.entity in LOOSE | CARD_SHORT else EXACT
        given = (h for h in self.hits if h.entity == e.entity and e.line < h.line < line)
        return any(h.confidence >= (least if h.group is None else min(least, _WHOLE)) for h in given)

    def due_next(self, line: int, expected: Sequence[Expectation]) -> Iterator[Expectation]:
        """What is due after the last value, where the other side only urges on: "and the next one?"."""
        if not self.hits or not line or any(e.source == "said" for e in expected):
            return
        last = self.hits[-1]
        if last.entity == "CREDIT_CARD" and last.confidence < _WHOLE:
            return  # some of its groups are still to come
        unclear = self._asks_unclearly(line) or (last.entity == "CREDIT_CARD" and self._gives_expiry(line))
        if not self.listener.urges(line - 1) and not unclear:
            return
        statements = self.listener.statements
        if last.line >= line or statements[line].start_s - statements[last.line].end_s > _NEXT_WITHIN_S:
            return
        for entity in _DUE_AFTER.get(last.entity, ()):
            yield Expectation(entity, "asked", line - 1)

    def _asks_unclearly(self, line: int) -> bool:
        """Is a card's next value given, three digits and no more, after a short question that was misheard?"""
        before, statement = self.listener.statements[line - 1], self.listener.statements[line]
        short = len(before.tokens) <= _SHORT_QUESTION and not self.listener.cues[line - 1]
        numbers = any(t.norm in _OF_NUMBERS for t in before.tokens)
        run = statement.runs[0] if len(statement.runs) == 1 and statement.runs[0].size == _CODE else None
        alone = run is not None and len(statement.tokens) - (run.last + 1 - run.first) <= _BESIDE_CODE
        counts = any(t.norm == "how" for t in before.tokens)
        return short and numbers and alone and not counts and before.speaker != statement.speaker

    def _gives_expiry(self, line: int) -> bool:
        """Is the answer to a short question that was misheard a month and a year to come, and nothing else ("0429")?"""
        before, statement = self.listener.statements[line - 1], self.listener.statements[line]
        short = len(before.tokens) <= _SHORT_QUESTION and not self.listener.cues[line - 1]
        asks_otherwise = any(t.norm in _ASKS_OTHERWISE for t in before.tokens)
        if not short or asks_otherwise or before.speaker == statement.speaker:
            return False
        dates = find_dates(statement.tokens)
        if dates:
            said = sum(d.last + 1 - d.first for d in dates)
            of_card = all((d.year or d.day) in _YEARS_TO_COME and not (d.year and d.day) for d in dates)
            return of_card and len(statement.tokens) - said <= _BESIDE_CODE
        run = statement.runs[0] if len(statement.runs) == 1 and statement.runs[0].size == _MONTH_AND_YEAR else None
        if run is None or len(statement.tokens) - (run.last + 1 - run.first) > _BESIDE_CODE:
            return False
        return run.readings()[0][2:] in _TWO_DIGITS and expiry_date(run) is not None

    def note_companys(self, statement: Statement, text: str) -> None:
        """Remember a number that the company's side gave away of its own."""
        self._companys.append((statement.start_s, digits_of(text)))

    def is_companys(self, text: str) -> bool:
        """Is it a number that the company's side gave away of its own?"""
        return any(given == digits_of(text) for _, given in self._companys)

    def repeats_company(self, statement: Statement, run: Run) -> bool:
        """Does the customer only repeat a number that was given to him?"""
        key = digits_of(run.readings()[0])
        now = statement.start_s
        return len(key) >= 5 and any(
            (key == given or _nearly(key, given)) and now - then <= READ_BACK_WITHIN_S for then, given in self._companys
        )

    def read_back(self, line: int, text: str) -> Hit | None:
        """The value that somebody else said a moment ago and that this repeats, whole or in a group of three or more."""
        now = self.listener.statements[line]
        key = digits_of(text)
        if len(key) < 3:
            return None
        for hit in reversed(self.hits):
            then = self.listener.statements[hit.line]
            if now.start_s - then.end_s > READ_BACK_WITHIN_S:
                return None
            if hit.line == line or then.speaker == now.speaker:
                continue
            value = digits_of(hit.value)
            part = len(key) >= 4 and (key in value or (len(value) >= 4 and value in key))
            if key == value or part or _nearly(key, value):
                return hit
        return None


def digits_of(text: str) -> str:
    """The digits of a text, letters and marks left out."""
    return "".join(c for c in text if c.isdigit())


def is_last_four(run: Run, repeated: Hit) -> bool:
    """Is it only the end of a card number, which may be said and stored?"""
    text = digits_of(run.readings()[0])
    return repeated.entity == "CREDIT_CARD" and len(text) <= 4 and digits_of(repeated.value).endswith(text)


def _nearly(one: str, other: str) -> bool:
    """Are two long numbers the same but for a digit that was misheard, lost or doubled?"""
    if min(len(one), len(other)) < _LONG_ENOUGH or abs(len(one) - len(other)) > max(len(one), len(other)) // 4:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _SAME_NUMBER
