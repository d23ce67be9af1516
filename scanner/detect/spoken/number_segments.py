"""One run of digits as one value or several, one after the other: a card with its expiry date and security code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.detect.spoken.card_numbers import CARD_START, card_lengths, luhn
from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.dates import expiry_date
from scanner.detect.spoken.expectations import Expectation
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.number_runs import Run
from scanner.detect.spoken.number_shapes import EXACT, Fit, fit, unasked

CARD_FOLLOWERS = (Expectation("CREDIT_CARD_EXPIRATION", "said"), Expectation("CREDIT_CARD_CVV", "said"))
_CODE_LIKE = frozenset(
    ("US_DRIVER_LICENSE", "US_PASSPORT", "ACCOUNT_NUMBER", "MEDICAL_RECORD_NUMBER", "US_MBI", "IBAN_CODE")
)
LOOSE = frozenset(
    ("CREDENTIAL", "ACCOUNT_NUMBER", "MEDICAL_RECORD_NUMBER", "US_DRIVER_LICENSE", "US_BANK_NUMBER", "US_PASSPORT")
)
"""Shapes so wide that most numbers fit them: an older topic is not enough."""
FAINT_WORDS = 8
_LONGEST_CARD, _ZIP = 16, 5
_FOLLOWING = range(3, 10)
"""So many digits an expiry date, a security code or both have."""
CARD_PARTS = frozenset(("CREDIT_CARD", "CREDIT_CARD_EXPIRATION", "CREDIT_CARD_CVV"))
_FULL_DATE, _DATE_AND_CODE = 4, 6
_LAST_FOUR, _CODE, _MONTH_OR_YEAR, _AMEX = 4, 3, 2, 15
_CARD_YEARS, _SHORT_DATE = range(24, 41), 0.45
_MEMBERS_CARD, _MEMBERS_DIGITS = 0.55, range(7, 15)
LISTED = 0.9
"""Fits from here on are of cards that some issuer has."""


def segments(
    line: int, statement: Statement, run: Run, expected: list[Expectation], *, business: bool = False
) -> Iterator[Hit]:
    """A run as one value, or as several one after the other ("4532…0366, 08 27, 737")."""
    said = [e for e in expected if e.source == "said"]
    code = _code_after_last_four(run, expected)
    if code is not None:
        run = code
    if expected and expected[0].entity == "CREDIT_CARD_CVV":
        expected = [*expected, CARD_FOLLOWERS[0]]  # the question for the expiry may be lost
    both = {e.entity for e in expected[:2]} == {f.entity for f in CARD_FOLLOWERS}
    asked = both and {e.source for e in expected[:2]} == {"asked"} and expected[0].line == expected[1].line
    dated = asked and run.size == _FULL_DATE and expiry_date(run) is not None  # the first answer is the date
    if both and (run.size >= _DATE_AND_CODE or dated):
        expected = [*sorted(expected[:2], key=lambda e: e.entity == "CREDIT_CARD_CVV"), *expected[2:]]
    if expected and expected[0].entity == "CREDIT_CARD_EXPIRATION" and _is_year_and_code(run):
        year, code = run.part(0, 1), run.part(1, len(run.chunks))
        yield Hit("CREDIT_CARD_EXPIRATION", line, year.first, year.last, year.readings()[0], _SHORT_DATE)
        yield from segments(line, statement, code, [CARD_FOLLOWERS[1]], business=business)
        return
    taken_back = _expiry_taken_back(run, expected)
    if taken_back is not None:
        first, again, stop = taken_back
        if first:
            yield from segments(line, statement, run.part(0, first), expected, business=business)
        date = fit("CREDIT_CARD_EXPIRATION", run.part(again, stop))
        if date is not None:
            yield hit_of("CREDIT_CARD_EXPIRATION", line, run.part(first, stop), date)
        if stop < len(run.chunks):
            yield from segments(
                line, statement, run.part(stop, len(run.chunks)), [CARD_FOLLOWERS[1]], business=business
            )
        return
    exact = _exact_card(run)
    if exact is not None:
        head, tail = run.part(0, exact), run.part(exact, len(run.chunks))
        tail_hits = list(_followers(line, statement, head, tail, business=business))
        card = fit("CREDIT_CARD", head)
        if card is not None and tail_hits and tail_hits[-1].last == run.last:
            yield hit_of("CREDIT_CARD", line, head, card)
            yield from tail_hits
            return
    whole_card = fit("CREDIT_CARD", run) if any(e.entity == "CREDIT_CARD" for e in expected) else None
    if whole_card is not None and run.size > _LONGEST_CARD and whole_card.confidence >= LISTED:
        yield hit_of("CREDIT_CARD", line, run, whole_card)
        return
    cut_at = _cut_card(run) if any(e.entity == "CREDIT_CARD" for e in expected) else None
    if cut_at is not None:
        head, tail = run.part(0, cut_at), run.part(cut_at, len(run.chunks))
        tail_hits = list(_followers(line, statement, head, tail, business=business))
        card = fit("CREDIT_CARD", head)
        # A number of nineteen digits may be a card; one that a date goes on from is a shorter one.
        if (
            card is not None
            and tail_hits
            and (tail_hits[0].entity == "CREDIT_CARD_EXPIRATION" or card.confidence > EXACT)
        ):
            yield hit_of("CREDIT_CARD", line, head, card)
            yield from tail_hits
            return
    dominates = _dominates(statement, run)
    whole = best_fit(run, said[:1] or expected, EXACT, dominates)
    if whole is not None:
        yield hit_of(whole[0], line, whole[1], whole[2])
        return
    for cut in range(len(run.chunks) - 1, 0, -1):
        head, tail = run.part(0, cut), run.part(cut, len(run.chunks))
        if not tail.chunks[0].break_before and not _is_card_end(head):
            continue
        zip_code = len(tail.chunks) == 1 and tail.size == _ZIP
        if _in_one_word(statement, head, tail) and head.size not in (15, 16) and not zip_code:
            continue  # the rest of a group is no value of its own
        fitted = best_fit(head, expected, EXACT, dominates)
        if fitted is None:
            alone = unasked(head)
            fitted = (
                (alone[0], head, alone[1])
                if alone and alone[0] == "CREDIT_CARD" and alone[1].confidence > 0.8
                else None
            )
        if fitted is None:
            continue
        if fitted[0] == "CREDIT_CARD" and run.size <= _LONGEST_CARD and not _is_short_card(head):
            continue  # thirteen of its sixteen digits may pass the checksum by chance
        rest = [e for e in expected if e.entity != fitted[0]]
        if fitted[0] == "CREDIT_CARD":
            rest = [*CARD_FOLLOWERS, *rest]
        elif fitted[0] == "CREDIT_CARD_EXPIRATION":
            rest = [CARD_FOLLOWERS[1], *rest]
        tail_hits = list(segments(line, statement, tail, rest, business=business))
        tail_hits = [h for h in tail_hits if not _repeats_end(fitted[2].value, h)]
        sure = fitted[0] == "CREDIT_CARD" or (
            fitted[0] == expected[0].entity == "CREDIT_CARD_EXPIRATION" and tail.chunks[0].break_before
        )
        if not tail_hits and not (sure and fitted[2].confidence >= LISTED):
            continue
        yield hit_of(fitted[0], line, head, fitted[2])
        yield from tail_hits
        return
    # What the speaker himself calls it goes before what was asked, even where the recogniser lost a digit.
    for least, some in ((0.5, said[:1]), (EXACT, expected if said else []), (0.5, said)):
        fitted = best_fit(run, some, least, dominates)
        if fitted is not None:
            yield hit_of(fitted[0], line, fitted[1], fitted[2])
            return
    if expected and expected[0].entity == "CREDIT_CARD" and _is_other_card(run):
        yield Hit("ACCOUNT_NUMBER", line, run.first, run.last, run.readings()[0], _MEMBERS_CARD)
        return
    alone = unasked(run)
    if alone is not None and alone[1].confidence >= 0.85:
        yield hit_of(alone[0], line, run, alone[1])
        return
    faint = best_fit(run, [e for e in expected if e.source != "topic"], 0.5, dominates)
    if faint is not None:
        yield hit_of(faint[0], line, faint[1], faint[2])
    elif alone is not None and not any(e.source == "said" for e in expected) and not business:
        yield hit_of(alone[0], line, run, alone[1])


def _followers(line: int, statement: Statement, card: Run, tail: Run, *, business: bool) -> Iterator[Hit]:
    """The expiry and the security code in the digits after a card number; not its end said again ("…3222. 3222.")."""
    value = card.readings()[0]
    cut = _short_date(tail)
    if cut is not None:
        date, tail = tail.part(0, cut), tail.part(cut, len(tail.chunks))
        yield Hit("CREDIT_CARD_EXPIRATION", line, date.first, date.last, date.readings()[0], _SHORT_DATE)
    hits = segments(line, statement, tail, list(CARD_FOLLOWERS), business=business)
    yield from (h for h in hits if not _repeats_end(value, h))


def _short_date(tail: Run) -> int | None:
    """Where an expiry that lost a digit ends, a security code being what follows: "028. 555"."""
    cut = next((k for k in range(1, len(tail.chunks)) if tail.part(0, k).size == _CODE), None)
    if cut is None or not tail.chunks[cut].break_before or tail.size - _CODE not in (_CODE, _LAST_FOUR):
        return None
    date = tail.part(0, cut)
    text = date.readings()[0]
    return cut if text.isdigit() and int(text[1:]) in _CARD_YEARS and expiry_date(date) is None else None


def _is_year_and_code(run: Run) -> bool:
    """Is it a card's year and its code, the month lost: "expiring DUNA 27-340"?"""
    first = run.chunks[0].text
    rest = run.chunks[1:]
    dated = len(first) == _MONTH_OR_YEAR and first.isdigit() and int(first) in _CARD_YEARS
    return dated and bool(rest) and bool(rest[0].break_before) and run.size == _MONTH_OR_YEAR + _CODE


def _repeats_end(card: str, hit: Hit) -> bool:
    """Is a code of four digits the card's end said again, or of a card that has three ("6011 3879 80130 5019")?"""
    four = hit.entity == "CREDIT_CARD_CVV" and len(hit.value) == _LAST_FOUR
    return four and (card.endswith(hit.value) or len(card) != _AMEX)


def _code_after_last_four(run: Run, expected: Sequence[Expectation]) -> Run | None:
    """The security code in all that a signature strip says, the card's last four digits before it: "1881 and then 417"."""
    if not expected or expected[0].entity != "CREDIT_CARD_CVV" or [len(g) for g in run.groups] != [_LAST_FOUR, _CODE]:
        return None
    cut = next(k for k in range(1, len(run.chunks)) if run.part(0, k).size == _LAST_FOUR)
    return run.part(cut, len(run.chunks)) if expiry_date(run.part(0, cut)) is None else None


def _expiry_taken_back(run: Run, expected: Sequence[Expectation]) -> tuple[int, int, int] | None:
    """Where a date of expiry starts, where the one in its place, and where that ends: "oh one 27, no wait, oh one 28".

    It stands alone where a date is expected, or after a whole card number.
    """
    of_card = [e.entity for e in expected[:3] if e.entity in CARD_PARTS]
    if not of_card or expected[0].entity not in CARD_PARTS:
        return None
    chunks, end = run.chunks, len(run.chunks)
    starts = [0, *(i for i in range(1, end) if chunks[i].break_before)]
    for again, first in ((b, a) for b in starts[1:] for a in reversed(starts) if a < b):
        old = run.part(first, again)
        for stop in [i for i in (*starts, end) if i > again]:
            new = run.part(again, stop)
            if old.size != new.size or expiry_date(old) is None or expiry_date(new) is None:
                continue
            if any(c.corrects for c in (*old.chunks[1:], *new.chunks[1:])):
                continue
            alone = first == 0 and "CREDIT_CARD_EXPIRATION" in of_card
            head = run.part(0, first).readings()[0] if first else ""
            after_card = first > 0 and luhn(head or "1") and len(head) in card_lengths(head)
            said_twice = alone and stop == end and new.size == _FULL_DATE
            if (chunks[again].corrects and (alone or after_card)) or said_twice:
                return first, again, stop
    return None


def _dominates(statement: Statement, run: Run) -> bool:
    """Does the statement say little else, so that it is an answer?"""
    others = len(statement.tokens) - (run.last - run.first + 1)
    return others <= FAINT_WORDS or run.first <= FAINT_WORDS


def _exact_card(run: Run) -> int | None:
    """Where a card number ends that some issuer has, checksum and all, with a date or a code after it."""
    for cut in range(1, len(run.chunks)):
        head = run.part(0, cut)
        text = head.readings()[0]
        usual = text.isdigit() and len(text) in card_lengths(text) & {14, 15, 16} and luhn(text)
        if usual and run.chunks[cut].break_before and run.size - head.size in _FOLLOWING:
            return cut
    return None


def _cut_card(run: Run) -> int | None:
    """Where a card number of the usual length ends whose checksum does not fit, if no more than date and code follow."""
    for cut in range(1, len(run.chunks)):
        head, rest = run.part(0, cut), run.size - run.part(0, cut).size
        text = head.readings()[0]
        if (
            text.isdigit()
            and len(text) in card_lengths(text) & {15, 16}
            and rest in _FOLLOWING
            and run.chunks[cut].break_before
        ):
            return cut
    return None


def hit_of(entity: str, line: int, run: Run, fitted: Fit) -> Hit:
    return Hit(entity, line, run.first, run.last, fitted.value, fitted.confidence)


def best_fit(run: Run, expected: Sequence[Expectation], least: float, dominates: bool) -> tuple[str, Run, Fit] | None:
    """The first expectation that the run fits at least so well."""
    for e in expected:
        for variant in variants(run, e.entity):
            fitted = fit(e.entity, variant)
            if fitted is None or fitted.confidence < least:
                continue
            if e.source == "topic" and (not dominates or e.entity in LOOSE or fitted.confidence < 0.9):
                continue
            if e.source == "asked" and fitted.confidence < EXACT and not dominates:
                continue
            return e.entity, variant, Fit(fitted.value, fitted.confidence - (0.05 if e.source == "topic" else 0.0))
    return None


def variants(run: Run, entity: str) -> Iterator[Run]:
    """The run, and for values of digits alone the run without letters at its ends."""
    if entity in _CODE_LIKE or not run.has_letter:
        yield run
        return
    chunks = list(run.chunks)
    while chunks and chunks[0].kind == "letter":
        chunks.pop(0)
    while chunks and chunks[-1].kind == "letter":
        chunks.pop()
    if chunks and (entity == "CREDIT_CARD" or not any(c.kind == "letter" for c in chunks)):
        yield Run(tuple(chunks))


def _in_one_word(statement: Statement, head: Run, tail: Run) -> bool:
    return statement.tokens[head.last].word == statement.tokens[tail.first].word


def _is_other_card(run: Run) -> bool:
    """Is it too short for a payment card and begins as none does: a library's or a shop's card?"""
    text = run.readings()[0]
    return text.isdigit() and len(text) in _MEMBERS_DIGITS and not CARD_START.match(text)


def _is_short_card(head: Run) -> bool:
    """Is it a card of 14 or 15 digits as some issuers have?"""
    text = head.readings()[0]
    return text.isdigit() and len(text) in (14, 15) and len(text) in card_lengths(text)


def _is_card_end(head: Run) -> bool:
    alone = unasked(head)
    return alone is not None and alone[0] == "CREDIT_CARD" and alone[1].confidence >= 0.9
