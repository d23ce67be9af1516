"""Recording as a participle: “this call may be recorded”, “calls recorded for quality”, “not recorded, no worries”.

It is read with its subject and its chain of auxiliaries.
"""

from __future__ import annotations

import re

from scanner.detect.hearing import scope
from scanner.detect.hearing.heard import Range
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.recording_verdict import Verdict
from scanner.detect.hearing.sentences import Sentence

_CHAIN_HEAD = re.compile(
    rx(
        "((?:(?:<aux>|<adv>|not|never|no longer|longer|hereby) )+)((?:(?:<copp>) (?:and or |and |or |slash )?)*)"
    ).pattern
    + r"?$"
)
_AUX_IN = rx("<aux>")
_CALL_SUBJECT = any_of(
    "(?:<call>)(?: (?:to and from|to or from|to|from|with|on|in|at|into) (?:<~3>)[a-z]+| here| today| like this| itself| (?:we|i) (?:take|make|get|have|receive))?$",
    "(?:every|each) (?:single )?(?:word|thing) (?:<~3>)(?:<callnoun>|here|say|said|us)$",
    "(?:everybody|everyone) who (?:<~1>)(?:calls?|phones?|rings?)(?: in| us| here)*$",
    "(?:this|that) one$",
    "(?:you and i|both of us|neither of us|everybody|everyone|everything|nothing|nobody|none of (?:this|it|our calls)|us|here|(?:no|any) calls?)$",
)
_PRONOUN_SUBJECT = rx("(?:this|it|you|we|i|us|we all|this here|that)$")
_SAID_SUBJECT = rx(
    "(?:everything|anything|whatever|what|all|nothing|every word|each word|every thing)(?: that| which)? (?:(?:is|gets|being|ever) )?(?:said|spoken|discussed|talked about"
    "|(?:you|we|i|either of us|anybody|people) (?:<~2>)(?:say|says|said|tell (?:me|us)|discuss|talk about))(?: (?:<~3>)(?:here|today|<callnoun>|now|me|us|together))?$"
)
_NOT_THE_CALL = rx(
    "(?:payments?|address|card(?: number| details)?|name|number|account|deed|lien|mortgage|vote|credit|credits|debit|birth|marriage|votes|complaint"
    "|interview|song|show|message|greeting|webinar|training|class|answer|claim|order|reading|warranty|title|portion|part|section|temperature"
    "|meeting|information|transaction|balance|department|album|measure|security number) (?:<~1>)$"
)
_DEVICE = rx("<device>")
_ABOUT_TAIL = re.compile(rx("(?:to and from|to or from|to|from|with|at|into) (?:<~3>)[a-z]+").pattern + r"$")
_RELATIVE = rx("(?:which|that|who)$")
_NEG_SUBJECT = rx(
    "(?:no|not (?:a|one|any)) (?:part|bit|word|piece) of|nobody|nothing|neither|none|no (?:<callnoun>|recordings?)"
)
PURPOSE_RIGHT = re.compile(rx("(?:<purpose>|and (?:monitored|may be|kept|stored)|or monitored|so (?:that|we))").pattern)
AS_DATA = re.compile(
    r"(?:as (?:a|an|the|paid|four|complaint|your)|in (?:your|the|our|my) (?:file|account|notes|books?|ledger|register|minutes|chart|calendar|diary|schedule)|(?:book|page|volume|deed|lot) [a-z0-9]+|on (?:your|the) (?:file|account|record|form|deed)|down)\b"
)


_ELSEWHERE = rx(
    "(?:ring|call|phone|reach|dial) (?:you|me|us|him|her|them|the (?:<~2>)[a-z]+)|from my|front desk|my cell"
)


def participle_verdict(sentence: Sentence, i: int) -> Verdict | None:
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
        return _reduced(sentence, i)
    if head in {"recording", "recorder"} or (
        head == "record" and not rx("be|being|is|are|get|gets|getting").search(chain)
    ):
        return None
    if rx("need not|not (?:have|need) to|not required|not (?:<~1>)obliged").search(chain):
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
    if _NOT_THE_CALL.search(about + " ") or _DEVICE.search(subject):
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
        if AS_DATA.match(sentence.right(i + 1, 4)) or rx(
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
            "calls?|conversations?|audio|say|says|said|tell|spoken|discuss|discussed|talk|talked|word"
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
    if rx("there is no (?:<callnoun>)(?: <~2>)that").search(left_of_subject + " "):
        negations += 1
    if sentence.word(i + 1) == "yet":
        return None
    if (
        negations % 2
        and rx("(?:that|which|that line|it|nothing|none|nobody|they|those|where nothing)(?: there)?$").search(subject)
        and (
            _ELSEWHERE.search(sentence.left(k, 14))
            or scope.elsewhere_said(sentence.left(k, 16))
            or rx("(?:phone|line|number|place|room|desk|extension) where (?:<~1>)$").search(left_of_subject + " ")
        )
    ):
        return None
    return Verdict(bool(negations % 2), at, confidence)


def _relative(sentence: Sentence, at: Range, start: int, k: int, chain: str) -> Verdict | None:
    """“a line that isn't recorded”: a denial only where the speakers are on it."""
    antecedent = sentence.right(start, k - start)
    negative = scope.negated(chain)
    if rx("there is no (?:<~1>)<callnoun> (?:<~2>)(?:that|which)").search(antecedent) and negative:
        return Verdict(False, at, 0.75)
    here = rx("(?:we|you|this|i) (?:<~1>)(?:are|is|am|on) (?:<~2>)<callnoun> (?:that|which)").search(antecedent)
    if not here:
        return None
    return Verdict(bool(negative), at, 0.8)


def _reduced(sentence: Sentence, i: int) -> Verdict | None:
    """“calls recorded for quality”, “this call recorded”: the auxiliary was not said or not heard."""
    if sentence.word(i) not in {"recorded", "taped"}:
        return None
    left = sentence.left(i, 5)
    match = re.search(rx("(?:this|the|your|all|our|these) (?:<~1>)<callnoun>|calls|lines|we|you").pattern + r"$", left)
    if not match:
        return _bare(sentence, i)
    if match[0] in {"we", "you"}:
        return None
    if _fragment(sentence, i - len(match[0].split()), i + 1):
        return _said_bare(sentence, Range(i - len(match[0].split()), i + 1), 0.8)
    if not PURPOSE_RIGHT.match(sentence.right(i + 1, 4)) and match[0].split()[0] != "this":
        return None
    at = Range(i - len(match[0].split()), i + 1)
    if (
        scope.not_said_of_now(sentence, at)
        or scope.denied_in(sentence, at)
        or rx("(?:want|like|have|need|get) (?:<~1>)$").search(sentence.left(at.first, 3) + " ")
    ):
        return None
    return Verdict(False, at, 0.75)


_ASIDE = rx(
    "by the way|as (?:always|usual|well)|too|sir|maam|madam|here|okay|ok|just so|so|and (?:monitored|kept)|today|obviously"
)


def _fragment(sentence: Sentence, first: int, end: int) -> bool:
    """Whether tokens [first, end) stand alone in their clause, or with an aside after them."""
    opens = first == 0 or bool(sentence.tokens[first - 1].mark)
    rest = sentence.right(end, 3)
    closes = not rest or bool(sentence.tokens[end - 1].mark) or bool(_ASIDE.match(rest))
    return opens and closes and not sentence.question


def _said_bare(sentence: Sentence, at: Range, confidence: float) -> Verdict | None:
    if scope.not_said_of_now(sentence, at):
        return None
    denied = scope.negated(sentence.left(at.end, 4)) or scope.denied_in(sentence, at)
    return Verdict(denied, at, confidence)


def _bare(sentence: Sentence, i: int) -> Verdict | None:
    """“Recorded for quality”, “Not recorded, no worries”: no subject was said."""
    before = sentence.word(i - 1) if i and not sentence.tokens[i - 1].mark else ""
    first = i - 1 if before == "not" else i
    opens = first == 0 or bool(sentence.tokens[first - 1].mark)
    if not opens:
        return None
    at = Range(first, i + 1)
    if before == "not":
        return (
            Verdict(True, at, 0.65) if _fragment(sentence, first, i + 1) and not scope.reported(sentence, at) else None
        )
    return _said_bare(sentence, at, 0.7) if PURPOSE_RIGHT.match(sentence.right(i + 1, 4)) else None
