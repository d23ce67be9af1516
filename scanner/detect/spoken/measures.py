"""Numbers that are quantities, prices, decimals or times of day, by how they are written and what follows them.

A recogniser also writes digits that are read out in pairs so ("$49.16. $33.85"), so only a unit after them is certain.
"""

from __future__ import annotations

from collections.abc import Sequence

from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.number_runs import Run
from scanner.detect.spoken.number_words import FILLERS
from scanner.detect.spoken.speech_tokens import Token

LONG_NUMBER = 9
"""So many digits are no price."""
_MEASURES = frozenset(
    (
        "dollar dollars bucks cent cents percent degrees degree miles mile minutes minute hours hour days day weeks week months "
        "month years year times people feet foot inches square pounds pound gigs gigabytes gigabyte megabytes megs gb mb mbps "
        "gallons am pm o'clock kids bedrooms points units items pieces watts kilowatt kilowatts volts euros grand k "
        "milligrams mg ounces th kilometers km yards acres percentages tickets boxes pills"
    ).split()
)  # fmt: skip
_LONGEST_TIME = 4
_BEFORE_TIME = frozenset("at around about by before after till until between from".split())
"""Words before a time of day."""
_COMES = frozenset("comes came adds come totals up".split())


def has_unit(statement: Statement, run: Run) -> bool:
    """Is it a quantity, named as one?"""
    following = statement.tokens[run.last + 1 : run.last + 4]
    after = next((t for t in following if t.norm not in FILLERS), None)
    if after is not None and after.lead == "-" and _number_follows(statement.tokens, run.last + 2):
        return False  # "40, 80-day, 213": a digit misheard
    named = after is not None and after.norm in _MEASURES | {"%"} and after.break_before < 2
    return (named or _goes_on_in_money(following)) and run.size < LONG_NUMBER


def _goes_on_in_money(following: Sequence[Token]) -> bool:
    """“300 and well-dollard”: the rest of a sum, misheard, with its unit still to be made out."""
    goes_on = bool(following) and following[0].norm == "and"
    return goes_on and any(t.norm.startswith("dollar") and t.break_before < 2 for t in following[1:])


def _number_follows(tokens: Sequence[Token], k: int) -> bool:
    return k < len(tokens) and tokens[k].is_figure and not tokens[k].ends_sentence_before


def is_said_as_measure(statement: Statement, run: Run) -> bool:
    """Do the words before it say that it is a time or a sum: "I'll be there at 430", "that comes to 340"?"""
    before = [t.norm for t in statement.tokens[max(0, run.first - 2) : run.first]]
    if run.size > _LONGEST_TIME or not before:
        return False
    return before[-1] in _BEFORE_TIME or (before[-1] == "to" and before[0] in _COMES)


def is_written_as_measure(statement: Statement, run: Run) -> bool:
    """Is it written as a price, a decimal or a time of day?"""
    tokens = statement.tokens
    size = run.size
    before = tokens[run.first - 1].norm if run.first else ""
    if before in ("$", "£", "€") and (size < LONG_NUMBER or _is_price_list(tokens, run)):
        return True
    if _is_decimal(statement, run):
        return True
    clock = [c for c in run.chunks if c.kind == "figure" and ":" in tokens[c.first].lead]
    return bool(clock) and size <= 4 and not any(t.norm.startswith("expir") for t in tokens)


def _is_decimal(statement: Statement, run: Run) -> bool:
    """Is it written with a decimal point, as in 412.18? Four digits may be an expiry, more groups a card."""
    if len(run.chunks) != 2 or any(c.kind != "figure" for c in run.chunks):
        return False
    whole, cents = run.chunks
    return statement.tokens[cents.first].lead == "." and len(cents.text) <= 2 and len(whole.text) + len(cents.text) != 4


def _is_price_list(tokens: Sequence[Token], run: Run) -> bool:
    """Is each of its groups an amount with a sign of its own: "$49.16, $33.85"?"""
    groups = sum(1 for k, c in enumerate(run.chunks) if k == 0 or c.break_before)
    signs = sum(tokens[c.first - 1].norm == "$" for c in run.chunks if c.first)
    return signs >= groups
