"""What announces a join: “let me put you through to our billing team”, and that it came to nothing."""

from __future__ import annotations

import re

from scanner.detect.hearing import scope
from scanner.detect.hearing.heard import Range, Said, said
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence

_DEST = "(?:<~4>)(?:<who>)"
_YOU = "(?:you|the call|your call|this call|us)"
_ANNOUNCES = any_of(
    f"(?:warm )?(?:transfer|transferring|connect|connecting|patch|patching|forward|forwarding) {_YOU}(?! (?:the|a|an|that|your|my|this|it|some) )",
    "^(?:okay |alright |now )?(?:transferring|connecting)(?: now)?$",
    f"(?:put|putting|get|getting|patch|patching|send|sending|switch|switching|move|moving|pull|pulling) {_YOU} (?:<~1>)(?:through|over to|across to|over with|on with|in touch with|onto|over(?= to| now|$))",
    f"(?:reroute|rerouting|route|routing|shoot|shooting|bounce|bouncing|kick|kicking|push|pushing) {_YOU} (?:<~1>)(?:over |through |on |across )?to (?:<~2>)[a-z]+",
    f"(?:put|putting|pass|passing) {_YOU} across",
    "(?:your call|the call|you) (?:i am|we are|i will be) (?:forwarding|transferring|connecting|passing)",
    "(?:get|getting|bring|bringing|pull|pulling|fetch|fetching|add|adding|have|has|have now got|got|put|putting|loop|looping|patch|patching|dial|dialing|join|joining) (?:<~6>)(?:on with us|in with us|on here with us|on the line with (?:us|me|you)|with me on the (?:line|call|phone)|to the (?:phone|line)|onto the (?:line|call|phone)|in on (?:this|our call|the call|the line)|into (?:this|our|the) (?:call|conversation))",
    "(?:add|adding|bring|bringing|invite|inviting) (?:the|my|our) (?:<~2>)[a-z]+ to (?:the|this|our) call(?! (?:notes?|log|back|list))",
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
    f"(?:bring|bringing|loop|looping|get|getting) {_DEST} in(?= |$)|have {_DEST} in(?= on| now|$)",
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
IF_WANTED = re.compile(r"\bif (?:you(?: would)? (?:like|want|prefer)|that helps)")
"""A join is offered, and comes when the customer wants it."""
_NOT_HAPPENING = rx(
    "not|never|unable|can not|tried|try|was|were|wasn't|did|had|without|who|before (?:i|we)|if they|to avoid|instead of|no need|see you|rather than|got transferred"
)
_MATTERS = rx(
    "(?:<share>|move|put) (?:<~3>)(?:funds?|money|dollars?|balance|prescriptions?|points|miles|service to|title|wire|payment|order through|ownership|file|files|data|photos|account to|internet|cable|router|equipment)"
)
_NOT_NOW = rx("email|text|link|letter|survey|message|call you|tomorrow|back to you|call back|callback|later")
IVR = rx(
    "next available|available (?:agent|representative|associate)|in the order|representative will be|an agent will|first available|one of our"
)
FAILED = any_of(
    "(?:nobody|no one|they|he|she|everyone|line|lines) (?:<~4>)(?:not (?:<~1>)(?:available|answer|answering|pick|picking|there|in)|unavailable|busy|closed|gone|away|out|left|answering|voicemail|available)",
    "(?:could|can|was|am) not (?:<~2>)(?:get|reach|connect|able|transfer|getting|through)",
    "(?:transfer|call|line) (?:<~2>)(?:failed|did not go|dropped|is not working|did not work|would not go)|unable to (?:<~1>)(?:transfer|connect|reach|get)|not going through|no answer|got (?:his|her|their) voicemail|they are closed|department is closed|is closed|still with me|me again|back with you|i am back",
)

_BARE_IN = re.compile(r"[a-z]+ in (?!my|our|the|a)[a-z]+")
_THING_IN = re.compile(r"[a-z]+ in (?:my|our|the|a|an)")
_SOMEBODY = rx("(?:<~1>)(?:<who>)")
"""“Bring in a specialist”, not “bring in a leaf”."""
_BY_US = rx("i|me|we|us|let me|going to|gonna")
"""“And then get somebody in” tells the customer what to do."""
OUTSIDE = rx("outside|partner|third party|external|another company|provider")


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
        if IF_WANTED.search(sentence.right(at.end, 8)) or re.search(r"\bbut\b", sentence.right(at.end, 8)):
            continue
        if _BARE_IN.fullmatch(match[0]) and not sentence.tokens[at.end - 1].name_like:
            continue
        if re.match(r"get (?!you)", match[0]) and not _BY_US.search(left):
            continue
        if _THING_IN.fullmatch(match[0]) and not _SOMEBODY.match(sentence.right(at.end, 3)):
            continue
        if _MATTERS.search(match[0]) or _NOT_NOW.search(right):
            continue
        if scope.reported(sentence, at) or scope.supposed(sentence, at):
            continue
        if sentence.speaker == "system" and (
            IVR.search(text) or not (rx("i|let me|i will|i am").search(text) or OUTSIDE.search(text))
        ):
            continue
        if rx("(?:to|and) (?:<~2>)(?:call|email|contact|follow up with) you").search(right):
            continue
        return said("transfer", sentence, at, 0.88)
    return None
