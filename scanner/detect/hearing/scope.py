"""Polarity, tense, mood, reported speech and other calls: what a word stands under."""

from __future__ import annotations

import re

from scanner.detect.hearing.heard import Range
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence

_REPORTED = any_of(
    "(?:he|she|they|rep|lady|guy|agent|bank|lawyer|manager|person|people|customer|somebody|someone|everyone) (?:<~1>)(?:said|says|say|told|claimed|claims|mentioned|asked|asks|think|thinks|thought)",
    "(?:i|we) (?:heard|read|guess|bet|hear|wonder|wondered|assume)",
    "(?:i|we) (?:do not|did not)? ?(?:think|believe) they",
    "was told|were told|been told|according to|supposedly|apparently they|rumou?r|you (?:guys )?(?:said|told|told me|claim)|you guys say",
    "(?:my|the) (?:lawyer|attorney) (?:says|said)",
)
_SUPPOSED = any_of(
    "if|unless|whether|suppose|supposing|in case|imagine|were to|would have|could have|should have|wish|thinking of|thinking about|considering"
    "|(?:ask|asking) (?:<~3>)before|next (?:year|month|week|quarter)|planning to|plan to|might start|if only|before we could|hypothetically|once we start"
)
_PAST = any_of(
    "(?:we|i|they|you|he|she|it|company|calls?|lines?|team) (?:all )?(?:used to|never used to)",
    "was|were|had|did|last (?:week|month|year|time|monday|tuesday|wednesday|thursday|friday|night|call)|yesterday|earlier today"
    "|back in|years ago|months ago|weeks ago|days ago|ago|previously|formerly|until we|under the old|before the switch|no longer|not any ?more|but stopped|have not|has not|asked to",
)
_OTHER_CALL = any_of(
    "(?:your|the|that|my|our|a|his|her) (?:<othercall>) (?:<~1>)(?:calls?|conversations?|chat|time|line|message|recording|session)",
    "(?:calls?|conversation|recording) (?:you|we|he|she|they|i) (?:<~1>)(?:made|had|placed|received|did|missed)",
    "(?:calls?|conversations?|recordings?) (?:from|on|of|in|back in|dated) (?:<~2>)(?:<othercall>)",
    "(?:call|conversation) (?:you had |with) (?:<~1>)(?:steve|him|her|them|earlier)",
    "call you back|call back|callback|ring you back|phone you back|that call",
    "(?:my|a|another|different|desk|cell|mobile|personal|other) (?:desk |cell |mobile |personal |other )?(?:phone|line|number|extension) (?:which|that)",
    "(?:at|over at|with|by) (?:my|their|the) (?:bank|dealership|hospital|school|branch)",
    "branch line|branch s line|their (?:own )?(?:calls?|lines?)|its own calls?",
    "(?:chat|letter|web form|online form|web ?site|mail|email|branch|visits?|in person|in writing)(?: <~3>)(?:is|are|is that|that is|nothing is|none of it is) not",
    "(?:another|different|other|separate) (?:<~1>)(?:phone|line|number|extension)",
)
_ELSEWHERE = any_of(
    "(?:ring|call|phone|reach|dial|try) (?:you|me|us|back|him|her|them|our|the) (?:<~4>)(?:from|on|at|back|through|branch)(?: <~3>[a-z]+)?",
    "call (?:you )?back|(?:use|try|suggest|recommend|write|send|with|over|through|prefer) (?:<~3>)(?:chat|letter|web form|form|web ?site|mail|email|branch|desk phone|in person)",
    "(?:another|different|other|separate|desk|cell|mobile|personal|my own) (?:<~1>)(?:phone|line|number|extension)|my cell",
    "(?:come|stop|drop|walk|swing|pop|go|coming|stopping|dropping) (?:<~2>)(?:by|in|into|over|down)",
)
"""Another phone or another way of talking, which has its own rules."""
_THERE = re.compile(
    r"(?:and |so |but |because |since )*(?:nothing|none|it|that|that one|there|nobody|those|they|no calls)\b"
)
_FIRST_PERSON_TOLD = rx(
    "(?:as )?(?:i|we|the recording|the message|the system|our system|the greeting) (?:<~1>)(?:said|told|mentioned|say|explained|have said|stated)|as stated|as mentioned"
)


def before(sentence: Sentence, at: Range, *, width: int = 10) -> str:
    """The words of the clause before `at`."""
    start = sentence.clause_start(at.first, width=width)
    return sentence.left(at.first, at.first - start)


def around(sentence: Sentence, at: Range, *, width: int = 10) -> str:
    """The words of the clause that holds `at`."""
    start = sentence.clause_start(at.first, width=width)
    return sentence.right(start, sentence.clause_end(at.end) - start)


def reported(sentence: Sentence, at: Range) -> bool:
    """Somebody else's words, hearsay or a guess; "as I said" is the speaker's own."""
    left = sentence.left(at.first + 1, 12)
    match = _REPORTED.search(left)
    return bool(match) and not _FIRST_PERSON_TOLD.search(left)


def supposed(sentence: Sentence, at: Range) -> bool:
    """A condition, a plan or a wish rather than a statement."""
    return bool(_SUPPOSED.search(before(sentence, at)))


def past(sentence: Sentence, at: Range) -> bool:
    """Told of a time before this call."""
    return bool(_PAST.search(around(sentence, at)))


def other_call(sentence: Sentence, at: Range) -> bool:
    """About a call or line that is not this one."""
    return bool(_OTHER_CALL.search(around(sentence, Range(max(0, at.first - 2), at.end), width=12)))


def elsewhere_said(words: str) -> bool:
    """Whether these words speak of another phone or another way of talking than this call."""
    return bool(_ELSEWHERE.search(words))


def of_elsewhere(sentence: Sentence) -> bool:
    """“Nothing is recorded”, “it isn't taped” in words that may go on about what was named before."""
    return bool(_THERE.match(sentence.text)) or bool(rx("there").search(sentence.text))


_THIS_CALL = rx("(?:this|our) (?:call|conversation)|right now")


def of_this_call(sentence: Sentence) -> bool:
    """Whether the call that is going on is named."""
    return bool(_THIS_CALL.search(sentence.text))


_ASKED = re.compile(
    r"(?:(?:so|and|okay|well|oh|then|now) )*(?:is|are|am|do|does|did|was|were|has|have|who|why|how|where|when) "
    r"(?:i|you|we|they|he|she|it|this|that|the|your|my|somebody|anybody|someone|anyone|there|any|come)\b"
)
_FACTIVE = re.compile(r"\b(?:know|aware|understand|realize|informed|told|okay|alright|fine|comfortable|good|happy)\b")


def asked(sentence: Sentence, at: Range) -> bool:
    """A question rather than a statement; "are you aware that …" states what follows."""
    start = sentence.clause_start(at.first)
    words = sentence.right(start, at.end - start)
    return bool(_ASKED.match(words)) and not _FACTIVE.search(words)


def not_said_of_now(sentence: Sentence, at: Range, *, tense: bool = True) -> bool:
    """Reported, supposed, asked, past (unless `tense` does not matter) or about another call."""
    return (
        reported(sentence, at)
        or supposed(sentence, at)
        or asked(sentence, at)
        or (tense and past(sentence, at))
        or other_call(sentence, at)
    )


_TURNED_DOWN = rx("never|what if|what happens|you can|i (?:told|asked)|you have reached|i am recording")


def elsewhere(text: str) -> bool:
    """Whether anything in these words speaks of another time, another call, somebody else's words, or a mere "if"."""
    return any(p.search(text) for p in (_REPORTED, _SUPPOSED, _PAST, _OTHER_CALL, _TURNED_DOWN))


_NEGATED = rx("<neg>")
_NOT_NEGATING = rx(
    "not (?:only|just|to|sure|that|because|a problem|really about|necessarily)|no (?:problem|worries|matter|sir|maam|ma'am)"
    "|do not (?:worry|be alarmed|mind|forget|panic)|nothing to worry|never mind|why not|whether or not|without further"
)
_CONCORD = re.compile(r"\b(not|nobody|never|nothing)\b((?: [a-z']+){0,2}?) (?:no|nobody|nothing|none|never)\b")
"""“Ain't nobody taping nothing” denies once."""
_DISCOURSE_NO = rx("no(?= (?:we|i|this|the|all|every|you|our|it|they|your|that|sir|no|that is|please|an|a)(?![a-z]))")


def negated(words: str) -> bool:
    """Whether a negation is left in these words once set phrases ("not only", "no problem") and a leading "no" are taken."""
    words = _NOT_NEGATING.sub(" ", words)
    words = _DISCOURSE_NO.sub(" ", words) if words.startswith("no ") else words
    words = _CONCORD.sub(r"\1\2", _CONCORD.sub(r"\1\2", words))
    return len(_NEGATED.findall(words)) % 2 == 1


def denied_in(sentence: Sentence, at: Range, *, width: int = 8) -> bool:
    """Whether the clause before `at` negates it."""
    return negated(before(sentence, at, width=width))
