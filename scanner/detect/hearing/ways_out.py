"""`opt_out_offered`: which way out of the recording or of AI the company's side names, and on what condition.

It comes back with masks: the tokens that speak of recording without saying that it happens ("if you'd rather not be
recorded").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.detect.hearing import scope
from scanner.detect.hearing.heard import Range, Said, said
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.requests import AI_TOPIC, REC_TOPIC
from scanner.detect.hearing.sentences import Sentence

_OTHER_MATTER = rx(
    "<device>|payments?|paperless|paper|statements?|texts?|text messages|emails?|newsletter|marketing|arbitration|coverage|warranty|alerts?|payment|price|"
    "charges?|treatment|surgery|credit|terms|address|birth|balance|plan|fee|delivery|wire|account number|reading|note|name|app"
)
_NEGATIVE_WISH = rx(
    "(?:do|does|would|should|did|if you) not (?:<~2>)(?:want|wish|like|agree|consent|care|approve|feel|have to be recorded|prefer)"
    "|rather (?:<~2>)not|prefer (?:<~3>)(?:not|no)|rather (?:we|i) did not|object|objects|decline|refuse|opt out|uncomfortable|uneasy|against|not (?:comfortable|okay|happy|agree|consent|want|wish|like)|no (?:to|consent)"
    "|(?:a|any) (?:problem|objections?|issue)|bothers? you|(?:want|like|prefer) (?:<~3>)(?:off|stopped|to end|turned off|to stop|unrecorded|without)|without"
)
_CONDITION = rx("if|should you|not keen|unless|whenever|callers who|anyone who|in case|any time you|when you")
_WAY_OUT = any_of(
    "(?:can|may|could|are able to|have the right to|right to|free to|welcome to|option to|choice to|choose to|want to|choose) (?:<~1>)(?:opt out|decline|refuse|object|not be|not to be|withdraw|say no|stop (?:the )?recording)",
    "(?:can|may|could|free to|welcome to) (?:<~3>)(?:ask|tell|request|instruct) (?:<~3>)(?:to )?(?:<~2>)(?:<stop>|<switch>|not record|pause|delete)",
    "(?:to|and) (?:opt out|decline|refuse|avoid|keep <~4>out|not be recorded|stop (?:the )?recording|disable)",
    "(?:say|press|dial|text) (?:<~1>)(?:opt out|no recording|stop recording|do not record|no ai|nine|two|star)",
    "(?:(?<!you )tell|let|inform|ask|notify|advise) (?:me|us|the (?:<~2>)(?:agent|representative|rep)|your (?:agent|representative)|them|us)(?! (?:about|more))",
    "(?:i|we) (?:can|will|could|would|am able to|are happy to|am happy to) (?:<~3>)(?:<switch>|<stop>|pause|skip|leave out|drop|remove|do without) (?:<~5>)(?:off|it|recording|recorder|ai|note taker|transcription)",
    "(?:would|do) you (?:like|want|prefer) (?:me|us)? ?(?:<~2>)(?:to )?(?:<switch>|<stop>|pause)",
    "(?:for|on|to|use|want|prefer|have|onto) (?:<~2>)(?:an |the )?(?:unrecorded|non recorded) (?:<~1>)(?:line|call|phone)",
    "(?:line|call|phone|number) (?:that|which) (?:is|are) (?:not|never) recorded",
    "(?:go|go on|continue|proceed|do this|do it|talk|speak) (?:<~3>)without (?:<~2>)(?:recording|recorded|the ai|ai)",
    "(?:do|does) not (?:have|need) to (?:<~1>)(?:be recorded|be taped|agree to (?:the |this )?recording)",
    "opting out",
    "(?:just |please )?(?:say so|holler|say the word|hang up|disconnect|(?<!you )tell me|let me know|let us know|speak up|write to us|email us|press (?:[a-z0-9]+)|use the (?:<~1>)(?:chat|website)|visit (?:our|the)|ask for)",
)
_MAIN_CLAUSE = rx(
    "(?:you|we|i) (?:can|could|may|will|have to|need to|should)|please|press|say|tell|let|just|come|visit|call|use|write|go to"
)
_BLOCKED_OFFER = rx(
    "^can you|^could you|(?:can not|could not|not able to|unable to|no way to|is not possible|not an option|can not be|unfortunately you|you asked|i want to|i would like to opt|last year|you back|call you|no option|not allowed)"
)
_MASK_END = rx("please|press|just|say|tell|let|hang|you can|you may|i can|i will|we can|we will|inform|ask|dial")


@dataclass(frozen=True, slots=True)
class Offered:
    """The ways out that a sentence names, and the tokens whose talk of recording is only that."""

    said: tuple[Said, ...] = ()
    masks: tuple[Range, ...] = ()


_FREE_CHOICE = any_of(
    "(?:entirely |totally |completely )?(?:up to you|your (?:choice|decision)|(?:it|that) is your call|optional|voluntary)|(?:not|no) (?:<~1>)(?:obligation|obliged|obligated|required|mandatory|compulsory)",
    "(?:every|the|a) right to (?:<~1>)(?:refuse|decline|turn (?:down|it down)|say no|object)|if you (?:would )?(?:prefer|rather|like)$|if that is better for you|(?:free|welcome|able) to (?:say no|decline|refuse|skip)",
    "(?:say so|say the word|tell me|let me know|ask|speak up) (?:<~3>)(?:i will|we will|it is|i can|we can) (?:<~3>)(?:off|stop|gone|out|without|away)",
    "not (?:keen|crazy|happy|big|thrilled|comfortable|wild) (?:<~3>)(?:about|on|with|fan)",
    "you can (?:<~1>)(?:skip|refuse|decline|say no to|turn down|leave out|do without)|(?:have|has) to be part of",
)
_THAT_USE = any_of(
    "you (?:can|may|could|are free to|are welcome to|have the right to|always can) (?:<~1>)(?:say no|refuse|decline|opt out|object|skip|turn down|turn it down|pass on)(?: (?:to|of))?(?: (?:that|it|this|the (?:second|last|ai|training|latter)))?(?: (?:part|one|bit|use|thing|piece))?(?: (?:if|any ?time|at any|without|and).*)?$",
    "(?:just |only )?(?:say the word|say so|tell me|let me know) (?:<~2>)(?:and|or|then) (?:it is (?:gone|off|out)|(?:i|we) (?:will )?(?:<~1>)(?:<switch>|<stop>|pause|drop|skip|leave)) ?(?:.{0,18})$",
    "(?:that|this|it) (?:part |bit |one )?is (?:<~1>)(?:optional|voluntary|up to you|your choice|your call)",
)
"""Right after a notice these speak of what was noticed."""


_DECLINES = rx("refuse|decline|object|opt out|say no")


def hear_offers(sentence: Sentence, *, notice: frozenset[str]) -> Offered:
    """Ways out of recording or AI; `notice`: what was disclosed just before, for "if you object, say so"."""
    text = sentence.text
    masks: list[Range] = list(_conditions(sentence))
    device = rx("<device>").search(text)
    condition = next((m for m in _CONDITION.finditer(text)), None)
    wish = _NEGATIVE_WISH.search(text, condition.start()) if condition else None
    way = next((m for m in _WAY_OUT.finditer(text)), None)
    if _BLOCKED_OFFER.search(text) and not (condition and wish):
        return Offered((), tuple(masks))
    if device or scope.reported(sentence, Range(0, 1)):
        return Offered((), tuple(masks))
    where: re.Match[str] | None = None
    confidence = 0.0
    other = _OTHER_MATTER.search(text)
    near = _topic_near(text, condition, wish, way)
    if condition and wish and way:
        where = wish
        if near:
            confidence = 0.92
        elif notice and not other:
            confidence = 0.8
        elif (
            rx("(?:do not|not) (?:<~1>)(?:agree|consent)").search(wish[0])
            and rx("hang up|disconnect").search(text)
            and not other
        ):
            confidence = 0.65
    if not confidence and way and near and not other:
        plain = rx(
            "opt(?:ing)? out|opt-out|unrecorded|not recorded|decline|refuse|not be recorded|say no|no recording|without|not have to|skip|leave out|drop|turn|switch|stop|pause|off|keep|not to be|stopped|avoid|do not want|does not want"
        ).search(text)
        offered = rx(
            "can|may|could|to opt out|opting out|press|say|dial|tell|let (?:me|us) know|if you|right to|welcome|for an?|would you (?:like|want)|do you want|do not have to|does not have to|ask|to decline|to stop|to keep|choose"
        ).search(text)
        if plain and offered:
            where, confidence = way, 0.85
            first, end = sentence.range_of(way)
            masks.append(Range(first, sentence.clause_end(end) if _DECLINES.search(way[0]) else end))
    if not confidence and condition and wish and near and not other:
        where, confidence = wish, 0.8 if _MAIN_CLAUSE.search(text) else 0.5
    free = _FREE_CHOICE.search(text)
    if (
        not confidence
        and free
        and not other
        and (REC_TOPIC.search(text) or AI_TOPIC.search(text))
        and not sentence.question
    ):
        where, confidence = free, 0.75
        first, end = sentence.range_of(free)
        masks.append(Range(sentence.clause_start(first), sentence.clause_end(end)))
    use = _THAT_USE.search(text)
    if not confidence and use and (notice or near or AI_TOPIC.search(text) or REC_TOPIC.search(text)) and not other:
        where, confidence = use, 0.75
    if where is None or confidence == 0.0:
        return Offered((), tuple(masks))
    at = Range(*sentence.range_of(where))
    if way:
        way_at = Range(*sentence.range_of(way))
        masks.append(Range(min(at.first, way_at.first), max(at.end, way_at.end)))
        tail = sentence.text[way.start() :]
        if REC_TOPIC.search(tail):
            masks.append(Range(way_at.first, sentence.clause_end(way_at.end)))
    return Offered((said("opt_out_offered", sentence, at, confidence),), tuple(masks))


def _topic_near(text: str, *matches: re.Match[str] | None) -> bool:
    """Whether recording or AI is named near the condition, the wish or the way out."""
    spans = [m.span() for m in matches if m]
    if not spans:
        return False
    low, high = min(s for s, _ in spans) - 40, max(e for _, e in spans) + 45
    return any(low <= t.start() <= high for p in (REC_TOPIC, AI_TOPIC) for t in p.finditer(text))


def _conditions(sentence: Sentence) -> Sequence[Range]:
    """If-clauses and wishes about being recorded: nothing in them says that recording happens."""
    found: list[Range] = []
    for match in _CONDITION.finditer(sentence.text):
        at = Range(*sentence.range_of(match))
        if rx("if|should you|unless|callers who|anyone who|in case").fullmatch(match[0]):
            staying = rx("(?:if|when) you (?:<~1>)(?:stay|remain|continue|proceed|hold)").match(
                sentence.right(at.first, 6)
            )
            if staying:
                continue
            end = _condition_end(sentence, at.end)
            found.append(Range(at.first, end))
    for match in rx(
        "(?:rather|prefer) (?:<~2>)not (?:<~2>)(?:be )?(?:recorded|taped)|(?:want|wish|like|have|need|choose) (?:not )?to (?:not )?be (?:recorded|taped)|not to be recorded"
        "|(?:stop|decline|refuse|opt out of|disable|pause|end) (?:the |being |call |this )?(?:recording|recorded|recorder)|(?:recording|it) (?:stopped|turned off|off|paused)(?= |$)|for (?:a|an) (?:line|call) (?:that|which) is not recorded"
    ).finditer(sentence.text):
        at = Range(*sentence.range_of(match))
        if rx("like|want|prefer|say|ask|tell|to|if|you|can|may|will|could").search(
            sentence.left(at.first, 5) + " " + match[0].split()[0]
        ) and not rx("have|already|just|i am|we are|is").search(sentence.left(at.first, 2)):
            found.append(at)
    return found


def _condition_end(sentence: Sentence, i: int) -> int:
    for k in range(i + 1, min(len(sentence), i + 16)):
        if sentence.tokens[k - 1].mark and k - i > 1:
            return k
        if _MASK_END.match(sentence.right(k, 2)) and k - i > 2:
            return k
    return min(len(sentence), i + 16)
