"""What the talk around a number says it is: words beside it, the other side's question, what the call was about before.

In a call a number seldom carries its own name: the agent asks "and your date of birth?", and the answer is six digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from scanner.detect.spoken.account_names import disowns, is_named_account
from scanner.detect.spoken.asking import QUESTION_STARTS, asks_again, asks_otherwise, urges
from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.cues import (
    BUSINESS,
    CARD_BACK,
    CARD_END,
    CODE,
    LAST_FOUR,
    NAME,
    OTHER,
    PERSONS_END,
    Cue,
    joined,
)
from scanner.detect.spoken.heard_cues import heard_cues
from scanner.detect.spoken.number_runs import Run
from scanner.detect.spoken.number_shapes import unasked

Source = Literal["said", "asked", "topic"]
ANSWER_WITHIN_S = 45.0
TOPIC_WITHIN_S = 60.0
_LATE_ANSWER_S = 6.0
_TOPIC_STATEMENTS = 6
_UNMISTAKABLE = frozenset(("PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE"))
_NEAR_TOKENS = 14
_LONG_RUN = 5
_OF_CARD = {CODE: "CREDIT_CARD_CVV", CARD_BACK: "CREDIT_CARD_CVV", CARD_END: "CREDIT_CARD_EXPIRATION"}
_LOOSE = frozenset(("ACCOUNT_NUMBER", "CREDENTIAL", "MEDICAL_RECORD_NUMBER", "US_BANK_NUMBER"))
_ENDS_TOO = frozenset(
    (
        "warranty coupon lease policy contract membership subscription plan license passport registration offer promo promotion trial voucher "
        "medicine medicines bottle drug food filter battery permit certificate registration insurance coverage medication prescription milk points rewards miles"
    ).split()
)  # fmt: skip
_PLACED = frozenset(("on", "from", "at", "behind"))
_EXPIRY = frozenset(("expiration", "expiry"))
_CARDS = frozenset("card visa mastercard amex plastic credit debit".split())
_POINTERS = (CARD_BACK, CARD_END)
_ENDING_THINGS = frozenset("card account visa mastercard amex one number phone cell mobile".split())
_HAVE_ENDS = frozenset(
    ("US_SSN", "CREDIT_CARD", "CREDIT_CARD_EXPIRATION", "CREDIT_CARD_CVV", "US_BANK_NUMBER", LAST_FOUR, OTHER)
)
"""What the last digits are asked of."""
_NOTHING = (OTHER, LAST_FOUR)
_LINKS = frozenset(
    "is are was that's that my the for our your his her on as would be a and it's of number on file".split()
)


@dataclass(frozen=True, slots=True)
class Expectation:
    """A number at some place would be an `entity`; `source` says what makes us think so."""

    entity: str
    source: Source
    line: int = -1
    """The statement that makes us think so."""


def _is_card(run: Run) -> bool:
    alone = unasked(run)
    return alone is not None and alone[0] == "CREDIT_CARD"


class Listener:
    """Knows the cues of every statement and tells what to expect where."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = statements
        self.cues: tuple[tuple[Cue, ...], ...] = tuple(heard_cues(s) for s in statements)
        self.one_channel = len({w.channel for s in statements for w in s.words}) <= 1
        self._names: dict[int, list[str]] = {}
        self._cards = frozenset(i for i, s in enumerate(statements) if any(_is_card(r) for r in s.runs))
        self.cues = tuple(self._without_pointers(line) for line in range(len(statements)))

    def expected(self, line: int, first: int, last: int, *, filled: frozenset[str] = frozenset()) -> list[Expectation]:
        """What tokens `first` to `last` of a statement may be, the likeliest first; empty when they are nothing.

        `filled`: what the same answer has given already; a second one is believed only of what is hard to mistake.
        """
        said, settled = self._said(line, first, last)
        if settled:
            return said
        asked = [e for e in self._asked(line) if e.entity not in {s.entity for s in said}]
        again = [e for e in asked if e.entity in filled & _UNMISTAKABLE]
        return said + [e for e in asked if e.entity not in filled] + again

    def question_before(self, line: int) -> tuple[str, ...]:
        """What the statement just before asks the speaker of this one for; empty if it is no question."""
        back = self.before(line)
        if back < 0 or self.statements[back].speaker == self.statements[line].speaker != "unknown":
            return ()
        before = self.statements[back]
        text = joined(before.tokens)[0]
        asks = before.words[-1].text.endswith("?") or any(
            m.end() > len(text) // 2 for m in QUESTION_STARTS.finditer(text)
        )
        return tuple(self._named(back)) if asks or len(before.tokens) <= _NEAR_TOKENS else ()

    def before(self, line: int) -> int:
        """The statement before, but for a word that only nods in the middle of it ("Okay,"); -1 where there is none."""
        nods = line > 1 and len(self.statements[line - 1].tokens) == 1 and self.urges(line - 1)
        within = nods and self.statements[line - 1].end_s <= self.statements[line - 2].end_s
        return line - 2 if within else line - 1

    def urges(self, line: int) -> bool:
        """Does the statement only ask for what is due next: "go ahead with the number", "and the next one?"?"""
        return urges(self.statements[line].tokens)

    def _urged(self, back: int, line: int) -> bool:
        """Does the other side ask for the number of what the speaker has named at `back`, and for nothing else since?"""
        between = range(back + 1, line)
        return bool(between) and all(self.urges(k) or not self._named(k) for k in between) and self.urges(line - 1)

    def asks_again(self, line: int) -> bool:
        """Does the statement want to hear again what was said: "That didn't work, try again"?"""
        return asks_again(self.statements[line].tokens)

    def of_business(self, line: int) -> bool:
        """Does the statement just before ask for a number that is nobody's personal data?"""
        named = self._named(line - 1) if line else []
        return bool(named) and named[0] == OTHER

    def _said(self, line: int, first: int, last: int) -> tuple[list[Expectation], bool]:
        """What the statement itself says, and whether that settles it (it says that the number is nothing)."""
        tokens = self.statements[line].tokens
        found: list[Expectation] = []
        after = self._after(line, last)
        near = [c for c in self.cues[line] if c.last < first and first - c.last <= _NEAR_TOKENS]
        business = False
        sentence_over = False
        for cue in reversed(near):
            sentence_over = sentence_over or any(t.ends_sentence_before for t in tokens[cue.last + 1 : first])
            if cue.entity == LAST_FOUR and any(c.entity == "US_SSN" for c in near):
                continue
            if cue.entity == LAST_FOUR and not self._of_thing(line, cue) and self._of_social(line):
                found.append(Expectation("US_SSN", "said"))
                continue
            if self.resolved(cue, line) in _NOTHING:
                if not found and not sentence_over and after is None:
                    return [], True
                break
            if cue.entity == BUSINESS:
                business = business or not sentence_over
                continue
            if business and cue.entity in _LOOSE:
                break  # "my account says error 40312"
            found.append(Expectation(self.resolved(cue, line), "said"))
        if after is not None:
            if after.entity in (*_NOTHING, BUSINESS):
                return found, True
            found.insert(
                0 if not found or first - near[-1].last > 4 else 1, Expectation(self.resolved(after, line), "said")
            )
        return found, bool(business and not found)

    def _of_social(self, line: int) -> bool:
        """Was a social security number the last number spoken of, so that what "ends in" is said of is that?"""
        for back in range(line - 1, max(-1, line - 1 - _TOPIC_STATEMENTS), -1):
            if self.statements[line].start_s - self.statements[back].end_s > ANSWER_WITHIN_S:
                return False
            if any(c.entity == LAST_FOUR and self._of_thing(back, c) for c in self.cues[back]):
                return False
            named = [c.entity for c in self.cues[back] if c.entity != LAST_FOUR]
            if named:
                return "US_SSN" in named
        return False

    def _ends_otherwise(self, line: int) -> bool:
        """Was a card, a bank account or an order spoken of a moment ago, so that "your last four" may be that's?"""
        start = self.statements[line].start_s
        near = (
            k
            for k in range(line, max(-1, line - 1 - _TOPIC_STATEMENTS), -1)
            if start - self.statements[k].end_s <= ANSWER_WITHIN_S
        )
        named = next((found for k in near if (found := {c.entity for c in self.cues[k]} & _HAVE_ENDS)), set())
        return bool(named) and "US_SSN" not in named

    def _of_thing(self, line: int, cue: Cue) -> bool:
        """Does a cue name what it is that ends so: "the card ending in"?"""
        return any(t.norm in _ENDING_THINGS for t in self.statements[line].tokens[cue.first : cue.last + 1])

    def _after(self, line: int, last: int) -> Cue | None:
        """The cue of "… is my social" or "… for my PIN": linked to what goes before by small words alone."""
        tokens = self.statements[line].tokens
        for cue in self.cues[line]:
            if cue.first > last:
                between = tokens[last + 1 : cue.first + 1]
                if (
                    cue.first == last + 1
                    and tokens[cue.first].norm in _PLACED
                    and self.resolved(cue, line) == "CREDIT_CARD_CVV"
                ):
                    return cue  # "the 204 on the back"
                linked = [t for t in between if not t.norm.isdigit()]
                if len(between) > 5 or any(t.ends_sentence_before for t in between[:1]) or not linked:
                    return None
                first_word = linked[0].norm
                own = first_word in ("is", "that's", "was", "for", "as", "are")
                return cue if own and all(t.norm in _LINKS for t in linked[:-1]) else None
        return None

    def resolved(self, cue: Cue, line: int) -> str:
        """The entity of a cue; "the code" is a card's while a card is read, "account number" a bank's in talk of a bank."""
        if cue.entity == PERSONS_END:
            return LAST_FOUR if self._ends_otherwise(line) else "US_SSN"
        if cue.entity in _OF_CARD:
            return _OF_CARD[cue.entity] if self.of_card(line) or self._names_card(line, cue) else CODE
        if cue.entity == "ACCOUNT_NUMBER":
            tokens = self.statements[line].tokens
            norm = " ".join(t.norm for t in tokens[cue.first : cue.last + 1])
            if norm.startswith("account") and self._talk_of(line, ("US_BANK_NUMBER", "ABA_ROUTING_NUMBER")):
                return "US_BANK_NUMBER"
        return cue.entity

    def _without_pointers(self, line: int) -> tuple[Cue, ...]:
        """The cues of a statement, those that mean something only while a card is read left out elsewhere."""
        cues = self.cues[line]
        tokens = self.statements[line].tokens
        if cues and all(
            c.entity == "ACCOUNT_NUMBER" and not is_named_account(tokens, c, said=True, grouped=True) for c in cues
        ):
            return () if asks_otherwise(tokens) else cues
        pointing = (*_POINTERS, "CREDIT_CARD_EXPIRATION") if self._of_what_ends(line) else _POINTERS
        if any(c.entity in pointing for c in cues) and not self.of_card(line):
            return tuple(c for c in cues if c.entity not in pointing or self._names_card(line, c))
        return cues

    def _names_card(self, line: int, cue: Cue) -> bool:
        """Does a pointer name the card that it points to: "behind the card"?"""
        words = (t.norm for t in self.statements[line].tokens[cue.first : cue.last + 1])
        return cue.entity == CARD_BACK and "card" in words

    def _of_what_ends(self, line: int) -> bool:
        """Is a warranty, a lease or something else spoken of that expires as a card does?"""
        return any(t.norm in _ENDS_TOO for k in range(max(0, line - 1), line + 1) for t in self.statements[k].tokens)

    def names_account(self, line: int, first: int, *, grouped: bool) -> bool:
        """Is the number of an account asked for or said by its name, and does the speaker not say that he has none?

        "The number on the account", "my account is under …" leave open what number it is;
        `grouped`: it was said in groups, as telephone numbers are.
        """
        statement = self.statements[line]
        if disowns(statement.tokens[:first]):
            return False
        for back in range(line, max(-1, line - 1 - _TOPIC_STATEMENTS), -1):
            tokens = self.statements[back].tokens
            cues = [
                c
                for c in self.cues[back]
                if c.entity in ("ACCOUNT_NUMBER", "US_BANK_NUMBER") and (back < line or c.first < first)
            ]
            if cues:
                return any(is_named_account(tokens, c, said=back == line, grouped=grouped) for c in cues)
        return True

    def of_card(self, line: int) -> bool:
        """Is a payment card spoken of, or was a card number read out, a moment ago?"""
        return self._talk_of(line, ("CREDIT_CARD", "CREDIT_CARD_CVV"))

    def _talk_of(self, line: int, entities: tuple[str, ...]) -> bool:
        start = self.statements[line].start_s
        for back in range(line, max(-1, line - 9), -1):
            if start - self.statements[back].end_s > TOPIC_WITHIN_S:
                return False
            if any(c.entity in entities for c in self.cues[back]):
                return True
            if "CREDIT_CARD" in entities and (back in self._cards or self._names_expiry(back)):
                return True
        return False

    def _names_expiry(self, line: int) -> bool:
        """Is an expiry asked for by its name, which is a card's unless something else is spoken of that expires?"""
        tokens = self.statements[line].tokens
        words = [
            t.norm
            for c in self.cues[line]
            if c.entity == "CREDIT_CARD_EXPIRATION"
            for t in tokens[c.first : c.last + 1]
        ]
        if any(w in _CARDS for w in words):
            return True  # "When does your Amex run out?"
        return (
            any(w in _EXPIRY for w in words)
            and self.statements[line].speaker != "customer"
            and not self._of_what_ends(line)
        )

    def _asked(self, line: int) -> Iterator[Expectation]:
        """What the nearest earlier statement with a cue asks for, then what came up before that."""
        statement = self.statements[line]
        source: Source = "asked"
        seen: set[str] = set()
        for back in range(line - 1, max(-1, line - 1 - _TOPIC_STATEMENTS), -1):
            earlier = self.statements[back]
            if statement.start_s - earlier.end_s > (ANSWER_WITHIN_S if source == "asked" else TOPIC_WITHIN_S):
                return
            by_other = earlier.speaker != statement.speaker or earlier.speaker == "unknown"
            urged = not by_other and self._urged(back, line)  # "I have my passport." "Go ahead."
            named = self._named(back)
            if not named:
                if by_other and asks_otherwise(earlier.tokens):
                    return
                continue
            if named[0] in _NOTHING:
                if source == "asked" and by_other:
                    return
                continue
            for entity in named:
                if entity in (*_NOTHING, BUSINESS) or entity in seen:
                    continue
                seen.add(entity)
                yield Expectation(entity, source if by_other else "asked" if urged else "topic", back)
            # Word times of two channels may be off by seconds: an answer may seem to come after the next question.
            if not by_other or statement.start_s - earlier.end_s > _LATE_ANSWER_S:
                source = "topic"

    def introduces(self, line: int, cue: Cue) -> bool:
        """Does a name cue of the company's side introduce itself ("my name is Todd")?"""
        words = [t.norm for t in self.statements[line].tokens[max(0, cue.first - 1) : cue.last + 1]]
        return self.statements[line].by_company and "my" in words

    def _named(self, line: int) -> list[str]:
        """The entities that a statement asks for or speaks of: its last clause with cues first, in order of mention."""
        if line not in self._names:
            self._names[line] = self._read_named(line)
        return self._names[line]

    def _read_named(self, line: int) -> list[str]:
        tokens = self.statements[line].tokens
        cues = [c for c in self.cues[line] if not (c.entity == NAME and self.introduces(line, c))]
        if not cues:
            return []
        text, starts = joined(tokens)
        cuts = {i for i, t in enumerate(tokens) if t.ends_sentence_before}
        cuts |= {starts.index(m.start()) for m in QUESTION_STARTS.finditer(text) if m.start() in set(starts)}
        numbers = [r.last for r in self.statements[line].runs if r.size >= _LONG_RUN]
        clauses: list[list[Cue]] = []
        clause = -1
        for cue in cues:
            number = sum(cut <= cue.first for cut in cuts) + sum(last < cue.first for last in numbers)
            if number != clause:
                clauses.append([])
                clause = number
            clauses[-1].append(cue)
        named: list[str] = []
        social = any(c.entity == "US_SSN" for c in cues)
        for group in reversed(clauses):
            entities = [self.resolved(c, line) for c in group if not (social and c.entity == LAST_FOUR)]
            real = [e for e in entities if e not in (*_NOTHING, BUSINESS, CODE)]
            named += real or [e for e in entities if e in _NOTHING][:1]
        return list(dict.fromkeys(named))
