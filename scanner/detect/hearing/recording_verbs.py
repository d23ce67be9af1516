"""Recording as a verb: “we record everything”, “nobody is taping this”, read with its actor and its object."""

from __future__ import annotations

import re

from scanner.detect.hearing import scope
from scanner.detect.hearing.heard import Range
from scanner.detect.hearing.patterns import rx
from scanner.detect.hearing.recording_participles import AS_DATA, PURPOSE_RIGHT
from scanner.detect.hearing.recording_verdict import Verdict
from scanner.detect.hearing.sentences import Sentence

_OBJECT_CALL = re.compile(
    rx(
        "(?:(?:this|that) one|<call>|(?:this|us|you|everything|me|it all|everybody|both|ours|all of (?:it|them|our|this|these|the)(?: <callnoun>)?|every (?:single )?(?:one|thing)|anything|everyone|them all|these|it|any of (?:our|the|these|your) <callnoun>|any (?:<calladj> )?<callnoun>))"
    ).pattern
)
_OBJECT_OTHER = re.compile(
    r"(?:a|an|my|his|her|their|its|that|for you|down|as|in|your|the|it|this|these|any|anyone|anything|[0-9]+)\b(?! (?:call|conversation|line)\b)"
)
_ACTIVE_LEFT = re.compile(
    rx(
        "(<we>|<ai>|vendorname|this line|everybody|nobody|neither of us|(?:we|us) and (?:<~4>)[a-z]+|(?:both )?(?:<~3>)and (?:we|us|i)|<outsider>(?: to)?)((?: (?:<aux>|<adv>|not|never|no longer|no|hereby))*)(?: (?:monitor|listen to|keep|store) (?:and|or))?"
    ).pattern
    + r"$"
)
_WANTED_LEFT = re.compile(
    rx(
        "(?:i|we) (?:<~1>)(?:would like|like|prefer|want|need|wish|plan|intend|have|am required|are required) to"
    ).pattern
    + r"$"
)
_OTHERS_LEFT = re.compile(
    rx(
        "(?:only )?(?:the |our )?(?:other|<~1>[a-z]+)(?: <~1>)(?:departments?|teams?|groups?|offices?|branches|side|people)|(?:the )?others"
    ).pattern
    + r"$"
)
_OBJECT_DEVICE = rx("<device>")
_HERE = re.compile(
    rx(
        "(?:on|in|at|over|around) (?:this|our|the|these|here|my) (?:<~1>)(?:<callnoun>|office|company|desk|end|place|shop|department|firm|store)"
    ).pattern
)
_NOUNISH_STOP = frozenset("today now and for so okay alright please here because as may to if is right with".split())
_AFTER_OBJECT = re.compile(
    r"(?:today|now|and|for|so|okay|alright|please|here|because|may|to|if|is|with|right|but|or|by|we|i|you|while|when|everything|all|through|in|just|sir|maam|too|also|automatically|everybody|only|correct|yes|how|what|can|since|do|then)$"
)
_NOT_JUST = re.compile(r"\b(?:do|does|are|am|is) not (?:just|only|simply|merely)$")


def active_verdict(sentence: Sentence, i: int) -> Verdict | None:
    """“we record everything”, “I'm recording us today”: company as actor, this call as object."""
    head = sentence.word(i)
    if head not in {"record", "records", "recording", "tape", "tapes", "taping", "capture", "captures", "recorded"}:
        return None
    left = sentence.left(i, 12)
    if _NOT_JUST.search(left):
        left = _NOT_JUST.sub("", left).rstrip()
    start = sentence.clause_start(i)
    clause_left = sentence.left(i, i - start)
    object_conf = _object(sentence, i + 1)
    match = _ACTIVE_LEFT.search(left)
    wanted = _WANTED_LEFT.search(left)
    if (
        wanted
        and object_conf >= 0.9
        and not scope.supposed(sentence, Range(i, i + 1))
        and not scope.reported(sentence, Range(i, i + 1))
    ):
        return Verdict(False, Range(i - len(wanted[0].split()), i + 1), 0.75)
    if not match and object_conf >= 0.95 and not clause_left and _aside_subject(sentence, i):
        return Verdict(False, Range(i, i + 1), 0.8)
    if not match and object_conf >= 0.95 and head in {"records", "tapes"} and _named_subject(sentence, i):
        return Verdict(False, Range(i - 1, i + 1), 0.7)
    if not match:
        return _others(sentence, i, clause_left)
    actor, chain = match[1], match[2]
    at = Range(i - len(match[0].split()), i + 1)
    if head in {"tape", "tapes", "record"} and rx("have|has|had|some").search(chain[-5:]):
        return None
    if head in {"capture", "captures"} and object_conf < 0.9:
        return None
    bare = sentence.right(i + 1, 1) == "" or bool(sentence.tokens[i].mark)
    if rx("want|like|need|have to").search(chain) or rx("did|had|was|were|used to|would have|could|should").search(
        chain
    ):
        return None
    if head == "recorded":
        return None
    if object_conf == 0.0:
        return None
    if head in {"recording", "taping"} and not rx("am|are|is|be|been|not|still|also").search(chain):
        return None
    if rx("who|what|which").search(actor):
        return None
    if scope.reported(sentence, at) or scope.supposed(sentence, at) or scope.other_call(sentence, at):
        return None
    if rx("(?:but stopped|not any ?more)").search(sentence.right(i + 1, 8)):
        return None
    negative = rx("not|never|no longer|no").search(chain) is not None
    negative ^= actor in {"nobody", "neither of us"}
    if negative and rx("can not|could not").search(chain):
        return None
    if (negative and sentence.word(i + 1) == "anyone") or (
        negative and _OBJECT_OTHER.match(sentence.right(i + 1, 3)) and object_conf < 0.9
    ):
        return None
    confidence = 0.93 * object_conf / 0.95
    if bare and not negative and head in {"record", "records"} and not rx("do|will|always|also|going to").search(chain):
        confidence = min(confidence, 0.6)
    return Verdict(bool(negative), at, min(0.95, confidence))


_ASIDE_SUBJECT = re.compile(
    rx(
        "(?:vendorname|[a-z]+) (?:our|a|an|the|that is|they are|which is|who is|who are) (?:<~4>)"
        "(?:partner|partners|provider|vendor|company|firm|contractor|supplier|agency|outfit|business|carrier|platform|service)"
    ).pattern
    + r"$"
)


def _aside_subject(sentence: Sentence, i: int) -> bool:
    """“Dataridge, our phone partner, records …”: the subject stands before an aside."""
    left = sentence.left(i, 10)
    return bool(_ASIDE_SUBJECT.search(left)) and not scope.negated(left)


def _named_subject(sentence: Sentence, i: int) -> bool:
    """“Northstar records our calls”: a name before a verb in the third person."""
    return (
        i > 0
        and sentence.tokens[i - 1].name_like
        and not sentence.tokens[i - 1].mark
        and not scope.not_said_of_now(sentence, Range(i - 1, i + 1))
    )


def _others(sentence: Sentence, i: int, clause_left: str) -> Verdict | None:
    """“only the other department records, we don't”; “nobody records these calls”."""
    at = Range(max(0, i - 4), i + 1)
    if re.search(rx("nobody(?: (?:is|here|ever|else|there|will|does))*").pattern + r"$", clause_left):
        return Verdict(True, at, 0.9) if _object(sentence, i + 1) > 0 else None
    tail = sentence.right(i + 1, 9)
    if sentence.word(i) in {"record", "records"} and rx("(?:but )?(?:we|i) do not").search(tail):
        return Verdict(True, Range(at.first, min(len(sentence), i + 8)), 0.85)
    if (
        sentence.word(i) in {"record", "records"}
        and re.search(r"\bonly\b", clause_left)
        and _OTHERS_LEFT.search(clause_left)
    ):
        return Verdict(True, at, 0.75)
    if re.search(rx("(?:no|any) (?:<~1>)").pattern + r"$", clause_left):
        return None
    if sentence.word(i) in {"recording", "taping"} and not clause_left and _object(sentence, i + 1) >= 0.95:
        return Verdict(False, at, 0.7)
    return None


def _object(sentence: Sentence, at: int) -> float:
    """How surely the words from token `at` on are the call as the object of recording (0: something else)."""
    right = sentence.right(at, 6)
    if at > 0 and sentence.tokens[at - 1].mark:
        return 0.9
    if not right:
        return 0.85
    if _OBJECT_DEVICE.search(sentence.right(at, 8)):
        return 0.0
    match = _OBJECT_CALL.match(right)
    if match:
        rest = right[match.end() :].strip().split(" ")
        pronoun = match[0] in {"this", "it", "these", "you", "your voice"}
        following = rest[0] if rest else ""
        if pronoun and following and following in _NOUNISH_STOP:
            return 0.95
        if match[0] in {"this", "these", "your", "it"} and following and not _AFTER_OBJECT.match(following):
            return 0.0
        if match[0] == "it" or AS_DATA.match(" ".join(rest)):
            return 0.5 if match[0] == "it" and not AS_DATA.match(" ".join(rest)) else 0.0
        return 0.95
    if PURPOSE_RIGHT.match(right) or _HERE.match(right) or _AFTER_OBJECT.match(right.split(" ")[0]):
        return 0.85
    return 0.0
