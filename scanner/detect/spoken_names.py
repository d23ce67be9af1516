"""Names of people as callers say them: introduced, asked for, spelled out, or of somebody else.

An agent's own name is nobody's finding, nor is a name said again ("thank you, Caroline"). A recogniser may drop capitals;
then only words that announce a name, a known first name or its spelling tell one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.detect.agent_names import agent_names, answers_for_name, is_greeting
from scanner.detect.conversation import Statement
from scanner.detect.cues import NAME, joined
from scanner.detect.expectations import Listener
from scanner.detect.hits import Hit
from scanner.detect.name_words import (
    ADDRESSING,
    AGENT_SELF,
    ANSWER_LEADS,
    COMPANY_WORDS,
    CONFIRMS,
    INTRODUCTION,
    NAMED_COMPANIES,
    NEVER,
    NO_TITLE_AFTER,
    RELATIONS,
    RELATIVE,
    SURELY_COMPANY,
    TITLE,
    TITLED_BRANDS,
    TITLES,
    WEAK_INTRODUCTION,
    YOU_ARE,
    first_names,
)
from scanner.detect.number_words import FILLERS
from scanner.detect.speech_tokens import Token
from scanner.detect.spoken_numbers import Run

_LONGEST_NAME = 3
_DOUBTFUL = 0.6
_EARLY = 6
_LEAD = 3
_THIS_IS = (["this", "is"], ["it", "is"], ["i", "am"], ["name", "is"], ["name's", "is"])
_AFTER_NAME = frozenset("with here speaking and is that's it's like as".split())
_NO_PART = frozenset("i you it no not why don't my your me we they the a is what help please it's that's yes".split())
_NEAR = 6
_PLACES = frozenset(
    "street road avenue boulevard lane drive parkway airport school high middle elementary church park hospital bridge stadium highway center".split()
)
_DETERMINERS = frozenset("the a an new another some any".split())
_PRESENTS = frozenset(
    "for see show have as about of is named under by customer patient client member tenant passenger guest".split()
)
_COLLEAGUES = frozenset(
    "transfer transferring connect connecting colleague technician manager supervisor agent representative specialist my our i'm team".split()
)
_MOST_INITIALS = 2
_MYSELF = frozenset(("i", "i'm", "i'd", "i'll", "i've"))
_SURE = 0.88
"""From here on a name was announced or asked for."""


@dataclass(frozen=True, slots=True)
class NamedStretch:
    """Tokens `first` to `last` of a statement that a language model takes for a person's name."""

    line: int
    first: int
    last: int


class NameReader:
    """Reads the names of a call."""

    def __init__(self, listener: Listener, taken: Sequence[Hit]) -> None:
        self._listener = listener
        self._taken = taken
        self._statements = listener.statements
        self._has_capitals = tuple(_has_capitals(s.tokens) for s in self._statements)
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
            if not company:
                candidates += self._from_model(line, statement, by_line.get(line, ()))
            for hit in self._spelled(line, statement, _without_overlaps(candidates)):
                if self._is_new(hit, statement):
                    found.append(hit)
                    self._given.add(line)
                    self._said |= self._parts(statement, hit.first, hit.last)
        return tuple(found)

    def restored(self) -> dict[int, frozenset[int]]:
        """Tokens, by statement, that want a capital where the recogniser wrote none."""
        capitals: dict[int, frozenset[int]] = {}
        for line, statement in enumerate(self._statements):
            if self._has_capitals[line]:
                continue
            hits = self._of_company(line, statement) if statement.by_company else self._of_customer(line, statement)
            wanted = {i for h in hits for i in range(h.first, h.last + 1)}
            if wanted:
                capitals[line] = frozenset(wanted)
        return capitals

    # ------------------------------------------------------------------ sources

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
                    yield from self._name_at(line, statement, token, strong=strong or titled, confidence=confidence)
        yield from self._known(line, statement)
        yield from self._alone(line, statement)
        asked = self._name_asked(line)
        for match in WEAK_INTRODUCTION.finditer(text):
            token = at.get(match.end())
            early = token is not None and token <= 6
            if token is not None and match[0].startswith("for") and token > _LEAD:
                continue
            says = match[0].startswith(("this is", "i'm", "i am", "under", "call me"))
            if token is not None and not asked and _asks_back(statement, token):
                continue
            if token is None or not (asked or says or self._is_greeting_name(statement, match[0], token)):
                continue
            yield from self._name_at(line, statement, token, strong=asked and early, confidence=0.88 if asked else 0.85)
        if asked:
            yield from self._answer(line, statement)

    def _known(self, line: int, statement: Statement) -> Iterator[Hit]:
        """A common first name with a capitalised word after it, wherever it stands."""
        tokens = statement.tokens
        for i in range(len(tokens) - 1) if self._has_capitals[line] else ():
            if i and tokens[i - 1].norm in _DETERMINERS and not (i > 1 and tokens[i - 2].norm in ("to", "for", "by")):
                continue  # "the new John Grisham", but "to a Winifred Poole"
            if tokens[i].norm in first_names() and tokens[i].text[0].isupper() and tokens[i].norm not in NEVER:
                hits = list(self._name_at(line, statement, i, strong=False, confidence=0.7))
                yield from (h for h in hits if h.last > h.first and not self._is_a_thing(line, h))

    def _is_a_thing(self, line: int, hit: Hit) -> bool:
        """Is it all that is answered to "which airport?": a place or a thing called after somebody?"""
        statement = self._statements[line]
        if line == 0 or statement.by_company or len(statement.tokens) > hit.last - hit.first + 1 + _LEAD:
            return False
        before = self._statements[line - 1]
        asks = any(t.norm in ("which", "what", "what's") for t in before.tokens)
        return asks and not any(c.entity == NAME for c in self._listener.cues[line - 1])

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
                titled = statement.tokens[token].norm in TITLES and token + 1 < len(starts)
                token += titled
                if pattern is YOU_ARE and not titled and statement.tokens[token].norm not in first_names():
                    continue
                strong = "speaking" in match[0] or "talking" in match[0] or "under" in match[0]
                yield from self._name_at(line, statement, token, strong=strong, confidence=confidence)

    def _on_file(self, line: int, statement: Statement) -> Iterator[Hit]:
        """A whole name that the company asks about or speaks to somebody for, no colleague's: "your order for Ann Hill"."""
        tokens = statement.tokens
        greets = AGENT_SELF.search(joined(tokens)[0]) is not None
        for hit in self._known(line, statement):
            before = [t.norm for t in tokens[max(0, hit.first - _NEAR) : hit.first]]
            asks = hit.first > 0 and not greets and statement.in_question(hit.last)
            told = bool(before) and (before[-1] in _PRESENTS or before[-2:] in (["to", "a"], ["for", "a"]))
            if (asks or told) and not any(w in _COLLEAGUES for w in before[-4:]):
                yield hit

    def _alone(self, line: int, statement: Statement) -> Iterator[Hit]:
        """A first name that is a sentence of its own beside others: "Can you hold it for me? Elena."."""
        tokens = statement.tokens
        for i in range(1, len(tokens)) if self._has_capitals[line] else ():
            ends = i + 1 == len(tokens) or tokens[i + 1].ends_sentence_before
            if (
                ends
                and tokens[i].ends_sentence_before
                and tokens[i].norm in first_names()
                and tokens[i].text[0].isupper()
            ):
                yield from self._name_at(line, statement, i, strong=False, confidence=_DOUBTFUL)

    def _misplaced(self, line: int, statement: Statement) -> Iterator[Hit]:
        """The customer's answer to a question for his name, where two voices of one channel were taken for one."""
        for i, token in enumerate(statement.tokens):
            starts = i == 0 or token.ends_sentence_before
            if starts and answers_for_name(self._listener, line, i):
                yield from self._answer(line, statement, start=i, confidence=_DOUBTFUL)

    def _name_asked(self, line: int) -> bool:
        """Did the other side just ask for a name?"""
        asked = self._listener.expected(line, 0, 0)
        before = [e for e in asked if e.source == "asked" and not self._answered(e.line, line)]
        return any(e.entity == NAME and e.line == before[0].line for e in before)

    def _answered(self, question: int, line: int) -> bool:
        """Has a name been given since a question, and something else been asked?"""
        turned = line - 1 > question and not self._listener.urges(line - 1) and not self._listener.asks_again(line - 1)
        return turned and any(question < given < line for given in self._given)

    def _answer(self, line: int, statement: Statement, *, start: int = 0, confidence: float = 0.9) -> Iterator[Hit]:
        """The name that a statement begins with, or that follows "yes, it's"; garbled, words that end in a capital."""
        tokens = statement.tokens
        i = start
        while i < min(len(tokens), start + 10):
            norm = tokens[i].norm
            if norm in FILLERS or norm in ANSWER_LEADS:
                i += 1
                continue
            if i in _run_starts(statement) and not self._initials(line, statement, i):
                return
            hits = [h for h in self._name_at(line, statement, i, strong=True, confidence=confidence) if self._stands(h)]
            if not hits and start == 0:
                hits = self._after_a_sentence(line, statement, i, confidence)
            yield from hits or self._garbled(line, statement, i)
            return

    def _after_a_sentence(self, line: int, statement: Statement, i: int, confidence: float) -> list[Hit]:
        """The name that makes up the second sentence of a short answer: "My wife will. Jolene."."""
        tokens = statement.tokens
        k = next((k for k in range(i + 1, min(len(tokens), i + _NEAR)) if tokens[k].ends_sentence_before), None)
        if k is None or tokens[k].norm in NEVER:
            return []
        hits = list(self._name_at(line, statement, k, strong=False, confidence=confidence))
        return [h for h in hits if h.last + 1 >= len(tokens) or _sets_off(tokens[h.last + 1])]

    def _initials(self, line: int, statement: Statement, i: int) -> int:
        """How many tokens are initials before a surname: two for "J. T. Marsden", none where letters spell something."""
        run = _run_starts(statement).get(i)
        if run is None or run.has_digit or run.size > _MOST_INITIALS or not self._has_capitals[line]:
            return 0
        after = statement.tokens[run.last + 1 : run.last + 2]
        named = bool(after) and after[0].text[0].isupper() and len(after[0].text) > 1 and after[0].norm not in NEVER
        return run.last + 1 - i if named and not any(c in ",;?!" for c in after[0].lead) else 0

    def _stands(self, hit: Hit) -> bool:
        """Does a name stand by itself, or does it only begin a sentence ("Leave it with the neighbor")?"""
        tokens = self._statements[hit.line].tokens
        after = tokens[hit.last + 1] if hit.last + 1 < len(tokens) else None
        if hit.last > hit.first or after is None or after.break_before or tokens[hit.first].norm in first_names():
            return True
        goes_on = after.text.islower() or after.norm in _MYSELF
        return not (goes_on and after.norm in NEVER and after.norm not in _AFTER_NAME)

    def _garbled(self, line: int, statement: Statement, i: int) -> Iterator[Hit]:
        """A short answer that ends in a name, what goes before it garbled: "wall to Jensen"."""
        tokens = statement.tokens[i : i + _LONGEST_NAME]
        whole = i + len(tokens) == len(statement.tokens)
        if (
            not whole
            or len(tokens) < 2
            or any(t.ends_sentence_before for t in tokens[1:])
            or any((t.norm in _NO_PART and t.text[0].islower()) or t.norm.endswith("'s") for t in tokens)
            or not self._has_capitals[line]
        ):
            return
        last = tokens[-1]
        if (
            last.text[0].isupper()
            and last.norm not in NEVER | COMPANY_WORDS
            and self._free(line, i, i + len(tokens) - 1)
        ):
            yield Hit("PERSON", line, i, i + len(tokens) - 1, " ".join(t.norm for t in tokens), _DOUBTFUL)

    def _name_at(self, line: int, statement: Statement, i: int, *, strong: bool, confidence: float) -> Iterator[Hit]:
        """The name that starts at token i, if one does; `strong`: words without capitals are believed."""
        tokens = statement.tokens
        while (
            i < len(tokens)
            and tokens[i].norm
            in FILLERS
            | {
                "uh",
                "mr",
                "mrs",
                "ms",
                "dr",
                "doctor",
                "miss",
                "actually",
            }
            | RELATIONS
        ):
            i += 1
        starts = _run_starts(statement)
        end = i + self._initials(line, statement, i)
        while end < len(tokens) and end - i < _LONGEST_NAME:
            token = tokens[end]
            if end in starts and not _is_initial(tokens, end, starts[end]):
                break
            if not token.norm[0].isalpha() or token.norm in NEVER or (end > i and _sets_off(token)):
                break
            if end > i and confidence < _SURE and token.ends_sentence_before and len(tokens[end - 1].text) > 1:
                break  # "Thanks, Marvin. God bless."
            capital = token.text[0].isupper()
            known = token.norm in first_names()
            if self._has_capitals[line]:
                if not capital:
                    break
            elif not (strong or known or (end > i and tokens[i].norm in first_names())):
                break
            end += 1
        while end > i and len(tokens[end - 1].norm) == 1:
            end -= 1
        if end == i or not self._free(line, i, end - 1):
            return
        norms = [t.norm for t in tokens[i:end]]
        possessive = norms[-1].endswith("'s")
        after = tokens[end].norm if end < len(tokens) else ""
        if confidence < _SURE and after in _PLACES and tokens[end].text[0].isupper():
            return  # "Martin Luther King Boulevard"
        if confidence < _SURE and self._is_brand(statement, i, end, norms):
            return
        sure = confidence >= _SURE and end == len(tokens) and not any(n in SURELY_COMPANY for n in norms[1:])
        person = sure or norms[0] in first_names() or (i and tokens[i - 1].norm in TITLES)
        if not person and (
            any(n in COMPANY_WORDS for n in norms) or (after in COMPANY_WORDS and not _sets_off(tokens[end]))
        ):
            return
        if not strong and not self._has_capitals[line] and norms[0] not in first_names() and not possessive:
            return
        yield Hit("PERSON", line, i, end - 1, " ".join(norms).removesuffix("'s"), confidence)

    def _is_brand(self, statement: Statement, start: int, end: int, norms: Sequence[str]) -> bool:
        """Is it a product, a company or a place that bears a person's name: "Dr Pepper", "Arnold Palmer Hospital"?"""
        bare = [n.removesuffix("'s") for n in norms]
        titled = start > 0 and statement.tokens[start - 1].norm in TITLES and bare[0] in TITLED_BRANDS
        return titled or " ".join(bare) in NAMED_COMPANIES or (end - start == _LONGEST_NAME and norms[-1] in _PLACES)

    def _from_model(self, line: int, statement: Statement, stretches: Sequence[NamedStretch]) -> Iterator[Hit]:
        """What the language model offers, if it looks like a name in a customer's mouth."""
        tokens = statement.tokens
        for s in stretches:
            first, last = s.first, s.last
            while first <= last and (tokens[first].norm in NEVER or tokens[first].norm in ADDRESSING):
                first += 1
            while last >= first and (tokens[last].norm in NEVER or not tokens[last].norm[0].isalpha()):
                last -= 1
            if first < last and tokens[first].norm not in first_names() and tokens[first + 1].norm in first_names():
                first += first == 0 or tokens[first].ends_sentence_before  # "Tell Sheila"
            if first > last or not self._free(line, first, last) or (first and tokens[first - 1].norm in _DETERMINERS):
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
            if any(t.line == line and t.first == last + 1 for t in self._taken):
                continue  # "D as in David" before digits, misheard as a name
            if self._is_brand(statement, first, last + 1, norms):
                continue
            if after in COMPANY_WORDS or not (known or (len(part) > 1 and all(t.text[0].isupper() for t in part))):
                continue
            if not known and not any(n in first_names() for n in norms):
                continue
            if first == last and not self._is_greeted_as(statement, first):
                continue  # somebody who is spoken of by his first name is as likely of the company
            hit = Hit("PERSON", line, first, last, " ".join(norms).removesuffix("'s"), 0.7 if known else 0.6)
            if not self._is_a_thing(line, hit):
                yield hit

    def _is_greeting_name(self, statement: Statement, lead: str, i: int) -> bool:
        """Is it a known first name early on, and all of what "it's" is said of: "Hi Otto, it's Benny."?"""
        tokens = statement.tokens
        if not lead.startswith(("it's", "it is")) or i > _EARLY or tokens[i].norm not in first_names():
            return False
        lead_at = i - len(lead.split())
        if lead_at > 0 and not tokens[lead_at].break_before and tokens[lead_at - 1].norm not in ADDRESSING:
            return False  # "I think it's Doug"
        return (
            i + 1 >= len(tokens)
            or _sets_off(tokens[i + 1])
            or tokens[i + 1].norm in ("from", "again", "calling", "here")
        )

    def _is_greeted_as(self, statement: Statement, first: int) -> bool:
        """Does a customer say who he is: "Hello, it's Ramon"?"""
        before = [t.norm for t in statement.tokens[max(0, first - 2) : first]]
        thinks = first > 1 and statement.tokens[first - 2].norm in ("think", "guess", "believe", "that")
        return first <= _EARLY and bool(before) and not thinks and (before[-1] in ("it's", "i'm") or before in _THIS_IS)

    def _spelled(self, line: int, statement: Statement, hits: Sequence[Hit]) -> Iterator[Hit]:
        """The hits, each with its spelling taken in; and names that are known only by being spelled."""
        tokens = statement.tokens
        spelled = [
            r for r in statement.runs if r.has_letter and not r.has_digit and sum(len(c.text) for c in r.chunks) >= 3
        ]
        used: set[int] = set()
        for hit in hits:
            last = hit.last
            for run in spelled:
                between = tokens[last + 1 : run.first]
                small = all(t.norm in _SPELLING_LINKS or t.norm in FILLERS for t in between)
                if last < run.first <= last + 6 and small and self._free(line, run.first, run.last):
                    last = run.last
                    used.add(run.first)
                    if hit.first == hit.last and self._is_surname(line, last + 1):
                        last += 1  # "Dee, D E E, Vanderbilt"
            yield Hit(hit.entity, line, hit.first, last, hit.value, hit.confidence)
        if statement.by_company:
            return  # its own name, or one that the customer gave
        asked = self._name_asked(line)
        for run in spelled:
            if run.first in used or not self._free(line, run.first, run.last):
                continue
            if any(h.first <= run.last and run.first <= h.last for h in hits):
                continue
            word = run.readings()[0].lower()
            nearby = [i for i in range(max(0, run.first - 5), run.first) if _alike(tokens[i].norm, word)]
            names = any(c.entity == NAME and c.last < run.first for c in self._listener.cues[line])
            if nearby:
                first = nearby[0]
                if first and tokens[first - 1].norm in first_names():
                    first -= 1
                yield Hit("PERSON", line, first, run.last, word, 0.88)
            elif asked or names or word in self._said:
                yield Hit("PERSON", line, run.first, run.last, word, 0.8)

    def _is_surname(self, line: int, i: int) -> bool:
        tokens = self._statements[line].tokens
        if i >= len(tokens) or not self._has_capitals[line] or tokens[i].ends_sentence_before:
            return False
        return tokens[i].text[0].isupper() and tokens[i].norm not in NEVER and len(tokens[i].norm) > 1

    # ------------------------------------------------------------------ filters

    def _free(self, line: int, first: int, last: int) -> bool:
        return not any(h.overlaps(line, first, last) for h in self._taken)

    def _parts(self, statement: Statement, first: int, last: int) -> set[str]:
        return {t.norm.removesuffix("'s") for t in statement.tokens[first : last + 1] if len(t.norm) > 1}

    def _is_new(self, hit: Hit, statement: Statement) -> bool:
        """Is it a name that nobody said before, is not the agent's, and is not only a form of address?"""
        tokens = statement.tokens
        parts = set(hit.value.split())
        if parts <= self._agents or (
            parts <= self._said and not any(len(t.norm) == 1 for t in tokens[hit.first : hit.last + 1])
        ):
            return False
        before = tokens[hit.first - 1].norm if hit.first else ""
        addressed = before in (
            "worries",
            "hi",
            "hey",
            "hello",
            "thanks",
            "you",
            "okay",
            "alright",
            "morning",
            "afternoon",
            "evening",
            "bye",
        )
        return not (addressed and hit.confidence < 0.88 and len(parts) == 1)


_SPELLING_LINKS = frozenset(
    "that's thats that is it's spelled spell spelling with a and the last first name as in capital so i".split()
)


def _sets_off(token: Token) -> bool:
    return (any(c in ",.;?!:" for c in token.lead) and token.lead.strip() != ".") or (
        token.ends_sentence_before and token.lead != ". "
    )


def _asks_back(statement: Statement, i: int) -> bool:
    """Does the caller ask whom he has reached: "This is Chase, isn't it?"?"""
    after = [t.norm for t in statement.tokens[i + 1 : i + 3]]
    return bool(after) and (
        after[0] in ("isn't", "ain't") or (after[0] in ("right", "correct") and statement.in_question(i))
    )


def _alike(word: str, spelled: str) -> bool:
    """Is the word what was spelled, but for a letter or two that were misheard?"""
    if word == spelled:
        return True
    if len(word) < 3 or abs(len(word) - len(spelled)) > 1 or word[0] != spelled[0]:
        return False
    same = sum(a == b for a, b in zip(word, spelled, strict=False))
    return same >= max(len(word), len(spelled)) - 2 and same >= 2


def _is_initial(tokens: Sequence[Token], i: int, run: Run) -> bool:
    """A middle initial: one letter between two words of a name."""
    return len(tokens[i].norm) == 1 and run.first == run.last and not run.has_digit


def _run_starts(statement: Statement) -> dict[int, Run]:
    return {r.first: r for r in statement.runs}


def _has_capitals(tokens: Sequence[Token]) -> bool:
    """Does the recogniser write capitals here: any beyond I and the first word?"""
    return any(
        t.text[0].isupper() and t.norm not in ("i", "i'm", "i'll", "i've", "i'd") for t in tokens if len(t.norm) > 1
    )


def _without_overlaps(hits: Sequence[Hit]) -> list[Hit]:
    """The surest and longest of hits that share a token, in order."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (-(h.last - h.first), -h.confidence)):
        if not any(k.overlaps(hit.line, hit.first, hit.last) for k in kept):
            kept.append(hit)
    return sorted(kept, key=lambda h: h.first)
