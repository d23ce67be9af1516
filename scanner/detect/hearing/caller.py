"""What a sentence of the customer's says, given what went before: in full, as an answer, as an objection."""

from __future__ import annotations

import re

from scanner.detect.hearing import answers, concerning, customer, learned, opting_out, spanish
from scanner.detect.hearing.floor import ANSWER_S, EARLY_S, NEVER, NOTICE_S, Floor
from scanner.detect.hearing.heard import Range, Said, said
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence
from scanner.detect.hearing.two_ears import agreed, widely
from scanner.detections import OBJECTIONS, DisclosureKind

_DID_YOU_SAY = "did (?:you|i|she|he|it) (?:just )?(?:say|hear|said)"
_ASKS_ABOUT = any_of(
    "(?:is|are|am|will|was not|is not) (?:<~2>)(?:<call>|this|it|i|we|you|us|calls|everything|these|somebody|someone|anyone|anybody) (?:<~4>)(?:recorded|recording|taped|taping|monitored|record)",
    "(?:do|does|will|are|did) (?:you|they|this company|your company) (?:<~3>)(?:record|tape|recording|taping)(?: (?:<call>|this|these|me|everything|us|it|all))?(?: or not| too| here)?$",
    "(?:you|we|i|this|it|nobody|somebody) (?:are|am|is) (?:<~3>)(?:recording|recorded|taping|taped|on a recorded line)",
    "(?:this|it|call|line) (?:is )?(?:<~2>)recorded",
    "^(?:so |and |wait |hey )*you (?:<~1>)(?:recording|taping)(?: (?:this|me|us|it))?",
    f"{_DID_YOU_SAY} (?:<~4>)(?:recorded|recording|record|taped|taping)",
    "^(?:<~2>)(?:recorded|recording|taped)$",
)
_ASKS_FIRST = re.compile(
    r"(?:(?:so|and|wait|um|hey|oh|okay|hold on|but|hi|hello|sorry|before we start|just|quick question) )*(?:is|are|am|do|does|will|you|this|it|we)\b"
)
_SAYING = rx(_DID_YOU_SAY)
_TAGGED = re.compile(r"(?:is it|are you|am i|right|do you|is this|are we|correct)$")
_NOT_ABOUT = rx(
    "was|were|did|had|last|previous|<device>|payments?|warranty|my account|yesterday|on my (?:account|file|deed)|meter|reading|they"
    "|recorded (?:<~1>)(?:ads?|messages?|announcements?|voices?|robocalls?|pitch|pitches|thing)|(?:is|this|that|to|you) (?:just |only )?a (?:<~1>)recording$"
)


def hear_caller(sentence: Sentence, floor: Floor, likely: learned.Likelihoods) -> None:
    """Adds what a sentence grants, refuses and wants to what was said, and takes note of what it asks."""
    words = set(sentence.text.split())
    found: list[Said] = []
    concerns_us = concerning.may_concern_us(sentence, floor)
    if words & customer.TRIGGERS:
        found += customer.hear_customer(sentence)
    if words & spanish.TRIGGERS:
        found += spanish.hear_spanish(sentence, company=False)[0]
    answered = _answer(sentence, floor, found)
    found += answered
    if not any(s.kind in {"consent_refused", "consent_granted"} for s in found):
        found += _objection(sentence, floor, found)
    if (
        not any(s.kind == "opt_out_requested" for s in found)
        and words & {"opt", "opting"}
        and answers.opts_out_plainly(sentence)
        and sentence.start_s - max(floor.notice_s, floor.offered_s, floor.asked_s) <= 2 * NOTICE_S
    ):
        found.append(said("opt_out_requested", sentence, Range(0, min(len(sentence), 8)), 0.8))
    wide = widely(sentence, likely, {s.kind for s in found}) if concerns_us else {}
    found = [*agreed(found, likely), *wide.values()]
    if not any(s.kind in OBJECTIONS and s.confidence >= learned.COUNTED for s in found):
        found += opting_out.wants_out(sentence, floor, likely)
    found = opting_out.of_what_was_asked(opting_out.of_the_caller(found, sentence), sentence, floor)
    found = opting_out.of_what(found, sentence, floor)
    if not found and answers.consents_plainly(sentence) and sentence.start_s - floor.other_question_s > ANSWER_S:
        found.append(said("consent_granted", sentence, Range(0, min(len(sentence), 6)), 0.55))
    if any(s.kind in OBJECTIONS for s in found):
        floor.stop_s = sentence.end_s
        floor.stop_of_ai = not any(s.kind == "consent_refused" for s in found) and opting_out.names_ai(sentence)
    if words & _RECORDING_WORDS and _asks_about_recording(sentence):
        floor.question_s, floor.device_s = sentence.end_s, NEVER
        floor.question_denies = bool(rx("nobody|not").search(sentence.text)) and not re.match(
            r"(?:is|are) not", sentence.text
        )
    if words & _RECORDING_WORDS:
        floor.topic_s = max(floor.topic_s, sentence.end_s)
    if not concerns_us and not found and not concerning.is_short(sentence):
        floor.matter_told_s = sentence.end_s
    floor.said += found


_DOUBTFUL = 0.72
"""What an answer is worth at most if its request was only half heard."""
_RECORDING_WORDS = frozenset("record recorded recording tape taped taping recorder records monitored".split())


def _asks_about_recording(sentence: Sentence) -> bool:
    if not _ASKS_ABOUT.search(sentence.text) or _NOT_ABOUT.search(_SAYING.sub(" ", sentence.text)):
        return False
    return sentence.question or bool(_ASKS_FIRST.match(sentence.text)) or bool(_TAGGED.search(sentence.text))


def _answer(sentence: Sentence, floor: Floor, explicit: list[Said]) -> list[Said]:
    """A bare answer to a request of the other side, within its window."""
    if not -2 * EARLY_S <= sentence.start_s - floor.asked_s <= ANSWER_S or floor.replies >= 3:
        return []
    floor.replies += 1
    answer, confidence = answers.answer_of(sentence, minding=floor.minding)
    kinds = {s.kind for s in explicit}
    at = Range(0, min(len(sentence), 8))
    if not answer:
        return []
    if floor.asked_how_surely < learned.SURE_ENOUGH:
        confidence = min(confidence, learned.OPEN if floor.asked_how_surely < learned.COUNTED else _DOUBTFUL)
    floor.asked_s = NEVER
    if answer == "yes":
        return (
            []
            if kinds & {"consent_granted", "consent_refused"}
            else [said("consent_granted", sentence, at, confidence)]
        )
    wanted: list[DisclosureKind] = []
    if "recording" in floor.asked:
        wanted.append("consent_refused")
    if "ai" in floor.asked:
        wanted.append("opt_out_requested")
    if "consent_granted" in kinds:
        return []
    if kinds == {"opt_out_requested"} and not re.match(r"(?:no|nope)\b", sentence.text):
        return []
    return [said(kind, sentence, at, confidence) for kind in wanted if kind not in kinds]


def _objection(sentence: Sentence, floor: Floor, found: list[Said]) -> list[Said]:
    """“I'm not comfortable with that”, “then turn it off” after a notice."""
    objects, turn_off, confidence = answers.objection_of(sentence, at_once=floor.at_once)
    if not objects:
        return []
    at = Range(0, min(len(sentence), 10))
    have = {s.kind for s in found}
    near = sentence.start_s - floor.notice_s <= NOTICE_S or sentence.start_s - floor.asked_s <= ANSWER_S
    if near and floor.other_question_s <= floor.notice_s:
        kinds: list[DisclosureKind] = (
            ["consent_refused"] if "recording" in (floor.notice | floor.asked) else ["opt_out_requested"]
        )
        if turn_off:
            kinds.append("opt_out_requested")
        return [said(kind, sentence, at, confidence) for kind in dict.fromkeys(kinds) if kind not in have]
    if turn_off and rx("not (?:comfortable|okay|agree|consent)").search(sentence.text):
        return [said("consent_refused", sentence, at, 0.55), said("opt_out_requested", sentence, at, 0.55)]
    return []
