"""What is said of recording in words that mean it only after others: “yes, it is”, “they are recorded”."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.detect.hearing import scope
from scanner.detect.hearing.floor import CARRY_S, NEVER, QUESTION_S, Floor
from scanner.detect.hearing.heard import Range, Said, masked, said
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence

_CALLS = rx("(?:our|all|these|your|incoming|customer) (?:<~1>)(?:calls|conversations)")
_THEY_ARE = rx("they (?:<~1>)(?:are|get|will be|may be|might be|can be) (?:<~2>)(?:recorded|taped)")
_TO_TRAIN = re.compile(
    r"(?:to|for) (?:train|develop|improve|teach|build)(?:ing)? (?:our|their|its|the) (?:own )?(?:ai|aiproduct|ai models?|machine learning|algorithms?|language models?)\b"
)
_YES = re.compile(
    rx(
        "(?:oh |well |so |um |uh |okay |i am afraid |sir |and )*(?:yes|correct|always|absolutely|of course|certainly|it is|we are|we do|you are|i am|they are|that is (?:right|correct)|all of them|every (?:single )?call|it (?:may|might|could) be|definitely|sure is|it does|all calls are|everything is)"
    ).pattern
)
_NO = re.compile(
    rx(
        "(?:oh |well |so |um |uh |okay |sir )*(?:no|not at all|never|it is not|we are not|we do not|you are not|i am not|absolutely not|of course not|not here|not this|they are not|it does not)"
    ).pattern
)
_OFF_BRIEFLY = any_of(
    "(?:it is|that is|it has been|all) (?:<~2>)(?:off|stopped|turned off|switched off|disabled)(?: now)?",
    "(?:turned|switched|shut|took) (?:it|that|this) off",
    "done(?= it is off)",
)


def tells_of_calls(sentence: Sentence) -> bool:
    """Whether a sentence speaks of the company's calls, so that "they" may be these in the next one."""
    return bool(_CALLS.search(sentence.text))


def reply_about_recording(sentence: Sentence, floor: Floor) -> list[Said]:
    """“Yes, it is” to “is this recorded?”; “it's off” to “turn it off”."""
    whole = Range(0, min(len(sentence), 6))
    if (
        sentence.start_s - floor.stop_s <= 20
        and _OFF_BRIEFLY.search(sentence.text)
        and not rx("can|will|not|if").search(sentence.text)
    ):
        return [said("recording_denied", sentence, whole, 0.8)]
    if not -0.5 <= sentence.start_s - floor.question_s <= QUESTION_S:
        return []
    if len(sentence) <= 2 and not (_YES.match(sentence.text) or _NO.match(sentence.text)):
        return []
    floor.question_s = NEVER
    if sentence.question:
        return []
    if _NO.match(sentence.text):
        return [said("recording_denied", sentence, whole, 0.8)]
    if _YES.match(sentence.text):
        denies = floor.question_denies and rx("correct|that is right|nobody|not").search(sentence.text)
        return [said("recording_denied" if denies else "recording", sentence, whole, 0.8)]
    return []


def calls_told_of(sentence: Sentence, floor: Floor, masks: Sequence[Range]) -> list[Said]:
    """“Our calls run over a partner's system. They are recorded there.”"""
    match = _THEY_ARE.search(sentence.text)
    if match is None or sentence.question or rx("<device>").search(sentence.text):
        return []
    at = Range(*sentence.range_of(match))
    before = _CALLS.search(sentence.left(at.first, at.first)) or sentence.start_s - floor.calls_s <= CARRY_S
    if not before or masked(at, masks) or scope.negated(match[0]) or scope.not_said_of_now(sentence, at):
        return []
    return [said("recording", sentence, at, 0.8)]


def trains_with_it(sentence: Sentence, floor: Floor) -> list[Said]:
    """“They use the recordings. To develop their AI”: a recogniser ends a sentence where a machine takes breath."""
    match = _TO_TRAIN.match(sentence.text)
    spoken_of = floor.before & {"RECORD", "CALL", "SOUND"} and sentence.start_s - floor.before_s <= CARRY_S
    if match is None or not spoken_of or sentence.question:
        return []
    return [said("ai_training", sentence, Range(*sentence.range_of(match)), 0.8)]
