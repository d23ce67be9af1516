"""Hearing loosely: what a sentence is made of says enough, in whatever order the words come.

The grammar of the other modules is sure and narrow. Where it hears nothing, a sentence that has all parts of a notice
(recording, this call, nothing that turns it round) is one, with less confidence: who acts, what is done, to what call.
"""

from __future__ import annotations

import re
from typing import Literal

from scanner.detect.hearing import scope
from scanner.detect.hearing.heard import Range, Said, said
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence
from scanner.detections import DisclosureKind

LOOSE = 0.62
"""Just enough to count; the tables of phrasings say that nine in ten such hearings are right."""
_LONGEST = 45
_APART = 18
"""Parts further from each other than so many words belong to different things said."""

# ---- parts
_TAPED = any_of(
    "recorded(?! (?:information|classes|delivery|message|greeting|webinar))|(?:tape|call) recording|recordings?(?! (?:artists?|studio|software|device))|taped|taping|recorder",
    "(?:on|off|no|the|a|this) tape(?! (?:on|off|it|the|your|over|measure|label))",
    "(?:we|i|us|phones?|lines?|service|system|always|automatically|and|to|not|never|ever|that) (?:<~1>)(?:records?|tapes?) (?:<~2>)(?:calls?|conversations?|this|it all|everything|us|you|every|our|all)",
    "(?:we|i|phones|lines) (?:<~1>)(?:record|tape)(?= automatically| here| too| as|$)",
    "audio(?! book| version| system| package)|sound of (?:<~2>)(?:calls?|conversations?)",
)
_TAPED_PLAINLY = rx(
    "(?:is|are|be|gets?|being|and) (?:<~1>)(?:recorded|taped)|(?:record|tape)s? (?:<~1>)(?:this|these calls|it all|everything|us)"
)
_OUR_CALL = any_of(
    "(?:this|our|your|these|all|every|each|my|the|any|today) (?:<~2>)(?:calls?|conversations?|lines?|chat)|calls|conversations|this (?:one|chat|talk)|line(?= recorded| taped| is)",
    "(?:we|you and i|both|what you|all what you|you are|callers?) (?:<~2>)(?:say|saying|talk|talking|tell|discuss|chat|speak)|everything|you and me|us|from today|got you on|record automatically|minute",
)
_OTHER_THING = rx(
    "<device>|payments?|address|delivery|messages?|interview|artists?|songs?|albums?|webinars?|studio|label|greeting|transcript from|police|court|hospital|doctor|county|deed|votes?|reading"
    "|invoices?|records (?:show|department|office)|for the record|off the record|send (?:you|me|us)|copy of the recording|pulled|listen to the|listened|reviewed the|meetings?|visits?|trucks?"
    "|add on|not working|hold (?:line|music)|business plan|per month|dollars a month|gave birth|rainfall|score|miles|in your (?:account|file)|on your (?:account|file)"
)
_WANTED = rx(
    "(?:want|like|need|prefer|permission|consent|agree|okay|may|can|could|shall|ask|allow|mind|rather) (?:<~4>)(?:record|recorded|recording|tape|taped|taping)"
)
_DID = rx("did|was|were|had|used to|yesterday|last|ago|earlier|until")
_ONLY_SO = rx(
    "nothing to worry(?: about)?|no (?:say|choice|surprises?)|not (?:that|just|only)|if i did not mention|nothing (?:sinister|special)|no worries|whether you like it or not"
)

_MACHINE = rx(
    "ai|aiproduct|computers?|software|programs?|bots?|chatbots?|robots?|algorithms?|machines?|speech recognition|automated speech|voice recognition|note taker"
    "|(?:digital|automated|automatic|smart|electronic) (?:helper|assistant|tool|tools|system|systems|note taker|listener)"
)
_HEARING = rx(
    "listen|listens|listening|hear|hears|hearing|transcrib[a-z]+|transcript|analy[a-z]+|take notes|takes notes|taking notes|taking (?:<~2>)down|jot|jots|jotting|writes|writing|typed|typing|types|written|text"
    "|summar[a-z]+|scores?|scoring|grades?|grading|marking|marks|reviews?|reviewing|tone|keywords?|minutes|what to say|follows?|following|monitors?|rates?|assists?|processed|reads|write up|writes up|being read|picking up on|on the line|on this call|sits in"
)
_CALL_HERE = rx(
    "(?:this|our|your|the|each|every|these|of the|my) (?:<~2>)(?:calls?|conversations?|line)|calls|conversations|while we|as we|we (?:say|talk|speak|said)|you say|your (?:tone|voice|words)|what to say|my performance|us|during your call|on the line|everything we"
)
_LEARNING = rx(
    "learn|learns|learning|teach|teaches|teaching|taught|train|trains|training|trained|smarter|sharper|better|brighter|cleverer|improv(?:e|es|ing)(?! (?:our |your |the |customer )*(?:service|calls?|quality|experience|sound))|develop|developing|practice|practise|hang of|feeds?|food|fodder|building|schooling|study|studies|educate"
)
_LEARNER = rx(
    "ai|aiproduct|computers?|software|bots?|chatbots?|robots?|algorithms?|machines?|speech recognition|models?|(?:voice|virtual|automated|digital|phone) (?:<~1>)(?:bot|robot|assistant|agent|system)|chat ?bot"
)
_CALL_DATA = rx(
    "calls?|talks|everything (?:you|we) say|conversations?|audio|recordings?|your voice|what (?:<~2>)(?:you|callers|customers|people|we|is) (?:<~1>)(?:say|said|tell|talk)|your words|chat|interactions?|phone talk"
)
_STAFF = rx(
    "staff|employees?|new hires?|representatives?|reps|trainees?|people like me|coach|our people|our team|class|course|agents"
)
_SELLS = rx(
    "slow|frozen|acting up|down the street|other companies|they|should be running|we sell|we offer|we make|we build (?:<~3>)for|hospitals|try our|website|web site|on the site|app|laptop|coupon|application|claims?|credit|x ?rays?|thermostat|warehouse|vacuum|rebooting|carpet|lot|meter|check|price|insurance"
)

_OUTSIDER = rx(
    "<outsider>|(?:another|other|outside|external|separate|independent) (?:<~1>)(?:company|companies|firms?|business|businesses|outfit|vendor|agency|party|supplier|provider)|vendors?|agency|agencies|external supplier|contractors?"
    "|(?:business|company|firm|outfit) by the name of [a-z]+|(?:call|telephony|telecom|phone|voice|line) (?:provider|vendor|carrier|host)"
)
_HOLDS = rx(
    "<handle>|<share>|tapes?|taping|archives?|holds?|hold|has|have|gets?|grades?|listen|hears?|hear|runs?|lives? on|sits? on|belongs|access|stays? with|kept|with"
)
_CALL_SOUND = rx(
    "recordings?|audio|tapes?|taped|(?:this|our|the|your|these|all) (?:<~2>)(?:calls?|conversations?|line)|call recordings?|record"
)
_OTHER_FIRM = rx(
    "insurance|internet|health ?care|furniture|roof|windows|lease|loan|parts|invoice|savings|card|payments?|mall|building|inventory|delivery|seller|repairs?|claims?|survey|power|electric|cable|will call|call you|number|from a|from the|transferr?ing|transfer|connect|connecting|joining"
)


def _sayable(sentence: Sentence, *, heads: re.Pattern[str]) -> bool:
    return len(sentence) <= _LONGEST and bool(heads.search(sentence.text))


def _range(sentence: Sentence, one: re.Pattern[str], other: re.Pattern[str]) -> Range | None:
    """From one part to the other where they are nearest; None where they are too far apart to be said together."""
    firsts, others = ([Range(*sentence.range_of(m)) for m in p.finditer(sentence.text)] for p in (one, other))
    pairs = (Range(min(a.first, b.first), max(a.end, b.end)) for a in firsts for b in others)
    nearest = min(pairs, key=lambda r: r.end - r.first, default=None)
    return nearest if nearest and nearest.end - nearest.first <= _APART else None


def _told(sentence: Sentence) -> bool:
    """About now and here, in the speaker's own words, not as a question."""
    return not (scope.elsewhere(sentence.text) or sentence.question or _DID.search(sentence.text))


def hear_loosely(sentence: Sentence, *, strictly: frozenset[DisclosureKind]) -> list[Said]:
    """What a sentence of the company's side discloses by its parts; `strictly`: the kinds heard by grammar."""
    text = sentence.text
    found: list[Said] = []
    if not _told(sentence):
        return []
    about_recording = strictly & {"recording", "recording_denied", "consent_request", "opt_out_offered"}
    negated = scope.negated(_ONLY_SO.sub(" ", text))
    others = scope.elsewhere_said(text) or bool(_OTHER_THING.search(text))
    if not others and not negated:
        found += _software_or_outsiders(sentence, strictly)
    # Where outsiders or software have a recording, "recording" alone says no more than that.
    heads = _TAPED_PLAINLY if found or strictly & {"third_party", "ai_analysis", "ai_training"} else _TAPED
    if (
        not (about_recording or others or _WANTED.search(text))
        and _sayable(sentence, heads=heads)
        and _OUR_CALL.search(text)
    ):
        found += _heard("recording_denied" if negated else "recording", sentence, _range(sentence, heads, _OUR_CALL))
    return found


def _software_or_outsiders(sentence: Sentence, strictly: frozenset[DisclosureKind]) -> list[Said]:
    text = sentence.text
    found: list[Said] = []
    if _MACHINE.search(text) and not _SELLS.search(text):
        learns = bool(_LEARNING.search(text) and _LEARNER.search(text))
        if (
            learns
            and not strictly & {"ai_training", "opt_out_offered"}
            and _CALL_DATA.search(text)
            and not _STAFF.search(text)
        ):
            found += _heard("ai_training", sentence, _range(sentence, _LEARNER, _LEARNING))
        asks = strictly & {"ai_analysis", "ai_training", "consent_request", "opt_out_offered"}
        if not learns and not asks and _HEARING.search(text) and _CALL_HERE.search(text) and not _is_self(text):
            found += _heard("ai_analysis", sentence, _range(sentence, _MACHINE, _HEARING))
    if (
        "third_party" not in strictly
        and not strictly & {"consent_request", "transfer"}
        and _OUTSIDER.search(text)
        and _CALL_SOUND.search(text)
        and _HOLDS.search(text)
        and not _OTHER_FIRM.search(text)
    ):
        found += _heard("third_party", sentence, _range(sentence, _OUTSIDER, _CALL_SOUND))
    return found


def _is_self(text: str) -> bool:
    """An assistant that says what it is."""
    return bool(
        rx("i am (?:<~3>)(?:assistant|agent|bot|ai|virtual)|(?:speaking|talking) (?:with|to)|my name is").search(text)
    )


def _heard(kind: DisclosureKind, sentence: Sentence, at: Range | None) -> list[Said]:
    return [said(kind, sentence, at, LOOSE)] if at else []


# ---- what is asked and offered
_ASKED_OF = rx(
    "recorded(?! (?:<recordedthing>|voice|survey|balance|message))|recording|taped|taping|on tape|record button|(?:to|i|we|me|us) (?:<~1>)(?:record|tape)(?! (?:your|the|a|that) (?!call|conversation))"
)
_AGREEABLE = rx(
    "<fine>|mind|problem|agree|permission|nod|consent|bother|object|objections?|opposed|say to|feel about|up for|willing|allow|let (?:me|us)|(?:may|can) (?:i|we)$"
)
_INVERTED = re.compile(
    r"(?:(?:hey|so|and|okay|now|sir|maam|well|just|also|hi|then|but|first|before that) )*(?:is|are|would|do|does|can|may|could|will|what do you|how (?:do|would) you|you|any|(?:okay|alright|fine|cool) (?:if|with|to|for)|mind|shall|should)\b(?! (?:have|get) your (?!consent|permission|okay|nod|agreement))"
)
_BACK = re.compile(
    rx(
        "(?:and |so |hope |i hope |now )?(?:(?:is|are|does|do|would|will|can) )?(?:that|this|it|you|we|all that|everything)? ?(?:<~2>)(?:<fine>|problem|bother|mind|agree|work for you|suit you|agreeable|objections?)(?: <~4>[a-z]+)?"
    ).pattern
    + r"$"
)


def asks_loosely(sentence: Sentence, *, notice: bool) -> Range | None:
    """Where a request for consent is put that no pattern foresaw; `notice`: recording or AI was disclosed just before."""
    text = sentence.text
    if (
        not sentence.question
        or len(sentence) > 30
        or _OTHER_THING.search(text)
        or scope.reported(sentence, Range(0, 1))
    ):
        return None
    if rx("(?:reading|number|amount|balance|answer|address|date|note) (?:i|we)").search(text):
        return None
    head = _ASKED_OF.search(text)
    last = sentence.clause_start(len(sentence) - 1, width=12)
    tail = sentence.right(last, 12)
    if (
        head
        and _AGREEABLE.search(text)
        and (_INVERTED.match(text) or (_INVERTED.match(tail) and len(sentence) - last >= 3 and _AGREEABLE.search(tail)))
        and not _DID.search(text)
    ):
        return Range(0 if _INVERTED.match(text) else last, len(sentence))
    pointed = rx("that|this|it").search(tail)
    if notice and pointed and len(sentence) - last <= 8 and _INVERTED.match(tail) and _BACK.match(tail):
        return Range(last, len(sentence))
    return None


_TOPIC = rx(
    "recorded(?! (?:<recordedthing>|balance|payment))|recording|recorder|taped|taping|(?:on|off|no|the) tape|(?:not|to|we) record|ai|aiproduct|bots?|note taker|transcription|computer|robots?|software"
)
_UNWANTED = rx(
    "(?:do|does|did|would) not (?:<~1>)(?:want|wish|like|care|agree|feel|suit|record)|(?:rather|sooner|prefer|preferred) (?:<~4>)(?:not|off|without|no)|rather (?:we|i|it|this)|object|objection|not (?:want|be on|record|have)|bothers?|uncomfortable|voluntary|optional|withhold|refuse|decline|opt|say no|tell me no|without"
    "|(?:be |to )?(?:stopped|switched off|turned off|paused)|off tape|unrecorded|whenever you (?:like|want)|against|uneasy|not (?:to )?use|your choice|up to you"
)
_HOW = rx(
    "i am able to|(?<!you )tell (?:me|us)|let (?:me|us)|press|say|ask|i can|we can|i will|we will|happy to|you can|you may|you could|you are free|just|email|visit|voluntary|optional|dial|that suits"
)
_NOT_POSSIBLE = rx(
    "(?:i|we) (?:<~1>)(?:paused|stopped|turned|shut|switched)|can not|could not|no way|unable|not able|not possible|no option|sorry|not allowed"
)


def offers_loosely(sentence: Sentence) -> Range | None:
    """Where a way out of recording or AI is offered in words that no pattern foresaw."""
    text = sentence.text
    if sentence.question or len(sentence) > _LONGEST or _OTHER_THING.search(text) or _DID.search(text):
        return None
    if scope.reported(sentence, Range(0, 1)) or _NOT_POSSIBLE.search(text):
        return None
    if _TOPIC.search(text) and _UNWANTED.search(text) and _HOW.search(text):
        return _range(sentence, _TOPIC, _UNWANTED)
    return None


# ---- the customer
_HEAD = rx(
    "recorded|recording(?! (?:artist|studio))|taped|taping|(?:on|off|any|no|your|the) tapes?|(?:record|tape) (?:me|us|this|my (?:call|voice)|anything|our|the call|it)"
)
_NO = rx("not|no|never|nobody|without my|refuse|object|decline|against|uneasy|stay off|keep (?:<~3>)off")
_WELCOME = rx("mind|problem|issue|objections?|care|bother|matter|worry|worries|quarrel|only|just|sure|know|hurt|yet")
_ME = rx("i|me|my|mine|this|we|us|you|please")
_BEFORE = rx(
    "did|was|were|had|has|have|told|said|asked|says|last|if|why|how|does|is|are you|am i|who|because|heard|earlier|yesterday|the dvr|record of|consented|agreed|refuse to pay|i am on a|(?:i am|you are|we are|they are) not (?:recording|taping)|trust"
)


def refuses_loosely(sentence: Sentence) -> Range | None:
    """Where a customer will not be recorded, in words that no pattern foresaw."""
    text = sentence.text
    if sentence.question or len(sentence) > 20 or rx("<device>|payments?|my record|voicemail").search(text):
        return None
    if scope.elsewhere(text):
        return None
    if (
        _HEAD.search(text)
        and _NO.search(text)
        and _ME.search(text)
        and not (_WELCOME.search(text) or _BEFORE.search(text))
    ):
        return _range(sentence, _HEAD, _NO)
    return None


_THING = rx("ai|aiproduct|bots?|chatbots?|robots?|algorithms?|computers?|machines?|software|models?")
_AWAY = rx(
    "not|no|never|nobody|nobodys|stop|exclude|leave|keep|out of|away|off|without|refuse|object|rather|remove|skip"
)
_OF_MINE = rx(
    "my (?:<~1>)(?:calls?|voice|words|conversations?|audio)|near (?:me|my)|(?:listen|listened|listening|hears?|hearing|listens) (?:<~2>)(?:me|this|us|in)|this call|what i say|out of (?:it|this)|test subject|guinea pig"
)
_WIPES = rx(
    "delete|deleted|erase|erased|scrub|scrubbed|wipe|wiped|rid of|destroy|destroyed|gone|remove|removed|trash|thrown out"
)
_TAPE_OR_CALL = rx("recordings?|tapes?|audio|this (?:call|conversation)|transcript")
_HALTS = rx(
    "(?:pause|pausing|stop|stopping|hold|switch|switching|shut|turn|turning|mute|kill|cut|not) (?:<~4>)(?:recorder|recording|tape|taping|record)"
)
A_WHILE = rx("while|for a|for one|a sec|a second|a minute|a moment|until|so i can|before i|during")
_PERSON = rx(
    "real person|a person|human|somebody|representative|transfer|hung up|hang up|website|app|my (?:<~1>)(?:computer|robot|machine|software)"
)


def opts_out_loosely(sentence: Sentence) -> Range | None:
    """Where a customer wants out of AI, off tape for a while, or the recording wiped."""
    text = sentence.text
    if (
        len(sentence) > 30
        or rx("<device>|payments?|voicemail").search(text)
        or rx("did|was|were|told|said|asked|had").search(text)
    ):
        return None
    if _TAPE_OR_CALL.search(text) or _HEAD.search(text) or rx("recorder").search(text):
        head = rx(
            "recordings?|recorder|tapes?|taped|recorded|taping|recording|audio|this (?:call|conversation)|transcript"
        )
        if _HALTS.search(text) and A_WHILE.search(text):
            return _range(sentence, _HALTS, A_WHILE)
        if _WIPES.search(text) and head.search(text) and not rx("how do i|my (?:phone|camera)|not").search(text):
            return _range(sentence, _WIPES, head)
    if (
        _THING.search(text)
        and _AWAY.search(text)
        and _OF_MINE.search(text)
        and not (_PERSON.search(text) or _WELCOME.search(text))
    ):
        return _range(sentence, _THING, _OF_MINE)
    return None


_FORGIVES = rx(
    "mind|bother|quarrel|problem|care|matter|objections?|issue|trouble|hurt|worry|worries|harm|why not|sweat|odds|difference"
)
_GLAD = rx("<fine>|suits?|sure|welcome|need|must|want|please|yes|works?|gladly|understood|understand")
_OFF_TOPIC = rx(
    "account|number|name|order|card|bill|address|date|phone|calling|called|moment|second|wait|hold|hear|what|who|why|how|speak|spanish|question|hello|time|charged?|refund|sorry"
)


def answers_loosely(text: str, *, minding: bool) -> Literal["yes", "no", ""]:
    """A short answer that no pattern foresaw: "yes", "no" or ''."""
    words = text.split()
    if not 2 <= len(words) <= 10 or _OFF_TOPIC.search(text):
        return ""
    if rx("not|no|never|nothing").search(text):
        return "yes" if _FORGIVES.search(text) else "no"
    if minding and rx("yes (?:it|i|that|we) (?:is|do|would|does|will)").search(text):
        return "no"
    return "yes" if _GLAD.search(text) else ""
