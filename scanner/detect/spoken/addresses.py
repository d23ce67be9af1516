"""Street addresses as one span: "four eighty two Willow Creek Road, Tampa, Florida, three three six oh two"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.cues import joined
from scanner.detect.spoken.dates import MONTHS
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.number_chunks import read_chunk
from scanner.detect.spoken.number_runs import Run
from scanner.detect.spoken.number_words import FILLERS
from scanner.detect.spoken.speech_tokens import Token
from scanner.detect.spoken.towns import SLIPS, STOP, ZIP, as_written, has_town, states_at, town_end

STREETS = frozenset(
    (
        "street st road rd avenue ave av lane ln drive dr court ct boulevard blvd place pl circle cir terrace ter way parkway pkwy "
        "highway hwy trail trl loop plaza square sq row alley crossing path pike turnpike expressway ridge run point cove bend "
        "grove heights hollow crescent walk mews close gardens route"
    ).split()
)
_SURE_STREETS = STREETS - set(
    "way point run close row square place court drive walk path circle ridge cross loop route".split()
)
_UNITS = frozenset("apartment apt unit suite number floor building lot room # condo ste".split())
_MISHEARD_UNITS = frozenset(("sweet", "department", "compartment", "appointment"))
_DIRECTIONS = frozenset("north south east west northwest northeast southwest southeast n s e w nw ne sw se".split())
_LONGEST_STREET = 5
_GARBLED_HOUSE, _LONGEST_GARBLED = range(2, 7), 9
_WITHIN_NO_NAME = frozenset("in per was by".split())
_NUMBERED_ROADS = frozenset("county farm private state ranch forest township rural market".split())
_ROUTES = frozenset("highway route hwy".split())
_LONGEST_LEAD = 3
_BARE_HOUSE = range(2, 6)
_LONGEST_BARE = 3
_SHORT_HOUSE = 2
_YEAR_DIGITS = 4
_HOUSE_LEADS = frozenset(
    "it's its to at on is uh um that's be yes yeah over out number in me the of please sure".split()
)
_NO_STREET = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday percent dollars foot feet inch inches hour hours minute minutes adults kids am pm o'clock mondays fridays".split()
) | frozenset(m for m in MONTHS if m not in ("may", "mar", "march"))
_AT_HOME = re.compile(
    r"\b(?:(?:i'm|we're|i am|we are)(?: over| out| up| down)? (?:at|on)|(?:i|we) (?:live|stay)(?: over| out| up| down)? (?:at|on|in)|"
    r"my (?:house|place|home|apartment)(?:'s| is)|at my (?:house|place|home)|(?:come|came)(?: on)?(?: over| out| by)? to)\b"
)


def says_where(statement: Statement) -> bool:
    """Does somebody say where he is or lives: "I'm at …", "my house is …"?"""
    return _AT_HOME.search(joined(statement.tokens)[0]) is not None


def find_addresses(line: int, statement: Statement, *, asked: bool, where: bool = False) -> tuple[Hit, ...]:
    """The street addresses of a statement.

    `asked`: the talk is about an address, so that a street needs no "Street"; `where`: the question was where something
    is or goes, so that a long house number and a capitalised name are a street.
    """
    tokens = statement.tokens
    runs = {r.first: r for r in statement.runs}
    inside = {i for r in statement.runs for i in range(r.first + 1, r.last + 1)}
    found: list[Hit] = []
    reached = 0
    for i in range(len(tokens)):
        if i < reached or i in inside:
            continue
        box = _box(tokens, i, runs)
        end = box if box is not None else _street(tokens, i, runs, asked=asked, where=where)
        end = _before_zip(tokens, i, runs) if end is None and asked else end
        if end is None:
            continue
        to_it = tokens[i].norm in ("to", "for") and i in runs and len(runs[i].chunks) > 1
        first = i + to_it  # "to sixteen fifty two Birch"
        last = town_end(tokens, end + 1, runs, asked=asked)
        said = " ".join(as_written(tokens, runs, first, last))
        found.append(Hit("LOCATION", line, first, last, said, 0.93 if last > end or asked else 0.85))
        reached = last + 1
    return tuple(found)


def _box(tokens: Sequence[Token], i: int, runs: dict[int, Run]) -> int | None:
    """The end of "P.O. box 123", or of "Rural Route 4, box 112"."""
    norms = [t.norm for t in tokens[i : i + 4]]
    if norms[:2] == ["rural", "route"] and "box" in [t.norm for t in tokens[i + 2 : i + 5]]:
        at = next(k for k in range(i + 2, i + 5) if tokens[k].norm == "box") + 1
        return runs[at].last if at in runs else at if _numbered(tokens, at) else None
    if norms[:1] == ["box"] and i + 1 in runs and "rural" in [t.norm for t in tokens[runs[i + 1].last + 1 :][:1]]:
        at = runs[i + 1].last + 3
        return runs[at].last if at in runs else None
    k = 3 if norms[:3] == ["p", "o", "box"] else 2 if norms[:2] in (["po", "box"], ["post", "box"]) else 0
    number = i + k
    if not k or number not in runs:
        run = runs.get(i)
        if (
            run is None
            or run.readings()[0] != "PO"
            or run.last + 2 >= len(tokens)
            or tokens[run.last + 1].norm != "box"
        ):
            return None
        number = run.last + 2
    return runs[number].last if number in runs else None


def _house(tokens: Sequence[Token], i: int, runs: dict[int, Run]) -> int | None:
    """The last token of a house number that starts at token i."""
    if i in runs:
        text = runs[i].readings()[0]
        digits = sum(c.isdigit() for c in text)
        return runs[i].last if 1 <= digits <= 6 and len(text) - digits <= 1 and text[0].isdigit() else None
    chunk = read_chunk(tokens, i, ())
    return chunk.last if chunk is not None and chunk.kind != "letter" and i not in runs else None


def _street(tokens: Sequence[Token], i: int, runs: dict[int, Run], *, asked: bool, where: bool) -> int | None:
    """The last token of house number and street that start at token i."""
    house = _house(tokens, i, runs)
    if house is None:
        return None
    k, names = house + 1, 0
    while k < len(tokens) and names <= _LONGEST_STREET:
        token = tokens[k]
        if token.norm in FILLERS:
            k += 1
            continue
        if token.ends_sentence_before and (names or "?" in token.lead):
            break
        if token.norm in STREETS and (names or token.norm in ("highway", "route", "hwy")):
            further = tokens[k + 1] if k + 1 < len(tokens) else None
            if (
                further is not None
                and further.norm in STREETS
                and further.text[0].isupper()
                and not further.break_before
            ):
                k, names = k + 1, names + 1  # "Sunset Ridge Parkway"
                continue
            sure = token.norm in _SURE_STREETS or asked or has_town(tokens, k + 1, runs)
            names_it = all(t.text[0].isupper() or t.text[0].isdigit() for t in tokens[house + 1 : k + 1]) and i in runs
            sure = sure or names_it
            capital = any(t.text[0].isupper() for t in tokens[house + 1 : k + 1])
            long = i in runs and runs[i].size > 1  # "2 lanes over, in the left lane"
            if sure and (asked or capital or long) and (asked or not _of_a_year(tokens, i, runs)):
                return _past_unit(tokens, k, runs)
            return None
        if asked and names and token.norm in _UNITS and _numbered(tokens, k + 1):
            return _past_unit(tokens, k - 1, runs)
        if token.norm in SLIPS and names < _LONGEST_STREET and _sure_street_within(tokens, k, runs):
            k, names = k + 1, names + 1
            continue
        if (
            token.norm in STOP | _WITHIN_NO_NAME
            or (token.is_figure and k not in runs)
            or (k in runs and runs[k].has_digit)
        ):
            break
        k, names = k + 1, names + 1
    if (
        not (asked or where)
        or i not in runs
        or not (i == 0 or tokens[i].break_before or tokens[i - 1].norm in _HOUSE_LEADS)
    ):
        return None
    bare = _bare_street(tokens, i, house, runs)
    if bare is not None and (asked or len(runs[i].readings()[0]) > _SHORT_HOUSE):
        return _past_unit(tokens, bare, runs)
    if tokens[min(house + 1, len(tokens) - 1)].norm in _NO_STREET:
        return None
    if asked and (garbled := _garbled_street(tokens, i, house)) is not None:
        return garbled
    likely = len(runs[i].readings()[0]) > 1 or tokens[min(house + 1, len(tokens) - 1)].text[0].isupper()
    if asked and 1 <= names <= 3 and likely and (k >= len(tokens) or has_town(tokens, house + 2, runs)):
        return house + 1 if k < len(tokens) else k - 1
    return None


def _of_a_year(tokens: Sequence[Token], i: int, runs: dict[int, Run]) -> bool:
    """Is it the year of a thing: "a 2019 Park Avenue"?"""
    year = i in runs and runs[i].readings()[0][:2] in ("19", "20") and runs[i].size == _YEAR_DIGITS
    return year and i > 0 and tokens[i - 1].norm == "a"


def _before_zip(tokens: Sequence[Token], i: int, runs: dict[int, Run]) -> int | None:
    """The last token before a state that a ZIP code follows, whatever was heard between it and a house number."""
    run = runs.get(i)
    house = run.last if run is not None and run.readings()[0].isdigit() and run.size in _GARBLED_HOUSE else None
    if run is None and tokens[i].norm[0].isdigit() and len(tokens[i].norm) > ZIP - 1:
        house = i  # "118th Heaven": one one eight Eighth Avenue
    if house is None:
        return None
    for k in range(house + 2, min(len(tokens), house + _LONGEST_GARBLED)):
        if tokens[k].ends_sentence_before and not tokens[k].text[0].isupper():
            return None
        states = states_at(tokens, k)
        if states and k + states in runs:
            return (
                k - 1 if runs[k + states].readings()[0].isdigit() and runs[k + states].size in (ZIP - 1, ZIP) else None
            )
    return None


def _bare_street(tokens: Sequence[Token], i: int, house: int, runs: dict[int, Run]) -> int | None:
    """The last token of a street that is only its name: "1911 Mesquite, apartment six", "the one at 911 Redbud"."""
    text = runs[i].readings()[0]
    if not text.isdigit() or len(text) not in _BARE_HOUSE or "," in tokens[min(house + 1, len(tokens) - 1)].lead:
        return None
    k = house + 1
    while k < len(tokens) and k - house <= _LONGEST_BARE and not (k > house + 1 and tokens[k].break_before):
        token = tokens[k]
        if not token.text[0].isupper() or token.norm in STOP | _NO_STREET or token.ends_sentence_before:
            break
        k += 1
    ends = k >= len(tokens) or tokens[k].break_before > 0 or tokens[k].norm in _UNITS
    return k - 1 if ends and k > house + 1 and k - house - 1 <= _LONGEST_BARE else None


def _garbled_street(tokens: Sequence[Token], i: int, house: int) -> int | None:
    """The street that ends the sentence of an answer, whatever was heard before it: "It's 15 roll, not hill drive."."""
    if i > _LONGEST_LEAD:
        return None
    for k in range(house + 2, min(len(tokens), house + 2 + _LONGEST_STREET)):
        if tokens[k].ends_sentence_before:
            return None
        ends = k + 1 == len(tokens) or tokens[k + 1].break_before > 0
        if tokens[k].norm in STREETS and ends:
            return k
    return None


def _past_unit(tokens: Sequence[Token], k: int, runs: dict[int, Run]) -> int:
    """The last token after a street's quarter and flat: "Northwest, apartment four B", "Highway 41"."""
    last = k
    numbered = tokens[k].norm in _ROUTES or (
        tokens[k].norm in ("road", "route") and tokens[k - 1].norm in _NUMBERED_ROADS
    )
    if k + 1 < len(tokens) and numbered and k + 1 in runs and not tokens[k + 1].ends_sentence_before:
        last = runs[k + 1].last
    if last + 1 < len(tokens) and tokens[last + 1].norm in _DIRECTIONS and tokens[last + 1].break_before == 0:
        last += 1
    at = last + 1
    while at < len(tokens) and (
        tokens[at].norm in _UNITS or (tokens[at].norm in _MISHEARD_UNITS and _numbered(tokens, at + 1))
    ):
        at += tokens[at].norm in _MISHEARD_UNITS
        while at < len(tokens) and tokens[at].norm in _UNITS:
            at += 1
        if at in runs:
            last = runs[at].last
        elif at < len(tokens) and (len(tokens[at].norm) == 1 or read_chunk(tokens, at, ()) is not None):
            last = at
        else:
            break
        at = last + 1
    return last


def _sure_street_within(tokens: Sequence[Token], k: int, runs: dict[int, Run]) -> bool:
    """Does a street with its state or ZIP code follow, so that a small word before it is a slip ("3360 marks per lane, Ohio")?"""
    for end in range(k + 1, min(len(tokens), k + 3)):
        if tokens[end].norm in _SURE_STREETS:
            return any(states_at(tokens, at) or (at in runs and runs[at].size == ZIP) for at in range(end + 1, end + 4))
    return False


def _numbered(tokens: Sequence[Token], k: int) -> bool:
    """Does a number or a letter stand at k, as after "apartment"?"""
    return k < len(tokens) and (
        len(tokens[k].norm) == 1 or tokens[k].is_figure or read_chunk(tokens, k, ()) is not None
    )
