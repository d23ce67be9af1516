"""Out of what a customer wants to be: of the recording and of AI, or of something else that people opt out of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanner.detect.hearing import learned
from scanner.detect.hearing.concepts import CONCEPTS
from scanner.detect.hearing.concerning import GOES_ON, has_own_word, may_object_to_us
from scanner.detect.hearing.floor import ANSWER_S, CARRY_S, NOTICE_S, Floor
from scanner.detect.hearing.heard import Range, Said, said
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence
from scanner.detections import OBJECTIONS

_THING = """(?:paper|papers|paperless|statements?|e ?mails?|texts?|text (?:messages|alerts)|alerts|marketing|mail|mailings?|mailing list|newsletters?|magazines?
|catalogs?|flyers?|form|students?|interns?|residents?|trainees?|observers?|surveys?|arbitration|class action|settlement|lawsuit
|promotions?|offers|sales calls|insurance|coverage|warranty|autopay|automatic (?:payments?|renewals?|withdrawals?)|renewals?
|subscription|membership|rewards|loyalty|(?:group|premium|payment|meal|data|health|dental) plan|the plan|raffle|directory|phone book
|donor list|affiliates|lease|contract|timeshare|upgrade|gift wrap|overdraft)""".replace("\n", "")
_OUT_OF = """(?:opt(?:ed|ing)? (?:<~2>)?out|opt-out|out|off|part|decline|refuse|skip|avoid|exclude|excluded|say no|get out|leave|cancel|stop)"""
_OF_A_THING = any_of(
    f"{_OUT_OF} (?:of |from |to |for |in |with )?(?:<~3>){_THING}",
    f"{_THING} (?:<~6>){_OUT_OF}(?: of| to| from)?(?: that| it| those| them| this| these)?$",
)
_NAMES_A_THING = rx(_THING)
_OF_AN_OBJECT = rx(
    "(?:out of|off of|off|out from|avoid|refuse|decline|skip|part of|in) (?:the|a|an|my|your|our|any) "
    "(?!(?:<~2>)(?:program|thing|process|system|stuff|deal|business|training|project|data ?base|learning|improvement|study|mix|pool|part|bit))[a-z]+"
)
"""Out of something that is named, and is neither a word of ours nor one that may stand for it."""
_OWN_WORDS = frozenset(
    "calls software machine machines computer computers models analytics voice listening analyzed".split()
)

_THAT = "(?:that|this|it|those|them|any of (?:that|this|it)|all (?:of )?(?:that|this)|(?:something|anything) like (?:that|this))"
_MINE = "(?:me|us|mine|my (?:<~1>)(?:calls?|voice|words|conversations?|data|stuff|name))"
_KEPT_OUT = any_of(
    f"(?:leave|keep|take|count|get|pull|exclude|remove|drop|kept|left|taken|include) {_MINE} (?:<~1>)(?:out|off|away|alone)(?: (?:of|from) (?:<~1>){_THAT})?",
    f"(?:leave|keep|take|get|pull|drop|kept|left|taken|excluded|removed|skipped|away|be|are) (?:<~2>)(?:out|off|away) ?(?:of |from )?(?:<~1>){_THAT}",
    f"(?:exclude|skip|remove) {_MINE}|{_MINE} (?:<~2>)(?:be )?(?:left|kept|taken) (?:out|alone)",
    f"(?:not|without|avoid|stop) (?:<~2>)(?:be|being|getting|get|taking|take|have|having|wanna be) (?:<~3>)(?:part|included|used|involved|in|on) ?(?:of |in |for |by |to )?(?:<~1>){_THAT}",
    "(?:not|no) (?:<~2>)(?:be |being |taking |take |want |wish |care )(?:to )?(?:<~3>)(?:part|included|used|involved|participat(?:e|ing))",
    f"no part (?:of|in)|(?:no|any) part (?:of|in) (?:<~1>){_THAT}|nothing to do with (?:<~1>){_THAT}",
    f"(?:avoid|skip|escape|(?:get|stay|keep|bow|back|be|step) (?:<~2>)out of|get around|way around|decline|say no to|refuse|turn down|pass on) (?:<~1>){_THAT}",
    f"not (?:<~1>)(?:use|include|do (?:that|this|it) (?:to|with|for)|give|feed|run|put) (?:<~1>){_MINE}",
    f"(?:not|wish you would not) (?:<~4>)(?:with|to|for) {_MINE}$",
    "not (?:my (?:calls?|voice|words)|mine)",
    f"(?:agree|consent|sign up|okay|comfortable|happy|fine) (?:to|for|with) (?:<~1>)(?:{_THAT}|that part|that bit)",
    f"how (?:do|would|can|could|might|does) (?:i|we|a person|one|somebody|you) (?:<~4>)(?:not be|not being|(?:avoid|decline|refuse|say no to|out of|stop) (?:<~1>){_THAT}|(?:decline|refuse|say no|opt out)$)",
)
_NOT_WANTED = any_of(
    "(?:what if|suppose) (?:i|we) (?:<~3>)(?:not|say no|refuse|decline|rather)",
    "(?:do i|do we|must i|must we) (?:<~1>)(?:have to|need to|have a (?:choice|say)|get a (?:choice|say)|have any (?:choice|say)|be)",
    f"(?:is|was) {_THAT} (?:optional|mandatory|required|necessary|voluntary)",
    "no thank you to that|not interested in that|can i (?:decline|refuse|say no)",
)
_POINTS_AT_THING = re.compile(r"\b(?:that|this|those|these) $")
_A_NOUN = re.compile(rf" (?!{GOES_ON})[a-z]")
"""“Get me off of that list” is out of a list."""
_OF_ANOTHER = any_of(
    "(?:leave|keep|take|get|pull|count|left|kept|put|remove) (?:her|him|them|it|(?:my|the|his|her) (?!calls?|voice|words|data|information|name|conversations?|stuff|ai|recording|transcript)[a-z]+) (?:<~1>)(?:out|off|away)"
)
_AGREES = any_of("(?:agree|consent|okay|comfortable|happy|fine) (?:to|for|with)")
_UNDER = 2 * NOTICE_S
"""An opt-out still speaks of a notice so long after it, since the company mostly asks something in between."""


def names_other_things(sentence: Sentence) -> bool:
    """Whether a sentence speaks of what else people opt out of, and of neither recording nor AI."""
    return bool(_NAMES_A_THING.search(sentence.text)) and not _names_our_own(sentence)


def names_ai(sentence: Sentence) -> bool:
    """Whether a sentence names AI."""
    return any("AI" in CONCEPTS.get(t.text, ()) for t in sentence.tokens)


def _names_an_object(sentence: Sentence) -> bool:
    return bool(_OF_AN_OBJECT.search(sentence.text)) and not _names_our_own(sentence)


def _names_our_own(sentence: Sentence, *, beside: frozenset[str] = frozenset()) -> bool:
    return has_own_word(sentence, _OWN_WORDS - beside)


_DONE_FOR_YOU = any_of(
    "(?:opt|opted|opting|take|taken|took|taking|leave|left|mark|marked|flag|flagged|exclude|excluded|remove|removed|put) you (?:out|off|down|from|in)",
    "you (?:are|have been|were|will be) (?:<~2>)(?:opted|taken|left|marked|flagged|excluded|removed|out|off)(?! (?:your|a|an) )",
    "(?:i|we) (?:have|will|can|just|already) (?:<~2>)(?:turn|turned|switch|switched|shut|pause|paused|stop|stopped|end|ended) (?:<~3>)(?:ai|note taker|transcription|recording|recorder|tape|assistant|software)",
    "(?:i|we) (?:have|will|can|am|just|are) (?:<~8>)so (?:that )?(?:it|(?:your|this|the) (?:<~1>)(?:call|voice|words|data|recording)) (?:is|will) not (?:be )?(?:used|included|kept|part)",
    "^(?:and |so |then )*(?:it|(?:your|this|the) (?:<~1>)(?:call|voice|words|data|recording)) (?:is|will) not (?:be )?(?:used|included|kept|part)",
)


def of_the_caller(found: Iterable[Said], sentence: Sentence) -> list[Said]:
    """What was heard, without the agent's "okay, I've opted you out of that", whoever it was taken to be said by."""
    surely_his = sentence.speaker == "customer" and sentence.speaker_confidence >= _OWN_CHANNEL
    if surely_his or not _DONE_FOR_YOU.search(sentence.text):
        return list(found)
    return [s for s in found if s.kind != "opt_out_requested"]


_OWN_CHANNEL = 0.999
"""So sure is a speaker only where each side has its own channel; there a customer's words are his own."""


_ASKS_LEAVE = any_of(
    "(?:do (?:i|we) have|can (?:i|we) (?:get|have)|may (?:i|we) have|i (?:<~2>)need|is it) (?:<~2>)(?:consent|permission|authorization|approval|okay) (?:to|for)",
    "(?:do|would|will|can) you (?:<~2>)(?:consent|authorize|agree|allow|permit|approve)",
)


def asks_leave_for_other(sentence: Sentence) -> bool:
    """“Do I have your consent to run your credit?”: leave for something else than recording or AI."""
    return bool(_ASKS_LEAVE.search(sentence.text)) and not _names_our_own(sentence, beside=_LEAVE)


def of_what_was_asked(found: Iterable[Said], sentence: Sentence, floor: Floor) -> list[Said]:
    """What was heard, without "I don't consent to that" where leave for something else was asked last; a perhaps soon after a notice."""
    since_s = sentence.start_s - floor.other_leave_s
    last = floor.other_leave_s > max(floor.asked_s, floor.notice_s)
    if not (last and since_s <= ANSWER_S) or _names_our_own(sentence, beside=_LEAVE):
        return list(found)
    noticed = sentence.start_s - floor.notice_s <= NOTICE_S
    return [
        s.at_most(learned.OPEN) if s.kind in OBJECTIONS else s for s in found if noticed or s.kind not in OBJECTIONS
    ]


_LEAVE = frozenset("consent consenting permission".split())


def of_what(found: Iterable[Said], sentence: Sentence, floor: Floor) -> list[Said]:
    """What was heard, without opt-outs from other things; right after a notice a doubtful one stays as a perhaps.

    A missed opt-out lets a call train AI that must not, so that only what plainly names another thing is dropped.
    """
    noticed = sentence.start_s - max(floor.notice_s, floor.offered_s, floor.asked_s) <= _UNDER
    after_thing = sentence.start_s - floor.other_thing_s <= CARRY_S and not _names_our_own(sentence)
    plainly = names_other_things(sentence) and bool(_OF_A_THING.search(sentence.text))
    loosely = after_thing or names_other_things(sentence) or _names_an_object(sentence)
    kept: list[Said] = []
    for s in found:
        if s.kind != "opt_out_requested" or not (plainly or loosely):
            kept.append(s)
        elif noticed and not plainly:
            kept.append(s.at_most(learned.OPEN))
    return kept


def wants_out(sentence: Sentence, floor: Floor, likely: learned.Likelihoods) -> list[Said]:
    """“How would I go about not being part of that?” after a notice that AI learns from the call or listens to it.

    Right after such a notice even what the learned ear finds only a little likely is a perhaps; after one of recording,
    in which a word of AI may have been lost, only plain words are.
    """
    pause = _PAUSE_IT.search(sentence.text)
    if pause and sentence.start_s - floor.topic_s <= _UNDER and not names_other_things(sentence):
        return [said("opt_out_requested", sentence, Range(*sentence.range_of(pause)), 0.72)]
    since_s = sentence.start_s - floor.notice_s
    of_ai = 0.0 <= since_s <= _UNDER and "ai" in floor.notice
    noticed_s = max(floor.notice_s, floor.near_notice_s)
    of_recording = 0.0 <= sentence.start_s - noticed_s <= NOTICE_S and floor.matter_asked_s <= noticed_s
    if not (of_ai or of_recording):
        return []
    match = None if _OF_ANOTHER.search(sentence.text) else _KEPT_OUT.search(sentence.text)
    if match and _POINTS_AT_THING.search(match[0] + " ") and _A_NOUN.match(sentence.text[match.end() :]):
        match = None
    if match and (not _AGREES.search(match[0]) or may_object_to_us(sentence, floor)):
        sure = of_ai and since_s <= NOTICE_S and not names_other_things(sentence)
        return [said("opt_out_requested", sentence, Range(*sentence.range_of(match)), 0.72 if sure else learned.OPEN)]
    if not of_ai or since_s > NOTICE_S:
        return []
    match = _NOT_WANTED.search(sentence.text)
    if match and len(sentence) <= _A_BRIEF_ONE and floor.matter_asked_s <= floor.notice_s:
        return [said("opt_out_requested", sentence, Range(*sentence.range_of(match)), learned.OPEN)]
    perhaps = likely.get("opt_out_requested")
    if perhaps and perhaps.probability >= _A_LITTLE and may_object_to_us(sentence, floor):
        return [said("opt_out_requested", sentence, perhaps.at, learned.OPEN)]
    return []


_PAUSE_IT = any_of(
    "(?:can|could|would|will) you (?:<~2>)(?:pause|mute|suspend|hold off|stop) (?:it|that|this|the thing)(?: (?:first|then|now|please|a (?:second|sec|moment|minute)|while|for|before|until)|$)",
    "^(?:please |just |okay |so |then )*(?:pause|mute) (?:it|that|this)(?: (?:first|then|please|while|for|before|until)|$)",
)
"""“Could you pause that first?” before a card is read, while recording is spoken of."""
_A_LITTLE = 0.15
_A_BRIEF_ONE = 12
