"""Which cues of a statement count: none within a spelled word, none that only says what another thing belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.cues import BUSINESS, CODE, LAST_FOUR, NAME, OTHER, Cue, find_cues
from scanner.detect.spoken.speech_tokens import Token

_THINGS = frozenset("phone cell mobile telephone".split())
_KEPT_WITHIN = 6
_BEFORE_WHO = frozenset(
    "and so okay ok or but then now please alright right um uh hi hello sorry ask me yeah well thanks".split()
)
_KEPT_ON = frozenset("account account's acct checking savings bank".split())
KEPT = frozenset("on for with of to under in".split())
"""Words that tie a thing to what it belongs to: the phone number *on* the account."""


def heard_cues(statement: Statement) -> tuple[Cue, ...]:
    """The cues of a statement, but for those that lie within a spelled word (the P-I-N of E-S-P-I-N-O-Z-A)."""
    spelled = [r for r in statement.runs if not r.has_digit]
    cues = [
        c
        for c in find_cues(statement.tokens)
        if not any(r.first <= c.first and c.last <= r.last and r.last - r.first > c.last - c.first for r in spelled)
    ]
    cues = [c for c in cues if not (c.entity == NAME and _relates(statement.tokens, c.first))]
    cues = [c for c in cues if not (_only_counts(statement.tokens, c) and any(o.entity == OTHER for o in cues))]
    return tuple(c for k, c in enumerate(cues) if not (k and _modifies(statement.tokens, cues[k - 1], c)))


def _only_counts(tokens: Sequence[Token], cue: Cue) -> bool:
    """Does a cue for a card say no more than how many digits it has: "the IMEI is fifteen digits"?"""
    return (
        cue.entity == "CREDIT_CARD"
        and not any(t.norm.startswith("card") for t in tokens[cue.first : cue.last + 1])
        and any(t.norm.startswith("digit") for t in tokens[cue.first : cue.last + 1])
    )


def _relates(tokens: Sequence[Token], i: int) -> bool:
    """Is a "who" no question: "the guy who was here", "let me see who's out there"?"""
    if tokens[i].norm not in ("who", "who's") or i == 0 or tokens[i].break_before:
        return False
    return tokens[i - 1].norm not in _BEFORE_WHO


def _modifies(tokens: Sequence[Token], head: Cue, cue: Cue) -> bool:
    """Does a cue only say what the thing before it belongs to: the account of "the phone number on the account"?"""
    thing = cue.first == cue.last and tokens[cue.first].norm in _THINGS  # "the serial number of the phone"
    kept = tokens[cue.first].norm in _KEPT_ON and head.entity not in (LAST_FOUR, CODE)
    if not (kept or (thing and head.entity in (OTHER, BUSINESS))):
        return False
    between = tokens[head.last + 1 : cue.first + 1]
    norms = [t.norm for t in between]
    return (
        len(between) <= _KEPT_WITHIN
        and any(n in KEPT for n in norms[:-1])
        and not any(n in ("and", "or", "is") for n in norms)
        and not any(t.ends_sentence_before for t in between)
    )
