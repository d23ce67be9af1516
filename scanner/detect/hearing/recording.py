"""`recording` and `recording_denied`: somebody says that this call is, or is not, recorded.

Each head (recorded, record, recording, recorder) is read by what it is in its clause: a participle with its subject and
chain of auxiliaries, a verb with its actor and object, or a noun in one of the frames in which a noun tells of this call.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.detect.hearing import scope
from scanner.detect.hearing.heard import Range, Said, masked, said
from scanner.detect.hearing.patterns import any_of, rx, words_of
from scanner.detect.hearing.sentences import Sentence

TRIGGERS = words_of("rec") | frozenset("captured capture stored saved kept retained archived off record logged".split())

_CHAIN = rx(
    "(?:(?:<aux>|<adv>|not|no|never|no longer|hereby|subject to) )*(?:(?:<copp>)(?: and| or| and or| slash|))*$"
)
_CHAIN_HEAD = re.compile(
    rx(
        "((?:(?:<aux>|<adv>|not|never|no longer|longer|hereby) )+)((?:(?:<copp>) (?:and or |and |or |slash )?)*)"
    ).pattern
    + r"?$"
)
_AUX_IN = rx("<aux>")
_MODAL = rx("may|might|will|can|could|be|being|is|are")
_CALL_SUBJECT = any_of(
    "(?:<call>)(?: (?:to and from|to or from|to|from|with|on|in|at|into) (?:<~3>)[a-z]+| here| today| like this| itself| (?:we|i) (?:take|make|get|have|receive))?$",
    "(?:you and i|both of us|neither of us|everybody|everyone|everything|nothing|nobody|none of (?:this|it|our calls)|us|here|(?:no|any) calls?)$",
)
_PRONOUN_SUBJECT = rx("(?:this|it|you|we|i|us|we all|this here|that)$")
_SAID_SUBJECT = rx(
    "(?:everything|anything|whatever|what) (?:<~1>)(?:you|we) (?:say|tell (?:me|us)|discuss|talk about)(?: <~2>(?:here|today|call|now))?$"
)
_NOT_THE_CALL = rx(
    "(?:payments?|address|card(?: number| details)?|name|number|account|deed|lien|mortgage|vote|credit|credits|debit|birth|marriage|votes|complaint"
    "|interview|song|show|message|greeting|webinar|training|class|answer|claim|order|reading|warranty|title|portion|part|section|temperature"
    "|meeting|information|transaction|balance|department|album|measure|security number) (?:<~1>)$"
)
_ABOUT_TAIL = re.compile(rx("(?:to and from|to or from|to|from|with|at|into) (?:<~3>)[a-z]+").pattern + r"$")
_RELATIVE = rx("(?:which|that|who)$")
_NEG_SUBJECT = rx("nobody|nothing|neither|none|no (?:<callnoun>|recordings?)")
_LINE_AFTER = re.compile(
    r"(?:(?:and|or) (?:monitored|moderated|taped) )?(?:phone |telephone |outbound |company |business |inbound )?(?:line|lines|call|channel|conversation)\b"
)
_ON_LINE_BEFORE = any_of(
    "(?:on|over|through|via|using|have|have got|with) (?:<~2>)$",
    "(?:this|it|here|we|that) (?:here )?(?:is|are|on) (?:<~3>)$",
)
_OBJECT_CALL = re.compile(
    rx(
        "(?:<call>|(?:this|us|you|everything|me|it all|everybody|both|ours|all of (?:it|them|our|this|these|the)(?: <callnoun>)?|every (?:single )?(?:one|thing)|anything|everyone|them all|these|it|any of (?:our|the|these|your) <callnoun>|any (?:<calladj> )?<callnoun>))"
    ).pattern
)
_OBJECT_OTHER = re.compile(
    r"(?:a|an|my|his|her|their|its|that|for you|down|as|in|your|the|it|this|these|any|anyone|anything|[0-9]+)\b(?! (?:call|conversation|line)\b)"
)
_ACTIVE_LEFT = re.compile(
    rx(
        "(<we>|<ai>|vendorname|this line|everybody|nobody|neither of us)((?: (?:<aux>|<adv>|not|never|no longer|no|hereby))*)"
    ).pattern
    + r"$"
)
_WANTED_LEFT = re.compile(
    rx("(?:i|we) (?:<~1>)(?:would like|want|need|wish|plan|intend|have|am required|are required) to").pattern + r"$"
)
_OTHERS_LEFT = re.compile(
    rx(
        "(?:only )?(?:the |our )?(?:other|<~1>[a-z]+)(?: <~1>)(?:departments?|teams?|groups?|offices?|branches|side|people)|(?:the )?others"
    ).pattern
    + r"$"
)
_OBJECT_DEVICE = rx("<device>")
_PURPOSE_RIGHT = re.compile(
    rx("(?:<purpose>|and (?:monitored|may be|kept|stored)|or monitored|so (?:that|we))").pattern
)

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
    "(?:have |just |already |and |i |we )(?:stopped|ended|disabled|killed|cut|halted) (?:the |this |our |all )?(?:call )?recording",
    "(?:the |our |call )?(?:recording|recorder|tape) (?:is|has been|was|has|is now|are) (?:<~2>)(?:off|stopped|ended|disabled|turned off|switched off|shut off)",
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
        if match[0] == "it" or _AS_DATA.match(" ".join(rest)):
            return 0.5 if match[0] == "it" and not _AS_DATA.match(" ".join(rest)) else 0.0
        return 0.95
    if _PURPOSE_RIGHT.match(right) or _HERE.match(right) or _AFTER_OBJECT.match(right.split(" ")[0]):
        return 0.85
    return 0.0


_HERE = re.compile(
    rx(
        "(?:on|in|at|over|around) (?:this|our|the|these|here|my) (?:<~1>)(?:<callnoun>|office|company|desk|end|place|shop|department|firm|store)"
    ).pattern
)
_NOUNISH_STOP = frozenset("today now and for so okay alright please here because as may to if is right with".split())
_AFTER_OBJECT = re.compile(
    r"(?:today|now|and|for|so|okay|alright|please|here|because|may|to|if|is|with|right|but|or|by|we|i|you|while|when|everything|all|through|in|just|sir|maam|too|also|automatically|everybody|only|correct|yes|how|what|can|since|do|then)$"
)
_AS_DATA = re.compile(
    r"(?:as (?:a|an|the|paid|four|complaint|your)|in (?:your|the) (?:file|account|notes)|on (?:your|the) (?:file|account|record|form|deed)|down)\b"
)


def hear_recording(sentence: Sentence, masks: Sequence[Range]) -> list[Said]:
    """The disclosures and denials of recording in a sentence of the company's side, outside `masks`."""
    found: list[Said] = []
    taken: list[Range] = []

    def add(kind: str, at: Range, confidence: float) -> None:
        if confidence > 0.2 and not masked(at, taken):
            taken.append(at)
            found.append(said("recording" if kind == "yes" else "recording_denied", sentence, at, confidence))

    for at, off_conf in _switched_off(sentence):
        if masked(at, masks) or _blocked(sentence, at, tense=False):
            taken.append(at)
            continue
        if off_conf > 0:
            add("no", at, off_conf)
        else:
            taken.append(at)
    for i, token in enumerate(sentence.tokens):
        head = token.text
        at = Range(i, i + 1)
        if head not in TRIGGERS or masked(at, masks) or masked(at, taken):
            continue
        verdict = _attributive(sentence, i) or _passive(sentence, i) or _active(sentence, i)
        if verdict:
            kind, span, confidence = verdict
            if masked(span, masks):
                continue
            add(kind, span, confidence)
    for match in _NOUN_SAYS.finditer(sentence.text):
        at = Range(*sentence.range_of(match))
        if masked(at, masks) or masked(at, taken) or _blocked(sentence, at):
            continue
        agreeing = match[0].startswith(("agree", "consent", "accept", "authoriz"))
        if agreeing and not _STAYING.search(sentence.left(at.first, 14)):
            continue
        if _OBJECT_DEVICE.search(scope.around(sentence, at)):
            continue
        if scope.denied_in(sentence, at) or re.search(r"\bno\b|\bnot\b", match[0]):
            add(
                "no" if "not started" not in match[0] and "not begun" not in match[0] else "none", at, 0.8
            ) if not re.search(r"not (?:<~1>)?(?:started|begun)|yet", scope.around(sentence, at)) else None
            continue
        add("yes", at, 0.85)
    return found


_ELSEWHERE = rx(
    "(?:ring|call|phone|reach|dial) (?:you|me|us|him|her|them|the (?:<~2>)[a-z]+)|from my|front desk|my cell"
)


def _blocked(sentence: Sentence, at: Range, *, tense: bool = True) -> bool:
    return (
        scope.reported(sentence, at)
        or scope.supposed(sentence, at)
        or scope.asked(sentence, at)
        or (tense and scope.past(sentence, at))
        or scope.other_call(sentence, at)
    )


def _switched_off(sentence: Sentence) -> list[tuple[Range, float]]:
    """Where a clause says that recording is off; confidence 0 where it only promises, offers or refuses to."""
    found: list[tuple[Range, float]] = []
    for match in _OFF_SAYS.finditer(sentence.text):
        at = Range(*sentence.range_of(match))
        left = sentence.left(at.first, 6)
        if (
            _OBJECT_DEVICE.search(scope.around(sentence, at))
            or (match[0] == "off the record" and not rx("<callnoun>|this|we are").search(left))
            or _FUTURE_OFF.search(left + " ")
            or (scope.negated(left) and not match[0].startswith("no"))
            or (match[0].startswith("unrecorded line") and not rx("(?:on|is|are|now) (?:a|an) $").search(left + " "))
        ):
            found.append((at, 0.0))
        else:
            found.append((at, 0.85))
    return found


def _attributive(sentence: Sentence, i: int) -> tuple[str, Range, float] | None:
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
    if head in {"record", "recording"} and noun != "line":
        return None
    around = scope.around(sentence, at)
    on_line = bool(_ON_LINE_BEFORE.search(left.strip() + " ")) or noun == "line"
    if noun != "line" and not rx("(?:on|is|is on|are on|this|not) (?:a|an) $").search(left):
        return None
    if head == "unrecorded":
        return (
            ("no", at, 0.85) if rx("(?:on|is|are|now) (?:a|an)").search(left) and not _blocked(sentence, at) else None
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
        return ("no", at, 0.9)
    if "off the" in left:
        return None
    doubtful = head in {"record", "recording", "recorder"}
    del around
    return ("yes", at, (0.85 if doubtful else 0.97) if on_line else 0.7)


def _passive(sentence: Sentence, i: int) -> tuple[str, Range, float] | None:
    """A participle, “this call may be monitored or recorded”: subject, chain of auxiliaries, participle."""
    head = sentence.word(i)
    storing = head in {"stored", "saved", "kept", "retained", "archived", "captured", "logged"}
    if not storing and head not in {"recorded", "taped", "record", "recording", "recorder"}:
        return None
    left = sentence.left(i, 18)
    match = _CHAIN_HEAD.search((left + " ") if left else "")
    if not match or match.end() < len(left):
        return _reduced(sentence, i)
    chain = match[1]
    if not _AUX_IN.search(chain):
        return None
    if head in {"recording", "recorder"} or (head == "record" and not rx("be|being|is|are|getting").search(chain)):
        return None
    k = i - len(match[0].split())
    at = Range(max(0, k - 4), i + 1)
    start = sentence.clause_start(k, width=12)
    subject = re.sub(r"^(?:and|or|also|but|so)$", "", sentence.right(start, k - start))
    past = rx("was|were|had|did|used to").search(chain) or (rx("has been|have been|is been").search(chain))
    has_this = rx("this (?:<~1>)<callnoun>|our conversation").search(subject)
    if past and not (has_this and "used" not in chain and not rx("did|had").search(chain)):
        return None
    about = _ABOUT_TAIL.sub("", subject)
    if _NOT_THE_CALL.search(about + " ") or _OBJECT_DEVICE.search(subject):
        return None
    if not rx("be|being|been|is|are|am|get|gets|getting|was|were").search(chain) and not rx("<callnoun>").search(
        subject
    ):
        return None
    if _RELATIVE.search(subject) and len(subject.split()) > 1:
        return _relative(sentence, at, start, k, chain)
    confidence = 0.0
    if (
        not subject
        and k > start - 1
        and rx("<call>").search(sentence.left(k, 10))
        and sentence.word(k - 1) != "recorded"
    ):
        confidence = 0.85  # the subject stands before a parenthesis: "this call, like all our calls, is recorded"
    elif not subject:
        if sentence.word(k - 1) and k > 0 and not sentence.tokens[k - 1].mark:
            return None
        right = sentence.right(i + 1, 4)
        if rx("<purpose>").match(right) or rx("or monitored|and monitored").match(right):
            confidence = 0.85
        elif match[2] and rx("may be|will be|be|being").search(chain):
            confidence = 0.7
        elif k == 0 and rx("may be|will be|being").search(chain):
            confidence = 0.5
    elif _CALL_SUBJECT.search(subject) or _SAID_SUBJECT.search(subject):
        confidence = 0.97
    elif _PRONOUN_SUBJECT.search(subject):
        confidence = 0.9 if not subject.endswith(("it", "that")) else 0.75
        if subject.endswith("i") and not subject.endswith("you and i"):
            confidence = 0.6
        if _AS_DATA.match(sentence.right(i + 1, 4)) or rx(
            "with the county|in your (?:file|account)|on (?:the|your) (?:deed|file|account)"
        ).match(sentence.right(i + 1, 5)):
            return None
    elif rx("(?:all|ll|all of|our)$").search(subject) and k - start <= 2:
        confidence = 0.8
    elif rx("<call>(?: <~4>)[a-z]+$").search(subject) and len(subject.split()) <= 9:
        confidence = 0.7
    if confidence == 0.0:
        return None
    if storing:
        if not (_CALL_SUBJECT.search(subject) or _SAID_SUBJECT.search(subject)) or not rx(
            "calls?|conversations?|audio|say"
        ).search(subject):
            return None
        confidence = 0.7
    if (
        scope.reported(sentence, at)
        or scope.supposed(sentence, Range(k, i + 1))
        or scope.other_call(sentence, at)
        or scope.asked(sentence, at)
    ):
        return None
    left_of_subject = sentence.left(k, 8)
    negations = int(bool(rx("not|never|no longer|longer").search(chain))) + int(bool(_NEG_SUBJECT.search(subject)))
    if rx("(?:do|does) not (?:think|believe)").search(left_of_subject):
        negations += 1
        confidence *= 0.7
    if rx("there is no (?:<callnoun>) that").search(left_of_subject):
        negations += 1
    if sentence.word(i + 1) == "yet":
        return None
    if negations % 2 and rx("(?:that|which|that line|it)$").search(subject) and _ELSEWHERE.search(sentence.left(k, 14)):
        return None
    return ("no" if negations % 2 else "yes", at, confidence)


def _relative(sentence: Sentence, at: Range, start: int, k: int, chain: str) -> tuple[str, Range, float] | None:
    """“a line that isn't recorded”: a denial only where the speakers are on it."""
    antecedent = sentence.right(start, k - start)
    negative = scope.negated(chain)
    if rx("there is no <callnoun> that").search(antecedent) and negative:
        return ("yes", at, 0.75)
    here = rx("(?:we|you|this|i) (?:<~1>)(?:are|is|am|on) (?:<~2>)<callnoun> (?:that|which)").search(antecedent)
    if not here:
        return None
    return ("no" if negative else "yes", at, 0.8)


def _reduced(sentence: Sentence, i: int) -> tuple[str, Range, float] | None:
    """“calls recorded for quality”, “this call recorded”: the auxiliary was not said or not heard."""
    if sentence.word(i) not in {"recorded", "taped"}:
        return None
    left = sentence.left(i, 5)
    match = re.search(rx("(?:this|the|your|all|our|these) (?:<~1>)<callnoun>|calls|lines|we|you").pattern + r"$", left)
    if not match or match[0] in {"we", "you"}:
        return None
    if not _PURPOSE_RIGHT.match(sentence.right(i + 1, 4)) and match[0].split()[0] != "this":
        return None
    at = Range(i - len(match[0].split()), i + 1)
    if (
        _blocked(sentence, at)
        or scope.denied_in(sentence, at)
        or rx("(?:want|like|have|need|get) (?:<~1>)$").search(sentence.left(at.first, 3) + " ")
    ):
        return None
    return ("yes", at, 0.75)


def _active(sentence: Sentence, i: int) -> tuple[str, Range, float] | None:
    """“we record everything”, “I'm recording us today”: company as actor, this call as object."""
    head = sentence.word(i)
    if head not in {"record", "records", "recording", "tape", "tapes", "taping", "capture", "captures", "recorded"}:
        return None
    left = sentence.left(i, 12)
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
        return ("yes", Range(i - len(wanted[0].split()), i + 1), 0.75)
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
    return ("no" if negative else "yes", at, min(0.95, confidence))


def _others(sentence: Sentence, i: int, clause_left: str) -> tuple[str, Range, float] | None:
    """“only the other department records, we don't”; “nobody records these calls”."""
    at = Range(max(0, i - 4), i + 1)
    if re.search(rx("nobody(?: (?:is|here|ever|else|there|will|does))*").pattern + r"$", clause_left):
        return ("no", at, 0.9) if _object(sentence, i + 1) > 0 else None
    tail = sentence.right(i + 1, 9)
    if sentence.word(i) in {"record", "records"} and rx("(?:but )?(?:we|i) do not").search(tail):
        return ("no", Range(at.first, min(len(sentence), i + 8)), 0.85)
    if (
        sentence.word(i) in {"record", "records"}
        and re.search(r"\bonly\b", clause_left)
        and _OTHERS_LEFT.search(clause_left)
    ):
        return ("no", at, 0.75)
    if re.search(rx("(?:no|any) (?:<~1>)").pattern + r"$", clause_left):
        return None
    if sentence.word(i) in {"recording", "taping"} and not clause_left and _object(sentence, i + 1) >= 0.95:
        return ("yes", at, 0.7)
    return None
