"""Events that no disclosure kind names: the call ends, recording stops, a voice says that it is automated, a hold."""

from __future__ import annotations

import re

from scanner.detect.hearing.heard import Happened, Range
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence

_ENDING = any_of(
    "(?:i|we) (?:<~4>)(?:end|disconnect|terminate|close|let you go|hang up|release|stop)(?:ing)? (?:<~2>)(?:the |this )?call",
    "(?:i|we) (?:<~3>)(?:have to|will|must|need to|am going to) (?:<~1>)(?:hang up|disconnect|end it here|let you go|stop here)",
    "let (?:us|me) (?:<~1>)(?:stop|end it|end this|leave it|hang up)(?= here| there| now| then| right here|$)|(?:i am|we are) (?:<~1>)hanging up",
    "(?:call|call you|calling|ring|phone) (?:you |us )?back (?:<~4>)(?:from|on|at|using) (?:<~5>)(?:line|phone|number|cell|extension)",
    "(?:call|ring|phone|reach) you (?:back )?(?:<~3>)(?:from|on|at) (?:<~3>)(?:another|different|desk|unrecorded|other|cell|mobile|phone in|(?:phone|line|number|extension) (?:where|that|which))",
    "(?:can|could) not (?:continue|go on|proceed|help you|assist you)(?: (?:with|on) (?:this|the) (?:call|line|phone))?(?: without| then| if| unless|$)",
    "(?:will|can|could|am|are|do) not (?:<~1>)(?:go|going|continue|proceed|take this) (?:any |no )?(?:further|farther)",
    "good ?bye|bye(?: bye| now)?(?! the)|have a (?:<~2>)(?:day|one|night|evening|weekend|afternoon|rest of)|take care(?! of)",
    "(?:move|moving|switch|switching|continue) (?:<~3>)(?:to|on|over to) (?:an? |the )?(?:<~1>)(?:unrecorded|non recorded|not recorded) (?:line|call|phone)",
    "(?:ending|disconnecting|terminating) (?:the |this |our )?call",
)
_CLOSERS = rx("good ?bye|bye|have a|take care")
_STOPPED = any_of(
    "(?:have |just |am |i will |will |going to |i )?(?:stopped|stopping|stop|paused|pausing|pause|ended|turned off|turning off|turn off|switched off|switching off|disabled|disabling|suspend|suspended) (?:<~2>)(?:recording|recorder|recordings)",
    "(?:turned|switched|shut|turning|switching|shutting|turn|switch|shut) (?:<~3>)(?:recording|recorder|it|that) (?:<~1>)off",
    "(?:recording|recorder) (?:is|has been|was|has) (?:<~2>)(?:off|stopped|paused|ended|disabled|turned off|switched off|shut off)",
    "no longer recording|deleted? (?:<~2>)recording",
)
_ONLY_OFFERED = rx(
    "can|could|if you|would you|ask|not|unable|want me|like me|may|to stop|say|press|able|how to|do you|you"
)
_AUTOMATED = any_of(
    "(?:i am|this is|i'm|you are (?:<~1>)(?:speaking|talking|chatting) (?:with|to)|you have reached|my name is (?:<~1>)) (?:<~5>)(?:ai|virtual|automated|digital|computer generated|artificial|robot|bot|chatbot|voice) ?(?:assistant|agent|system|attendant|bot|representative|helper|voice|service|line|operator|concierge)?",
    "(?:your|the|our) (?:<~2>)(?:virtual|automated|digital|ai) (?:assistant|agent|attendant) (?:for|at|from|here)",
    "i am not a (?:human|person|real person)",
)
_AUTOMATED_NOUN = rx(
    "ai|virtual|automated|digital|robot|bot|chatbot|computer generated|artificial|voice (?:assistant|bot|agent)|not a"
)
_HOLD = any_of(
    "(?:please |could you |can you |would you |if you can )?(?:hold on|hold for|hold please|please hold|hold the line|stay on the line|bear with me|hang on)",
    "(?:put|place|putting|placing) you on (?:<~2>)hold",
    "one (?:moment|second|sec|minute) (?:please|while)",
)


_OTHER_WAY = any_of(
    "(?:use|try|suggest|recommend|go to|go through|reach us|contact us|write|send|visit|come|stop by|best|better|option|options|offer) (?:<~5>)"
    "(?:chat|letter|website|web form|online form|email|mail|branch|in person|in writing|office|store|form)",
    "(?:chat|letter|website|web form|email|branch|mail) (?:<~2>)(?:instead|is|are) ?(?:<~3>)",
    "(?:call|ring|phone) you (?:<~1>)back",
)
"""An agent who was refused and names a way that is not recorded ends this call."""


def hear_events(sentence: Sentence, *, refused: bool = False) -> list[Happened]:
    """The events in a sentence of the company's side; `refused`: the caller would not be recorded just before."""
    found: list[Happened] = []
    text = sentence.text
    for match in _ENDING.finditer(text):
        at = Range(*sentence.range_of(match))
        left = sentence.left(at.first, 5)
        if rx("if|not|do you want|would you|unless|before").search(left) and not _CLOSERS.match(match[0]):
            continue
        found.append(Happened("call_ending", sentence, at.first, at.end, 0.75 if _CLOSERS.match(match[0]) else 0.85))
        break
    other_way = _OTHER_WAY.search(text) if refused and not found and not sentence.question else None
    if other_way:
        at = Range(*sentence.range_of(other_way))
        found.append(Happened("call_ending", sentence, at.first, at.end, 0.7))
    for match in _STOPPED.finditer(text):
        at = Range(*sentence.range_of(match))
        left = sentence.left(at.first, 5)
        if (
            _ONLY_OFFERED.search(left)
            or rx("<device>").search(left + " " + sentence.right(at.end, 5))
            or sentence.question
        ):
            continue
        done = rx("stopped|paused|ended|turned|switched|shut|off|disabled|no longer").search(match[0])
        found.append(Happened("recording_stopped", sentence, at.first, at.end, 0.85 if done else 0.7))
        break
    for match in _AUTOMATED.finditer(text):
        if _AUTOMATED_NOUN.search(match[0]) and not re.search(r"\b(?:not an?|no) (?:ai|bot|robot)", match[0]):
            at = Range(*sentence.range_of(match))
            found.append(Happened("virtual_agent", sentence, at.first, at.end, 0.9))
            break
    match_hold = _HOLD.search(text)
    if match_hold and not re.search(r"\bthank(?:s| you) for\b", text[: match_hold.start()]):
        at = Range(*sentence.range_of(match_hold))
        found.append(Happened("hold", sentence, at.first, at.end, 0.8))
    return found
