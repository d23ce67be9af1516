"""Recording as a noun: “there's a tape of this”, “your call goes on file as audio”, “call recording is in use”.

A noun tells of this call in a frame: somebody keeps or makes one, one exists or runs, the call goes onto one.
"""

from __future__ import annotations

import re

from scanner.detect.hearing import scope
from scanner.detect.hearing.heard import Range
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.recording_verdict import Verdict
from scanner.detect.hearing.sentences import Sentence

WORDS = frozenset("audio recorders taping pressed hit".split())
"""Words beside those of recording itself that make a sentence worth reading."""

_NOUN = (
    "(?:(?:call|voice|audio|sound|phone|automatic|full|digital|complete) ){0,2}"
    "(?:recordings?|tapes?|recorder|audio(?: (?:files?|copy|copies|record|track))?|(?:audio )?(?:copy|copies|record) of (?:the |this |our )?(?:<~2>)audio)"
)
_SAID = (
    "(?:everything|anything|whatever|what|all|nothing|every word|each word)(?: that| which)?"
    " (?:(?:is|gets|has been|being) )?(?:said|spoken|discussed|(?:you|we|i|either of us) (?:<~2>)(?:say|said|tell (?:me|us)|discuss|talk about|speak))"
)
_THIS = f"(?:<call>|us|you|me|this|it|both of us|everything|{_SAID}|(?:each|every|all) (?:<~2>)<callnoun>)"
_OF_THIS = f"(?:(?:of|from|on|for|throughout|during) {_THIS}|as we (?:go|talk|speak)|while we (?:talk|speak)|with (?:us|it|that))"
_RUNS = "(?:running|going(?: on)?|on|rolling|in progress|active|being made|made|live|in use|here)"
_KEPT = (
    "(?:made|kept|saved|stored|retained|taken|held|archived|created|captured|(?:kept |held |put )?on file|on record)"
)
_KEEPS = (
    "(?:keep|keeps|keeping|make|makes|making|hold|holds|hold on to|holds on to|hang on to|store|stores|save|saves|retain|retains|get|take|takes|taking|do"
    "|have|has|got|archive|archives|create|creates|produce|produces)"
)
_HELPERS = "(?:(?:<aux>|<adv>|not|never|no longer|hereby|going to) ){0,4}"
_WHO = "(?:<we>|you|nobody|vendorname|(?:the |our |this )?(?:phone )?(?:line|system|desk|service))"

_FRAMES = any_of(
    # somebody keeps, makes or uses one
    f"{_WHO} {_HELPERS}{_KEEPS} (?:<~2>){_NOUN} {_OF_THIS}",
    f"{_WHO} {_HELPERS}(?:have|has|have got|got|keep|use|run) (?:<~2>)(?:recorder|tape|recording) (?:running|going|on|rolling)",
    f"{_WHO} {_HELPERS}(?:use|uses|using|have|has|operate|operates) (?:<~1>)(?:call|voice|phone) (?:recording|recorders?)",
    f"{_WHO} {_HELPERS}(?:have|had|got|keep) (?:this|it|us|you|<call>|everything) on (?:tape|a recording|audio)",
    "(?:this|our) (?:<callnoun>) (?:<~5>)(?:keeps?|keeping|makes?|making|holds?) (?:a|the) (?:<~1>)recording of (?:it|this|them|what)",
    # one exists or runs
    f"there (?:is|will be|are)(?: not)?(?: <~1>)? (?:<~2>){_NOUN} (?:<~2>)(?:{_RUNS}|{_OF_THIS})",
    "there (?:is|will be|are)(?: not)?(?: <~1>)? (?:<~2>)(?:recording|recorder|tape)(?= today| and| so| just| because|$)",
    f"{_NOUN} {_OF_THIS} (?:<~1>)(?:<aux>) (?:<~4>){_KEPT}",
    f"(?:{_NOUN}|copy) of (?:this |our |the )?<callnoun>(?: is)? audio (?:<aux>) (?:<~2>){_KEPT}",
    "call recording (?:<~1>)(?:is |are )?(?:<~2>)(?:(?<!add )on|active|applies|in (?:use|operation|place|effect|progress|force)|enabled|switched on|turned on|takes place)",
    "recording (?:is|will be) (?:<~1>)(?:active|in (?:use|operation|place|effect|progress)|taking place|enabled)",
    "(?:the |our |my )?(?:tape|tapes|recorder) (?:is|are)(?: <adv>)?(?: not)?(?: <adv>)? (?:on|running|rolling|going)",
    "(?:have|has|been|aware of|use|uses|with) (?:the |our )?call recording",
    # the call goes onto one
    f"(?:{_THIS}|you and i|we|ours|calls) (?:<~3>)(?:is|are|am|be|being|go|goes|going|ends? up|stays?|gets? put|kept|put|saved|held|stored|remains?|gets?)"
    " (?:<~3>)(?:on|onto|under|to|for|as) (?:a |an |the |our )?(?:tapes?|audio(?: recordings?| files?)?|(?:call )?recording(?! (?:studio|device|software|that|your|the)))",
    f"(?:{_THIS}|calls) (?:<~2>)(?:is|are|be|goes|stays|kept) (?:<~2>)(?:on file|stored|kept|saved) (?:<~2>)as (?:a |an )?(?:<~1>)(?:audio|recording|sound)",
    "(?:handles?|does|do|takes care of|looks after|in charge of|responsible for) (?:the )?(?:taping|recording|recordings)(?: of (?:<~2>)(?:calls|conversations|lines?))?",
    "subject to (?:<~3>)(?:recording|taping)",
    "(?:they|everybody here) (?:<~1>)(?:record|tape|records) (?:everything|it all|us all|(?:all|every) (?:<~3>)<callnoun>) (?:<~1>)(?:(?:on|in|at) (?:this|our)|in here|here)",
    "(?:just |have |am )?(?:hit|pressed|pushed|hitting|pressing|clicked) (?:the )?record(?: button)?(?! on (?!(?:my|our|this) (?:end|side|call|line|conversation)))",
    "(?:<call>) (?:they|it) (?:are|is) (?:<~1>)(?:recorded|recording|taped)",
    "(?:policy|practice|habit|rule|standard|procedure|required|obliged|obligated|we have|i have) (?:<~3>)(?:to|of|that we) (?:record|tape|recording|taping) (?:(?:this|our|all|every|these|your) )+(?:<~1>)(?:<callnoun>)",
    "(?:policy|practice|habit|rule|standard|procedure) (?:<~2>)(?:to|of) (?:record|tape|recording|taping) (?:<~1>)calls",
    "(?:no|without) (?:recording|recorder|tape|tapes|recordings)(?: equipment)?(?= no| just| here| is| you| sir| madam| maam|$)|(?:no|not any) recording equipment",
    "(?:not|never) (?:<~1>)(?:keep|make|have|do|hold|take) (?:<~1>)(?:recordings|tapes|audio)",
)
_OTHER = rx(
    "<device>|studio|crew|police|hearing|court|statement|invoice|payments?|(?:<~1>)packing|message|greeting|conference package|file of|audio book|<recordedthing>"
)
_NOT_YET = rx("not (?:<~1>)(?:started|begun)|yet")
_SHORT_NO = re.compile(r"(?:no|without) (?:recording|recorder|tape)")
_DISCLAIMS = rx("not (?:just|only|simply|merely)")


def noun_verdicts(sentence: Sentence) -> list[Verdict]:
    """What the nouns of a sentence say of this call."""
    found: list[Verdict] = []
    for match in _FRAMES.finditer(sentence.text):
        at = Range(*sentence.range_of(match))
        if (
            scope.not_said_of_now(sentence, at)
            or scope.elsewhere_said(scope.around(sentence, at))
            or _OTHER.search(scope.around(sentence, at))
            or rx("before (?:i|we)").search(sentence.left(at.first, 2))
            or (sentence.question and scope.asked(sentence, Range(at.first, at.end)))
        ):
            continue
        words = _DISCLAIMS.sub(" ", scope.before(sentence, at) + " " + match[0])
        if not scope.negated(words):
            if _wished(sentence, at):
                continue
            found.append(Verdict(denied=False, at=at, confidence=0.8))
        elif not _NOT_YET.search(scope.around(sentence, at)):
            if _SHORT_NO.match(match[0]) and _wished(sentence, at):
                continue
            found.append(Verdict(denied=True, at=at, confidence=0.75))
    return found


_WISH = rx(
    "(?:would like|want|wants|need|ask(?:ing)?|prefer|(?:can|could|may) (?:i|we|you)|request|consent|agree|permission|okay|want me) (?:<~4>)"
)


def _wished(sentence: Sentence, at: Range) -> bool:
    """Only wanted, asked for or allowed, rather than done."""
    return bool(re.search(_WISH.pattern + "$", sentence.left(at.first, 5) + " "))
