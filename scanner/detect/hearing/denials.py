"""Whether what sounds like a denial is one: of this call and by the company, not of a device, another phone or another place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scanner.detect.hearing import learned, scope
from scanner.detect.hearing.customer import hear_customer
from scanner.detect.hearing.floor import ANSWER_S, CARRY_S, EARLY_S, ELSEWHERE_S, QUESTION_S, REFUSED_S, Floor
from scanner.detect.hearing.heard import Said
from scanner.detect.hearing.patterns import rx
from scanner.detect.hearing.sentences import Sentence

_DEVICE = rx(
    "<device>|dash|cam|cams|dictaphone|recorder app|battery|lens|footage|films?|x rays?|nvr|tape deck|vcr|monitor app|security system"
)
_THIS_TALK = rx("<callnoun>|we|us|i|nobody|nothing you say|anything you say|what you say|off the record")
_OF_OTHERS = rx(
    "(?:they|he|she|branch|branches|store|stores|shop|warehouse|other (?:<~1>)(?:office|offices|department|side|people)|(?:those|these|them) guys|(?:their|his|her) (?:<~2>)(?:line|phone|phones|calls?))"
    " (?:<~1>)(?:do|does|are|is|have|has|will|can)? ?(?:not|never|no longer)"
    "|(?:not|never|nothing|nobody) (?:<~4>)(?:over|up|down|out|in|back) there"
    "|(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend|night|evening|after hours|personal|internal) (?:phone )?(?:calls?|line|lines) (?:<~1>)(?:are|is|do|get|gets) not"
)
_OF_RECORDING = rx("<rec>")
_ALSO_OURS = rx("we|us|this (?:<callnoun>|line)|here|you")


def of_this_call(found: Sequence[Said], sentence: Sentence, floor: Floor) -> list[Said]:
    """What was heard in a sentence of the company's side, with its denials less sure or gone where they deny something else."""
    if not any(s.kind == "recording_denied" for s in found):
        return list(found)
    named = names_a_device(sentence)
    if named or 0.0 <= sentence.start_s - floor.device_s <= ELSEWHERE_S:
        if not _THIS_TALK.search(sentence.text):
            return _without(found)
        found = _doubted(found) if named else found
    if floor.stop_of_ai and sentence.start_s - floor.stop_s <= REFUSED_S and not _OF_RECORDING.search(sentence.text):
        return _without(found)
    if _OF_OTHERS.search(sentence.text):
        ours = _ALSO_OURS.search(_OF_OTHERS.sub(" ", sentence.text))
        found = _doubted(found) if ours else _without(found)
    return _of_this_phone(_of_the_company(found, sentence, floor), sentence, floor)


def names_a_device(sentence: Sentence) -> bool:
    """Whether something is named that records by itself: a camera, a voicemail, a doorbell."""
    return bool(_DEVICE.search(sentence.text))


def _of_the_company(found: Sequence[Said], sentence: Sentence, floor: Floor) -> Sequence[Said]:
    """Less surely a denial that may be the caller's answer: "no, I don't do recorded calls"."""
    since_s = sentence.start_s + EARLY_S - max(floor.asked_s, floor.stop_s)
    if sentence.speaker != "unknown" or not 0.0 <= since_s <= ANSWER_S:
        return found
    asked_whether = sentence.start_s - floor.question_s <= QUESTION_S
    refuses = not asked_whether and any(s.kind == "consent_refused" for s in hear_customer(sentence))
    return _without(found) if refuses else _doubted(found)


def _of_this_phone(found: Sequence[Said], sentence: Sentence, floor: Floor) -> list[Said]:
    """Without denials that speak of another phone; where either may be meant, a listener must tell.

    A recogniser leaves little of "… from a desk phone where nothing is recorded", so that nearness to the words of
    another phone is enough for doubt, unless "this call" is denied in a sentence of its own.
    """
    near = sentence.start_s - floor.elsewhere_s <= ELSEWHERE_S
    there = sentence.start_s - floor.elsewhere_s <= CARRY_S and scope.of_elsewhere(sentence)
    within = scope.elsewhere_said(sentence.text)
    if not (near or within) or (not within and scope.of_this_call(sentence)):
        return list(found)
    return _without(found) if there and not scope.of_this_call(sentence) else _doubted(found)


def _doubted(found: Iterable[Said]) -> list[Said]:
    return [s.at_most(learned.OPEN) if s.kind == "recording_denied" else s for s in found]


def _without(found: Iterable[Said]) -> list[Said]:
    return [s for s in found if s.kind != "recording_denied"]
