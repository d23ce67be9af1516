"""`recording` and `recording_denied`: somebody says that this call is, or is not, recorded.

Each head (recorded, record, recording, recorder) is read by what it is in its clause: a participle (`recording_participles`),
a verb (`recording_verbs`), an attribute (“on a recorded line”), or a noun in one of the frames in which a noun tells of this call.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.detect.hearing import scope
from scanner.detect.hearing.heard import Range, Said, masked, said
from scanner.detect.hearing.patterns import any_of, rx, words_of
from scanner.detect.hearing.recording_nouns import WORDS, noun_verdicts
from scanner.detect.hearing.recording_participles import participle_verdict
from scanner.detect.hearing.recording_verbs import active_verdict
from scanner.detect.hearing.recording_verdict import Verdict
from scanner.detect.hearing.sentences import Sentence

TRIGGERS = (
    words_of("rec")
    | frozenset("captured capture stored saved kept retained archived off record logged".split())
    | WORDS
)

_LINE_AFTER = re.compile(
    r"(?:(?:and|or) (?:monitored|moderated|taped) )?(?:phone |telephone |outbound |company |business |inbound )?(?:phone|line|lines|call|channel|conversation)\b"
)
_ON_LINE_BEFORE = any_of(
    "(?:on|over|through|via|using|have|have got|with) (?:<~2>)$",
    "(?:this|it|here|we|that) (?:here )?(?:is|are|on) (?:<~3>)$",
)
_A_LINE = re.compile(r"(?:^|\b(?:a|an|our|my|on|is|are|and|or|on the|over the) )$")
_DEVICE = rx("<device>")
_NOT_YET = rx("not (?:<~1>)(?:started|begun)|yet")

# ---- nouns
_NOUN_SAYS = any_of(
    "(?:we|i|our system) (?:<~2>)(?:keep|keeps|make|makes|retain|retains|store|stores|save|saves|take|hold|have) (?:<~1>)(?:recordings?|tapes?|audio|copy) (?:of|from|on) (?:<call>|every <~1><callnoun>|this|you|everything)",
    "(?:recordings?|audio|copy|tape) of (?:<call>|this|it) (?:<~1>)(?:is|are|will be|may be|gets?|is being|might be) (?:<~2>)(?:made|kept|saved|stored|retained|taken|on file|archived|held)",
    "(?:the |our |call )?(?:recording|recorder) (?:is|has|just|should be|will be|will) (?:(?:<adv>|has|been|just) )?(?:on|running|started|in progress|active|live|going|rolling|begun|begins|starts|starting|begin|start)(?! (?:the|a) )",
    "(?:i am|i will|we will|we are|am|are|let me|going to|will) (?:<~3>)(?:start|starting|begin|beginning|turn on|turning on|started) (?:the |this )?(?:call )?(?:recording|recorder)",
    "recording (?:in progress|starts now|begins now|has started|starting now)",
    "(?:on|with) (?:the |a )?recording(?: line| system)? (?:line|here|right now|today)",
    "(?:agree|agreeing|consent|consenting|agreement|accept|accepting|authorize) (?:<~2>)(?:to|that) (?:<~2>)(?:being recorded|recording|recorded|be recorded|taped|the recording)",
    "(?:still|currently|now|also|always) (?:<~1>)recording(?! (?:your|a|the (?!call|line|conversation)))",
    "(?:we|you|this|it|everything|<call>|you say) (?:is|are) (?:<~1>)on tape",
    "(?:recording|taping) (?:<call>|us|you|this|everything|both of us|our conversation|today)",
)
_STAYING = rx(
    "(?:by|if you|when you|once you|as you|your) (?:<~2>)(?:staying|continuing|remaining|proceeding|continue|remain|stay|proceed|speaking|choosing|continued|going on|using|proceed|holding)"
)
_OFF_SAYS = any_of(
    "(?:have |is |was |being |got |am |are |just )?(?:turned|switched|shut|turning|switching|shutting|took|taken|cut) (?:off |down )?(?:the |our |this |all )?(?:call )?(?:recording|recorder|tape|recordings)(?: (?:off|down))?",
    "(?:turned|switched|shut|turning|switching) (?:it|that|this) off(?: now| the recording)",
    "(?:have |just |already |and |i |we )(?:stopped|ended|disabled|killed|cut|halted) (?:the |this |our |all )?(?:call )?(?:recording|tape|recorder)",
    "(?:the |our |call )?(?:recording|recorder|tape) (?:is|has been|was|has|is now|are) (?:<~2>)(?:off|not (?:<~1>)(?:on|running|rolling)|stopped|ended|disabled|turned off|switched off|shut off)",
    "(?:off|not on) (?:the|a|our) (?:recorded|recording|record) line",
    "(?:unrecorded|not recorded) (?:now|line|call)",
    "no longer (?:recording|on a recorded)",
    "off the record",
    "(?:hit|pressed|clicked|press|hitting) (?:stop|pause) on (?:the )?(?:recording|recorder)",
    "(?:it|that|this|system) is not recording(?: anymore| now| us| this| here)?",
    "no recordings? (?:<~2>)(?:of|on|is|are|here|taking|takes|being|going|running|in|for) (?:<~3>)(?:<callnoun>|place|made|here|this|on|office|made)",
    "(?:not|no) (?:have|do|use|using|doing) (?:<~1>)recordings?",
)
_FUTURE_OFF = rx("(?:will|going to|let me|would|can|could|about to|able to|want me to|try to) (?:<~2>)$")


def hear_recording(sentence: Sentence, masks: Sequence[Range]) -> list[Said]:
    """The disclosures and denials of recording in a sentence of the company's side, outside `masks`."""
    verdicts: list[Verdict] = []
    taken: list[Range] = []
    for verdict in _switched_off(sentence):
        taken.append(verdict.at)
        if (
            verdict.confidence
            and not masked(verdict.at, masks)
            and not scope.not_said_of_now(sentence, verdict.at, tense=False)
        ):
            verdicts.append(verdict)
    for i, token in enumerate(sentence.tokens):
        if token.text not in TRIGGERS or masked(Range(i, i + 1), (*masks, *taken)):
            continue
        said_so = _attributive(sentence, i) or participle_verdict(sentence, i) or active_verdict(sentence, i)
        if said_so and not masked(said_so.at, (*masks, *taken)):
            taken.append(said_so.at)
            verdicts.append(said_so)
    for verdict in (*_nouns(sentence), *noun_verdicts(sentence)):
        if not masked(verdict.at, (*masks, *taken)):
            taken.append(verdict.at)
            verdicts.append(verdict)
    return [said("recording_denied" if v.denied else "recording", sentence, v.at, v.confidence) for v in verdicts]


def _nouns(sentence: Sentence) -> list[Verdict]:
    """What “recording” says as a noun: it is running, one is kept, staying on agrees to it."""
    found: list[Verdict] = []
    for match in _NOUN_SAYS.finditer(sentence.text):
        at = Range(*sentence.range_of(match))
        clause = scope.around(sentence, at)
        agreeing = match[0].startswith(("agree", "consent", "accept", "authoriz"))
        if (
            scope.not_said_of_now(sentence, at)
            or (agreeing and not _STAYING.search(sentence.left(at.first, 14)))
            or _DEVICE.search(clause)
        ):
            continue
        if not (scope.denied_in(sentence, at) or re.search(r"\b(?:no|not|never)\b", match[0])):
            found.append(Verdict(denied=False, at=at, confidence=0.85))
        elif not _NOT_YET.search(clause):
            found.append(Verdict(denied=True, at=at, confidence=0.8))
    return found


def _switched_off(sentence: Sentence) -> list[Verdict]:
    """Where a clause says that recording is off; confidence 0 where it only promises, offers or refuses to."""
    found: list[Verdict] = []
    for match in _OFF_SAYS.finditer(sentence.text):
        at = Range(*sentence.range_of(match))
        left = sentence.left(at.first, 6)
        if (
            _DEVICE.search(scope.around(sentence, at))
            or (match[0] == "off the record" and not rx("<callnoun>|this|we are").search(left))
            or _FUTURE_OFF.search(left + " ")
            or (scope.negated(left) and not match[0].startswith("no"))
            or (match[0].startswith("unrecorded line") and not rx("(?:on|is|are|now) (?:a|an) $").search(left + " "))
        ):
            found.append(Verdict(denied=True, at=at, confidence=0.0))
        else:
            found.append(Verdict(denied=True, at=at, confidence=0.85))
    return found


def _attributive(sentence: Sentence, i: int) -> Verdict | None:
    """“on a recorded line”, with the recogniser's “record line” and “recording line”."""
    head = sentence.word(i)
    if head not in {"recorded", "record", "recording", "taped", "recorder", "unrecorded"}:
        return None
    right = sentence.right(i + 1, 4)
    match = _LINE_AFTER.match(right)
    if not match or sentence.tokens[i].mark:
        return None
    end = i + 1 + len(match[0].split())
    at = Range(i, end)
    left = sentence.left(i, 5) + " "
    noun = match[0].split()[-1]
    if head in {"record", "recording"} and (noun != "line" or not _A_LINE.search(left)):
        return None  # "the medical record line"
    on_line = bool(_ON_LINE_BEFORE.search(left.strip() + " ")) or noun == "line"
    opens = head in {"recorded", "taped"} and sentence.clause_start(i, width=6) == i and _alone(sentence, end)
    if noun != "line" and not opens and not rx("(?:on|is|is on|are on|this|not) (?:a|an) $").search(left):
        return None
    if head == "unrecorded":
        return (
            Verdict(True, at, 0.85)
            if rx("(?:on|is|are|now) (?:a|an)").search(left) and not scope.not_said_of_now(sentence, at)
            else None
        )
    if (
        rx("(?:was|were|had|will be) (?:<~2>)$").search(left)
        or scope.reported(sentence, at)
        or scope.supposed(sentence, at)
    ):
        return None
    if scope.other_call(sentence, at):
        return None
    if scope.denied_in(sentence, at):
        return Verdict(True, at, 0.9)
    if "off the" in left:
        return None
    doubtful = head in {"record", "recording", "recorder"}
    return Verdict(False, at, (0.85 if doubtful else 0.97) if on_line else 0.7)


def _alone(sentence: Sentence, end: int) -> bool:
    """Whether a clause ends at token `end`, or goes on as an aside."""
    return end >= len(sentence) or bool(sentence.tokens[end - 1].mark)
