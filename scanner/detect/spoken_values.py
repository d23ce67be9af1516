"""Numbers and dates of a call read as personal data, by their shape and by what the talk around them expects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise

from scanner.detect.conversation import Statement
from scanner.detect.expectations import Expectation, Listener
from scanner.detect.hits import Hit
from scanner.detect.measures import LONG_NUMBER, has_unit, is_written_as_measure
from scanner.detect.number_segments import (
    CARD_FOLLOWERS,
    FAINT_WORDS,
    LISTED,
    LOOSE,
    best_fit,
    hit_of,
    segments,
    variants,
)
from scanner.detect.number_shapes import EXACT, TOLL_FREE, Fit, fit, garbled, is_phone, unasked
from scanner.detect.number_words import FILLERS
from scanner.detect.speech_tokens import Token
from scanner.detect.spoken_dates import SpokenDate, find_dates
from scanner.detect.spoken_numbers import Run

READ_BACK_WITHIN_S = 90.0
_CUSTOMERS = frozenset("your you you're you've yours his her their mr mrs ms mister missus file".split())
_COMPANYS = frozenset("our us ours me we".split())
_LEAD_TOKENS = 3
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
_LONG_AND_EXACT = frozenset(("PHONE_NUMBER", "US_SSN", "CREDIT_CARD", "ABA_ROUTING_NUMBER"))
_SAID_BESIDE = 0.8
_TAKES_BACK = frozenset("wait no sorry oops scratch nope mean actually rather correction".split())
_LONGEST_SLIP = 5
_DATES = frozenset(("CREDIT_CARD_EXPIRATION", "DATE_OF_BIRTH"))
_PHONE_PARTS = 3
_IS = frozenset(("is", "it's", "that's", "as", "was", "at", "on", "number's"))
_DUE_AFTER = {
    "CREDIT_CARD": ("CREDIT_CARD_EXPIRATION", "CREDIT_CARD_CVV"),
    "CREDIT_CARD_EXPIRATION": ("CREDIT_CARD_CVV",),
    "ABA_ROUTING_NUMBER": ("US_BANK_NUMBER",),
}
_OVERLAP_S, _LEAST_OVERLAP = 3.0, 6
_NEXT_WITHIN_S = 20.0
CARD_SHORT = frozenset(("CREDIT_CARD_CVV", "CREDIT_CARD_EXPIRATION"))
_FAINT = 0.5
_GUESSED = 0.6
"""Below this a number is taken for something by its looks alone, or for what was asked in spite of them."""
_LONG_ENOUGH = 7
_CENTURY = 20
_CARD_YEARS = range(20, 46)
_LONGEST_PRICE = 2
_PRICED = frozenset(("CREDENTIAL",))
_DIRECT_WITHIN = 2
_ANSWER_LEADS = FILLERS | frozenset(
    (
        "yes yeah yep sure okay ok it's its it is that's that that'd would be the my number um so oh well of course here go right and "
        "account card code date phone one sec second alright all you can use reach me at on call text says say should number's as of $ £ € "
        "expires expiration was i have"
    ).split()
)  # fmt: skip
_SAME_NUMBER = 0.8


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
            expected = [*self._next(line, expected), *expected]
            if isinstance(item, SpokenDate):
                if self._date_taken_back(line, item):
                    done = max(done, item.last)
                    continue
                found = self._date(line, item, self._with_card(line, item.first, expected))
            else:
                following = [r for r in items[k + 1 : k + 5] if isinstance(r, Run)]
                found = self._number(line, statement, item, following, self._with_card(line, item.first, expected))
                found = [h for hit in found for h in self._as_phone(line, item, hit)]
            for hit in found:
                self._hits.append(hit)
                filled.add(hit.entity)
                done = max(done, hit.last)

    def _answered(self, e: Expectation, line: int) -> bool:
        """Has an earlier question got its answer before, and is it not asked again?"""
        if e.source == "said" or e.line == line - 1:
            return False
        if e.entity not in LOOSE and self._listener.asks_again(line - 1):
            return False
        least = 0.0 if e.entity in LOOSE | CARD_SHORT else EXACT
        return any(h.entity == e.entity and e.line < h.line < line and h.confidence >= least for h in self._hits)

    def _next(self, line: int, expected: Sequence[Expectation]) -> Iterator[Expectation]:
        """What is due after the last value, where the other side only urges on: "and the next one?"."""
        if (
            not self._hits
            or not line
            or not self._listener.urges(line - 1)
            or any(e.source == "said" for e in expected)
        ):
            return
        last = self._hits[-1]
        statements = self._listener.statements
        if last.line >= line or statements[line].start_s - statements[last.line].end_s > _NEXT_WITHIN_S:
            return
        for entity in _DUE_AFTER.get(last.entity, ()):
            yield Expectation(entity, "asked", line - 1)

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
        return [*(f for f in CARD_FOLLOWERS if f.entity != last.entity), *expected]

    # ------------------------------------------------------------------ dates

    def _date(self, line: int, date: SpokenDate, expected: Sequence[Expectation]) -> list[Hit]:
        statement = self._listener.statements[line]
        if (
            statement.by_company
            and not self._of_customer(statement, date.first)
            and not self._is_callers(line, date.first)
            and not self._read_back(line, date.value)
            and not statement.in_question(date.last)
        ):
            expected = [e for e in expected[:1] if self._is_misplaced(line, date.first, e)]
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

    def _date_taken_back(self, line: int, date: SpokenDate) -> bool:
        """Is it said in place of the date just before, which then goes on to its end: "June 27, no wait, July 27"?"""
        last = self._hits[-1] if self._hits else None
        if last is None or last.line != line or last.entity not in _DATES or self._listener.statements[line].by_company:
            return False
        between = self._listener.statements[line].tokens[last.last + 1 : date.first]
        if len(between) > _LONGEST_SLIP or not any(t.norm in _TAKES_BACK for t in between):
            return False
        again = self._date(line, date, [Expectation(last.entity, "said")])
        if again:
            self._hits[-1] = replace(last, last=again[0].last, value=again[0].value)
        return bool(again)

    # ------------------------------------------------------------------ numbers

    def _number(
        self, line: int, statement: Statement, run: Run, following: Sequence[Run], expected: list[Expectation]
    ) -> list[Hit]:
        if has_unit(statement, run):
            return []
        if is_written_as_measure(statement, run) and not self._answers(line, run, expected):
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
        run = self._without_end_of_last(line, run)
        repeated = self._read_back(line, run.readings()[0])
        if repeated is None and self._repeats_company(statement, run) and not any(e.source == "said" for e in expected):
            return []
        hits = list(segments(line, statement, run, expected, business=self._listener.of_business(line)))
        if hits and hits[0].confidence >= EXACT:
            return hits
        bridged = self._bridged(line, statement, run, following, expected)
        if bridged is not None:
            return [bridged]
        continued = self._continued(line, statement, run, expected)
        if continued:
            return continued
        if hits and hits[0].confidence < _GUESSED:
            return self._garbled(line, run, expected) or hits
        if hits:
            return hits
        if repeated is not None and not _is_last_four(run, repeated):
            return [Hit(repeated.entity, line, run.first, run.last, run.readings()[0], 0.7)]
        return self._garbled(line, run, expected)

    def _as_phone(self, line: int, run: Run, hit: Hit) -> Iterator[Hit]:
        """A hit, or the telephone number that it is if it looks like one and is only said beside the word "account"."""
        statement = self._listener.statements[line]
        phone = is_phone(run) or (statement.by_company and run.readings()[0][:3] in TOLL_FREE)
        whole = (hit.first, hit.last) == (run.first, run.last)
        grouped = len(run.groups) > 1 or len(run.chunks) == _PHONE_PARTS
        beside = hit.entity == "ACCOUNT_NUMBER" and whole and phone
        if not beside or self._listener.names_account(line, run.first, grouped=grouped):
            yield hit
        elif not self._is_companys_phone(line, run):
            yield replace(hit, entity="PHONE_NUMBER", value=_digits(hit.value)[-10:], confidence=_SAID_BESIDE)

    def _is_companys_phone(self, line: int, run: Run) -> bool:
        """Does the company's side offer its own telephone number, or somebody repeat that: "call us about your account"?"""
        statement = self._listener.statements[line]
        key = _digits(run.readings()[0])
        if any(given == key for _, given in self._companys):
            return True
        before = [t.norm for t in statement.tokens[: run.first]]
        own = (
            statement.by_company
            and any(w in _COMPANYS - {"me"} for w in before)
            and "you" in before
            and "have" not in before
        )
        if own:
            self._companys.append((statement.start_s, key))
        return own

    def _without_end_of_last(self, line: int, run: Run) -> Run:
        """The run without digits at its start that end the speaker's last number and that a recogniser wrote twice."""
        last = next((h for h in reversed(self._hits) if h.confidence >= LISTED), None)
        statements = self._listener.statements
        if last is None or last.line >= line or statements[last.line].speaker != statements[line].speaker:
            return run
        if statements[line].start_s - statements[last.line].end_s > _OVERLAP_S:
            return run
        value = _digits(last.value)
        for k in range(len(run.chunks) - 1, 1, -1):
            head = "".join(c.text for c in run.chunks[:k])
            if len(head) >= _LEAST_OVERLAP and len(head) < len(value) and value.endswith(head):
                return run.part(k, len(run.chunks))
        return run

    def _garbled(self, line: int, run: Run, expected: Sequence[Expectation]) -> list[Hit]:
        """A direct answer of which the recogniser lost digits: what was asked for, with little confidence."""
        direct = next((e for e in expected if self._direct(line, run.first, e)), None)
        if direct is None:
            return []
        for variant in variants(run, direct.entity):
            fitted = garbled(direct.entity, variant, last_four=self._last_four(direct, line))
            if fitted is not None:
                return [hit_of(direct.entity, line, variant, fitted)]
        return []

    def _last_four(self, e: Expectation, line: int) -> bool:
        """Is it the last four digits of a social security number that are asked for?"""
        tokens = self._listener.statements[e.line if e.source != "said" else line].tokens
        return e.entity == "US_SSN" and any(t.norm in ("four", "4") for t in tokens)

    def _direct(self, line: int, first: int, e: Expectation) -> bool:
        """Does a token follow at once on the words that ask for it or name it?"""
        tokens = self._listener.statements[line].tokens
        if e.source == "said":
            cues = [c for c in self._listener.cues[line] if c.last < first]
            start = cues[-1].last + 1 if cues else first + 1
        else:
            start = 0 if e.source == "asked" and e.line >= line - _DIRECT_WITHIN else first + 1
        return start <= first and all(t.norm in _ANSWER_LEADS for t in tokens[start:first])

    def _answers(self, line: int, run: Run, expected: Sequence[Expectation]) -> bool:
        """Is what looks like a price, a decimal or a time of day the answer to a question for a number, or part of one?"""
        statement = self._listener.statements[line]
        rest = len(statement.tokens) - run.last - 1
        for e in expected:
            listed = e.source == "asked" and e.line >= line - _DIRECT_WITHIN and run.size >= LONG_NUMBER
            if not (listed or self._direct(line, run.first, e)) or e.entity in _PRICED:
                continue
            if fit(e.entity, run) is not None and (e.entity not in LOOSE or len(run.chunks) > _LONGEST_PRICE):
                return e.source == "said" or rest <= FAINT_WORDS
        return False

    def _bridged(
        self, line: int, statement: Statement, run: Run, following: Sequence[Run], expected: Sequence[Expectation]
    ) -> Hit | None:
        """A value whose digits the recogniser split with a stray word; only where the whole has an exact shape."""
        joined = run
        for other in following:
            between = range(joined.last + 1, other.first)
            cued = any(c.first in between for c in self._listener.cues[line])
            measure = has_unit(statement, other) or is_written_as_measure(statement, other)
            if len(between) > 4 or cued or measure:
                return None
            joined = Run((*joined.chunks, *other.chunks))
            direct = len(between) <= 1 and joined.size >= _LONG_ENOUGH
            likely = [
                e for e in expected if e.entity not in LOOSE or (direct and e.source == "asked" and e.line == line - 1)
            ]
            fitted = best_fit(joined, likely, 0.9, dominates=True)
            if fitted is not None:
                return hit_of(fitted[0], line, fitted[1], fitted[2])
        return None

    def _continued(self, line: int, statement: Statement, run: Run, expected: Sequence[Expectation]) -> list[Hit]:
        """The rest of a number whose beginning the same speaker gave in earlier statements."""
        exact = [e for e in expected if e.entity not in LOOSE]
        chosen: tuple[tuple[str, Run, Fit], list[tuple[int, Run]]] | None = None
        joined, pieces = run, [(line, run)]
        for back, head in self._pieces_before(line):
            joined = Run((*head.chunks, *(replace(c, break_before=max(1, c.break_before)) for c in joined.chunks)))
            pieces.insert(0, (back, head))
            fitted = best_fit(joined, exact, 0.95, dominates=True)
            if fitted is not None:
                chosen = (fitted, pieces[:])
                break
            asked = [e for e in exact[:1] if e.source == "asked" and e.entity in _LONG_AND_EXACT]
            doubtful = best_fit(joined, asked, _FAINT, dominates=True) if joined.size >= LONG_NUMBER - 1 else None
            chosen = (doubtful, pieces[:]) if doubtful is not None else chosen
        if chosen is None:
            return []
        (entity, _, found), pieces = chosen
        group = len(self._hits)
        self._hits = [h for h in self._hits if not any(h.overlaps(at, r.first, r.last) for at, r in pieces)]
        return [Hit(entity, at, r.first, r.last, found.value, found.confidence, group) for at, r in pieces]

    def _pieces_before(self, line: int) -> Iterator[tuple[int, Run]]:
        """Runs at the ends of earlier statements of the same speaker, the nearest first, as far as only nods lie between."""
        statement = self._listener.statements[line]
        until_s = statement.start_s
        for back in range(line - 1, max(-1, line - 9), -1):
            earlier = self._listener.statements[back]
            if until_s - earlier.end_s > 20.0:
                return
            if earlier.speaker != statement.speaker and "unknown" not in (earlier.speaker, statement.speaker):
                if self._listener.cues[back]:
                    return  # asked for something else
                continue
            if not earlier.runs:
                continue
            head = earlier.runs[-1]
            if head.last < len(earlier.tokens) - 3 or not head.has_digit or not self._free(back, head.first, head.last):
                return
            if any(h.confidence >= LISTED and h.overlaps(back, head.first, head.last) for h in self._hits):
                return  # a whole value of its own ends there
            yield back, head
            until_s = earlier.start_s

    # ------------------------------------------------------------------ the company's side

    def _by_company(self, line: int, statement: Statement, run: Run, expected: list[Expectation]) -> list[Hit]:
        """What agent and system say is the customer's when it repeats him, or when they say "your"."""
        for part in (run, *(_groups_of(run))):
            repeated = self._read_back(line, part.readings()[0])
            if repeated is not None and not _is_last_four(part, repeated):
                return [
                    Hit(repeated.entity, line, part.first, part.last, part.readings()[0], min(0.9, repeated.confidence))
                ]
        said = [e for e in expected if e.source == "said"]
        if said and self._is_callers(line, run.first):
            return list(
                segments(line, statement, run, expected, business=self._listener.of_business(line))
            ) or self._garbled(line, run, expected)
        misplaced = [e for e in expected[:1] if self._is_misplaced(line, run.first, e)]
        if misplaced:
            return list(segments(line, statement, run, misplaced)) or self._garbled(line, run, misplaced)
        if not self._of_customer(statement, run.first):
            return self._confirmed(line, run, said)
        fitted = best_fit(run, said, EXACT, dominates=True)
        if fitted is None and said and said[0].entity in _LONG_AND_EXACT and self._direct(line, run.first, said[0]):
            fitted = best_fit(run, said[:1], _FAINT, dominates=True)
        return [hit_of(fitted[0], line, fitted[1], fitted[2])] if fitted else []

    def _confirmed(self, line: int, run: Run, said: Sequence[Expectation]) -> list[Hit]:
        """A number of a sentence that asks whether it is right: "let me make sure I have it: 843 555 0126?"."""
        statement = self._listener.statements[line]
        if any(t.norm in _COMPANYS - {"me"} for t in statement.tokens[max(0, run.first - 12) : run.first]):
            return []
        if not statement.in_question(run.last):
            return []
        fitted = best_fit(run, [e for e in said if e.entity not in LOOSE], EXACT, dominates=True)
        alone = unasked(run) if fitted is None and not said else None
        if fitted is not None:
            return [hit_of(fitted[0], line, fitted[1], fitted[2])]
        return [hit_of(alone[0], line, run, alone[1])] if alone is not None and alone[0] == "PHONE_NUMBER" else []

    def _is_misplaced(self, line: int, first: int, e: Expectation) -> bool:
        """Is it an answer in the breath of the question, or after it, two voices of one channel being taken for one?"""
        if not self._listener.one_channel or e.entity not in _LONG_AND_EXACT | _CALLERS:
            return False
        if not self._direct(line, first, e):
            return False
        if e.source != "said":
            return e.line == line - 1 and e.entity in self._listener.question_before(line)
        tokens = self._listener.statements[line].tokens
        cue = next(c for c in reversed(self._listener.cues[line]) if c.last < first)
        if any(t.norm in _COMPANYS for t in tokens[max(0, cue.first - 8) : first]):
            return False
        asked = any("?" in t.lead for t in tokens[cue.last + 1 : first + 1])
        return asked or not any(t.norm in _IS for t in tokens[cue.first : first])

    def _is_callers(self, line: int, first: int) -> bool:
        """Does somebody taken for the company's side read out what only a caller has: "my card number is"?"""
        tokens = self._listener.statements[line].tokens
        kinds = _CALLERS | _CALLERS_ON_ONE_CHANNEL if self._listener.one_channel else _CALLERS
        cues = [c for c in self._listener.cues[line] if c.last < first and c.entity in kinds]
        if not cues:
            return False
        return any(t.norm == "my" for t in tokens[max(0, cues[0].first - 1) : cues[0].last + 1])

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
            (key == given or _nearly(key, given)) and now - then <= READ_BACK_WITHIN_S for then, given in self._companys
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


def _year_after(tokens: Sequence[Token], last: int) -> int:
    """The last token of a year that is written as two days: "November 20th, 28th"."""
    after = tokens[last + 1].norm if last + 1 < len(tokens) else ""
    return last + 1 if after[:1].isdigit() and int("".join(c for c in after if c.isdigit())) in _CARD_YEARS else last


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _is_last_four(run: Run, repeated: Hit) -> bool:
    """Is it only the end of a card number, which may be said and stored?"""
    text = _digits(run.readings()[0])
    return repeated.entity == "CREDIT_CARD" and len(text) <= 4 and _digits(repeated.value).endswith(text)


def _nearly(one: str, other: str) -> bool:
    """Are two long numbers the same but for a digit that was misheard, lost or doubled?"""
    if min(len(one), len(other)) < _LONG_ENOUGH or abs(len(one) - len(other)) > max(len(one), len(other)) // 4:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _SAME_NUMBER


def _groups_of(run: Run) -> Iterator[Run]:
    """The stretches of a run between breaks, where there are several."""
    starts = [0, *(i for i, c in enumerate(run.chunks) if i and c.break_before), len(run.chunks)]
    if len(starts) > 2:
        for a, b in pairwise(starts):
            yield run.part(a, b)
