"""Is a number the number of an account, or is the account only where it is kept: "the phone number on my account"?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.detect.spoken.cues import Cue, joined
from scanner.detect.spoken.heard_cues import KEPT
from scanner.detect.spoken.speech_tokens import Token

_ACCOUNTS = frozenset("account accounts account's acct".split())
_DISOWNS = re.compile(
    r"\b(?:(?:don't|do not|didn't|never|wouldn't|couldn't) (?:\w+ )?(?:know|have|remember|recall|got|find|see)|no idea|not sure|no clue|"
    r"look (?:me|it|us) up|under|my (?:cell|phone|mobile)|try|on (?:there|it))\b"
)
_FINDS = frozenset("under about phone cell reach call pull look find bring".split())
"""Words beside "the account" by which its number is not what is asked for."""


def is_named_account(tokens: Sequence[Token], cue: Cue, *, said: bool, grouped: bool) -> bool:
    """Does a cue name the number of an account, and not only what an account has or is found by?

    `said`: the speaker of the number says it; `grouped`: it was said in groups, as telephone numbers are.
    """
    if tokens[cue.first].norm not in _ACCOUNTS or cue.last > cue.first:
        return True
    before = {t.norm for t in tokens[max(0, cue.first - 3) : cue.first]}
    after = tokens[cue.last + 1].norm if cue.last + 1 < len(tokens) else ""
    kept = bool(before & KEPT) or (not grouped and any(t.norm in _FINDS for t in tokens))
    return not kept and ((said and after in ("is", "number's")) or not grouped)


def disowns(tokens: Sequence[Token]) -> bool:
    """Does somebody say that he has no account number at hand, or give another: "I don't know it, try my cell"?"""
    return _DISOWNS.search(joined(tokens)[0]) is not None
