"""Numbers that are not in one piece: split by a stray word, given over several statements, or their end written twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from scanner.detect.spoken.card_numbers import CARD_START
from scanner.detect.spoken.expectations import Expectation, Listener
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.measures import LONG_NUMBER, has_unit, is_written_as_measure
from scanner.detect.spoken.number_runs import Run
from scanner.detect.spoken.number_segments import LISTED, LOOSE, best_fit, hit_of
from scanner.detect.spoken.number_shapes import Fit, unasked
from scanner.detect.spoken.said_before import SaidBefore, digits_of
from scanner.detect.spoken.whose_number import LONG_AND_EXACT

_OVERLAP_S, _LEAST_OVERLAP = 3.0, 6
_LONG_ENOUGH = 7
_LONGEST_GAP, _LONGEST_ASIDE, _CERTAIN = 4, 10, 0.95
_MOST_AFTER, _FEW_PIECES = 2, 2
"""More pieces of a card number that some issuer has, checksum and all, need nobody to ask for them."""
_GROUP_WORDS = frozenset("and then the next second third last final four group digits it is are".split())
FAINT = 0.5
_SHORT, _SHORT_CARD = 0.45, range(11, 16)


def without_end_of_last(said: SaidBefore, line: int, run: Run) -> Run:
    """The run without digits at its start that end the speaker's last number and that a recogniser wrote twice."""
    last = next((h for h in reversed(said.hits) if h.confidence >= LISTED), None)
    statements = said.listener.statements
    if last is None or last.line >= line or statements[last.line].speaker != statements[line].speaker:
        return run
    if statements[line].start_s - statements[last.line].end_s > _OVERLAP_S:
        return run
    value = digits_of(last.value)
    for k in range(len(run.chunks) - 1, 1, -1):
        head = "".join(c.text for c in run.chunks[:k])
        if len(head) >= _LEAST_OVERLAP and len(head) < len(value) and value.endswith(head):
            return run.part(k, len(run.chunks))
    return run


def without_given(said: SaidBefore, line: int, run: Run) -> Run:
    """The run without the speaker's last value in its middle, where a recogniser went back: "1128 891 1128" after 891."""
    last = said.hits[-1] if said.hits else None
    statements = said.listener.statements
    if last is None or last.line >= line or statements[last.line].speaker != statements[line].speaker:
        return run
    rest = [c for c in run.chunks if c.text != digits_of(last.value)]
    back = len(rest) < len(run.chunks) and len(rest) % 2 == 0
    half = len(rest) // 2
    twice = back and [c.text for c in rest[:half]] == [c.text for c in rest[half:]]
    return Run((*rest[:half], replace(rest[half], break_before=1), *rest[half + 1 :])) if twice and rest else run


def bridged(
    listener: Listener, line: int, run: Run, following: Sequence[Run], expected: Sequence[Expectation]
) -> Hit | None:
    """A value whose digits the recogniser split with a stray word; only where the whole has an exact shape."""
    statement, joined, aside = listener.statements[line], run, False
    doubtful: Hit | None = None
    for other in following:
        between = range(joined.last + 1, other.first)
        cued = any(c.first in between for c in listener.cues[line])
        measure = has_unit(statement, other) or is_written_as_measure(statement, other)
        aside = aside or len(between) > _LONGEST_GAP
        card = bool(expected) and expected[0].entity == "CREDIT_CARD"
        if len(between) > (_LONGEST_ASIDE if card else _LONGEST_GAP) or cued or measure:
            return doubtful
        joined = Run((*joined.chunks, *other.chunks))
        direct = len(between) <= 1 and joined.size >= _LONG_ENOUGH
        likely = [
            e for e in expected if e.entity not in LOOSE or (direct and e.source == "asked" and e.line == line - 1)
        ]
        # Over an aside ("hang on, my light's bad") only a card number that some issuer has is one.
        fitted = best_fit(joined, likely[:1] if aside else likely, _CERTAIN if aside else LISTED, dominates=True)
        if aside and fitted is None:
            continue
        if fitted is not None:
            return hit_of(fitted[0], line, fitted[1], fitted[2])
        asked = [e for e in likely[:1] if e.source == "asked" and e.entity in LONG_AND_EXACT]
        faint = best_fit(joined, asked, FAINT, dominates=True) if len(between) <= 1 else None
        doubtful = hit_of(faint[0], line, faint[1], faint[2]) if faint is not None else doubtful
    return doubtful


def _is_short_card(run: Run) -> bool:
    """May it be a card number of which a group or some digits were lost?"""
    text = run.readings()[0]
    return text.isdigit() and len(text) in _SHORT_CARD and CARD_START.match(text) is not None


def continued(said: SaidBefore, line: int, run: Run, expected: Sequence[Expectation]) -> list[Hit]:
    """The rest of a number whose beginning the same speaker gave in earlier statements."""
    exact = [e for e in expected if e.entity not in LOOSE]
    chosen: tuple[tuple[str, Run, Fit], list[tuple[int, Run]]] | None = None
    joined, pieces = run, [(line, run)]
    for back, head in _pieces_before(said, line):
        joined = Run((*head.chunks, *(replace(c, break_before=max(1, c.break_before)) for c in joined.chunks)))
        pieces.insert(0, (back, head))
        fitted = best_fit(joined, exact, 0.95, dominates=True)
        known = len(pieces) > _FEW_PIECES or any(e.entity == "CREDIT_CARD" for e in expected)
        alone = unasked(joined) if fitted is None and known else None
        if alone is not None and alone[0] == "CREDIT_CARD" and alone[1].confidence >= LISTED:
            fitted = "CREDIT_CARD", joined, alone[1]
        if fitted is not None:
            chosen = (fitted, pieces[:])
            break
        asked = [e for e in exact[:1] if e.source == "asked" and e.entity in LONG_AND_EXACT]
        doubtful = best_fit(joined, asked, FAINT, dominates=True) if joined.size >= LONG_NUMBER - 1 else None
        if doubtful is None and asked and asked[0].entity == "CREDIT_CARD" and _is_short_card(joined):
            doubtful = "CREDIT_CARD", joined, Fit(joined.readings()[0], _SHORT)
        chosen = (doubtful, pieces[:]) if doubtful is not None else chosen
    if chosen is None:
        return []
    (entity, _, found), pieces = chosen
    group = len(said.hits)
    said.hits = [h for h in said.hits if not any(h.overlaps(at, r.first, r.last) for at, r in pieces)]
    return [Hit(entity, at, r.first, r.last, found.value, found.confidence, group) for at, r in pieces]


def _pieces_before(said: SaidBefore, line: int) -> Iterator[tuple[int, Run]]:
    """Runs at the ends of earlier statements of the same speaker, the nearest first, as far as only nods lie between."""
    statement = said.listener.statements[line]
    until_s = statement.start_s
    for back in range(line - 1, max(-1, line - 9), -1):
        earlier = said.listener.statements[back]
        if until_s - earlier.end_s > 20.0:
            return
        voices = {
            earlier.speaker,
            statement.speaker,
            *(("unknown",) if said.listener.one_channel and earlier.runs else ()),
        }
        if len(voices) > 1 and "unknown" not in voices:
            if said.listener.cues[back]:
                return  # asked for something else
            continue
        if not earlier.runs:
            continue
        head = earlier.runs[-1]
        rest = [t for t in earlier.tokens[head.last + 1 :] if t.norm not in _GROUP_WORDS]
        if len(rest) > _MOST_AFTER or not head.has_digit or not said.free(back, head.first, head.last):
            return
        if any(h.confidence >= LISTED and h.overlaps(back, head.first, head.last) for h in said.hits):
            return  # a whole value of its own ends there
        yield back, head
        until_s = earlier.start_s
