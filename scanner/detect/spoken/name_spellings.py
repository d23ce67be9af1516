"""Names that are spelled out: the spelling belongs to the name, and may be all that was heard of it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from scanner.detect.spoken.cues import NAME
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.name_stretches import NameGround
from scanner.detect.spoken.name_words import NEVER, first_names
from scanner.detect.spoken.number_runs import Run
from scanner.detect.spoken.number_words import FILLERS

_SHORTEST = 3
_LETTERS_TO_A_DIGIT = 4
_SPELLING_LINKS = frozenset(
    "that's thats that is it's spelled spell spelling with a and the last first name as in capital so i".split()
)


def with_spellings(
    ground: NameGround, line: int, hits: Sequence[Hit], *, asked: bool, said: Container[str]
) -> Iterator[Hit]:
    """The hits, each with its spelling taken in; and names that are known only by being spelled."""
    statement = ground.statements[line]
    tokens = statement.tokens
    long = [r for r in statement.runs if r.has_letter and r.size >= _SHORTEST]
    spelled = [r for r in long if not r.has_digit]
    used: set[int] = set()
    for hit in hits:
        last = hit.last
        for run in (r for r in long if _is_mostly_letters(r)):
            between = tokens[last + 1 : run.first]
            small = all(t.norm in _SPELLING_LINKS or t.norm in FILLERS for t in between)
            if last < run.first <= last + 6 and small and ground.free(line, run.first, run.last):
                last = run.last
                used.add(run.first)
                if hit.first == hit.last and _is_surname(ground, line, last + 1):
                    last += 1  # "Dee, D E E, Vanderbilt"
        yield Hit(hit.entity, line, hit.first, last, hit.value, hit.confidence)
    if statement.by_company:
        return  # its own name, or one that the customer gave
    for run in spelled:
        if run.first in used or not ground.free(line, run.first, run.last):
            continue
        if any(h.first <= run.last and run.first <= h.last for h in hits):
            continue
        word = run.readings()[0].lower()
        nearby = [i for i in range(max(0, run.first - 5), run.first) if _alike(tokens[i].norm, word)]
        names = any(c.entity == NAME and c.last < run.first for c in ground.listener.cues[line])
        if nearby:
            first = nearby[0]
            if first and tokens[first - 1].norm in first_names():
                first -= 1
            yield Hit("PERSON", line, first, run.last, word, 0.88)
        elif asked or names or word in said:
            yield Hit("PERSON", line, run.first, run.last, word, 0.8)


def _is_mostly_letters(run: Run) -> bool:
    """May it be a spelling, a letter of which was heard as a digit: "C-8, R-L-O-W"?"""
    digits = sum(c in "123456789" for chunk in run.chunks for c in chunk.text)  # an O is heard as a zero
    return digits <= run.size // _LETTERS_TO_A_DIGIT and run.chunks[0].kind == "letter"


def _is_surname(ground: NameGround, line: int, i: int) -> bool:
    tokens = ground.statements[line].tokens
    if i >= len(tokens) or not ground.has_capitals[line] or tokens[i].ends_sentence_before:
        return False
    return tokens[i].text[0].isupper() and tokens[i].norm not in NEVER and len(tokens[i].norm) > 1


def _alike(word: str, spelled: str) -> bool:
    """Is the word what was spelled, but for a letter or two that were misheard?"""
    if word == spelled:
        return True
    if len(word) < 3 or abs(len(word) - len(spelled)) > 1 or word[0] != spelled[0]:
        return False
    same = sum(a == b for a, b in zip(word, spelled, strict=False))
    return same >= max(len(word), len(spelled)) - 2 and same >= 2
