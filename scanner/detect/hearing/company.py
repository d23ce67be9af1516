"""What a sentence of the company's side says, given what went before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from scanner.detect.hearing import (
    denials,
    learned,
    machines,
    opting_out,
    outsiders,
    recording,
    replies,
    requests,
    scope,
    scripts,
    spanish,
    ways_out,
)
from scanner.detect.hearing.concepts import CONCEPTS
from scanner.detect.hearing.floor import (
    A_FEW_WORDS,
    CARRY_S,
    NEVER,
    NOTICE_S,
    QUESTION_S,
    Floor,
)
from scanner.detect.hearing.heard import Range, Said, masked
from scanner.detect.hearing.near_notices import hear_near_notice, hear_near_training, sounds_taped
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence
from scanner.detect.hearing.two_ears import agreed, widely

_TOPICS: dict[str, str] = {
    "recording": "recording",
    "ai_analysis": "ai",
    "ai_training": "ai",
    "third_party": "recording",
}
_PROCESSING = frozenset({"third_party", "ai_analysis", "ai_training"})
_OTHERS_TALK = rx(
    "(?:what|when|whatever|everything|anything) (?:your|their|his|her) (?:<~1>)(?:customers?|clients?|patients?|callers?|guests?|students?|tenants?|employees|staff|users?|visitors?|members)"
)
"""“It transcribes what your patients say” tells of a product, not of this call."""
_RECORDS_THINGS = rx(
    "(?:we|i) (?:<~1>)(?:record|tape|log|catalog) (?:every|each|all|any)(?: single)? (?:<~1>)[a-z]+ (?:that|which|who|we|you|in|with|by|from)"
)
_TALK = rx("<callnoun>|voices?|say|said|talk|talking|words?|phones?|thing|everything")
"""“We record every saw that comes in” tells of saws."""
_IT_OFF = rx("(?:turned|switched|shut|turning|switching) (?:it|that|this) off")
_REAL_QUESTION = re.compile(
    r"^(?:and |so |okay |now |thanks? |great )*(?:may|can|could|what|who|where|when|how|which|is|are|do|does|did|would|will|have|has)\b"
)


_LEAVES_OPEN = any_of(
    "(?:how|what) (?:can|may|could) (?:i|we) (?:<~2>)(?:help|do|assist|get)|how are (?:you|things)|how is it going|what is (?:up|going on|new)",
    "who (?:am i|is this|is calling|do i|is it)|who i am|(?:have|get|take) your (?:<~2>)name|what is your (?:<~1>)name|your name(?: please)?$|are you (?:still )?there",
)


def hear_company(
    sentence: Sentence, floor: Floor, approved: tuple[scripts.Script, ...], likely: learned.Likelihoods
) -> None:
    """Adds what a sentence discloses, asks, offers and denies to what was said, and takes note of it."""
    words = set(sentence.text.split())
    found: list[Said] = []
    recent = floor.notice if sentence.start_s - floor.notice_s <= QUESTION_S else frozenset()
    offers, asks = ways_out.Offered(), requests.Asked()
    if words & requests.TRIGGERS:
        offers = ways_out.hear_offers(sentence, notice=_since(floor, sentence))
        asks = requests.hear_requests(sentence, notice=frozenset())
    masks = (*offers.masks, *asks.masks)
    if words & spanish.TRIGGERS:
        heard, more = spanish.hear_spanish(sentence, company=True)
        found += heard
        masks = (*masks, *more)
        if any(s.kind == "consent_request" for s in heard):
            asks = requests.Asked(tuple(s for s in heard if s.kind == "consent_request"), (), frozenset({"recording"}))
            found = [s for s in found if s.kind != "consent_request"]
    if words & recording.TRIGGERS:
        in_talk = sentence.start_s - max(floor.topic_s, floor.stop_s, floor.notice_s, floor.asked_s) <= 30
        topical = bool(requests.REC_TOPIC.search(sentence.text))
        found += [
            s
            for s in recording.hear_recording(sentence, masks)
            if in_talk or topical or not _IT_OFF.search(sentence.right(s.first, s.end - s.first))
        ]
    carried = 0.0 <= sentence.start_s - floor.notice_s + 1.0 <= CARRY_S or bool(found)
    ai_masks = [m for m in masks if not any(m.meets(s.range) for s in asks.said)]
    if words & machines.TRIGGERS:
        found += machines.hear_analysis(sentence, ai_masks, asked=bool(asks.said), carried=carried)
        found += machines.hear_training(sentence, ai_masks, asked=bool(asks.said), carried=carried)
    if words & outsiders.TRIGGERS:
        found += outsiders.hear_outsiders(sentence, masks, carried=carried)
    found += [s for s in scripts.hear_scripts(sentence, approved) if not any(f.kind == s.kind for f in found)]
    found += offers.said
    if not any(s.kind in {"recording", "recording_denied"} for s in found):
        found += replies.reply_about_recording(sentence, floor)
    heard_widely = widely(sentence, likely, {s.kind for s in (*found, *asks.said)})
    if _OTHERS_TALK.search(sentence.text):
        heard_widely = {
            k: replace(s, confidence=learned.OPEN)
            for k, s in heard_widely.items()
            if k not in _PROCESSING or s.confidence >= learned.COUNTED
        }
    if "recording" in heard_widely and _RECORDS_THINGS.search(sentence.text) and not _TALK.search(sentence.text):
        heard_widely["recording"] = heard_widely["recording"].at_most(learned.OPEN)
    just_said = recent if floor.at_once else frozenset()
    if "consent_request" in heard_widely and not _may_ask_consent(
        sentence, just_said or frozenset(s.kind for s in found)
    ):
        del heard_widely["consent_request"]
    if asks.said and _all_masked(sentence, masks):
        heard_widely.pop("recording", None)
    if "opt_out_offered" in heard_widely and not asks.said:
        offered = heard_widely.pop("opt_out_offered")
        offers = ways_out.Offered((offered,), (*offers.masks, offered.range))
        found.append(offered)
    notice = frozenset(_TOPICS[s.kind] for s in (*found, *heard_widely.values()) if s.kind in _TOPICS)
    if not asks.said and (notice or just_said):
        asks = requests.hear_requests(sentence, notice=notice or just_said)
    if not asks.said and not notice:
        asks = _asks_about_tape(sentence, floor)
    asked = heard_widely.get("consent_request")
    if asked and not asks.said:
        asks = requests.asked_loosely(asked, notice or recent)
    found = [*agreed((*found, *(s for s in asks.said if s is not asked)), likely), *heard_widely.values()]
    if not any(s.kind in {"recording", "recording_denied"} and s.confidence > learned.OPEN for s in found):
        found += replies.calls_told_of(sentence, floor, masks)
    if not any(s.kind == "ai_training" and s.confidence > learned.OPEN for s in found):
        found += replies.trains_with_it(sentence, floor)
    floor.said += denials.of_this_call(found, sentence, floor)
    if not notice and not any(s.kind in {"recording", "recording_denied"} for s in found):
        near = hear_near_notice(sentence, opening=floor.company_words <= _OPENING_WORDS)
        floor.said += near
        floor.near_notice_s = sentence.end_s if near else floor.near_notice_s
    if not any(s.kind == "ai_training" for s in found):
        floor.said += hear_near_training(sentence)
    if scope.elsewhere_said(sentence.text):
        floor.elsewhere_s = sentence.end_s
    if opting_out.asks_leave_for_other(sentence) and not asks.said:
        floor.other_leave_s = sentence.end_s
    if opting_out.names_other_things(sentence):
        floor.other_thing_s = sentence.end_s
    if "transfer" in likely:
        floor.joins[id(sentence)] = likely["transfer"]
    asks_the_matter = not asks.said and not offers.said and _goes_on_asking(sentence)
    _company_spoke(sentence, floor, asks, notice, offered=bool(offers.said), asks_the_matter=asks_the_matter)


def _asks_about_tape(sentence: Sentence, floor: Floor) -> requests.Asked:
    """“I take phone orders, is that all right?”: a tape, it seems, and the question for it; a person must listen."""
    taped = sounds_taped(sentence)
    before = floor.taped if floor.taped and sentence.start_s - floor.taped.end_s <= CARRY_S else None
    floor.taped = taped
    if not (taped or before):
        return requests.Asked()
    asks = requests.hear_requests(sentence, notice=frozenset({"recording"}))
    if not asks.said:
        return asks
    floor.taped = None
    floor.said += [s for s in (taped or before,) if s]
    return replace(asks, said=tuple(replace(s, confidence=learned.OPEN) for s in asks.said))


_ASKING = frozenset({"AGREE", "MIND", "YES", "CHOICE"})
_ACKNOWLEDGES = frozenset("cool okay alright fine good great perfect sure right wonderful excellent lovely yes".split())
_GOES_ON_WITH = frozenset("you we i it this that so then thanks thank".split())
"""“Cool, you're on tape now” takes note of an answer; “cool if I tape this” asks for one."""
_OURS = frozenset({"RECORD", "AI", "WRITE", "LISTEN"})
_MAY_BE_OURS = _OURS | {"SOUND", "CALL", "MACHINE", "LEARN"}
_OF_SOMETHING = rx(
    "(?:is|are|was|does|do|will|would|can|could|should) (?!(?:that|this|it|you|everything|everybody|everyone|we|i|all|there|being|anybody)(?![a-z]))"
    "(?:the |your |a |my |our )?[a-z]+ (?:<~4>)(?:<fine>|works?|suits?)|"
    "(?:object|mind|agree|consent|okay|alright|fine|problem|permission|authorize|comfortable|happy) (?:to|with|if|for|in) (?:<~1>)"
    "(?:a|an|the|your|my|our|some|another) (?!(?:<~2>)(?:calls?|conversations?|talk|chat|line|recordings?|recorder|tape|taping|ai|software|note taker|computer|machine)(?![a-z]))[a-z]+"
)


def _may_ask_consent(sentence: Sentence, noticed: frozenset[str]) -> bool:
    """Whether what the learned ear takes for a request asks anything, and nothing of "a substitute brand".

    `noticed`: what was said right before; of something said since, "would that be okay with you?" asks of that.
    """
    concepts = {c for t in sentence.tokens for c in CONCEPTS.get(t.text, ())}
    if not (concepts & _MAY_BE_OURS or noticed):
        return False
    takes_note = sentence.tokens[0].text in _ACKNOWLEDGES and (
        bool(sentence.tokens[0].mark) or sentence.word(1) in _GOES_ON_WITH
    )
    asking = {c for t in sentence.tokens[takes_note:] for c in CONCEPTS.get(t.text, ())}
    if not (asking & _ASKING or _is_question(sentence) or _ASKS_WITHIN.search(sentence.text)):
        return False
    of = _OF_SOMETHING.search(sentence.text)
    return of is None or any(_MAY_BE_OURS & set(CONCEPTS.get(w, ())) for w in of[0].split())


def _all_masked(sentence: Sentence, masks: Sequence[Range]) -> bool:
    """Whether all words of recording stand in a request or a condition: they say of none that it happens."""
    return all(
        masked(Range(i, i + 1), masks) for i, t in enumerate(sentence.tokens) if "RECORD" in CONCEPTS.get(t.text, ())
    )


_ASKS_WITHIN = re.compile(
    r"\b(?:(?:shall|should|would|do|does|did|is|are|can|could|may|have|has|will|was|were) (?:i|you|we|it|there|he|she|they|that|your|the|anyone|anybody)"
    r"|what|where|when|who|how|which) "
)


def _goes_on_asking(sentence: Sentence) -> bool:
    """Whether a sentence asks about the matter of the call after its notice: recognisers lose the mark in between."""
    for match in _ASKS_WITHIN.finditer(sentence.text):
        first, _ = sentence.range_of(match)
        tail = sentence.right(first, 30)
        of_us = any(_OURS & set(CONCEPTS.get(w, ())) for w in tail.split())
        if first > 1 and len(tail.split()) > A_FEW_WORDS and not of_us and not _LEAVES_OPEN.search(tail):
            return True
    return False


_JUST_AFTER_S = 0.01


def _since(floor: Floor, sentence: Sentence) -> frozenset[str]:
    return floor.notice if sentence.start_s - floor.notice_s <= NOTICE_S else frozenset()


def _company_spoke(
    sentence: Sentence,
    floor: Floor,
    asks: requests.Asked,
    notice: frozenset[str],
    *,
    offered: bool,
    asks_the_matter: bool,
) -> None:
    if asks.said:
        floor.asked, floor.asked_s, floor.minding, floor.replies = asks.about, asks.said[0].end_s, asks.minding, 0
        floor.asked_how_surely = asks.said[0].confidence
        tail = sentence.right(asks.said[0].end, 30)
        if len(tail.split()) > 8:
            floor.asked_s = NEVER if _REAL_QUESTION.match(tail) else floor.asked_s
    elif sentence.start_s > floor.asked_s and _closes_a_question(sentence, notice) and not _is_tag(sentence):
        floor.asked_s = NEVER
    if notice:
        floor.notice, floor.notice_s, floor.at_once = notice, sentence.end_s, True
        if asks_the_matter:
            floor.matter_asked_s = floor.other_question_s = sentence.end_s + _JUST_AFTER_S
    elif sentence.start_s >= floor.notice_s and _is_question(sentence) and not asks.said and not offered:
        floor.other_question_s = sentence.end_s
        if not _LEAVES_OPEN.search(sentence.text):
            floor.matter_asked_s = sentence.end_s
    if not notice and len(sentence) > 3 and not asks.said and not offered:
        floor.at_once = False
    if offered:
        floor.offered_s = sentence.end_s
    if requests.REC_TOPIC.search(sentence.text):
        floor.topic_s = sentence.end_s
    if replies.tells_of_calls(sentence):
        floor.calls_s = sentence.end_s


def _closes_a_question(sentence: Sentence, notice: frozenset[str]) -> bool:
    """Whether what the company says after a request leaves no room for its answer; what it tells of the recording does."""
    return _is_question(sentence) or (len(sentence) > _A_REMARK and not notice)


_A_REMARK = 6
_OPENING_WORDS = 40


def _is_question(sentence: Sentence) -> bool:
    return sentence.question or bool(_REAL_QUESTION.match(sentence.text))


def _is_tag(sentence: Sentence) -> bool:
    """“Do you?”, “is that okay?”, “Lund?” after "Mrs.": the end of the question before it."""
    return len(sentence) <= _TWO_WORDS or bool(_TAG.search(sentence.text))


_TWO_WORDS = 2


_TAG = rx(
    "^(?:(?:do|does|would|will|are|is|can|could|did) (?:you|it|that|this|we)(?: not)?(?: <fine>)?|right|okay|alright|yes|no|hm|huh)$"
)
