"""`ai_analysis` and `ai_training`: software that hears this call, and software that learns from it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.detect.hearing import scope
from scanner.detect.hearing.heard import Range, Said, masked, said
from scanner.detect.hearing.patterns import any_of, rx, words_of
from scanner.detect.hearing.sentences import Sentence

TRIGGERS = words_of("ai", "learner", "analyzedpp", "weakpp", "analyze", "listen") - frozenset(
    "a an the our its their it of on in up to down new own these language voice call phone conversation and for does do".split()
)
_CALL_WORDS = rx(
    "<callnoun>|you say|we say|you tell (?:it|us|me)|said here|what we|while we|you speak|your speech|how you|heard by|customers are|us live|our words|mood of|courtesy|words while|as we (?:talk|speak)|while we|afterwards|taking everything|both of us|our conversation|listening|listens? in|hear(?:s|ing)? (?:us|you|what|both|this)|your (?:voice|words)|tone of voice|answers? to me|for me|helps? me|assist me|to me"
)
_NOT_THIS = rx(
    "your (?:<~1>)(?:application|claim|account|credit|payment|x ray|xray|blood|results|order|data plan|file|case|loan|card|documents|photo|photos|bill|commute|schedule|license|update|laptop|computer|blood work|symptoms|house|resume)"
    "|websites?|x rays?|in the app|our app|payments?|blood|the lab|lab|spam|thermostat|car|doorbell|course|emails"
)
_SELLING = rx(
    "(?:we|they|company) (?:<~1>)(?:sell|sells|offer|offers|make|build|provide) |would you like to try|try our|on our website|on (?:the|our) site|in the app|your website"
)

_AI_HEARS = any_of(
    "(?:<ai>) (?:<~5>)(?:<listen>|<analyze>)(?: (?:<~4>)<call>)?",
    "(?:we|i|us|our team|company|this line) (?:<~2>)(?:use|using|uses|have|has|got|run|runs|running|employ|apply|put) (?:<~4>)(?:<ai>|ai) (?:<~6>)(?:<callnoun>|you say|we say|notes|listen|listening|listens|transcribe|transcribes|answers|summary|going|running|on here)",
    "(?:we|i) (?:<~2>)(?:use|using|run|running|have) (?:<~2>)(?:automated analysis|automatic transcription|real time transcription|speech analytics|voice analytics|live transcription|sentiment analysis|transcription|call analytics|automated transcription|real time assist(?:ance)?|agent assist|an ai|conversation intelligence)(?: <~3>(?:call|calls|line|conversation))?",
    "(?:speech|voice|call|conversation|sentiment|automated|real time) (?:analytics|transcription|analysis|assist|assistance|intelligence)(?: <~2>)(?:is|are|will be|being|software is) (?:<~2>)(?:used|running|on|active|applied|performed|done|enabled)",
    "ai (?:<~1>)(?:notes|summary|summaries|transcripts?|transcription|note taking|analysis) (?:<~3>)(?:being|is|are|of|on|from|for|will)",
    "(?:ai|aiproduct|<ai>) (?:is|are|will be|may be) (?:<~1>)(?:on|running|running on|active|used on|used in|helping|assisting|making|here|listening|used)(?: <~3>(?:<callnoun>|notes|me))?",
    "(?:helped|assisted|supported|monitored|analyzed|transcribed|scored|reviewed|graded|processed|evaluated|summarized) (?:<~2>)(?:by|with|using|through) (?:<~3>)<ai>",
    "(?:automatically|electronically) (?:<~1>)(?:analyze|transcribe|score|summarize|process) (?:<~3>)(?:<callnoun>|you say|we say)",
    "(?:transcript|transcription|summary|text) of (?:<call>|what we say) (?:<~3>)(?:is|will be|gets) (?:<~2>)(?:made|created|generated|produced|written)(?: automatically)?",
    "(?:through|by|into|using|with) (?:an |a |our |the |their |its |some )?(?:algorithm|ai|aiproduct|note taker|speech analytics|voice analytics)",
    "tone (?:of voice )?(?:<~3>)(?:is|are|be|being) (?:<~2>)(?:analyzed|measured|scored|assessed)|analysis (?:on|of) (?:<~2>)<call>",
    "(?:<outsider>) (?:<~4>)(?:transcribes?|analyzes?|scores?|summarizes?|transcribing|analyzing)(?: <~4>(?:<callnoun>|it|them|recordings?|you say|we say))",
    "(?:does|do|makes?|creates?|produces?|keeps?|writes?) (?:<~1>)transcripts? (?:of|from)",
    "(?:note taker|ai assistant|digital assistant) (?:<~2>)(?:on (?:the|this|our|my) (?:<callnoun>)|on(?=$| it| and)|here|running|with me)",
    "(?:automated|artificial) (?:<~1>)(?:analysis|transcription) (?:on|of) (?:<~2>)(?:<callnoun>|voice)",
    "(?:the|our|my) (?:<~1>)(?:system|phone|tool) (?:<~1>)transcribes?|(?:you|your (?:<~1>)(?:speech|voice|words)) (?:<~2>)(?:heard|listened to|analyzed|read|processed) by (?:<~2>)<ai>",
    "(?:the|our|my) (?:<~1>)(?:system|screen|tool|phone) (?:<~1>)(?:types?|writes?|puts?|turns?|jots?|notes?) (?:<~3>)(?:words|you say|we say|is said|we talk)",
    "there is (?:also )?(?:<~2>)(?:<ai>) (?:<~4>)(?:on (?:this|the|our) <callnoun>|on with us|in the background|as well|with us|typing|checking|taking|writing|listening|going|behind)",
    "(?:put|turned|made|changed) (?:into|to) (?:a )?(?:writing|text|words) (?:<~1>)(?:automatically|by (?:<~1>)<ai>)",
    "(?:technology|software|tools?|computers?) (?:<~3>)(?:to|that|which) (?:<~2>)(?:understand|measure|read|sense|detect|pick up|gauge) (?:<~2>)(?:mood|tone|feelings?|emotions?|sentiment|how you)",
    "(?:picks? up|works? out|figures? out|measures?|senses?|detects?) (?:<~2>)(?:how (?:<~2>)(?:feel|feeling|sound)|your (?:mood|tone|feelings?|emotions?))",
    "(?:<ai>) (?:<~1>)(?:rates?|judges?|grades?) (?:<~2>)how (?:i|we|the call|it) ",
    "transcripts? of (?:your|this|the|our) (?:<~1>)<callnoun> (?:<aux>) (?:<~2>)(?:automatically|electronically)",
)
_TEXT_MADE = rx(
    "(?:<aux>)(?: <adv>)? (?:(?:<copp>|used|shared|recorded|processed|scored|stored)(?: and| or)? )*(?:<analyzedpp>)|recorded (?:and |or )?(?:<~1>)(?:<analyzedpp>)"
)
_WEAK_BY = rx(
    "(?:<weakpp>) (?:<~3>)(?:by|with|using|through) (?:<~3>)(?:<ai>|machine|ai)|(?:<weakpp>) (?:<~1>)(?:automatically|electronically)"
)
_SELF = rx(
    "(?:i am|this is|you are (?:speaking|talking|chatting) (?:with|to)|my name is|i'm) (?:<~5>)(?:<ai>|automated|virtual|digital|ai)"
)


def _blocked(sentence: Sentence, at: Range, *, asked: bool, carried: bool = False) -> bool:
    """Denied, told of others, past or only supposed; the "if" of "okay if my AI takes notes?" supposes nothing."""
    return (
        scope.denied_in(sentence, Range(at.first, at.end))
        or scope.negated(_inside(sentence, at))
        or scope.reported(sentence, at)
        or (scope.supposed(sentence, at) and not asked)
        or bool(rx("not (?:to )?(?:use|be used)").search(scope.before(sentence, at)))
        or bool(rx("out of|opt out").search(scope.before(sentence, at) + " " + _inside(sentence, at)))
        or _past_habit(sentence, at)
        or bool(
            not carried
            and rx("(?:^|(?<!calls ))they|company down|other companies").search(sentence.left(at.first + 1, 6))
        )
    )


def _inside(sentence: Sentence, at: Range) -> str:
    return sentence.right(at.first, at.end - at.first)


_HABIT = rx(
    "(?:we|i|they|you|it|calls) used to|was|were|had|did|until|stopped using|no longer|last (?:week|month|year|time)|next year|thinking of|has been trained|have been trained|completed|going to launch|i was"
)


def _past_habit(sentence: Sentence, at: Range) -> bool:
    start = sentence.clause_start(at.first)
    return bool(_HABIT.search(sentence.right(start, at.end - start)))


def hear_analysis(
    sentence: Sentence, masks: Sequence[Range], *, asked: bool = False, carried: bool = False
) -> list[Said]:
    """Software transcribes, analyses, scores or follows this call; `carried`: the call was spoken of just before."""
    text = sentence.text
    for match in _TEXT_MADE.finditer(text):
        at = Range(*sentence.range_of(match))
        subject = sentence.left(at.first, 8)
        if masked(at, masks) or _blocked(sentence, at, asked=asked, carried=carried) or scope.other_call(sentence, at):
            continue
        around = subject + " " + sentence.right(at.first, at.end - at.first)
        if rx("notes were|doctor|blood|lab|sample").search(around) or _NOT_THIS.search(scope.around(sentence, at)):
            continue
        if rx("<call>|recording|recordings|this|we|it|everything|you|recorded").search(around) or at.first <= 1:
            return [said("ai_analysis", sentence, at, 0.9)]
    if not (
        carried or _CALL_WORDS.search(text) or rx("aiproduct|note taker|transcription|notes|recorded|this").search(text)
    ):
        return []
    for pattern, confidence in ((_AI_HEARS, 0.9), (_WEAK_BY, 0.88)):
        for match in pattern.finditer(text):
            at = Range(*sentence.range_of(match))
            if (
                masked(at, masks)
                or _blocked(sentence, at, asked=asked, carried=carried)
                or _NOT_THIS.search(scope.around(sentence, at))
                or _SELLING.search(text)
            ):
                continue
            if _only_self(sentence, at) or _plain_system(match[0]) or learns(sentence, at):
                continue
            return [said("ai_analysis", sentence, at, confidence if _CALL_WORDS.search(text) else 0.7)]
    return []


def _only_self(sentence: Sentence, at: Range) -> bool:
    """An assistant that says that it is automated, and no more."""
    match = _SELF.search(sentence.left(at.end, at.end))
    if not match:
        return False
    own = Range(*sentence.range_of(match))
    return own.end >= at.end or (own.meets(at) and not rx("<listen>|<analyze>").search(sentence.right(own.end, 8)))


def _plain_system(words: str) -> bool:
    """“will call you”, “renews it”: software that does something else with a phone than hear this call."""
    if rx("machines? (?:<~3>)(?:running|run|runs|active|turned on|switched on)").search(words):
        return True
    return bool(rx("carpet|will call you|reminder|renews?|install|update|to date|sorts|slow|noise").search(words))


_DATA = rx(
    "<calldata>|conversations?|this talk|these calls|every call|the calls|calls like|you say|we say|your words|this call|these calls|from (?:this|your|today|our) (?:<~1>)(?:call|conversation)|audio|interactions?|call is recorded|calls are recorded"
)
_THIS_IS_USED = rx(
    "(?:this|it|that|everything|anything) (?:<~2>)(?:is|are|may be|can be|could be|will be|might|helps?|gets?|may|become)"
)
_TEACHES = any_of(
    "(?:<teach>) (?:<~4>)(?:<learner>)",
    "(?:<learner>) (?:<~3>)(?:trained|learns?|learning|improved|improves|gets? better|gets? smarter|better|developed|built|is taught|are taught|grows?) (?:<~1>)(?:on|from|with|by|using|through)",
    "(?:ai|aiproduct|model|models|algorithm|speech|bot) (?:<~1>)(?:training|development|improvement|learning|purposes|research)",
    "(?:training data|train|training) (?:<~1>)(?:for|of|the) (?:<~2>)(?:<learner>)",
    "(?:feed|feeds|fed|put|goes|go|going) (?:<~2>)(?:into|to) (?:<~3>)(?:<learner>)",
    "used (?:for|in) (?:<~1>)ai|used for (?:<~2>)ai",
    "(?:<learner>) (?:<~1>)(?:learns?|learning|gets? smarter|gets? better)|helps? (?:<~3>)(?:<learner>) (?:to )?(?:learn|understand|improve|get better|grow)",
    "(?:the )?data (?:<~2>)train (?:<~2>)(?:<learner>|with)",
    "(?:make|making|makes) (?:our|the) (?:<~2>)(?:assistant|system|software|technology|agents?) (?:<~2>)(?:smarter|better)",
    "(?:<learner>|(?:our|the) (?:<~1>)(?:systems?|programs?|tools?)) (?:<~1>)(?:practices?|trains?|stud(?:y|ies)|learns?|learning) (?:<~1>)(?:on|from|by|with|calls)",
    "(?:learn|learns|study|studies|practice) (?:<~2>)calls (?:<~3>)(?:improves?|learns?|better|smarter)",
    "lessons? for (?:<~2>)(?:<learner>)|(?:material|data|lessons|schoolbooks?|examples) (?:for|to) (?:<~2>)(?:<learner>)|train (?:<~2>)(?:<learner>)",
    "helps? (?:<~2>)(?:systems?|software|technology|program) (?:<~1>)(?:to )?(?:learn|understand|improve|recognize)",
    "(?:<learner>) (?:<~3>)(?:smarter|to learn|can learn|so it can learn)|for (?:ai|machine learning)",
    "(?:smarter|better) (?:software|computers?|systems?|programs?|robots?|bots?)",
    "(?:make|making|made) (?:<~4>)(?:<learner>) (?:<~2>)(?:better|smarter|more accurate)",
)
_STAFF = rx(
    "train(?:ing)? (?:<~1>)(?:our|new|the|all)? ?(?:<~1>)(?:staff|people|team|employees|representatives|reps|hires|agency|dog|agents)"
)
_MACHINE_AGENTS = rx("(?:automated|virtual|ai|digital) (?:<~1>)agents")


def learns(sentence: Sentence, at: Range) -> bool:
    """Whether these tokens speak of software that learns rather than hears."""
    if rx("learns? (?:<~1>)(?:by|from) (?:listening|hearing)").search(sentence.text):
        return True
    return bool(_TEACHES.search(sentence.right(max(0, at.first - 3), at.end - at.first + 6))) and not rx(
        "<listen>|transcribe|analyze|score|summarize|notes"
    ).search(_inside(sentence, at))


def hear_training(
    sentence: Sentence, masks: Sequence[Range], *, asked: bool = False, carried: bool = False
) -> list[Said]:
    """Recordings or words of this call (`carried`: or “they”) are used to train or improve AI models."""
    text = sentence.text
    for match in _TEACHES.finditer(text):
        at = Range(*sentence.range_of(match))
        if masked(at, masks) or _blocked(sentence, at, asked=asked, carried=carried):
            continue
        inside = match[0]
        if _STAFF.search(inside) and not _MACHINE_AGENTS.search(inside):
            continue
        around = scope.around(sentence, at, width=16)
        they = rx("they|them|those|these|it|this").search(text) if carried else None
        if re.match(
            r"(?:test|testing|build|smarter|learn|develop|better|help|helps|improving|improve)\b", inside
        ) and not (they or _DATA.search(text)):
            continue
        if _NOT_THIS.search(around) or _SELLING.search(text):
            continue
        data = they or _DATA.search(text) or _THIS_IS_USED.search(text)
        used = rx("be used|used to|used for|is used|are used|may use").search(text)
        if not data and not used:
            continue
        return [said("ai_training", sentence, at, 0.92 if data else 0.75)]
    return []
