"""Cities, states and ZIP codes: the end of an address, or an answer of its own."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.number_runs import Run
from scanner.detect.spoken.number_words import FILLERS
from scanner.detect.spoken.speech_tokens import Token

_STATES = frozenset(
    (
        "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa "
        "kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada ohio "
        "oklahoma oregon pennsylvania tennessee texas utah vermont virginia washington wisconsin wyoming"
    ).split()
)
_TWO_WORD_STATES = frozenset(
    (
        ("new", "york"), ("new", "jersey"), ("new", "mexico"), ("new", "hampshire"), ("north", "carolina"), ("south", "carolina"),
        ("north", "dakota"), ("south", "dakota"), ("west", "virginia"), ("rhode", "island"), ("district", "of"),
    )
)  # fmt: skip
_STATE_CODES = frozenset(
    (
        "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD "
        "TN TX UT VT VA WA WV WI WY DC"
    ).split()
)
STOP = frozenset(
    (
        "is and i my we you it's that's so please what which your do does did can was for but because at to of a an this that have has "
        "are be will would on our if when not yes no okay thanks thank dollars percent minutes hours days people times years months "
        "miles feet degrees pounds weeks from or there they he she by with more than about per each calls gigs megs cents"
    ).split()
)  # fmt: skip
SLIPS = frozenset("per is and a for the of in at to was by".split())
_LONGEST_CITY = 3
ZIP = 5


def is_town(statement: Statement) -> bool:
    """Does a statement say a state or a ZIP code, with or without a city, and nothing else?"""
    tokens = statement.tokens
    runs = {r.first: r for r in statement.runs}
    sure = any(states_at(tokens, k) or (k in runs and runs[k].size == ZIP) for k in range(len(tokens)))
    return sure and town_end(tokens, 0, runs, asked=True) == len(tokens) - 1


def town_answer(line: int, statement: Statement, *, group: int) -> Hit | None:
    """City, state and ZIP given on their own, as answers to questions after the street; `group` ties them to it."""
    tokens = statement.tokens
    start = 0
    while start < len(tokens) and (tokens[start].norm in STOP or tokens[start].norm in FILLERS):
        start += 1
    if start >= len(tokens) or len(tokens) - start > 9:
        return None
    runs = {r.first: r for r in statement.runs}
    last = town_end(tokens, start, runs, asked=True)
    if last < start:
        return None
    return Hit("LOCATION", line, start, last, " ".join(as_written(tokens, runs, start, last)), 0.8, group)


def as_written(tokens: Sequence[Token], runs: dict[int, Run], first: int, last: int) -> list[str]:
    """The words of tokens, numbers in digits."""
    words: list[str] = []
    i = first
    while i <= last:
        if i in runs:
            words.append(runs[i].readings()[0].lower())
            i = runs[i].last
        else:
            words.append(tokens[i].norm)
        i += 1
    return words


def states_at(tokens: Sequence[Token], k: int) -> int:
    """How many tokens at k name a state."""
    if k >= len(tokens):
        return 0
    if tuple(t.norm for t in tokens[k : k + 2]) in _TWO_WORD_STATES:
        return 3 if tokens[k].norm == "district" else 2
    if tokens[k].norm in _STATES or tokens[k].text in _STATE_CODES:
        return 1
    return 0


def has_town(tokens: Sequence[Token], k: int, runs: dict[int, Run]) -> bool:
    """Do city, state or ZIP code start at token k?"""
    return town_end(tokens, k, runs, asked=False) >= k


def town_end(tokens: Sequence[Token], k: int, runs: dict[int, Run], *, asked: bool) -> int:
    """The last token of city, state and ZIP code that start at token k; k - 1 if there are none."""
    last = k - 1
    names = 0
    at = k
    while at < len(tokens):
        token = tokens[at]
        if token.norm in FILLERS or (token.norm in ("in", "zip", "code", "zipcode") and names <= _LONGEST_CITY):
            at += 1
            continue
        if at in runs and runs[at].has_digit:
            text = runs[at].readings()[0]
            if text.isdigit() and len(text) in (4, 5, 6, 9) and (names or asked or last >= k or at == k):
                return runs[at].last
            break
        states = states_at(tokens, at)
        if states:
            last = at + states - 1
            at = last + 1
            continue
        if token.norm in SLIPS and names and states_at(tokens, at + 1):
            at += 1
            continue  # "Mack and Georgia"
        if last >= k or names >= _LONGEST_CITY or token.norm in STOP:
            break
        if (token.ends_sentence_before and not token.text[0].isupper()) or len(token.norm) == 1:
            break
        names += 1
        at += 1
        ends = at >= len(tokens) or tokens[at].ends_sentence_before
        if ends and token.text[0].isupper() and not (at < len(tokens) and _leads_to_zip(tokens, at, runs)):
            last = at - 1
            break
    return last


def _leads_to_zip(tokens: Sequence[Token], at: int, runs: dict[int, Run]) -> bool:
    return at in runs or states_at(tokens, at) > 0
