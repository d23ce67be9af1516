"""`transfer`: a new person or company joins, told at the announcement or by the arrival's own words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from scanner.detect.hearing import scope
from scanner.detect.hearing.heard import Range, Said, said
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence
from scanner.transcript import COMPANY_SIDE

MERGE_S = 75.0
"""Announcements and the arrival within this time of each other are one join."""
FAILURE_S = 90.0

TRIGGERS = frozenset(
    """transfer transferring transferred connect connecting connected putting put patch patching hand handing pass passing bring bringing conference
    conferencing get getting loop looping send sending switch switching forward forwarding adding add joining join joined joins dialing dial move moving
    this name speaking here holding waiting partner take line""".split()
)
_DEST = "(?:<~4>)(?:<who>)"
_YOU = "(?:you|the call|your call|this call|us)"
_SUBJ = "(?:i will|i am|we will|we are|let me|i am going to|we are going to|going to|while i|as i|i|and|please hold|now|okay|alright|i am gonna|they are|allow me to|one moment|we|you are being|are being|being|i have to|i need to|will be|will)"
_ANNOUNCES = any_of(
    f"(?:transfer|transferring|connect|connecting|patch|patching|forward|forwarding) {_YOU}(?: <~2>)(?:over |through |in |back |up )?(?:to|with|through|over|now)?",
    f"(?:warm )?(?:transfer|transferring) {_YOU}|^(?:okay |alright |now )?(?:transferring|connecting)(?: now)?$",
    f"(?:put|putting|get|getting|patch|patching|send|sending|switch|switching|move|moving|pull|pulling) {_YOU} (?:<~1>)(?:through|over|across|on with|in touch with|onto) ?(?:to|with)?",
    f"(?:hand|handing|pass|passing|give|giving) {_YOU} (?:<~1>)(?:over|off|along|on)? ?(?:to|over to) {_DEST}",
    f"(?:hand|handing|pass|passing) {_YOU} (?:over|off|along|on)?(?: )?(?:to|with)",
    f"(?:bring|bringing|get|getting|have|have got|add|adding|put|putting|pull|pulling|loop|looping|conference|conferencing|patch|patching|dial|dialing|invite|inviting) (?:in |on |up )?{_DEST} (?:<~6>)(?:on the (?:line|call|phone)|to the (?:call|line)|onto the (?:call|line)|on with us|join|joining|with us|on now|in with us)",
    f"(?:bring|bringing|loop|looping|conference|conferencing|dial|dialing|patch|patching|merge|merging|add|adding) (?:in|on) {_DEST}",
    f"(?:conference|conferencing|loop|looping) {_DEST}",
    f"(?:joining you|join you|joining us|connect you|connecting you) (?:<~1>)(?:with|to) {_DEST}",
    "(?:<who>) (?:is|are|has|will be|just) (?:<~1>)(?:joining|joined|on the line with us|going to join|join)(?: (?:us|the call|this call|the line|in|you|now))?",
    "(?:get|getting|put|putting) (?:<~1>)(?:my |a |the |our )(?:<~1>)(?:supervisor|manager|specialist|interpreter|colleague|supervisor|lead)(?: on(?! (?:that|it|your))| for you)",
    "(?:will|to) take (?:it|over|this|the call|you) from here",
    "(?:you are|your call is) (?:now )?being (?:transferred|connected|forwarded|put through)",
    "(?:patient|customer|member|caller) is on the line with us",
    f"being transferred (?:<~1>)(?:to|over) {_DEST}",
    "transfer you(?: over)?$|i transfer you",
)
_OFFERED = rx(
    "would you (?:like|prefer)|do you (?:want|need)|did you want|shall i|should i|want me to|can i|could i|i can|i could|we can|we could|if you|you would|like me to|would it help|happy to|able to|may need to|might|would have to|have to be|normally|usually|typically"
)
_NOT_HAPPENING = rx(
    "not|never|unable|can not|tried|try|was|were|wasn't|did|had|without|who|before i|if they|to avoid|instead of|no need|see you|rather than|got transferred"
)
_MATTERS = rx(
    "funds?|money|dollars?|balance|prescriptions?|points|miles|service to|title|wire|payment|order through|ownership|file|files|data|photos|account to|internet|cable|router|equipment|email|text|link|letter|survey|message|call you|tomorrow|back to you|call back|callback|later"
)
_IVR = rx(
    "next available|available (?:agent|representative|associate)|in the order|representative will be|an agent will|first available|one of our"
)
_FAILED = any_of(
    "(?:nobody|no one|they|he|she|everyone|line|lines) (?:<~4>)(?:not (?:<~1>)(?:available|answer|answering|pick|picking|there|in)|unavailable|busy|closed|gone|away|out|left|answering|voicemail|available)",
    "(?:could|can|was|am) not (?:<~2>)(?:get|reach|connect|able|transfer|getting|through)",
    "(?:transfer|call|line) (?:<~2>)(?:failed|did not go|dropped|is not working|did not work|would not go)|unable to (?:<~1>)(?:transfer|connect|reach|get)|not going through|no answer|got (?:his|her|their) voicemail|they are closed|department is closed|is closed|still with me|me again|back with you|i am back",
)

# ---- arrivals
_NAME = "(?!(?:a|an|the|is|in|on|at|not|it|so|what|your|our|my|to|for|about|regarding|just|going|here|that|this|where|how|being|correct|and|calling|recorded|call|line|because|all|monday|tuesday|wednesday|thursday|friday|saturday|sunday|why|fine|okay|great|good|really|only|very|also|still|usually|probably|actually|me|us|you|sorry|looking|sure|able|trying|showing|helping|glad|happy|afraid|sending|unable|done|ready|with|from|now|back|new|what|when|who|we|i|they|he|she|no|yes|dr|speaking|one|two|something|everything|part|number|normal|free|important|right|perfect|always)(?![a-z0-9']))[a-z']{2,}"
_INTRO = any_of(
    f"(?:this is|my name is|my name's|i am|you are speaking (?:with|to)|you have got|you have reached|you are talking to|you have|it is) (?:doctor |mister |miss |misses )?({_NAME})",
)
_INTRO_NAME = re.compile(
    r"\b(this is|my name is|i am|you are speaking (?:with|to)|you have got|you have reached|you are talking (?:to|with)|it is|name is) (?:doctor |dr |mister |mr |miss |mrs |ms )?"
    rf"({_NAME})\b"
)
_HERE_NAME = re.compile(rf"^(?:hi |hello |yes |okay )?({_NAME}) (?:here|speaking)\b")
_ROLE_AFTER = rx(
    "(?:in|from|with|at|over in|over at|on|of) (?:<~2>)[a-z]+|(?:the|a|one of the|your) (?:<~2>)(?:<who>)|i am (?:the|a) (?:<~2>)(?:<who>)|speaking|how can|how may|i understand|i will be|and i"
)
_GREETS = re.compile(
    r"^(?:okay |yes |alright |um )?(?:hi|hello|hey|good (?:morning|afternoon|evening)|thank you for (?:holding|waiting|your patience)|thanks for (?:holding|waiting|your patience)|thanks)\b"
)
_HANDED = rx(
    "thank(?:s| you) for (?:<~1>)(?:holding|waiting|your patience|hold|hanging on)|i understand (?:you|that you)|(?:told|filled) me|taking over|transferred (?:you )?(?:over )?to me|took over|my colleague|passed you|i have been briefed|joining|i hear you|brought me"
)


def announcements(sentence: Sentence) -> Said | None:
    """The company's side says that somebody joins now."""
    text = sentence.text
    for match in _ANNOUNCES.finditer(text):
        at = Range(*sentence.range_of(match))
        left = scope.before(sentence, Range(at.first + 1, at.end), width=9)
        right = sentence.right(at.first, at.end - at.first + 7)
        if (
            _OFFERED.search(left)
            or _NOT_HAPPENING.search(left)
            or (sentence.question and not rx("right|okay|alright").search(text[-8:]))
        ):
            continue
        if re.search(r"\bif you(?: would)? (?:like|want|prefer)", sentence.right(at.end, 8)) or re.search(
            r"\bbut\b", sentence.right(at.end, 8)
        ):
            continue
        if _MATTERS.search(right):
            continue
        if scope.reported(sentence, at) or scope.supposed(sentence, at):
            continue
        if sentence.speaker == "system" and (_IVR.search(text) or not rx("i|let me|i will|i am").search(text)):
            continue
        if rx("(?:to|and) (?:<~2>)(?:call|email|contact|follow up with) you").search(right):
            continue
        return said("transfer", sentence, at, 0.88)
    return None


def introduced(sentence: Sentence) -> tuple[str, Range] | None:
    """The name by which the speaker introduces himself, and where."""
    match = _INTRO_NAME.search(sentence.text)
    if match:
        at = Range(*sentence.range_of(match))
        verb = match[1]
        name_token = sentence.tokens[at.end - 1]
        if verb in {"i am", "it is", "this is"}:
            after = sentence.right(at.end, 5)
            if not name_token.name_like and not (verb == "this is" and (_ROLE_AFTER.match(after) or not after)):
                return None
        return match[2], at
    match = _HERE_NAME.search(sentence.text)
    if match and sentence.tokens[sentence.range_of(match)[1] - 2].name_like:
        return match[1], Range(*sentence.range_of(match))
    return None


def same_name(one: str, other: str) -> bool:
    """Whether two names may be one name heard twice."""
    return (
        one == other
        or difflib.SequenceMatcher(None, one, other).ratio() >= 0.6
        or (one[0] == other[0] and abs(len(one) - len(other)) <= 1 and len(one) <= 4)
    )


def hear_transfers(sentences: Sequence[Sentence]) -> list[Said]:
    """Each join of a call once: where it is announced, or else where the arrival speaks."""
    company = [s for s in sentences if s.speaker in COMPANY_SIDE or s.speaker == "unknown"]
    joins: list[Said] = []
    names: list[str] = []
    arrived_since: bool = True
    human_words = 0
    for n, sentence in enumerate(company):
        words = set(sentence.text.split())
        if not words & TRIGGERS:
            human_words += len(sentence) if sentence.speaker != "system" else 0
            if _FAILED.search(sentence.text):
                joins = _without_failed(joins, sentence)
            continue
        intro = introduced(sentence) if sentence.speaker != "system" else None
        new = announcements(sentence)
        if intro:
            name, at = intro
            known = any(same_name(name, k) for k in names)
            text = sentence.text
            context = " ".join(s.text for s in company[max(0, n - 1) : n + 2] if abs(s.start_s - sentence.start_s) < 8)
            handed = bool(_HANDED.search(context))
            greets = bool(_GREETS.match(text)) or bool(
                n and _GREETS.match(company[n - 1].text) and len(company[n - 1]) <= 6
            )
            announced = bool(joins) and sentence.start_s - joins[-1].end_s <= MERGE_S and not arrived_since
            if not known and human_words >= 3 and (names or human_words >= 25 or handed or announced) and not new:
                sure = (
                    0.9
                    if names and (greets or handed)
                    else 0.85
                    if names and rx("<who>").search(sentence.right(at.end, 6))
                    else 0.6
                )
                if announced:
                    arrived_since = True
                elif sure >= 0.8 or handed or greets:
                    joins.append(said("transfer", sentence, at, sure))
                    arrived_since = True
            if not known:
                names.append(name)
        elif _FAILED.search(sentence.text):
            joins = _without_failed(joins, sentence)
        if new:
            recent = bool(joins) and new.start_s - joins[-1].end_s <= MERGE_S and not arrived_since
            if not recent:
                joins.append(new)
            arrived_since = False
        human_words += len(sentence) if sentence.speaker != "system" else 0
    return joins


def _without_failed(joins: list[Said], sentence: Sentence) -> list[Said]:
    if (
        joins
        and 0 <= sentence.start_s - joins[-1].end_s <= FAILURE_S
        and joins[-1].sentence.speaker == sentence.speaker
    ):
        return joins[:-1]
    return joins
