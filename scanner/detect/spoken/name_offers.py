"""Names that a language model offers, where they look like names in a customer's mouth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.name_stretches import NameGround, is_a_thing, is_brand, is_heard
from scanner.detect.spoken.name_words import ADDRESSING, COMPANY_WORDS, NEVER, first_names

_EARLY = 6
_THIS_IS = (["this", "is"], ["it", "is"], ["i", "am"], ["name", "is"], ["name's", "is"])
_DETERMINERS = frozenset("the a an new another some any".split())


@dataclass(frozen=True, slots=True)
class NamedStretch:
    """Tokens `first` to `last` of a statement that a language model takes for a person's name."""

    line: int
    first: int
    last: int


def offered_names(ground: NameGround, line: int, stretches: Sequence[NamedStretch]) -> Iterator[Hit]:
    """What the language model offers, if it looks like a name in a customer's mouth."""
    statement = ground.statements[line]
    tokens = statement.tokens
    for s in stretches:
        first, last = s.first, s.last
        while first <= last and (tokens[first].norm in NEVER or tokens[first].norm in ADDRESSING):
            first += 1
        while last >= first and (tokens[last].norm in NEVER or not tokens[last].norm[0].isalpha()):
            last -= 1
        if first < last and tokens[first].norm not in first_names() and tokens[first + 1].norm in first_names():
            first += first == 0 or tokens[first].ends_sentence_before  # "Tell Sheila"
        if first > last or not ground.free(line, first, last) or (first and tokens[first - 1].norm in _DETERMINERS):
            continue
        part = tokens[first : last + 1]
        norms = [t.norm for t in part]
        if any(n in COMPANY_WORDS for n in norms) or any(n[0].isdigit() for n in norms) or last - first > 3:
            continue
        after = tokens[last + 1].norm if last + 1 < len(tokens) else ""
        known = norms[0] in first_names()
        if statement.speaker == "unknown" and first == last:
            continue  # it may be the agent's
        if any(r.first <= last and first <= r.last for r in statement.runs):
            continue  # "G as in George"
        if any(t.line == line and t.first == last + 1 for t in ground.taken):
            continue  # "D as in David" before digits, misheard as a name
        if is_brand(statement, first, last + 1, norms):
            continue
        if after in COMPANY_WORDS or not (known or (len(part) > 1 and all(t.text[0].isupper() for t in part))):
            continue
        if not known and not any(n in first_names() for n in norms):
            continue
        if first == last and not _is_greeted_as(statement, first):
            continue  # somebody who is spoken of by his first name is as likely of the company
        hit = Hit("PERSON", line, first, last, " ".join(norms).removesuffix("'s"), 0.7 if known else 0.6)
        if not is_a_thing(ground, line, hit) and is_heard(statement, hit):
            yield hit


def _is_greeted_as(statement: Statement, first: int) -> bool:
    """Does a customer say who he is: "Hello, it's Ramon"?"""
    before = [t.norm for t in statement.tokens[max(0, first - 2) : first]]
    thinks = first > 1 and statement.tokens[first - 2].norm in ("think", "guess", "believe", "that")
    return first <= _EARLY and bool(before) and not thinks and (before[-1] in ("it's", "i'm") or before in _THIS_IS)
