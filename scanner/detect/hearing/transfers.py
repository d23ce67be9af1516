"""`transfer`: a new person or company joins, told at the announcement or by the arrival's own words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scanner.detect.hearing import scope
from scanner.detect.hearing.concepts import CONCEPTS
from scanner.detect.hearing.floor import A_FEW_WORDS
from scanner.detect.hearing.heard import Range, Said, said
from scanner.detect.hearing.learned import OPEN, Likely, confidence_of
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence
from scanner.transcript import COMPANY_SIDE

MERGE_S = 75.0
"""Announcements and the arrival within this time of each other are one join."""
FAILURE_S = 90.0
NEAR_S = 8.0
A_TALK_WORDS = 25

TRIGGERS = frozenset(
    """transfer transferring transferred connect connecting connected putting put patch patching hand handing pass passing bring bringing conference
    conferencing get getting loop looping send sending switch switching forward forwarding adding add joining join joined joins dialing dial move moving
    calling stepping hopping jumping plug off connect three this name from through over desk department across giving fetch fetching pull pulling shoot rerouting reroute routing loop got supervisor speaking here holding waiting partner take line""".split()
)
_DEST = "(?:<~4>)(?:<who>)"
_YOU = "(?:you|the call|your call|this call|us)"
_SUBJ = "(?:i will|i am|we will|we are|let me|i am going to|we are going to|going to|while i|as i|i|and|please hold|now|okay|alright|i am gonna|they are|allow me to|one moment|we|you are being|are being|being|i have to|i need to|will be|will)"
_ANNOUNCES = any_of(
    f"(?:warm )?(?:transfer|transferring|connect|connecting|patch|patching|forward|forwarding) {_YOU}(?! (?:the|a|an|that|your|my|this|it|some) )",
    "^(?:okay |alright |now )?(?:transferring|connecting)(?: now)?$",
    f"(?:put|putting|get|getting|patch|patching|send|sending|switch|switching|move|moving|pull|pulling) {_YOU} (?:<~1>)(?:through|over to|across to|over with|on with|in touch with|onto|over(?= to| now|$))",
    f"(?:reroute|rerouting|route|routing|shoot|shooting|bounce|bouncing|kick|kicking|push|pushing) {_YOU} (?:<~1>)(?:over |through |on |across )?to (?:<~2>)[a-z]+",
    f"(?:put|putting|pass|passing) {_YOU} across",
    "(?:your call|the call|you) (?:i am|we are|i will be) (?:forwarding|transferring|connecting|passing)",
    "(?:get|getting|bring|bringing|pull|pulling|fetch|fetching|add|adding|have|has|have now got|got|put|putting|loop|looping|patch|patching|dial|dialing|join|joining) (?:<~6>)(?:on with us|in with us|on here with us|on the line with (?:us|me|you)|with me on the (?:line|call|phone)|to the (?:phone|line)|onto the (?:line|call|phone)|in on (?:this|our call|the call|the line)|into (?:this|our|the) (?:call|conversation))",
    "(?:fetch|fetching|grab|grabbing) (?:my|our|the|a) (?:<~1>)(?:<who>)(?: to| for| now|$)",
    "(?:pull|pulling) (?:my|our|the|a) (?:<~1>)(?:<who>) in",
    "(?:my |our |a )?(?:<~2>)(?:<who>)(?: <~1>)? (?:takes|is taking|will take|is going to take) (?:it |this |you |over )*(?:over )?from here",
    "(?:loop|looping|conference|conferencing|dial|dialing|bring|bringing|patch|patching|pull|pulling) in [a-z]+",
    "(?:get|getting|bring|bringing|put|putting|have|add|adding|pull|pulling|connect|connecting|dial|dialing) (?:my|our|the|a|an|in) (?:<~1>)(?:<who>|senior|lawyer|husband)(?: [a-z]+)? (?:on|in)(?= (?:a three|the (?:call|line|phone)|this|with|for|hang|hold|just|one)|$)",
    "(?:<who>)(?: [a-z]+)? (?:is|will be|just|has) (?:<~1>)(?:stepping|hopping|jumping|coming|stepped|hopped|jumped|dialing|hop|jump|step|come) (?:in|on|onto|into)(?= (?:this|the|our|with|now|to|on)|$)",
    "(?:on a|a|three) (?:three )?way (?:call)?|you are off to (?:the |our )?(?:<~1>)(?:<who>)",
    "(?:plug|plugging|beam|ring|ringing|get|run|running) you (?:through|across|over) to (?:<~3>)[a-z]+",
    "(?:send|sending|bounce|bouncing|swing|swinging) (?:you|your call|the call) (?:<~1>)(?:across|through|over|along|on)(?! (?:the|a|an|your|some|my) (?!<who>))",
    "connect you (?:with|to) (?:<~3>)(?:company|partner|provider|firm|agency)",
    "connecting (?:the |my |our )(?:<~1>)(?:senior|supervisor|manager|colleague|specialist)",
    "(?:get|getting|take) you (?:over |across )?to (?:the |our )(?:right |correct |proper )(?:<~1>)(?:<who>)|(?:have got|got) (?:the|my|our) (?:<~1>)(?:<who>) (?:on )?(?:here|on)(?= go| you| now| with)",
    "(?:calling|bringing|getting|pulling) (?:the|my|our|an?) (?:<~1>)(?:<who>) in(?= |$)",
    "joining us (?:now|on the call|on the line)(?: now)? is",
    f"(?:have now got|now have|have got|got) {_DEST} (?:<~3>)(?:on (?:the|this|our) (?:call|line|phone)|with us)",
    f"(?:move|moving|switch|switching|send|sending|pass|passing) {_YOU} (?:over )?to {_DEST}",
    f"(?:bring|bringing|loop|looping|get|getting|have) {_DEST} in(?= |$)",
    f"(?:hand|handing|pass|passing|give|giving) {_YOU} (?:<~1>)(?:over|off|along|on)? ?(?:to|over to) {_DEST}",
    f"(?:hand|handing|pass|passing) {_YOU} (?:over|off|along|on)?(?: )?(?:to|with)",
    f"(?:bring|bringing|get|getting|have|have got|add|adding|put|putting|pull|pulling|loop|looping|conference|conferencing|patch|patching|dial|dialing|invite|inviting) (?:in |on |up )?{_DEST} (?:<~6>)(?:on the (?:line|call|phone)|to the (?:call|line)|onto the (?:call|line)|on with us|join|joining|with us|on now|in with us)",
    f"(?:bring|bringing|loop|looping|conference|conferencing|dial|dialing|patch|patching|merge|merging|add|adding) (?:in|on) {_DEST}",
    f"(?:conference|conferencing|loop|looping) {_DEST}",
    f"(?:add|adding|invite|inviting|join|joining) {_DEST} (?:<~1>)(?:to|into|onto) (?:the|our|this) (?:<~1>)(?:call|line|conversation)",
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
    "(?:<share>|move|put) (?:<~3>)(?:funds?|money|dollars?|balance|prescriptions?|points|miles|service to|title|wire|payment|order through|ownership|file|files|data|photos|account to|internet|cable|router|equipment)"
)
_NOT_NOW = rx("email|text|link|letter|survey|message|call you|tomorrow|back to you|call back|callback|later")
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
_INTRO_NAME = re.compile(
    r"\b(this is|my name is|i am|you are speaking (?:with|to)|you have got|you have reached|you are talking (?:to|with)|it is|name is) (?:doctor |dr |mister |mr |miss |mrs |ms )?"
    rf"({_NAME})\b"
)
_HERE_NAME = re.compile(
    rf"(?:^|\b(?:hiya|hi|hello|hey|there|yes|okay|morning|afternoon) )({_NAME}) (?:here|speaking)\b"
)
_WHO_FROM = "(?:from|in|at|with|over in|over at|on)"
_FROM_NAME = re.compile(
    rf"^(?:(?:hiya|hi|hello|hey|there|yes|okay|good|morning|afternoon|evening|thanks|sir|maam) )*({_NAME}) "
    + rx(f"{_WHO_FROM} (?:<~2>)(?:<who>)(?: <who>)*").pattern
)
_LAST_NAME = re.compile(rf"\b({_NAME}) (?:here|speaking)$")
_THROUGH_NAME = re.compile(
    rf"\b(?:you are|you have|you) (?:now |just |been |come |got )*(?:put )?through to (?:the )?({_NAME})\b"
)
_SPEAKS_NEXT = rx("i|here|speaking|how|what|and i|now|so")
_BOSS_INTRO = re.compile(
    r"\bthis is [a-z]+ (?:manager|supervisor|boss|colleague|lead|partner|teammate|coworker) ([a-z]+)\b"
)
_REACHED = re.compile(
    r"\byou (?:have )?(?:now )?(?:reached|got|come to|landed (?:at|with)) (?:the |our )?((?:[a-z]+ ){0,2}?(?:billing|claims|desk|department|team|support|fraud|sales|office))(?: now)?\b"
)
_ROLE_INTRO = rx(
    "(?:this is|i am) (?:the|a|one of the|your) (?:<~1>)(?:supervisor|manager|specialist|lead|adjuster|pharmacist|nurse|interpreter|technician|underwriter|advisor)"
)
_ROLE_AFTER = rx(
    "(?:in|from|with|at|over in|over at|on|of) (?:<~2>)[a-z]+|(?:the|a|one of the|your) (?:<~2>)(?:<who>)|i am (?:the|a) (?:<~2>)(?:<who>)|speaking|how can|how may|i understand|i will be|and i"
)
_GREETS = re.compile(
    r"^(?:okay |yes |alright |um )?(?:hiya|hi|hello|hey|(?:good )?(?:morning|afternoon|evening)|thank you for (?:holding|waiting|your patience)|thanks for (?:holding|waiting|your patience)|thanks)\b"
)
_GREETED = rx(
    "(?:hi|hello|hey|hey there|hi there|good morning|good afternoon|good evening)(?: <~8>)(?:this is|my name|i am|you are)"
)
_HANDED = rx(
    "this is [a-z]+ (?:manager|supervisor|boss|colleague|lead)|thank(?:s| you) for (?:<~1>)(?:holding|waiting|your patience|hold|hanging on)|i understand (?:you|that you)|(?:told|filled) me|taking over|transferred (?:you )?(?:over )?to me|took over|my colleague|passed you|i have been briefed|joining|i hear you|brought me"
)


_WAIT = any_of(
    "(?:please )?(?:hold|hang on|stay on|stay with me|stay right there|bear with me|do not hang up|wait)|(?:one|just a|give me a|just one) (?:<~1>)(?:moment|second|sec|minute|min)",
    "let me (?:<~1>)(?:see|ask|check|find|get|grab|track|look)|who is (?:free|available|around)",
)
"""Somebody of the company asks to wait: who speaks after the silence may be another."""
_BACK = rx("again|back|still|thank(?:s| you) for (?:<~1>)(?:holding|waiting|your patience)")
_DESK_ANSWERS = any_of(
    "^(?:(?:hi|hello|hey|yes|good|morning|afternoon|evening|thank you|thanks|for|holding|waiting) )*(?:(?!(?:the|our|your|a|an|my|their|this|that|from) )[a-z]+ ){0,2}?(?:department|desk|team|support|claims|billing|lending|dispatch|collections|retention|escalations|pharmacy|warranty|sales|shipping|accounts)(?=$| (?:this|how|what|which|where|when|who|here|speaking|hi|hello|i|can|is|are|do|you|may)(?![a-z]))",
    "you (?:have got|have|got|are (?:now )?(?:with|through to|speaking (?:with|to)|talking (?:with|to))) the (?:<~2>)(?:<who>)",
    "i (?:<~1>)(?:run|handle|manage|supervise|head|oversee|work|do|cover) (?:the |our |all the |all of the )?(?:<~1>)[a-z]+|i am (?:the|a|one of the|over) (?:<~3>)(?:<who>)|(?:the|a) (?:<~2>)(?:<who>) (?:here|speaking)",
)
"""How one answers whom the caller has just been put through to."""
ARRIVAL_S = 5.0
"""Who has joined says so in the first seconds."""
HELD_S = 2.5
"""So long a silence after somebody asked to wait is a hold."""


_BARE_IN = re.compile(r"[a-z]+ in (?!my|our|the|a)[a-z]+")
_OUTSIDE = rx("outside|partner|third party|external|another company|provider")


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
        if _BARE_IN.fullmatch(match[0]) and not sentence.tokens[at.end - 1].name_like:
            continue
        if _MATTERS.search(match[0]) or _NOT_NOW.search(right):
            continue
        if scope.reported(sentence, at) or scope.supposed(sentence, at):
            continue
        if sentence.speaker == "system" and (
            _IVR.search(text) or not (rx("i|let me|i will|i am").search(text) or _OUTSIDE.search(text))
        ):
            continue
        if rx("(?:to|and) (?:<~2>)(?:call|email|contact|follow up with) you").search(right):
            continue
        return said("transfer", sentence, at, 0.88)
    return None


def introduced(sentence: Sentence) -> tuple[str, Range] | None:
    """The name by which the speaker introduces himself, and where."""
    boss = _BOSS_INTRO.search(sentence.text)
    if boss:
        return boss[1], Range(*sentence.range_of(boss))
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
    for pattern in (_FROM_NAME, _LAST_NAME, _THROUGH_NAME):
        match = pattern.search(sentence.text)
        if match:
            at = Range(*sentence.range_of(match))
            named = sentence.tokens[sentence.range_of(match)[0] + match[0].split().index(match[1])].name_like
            ends = sentence.tokens[at.end - 1].mark or _SPEAKS_NEXT.match(sentence.right(at.end, 2))
            if pattern is _FROM_NAME and sentence.right(at.end, 1) and not ends:
                continue
            if named or (pattern is _THROUGH_NAME and match[1] != "voicemail"):
                return match[1], at
    match = _ROLE_INTRO.search(sentence.text)
    if match and (_GREETS.match(sentence.text) or _HANDED.search(sentence.text)):
        return match[0].split()[-1], Range(*sentence.range_of(match))
    return None


def same_name(one: str, other: str) -> bool:
    """Whether two names may be one name heard twice."""
    return (
        one == other
        or difflib.SequenceMatcher(None, one, other).ratio() >= 0.6
        or (one[0] == other[0] and abs(len(one) - len(other)) <= 1 and len(one) <= 4)
    )


@dataclass(slots=True)
class _Line:
    """Who is on the company's side of the line so far."""

    joins: list[Said] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    human_words: int = 0
    customer_spoke: bool = False  # before that, whoever gives a name is the first to answer
    ivr: bool = False
    awaited: bool = False  # somebody was announced and has not spoken yet
    back_s: float = -1e9  # when somebody of the company was first heard after a hold


def hear_transfers(sentences: Sequence[Sentence], likely: Mapping[int, Likely]) -> list[Said]:
    """Each join of a call once: where it is announced, or else where the arrival speaks.

    `likely`: how likely the learned ear finds it that a sentence, by its identity, announces a join or is an arrival's.
    """
    company = [s for s in sentences if s.speaker in COMPANY_SIDE or s.speaker == "unknown"]
    first_customer_s = min((s.start_s for s in sentences if s.speaker == "customer"), default=float("inf"))
    line = _Line()
    for n, sentence in enumerate(company):
        line.customer_spoke = sentence.start_s > first_customer_s
        joins, known = len(line.joins), tuple(line.names)
        name = introduced(sentence)
        if line.customer_spoke and _was_held(company, n):
            line.back_s = sentence.start_s
        held = sentence.start_s - line.back_s <= ARRIVAL_S
        if held or not TRIGGERS.isdisjoint(sentence.text.split()):
            new = announcements(sentence)
            intro = name if sentence.speaker != "system" else None
            if intro and not new:
                near = (s for s in company[max(0, n - 1) : n + 2] if abs(s.start_s - sentence.start_s) < NEAR_S)
                _introduces(
                    line,
                    sentence,
                    intro,
                    handed=any(_HANDED.search(s.text) for s in near),
                    greeted=_greets(company, n),
                    held=held,
                )
            elif new:
                _announces(line, new)
            if intro and not any(same_name(intro[0], known) for known in line.names):
                line.names.append(intro[0])
            if not intro:
                _fails(line, sentence)
        else:
            _fails(line, sentence)
        if held and len(line.joins) <= joins:
            _answers_after_hold(line, sentence)
        if len(line.joins) <= joins and id(sentence) in likely:
            again = name is not None and any(same_name(name[0], k) for k in known)
            _may_join(line, sentence, likely[id(sentence)], again=again)
        line.ivr |= sentence.speaker == "system"
        line.human_words += len(sentence) if sentence.speaker != "system" else 0
    return line.joins


def _greets(company: Sequence[Sentence], n: int) -> bool:
    before = company[n - 1] if n else None
    return bool(_GREETS.match(company[n].text) or _GREETED.search(company[n].text)) or bool(
        before and len(before) <= 6 and _GREETS.match(before.text)
    )


def _announces(line: _Line, new: Said) -> None:
    recent = bool(line.joins) and new.start_s - line.joins[-1].end_s <= MERGE_S
    if not (recent and line.awaited):
        line.joins.append(new)
    line.awaited = True


def _was_held(company: Sequence[Sentence], n: int) -> bool:
    """Whether somebody of the company asked to wait, and was then not heard for a while."""
    before = [s for s in company[max(0, n - 2) : n] if s.speaker != "system"]
    if not before or company[n].start_s - before[-1].end_s < HELD_S:
        return False
    return any(_WAIT.search(s.text) and not _IVR.search(s.text) for s in before)


def _answers_after_hold(line: _Line, sentence: Sentence) -> None:
    """“Fraud desk, which charge is it?” after a hold, from a voice that gives no name."""
    desk = _DESK_ANSWERS.search(sentence.text)
    if desk is None or sentence.speaker == "system" or line.human_words < A_FEW_WORDS or _BACK.search(sentence.text):
        return
    if line.joins and (line.awaited or sentence.start_s - line.joins[-1].end_s <= MERGE_S):
        line.awaited = False
        return
    line.joins.append(said("transfer", sentence, Range(*sentence.range_of(desk)), 0.7))


def _introduces(
    line: _Line, sentence: Sentence, intro: tuple[str, Range], *, handed: bool, greeted: bool, held: bool
) -> None:
    """A name given on the company's side: the first agent's own, or that of somebody who has just joined."""
    name, at = intro
    if any(same_name(name, known) for known in line.names):
        return
    if line.awaited and line.joins and sentence.start_s - line.joins[-1].end_s <= MERGE_S:
        line.awaited = False
        return
    if line.human_words < A_FEW_WORDS and not (line.names and line.customer_spoke):
        # Nobody of the company was heard before: the first to answer, unless the call's beginning is not in here.
        if handed and not line.ivr:
            line.joins.append(said("transfer", sentence, at, 0.5))
        return
    role = bool(rx("<who>").search(sentence.right(at.end, 6)))
    if line.names and (greeted or handed or role):
        line.joins.append(said("transfer", sentence, at, 0.9 if greeted or handed else 0.85))
    elif held and (line.names or not _BACK.search(sentence.text)):
        line.joins.append(said("transfer", sentence, at, 0.8 if line.names or role else 0.65))
    elif line.customer_spoke and (handed or (greeted and line.human_words >= A_TALK_WORDS)):
        line.joins.append(said("transfer", sentence, at, 0.65))


def _may_join(line: _Line, sentence: Sentence, how: Likely, *, again: bool) -> None:
    """A join in words that no pattern foresaw, once somebody of the company has talked to the customer.

    `again`: who speaks gives a name that is known.
    """
    confidence = confidence_of("transfer", how.probability)
    concepts = {c for t in sentence.tokens for c in CONCEPTS.get(t.text, ())}
    announced = bool(concepts & {"MOVE", "JOIN"}) and confidence > OPEN
    arrived = bool(concepts & {"PEOPLE", "DESK", "GREET"}) and line.human_words >= A_FEW_WORDS and line.customer_spoke
    if not confidence or sentence.speaker == "system" or not (announced or arrived) or again:
        return
    if line.joins and sentence.start_s - line.joins[-1].end_s <= MERGE_S:
        line.awaited = False
        return
    line.joins.append(said("transfer", sentence, how.at, confidence))
    line.awaited = True


def _fails(line: _Line, sentence: Sentence) -> None:
    """A join that comes to nothing was none."""
    if line.joins and _FAILED.search(sentence.text):
        last = line.joins[-1]
        if 0 <= sentence.start_s - last.end_s <= FAILURE_S and last.sentence.speaker == sentence.speaker:
            line.joins.pop()
            line.awaited = False
