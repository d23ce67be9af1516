"""Numbers and dates of a call read as personal data, by their shape and by what the talk around them expects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise

from scanner.detect.conversation import Statement
from scanner.detect.expectations import Expectation, Listener
from scanner.detect.hits import Hit
from scanner.detect.number_shapes import EXACT, Fit, fit, unasked
from scanner.detect.number_words import FILLERS
from scanner.detect.spoken_dates import SpokenDate, find_dates
from scanner.detect.spoken_numbers import Run

READ_BACK_WITHIN_S = 90.0
_CARD_FOLLOWERS = (Expectation("CREDIT_CARD_EXPIRATION", "said"), Expectation("CREDIT_CARD_CVV", "said"))
_MEASURES = frozenset(
    (
        "dollar dollars bucks cent cents percent degrees degree miles mile minutes minute hours hour days day weeks week months "
        "month years year times people feet foot inches square pounds pound gigs gigabytes gigabyte megabytes megs gb mb mbps "
        "gallons am pm o'clock kids bedrooms points units items pieces watts kilowatt kilowatts volts euros grand k "
        "milligrams mg ounces th kilometers km yards acres percentages tickets boxes pills"
    ).split()
)  # fmt: skip
_CUSTOMERS = frozenset("your you you're you've yours his her their mr mrs ms mister missus file".split())
_COMPANYS = frozenset("our us ours me we".split())
_CODE_LIKE = frozenset(
    ("US_DRIVER_LICENSE", "US_PASSPORT", "ACCOUNT_NUMBER", "MEDICAL_RECORD_NUMBER", "US_MBI", "IBAN_CODE")
)
_LOOSE = frozenset(
    ("CREDENTIAL", "ACCOUNT_NUMBER", "MEDICAL_RECORD_NUMBER", "US_DRIVER_LICENSE", "US_BANK_NUMBER", "US_PASSPORT")
)
"""Shapes so wide that most numbers fit them: an older topic is not enough."""
_FAINT_WORDS = 8
_LEAD_TOKENS = 3
_LONG_ENOUGH = 7
_SAME_NUMBER = 0.9


class NumberReader:
    """Reads all numbers of a call; `taken` are hits (e-mails, addresses) whose tokens are not free."""

    def __init__(self, listener: Listener, taken: Sequence[Hit]) -> None:
        self._listener = listener
        self._taken = taken
        self._hits: list[Hit] = []
        self._companys: list[tuple[float, str]] = []
        """Numbers that the company's side gave away of its own, and when."""

    def read(self) -> tuple[Hit, ...]:
        """All numbers and dates that are personal data, in order."""
        for line, statement in enumerate(self._listener.statements):
            self._read_statement(line, statement)
        return tuple(self._hits)

    def _read_statement(self, line: int, statement: Statement) -> None:
        dates = [d for d in find_dates(statement.tokens) if self._free(line, d.first, d.last)]
        runs = [
            r
            for r in statement.runs
            if r.has_digit
            and self._free(line, r.first, r.last)
            and not any(d.first <= r.last and r.first <= d.last for d in dates)
        ]
        items: list[Run | SpokenDate] = sorted([*dates, *runs], key=lambda i: i.first)
        filled: set[str] = set()
        done = -1
        for k, item in enumerate(items):
            if item.first <= done:
                continue
            expected = self._listener.expected(line, item.first, item.last, filled=frozenset(filled))
            expected = [e for e in expected if not self._answered(e, line)]
            if isinstance(item, SpokenDate):
                found = self._date(line, item, self._with_card(line, item.first, expected))
            else:
                following = [r for r in items[k + 1 : k + 5] if isinstance(r, Run)]
                found = self._number(line, statement, item, following, self._with_card(line, item.first, expected))
            for hit in found:
                self._hits.append(hit)
                filled.add(hit.entity)
                done = max(done, hit.last)

    def _answered(self, e: Expectation, line: int) -> bool:
        """Has an earlier question for something that many numbers could be got its answer before?"""
        if e.source == "said" or e.entity not in _LOOSE or e.line == line - 1:
            return False
        return any(h.entity == e.entity and e.line < h.line < line for h in self._hits)

    def _free(self, line: int, first: int, last: int) -> bool:
        return not any(h.overlaps(line, first, last) for h in self._taken)

    def _with_card(self, line: int, first: int, expected: list[Expectation]) -> list[Expectation]:
        """After a card number in the same statement, expiry and security code may follow without a word."""
        last = next((h for h in reversed(self._hits) if h.line == line), None)
        if last is None or last.entity not in ("CREDIT_CARD", "CREDIT_CARD_EXPIRATION") or first - last.last > 6:
            return expected
        said = [e for e in expected if e.source == "said"]
        if said and said[0].entity != "CREDIT_CARD":
            return expected
        return [*(f for f in _CARD_FOLLOWERS if f.entity != last.entity), *expected]

    # ------------------------------------------------------------------ dates

    def _date(self, line: int, date: SpokenDate, expected: Sequence[Expectation]) -> list[Hit]:
        statement = self._listener.statements[line]
        if (
            statement.by_company
            and not self._of_customer(statement, date.first)
            and not self._read_back(line, date.value)
        ):
            return []
        if statement.by_company:
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
                return [Hit(e.entity, line, date.first, date.last, date.value, confidence)]
        return []

    # ------------------------------------------------------------------ numbers

    def _number(
        self, line: int, statement: Statement, run: Run, following: Sequence[Run], expected: list[Expectation]
    ) -> list[Hit]:
        if _is_measure(statement, run):
            return []
        if statement.by_company:
            found = self._by_company(line, statement, run, expected)
            if not found:
                self._companys.append((statement.start_s, _digits(run.readings()[0])))
            return [replace(h, line=line) for h in found]
        if statement.speaker == "unknown" and any(
            t.norm == "our" for t in statement.tokens[max(0, run.first - 6) : run.first]
        ):
            return []
        repeated = self._read_back(line, run.readings()[0])
        if repeated is None and self._repeats_company(statement, run) and not any(e.source == "said" for e in expected):
            return []
        hits = list(self._segments(line, statement, run, expected))
        if hits and hits[0].confidence >= EXACT:
            return hits
        bridged = self._bridged(line, statement, run, following, expected)
        if bridged is not None:
            return [bridged]
        continued = self._continued(line, statement, run, expected)
        if continued:
            return continued
        if hits:
            return hits
        if repeated is not None and not _is_last_four(run, repeated):
            return [Hit(repeated.entity, line, run.first, run.last, run.readings()[0], 0.7)]
        return []

    def _segments(self, line: int, statement: Statement, run: Run, expected: list[Expectation]) -> Iterator[Hit]:
        """A run as one value, or as several one after the other ("4532…0366, 08 27, 737")."""
        said = [e for e in expected if e.source == "said"]
        dominates = self._dominates(statement, run)
        whole = _best(run, said[:1] or expected, EXACT, dominates)
        if whole is not None:
            yield _hit(whole[0], line, whole[1], whole[2])
            return
        for cut in range(len(run.chunks) - 1, 0, -1):
            head, tail = run.part(0, cut), run.part(cut, len(run.chunks))
            if not tail.chunks[0].break_before and not _is_card_end(head):
                continue
            fitted = _best(head, expected, EXACT, dominates)
            if fitted is None:
                alone = unasked(head)
                fitted = (
                    (alone[0], head, alone[1])
                    if alone and alone[0] == "CREDIT_CARD" and alone[1].confidence > 0.8
                    else None
                )
            if fitted is None:
                continue
            rest = [e for e in expected if e.entity != fitted[0]]
            if fitted[0] == "CREDIT_CARD":
                rest = [*_CARD_FOLLOWERS, *rest]
            elif fitted[0] == "CREDIT_CARD_EXPIRATION":
                rest = [_CARD_FOLLOWERS[1], *rest]
            tail_hits = list(self._segments(line, statement, tail, rest))
            if not tail_hits and fitted[0] != "CREDIT_CARD":
                continue
            yield _hit(fitted[0], line, head, fitted[2])
            yield from tail_hits
            return
        # What the speaker himself calls it goes before what was asked, even where the recogniser lost a digit.
        for least, some in ((0.5, said[:1]), (EXACT, expected if said else []), (0.5, said)):
            fitted = _best(run, some, least, dominates)
            if fitted is not None:
                yield _hit(fitted[0], line, fitted[1], fitted[2])
                return
        alone = unasked(run)
        if alone is not None and alone[1].confidence >= 0.85:
            yield _hit(alone[0], line, run, alone[1])
            return
        faint = _best(run, [e for e in expected if e.source != "topic"], 0.5, dominates)
        if faint is not None:
            yield _hit(faint[0], line, faint[1], faint[2])
        elif alone is not None and not any(e.source == "said" for e in expected):
            yield _hit(alone[0], line, run, alone[1])

    def _dominates(self, statement: Statement, run: Run) -> bool:
        """Does the statement say little else, so that it is an answer?"""
        others = len(statement.tokens) - (run.last - run.first + 1)
        return others <= _FAINT_WORDS or run.first <= _FAINT_WORDS

    def _bridged(
        self, line: int, statement: Statement, run: Run, following: Sequence[Run], expected: Sequence[Expectation]
    ) -> Hit | None:
        """A value whose digits the recogniser split with a stray word; only where the whole has an exact shape."""
        joined = run
        for other in following:
            between = range(joined.last + 1, other.first)
            cued = any(c.first in between for c in self._listener.cues[line])
            if len(between) > 4 or cued or _is_measure(statement, other):
                return None
            joined = Run((*joined.chunks, *other.chunks))
            fitted = _best(joined, [e for e in expected if e.entity not in _LOOSE], 0.9, dominates=True)
            if fitted is not None:
                return _hit(fitted[0], line, fitted[1], fitted[2])
        return None

    def _continued(self, line: int, statement: Statement, run: Run, expected: Sequence[Expectation]) -> list[Hit]:
        """The rest of a number whose beginning the same speaker gave in an earlier statement."""
        for back in range(line - 1, max(-1, line - 5), -1):
            earlier = self._listener.statements[back]
            if earlier.speaker != statement.speaker or statement.start_s - earlier.end_s > 20.0 or not earlier.runs:
                continue
            head = earlier.runs[-1]
            if head.last < len(earlier.tokens) - 3 or not head.has_digit or not self._free(back, head.first, head.last):
                return []
            joined = Run((*head.chunks, *(replace(c, break_before=max(1, c.break_before)) for c in run.chunks)))
            exact = [e for e in expected if e.entity not in _LOOSE]
            fitted = _best(joined, exact, 0.95, dominates=True)
            if fitted is None:
                return []
            group = len(self._hits)
            self._hits = [h for h in self._hits if not h.overlaps(back, head.first, head.last)]
            first = Hit(fitted[0], back, head.first, head.last, fitted[2].value, fitted[2].confidence, group)
            return [first, replace(first, line=line, first=run.first, last=run.last)]
        return []

    # ------------------------------------------------------------------ the company's side

    def _by_company(self, line: int, statement: Statement, run: Run, expected: list[Expectation]) -> list[Hit]:
        """What agent and system say is the customer's when it repeats him, or when they say "your"."""
        for part in (run, *(_groups_of(run))):
            repeated = self._read_back(line, part.readings()[0])
            if repeated is not None and not _is_last_four(part, repeated):
                return [
                    Hit(repeated.entity, line, part.first, part.last, part.readings()[0], min(0.9, repeated.confidence))
                ]
        if not self._of_customer(statement, run.first):
            return []
        said = [e for e in expected if e.source == "said"]
        fitted = _best(run, said, EXACT, dominates=True)
        return [_hit(fitted[0], line, fitted[1], fitted[2])] if fitted else []

    def _of_customer(self, statement: Statement, first: int) -> bool:
        """Does the sentence speak of the customer's things before this token?"""
        for token in reversed(statement.tokens[max(0, first - 16) : first]):
            if token.norm in _COMPANYS:
                return False
            if token.norm in _CUSTOMERS:
                return True
        return False

    def _repeats_company(self, statement: Statement, run: Run) -> bool:
        """Does the customer only repeat a number that was given to him?"""
        key = _digits(run.readings()[0])
        now = statement.start_s
        return len(key) >= 5 and any(
            key == given and now - then <= READ_BACK_WITHIN_S for then, given in self._companys
        )

    def _read_back(self, line: int, text: str) -> Hit | None:
        """The value that somebody else said a moment ago and that this repeats, whole or in a group of three or more."""
        now = self._listener.statements[line]
        key = _digits(text)
        if len(key) < 3:
            return None
        for hit in reversed(self._hits):
            then = self._listener.statements[hit.line]
            if now.start_s - then.end_s > READ_BACK_WITHIN_S:
                return None
            if hit.line == line or then.speaker == now.speaker:
                continue
            value = _digits(hit.value)
            part = len(key) >= 4 and (key in value or (len(value) >= 4 and value in key))
            if key == value or part or _nearly(key, value):
                return hit
        return None


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _is_last_four(run: Run, repeated: Hit) -> bool:
    """Is it only the end of a card number, which may be said and stored?"""
    text = _digits(run.readings()[0])
    return repeated.entity == "CREDIT_CARD" and len(text) <= 4 and _digits(repeated.value).endswith(text)


def _nearly(one: str, other: str) -> bool:
    """Are two long numbers the same but for a digit that was misheard, lost or doubled?"""
    if min(len(one), len(other)) < _LONG_ENOUGH or abs(len(one) - len(other)) > 1:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _SAME_NUMBER


def _groups_of(run: Run) -> Iterator[Run]:
    """The stretches of a run between breaks, where there are several."""
    starts = [0, *(i for i, c in enumerate(run.chunks) if i and c.break_before), len(run.chunks)]
    if len(starts) > 2:
        for a, b in pairwise(starts):
            yield run.part(a, b)


def _hit(entity: str, line: int, run: Run, fitted: Fit) -> Hit:
    return Hit(entity, line, run.first, run.last, fitted.value, fitted.confidence)


def _best(run: Run, expected: Sequence[Expectation], least: float, dominates: bool) -> tuple[str, Run, Fit] | None:
    """The first expectation that the run fits at least so well."""
    for e in expected:
        for variant in _variants(run, e.entity):
            fitted = fit(e.entity, variant)
            if fitted is None or fitted.confidence < least:
                continue
            if e.source == "topic" and (not dominates or e.entity in _LOOSE or fitted.confidence < 0.9):
                continue
            if e.source == "asked" and fitted.confidence < EXACT and not dominates:
                continue
            return e.entity, variant, Fit(fitted.value, fitted.confidence - (0.05 if e.source == "topic" else 0.0))
    return None


def _variants(run: Run, entity: str) -> Iterator[Run]:
    """The run, and for values of digits alone the run without letters at its ends."""
    if entity in _CODE_LIKE or not run.has_letter:
        yield run
        return
    chunks = list(run.chunks)
    while chunks and chunks[0].kind == "letter":
        chunks.pop(0)
    while chunks and chunks[-1].kind == "letter":
        chunks.pop()
    if chunks and not any(c.kind == "letter" for c in chunks):
        yield Run(tuple(chunks))


def _is_card_end(head: Run) -> bool:
    alone = unasked(head)
    return alone is not None and alone[0] == "CREDIT_CARD" and alone[1].confidence >= 0.9


def _is_decimal(statement: Statement, run: Run) -> bool:
    """Is it written with a decimal point, as in 412.18? Four digits may be an expiry, more groups a card."""
    if len(run.chunks) != 2 or any(c.kind != "figure" for c in run.chunks):
        return False
    whole, cents = run.chunks
    return statement.tokens[cents.first].lead == "." and len(cents.text) <= 2 and len(whole.text) + len(cents.text) != 4


def _is_measure(statement: Statement, run: Run) -> bool:
    """Is it a price, a time of day, a quantity?"""
    tokens = statement.tokens
    size = sum(len(c.text) for c in run.chunks)
    after = next((t for t in tokens[run.last + 1 : run.last + 4] if t.norm not in FILLERS), None)
    if after is not None and after.norm in _MEASURES | {"%"} and after.break_before < 2 and size < 9:
        return True
    before = tokens[run.first - 1].norm if run.first else ""
    if before in ("$", "£", "€") and size < 9:
        return True
    if _is_decimal(statement, run):
        return True
    clock = [c for c in run.chunks if c.kind == "figure" and ":" in tokens[c.first].lead]
    return bool(clock) and size <= 4 and not any(t.norm.startswith("expir") for t in tokens)
