"""`third_party`: an outside company receives, hears or processes this call."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.detect.hearing import scope
from scanner.detect.hearing.heard import Range, Said, masked, said
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence

TRIGGERS = frozenset(
    """agency agencies outfit business people somebody someone acting servers together third outside external separate another vendor vendors supplier suppliers contractor contractors subcontractor subcontractors provider
    providers partner partners company companies firm vendorname by through service outsourced outsiders hosts runs platform other parties party behalf""".split()
)
_THE_CALL = rx(
    "<calldata>|(?:records?|tapes?) (?:this|it|everything)|recorded|recording|listen|listens|listening|hear|hears|heard|audio|keeps a copy|what you say|what we say|everything said|you say"
)
_NOT_THE_CALL = rx(
    "your (?:<~1>)(?:application|address|order|card|claim|payment|account|password|delivery|loan|internet|policy|name|email|health|doctor|wife|husband|spouse|personal)"
    "|on the (?:account|policy|accident)|seller|sold by|ships?|installation|furnace|sofa|stock|album|accident|insured|payments|health care|noise|mechanic|appraiser|lawn"
)
_SHARED = any_of(
    "(?:<share>) (?:<~7>)(?:with|to|by|on to|outside) (?:<~4>)(?:<outsider>)",
    "(?:<share>) (?:<~4>)(?:with|to) (?:<~2>)(?:partners|affiliates and (?:<~1>)(?:vendors|partners|providers))",
    "(?:hand|hands|handed|handing) (?:<~3>)(?:to|over to|with) (?:<~2>)(?:<outsider>)",
    "(?:(?:on|in|by|with|at) |through the servers of )(?:the )?(?:<~2>)(?:<outsider>) (?:servers?|systems?|platforms?|cloud|network|computers?|data ?centers?|equipment)|(?:servers?|systems?|platform|cloud) of (?:<~2>)(?:<outsider>)",
    "(?:pass|passes|go|goes|going|run|runs|routed|processed|handled|carried|travels) (?:<~3>)(?:through|over|via|on) (?:<~3>)(?:<outsider>)",
)
_HANDLES = any_of(
    "(?:<outsider>)(?: (?:who|that|which|is|are|may|can|will|also|could))* (?:<~6>)(?:<handle>)(?: <~4>(?:<callnoun>|recordings?|for us|audio|in|us|copy|this|you|here))",
    "(?:<outsider>) (?:<~4>)(?:has|have|with|gets?|may have|will have) (?:<~2>)(?:access|copy|copies)",
    "(?:handled|processed|recorded|stored|kept|hosted|heard|received|reviewed|monitored|analyzed|transcribed|managed|operated|powered|scored|listened to|provided|accessed|retained|run) (?:<~3>)(?:by|with|through|using|via) (?:<~5>)(?:<outsider>)",
    "(?:we|i) (?:<~1>)(?:use|using|have|work with|rely on) (?:<~3>)(?:<outsider>) (?:<~8>)(?:(?:this|our|your|these|all|every) (?:<~1>)(?:calls?|lines?|conversations?)|calls|recordings?|listen|hear|transcribe|record)",
    "(?:we|us|i|company|bank) and (?:<~3>)(?:<outsider>) (?:<~3>)(?:<handle>)|(?:<outsider>) and (?:we|us|i) (?:<~2>)(?:<handle>)",
    "(?:together|along|jointly) with (?:<~2>)(?:<outsider>) (?:<~3>)(?:<handle>)",
    "(?:<outsider>) (?:<~1>)(?:looks? after|takes? care of|has|have|gets?|sits? on|holds?|hears?) (?:<~3>)(?:recordings?|audio|(?:this|our|your|these|all) (?:<~1>)<callnoun>)",
    "(?:recorded|kept|stored|held|reviewed|monitored) (?:<~6>)(?:by|with) (?:<~5>)(?:<outsider>)",
    "(?:<outsider>) (?:our|a|an|the|they are|that is|which is) (?:<~5>)(?:<handle>)(?: <~3>(?:<callnoun>|recordings?|it|this|audio))",
    "(?:<outsider>) (?:<~3>)(?:listens?|hears?|listening)(?: in)?",
)
_HANDLES_IT = rx(
    "(?:<outsider>)(?: (?:who|that|which|has|have|with|uses?|is|are|may|can|will|also|could))* (?:<~5>)(?:<handle>)(?: and <handle>)? (?:<~1>)(?:it|them|these|those)"
)
"""After a notice “it” and “them” are the call and its recording."""
_BY_NAME = rx(
    "(?:recorded|handled|processed|stored|hosted|kept|analyzed|transcribed|monitored|managed|captured|run|powered) (?:<~3>)(?:by|through|with|via)"
)
_BEHALF = rx(
    "on (?:our|the company|my) behalf|for us|on behalf of (?:us|our)|who (?:handle|run|process|host|manage)s? our (?:<~1>)(?:calls|phones|lines)"
)
_OURS = rx("<ownside>")
_PERSONAL = rx(
    "your (?:business |domestic )?(?:partner|provider|vendor|supplier|contractor)|(?:my|his|her) partner|partner and i|account|insurance provider|internet provider"
)


_NOT_OURSELVES = rx(
    "not (?:kept |run |held |done |stored |made )?by us|not us|do not work for us|not (?:<~2>)ourselves|not run (?:<~3>)ourselves"
)


_OTHERS_DO = rx(
    "they(?! (?:<~2>)(?:go|get|end up|are (?:<~1>)(?:sent|stored|kept|held|passed|shared|processed|handled|hosted)|live|sit)(?![a-z]))"
)
"""Other people do something; of the calls one says that they go, or are sent, somewhere."""


def _blocked(sentence: Sentence, at: Range) -> bool:
    words = _NOT_OURSELVES.sub(
        " ", scope.before(sentence, at, width=8) + " " + sentence.right(at.first, at.end - at.first)
    )
    return (
        scope.negated(words)
        or scope.reported(sentence, at)
        or scope.supposed(sentence, at)
        or bool(_OTHERS_DO.search(sentence.left(at.first, 5) + " " + sentence.right(at.first, 3)))
        or bool(
            rx("(?:we|i|they) used to|was|were|did|have you|had|customers?|last (?:week|month|year)|tried to").search(
                scope.around(sentence, at)
            )
        )
    )


def hear_outsiders(sentence: Sentence, masks: Sequence[Range], *, carried: bool = False) -> list[Said]:
    """An outside company in the chain of this call; `vendorname` stands for a company that the policy names."""
    text = sentence.text
    if not _THE_CALL.search(text) and not (carried and rx("them|it|these|those").search(text)):
        return []
    for pattern in (_SHARED, _HANDLES, _HANDLES_IT) if carried else (_SHARED, _HANDLES):
        for match in pattern.finditer(text):
            at = Range(*sentence.range_of(match))
            if masked(at, masks) or _blocked(sentence, at):
                continue
            around = scope.around(sentence, at, width=14)
            if _NOT_THE_CALL.search(around) or _PERSONAL.search(around):
                continue
            sure = (
                0.92
                if rx(
                    "third part(?:y|ies)|outside|external|vendor|vendors|vendorname|service providers?|separate|supplier"
                ).search(match[0])
                else 0.85
            )
            return [said("third_party", sentence, at, sure)]
    return _by_name(sentence, masks)


_ITS_SYSTEM = rx(
    "(?:on|in|by|with|at|through|over|via) (?!our|the|my|your|their|this|these|its|a|an|all|company|phone|computer|internal|two|both|other|old|new)([a-z]+)"
    " (?:servers?|systems?|platforms?|cloud|network|equipment)"
)
_BESIDE_NAME = rx(
    "[a-z]+ (?:our|a|an|the|that is|they are|which is|who is|who are) (?:<~3>)(?:partners?|providers?|vendors?|company|firm|contractor|supplier|agency|outfit|business|carrier)"
    " (?:<~3>)(?:<handle>|has|holds|gets) (?:<~2>)(?:recordings?|audio|tapes?|(?:this|our|these|all|your) (?:<~1>)(?:calls?|conversations?|line))"
)
"""“Novatel, our phone partner, keeps the recording”, “on Novatel's servers”: names that nobody told us."""


def _by_name(sentence: Sentence, masks: Sequence[Range]) -> list[Said]:
    """“recorded by Lumacore on our behalf”: a name that nobody told us."""
    for pattern in (_ITS_SYSTEM, _BESIDE_NAME):
        for match in pattern.finditer(sentence.text):
            at = Range(*sentence.range_of(match))
            around = scope.around(sentence, at, width=14)
            if masked(at, masks) or _blocked(sentence, at) or _NOT_THE_CALL.search(around) or _PERSONAL.search(around):
                continue
            return [said("third_party", sentence, at, 0.72)]
    for match in _BY_NAME.finditer(sentence.text):
        at = Range(*sentence.range_of(match))
        right = sentence.right(at.end, 4)
        if not right or _OURS.match(right) or masked(at, masks) or _blocked(sentence, at):
            continue
        behalf = _BEHALF.search(sentence.right(at.end, 10))
        named = sentence.tokens[at.end].name_like
        if behalf or named:
            if _NOT_THE_CALL.search(scope.around(sentence, at)):
                continue
            return [
                said("third_party", sentence, Range(at.first, min(len(sentence), at.end + 2)), 0.85 if behalf else 0.7)
            ]
    return []
