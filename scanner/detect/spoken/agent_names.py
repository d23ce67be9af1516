"""Names of those who answer the phone: they are nobody's finding, so they have to be known.

On two channels the company's side is known. On one, or where nobody knows who speaks, a greeting tells the company, and an
answer to "your name, please?" is no agent's however its voice was taken.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.cues import NAME, Cue, joined
from scanner.detect.spoken.expectations import Listener
from scanner.detect.spoken.name_words import AGENT_SELF, NEVER, first_names
from scanner.detect.spoken.speech_tokens import Token

_GREETING = re.compile(
    r"\b(?:how (?:can|may) i (?:help|assist)|thank(?:s| you) (?:so much )?for (?:calling|holding|waiting|your patience)|"
    r"what can i do for you|recorded line|speaking how|welcome to|this call (?:is|may be)|"
    r"(?:this is|my name is|my name's|i'm) \w+ (?:again|in (?:billing|sales|support|claims|scheduling|accounts|collections|retention)|"
    r"(?:with|from) (?:the )?\w+ (?:department|team|desk|office)|i'm (?:a|the) (?:supervisor|manager)))\b"
)
_CALLERS = re.compile(r"\b(?:i(?: am|'m)? calling|i need|i want|i'd like|i would like|i have a|my|hello|hey|hi)\b")
_NEAR = 6


def is_greeting(statement: Statement, *, first: bool = False) -> bool:
    """Does somebody whose side is not known talk as a company does, or answer the phone? `first`: with the call's first words."""
    if statement.speaker != "unknown":
        return False
    text = joined(statement.tokens)[0]
    return _GREETING.search(text) is not None or (first and _CALLERS.search(text) is None)


def agent_names(listener: Listener, greetings: Collection[int]) -> set[str]:
    """The names by which the company's side introduces itself; `greetings` are statements that talk as a company does."""
    names: set[str] = set()
    for line, statement in enumerate(listener.statements):
        if not statement.by_company and line not in greetings:
            continue
        text, starts = joined(statement.tokens)
        at = {s: i for i, s in enumerate(starts)}
        tokens = statement.tokens
        for match in AGENT_SELF.finditer(text):
            i = first = at.get(match.end(), len(tokens))
            if answers_for_name(listener, line, first):
                continue
            while i < len(tokens) and tokens[i].norm not in NEVER and i <= first + 1:
                if tokens[i].text[0].isupper() or tokens[i].norm in first_names():
                    names.add(tokens[i].norm)
                i += 1
        for i, t in enumerate(tokens[1:], 1):
            before = tokens[i - 1]
            if t.norm in ("here", "speaking") and (before.text[0].isupper() or before.norm in first_names()):
                names.add(before.norm)
    return names or _first_introduction(listener)


def _first_introduction(listener: Listener) -> set[str]:
    """Of one channel's voices, who introduces himself first answers the phone, where nobody is known to have."""
    for line, statement in enumerate(listener.statements) if listener.one_channel else ():
        match = AGENT_SELF.search(joined(statement.tokens)[0])
        if match is None or statement.speaker != "unknown":
            continue
        i = {s: k for k, s in enumerate(joined(statement.tokens)[1])}.get(match.end(), len(statement.tokens))
        if answers_for_name(listener, line, i):
            continue
        said = statement.tokens[i : i + 1]
        return {t.norm for t in said if t.norm not in NEVER and (t.text[0].isupper() or t.norm in first_names())}
    return set()


def answers_for_name(listener: Listener, line: int, token: int) -> bool:
    """Is a token of one channel's talk in the answer to a question for a name, in the same statement or the one before?"""
    if not listener.one_channel:
        return False
    tokens = listener.statements[line].tokens
    asking = [c for c in listener.cues[line] if c.entity == NAME and c.last < token and not _of_speaker(tokens, c)]
    if asking:
        between = tokens[asking[-1].last + 1 : token + 1]
        return len(between) <= _NEAR and any(t.ends_sentence_before for t in between)
    if token > _NEAR or NAME not in listener.question_before(line)[:1]:
        return False
    earlier = listener.statements[line - 1].tokens
    return any(c.entity == NAME and not _of_speaker(earlier, c) for c in listener.cues[line - 1])


def _of_speaker(tokens: Sequence[Token], cue: Cue) -> bool:
    """Does a name cue say the speaker's own name ("my name's Todd")?"""
    return any(t.norm == "my" for t in tokens[max(0, cue.first - 1) : cue.last + 1])
