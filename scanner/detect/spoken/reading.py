"""All that a call's words say of persons, read once: what each recognizer hands on is a part of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from scanner.detect.spoken.addresses import find_addresses, says_where
from scanner.detect.spoken.conversation import join, statements
from scanner.detect.spoken.cues import ADDRESS
from scanner.detect.spoken.emails import find_emails
from scanner.detect.spoken.expectations import Listener
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.name_offers import NamedStretch
from scanner.detect.spoken.name_reader import NameReader
from scanner.detect.spoken.number_reader import NumberReader
from scanner.detect.spoken.secret_answers import find_secrets
from scanner.detect.spoken.towns import is_town, town_answer
from scanner.detect.spoken.written import WrittenView, write
from scanner.transcript import Transcript

_TOWN_WORDS = frozenset(("city", "state", "zip", "zipcode", "postal", "town"))
_TOWN_WITHIN_S = 60.0
_ASKED_WITHIN = 4
_BREAK_S = 2.5
_BESIDE = 4
_COME = frozenset("come bring visit stop return".split())
"""What the company's side asks for at places of its own."""
_ELSEWHERE = frozenset("store branch location shop hotel restaurant dealership showroom outlet stayed".split())
_ELSEWHERE_WITHIN = 6
_OWN = frozenset("our us we we're".split())
_SEND = frozenset("send sent email emailed mail mailed forward".split())
_WHERE = frozenset("where where's where'd whereabouts".split())
_SURE_ADDRESS, _DICTATED = 0.85, 0.8
_OFFERS = tuple(
    f"you {can} {do} {to}".replace("  ", " ").rstrip()
    for can in ("can", "could", "may", "should")
    for do in ("write", "email", "reach", "send it", "send that", "mail", "contact")
    for to in ("to", "", "at")
)


def _street_of(hit: Hit) -> str:
    """House number and street's first word: a town may be left out when an address is said again."""
    return " ".join(hit.value.split()[:2])


class Reading:
    """A call being read. Numbers keep off e-mails and addresses, names keep off all of them."""

    def __init__(self, transcript: Transcript) -> None:
        self.statements = statements(transcript)
        self.listener = Listener(self.statements)
        self._of_others: list[Hit] = []
        """Street addresses that are not the customer's: no number and no name is looked for in them."""
        self.model_names: Sequence[NamedStretch] = ()
        """What a language model takes for names; set before `names` is read."""

    @cached_property
    def view(self) -> WrittenView:
        """The call as text for a language model, capitals of names restored."""
        return write(self.statements, self._name_reader(self.emails).restored())

    @cached_property
    def emails(self) -> tuple[Hit, ...]:
        """E-mail addresses of the customer; the company's own ("write to support at …") are none."""
        found: list[Hit] = []
        companys: set[str] = set()
        for line, statement in enumerate(self.statements):
            hits = find_emails(line, statement, self.listener.cues[line], asked=self._email_asked(line))
            hits = self._over_a_break(line, hits) or hits
            if statement.by_company:
                companys |= {h.value for h in hits if not self._of_customer(h, found)}
                hits = tuple(h for h in hits if h.value not in companys)
            found += [h for h in hits if h.value not in companys]
        return tuple(found)

    def _over_a_break(self, line: int, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """An address whose domain is another statement than its name, one voice being taken for two, in two stretches."""
        statement = self.statements[line]
        before = next(
            (k for k in range(line - 1, -1, -1) if self.statements[k].words[0].channel == statement.words[0].channel),
            None,
        )
        if (
            before is None
            or statement.start_s - self.statements[before].end_s > _BREAK_S
            or any(h.confidence >= _DICTATED for h in hits)
        ):
            return ()
        earlier = self.statements[before]
        joined = join(earlier, statement)
        size = len(earlier.tokens)
        for hit in find_emails(line, joined, self.listener.cues[before], asked=True):
            if hit.first < size <= hit.last and hit.confidence >= _SURE_ADDRESS:
                group = -1 - before
                return (
                    replace(hit, line=before, last=size - 1, group=group),
                    replace(hit, first=0, last=hit.last - size, group=group),
                )
        return ()

    @cached_property
    def addresses(self) -> tuple[Hit, ...]:
        """Street addresses of the customer, with city and ZIP code that were asked for afterwards."""
        found: list[Hit] = []
        companys: set[str] = set()
        for line, statement in enumerate(self.statements):
            expected = self.listener.expected(line, 0, 0)
            asked = any(
                e.entity == ADDRESS
                and (e.source != "asked" or (e.line >= line - _ASKED_WITHIN and not self._mailed(e.line, line)))
                for e in expected
            ) or any(c.entity == ADDRESS for c in self.listener.cues[line])
            asked = asked or (not statement.by_company and says_where(statement))
            where = self._asked_where(line)
            found_here = find_addresses(line, statement, asked=asked, where=where)
            hits = [h for h in found_here if not self._taken(h, self.emails)]
            if statement.by_company:
                companys |= {_street_of(h) for h in hits if not self._of_customer(h, found)}
            self._of_others += [h for h in hits if _street_of(h) in companys or self._of_elsewhere(h)]
            hits = [h for h in hits if h not in self._of_others]
            if found and not hits and (not statement.by_company or self.listener.one_channel):
                hits = self._rest_of(line, found)
            found += hits
        return tuple(found)

    def _mailed(self, question: int, line: int) -> bool:
        """Was "what's the address?" answered with an e-mail address?"""
        return any(question < h.line < line for h in self.emails)

    @cached_property
    def numbers(self) -> tuple[Hit, ...]:
        return NumberReader(self.listener, (*self.emails, *self.addresses, *self._of_others)).read()

    @cached_property
    def secrets(self) -> tuple[Hit, ...]:
        return find_secrets(self.listener, (*self.emails, *self.addresses, *self.numbers))

    @cached_property
    def names(self) -> tuple[Hit, ...]:
        taken = (*self.emails, *self.addresses, *self._of_others, *self.numbers, *self.secrets)
        return self._name_reader(taken).read(self.model_names)

    def _email_asked(self, line: int) -> bool:
        before = {t.norm for t in self.statements[line - 1].tokens} if line else set()
        speakers = {self.statements[k].speaker for k in (line - 1, line)} if line else set()
        if before & _WHERE and before & _SEND and (len(speakers) > 1 or "unknown" in speakers):
            return True  # "Where do I send the confirmation?"
        return any(e.entity == "EMAIL_ADDRESS" and e.source == "asked" for e in self.listener.expected(line, 0, 0)[:3])

    def _name_reader(self, taken: Sequence[Hit]) -> NameReader:
        return NameReader(self.listener, taken)

    def _taken(self, hit: Hit, others: Sequence[Hit]) -> bool:
        return any(o.overlaps(hit.line, hit.first, hit.last) for o in others)

    def _of_customer(self, hit: Hit, before: Sequence[Hit]) -> bool:
        """Does the company's side repeat an address, or say whose it is?"""
        start = re.split(r"[ @]", hit.value)[0]
        if any(re.split(r"[ @]", h.value)[0] == start for h in before):
            return True
        tokens = self.statements[hit.line].tokens
        whose = [t.norm for t in tokens[max(0, hit.first - 14) : hit.first]]
        if self.listener.one_channel and ("my" in whose[-5:] or self._asks_to_send(whose) or self._answers(hit)):
            return True  # a customer whose voice was taken for the company's
        if "your" in whose:
            return True
        if any(w in whose for w in ("us", "our", "we", "we're")) or " ".join(whose).endswith(_OFFERS):
            return False
        if any(w in whose for w in _COME):
            return False
        return "you" in whose[-_BESIDE:] or self.statements[hit.line].in_question(hit.last)

    def _asks_to_send(self, before: Sequence[str]) -> bool:
        """Does somebody want something sent: "please send the receipt to …"?"""
        return "please" in before and any(w in before for w in _SEND) and "us" not in before

    def _answers(self, hit: Hit) -> bool:
        """Does an address begin the answer to a question of another voice?"""
        if hit.line == 0 or hit.first > _BESIDE:
            return False
        if any(t.norm in _OWN for t in self.statements[hit.line].tokens[: hit.last]):
            return False
        before = self.statements[hit.line - 1]
        return before.speaker != self.statements[hit.line].speaker and before.words[-1].text.endswith("?")

    def _asked_where(self, line: int) -> bool:
        """Did the company's side just ask the speaker where something is or goes?"""
        if line == 0 or self.statements[line].by_company:
            return False
        before = self.statements[line - 1]
        return before.speaker != self.statements[line].speaker and any(t.norm in _WHERE for t in before.tokens)

    def _of_elsewhere(self, hit: Hit) -> bool:
        """Does the customer speak of a shop, an office or a hotel: "the store at 1500 Main Street"?"""
        statement = self.statements[hit.line]
        if statement.by_company:
            return False
        before = [t.norm for t in statement.tokens[max(0, hit.first - _ELSEWHERE_WITHIN) : hit.first]]
        if any(w in ("my", "our", "me", "i'm", "we're", "live") for w in before):
            return False
        if any(w in _ELSEWHERE for w in before):
            return True
        lead = statement.tokens[max(0, hit.first - 3) : hit.first]
        if len(lead) == 3 and lead[0].norm in ("a", "the", "your", "that") and lead[1].text[0].isupper():
            return lead[2].norm in ("at", "on", "in")  # "there's a Walmart at 300 Commerce Drive"
        asked = {t.norm for t in self.statements[hit.line - 1].tokens} if hit.line else set()
        which = "which" in asked or "what" in asked or "what's" in asked
        return which and bool(asked & _ELSEWHERE - {"location"}) and not asked & {"your", "ship", "send", "deliver"}

    def _rest_of(self, line: int, found: list[Hit]) -> list[Hit]:
        """City, state or ZIP code, when the other side has just asked for them after a street."""
        street, statement = found[-1], self.statements[line]
        if line == 0 or statement.start_s - self.statements[street.line].end_s > _TOWN_WITHIN_S or street.line == line:
            return []
        question = self.statements[line - 1]
        goes_on = (
            street.line == line - 1
            and street.last == len(question.tokens) - 1
            and statement.words[0].channel == question.words[0].channel
            and statement.start_s - question.end_s <= _BREAK_S
            and is_town(statement)
        )
        if statement.by_company and not goes_on:
            return []
        asks = question.speaker != statement.speaker and any(t.norm in _TOWN_WORDS for t in question.tokens)
        group = street.group if street.group is not None else -1 - street.line
        rest = town_answer(line, statement, group=group) if asks or goes_on else None
        if rest is None:
            return []
        if street.group is None:
            found[-1] = Hit(
                street.entity, street.line, street.first, street.last, street.value, street.confidence, group
            )
        return [rest]
