"""`consent_request`: what the company's side asks.

It comes back with masks: the tokens that speak of recording without saying that it happens ("may I record this?").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.detect.hearing import scope
from scanner.detect.hearing.heard import Range, Said, said
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence

TRIGGERS = frozenset(
    """record records recorded recording recorder unrecorded tape taped taping ai aiproduct bot bots note transcription transcribe transcribed
    transcribing analyze analyzed analyzing train training algorithm machine software models analytics assistant agree consent opt opting object
    if say recordings tapes computer robots computers robot optional choice skip refuse decline prefer right obligation permission audio conversation""".split()
)
REC_TOPIC = rx("(?:<rec>)(?! <recordedthing>)|note taker|transcription|transcribed")
AI_TOPIC = rx(
    "ai(?! (?:doctor))|aiproduct|bot|bots|robot|note taker|transcription|algorithm|models|analytics|machine|software|transcribing|analyzing"
)
_REC_HEAD = "(?:record(?! (?:a|an|your|his|her|that|the (?!call|conversation|line))(?! (?:call|conversation|phone|entire|whole))|(?: <~2>)(?:as|in your file))|(?:recorded|recording)(?! <recordedthing>)|taped|taping|tape (?:this|our|the|you)|(?:start|starting|begin) (?:the |this )?recording)"
_AI_HEAD = "(?:ai|aiproduct|note taker|assistant (?:takes|taking|listens|listening|to take)|transcri(?:be|bed|bing)|analyz(?:e|ed|ing))"
_HEAD = f"(?:{_REC_HEAD}|{_AI_HEAD})"
_NO_RESTART = "(?:(?!(?:how can|how may|how are|what is)(?![a-z]))[a-z0-9']+ )"


def _near(words: int) -> str:
    return f"{_NO_RESTART}{{0,{words}}}?"


_ASKS = any_of(
    f"(?:may|can|could|might|shall) (?:i|we) (?:please |just |also |then )?(?:{_REC_HEAD}|use <call>|use (?:an? |our |my )?{_AI_HEAD})",
    f"(?:may|can|could|do) (?:i|we) (?:have|get|obtain|ask for) (?:<~4>)<consentnoun> {_near(6)}{_HEAD}",
    f"(?:is|would|will|be) (?:it|that|this) (?:be )?(?:<~2>)(?:<fine>|a problem|any problem|ok)(?: <~3>)(?:if |that |for |to |with )?{_near(5)}{_HEAD}",
    f"(?:are|would) you (?:<~2>)(?:<fine>|willing|open|prepared|ready)(?: with| being| to be| on| if| that)? {_near(6)}{_HEAD}",
    f"(?:do|would|will|can|could) you (?:<~3>)(?:<consentverb>|give|have (?:a|any) (?:problem|objections?|issue)|confirm) {_near(8)}{_HEAD}",
    f"(?:i|we|we will|i will) (?:<~2>)(?:need|like|want|require|ask|get|have|asking) (?:<~4>)(?:<consentnoun>|yes|okay) (?:from you )?{_near(5)}{_HEAD}",
    f"(?:say|state|answer|respond|tell me|confirm) (?:<~4>)(?:yes|agree|consent|okay|accept) {_near(6)}{_HEAD}",
    f"press(?:ing)? (?:[a-z0-9]+) (?:to|if you) (?:accept|consent|agree|allow|approve|continue with) {_near(4)}{_HEAD}",
    f"(?:to|if you) (?:<~1>)(?:consent|agree|accept|allow)(?: to)? {_near(5)}{_HEAD} {_near(4)}(?:press|say|dial|stay)",
    f"(?:mind|okay|alright|fine|cool) (?:with you )?(?:if|that) {_near(4)}{_HEAD}",
    f"(?:you|you are) (?:okay|fine|alright|good) with {_near(4)}{_HEAD}",
    f"(?:confirm|check|know|sure|hear|that) (?:<~2>)you are (?:<~1>)(?:<fine>|willing) {_near(5)}{_HEAD}",
    f"(?:only|can) (?:<~4>)if you (?:<~1>)(?:agree|consent|allow|accept) {_near(4)}{_HEAD}",
    f"(?:any|an|no) (?:objections?|problem|issue) (?:to|with|if) {_near(4)}{_HEAD}",
    f"ask(?:ing)? (?:you )?(?:if|whether|for) {_near(8)}{_REC_HEAD}",
    f"(?:would|does|do|will|did) (?:it|that|you) (?:<~1>)(?:bother|trouble|worry|concern|upset) you {_near(4)}{_HEAD}",
    f"(?:opposed|against|averse|open|agreeable) (?:to|with) (?:<~1>)(?:being |us |me |a )?{_HEAD}",
    f"(?:how|what) (?:do|would|are) you (?:<~2>)(?:feel|think|feeling|say) (?:about|of|to) (?:<~1>)(?:being |us |me |a |the )?(?:recorded|recording|taped|taping|{_AI_HEAD})",
    f"(?:yes|yes or (?:a )?no|go ahead|green light|thumbs up|word|your yes|nod) (?:<~1>)(?:for|on|to|about|that|before (?:i|we)) {_near(3)}{_HEAD}",
    f"with your (?:<~1>)(?:<consentnoun>|go ahead) {_near(4)}{_HEAD}",
    f"(?:would|will|could) you let (?:me|us) {_near(2)}{_HEAD}|(?:am i|are we) (?:<~1>)(?:allowed|permitted|free|okay|clear|good) (?:<~1>)to {_near(2)}{_HEAD}",
    f"(?:may|can|could|shall|should) (?:i|we) (?:please |just |also |now )?(?:hit|press|start|do|make|take|begin|go ahead and|have|get) (?:<~2>){_REC_HEAD}",
    "(?:may|can|could|mind if|okay if|okay with|alright if|fine if|shall|let) (?:<~1>)(?:<ai>) (?:<~2>)(?:listens?|takes? notes|follow|hears?|write|sit|transcribe|help|join)(?! (?:you|with your))",
    "(?:is|would) (?:a |the |call |the call )?recording (?:<~2>)(?:<fine>)(?: (?:with|to|for|by) you)?$|^(?:call )?recording (?:<fine>)(?: (?:with|for|by) you)?$",
    f"(?:for|on) (?:the |this )?{_REC_HEAD} (?:i|we|can i|may i|do i) (?:<~3>)(?:<consentnoun>|yes|go ahead)",
    f"^(?:sir |maam |madam |so |and |okay )*(?:do )?you (?:are |do )?(?:<~1>)(?:agree|agreeing|giving|give|allow|allowing|permit|okay|consent|accept|authorize) (?:<~1>)(?:<consentnoun> )?(?:with|to|for|that|us|me) (?:the |a |being |call |us |we |to |this )?{_HEAD}",
    f"(?:<consentnoun>) (?:for|to|of) (?:me |us )?(?:to )?(?:the )?{_REC_HEAD}(?: <~4>)?(?:please)?$",
)
_KEEPS = "(?:keep|keeping|save|saving|store|storing|hang on to|hold on to) (?:<~2>)(?:audio|recording|conversation|call|tape|talk)"
_ASKS_MORE = any_of(
    f"(?:permission|consent|okay|go ahead|alright|fine|comfortable) (?:to|for|with|if) {_near(2)}{_KEEPS}",
    "(?:okay|alright|fine|comfortable|good) with (?:<~2>)(?:audio|conversation|call|talk) being (?:<~1>)(?:kept|saved|stored|recorded|taped)",
    f"any reason (?:why )?(?:i|we) (?:should|can|could|may) not (?:<~1>){_HEAD}",
    f"(?:in favor of|on board with|up for|game for|amenable to) (?:<~2>){_HEAD}",
    f"(?:thumbs up|green light|say so|blessing|nod) (?:for|to|on) (?:<~2>){_HEAD}",
    f"(?:any|some|a) (?:<~1>)(?:chance|way|possibility) (?:that )?(?:i|we) (?:can|could|might|may|get to) (?:<~1>){_HEAD}",
    f"(?:you|would you) (?:<~1>)(?:mind|okay|care) (?:if|with) (?:i|we|me|us) {_near(3)}(?:on|onto) (?:the |a )?tape",
    f"(?:may|can|could|shall) (?:i|we) (?:<~1>)(?:put|get|have|keep|leave|switch) {_near(3)}(?:on (?:the |a )?tape|the (?:tape|recorder) (?:on|running|rolling))",
    f"(?:okay|alright|fine|mind|cool|problem) (?:with you )?(?:if|to) (?:i |we )?{_near(3)}(?:the )?(?:tape|recorder|recording) (?:is |be |is kept |keeps |stays )?(?:on|running|rolling|going)",
    "you (?:are )?(?:<~1>)(?:<fine>) (?:with|having|if there is) (?:<~2>)(?:recorder|tape|taping|recording|being recorded|being taped)",
    f"mind (?:if |us |me |my |our |this |the )(?:<~2>){_HEAD}",
    f"you (?:do|would|will) not (?:<~1>)(?:mind|object|care|have (?:a|any) (?:problem|objections?|issue)) {_near(5)}{_HEAD}",
    f"(?:mind|minds|object to|opposed to|okay with|alright with|fine with) (?:us |me )?being {_HEAD}",
    "(?:mind|okay|alright|fine|cool|bothers?) (?:with you )?(?:if|that) (?:the |my |our )?(?:record|recorder|recording|tape) is (?:on|running|rolling|going)",
    f"(?:yes or no|yes or a no|okay or not) (?:on|to|about|for) {_near(2)}{_HEAD}",
)
_ASKS_BACK = any_of(
    "(?:is|are|would|will) (?:that|this|it|you|everything)(?: be)? (?:<~1>)(?:<fine>)(?: with (?:you|that|this)| by you| for you| to continue| to proceed| sir| ma'am| today)*$",
    "(?:do|would|will|can) you (?:<~1>)(?:consent|agree|mind|accept|object|allow)(?: with (?:that|this))?(?: to (?:that|this|it))?(?: to (?:continue|proceed|go ahead|go on))?(?: with (?:that|this|the call))?$",
    "(?:may|do|can|could|would) (?:i|we) (?:<~1>)(?:have|get) (?:<~2>)<consentnoun>(?: (?:to|for) (?:continue|proceed|that|this|it|do so|do that|go on))?$",
    "(?:do )?(?:you )?(?:have )?(?:any|an) (?:objections?|problem|issue)(?: with (?:that|this))?(?: to (?:that|this))?$",
    "(?:may|can|could|shall) (?:i|we)(?: do (?:that|so|it))?$|(?:mind|okay|alright|fine|cool) if (?:i|we) do$",
    "(?:<fine>) (?:with|by|for) (?:you|this|that|it|all that|everybody|everyone)(?: with (?:you|that|this))?(?: sir| maam| then| right)?$|hope (?:that|this|it) is (?:<~1>)(?:<fine>)(?: (?:with|by|for) you)?$|(?:sit|sits|go|goes) (?:<~1>)(?:okay|alright|well|fine) with you$",
    "(?:you|are you|are we) (?:<~1>)(?:<fine>|up for) (?:with |for )?(?:that|this|it)$|you (?:<fine>|still okay) (?:to|with) (?:go on|going on|continue|continuing|proceed|proceeding|carry on|carrying on|staying on|going ahead)(?: .{0,12})?$",
    "(?:does )?(?:that|this|it) (?:<~1>)(?:work|suit|bother|trouble|worry)s? (?:for )?you$|(?:that|this|it) (?:work|alright|okay|cool) for you$",
    "(?:do|would) you (?:<~1>)(?:have )?(?:a |any )?(?:problem|issue|objections?)(?: with (?:this|that|it))?$|(?:no|any) (?:objections?|problems?|issues?)(?: there| from you| with that)?$",
    "(?:is|was) that (?:a|your) (?:yes|okay)|(?:yes|yay) or (?:a )?(?:no|nay)(?: then)?$|(?:i|we) (?:<~3>)(?:hear|get|have|take) (?:a|your|that) (?:<~1>)yes",
    "(?:just |please )?say (?:the word )?yes (?:and|so|then) (?:we|i) (?:<~1>)(?:go on|continue|proceed|carry on|get (?:going|started)|move on|can go on|keep going|can continue|can start|begin)",
    "(?:please |just )?(?:say|tell me|let me hear|answer) (?:<~1>)(?:i agree|i consent|yes i agree|you agree|you consent|that you (?:agree|consent)|you are (?:<fine>)(?: with (?:it|that|this))?|that you are (?:<fine>)(?: with (?:it|that|this))?)$",
    "(?:do|can|may|could) (?:i|we) (?:<~1>)(?:have|get) (?:<~2>)(?:go ahead|green light|yes|nod|thumbs up|word)$",
    "still (?:want|like|happy|okay|willing) to (?:go ahead|go on|continue|proceed|carry on)$|(?:continue|go on|proceed|carry on|go ahead) (?:on that basis|like that|under those terms|that way|knowing that)$",
    "(?:is|are) (?:that|it|you) (?:<~1>)(?:<fine>)(?: with (?:you|that))?(?= (?:the|this|our|because|since|we))",
    "(?:okay|alright|fine) with you$",
    "(?:know|sure|confirm|check) (?:that )?you are (?:<~1>)(?:<fine>)(?: with (?:that|this|it))?",
    "are you (?:<~1>)(?:<fine>)(?: (?:continuing|proceeding|going on|going ahead|to go on))?$",
    "if (?:that|it|this) is (?:<~1>)(?:<fine>)(?: with you| by you| for you)?|if you (?:do not mind|agree|are (?:<fine>) with (?:that|it|this))$",
    "(?:is that|that is) (?:a problem|something you (?:agree|consent) to|okay to you)$",
    "(?:please )?say yes (?:if you agree|to agree|to continue|to consent)",
    "press (?:one|1) to (?:agree|consent|accept)$",
)
_OF_OTHERS = rx("(?:reading|number|amount|balance|answer|address|date|note) (?:i|we)")
_NOT_ASKING = rx(
    "(?:reading|number|amount|balance|answer) (?:i|we)|may ask for|(?:he|she|they|who|somebody) (?:<~1>)(?:asked|asks|ask)|did they|last time|would ask|do i have to|will ask you|used to ask|were asked"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The requests of a sentence: what was said, what it masks, what was asked about (`recording`, `ai`)."""

    said: tuple[Said, ...] = ()
    masks: tuple[Range, ...] = ()
    about: frozenset[str] = frozenset()
    minding: bool = False


_MINDING = rx("bothers?|trouble you|worry you|upset you|opposed|averse|mind|object|objections?|problem|issue|against")
_DISCLOSING_HEAD = rx("(?:on|over) (?:a|the|our) (?:recorded|recording|record|taped) line")


def hear_requests(sentence: Sentence, *, notice: frozenset[str]) -> Asked:
    """Requests for consent; `notice` says what was disclosed just before, for "is that okay with you?"."""
    text = sentence.text
    hits: list[Said] = []
    masks: list[Range] = []
    about: set[str] = set()
    for match in (*_ASKS.finditer(text), *_ASKS_MORE.finditer(text)):
        at = Range(*sentence.range_of(match))
        whole = scope.around(sentence, at, width=12)
        if (
            _NOT_ASKING.search(sentence.left(at.first + 3, 12))
            or _OF_OTHERS.search(match[0])
            or _other_object(sentence, at)
            or scope.reported(sentence, at)
        ):
            masks.append(at)
            continue
        if re.match(r"(?:if|to) ", match[0]) and rx("not|disagree|decline").search(match[0]):
            continue
        end = sentence.clause_end(at.end)
        if not _DISCLOSING_HEAD.search(sentence.right(at.first, end - at.first)):
            masks.append(Range(at.first, end) if not AI_TOPIC.search(match[0]) else at)
        hits.append(said("consent_request", sentence, at, 0.92))
        about |= _topics(whole)
    if not hits and notice:
        for match in _ASKS_BACK.finditer(text):
            at = Range(*sentence.range_of(match))
            if not sentence.question and (match[0].startswith("no ") or at.first == 0):
                continue  # "No problem." and "Cool, you're on tape now." are answers
            hits.append(said("consent_request", sentence, at, 0.85))
            about |= notice
            break
    return Asked(tuple(hits[:1]), tuple(masks), frozenset(about), bool(hits and _MINDING.search(text)))


def asked_loosely(request: Said, notice: frozenset[str]) -> Asked:
    """A request that no pattern foresaw; `notice`: what was disclosed just before."""
    text = request.sentence.text
    return Asked((request,), (request.range,), notice or frozenset(_topics(text)), bool(_MINDING.search(text)))


def _topics(words: str) -> set[str]:
    topics = set()
    if re.search(r"\b(?:record\w*|tap(?:e|ed|ing))\b", words):
        topics.add("recording")
    if rx("ai|aiproduct|note taker|models|train|analyz(?:e|ed|ing)|transcri(?:be|bed|bing)").search(words):
        topics.add("ai")
    return topics or {"recording"}


def _other_object(sentence: Sentence, at: Range) -> bool:
    after = sentence.right(at.end - 1, 8)
    if rx("<device>").search(scope.around(sentence, at)):
        return True
    match = re.match(r"record(?:ing|ed)?\s+(.*)", after)
    if not match:
        return False
    obj = match[1]
    if rx("<call>|this|us|you|it|our").match(obj) and not rx(
        "(?:this|your|our|the) (?:<~1>)(?:address|name|number|date|answer|birth|reading|payment|note|complaint|response|information|choice|vote)"
    ).match(obj):
        return False
    return bool(rx("(?:your|the|a|an|my|his|her|that) [a-z]+").match(obj))
