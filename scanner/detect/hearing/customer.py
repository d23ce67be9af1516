"""What the customer says about being recorded and about AI in full, whatever went before: grants, refusals and opt-outs."""

from __future__ import annotations

import re

from scanner.detect.hearing import scope
from scanner.detect.hearing.heard import Range, Said, said
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence

TRIGGERS = frozenset(
    """record records recorded recording recordings tape taped taping recorder unrecorded ai bot bots robot opt opting permission consent agree
    transcription transcribing transcribe transcribed note analyzing analyzed analyze train training models algorithm algorithms computers machines robots tapes guinea lab software delete erase erased
    machine aiproduct off computer deleted comfortable object""".split()
)
_OBJ_OTHER = (
    "(?! (?:the |my |a |an |that |it as |your )(?:payments?|balance|address|number|show|shows|date|name|note|meter|fact|score|miles|surgery))"
    "(?! (?:late|twice|payments|as|for the|that i|(?:it|that|this) (?:under|as|in my))(?![a-z]))"
)
_RECORD = (
    f"(?:record{_OBJ_OTHER}|recorded(?! (?:late|twice))|recording|recordings|recorder|tape (?:me|us|this)|taped|taping)"
)
_DEVICE = rx("<device>|tape deck|vcr|payment|payments|my record|any record|on my record|no record of|voicemail")
_PAST = rx(
    "(?:did|had|was|were|has|never (?:consented|agreed|gave)|did not|told|said|asked|says|last (?:time|week|month|year|guy|rep)|previous|refused to be|i agreed to be)"
)
_SUPPOSED = rx("if|what if|what happens|suppose|whether|do people|would you|in case|why")
_FINE = "(?:okay|fine|alright|good|cool|acceptable|comfortable|happy|great|no problem|not a problem|no issue|cool)"
_AI = "(?:ai|aiproduct|bots?|robots?|algorithms?|note taker|machines?|software|computers?|transcription|transcribing|transcribe|models|analytics)"

_GRANTS = any_of(
    f"(?:you|they) (?:can|may|could|are allowed to|are welcome to|have (?:got )?my (?:consent|permission|okay)(?: to)?|are free to) (?:<~2>){_RECORD}",
    f"(?:go ahead|feel free|okay|fine|please|welcome) (?:and |to |with )?(?:<~1>){_RECORD}",
    f"(?:i|we) (?:do |hereby |fully |totally |will )?(?:consent|agree|accept|give (?:<~3>)(?:consent|permission)) (?:<~5>){_RECORD}",
    f"{_FINE} (?:<~2>)(?:with |if |to |that |being |by )(?:<~4>){_RECORD}",
    f"(?:recording|being recorded) (?:<~3>)(?:is|s) (?:<~1>){_FINE}|recording {_FINE}",
    f"(?:do not|would not) (?:mind|care|object|have (?:a|any) (?:problem|issue|objection)s?) (?:<~4>){_RECORD}",
    f"(?:no|not a) (?:problem|issue|objection|objections) (?:<~2>)(?:with |to |being )(?:<~3>){_RECORD}",
    f"yes (?:to|for|on|i consent|you can) (?:<~2>){_RECORD}",
    f"(?:got|have|has) my (?:blessing|okay|go ahead|vote|permission) (?:<~2>){_RECORD}",
    "^(?:(?:yes|sure|okay|fine|just|well|oh) )*(?:record|tape) (?:away|on|it i do not (?:care|mind)|this i do not (?:care|mind))",
    "you (?:can|may) tape (?:me|us|this|it|the call|our call)",
    "recording (?:is )?yes",
    "^(?:(?:yes|sure|okay|fine|just|well) )*record (?:it|this|me|the call|us)(?! (?:as|under|in|for my|on my)(?![a-z]))",
    f"{_RECORD} (?:<~2>)(?:does|do|will|would) not (?:bother|matter)|(?:does|do) not (?:bother|matter to) me (?:<~3>){_RECORD}",
    "record (?:it|this|me|the call|us) (?:if you (?:want|like|need|must|have to)|all you want)",
)
_REFUSES = any_of(
    f"(?:not|never|no) (?:<~2>)(?:want|wish|like|consent|consenting|agree|agreeing|authorize|allow|permit|give|giving|accept|approve|okay|fine|happy|good|comfortable|have (?:my |any |the )?(?:consent|permission|right|authorization)) (?:<~7>){_RECORD}",
    "(?:please |just )?(?:do|can|may|should|will) not (?:be )?(?:<~1>)(?:record(?! (?:that|my|the (?:number|payment)))|tape|recording)(?: (?:me|this|us|it|the call|our call|anything|my call|my voice))?",
    f"(?:rather|prefer) (?:<~3>)(?:not|no|did not|was not|without) (?:<~3>){_RECORD}|prefer not to (?:<~2>){_RECORD}|rather (?:this|it|the call) (?:was|were|is) not {_RECORD}",
    f"(?:refuse|object|decline|against|uncomfortable|opposed|hate|not comfortable) (?:<~3>){_RECORD}",
    "no (?:call )?recording(?: please| today| of me| for me| on this call)|no you (?:can|may) not record|not recorded please",
    "(?:do not|never|will not|not going to|refuse to|can not) (?:ever )?(?:talk|speak|do|discuss|continue|stay|go on|be|talking|stay on) (?:<~5>)(?:recorded|recording|record|taped) lines?",
    "(?:recording|being recorded|recorded) (?:<~2>)(?:is|was|s) (?:<~1>)not (?:<~1>)(?:<fine>|something)",
    f"not (?:<~2>)(?:talk|speak|talking|speaking|continue|continuing|stay|staying|do|doing|say|saying) (?:<~4>)(?:if|while|when|with|until|as long as) (?:<~4>){_RECORD}",
    f"no (?:to|on) (?:<~2>){_RECORD}",
    "without my (?:permission|consent)(?: <~4>not giving)",
    f"(?:i )?no want (?:<~2>){_RECORD}|not want (?:<~3>){_RECORD}|(?:nobody|none of you) (?:<~1>)(?:has|have) my (?:permission|consent)|please do not(?: do (?:that|it))?$|do not like (?:<~1>){_RECORD}|withdraw my (?:consent|permission)",
)
_NO_REFUSAL = rx(
    "nothing against|(?:talk|speak|talking|speaking|listen|listening) (?:to|with) (?:a|another|the|some) record(?:ing|er)"
)
_TAPES = "(?:(?:your|the|a|any|that|some|no) (?:<~1>)(?:tapes?|recordings?)|tape(?:d|s)?|recorded|recorder|recording)"
_NEVER = any_of(
    "(?:will|would|can|shall|must|should|may|is|am) not (?:be |being )(?:<~1>)(?:taped|recorded)|(?:nobody|no one|you do not|you will not|you may not) (?:<~1>)(?:tapes?|records?|taping|recording) (?:me|us|my)",
    "(?:do not|never|not) (?:do|take|have|accept|stay on|go on|make) (?:<~1>)(?:recorded|taped) (?:calls?|lines?|conversations?|phone calls?)",
    f"(?:no|any|a) part (?:of|in) (?:<~2>){_TAPES}|not (?:<~2>)(?:want|like|need|have|put|keep) (?:<~5>)(?:on|onto|in) {_TAPES}",
    f"(?:leave|keep|take|get) (?:me|us|my voice|this|this call|it) (?:off|out of|away from) (?:<~1>){_TAPES}",
    "never (?:<~1>)(?:said|told) (?:<~5>)(?:tape|record|recording|taping|taped|recorded)(?: (?:me|this|us|my))?",
    f"(?:being |be |getting )(?:recorded|taped) (?:<~1>)(?:makes|scares|bothers|worries|upsets) me|(?:take issue|issue|have a problem|problem|trouble|uneasy|nervous|unhappy|not keen|not thrilled|not crazy) (?:with|about|on) (?:<~2>){_TAPES}",
    "(?:please )?no recording(?: sir| maam| madam| please)+$",
    "no (?:right|business|authority) (?:to )?(?:be )?(?:<~1>)(?:record|recording|tape|taping)",
    "(?:that|this|it|call|conversation) (?:<~1>)(?:must|should|may|can|shall) not be (?:<~1>)(?:recorded|taped)",
)
"""A customer will not be on tape, however it is put."""
_STOPS = any_of(
    "(?:stop|quit|end|cease|kill|halt|discontinue) (?:<~1>)(?:the |this |your |call )?(?:recording|taping|recordings)",
    "(?:turn|switch|shut|turning) (?:off )?(?:<~2>)(?:recording|recorder|tape|recordings)(?: (?:off|down))?",
    "(?:turn|switch|shut) off (?:<~2>)(?:recording|recorder|tape)|recording (?:turned|switched|shut) off",
    "(?:take|get|need|want) (?:me|us|it|this|this call|my call) off (?:<~2>)(?:recorded|recording|record|taped) (?:line|call)",
    "stop (?:it |the call )?from being recorded",
    "(?:recording|recorder|taping) (?:(?!just |has |had |was |keeps |always )[a-z0-9']+ ){0,2}?(?:stopped|off|turned off|switched off|ended|shut off|disabled|to stop|to end)",
)
_PAUSES = any_of(
    "(?:pause|paused|hold|stop|stopping|turn off|mute|suspend) (?:<~4>)(?:recording|recorder|taping)(?: off)? (?:<~4>)(?:while|for (?:a|one|just)|when i|until|so i can|before i (?:give|read)|during|second|minute|moment)",
    "(?:pause|suspend|mute) (?:<~3>)(?:recording|recorder|tape)",
    "(?:pause|paused|hold|stop|stopping|turn|switch|shut|mute|suspend|hit pause|cut) (?:<~3>)(?:tape|recording|recorder)(?: off)? (?:<~1>)(?:while|for (?:a|one|just)|when i|until|so i can|before i|during)",
)
_A_WHILE = rx("while|for a|for one|a sec|a second|a minute|a moment|until|so i can|before i|during")
_OPTS_OUT = any_of(
    f"opt(?:ing|ed)? (?:me |us )?(?:out|me out) (?:<~7>)(?:{_RECORD}|{_AI}|being recorded)",
    "(?:delete|erase|remove|destroy|wipe|get rid of|deleted|scrub|trash) (?:<~4>)(?:recordings?|tape|transcript|this (?:call|conversation)|call recording)",
    "(?:recording|tape|transcript|call|conversation|this) (?:<~6>)(?:deleted|erased|removed|destroyed|wiped)",
    f"(?:way|how|option|choice|possible|press|dial|do|can i|can we) (?:<~6>)(?:not be|not to be|without being|avoid being|not getting|isn't|is not) {_RECORD}",
    "(?:unrecorded|non recorded|not recorded) (?:line|call|number)|line (?:that|which) (?:is|are) not (?:<~1>)(?:recorded|recording)",
    "(?:can|could|let) (?:we|us) (?:<~4>)off the record",
    "(?:way|how|option|possible|(?:can|could|may) (?:i|we)) (?:<~4>)(?:skip|avoid|get around|get out of|bypass|do without|go without) (?:<~2>)(?:recording|recorded|taping|tape)",
    "(?:tape|tapes|recording|recordings) (?:<~2>)(?:gone|wiped|erased|deleted|destroyed|thrown away)",
    "(?:line|phone|call) (?:<~1>)(?:nobody|no one) (?:<~1>)(?:tapes|records|is taping|is recording)",
    "(?:wipe|wiped|erase|scrub|delete) (?:<~1>)(?:this|the|my|our) (?:<~1>)(?:call|conversation|audio)",
    "(?:get|getting|be|stay|opt|take me|get me) off (?:of )?(?:<~2>)(?:recorded|recording|record|taped|tape|tapes)",
    f"(?:get|getting|opt|be|stay|leave me|keep me|take me) (?:<~2>)out of (?:<~3>){_RECORD}",
)
_NOT_AI_TALK = rx(
    f"(?:talk|speak|talking|speaking|deal|chat|understand|know about|hang up on) (?:<~3>){_AI}|no ai (?:could|can|would|will|has)|i do not use|does your|why do not you"
)
_PLAIN_AI = rx(
    "ai|aiproduct|note taker|transcription|transcribing|transcribe|models|analytics|train|training|algorithms?"
)
_HEARS_ME = rx(
    "<rec>|listen|listening|listens|analyz(?:e|es|ing|ed)|hearing|my (?:call|calls|voice|words|data)|on (?:this|the|my) (?:call|line)|i say|train|training|going through|use|used"
)
_THINGS = "(?:ai|aiproduct|robots?|bots?|chatbots?|computers?|machines?|algorithms?|software|models?|technology)"
_MINE = "(?:me|my|i say|i am saying|this call|our call|calls?|conversation|voice|words|hears|hear|listen|listens|listening|this)"
_UNWILLING = any_of(
    f"(?:keep|leave|take|get|kick|hold) (?:<~3>){_THINGS} (?:<~1>)(?:out|off|away)(?: of| from)? (?:<~2>){_MINE}",
    f"(?:keep|leave|take|count|get|pull|left|kept|taken|exclude|excluded) (?:<~4>)(?:out of|away from|off|from) (?:<~4>){_THINGS}",
    f"no (?:<~1>){_THINGS} (?:<~2>)(?:on|in|near|for|with|listening|hearing|touching|going) (?:<~2>){_MINE}",
    f"(?:rather|prefer) (?:<~2>)no (?:<~1>){_THINGS} (?:<~2>){_MINE}",
    f"no (?:<~1>)(?:{_THINGS}|automatic|automated) (?:summary|summaries|notes|transcripts?|analysis|analytics|scoring|scores)(?= please| for me| today| on |$)",
    f"(?:not|never|no|without) (?:<~5>)(?:guinea pig|lab rat|test subject|test case|experiment|experiments|training material|training data|teach|train|teaching|training|feed|feeding|fodder|smarter) (?:<~5>){_THINGS}",
    f"not (?:<~6>)(?:make|making|made) (?:<~3>){_THINGS} (?:<~2>)(?:better|smarter)",
    f"(?:my (?:<~1>)(?:calls?|voice|words)|i) (?:are|is|am) not (?:<~4>)(?:for|by|of) (?:<~3>){_THINGS}",
    f"without (?:<~3>){_THINGS} (?:<~2>)(?:listening|hearing|listens|on|in|involved|taking|writing)",
    f"(?:say no|no) to (?:<~3>){_THINGS}|(?:<~1>)(?:turn|switch|shut) (?:<~2>){_THINGS} (?:<~2>)off (?:<~3>)(?:listens|listening|hears)",
    f"not (?:<~1>)(?:want|like|let|need) (?:<~4>){_THINGS} (?:<~1>)(?:picking|going|poking|snooping|listening|hearing|reading|judging|analyzing|studying|learning)",
    f"(?:not|never) (?:<~1>)(?:feed|give|hand|send|run|put) (?:<~5>)(?:to|into|through) (?:<~3>){_THINGS}",
)
"""A customer will not be heard or learned from by software, however it is put."""
_PERSON = rx("(?:a|real|live) (?:person|human)|somebody|representative|get me a|give me a")
_NO_AI = any_of(
    f"(?:not|never) (?:<~2>)(?:want|like|consent|agree|okay|fine|comfortable|happy|allow|use|using|let|train|have|run|put|analyze|feed|be used|share|transcribe|give) (?:<~8>)(?:{_AI}|(?:your|its|the) (?:models|system))",
    f"not (?:<~1>)train (?:<~4>)(?:{_AI}|models|it|this)",
    f"(?:no|without|minus|except|skip|leave out|drop|kill|lose|refuse|object to|against) (?:to )?(?:<~2>){_AI}(?: <~2>)?",
    f"(?:keep|kept|stay|stays) (?:<~4>)(?:out of|away from) (?:<~4>)(?:{_AI}|training)|keep (?:<~2>){_AI} (?:<~2>)(?:out|off|away)",
    f"(?:turn|switch|shut|take|get|turning) (?:off )?(?:<~3>){_AI} (?:<~2>)(?:off|out|down)|(?:turn|switch|shut) off (?:<~3>){_AI}|(?:stop|quit) (?:<~2>)(?:{_AI}|analyzing)",
    f"(?:should|must|may|can) not (?:<~1>)(?:be )?(?:used|use) (?:<~4>)(?:{_AI}|train|training)",
    f"rather (?:<~4>)not (?:<~5>){_AI}",
    f"(?:leave|keep|count|take|get) (?:<~3>)out of (?:<~4>)(?:{_AI}|training|models)",
    f"(?:but )?not (?:to|for|with|on) (?:the |any )?(?:use of |using )?{_AI}",
    f"{_AI} (?:<~1>)(?:no|not okay|is not okay|is not fine|off|not)(?= |$)",
    f"(?:not|never) (?:<~3>)(?:used|use|using) (?:<~4>)(?:train|training|teach|{_AI})",
)


_OWN_RECORDING = re.compile(
    rx(
        "(?:if|that|for) (?:i|me) (?:<~1>)(?:record|to record|recording|tape)|(?:i|me) (?:record|recording|taping)"
    ).pattern
)


def _usable(sentence: Sentence, at: Range, *, past: bool = True, supposed: bool = True) -> bool:
    start = sentence.clause_start(at.first)
    clause = sentence.right(start, at.end - start)
    outside = sentence.right(at.end, 5)
    if _DEVICE.search(clause) or rx("(?:on|of|from|in|my|the) (?:my |the )?(?:<~1>)<device>").search(outside):
        return False
    if past and _PAST.search(sentence.left(at.first + 1, at.first + 1)):
        return False
    return not (supposed and _SUPPOSED.search(sentence.left(at.first + 1, min(7, at.first + 1 - start))))


def _range(sentence: Sentence, match: re.Match[str]) -> Range:
    return Range(*sentence.range_of(match))


def hear_customer(sentence: Sentence) -> list[Said]:
    """What a customer says in full, whatever was asked before."""
    text = sentence.text
    found: list[Said] = []
    pause = next((m for m in _PAUSES.finditer(text) if _usable(sentence, _range(sentence, m), supposed=False)), None)
    if pause:
        found.append(said("opt_out_requested", sentence, _range(sentence, pause), 0.9))
    else:
        stop = next(
            (
                m
                for m in _STOPS.finditer(text)
                if _usable(sentence, _range(sentence, m), supposed=False) and _asked_for(sentence, _range(sentence, m))
            ),
            None,
        )
        if stop and _A_WHILE.search(text):
            found.append(said("opt_out_requested", sentence, _range(sentence, stop), 0.85))
        elif stop:
            found.append(said("opt_out_requested", sentence, _range(sentence, stop), 0.9))
            found.append(said("consent_refused", sentence, _range(sentence, stop), 0.88))
    if not any(s.kind == "opt_out_requested" for s in found):
        for match in _OPTS_OUT.finditer(text):
            at = _range(sentence, match)
            if _usable(sentence, at, supposed=False) and not rx(
                "i (?:deleted|erased)|how do i delete|you can opt|i (?:read|heard)"
            ).search(text):
                found.append(said("opt_out_requested", sentence, at, 0.88))
                break
    if not any(s.kind == "opt_out_requested" for s in found):
        for match in _NO_AI.finditer(text):
            at = _range(sentence, match)
            if (
                _usable(sentence, at)
                and not _NOT_AI_TALK.search(text)
                and (_PLAIN_AI.search(match[0]) or _HEARS_ME.search(text))
            ):
                found.append(said("opt_out_requested", sentence, at, 0.85))
                break
    if not any(s.kind == "opt_out_requested" for s in found) and not (
        _NOT_AI_TALK.search(text) or _PERSON.search(text)
    ):
        for match in _UNWILLING.finditer(text):
            at = _range(sentence, match)
            if not _PAST.search(sentence.left(at.first, at.first)) and not _SUPPOSED.search(sentence.left(at.first, 5)):
                found.append(said("opt_out_requested", sentence, at, 0.8))
                break
    if not any(s.kind == "consent_refused" for s in found):
        for match in _REFUSES.finditer(text):
            at = _range(sentence, match)
            out = next((s for s in found if s.kind == "opt_out_requested"), None)
            if (
                _usable(sentence, at)
                and not (
                    re.match(r"(?:do|can|may|will|should) not (?:be )?(?:[a-z]+ )?(?:record|tape)", match[0])
                    and sentence.left(at.first, 1) in {"we", "they", "it", "i"}
                )
                and not (out and out.range.meets(at) and _OPTS_OUT.search(text))
                and not _mind(match[0])
                and not _NO_REFUSAL.search(sentence.right(max(0, at.first - 1), at.end - at.first + 1))
            ):
                found.append(said("consent_refused", sentence, at, 0.9))
                break
    if not any(s.kind == "consent_refused" for s in found):
        never = next(
            (
                m
                for m in _NEVER.finditer(text)
                if not _DEVICE.search(text)
                and not (
                    re.match(r"(?:take |have a )?(?:issue|problem|trouble)", m[0])
                    and scope.negated(sentence.left(_range(sentence, m).first, 6))
                )
                and not _SUPPOSED.search(sentence.left(_range(sentence, m).first, 5))
            ),
            None,
        )
        if never and not sentence.question:
            found.append(said("consent_refused", sentence, _range(sentence, never), 0.8))
    for match in _GRANTS.finditer(text):
        at = _range(sentence, match)
        left = sentence.left(at.first + 1, 6)
        if any(s.kind == "consent_refused" and s.range.meets(at) for s in found) and not rx(
            "mind|care|problem|objections?"
        ).search(match[0]):
            continue
        if _OWN_RECORDING.search(match[0]) or re.match(r"(?:is it|can i|may i|do i|would it)\b", text):
            continue
        if _usable(sentence, at) and not rx("not|never|no|need|do i have to|did i").search(
            _without_own(left, match[0])
        ):
            found.append(said("consent_granted", sentence, at, 0.9))
            break
    return found


def _mind(words: str) -> bool:
    return bool(re.search(r"\b(?:not|no) (?:mind|care|objection)", words))


def _without_own(left: str, own: str) -> str:
    words = left.split(" ")
    if words and own.startswith(words[-1]):
        words = words[:-1]
    text = " ".join(words)
    return re.sub(r"^(?:no|well no) (?=i|you)", "", text)


_ASKING = rx(
    "(?:please|can you|could you|would you|will you|i want|i need|i would like|want you to|need you to|just|then|now|you to|you need to|you have to|you must|so|and|but|no|okay|hey|yes|well|to)"
)


def _asked_for(sentence: Sentence, at: Range) -> bool:
    """Whether stopping is asked for, rather than told of."""
    left = sentence.left(at.first, 5)
    if rx("did|does|why|how do i|when do|will not|won't|wouldn't|i|it|they|my").search(left) and not _ASKING.search(
        left
    ):
        return False
    return not rx("how do i (?:turn|stop|switch)|you (?:did|have)").search(sentence.left(at.first + 1, 5))


def names_device(text: str) -> bool:
    """Whether plain words speak of what records at home, of payments or of files."""
    return bool(_DEVICE.search(text))
