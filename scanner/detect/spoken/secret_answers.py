"""Passwords, secret words and answers to security questions: whatever words the talk says are one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.cues import SECRET_ANSWER
from scanner.detect.spoken.expectations import Listener
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.number_words import FILLERS

_IS = frozenset(("is", "was", "it's"))
_LEADS = frozenset(
    "it's its it is that's that was would be the a an my yes yeah sure okay um uh oh so his her name our".split()
)
_NOT_SAID = frozenset(
    (
        "not wrong incorrect expired reset resetting changed locked working correct too i don't no and because what how can that so when "
        "still required again forgotten invalid needed being in on for but i'm why do does did you we would if already ready fine "
        "something sent missing lost never always excellent great perfect thanks thank right correct good well hi hello sorry hold let one from about to"
    ).split()
)
_LONGEST = 4


def find_secrets(listener: Listener, taken: Sequence[Hit]) -> tuple[Hit, ...]:
    """All passwords and security answers in words; those of digits are numbers."""
    return tuple(hit for line, s in enumerate(listener.statements) for hit in _of_statement(listener, line, s, taken))


def _of_statement(listener: Listener, line: int, statement: Statement, taken: Sequence[Hit]) -> Iterator[Hit]:
    if statement.by_company:
        return
    tokens = statement.tokens
    for cue in listener.cues[line]:
        if (
            cue.entity in ("PASSWORD", SECRET_ANSWER)
            and cue.last + 1 < len(tokens)
            and tokens[cue.last + 1].norm in _IS
        ):
            hit = _words(line, statement, cue.last + 2, taken)
            if hit is not None:
                yield hit
                return
    asked = listener.question_before(line)
    if asked and asked[0] in ("PASSWORD", SECRET_ANSWER) and len(tokens) <= 10:
        hit = _words(line, statement, 0, taken)
        if hit is not None:
            yield hit


def _words(line: int, statement: Statement, i: int, taken: Sequence[Hit]) -> Hit | None:
    """The words from token i to the end of the sentence, if they can be a secret."""
    tokens = statement.tokens
    while i < len(tokens) and (tokens[i].norm in _LEADS or tokens[i].norm in FILLERS):
        i += 1
    end = i
    while end < len(tokens) and end - i < _LONGEST and (end == i or not tokens[end].ends_sentence_before):
        if end == i and tokens[end].norm in _NOT_SAID:
            return None
        run = next((r for r in statement.runs if r.first == end), None)
        end = run.last + 1 if run is not None else end + 1
    if end == i or any(h.overlaps(line, i, end - 1) for h in taken):
        return None
    return Hit("CREDENTIAL", line, i, end - 1, " ".join(t.norm for t in tokens[i:end]), 0.75)
