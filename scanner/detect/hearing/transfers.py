"""`transfer`: a new person or company joins, told at the announcement or by the arrival's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scanner.detect.hearing.announcing import FAILED, IF_WANTED, IVR, OUTSIDE, announcements
from scanner.detect.hearing.concepts import CONCEPTS
from scanner.detect.hearing.floor import A_FEW_WORDS
from scanner.detect.hearing.heard import Range, Said, said
from scanner.detect.hearing.introducing import CAME_OVER, DESK_ANSWERS, GREETED, GREETS, HANDED, introduced, same_name
from scanner.detect.hearing.learned import OPEN, Likely, confidence_of
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence
from scanner.transcript import COMPANY_SIDE

MERGE_S = 75.0
"""Announcements and the arrival within this time of each other are one join."""
FAILURE_S = 90.0
NEAR_S = 8.0
A_TALK_WORDS = 25

TRIGGERS = frozenset(
    """transfer transferring transferred connect connecting connected putting put patch patching hand handing pass passing bring bringing conference
    conferencing get getting loop looping send sending switch switching forward forwarding adding add joining join joined joins dialing dial move moving
    calling stepping hopping jumping plug off connect three this name from through over desk department across giving fetch fetching pull pulling shoot rerouting reroute routing loop got supervisor speaking here holding waiting partner take line says said told tells has sent passed""".split()
)
_WAIT = any_of(
    "(?:please )?(?:hold|hang on|stay on|stay with me|stay right there|bear with me|do not hang up|(?<!the )(?<!your )(?<!long )wait)|(?:one|just a|give me a|just one) (?:<~1>)(?:moment|second|sec|minute|min)",
    "let me (?:<~1>)(?:see|ask|check|find|get|grab|track|look)|who is (?:free|available|around)",
)
"""Somebody of the company asks to wait: who speaks after the silence may be another."""
_BACK = rx("again|back|still|thank(?:s| you) for (?:<~1>)(?:holding|waiting|your patience)")
_OWN_MOVE = re.compile(
    r"^(?!.*\b(?:you|your|us|him|her|them)\b).*\b(?:i|we) (?:am|are|want|need|have|would|just|will|might) "
)
"""“I'm moving to Portland, and I want to transfer my account there” may be the customer's, who moves nobody."""
ARRIVAL_S = 5.0
"""Who has joined says so in the first seconds."""
HELD_S = 2.5
"""So long a silence after somebody asked to wait is a hold."""
_A_MACHINE = rx(
    "(?:i am|this is|you have reached) (?:the|your|our|an?) (?:<~2>)(?:virtual|automated|digital|voice) (?:<~1>)(?:assistant|agent|attendant|system)"
)
_ANSWERS = rx("how (?:can|may) i (?:<~1>)help")
SURE_SPEAKER = 0.8
"""Of a less sure speaker, what the learned ear alone takes for a join is perhaps one."""


@dataclass(slots=True)
class _Line:
    """Who is on the company's side of the line so far."""

    joins: list[Said] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    human_words: int = 0
    customer_spoke: bool = False  # before that, whoever gives a name is the first to answer
    ivr: bool = False
    machine: bool = False  # a machine has answered, as it says, and no person yet: whom it fetches is the first
    awaited: bool = False  # somebody was announced and has not spoken yet
    back_s: float = -1e9  # when somebody of the company was first heard after a hold


def hear_transfers(sentences: Sequence[Sentence], likely: Mapping[int, Likely]) -> list[Said]:
    """Each join of a call once: where it is announced, or else where the arrival speaks.

    `likely`: how likely the learned ear finds it that a sentence, by its identity, announces a join or is an arrival's.
    """
    company = [s for s in sentences if s.speaker in COMPANY_SIDE or s.speaker == "unknown"]
    customer = [s for s in sentences if s.speaker == "customer"]
    first_customer_s = min((s.start_s for s in customer), default=float("inf"))
    line = _Line()
    for n, sentence in enumerate(company):
        line.customer_spoke = sentence.start_s > first_customer_s
        line.machine |= not line.customer_spoke and bool(_A_MACHINE.search(sentence.text))
        line.machine &= not (line.customer_spoke and _ANSWERS.search(sentence.text))
        menu = sentence.speaker == "system" and line.human_words == 0
        first_comes = (line.machine or menu) and not OUTSIDE.search(sentence.text)
        joins, known = len(line.joins), tuple(line.names)
        name = introduced(sentence)
        if line.customer_spoke and _was_held(company, n, customer):
            line.back_s = sentence.start_s
        held = sentence.start_s - line.back_s <= ARRIVAL_S
        if held or not TRIGGERS.isdisjoint(sentence.text.split()):
            new = announcements(sentence)
            intro = name if sentence.speaker != "system" else None
            if intro and not new:
                near = (s for s in company[max(0, n - 1) : n + 2] if abs(s.start_s - sentence.start_s) < NEAR_S)
                _introduces(
                    line,
                    sentence,
                    intro,
                    handed=any(HANDED.search(s.text) for s in near),
                    greeted=_greets(company, n),
                    held=held,
                )
            elif new:
                _announces(line, new, first_comes=first_comes)
            elif line.awaited and CAME_OVER.search(sentence.text):
                line.awaited = line.machine = False  # who was announced speaks, though without a name
            if intro and not any(same_name(intro[0], known) for known in line.names):
                line.names.append(intro[0])
            if not intro:
                _fails(line, sentence)
        else:
            _fails(line, sentence)
        if held and len(line.joins) <= joins:
            _answers_after_hold(line, sentence)
        if len(line.joins) <= joins and id(sentence) in likely and not first_comes:
            again = name is not None and any(same_name(name[0], k) for k in known)
            _may_join(line, sentence, likely[id(sentence)], again=again)
        line.ivr |= sentence.speaker == "system"
        line.human_words += len(sentence) if sentence.speaker != "system" else 0
    return line.joins


def _greets(company: Sequence[Sentence], n: int) -> bool:
    before = company[n - 1] if n else None
    return bool(GREETS.match(company[n].text) or GREETED.search(company[n].text)) or bool(
        before and len(before) <= 6 and GREETS.match(before.text)
    )


def _announces(line: _Line, new: Said, *, first_comes: bool) -> None:
    if first_comes and not (line.awaited and new.sentence.speaker != "system"):
        line.awaited = True
        return
    recent = bool(line.joins) and new.start_s - line.joins[-1].end_s <= MERGE_S
    line.machine = False
    if not (recent and line.awaited):
        line.joins.append(new)
    line.awaited = True


def _was_held(company: Sequence[Sentence], n: int, customer: Sequence[Sentence]) -> bool:
    """Whether somebody of the company asked to wait, and then nobody was heard for a while."""
    before = [s for s in company[max(0, n - 2) : n] if s.speaker != "system"]
    if not before:
        return False
    silent_since_s, until_s, silence_s = before[-1].end_s, company[n].start_s, 0.0
    for reply in customer:
        if reply.end_s > silent_since_s and reply.start_s < until_s:
            silence_s = max(silence_s, reply.start_s - silent_since_s)
            silent_since_s = reply.end_s
    if max(silence_s, until_s - silent_since_s) < HELD_S:
        return False
    return any(_WAIT.search(s.text) and not IVR.search(s.text) for s in before)


def _answers_after_hold(line: _Line, sentence: Sentence) -> None:
    """“Fraud desk, which charge is it?” after a hold, from a voice that gives no name."""
    desk = DESK_ANSWERS.search(sentence.text)
    if desk is None or sentence.speaker == "system" or line.human_words < A_FEW_WORDS or _BACK.search(sentence.text):
        return
    if line.joins and (line.awaited or sentence.start_s - line.joins[-1].end_s <= MERGE_S):
        line.awaited = False
        return
    line.joins.append(said("transfer", sentence, Range(*sentence.range_of(desk)), 0.7))


def _introduces(
    line: _Line, sentence: Sentence, intro: tuple[str, Range], *, handed: bool, greeted: bool, held: bool
) -> None:
    """A name given on the company's side: the first agent's own, or that of somebody who has just joined."""
    name, at = intro
    if any(same_name(name, known) for known in line.names):
        return
    if line.awaited and line.joins and sentence.start_s - line.joins[-1].end_s <= MERGE_S:
        line.awaited = False
        return
    if line.machine:
        line.machine = line.awaited = False
        return
    if line.human_words < A_FEW_WORDS and not (line.names and line.customer_spoke):
        # Nobody of the company was heard before: the first to answer, unless the call's beginning is not in here.
        if handed and not line.ivr:
            line.joins.append(said("transfer", sentence, at, 0.5))
        return
    role = bool(rx("<who>").search(sentence.right(at.end, 6)))
    if line.names and (greeted or handed or role):
        line.joins.append(said("transfer", sentence, at, 0.9 if greeted or handed else 0.85))
    elif held and (line.names or not _BACK.search(sentence.text)):
        line.joins.append(said("transfer", sentence, at, 0.8 if line.names or role else 0.65))
    elif line.customer_spoke and (handed or (greeted and line.human_words >= A_TALK_WORDS)):
        # Without a name before it, this may be the first to answer after a menu that was taken for a person.
        line.joins.append(said("transfer", sentence, at, 0.65 if handed else OPEN))


def _may_join(line: _Line, sentence: Sentence, how: Likely, *, again: bool) -> None:
    """A join in words that no pattern foresaw, once somebody of the company has talked to the customer.

    `again`: who speaks gives a name that is known.
    """
    confidence = confidence_of("transfer", how.probability)
    concepts = {c for t in sentence.tokens for c in CONCEPTS.get(t.text, ())}
    opens = line.human_words == 0 and not line.customer_spoke and bool(GREETS.match(sentence.text))
    announced = bool(concepts & {"MOVE", "JOIN"}) and confidence > OPEN and not opens
    arrived = bool(concepts & {"PEOPLE", "DESK", "GREET"}) and line.human_words >= A_FEW_WORDS and line.customer_spoke
    if not confidence or sentence.speaker == "system" or not (announced or arrived) or again:
        return
    if IF_WANTED.search(sentence.text):
        return
    if sentence.speaker_confidence < SURE_SPEAKER:
        if _OWN_MOVE.search(sentence.text):
            return
        confidence = min(confidence, OPEN)
    if line.joins and sentence.start_s - line.joins[-1].end_s <= MERGE_S:
        line.awaited = False
        return
    line.joins.append(said("transfer", sentence, how.at, confidence))
    line.awaited = True


def _fails(line: _Line, sentence: Sentence) -> None:
    """A join that comes to nothing was none."""
    if line.joins and FAILED.search(sentence.text):
        last = line.joins[-1]
        if 0 <= sentence.start_s - last.end_s <= FAILURE_S and last.sentence.speaker == sentence.speaker:
            line.joins.pop()
            line.awaited = False
