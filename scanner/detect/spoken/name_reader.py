"""Names of people as callers say them: introduced, asked for, spelled out, or of somebody else.

An agent's own name is nobody's finding, nor is a name said again ("thank you, Caroline"). A recogniser may drop capitals;
then only words that announce a name, a known first name or its spelling tell one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.detect.spoken.agent_names import agent_names, answers_for_name, is_greeting
from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.cues import NAME, joined
from scanner.detect.spoken.expectations import Listener
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.name_answers import name_answer
from scanner.detect.spoken.name_offers import NamedStretch, offered_names
from scanner.detect.spoken.name_spellings import with_spellings
from scanner.detect.spoken.name_stretches import LEAD, NameGround, is_a_thing, is_heard, name_at, sets_off
from scanner.detect.spoken.name_words import (
    ADDRESSING,
    AGENT_SELF,
    CONFIRMS,
    INTRODUCTION,
    NEVER,
    NO_TITLE_AFTER,
    RELATIVE,
    TITLE,
    TITLES,
    WEAK_INTRODUCTION,
    YOU_ARE,
    first_names,
)

_DOUBTFUL = 0.6
_ADDRESSED = frozenset("worries hi hey hello thanks you okay alright morning afternoon evening bye".split())
_EARLY = 6
_NEAR = 6
_FIRST_WORDS = 4
_DETERMINERS = frozenset("the a an new another some any".split())
_PRESENTS = frozenset(
    "for see show have as about of is named under by customer patient client member tenant passenger guest".split()
)
_CLAUSES = frozenset("why how what where whether".split())
"""Words that make a clause of "I am": "that's why I am …"."""
_COMPANYS = ("our ", "my ")
"""Whose partner, client or manager is no customer: "our partner Nimbus"."""
_OF_OTHERS = ("talking", "speaking")
"""Words after which anybody may follow who is spoken to: "tired of talking to robots"."""
_SIGNS_ON = frozenset("here calling speaking".split())
_COLLEAGUES = frozenset(
    "transfer transferring connect connecting colleague technician manager supervisor agent representative specialist my our i'm team".split()
)


class NameReader:
    """Reads the names of a call."""

    def __init__(self, listener: Listener, taken: Sequence[Hit]) -> None:
        self._ground = NameGround(listener, taken)
        self._listener = listener
        self._statements = listener.statements
        self._greetings = frozenset(i for i, s in enumerate(self._statements) if is_greeting(s, first=i == 0))
        self._agents = agent_names(listener, self._greetings)
        self._said: set[str] = set()
        self._given: set[int] = set()
        """Statements that gave a name."""

    def read(self, model_names: Sequence[NamedStretch] = ()) -> tuple[Hit, ...]:
        """All names, in order; `model_names` are those that a language model offers."""
        by_line: dict[int, list[NamedStretch]] = {}
        for stretch in model_names:
            by_line.setdefault(stretch.line, []).append(stretch)
        found: list[Hit] = []
        for line, statement in enumerate(self._statements):
            company = statement.by_company or line in self._greetings
            candidates = list(self._of_company(line, statement) if company else self._of_customer(line, statement))
            if not company and statement.speaker == "unknown":
                candidates += self._misplaced(line, statement)
            if not company:
                candidates += offered_names(self._ground, line, by_line.get(line, ()))
            for hit in with_spellings(
                self._ground, line, _without_overlaps(candidates), asked=self._name_asked(line), said=self._said
            ):
                if self._is_new(hit, statement):
                    found.append(hit)
                    self._given.add(line)
                    self._said |= _parts(statement, hit.first, hit.last)
        return tuple(found)

    def restored(self) -> dict[int, frozenset[int]]:
        """Tokens, by statement, that want a capital where the recogniser wrote none."""
        capitals: dict[int, frozenset[int]] = {}
        for line, statement in enumerate(self._statements):
            if self._ground.has_capitals[line]:
                continue
            hits = self._of_company(line, statement) if statement.by_company else self._of_customer(line, statement)
            wanted = {i for h in hits for i in range(h.first, h.last + 1)}
            if wanted:
                capitals[line] = frozenset(wanted)
        return capitals

    def _of_customer(self, line: int, statement: Statement) -> Iterator[Hit]:
        text, starts = joined(statement.tokens)
        at = {s: i for i, s in enumerate(starts)}
        for pattern, strong, confidence in (
            (INTRODUCTION, True, 0.92),
            (TITLE, False, 0.85),
            (RELATIVE, False, 0.85),
        ):
            for match in pattern.finditer(text):
                token = at.get(match.end())
                if token is not None:
                    titled = pattern is TITLE and not (token > 1 and statement.tokens[token - 2].norm in NO_TITLE_AFTER)
                    introduces = strong and not match[0].startswith(_OF_OTHERS)
                    yield from name_at(self._ground, line, token, strong=introduces or titled, confidence=confidence)
        yield from self._known(line, statement)
        yield from self._alone(line, statement)
        yield from self._signed_on(line, statement)
        asked = self._name_asked(line)
        for match in WEAK_INTRODUCTION.finditer(text):
            token = at.get(match.end())
            early = token is not None and token <= 6
            if token is not None and match[0].startswith("for") and token > LEAD:
                continue
            lead = at.get(match.start(), 0)
            if lead and statement.tokens[lead - 1].norm in _CLAUSES:
                continue
            says = match[0].startswith(("this is", "i'm", "i am", "under", "call me"))
            if token is not None and not asked and _asks_back(statement, token):
                continue
            if token is None or not (asked or says or _is_greeting_name(statement, match[0], token)):
                continue
            yield from name_at(self._ground, line, token, strong=asked and early, confidence=0.88 if asked else 0.85)
        if asked:
            yield from name_answer(self._ground, line)

    def _known(self, line: int, statement: Statement) -> Iterator[Hit]:
        """A common first name with a capitalised word after it, wherever it stands."""
        tokens = statement.tokens
        for i in range(len(tokens) - 1) if self._ground.has_capitals[line] else ():
            if i and tokens[i - 1].norm in _DETERMINERS and not (i > 1 and tokens[i - 2].norm in ("to", "for", "by")):
                continue  # "the new John Grisham", but "to a Winifred Poole"
            if tokens[i].norm in first_names() and tokens[i].text[0].isupper() and tokens[i].norm not in NEVER:
                hits = list(name_at(self._ground, line, i, strong=False, confidence=0.7))
                yield from (
                    h
                    for h in hits
                    if h.last > h.first and not is_a_thing(self._ground, line, h) and is_heard(statement, h)
                )

    def _signed_on(self, line: int, statement: Statement) -> Iterator[Hit]:
        """A whole name, or a common first name, that opens a statement: "Hello, Bartholomew Finch here."."""
        tokens = statement.tokens
        start = next((i for i, t in enumerate(tokens[:_NEAR]) if t.norm not in ADDRESSING), len(tokens))
        for hit in name_at(self._ground, line, start, strong=False, confidence=0.85) if start < len(tokens) else ():
            after = tokens[hit.last + 1] if hit.last + 1 < len(tokens) else None
            known = tokens[hit.first].norm in first_names()
            whole = known or (hit.last > hit.first and after is not None and after.norm != "calling")
            if hit.first == start and whole and after is not None and after.norm in _SIGNS_ON:
                ends = hit.last + 2 >= len(tokens) or tokens[hit.last + 2].break_before or after.norm == "calling"
                yield from (hit,) if ends else ()

    def _of_company(self, line: int, statement: Statement) -> Iterator[Hit]:
        """Names that the company's side confirms or reads from its files, not its own."""
        text, starts = joined(statement.tokens)
        at = {s: i for i, s in enumerate(starts)}
        yield from self._misplaced(line, statement)
        yield from self._on_file(line, statement)
        for pattern, confidence in ((CONFIRMS, 0.8), (RELATIVE, 0.8), (YOU_ARE, 0.8)):
            for match in pattern.finditer(text):
                token = at.get(match.end())
                if token is None or statement.tokens[token].ends_sentence_before:
                    continue
                if pattern is RELATIVE and match[0].startswith(_COMPANYS):
                    continue
                titled = statement.tokens[token].norm in TITLES and token + 1 < len(starts)
                token += titled
                if pattern is YOU_ARE and not titled and statement.tokens[token].norm not in first_names():
                    continue
                strong = "speaking" in match[0] or "talking" in match[0] or "under" in match[0]
                yield from name_at(self._ground, line, token, strong=strong, confidence=confidence)

    def _on_file(self, line: int, statement: Statement) -> Iterator[Hit]:
        """A whole name that the company asks about or speaks to somebody for, no colleague's: "your order for Ann Hill".

        Not at the very start of the greeting: "for Colin Salish" is what may be heard of "for calling Salish Kayaks".
        """
        tokens = statement.tokens
        greets = AGENT_SELF.search(joined(tokens)[0]) is not None
        for hit in self._known(line, statement):
            before = [t.norm for t in tokens[max(0, hit.first - _NEAR) : hit.first]]
            asks = hit.first > 0 and not greets and statement.in_question(hit.last)
            told = (
                (line > 0 or hit.first > _FIRST_WORDS)
                and bool(before)
                and (before[-1] in _PRESENTS or before[-2:] in (["to", "a"], ["for", "a"]))
            )
            if (asks or told) and not any(w in _COLLEAGUES for w in before[-4:]):
                yield hit

    def _alone(self, line: int, statement: Statement) -> Iterator[Hit]:
        """A first name that is a sentence of its own beside others: "Can you hold it for me? Elena."."""
        tokens = statement.tokens
        for i in range(1, len(tokens)) if self._ground.has_capitals[line] else ():
            ends = i + 1 == len(tokens) or tokens[i + 1].ends_sentence_before
            if (
                ends
                and tokens[i].ends_sentence_before
                and tokens[i].norm in first_names()
                and tokens[i].text[0].isupper()
            ):
                yield from name_at(self._ground, line, i, strong=False, confidence=_DOUBTFUL)

    def _misplaced(self, line: int, statement: Statement) -> Iterator[Hit]:
        """The customer's answer to a question for his name, where two voices of one channel were taken for one."""
        for i, token in enumerate(statement.tokens):
            starts = i == 0 or token.ends_sentence_before
            if starts and answers_for_name(self._listener, line, i):
                yield from name_answer(self._ground, line, start=i, confidence=_DOUBTFUL)

    def _name_asked(self, line: int) -> bool:
        """Did the other side just ask for a name?"""
        asked = self._listener.expected(line, 0, 0)
        before = [e for e in asked if e.source == "asked" and not self._answered(e.line, line)]
        return any(e.entity == NAME and e.line == before[0].line for e in before)

    def _answered(self, question: int, line: int) -> bool:
        """Has a name been given since a question, and something else been asked?"""
        turned = line - 1 > question and not self._listener.urges(line - 1) and not self._listener.asks_again(line - 1)
        return turned and any(question < given < line for given in self._given)

    def _is_new(self, hit: Hit, statement: Statement) -> bool:
        """Is it a name that nobody said before, is not the agent's, and is not only a form of address?"""
        tokens = statement.tokens
        parts = set(hit.value.split())
        if parts <= self._agents or (
            parts <= self._said and not any(len(t.norm) == 1 for t in tokens[hit.first : hit.last + 1])
        ):
            return False
        before = tokens[hit.first - 1].norm if hit.first else ""
        return not (before in _ADDRESSED and hit.confidence < 0.88 and len(parts) == 1)


def _asks_back(statement: Statement, i: int) -> bool:
    """Does the caller ask whom he has reached: "This is Chase, isn't it?"?"""
    after = [t.norm for t in statement.tokens[i + 1 : i + 3]]
    return bool(after) and (
        after[0] in ("isn't", "ain't") or (after[0] in ("right", "correct") and statement.in_question(i))
    )


def _without_overlaps(hits: Sequence[Hit]) -> list[Hit]:
    """The surest and longest of hits that share a token, in order."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (-(h.last - h.first), -h.confidence)):
        if not any(k.overlaps(hit.line, hit.first, hit.last) for k in kept):
            kept.append(hit)
    return sorted(kept, key=lambda h: h.first)


def _is_greeting_name(statement: Statement, lead: str, i: int) -> bool:
    """Is it a known first name early on, and all of what "it's" is said of: "Hi Otto, it's Benny."?"""
    tokens = statement.tokens
    if not lead.startswith(("it's", "it is")) or i > _EARLY or tokens[i].norm not in first_names():
        return False
    lead_at = i - len(lead.split())
    if lead_at > 0 and not tokens[lead_at].break_before and tokens[lead_at - 1].norm not in ADDRESSING:
        return False  # "I think it's Doug"
    return i + 1 >= len(tokens) or sets_off(tokens[i + 1]) or tokens[i + 1].norm in ("from", "again", "calling", "here")


def _parts(statement: Statement, first: int, last: int) -> set[str]:
    return {t.norm.removesuffix("'s") for t in statement.tokens[first : last + 1] if len(t.norm) > 1}
