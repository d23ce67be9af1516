"""Whom somebody says that he is: “hi, this is Dana in billing”, “claims desk, which policy is it?”."""

from __future__ import annotations

import difflib
import re

from scanner.detect.hearing.heard import Range
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence

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
    rf"\b(?<!put )(?<!putting )(?<!get )(?<!getting )(?<!patch )(?<!patching )(?<!ring )(?<!pass )(?<!plug )(?:you are|you have|you) (?:now |just |been |come |got )*(?:put )?through to (?:the )?({_NAME})\b"
)
_SPEAKS_NEXT = rx("i|here|speaking|how|what|and i|now|so")
_BOSS_INTRO = re.compile(
    r"\bthis is [a-z]+ (?:manager|supervisor|boss|colleague|lead|partner|teammate|coworker) ([a-z]+)\b"
)
_ROLE_INTRO = rx(
    "(?:this is|i am) (?:the|a|one of the|your) (?:<~1>)(?:supervisor|manager|specialist|lead|adjuster|pharmacist|nurse|interpreter|technician|underwriter|advisor)"
)
_ROLE_AFTER = rx(
    "(?:in|from|with|at|over in|over at|on|of) (?:<~2>)[a-z]+|(?:the|a|one of the|your) (?:<~2>)(?:<who>)|i am (?:the|a) (?:<~2>)(?:<who>)|speaking|how can|how may|i understand|i will be|and i"
)
GREETS = re.compile(
    r"^(?:okay |yes |alright |um )?(?:hiya|hi|hello|hey|(?:good )?(?:morning|afternoon|evening)|thank you for (?:holding|waiting|your patience)|thanks for (?:holding|waiting|your patience)|thanks)\b"
)
GREETED = rx(
    "(?:hi|hello|hey|hey there|hi there|good morning|good afternoon|good evening)(?: <~8>)(?:this is|my name|i am|you are)"
)
_CAME_OVER = (
    "(?:has|have|had|got) (?:me|us) on(?: the (?:line|phone)| here| with you|$)"
    "|(?:passed|sent|handed|moved|bounced|put) (?:you|your call|this) (?:<~1>)(?:along|to me|to us|over|my way|our way|through to (?:me|us))"
    "|(?:filled|caught|brought|clued) (?:me|us) (?:in|up)"
)
CAME_OVER = rx(f"(?:{_CAME_OVER})|(?:told|tells|asked) (?:me|us)|(?:says|said) (?:that )?you")
"""What only somebody says to whom the caller was just put through: another has told him of the matter."""
HANDED = rx(
    "this is [a-z]+ (?:manager|supervisor|boss|colleague|lead)|thank(?:s| you) for (?:<~1>)(?:holding|waiting|your patience|hold|hanging on)|i understand (?:you|that you)|(?:told|filled) me|taking over|transferred (?:you )?(?:over )?to me|took over|my colleague|passed you|i have been briefed|joining|i hear you|brought me"
    f"|{_CAME_OVER}"
)
DESK_ANSWERS = any_of(
    "^(?:(?:hi|hello|hey|yes|good|morning|afternoon|evening|thank you|thanks|for|holding|waiting) )*(?:(?!(?:the|our|your|a|an|my|their|this|that|from) )[a-z]+ ){0,2}?(?:department|desk|team|support|claims|billing|lending|dispatch|collections|retention|escalations|pharmacy|warranty|sales|shipping|accounts)(?=$| (?:this|how|what|which|where|when|who|here|speaking|hi|hello|i|can|is|are|do|you|may)(?![a-z]))",
    "you (?:have got|have|got|are (?:now )?(?:with|through to|speaking (?:with|to)|talking (?:with|to))) the (?:<~2>)(?:<who>)",
    "(?<!can )(?<!may )(?<!could )(?<!shall )(?<!should )(?<!would )(?<!do )(?<!did )(?<!what )i (?:<~1>)(?:run|handle|manage|supervise|head|oversee|work|do|cover) (?:the |our |all the |all of the )?(?:<~1>)[a-z]+|i am (?:the|a|one of the|over) (?:<~3>)(?:<who>)|(?:the|a) (?:<~2>)(?:<who>) (?:here|speaking)",
)
"""How one answers whom the caller has just been put through to."""


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
    if match and (GREETS.match(sentence.text) or HANDED.search(sentence.text)):
        return match[0].split()[-1], Range(*sentence.range_of(match))
    return None


def same_name(one: str, other: str) -> bool:
    """Whether two names may be one name heard twice."""
    return (
        one == other
        or difflib.SequenceMatcher(None, one, other).ratio() >= 0.6
        or (one[0] == other[0] and abs(len(one) - len(other)) <= 1 and len(one) <= 4)
    )
