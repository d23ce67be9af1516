"""`consent_request` and `opt_out_offered`: what the company's side asks, and which way out it names.

Both come back with masks: the tokens that speak of recording without saying that it happens ("may I record this?",
"if you'd rather not be recorded").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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
_OTHER_MATTER = rx(
    "<device>|payments?|paperless|paper|statements?|texts?|text messages|emails?|newsletter|marketing|arbitration|coverage|warranty|alerts?|payment|price|"
    "charges?|treatment|surgery|credit|terms|address|birth|balance|plan|fee|delivery|wire|account number|reading|note|name|app"
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


# ---- ways out
_NEGATIVE_WISH = rx(
    "(?:do|does|would|should|did|if you) not (?:<~2>)(?:want|wish|like|agree|consent|care|approve|feel|have to be recorded|prefer)"
    "|rather (?:<~2>)not|prefer (?:<~3>)(?:not|no)|rather (?:we|i) did not|object|objects|decline|refuse|opt out|uncomfortable|uneasy|against|not (?:comfortable|okay|happy|agree|consent|want|wish|like)|no (?:to|consent)"
    "|(?:a|any) (?:problem|objections?|issue)|bothers? you|(?:want|like|prefer) (?:<~3>)(?:off|stopped|to end|turned off|to stop|unrecorded|without)|without"
)
_CONDITION = rx("if|should you|not keen|unless|whenever|callers who|anyone who|in case|any time you|when you")
_WAY_OUT = any_of(
    "(?:can|may|could|are able to|have the right to|right to|free to|welcome to|option to|choice to|choose to|want to|choose) (?:<~1>)(?:opt out|decline|refuse|object|not be|not to be|withdraw|say no|stop (?:the )?recording)",
    "(?:can|may|could|free to|welcome to) (?:<~3>)(?:ask|tell|request|instruct) (?:<~3>)(?:to )?(?:<~2>)(?:<stop>|<switch>|not record|pause|delete)",
    "(?:to|and) (?:opt out|decline|refuse|avoid|keep <~4>out|not be recorded|stop (?:the )?recording|disable)",
    "(?:say|press|dial|text) (?:<~1>)(?:opt out|no recording|stop recording|do not record|no ai|nine|two|star)",
    "(?:(?<!you )tell|let|inform|ask|notify|advise) (?:me|us|the (?:<~2>)(?:agent|representative|rep)|your (?:agent|representative)|them|us)(?! (?:about|more))",
    "(?:i|we) (?:can|will|could|would|am able to|are happy to|am happy to) (?:<~3>)(?:<switch>|<stop>|pause|skip|leave out|drop|remove|do without) (?:<~5>)(?:off|it|recording|recorder|ai|note taker|transcription)",
    "(?:would|do) you (?:like|want|prefer) (?:me|us)? ?(?:<~2>)(?:to )?(?:<switch>|<stop>|pause)",
    "(?:for|on|to|use|want|prefer|have|onto) (?:<~2>)(?:an |the )?(?:unrecorded|non recorded) (?:<~1>)(?:line|call|phone)",
    "(?:line|call|phone|number) (?:that|which) (?:is|are) (?:not|never) recorded",
    "(?:go|go on|continue|proceed|do this|do it|talk|speak) (?:<~3>)without (?:<~2>)(?:recording|recorded|the ai|ai)",
    "(?:do|does) not (?:have|need) to (?:<~1>)(?:be recorded|be taped|agree to (?:the |this )?recording)",
    "opting out",
    "(?:just |please )?(?:say so|holler|say the word|hang up|disconnect|(?<!you )tell me|let me know|let us know|speak up|write to us|email us|press (?:[a-z0-9]+)|use the (?:<~1>)(?:chat|website)|visit (?:our|the)|ask for)",
)
_MAIN_CLAUSE = rx(
    "(?:you|we|i) (?:can|could|may|will|have to|need to|should)|please|press|say|tell|let|just|come|visit|call|use|write|go to"
)
_BLOCKED_OFFER = rx(
    "^can you|^could you|(?:can not|could not|not able to|unable to|no way to|is not possible|not an option|can not be|unfortunately you|you asked|i want to|i would like to opt|last year|you back|call you|no option|not allowed)"
)
_MASK_END = rx("please|press|just|say|tell|let|hang|you can|you may|i can|i will|we can|we will|inform|ask|dial")


@dataclass(frozen=True, slots=True)
class Offered:
    """The ways out that a sentence names, and the tokens whose talk of recording is only that."""

    said: tuple[Said, ...] = ()
    masks: tuple[Range, ...] = ()


_FREE_CHOICE = any_of(
    "(?:entirely |totally |completely )?(?:up to you|your (?:choice|decision)|(?:it|that) is your call|optional|voluntary)|(?:not|no) (?:<~1>)(?:obligation|obliged|obligated|required|mandatory|compulsory)",
    "(?:every|the|a) right to (?:<~1>)(?:refuse|decline|turn (?:down|it down)|say no|object)|if you (?:would )?(?:prefer|rather|like)$|if that is better for you|(?:free|welcome|able) to (?:say no|decline|refuse|skip)",
    "(?:say so|say the word|tell me|let me know|ask|speak up) (?:<~3>)(?:i will|we will|it is|i can|we can) (?:<~3>)(?:off|stop|gone|out|without|away)",
    "not (?:keen|crazy|happy|big|thrilled|comfortable|wild) (?:<~3>)(?:about|on|with|fan)",
    "you can (?:<~1>)(?:skip|refuse|decline|say no to|turn down|leave out|do without)|(?:have|has) to be part of",
)
_THAT_USE = any_of(
    "you (?:can|may|could|are free to|are welcome to|have the right to|always can) (?:<~1>)(?:say no|refuse|decline|opt out|object|skip|turn down|turn it down|pass on)(?: (?:to|of))?(?: (?:that|it|this|the (?:second|last|ai|training|latter)))?(?: (?:part|one|bit|use|thing|piece))?(?: (?:if|any ?time|at any|without|and).*)?$",
    "(?:just |only )?(?:say the word|say so|tell me|let me know) (?:<~2>)(?:and|or|then) (?:it is (?:gone|off|out)|(?:i|we) (?:will )?(?:<~1>)(?:<switch>|<stop>|pause|drop|skip|leave)) ?(?:.{0,18})$",
    "(?:that|this|it) (?:part |bit |one )?is (?:<~1>)(?:optional|voluntary|up to you|your choice|your call)",
)
"""Right after a notice these speak of what was noticed."""


_DECLINES = rx("refuse|decline|object|opt out|say no")


def hear_offers(sentence: Sentence, *, notice: frozenset[str]) -> Offered:
    """Ways out of recording or AI; `notice`: what was disclosed just before, for "if you object, say so"."""
    text = sentence.text
    masks: list[Range] = list(_conditions(sentence))
    device = rx("<device>").search(text)
    condition = next((m for m in _CONDITION.finditer(text)), None)
    wish = _NEGATIVE_WISH.search(text, condition.start()) if condition else None
    way = next((m for m in _WAY_OUT.finditer(text)), None)
    if _BLOCKED_OFFER.search(text) and not (condition and wish):
        return Offered((), tuple(masks))
    if device or scope.reported(sentence, Range(0, 1)):
        return Offered((), tuple(masks))
    where: re.Match[str] | None = None
    confidence = 0.0
    other = _OTHER_MATTER.search(text)
    near = _topic_near(text, condition, wish, way)
    if condition and wish and way:
        where = wish
        if near:
            confidence = 0.92
        elif notice and not other:
            confidence = 0.8
        elif (
            rx("(?:do not|not) (?:<~1>)(?:agree|consent)").search(wish[0])
            and rx("hang up|disconnect").search(text)
            and not other
        ):
            confidence = 0.65
    if not confidence and way and near and not other:
        plain = rx(
            "opt(?:ing)? out|opt-out|unrecorded|not recorded|decline|refuse|not be recorded|say no|no recording|without|not have to|skip|leave out|drop|turn|switch|stop|pause|off|keep|not to be|stopped|avoid|do not want|does not want"
        ).search(text)
        offered = rx(
            "can|may|could|to opt out|opting out|press|say|dial|tell|let (?:me|us) know|if you|right to|welcome|for an?|would you (?:like|want)|do you want|do not have to|does not have to|ask|to decline|to stop|to keep|choose"
        ).search(text)
        if plain and offered:
            where, confidence = way, 0.85
            first, end = sentence.range_of(way)
            masks.append(Range(first, sentence.clause_end(end) if _DECLINES.search(way[0]) else end))
    if not confidence and condition and wish and near and not other:
        where, confidence = wish, 0.8 if _MAIN_CLAUSE.search(text) else 0.5
    free = _FREE_CHOICE.search(text)
    if (
        not confidence
        and free
        and not other
        and (REC_TOPIC.search(text) or AI_TOPIC.search(text))
        and not sentence.question
    ):
        where, confidence = free, 0.75
        first, end = sentence.range_of(free)
        masks.append(Range(sentence.clause_start(first), sentence.clause_end(end)))
    use = _THAT_USE.search(text)
    if not confidence and use and (notice or near or AI_TOPIC.search(text) or REC_TOPIC.search(text)) and not other:
        where, confidence = use, 0.75
    if where is None or confidence == 0.0:
        return Offered((), tuple(masks))
    at = Range(*sentence.range_of(where))
    if way:
        way_at = Range(*sentence.range_of(way))
        masks.append(Range(min(at.first, way_at.first), max(at.end, way_at.end)))
        tail = sentence.text[way.start() :]
        if REC_TOPIC.search(tail):
            masks.append(Range(way_at.first, sentence.clause_end(way_at.end)))
    return Offered((said("opt_out_offered", sentence, at, confidence),), tuple(masks))


def _topic_near(text: str, *matches: re.Match[str] | None) -> bool:
    """Whether recording or AI is named near the condition, the wish or the way out."""
    spans = [m.span() for m in matches if m]
    if not spans:
        return False
    low, high = min(s for s, _ in spans) - 40, max(e for _, e in spans) + 45
    return any(low <= t.start() <= high for p in (REC_TOPIC, AI_TOPIC) for t in p.finditer(text))


def _conditions(sentence: Sentence) -> Sequence[Range]:
    """If-clauses and wishes about being recorded: nothing in them says that recording happens."""
    found: list[Range] = []
    for match in _CONDITION.finditer(sentence.text):
        at = Range(*sentence.range_of(match))
        if rx("if|should you|unless|callers who|anyone who|in case").fullmatch(match[0]):
            staying = rx("(?:if|when) you (?:<~1>)(?:stay|remain|continue|proceed|hold)").match(
                sentence.right(at.first, 6)
            )
            if staying:
                continue
            end = _condition_end(sentence, at.end)
            found.append(Range(at.first, end))
    for match in rx(
        "(?:rather|prefer) (?:<~2>)not (?:<~2>)(?:be )?(?:recorded|taped)|(?:want|wish|like|have|need|choose) (?:not )?to (?:not )?be (?:recorded|taped)|not to be recorded"
        "|(?:stop|decline|refuse|opt out of|disable|pause|end) (?:the |being |call |this )?(?:recording|recorded|recorder)|(?:recording|it) (?:stopped|turned off|off|paused)(?= |$)|for (?:a|an) (?:line|call) (?:that|which) is not recorded"
    ).finditer(sentence.text):
        at = Range(*sentence.range_of(match))
        if rx("like|want|prefer|say|ask|tell|to|if|you|can|may|will|could").search(
            sentence.left(at.first, 5) + " " + match[0].split()[0]
        ) and not rx("have|already|just|i am|we are|is").search(sentence.left(at.first, 2)):
            found.append(at)
    return found


def _condition_end(sentence: Sentence, i: int) -> int:
    for k in range(i + 1, min(len(sentence), i + 16)):
        if sentence.tokens[k - 1].mark and k - i > 1:
            return k
        if _MASK_END.match(sentence.right(k, 2)) and k - i > 2:
            return k
    return min(len(sentence), i + 16)
