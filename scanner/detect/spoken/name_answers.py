"""The name that answers a question for one, its words garbled or an aside before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.name_stretches import LONGEST_NAME, NameGround, initials, name_at, run_starts, sets_off
from scanner.detect.spoken.name_words import ANSWER_LEADS, COMPANY_WORDS, NEVER, first_names
from scanner.detect.spoken.number_words import FILLERS

_DOUBTFUL = 0.6
_MUTTERED, _UNSURE = 0.4, 0.5
_LONGEST_MUTTERED = 8
_NEAR = 6
_AFTER_NAME = frozenset("with here speaking and is that's it's like as".split())
_NO_PART = frozenset("i you it no not why don't my your me we they the a is what help please it's that's yes".split())
_MYSELF = frozenset(("i", "i'm", "i'd", "i'll", "i've"))


def name_answer(ground: NameGround, line: int, *, start: int = 0, confidence: float = 0.9) -> Iterator[Hit]:
    """The name that a statement begins with, or that follows "yes, it's"; garbled, words that end in a capital."""
    statement = ground.statements[line]
    tokens = statement.tokens
    i = start
    while i < min(len(tokens), start + 10):
        norm = tokens[i].norm
        if norm in FILLERS or norm in ANSWER_LEADS:
            i += 1
            continue
        if i in run_starts(statement) and not initials(ground, line, i):
            return
        hits = [h for h in name_at(ground, line, i, strong=True, confidence=confidence) if _stands(ground, h)]
        if not hits and start == 0:
            hits = _after_a_sentence(ground, line, i, confidence)
        yield from [_over_a_comma(ground, h) for h in hits] or _garbled(ground, line, i)
        return


def _over_a_comma(ground: NameGround, hit: Hit) -> Hit:
    """A name of one word with the one after a comma that ends the answer: "Ferraro, Ignatius.", "Yessets, Harrison."."""
    tokens = ground.statements[hit.line].tokens
    k = hit.last + 1
    ends = k + 1 == len(tokens) or (k < len(tokens) and tokens[k + 1].ends_sentence_before)
    if hit.first != hit.last or not ends or tokens[k].lead.strip() != "," or not tokens[k].text[0].isupper():
        return hit
    norm = tokens[k].norm
    if norm in NEVER or norm in COMPANY_WORDS or k in run_starts(ground.statements[hit.line]):
        return hit
    return replace(hit, last=k, value=f"{hit.value} {norm}")


def _after_a_sentence(ground: NameGround, line: int, i: int, confidence: float) -> list[Hit]:
    """The name that makes up the second sentence of a short answer: "My wife will. Jolene."."""
    tokens = ground.statements[line].tokens
    k = next((k for k in range(i + 1, min(len(tokens), i + _NEAR)) if tokens[k].ends_sentence_before), None)
    if k is None or tokens[k].norm in NEVER:
        return []
    hits = list(name_at(ground, line, k, strong=False, confidence=confidence))
    return [h for h in hits if h.last + 1 >= len(tokens) or sets_off(tokens[h.last + 1])]


def _stands(ground: NameGround, hit: Hit) -> bool:
    """Does a name stand by itself, or does it only begin a sentence ("Leave it with the neighbor")?"""
    tokens = ground.statements[hit.line].tokens
    after = tokens[hit.last + 1] if hit.last + 1 < len(tokens) else None
    if hit.last > hit.first or after is None or after.break_before or tokens[hit.first].norm in first_names():
        return True
    goes_on = after.text.islower() or after.norm in _MYSELF
    return not (goes_on and after.norm in NEVER and after.norm not in _AFTER_NAME)


def _garbled(ground: NameGround, line: int, i: int) -> Iterator[Hit]:
    """A short answer that ends in a name, what goes before it garbled: "wall to Jensen"."""
    statement = ground.statements[line]
    tokens = statement.tokens[i : i + LONGEST_NAME]
    whole = i + len(tokens) == len(statement.tokens)
    if i < len(statement.tokens) and _is_muttered(statement, i) and ground.free(line, i, len(statement.tokens) - 1):
        said = " ".join(t.norm for t in statement.tokens[i:])
        yield Hit("PERSON", line, i, len(statement.tokens) - 1, said, _MUTTERED)
        return
    if (
        not whole
        or len(tokens) < 2
        or any(t.ends_sentence_before for t in tokens[1:])
        or any((t.norm in _NO_PART and t.text[0].islower()) or t.norm.endswith("'s") for t in tokens)
        or not ground.has_capitals[line]
    ):
        return
    last = tokens[-1]
    if last.text[0].isupper() and last.norm not in NEVER | COMPANY_WORDS and ground.free(line, i, i + len(tokens) - 1):
        yield Hit("PERSON", line, i, i + len(tokens) - 1, " ".join(t.norm for t in tokens), _DOUBTFUL)


def _is_muttered(statement: Statement, i: int) -> bool:
    """Is the rest of the answer a few words that the recogniser was not sure of, as of a name that it does not know?

    One or a few: not sure of any; as many as it hears in a long name: not sure of most.
    """
    if all(t.norm in NEVER for t in statement.tokens[i:]):
        return False
    words = {t.word for t in statement.tokens[i:]}
    doubts = [statement.words[w].probability for w in words]
    if len(words) <= LONGEST_NAME and max(doubts) < _UNSURE:
        return True
    return 1 < len(words) <= _LONGEST_MUTTERED and sum(doubts) / len(doubts) < _UNSURE
