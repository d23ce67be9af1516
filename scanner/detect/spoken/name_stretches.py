"""Where a name begins and ends in a statement, and what only looks like one: a brand, a street, a sentence that goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.cues import NAME
from scanner.detect.spoken.expectations import Listener
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.name_words import (
    COMPANY_WORDS,
    NAMED_COMPANIES,
    NEVER,
    RELATIONS,
    SURELY_COMPANY,
    TITLED_BRANDS,
    TITLES,
    first_names,
)
from scanner.detect.spoken.number_runs import Run
from scanner.detect.spoken.number_words import FILLERS
from scanner.detect.spoken.speech_tokens import Token

LONGEST_NAME = 3
LEAD = 3
SURE = 0.88
"""From here on a name was announced or asked for."""
_PLACES = frozenset(
    "street road avenue boulevard lane drive parkway airport school high middle elementary church park hospital bridge stadium highway center".split()
)
_MOST_INITIALS = 2
_LEAST_SURE, _LEAST_OF_ALL = 0.45, 0.15
_BEFORE_NAME = FILLERS | RELATIONS | frozenset("uh mr mrs ms dr doctor miss actually".split())


class NameGround:
    """A call in which names are looked for; `taken` are hits of other kinds, whose tokens are no names."""

    def __init__(self, listener: Listener, taken: Sequence[Hit]) -> None:
        self.listener = listener
        self.statements = listener.statements
        self.taken = taken
        self.has_capitals = tuple(_has_capitals(s.tokens) for s in self.statements)

    def free(self, line: int, first: int, last: int) -> bool:
        """Has nothing else been read in these tokens?"""
        return not any(h.overlaps(line, first, last) for h in self.taken)


def name_at(ground: NameGround, line: int, i: int, *, strong: bool, confidence: float) -> Iterator[Hit]:
    """The name that starts at token i, if one does; `strong`: words without capitals are believed."""
    statement = ground.statements[line]
    tokens = statement.tokens
    while i < len(tokens) and tokens[i].norm in _BEFORE_NAME:
        i += 1
    starts = run_starts(statement)
    end = i + initials(ground, line, i)
    while end < len(tokens) and end - i < LONGEST_NAME:
        token = tokens[end]
        if end in starts and not _is_initial(tokens, end, starts[end]):
            break
        if not token.norm[0].isalpha() or token.norm in NEVER or (end > i and sets_off(token)):
            break
        if end > i and confidence < SURE and token.ends_sentence_before and len(tokens[end - 1].text) > 1:
            break  # "Thanks, Marvin. God bless."
        capital = token.text[0].isupper()
        known = token.norm in first_names()
        if ground.has_capitals[line]:
            if not capital:
                break
        elif not (strong or known or (end > i and tokens[i].norm in first_names())):
            break
        end += 1
    while end > i and len(tokens[end - 1].norm) == 1:
        end -= 1
    if end == i or not ground.free(line, i, end - 1):
        return
    norms = [t.norm for t in tokens[i:end]]
    possessive = norms[-1].endswith("'s")
    after = tokens[end].norm if end < len(tokens) else ""
    if confidence < SURE and after in _PLACES and tokens[end].text[0].isupper():
        return  # "Martin Luther King Boulevard"
    if confidence < SURE and is_brand(statement, i, end, norms):
        return
    sure = confidence >= SURE and end == len(tokens) and not any(n in SURELY_COMPANY for n in norms[1:])
    known = norms[0] in first_names() and norms[-1] not in SURELY_COMPANY  # "Hudson Valley Roofing"
    person = sure or known or (i and tokens[i - 1].norm in TITLES)
    if not person and (
        any(n in COMPANY_WORDS for n in norms) or (after in COMPANY_WORDS and not sets_off(tokens[end]))
    ):
        return
    if not strong and not ground.has_capitals[line] and norms[0] not in first_names() and not possessive:
        return
    yield Hit("PERSON", line, i, end - 1, " ".join(norms).removesuffix("'s"), confidence)


def initials(ground: NameGround, line: int, i: int) -> int:
    """How many tokens are initials before a surname: two for "J. T. Marsden", none where letters spell something."""
    statement = ground.statements[line]
    run = run_starts(statement).get(i)
    if run is None or run.has_digit or run.size > _MOST_INITIALS or not ground.has_capitals[line]:
        return 0
    after = statement.tokens[run.last + 1 : run.last + 2]
    named = bool(after) and after[0].text[0].isupper() and len(after[0].text) > 1 and after[0].norm not in NEVER
    return run.last + 1 - i if named and not any(c in ",;?!" for c in after[0].lead) else 0


def is_brand(statement: Statement, start: int, end: int, norms: Sequence[str]) -> bool:
    """Is it a product, a company or a place that bears a person's name: "Dr Pepper", "Arnold Palmer Hospital"?"""
    bare = [n.removesuffix("'s") for n in norms]
    titled = start > 0 and statement.tokens[start - 1].norm in TITLES and bare[0] in TITLED_BRANDS
    return titled or " ".join(bare) in NAMED_COMPANIES or (end - start == LONGEST_NAME and norms[-1] in _PLACES)


def is_a_thing(ground: NameGround, line: int, hit: Hit) -> bool:
    """Is it all that is answered to "which airport?": a place or a thing called after somebody?"""
    statement = ground.statements[line]
    if line == 0 or statement.by_company or len(statement.tokens) > hit.last - hit.first + 1 + LEAD:
        return False
    before = ground.statements[line - 1]
    asks = any(t.norm in ("which", "what", "what's") for t in before.tokens)
    return asks and not any(c.entity == NAME for c in ground.listener.cues[line - 1])


def is_heard(statement: Statement, hit: Hit) -> bool:
    """Was the recogniser sure of the words ("My power's been out" is not "Mike Purr has been out")?"""
    sure = [statement.words[w].probability for w in {t.word for t in statement.tokens[hit.first : hit.last + 1]}]
    return sum(sure) >= _LEAST_SURE * len(sure) and min(sure) >= _LEAST_OF_ALL


def sets_off(token: Token) -> bool:
    """Does a mark before the token end a name, or a sentence but for a name's initials?"""
    return (any(c in ",.;?!:" for c in token.lead) and token.lead.strip() != ".") or (
        token.ends_sentence_before and token.lead != ". "
    )


def run_starts(statement: Statement) -> dict[int, Run]:
    """The runs of a statement by their first tokens."""
    return {r.first: r for r in statement.runs}


def _is_initial(tokens: Sequence[Token], i: int, run: Run) -> bool:
    """A middle initial: one letter between two words of a name."""
    return len(tokens[i].norm) == 1 and run.first == run.last and not run.has_digit


def _has_capitals(tokens: Sequence[Token]) -> bool:
    """Does the recogniser write capitals here: any beyond I and the first word?"""
    return any(
        t.text[0].isupper() and t.norm not in ("i", "i'm", "i'll", "i've", "i'd") for t in tokens if len(t.norm) > 1
    )
