"""Hears what is disclosed in a call: who said what about recording, consent, AI, outsiders and transfers, and when.

Each sentence is read by its grammar (`scanner.detect.hearing`); this module follows the talk: a bare "yes" means something
only after a request, "it's off" only after recording was spoken of, and "yes, it is" only after the customer asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scanner.detect.hearing import (
    customer,
    events,
    learned,
    machines,
    outsiders,
    recording,
    requests,
    scope,
    scripts,
    spanish,
    transfers,
)
from scanner.detect.hearing.concepts import CONCEPTS
from scanner.detect.hearing.heard import Happened, Range, Said, said
from scanner.detect.hearing.meaning import SentenceMeaning, examples_of, hear_meaning
from scanner.detect.hearing.names import names_of, with_names
from scanner.detect.hearing.patterns import any_of, rx
from scanner.detect.hearing.sentences import Sentence, sentences_of
from scanner.detect.vocabulary import Vocabulary
from scanner.detections import Basis, CallEvent, Disclosure, DisclosureKind
from scanner.transcript import COMPANY_SIDE, Speaker, Transcript

ANSWER_S = 12.0
"""A request is answered within this time, or not at all."""
QUESTION_S = 8.0
"""So long after the customer's "is this recorded?" the agent's "yes, it is" is its answer."""
NOTICE_S = 15.0
"""So long after a notice "I'm not comfortable with that" is about the notice."""
CARRY_S = 5.0
"""So long after a notice "them" and "it" may be the calls and the recording."""
REFUSED_S = 20.0
"""So long after a refusal an agent who names another way to reach the company ends this call."""
EARLY_S = 0.7
"""People answer before a question ends, and word times are not exact."""
UNSURE_SPEAKER = 0.6
"""Below this the words are read as either side's."""
SURE_SPEAKER = 0.8
"""Below this, words that only the other side would say are looked at."""
_TOPICS: dict[str, str] = {
    "recording": "recording",
    "ai_analysis": "ai",
    "ai_training": "ai",
    "third_party": "recording",
}


_CARRIED = frozenset("RECORD KEEP CALL MACHINE AI LEARN OUTSIDE LISTEN STUDY WRITE AGREE OTHER".split())
"""What a sentence is about that the next one may go on about."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in a call, each ordered by start."""

    disclosures: tuple[Disclosure, ...] = ()
    events: tuple[CallEvent, ...] = ()


@dataclass(slots=True)
class Floor:
    """What the talk has come to: what was noticed, asked and offered, and when."""

    notice: frozenset[str] = frozenset()
    notice_s: float = -1e9
    asked: frozenset[str] = frozenset()
    asked_s: float = -1e9
    minding: bool = False
    replies: int = 0
    offered_s: float = -1e9
    stop_s: float = -1e9
    question_s: float = -1e9
    question_denies: bool = False
    elsewhere_s: float = -1e9
    """When another phone or another way of talking was last named by the company."""
    topic_s: float = -1e9
    other_question_s: float = -1e9
    at_once: bool = True
    """Nothing of the company came after the notice."""
    said: list[Said] = field(default_factory=list)
    joins: dict[int, learned.Likely] = field(default_factory=dict)
    """How likely the learned ear finds it that a sentence, by its identity, is that of a join."""
    before: frozenset[str] = frozenset()
    """The concepts of what the company's side said last, and when that was."""
    before_s: float = -1e9
    customer_spoke: bool = False
    company_words: int = 0

    def context(self, sentence: Sentence) -> frozenset[str]:
        """What went before a sentence, as the flags that the learned ear knows."""
        start_s = sentence.start_s
        flags: set[str] = set()
        if start_s - self.notice_s <= NOTICE_S:
            flags |= {f"noticed {topic}" for topic in self.notice}
        if -2 * EARLY_S <= start_s - self.asked_s <= ANSWER_S:
            flags |= {f"asked {topic}" for topic in self.asked} | ({"minding"} if self.minding else set())
        near = (
            ("questioned", self.question_s, QUESTION_S),
            ("stop wanted", self.stop_s, REFUSED_S),
            ("offered", self.offered_s, REFUSED_S),
            ("other question", self.other_question_s, ANSWER_S),
        )
        flags |= {flag for flag, at_s, within_s in near if start_s - at_s <= within_s}
        if start_s - self.before_s <= CARRY_S:
            flags |= {f"after {concept}" for concept in self.before}
        if self.customer_spoke:
            flags.add("customer spoke")
        if self.company_words <= transfers.A_FEW_WORDS:
            flags.add("opening")
        return frozenset(flags)

    def goes_on(self, sentence: Sentence) -> None:
        """Takes note of who spoke, and of what the company's side spoke."""
        if sentence.speaker == "customer":
            self.customer_spoke = True
            return
        self.before = _CARRIED & {c for t in sentence.tokens for c in CONCEPTS.get(t.text, ())}
        self.before_s = sentence.end_s
        self.company_words += len(sentence) if sentence.speaker != "system" else 0


def hear_disclosures(
    transcript: Transcript, *, vocabulary: Vocabulary | None = None, meaning: SentenceMeaning | None = None
) -> Heard:
    """All disclosures and events in a call: by wording, and with `meaning` also by nearness to examples.

    The words have speakers already. A disclosure is one kind said in one clause: seconds are those of the clause,
    confidence is how often such wording is right. Words of an unknown speaker, or of one below 0.6 sure, are read as
    either side's and keep `unknown`.
    """
    vocabulary = vocabulary or Vocabulary()
    sentences = named_sentences(transcript, vocabulary)
    floor, happened = follow(sentences, vocabulary, learned.likelihoods)
    facts = [_disclosure(s, "wording") for s in _once(floor.said)]
    if meaning is not None:
        near = hear_meaning(
            meaning,
            [s for s in sentences if _may_be_company(s)],
            [s for s in sentences if _may_be_customer(s)],
            examples_of(vocabulary),
            heard=floor.said,
            own=frozenset(vocabulary.examples),
        )
        facts += [_disclosure(s, "meaning") for s in _once(near)]
    return Heard(
        tuple(sorted(facts, key=lambda d: (d.start_s, d.end_s, d.kind))),
        tuple(sorted((_event(h) for h in happened), key=lambda e: (e.start_s, e.end_s, e.kind))),
    )


def named_sentences(transcript: Transcript, vocabulary: Vocabulary) -> tuple[Sentence, ...]:
    """The sentences of a call with the names that a vocabulary brings as one token each."""
    names = names_of(vocabulary)
    return tuple(with_names(s, names) for s in sentences_of(transcript))


def follow(sentences: Sequence[Sentence], vocabulary: Vocabulary, ear: learned.Ear) -> tuple[Floor, list[Happened]]:
    """Follows a talk sentence by sentence; `ear` is asked how likely each says each kind, given what went before."""
    approved = scripts.scripts_of(vocabulary)
    floor = Floor()
    happened: list[Happened] = []
    for sentence in sorted(sentences, key=_order):
        context = floor.context(sentence)
        if _may_be_company(sentence):
            _hear_company(sentence, floor, approved, ear(sentence, context=context, kinds=learned.COMPANY_KINDS))
            happened += events.hear_events(sentence, refused=sentence.start_s - floor.stop_s <= REFUSED_S)
        if _may_be_customer(sentence):
            _hear_customer(sentence, floor, ear(sentence, context=context, kinds=learned.CUSTOMER_KINDS))
        if sentence.speaker_confidence < SURE_SPEAKER:
            floor.said += _of_the_other_side(sentence, ear(sentence, context=context, kinds=learned.KINDS))
        floor.goes_on(sentence)
    floor.said += transfers.hear_transfers(sentences, floor.joins)
    return floor, happened


def _order(sentence: Sentence) -> float:
    """A customer's sentence comes after what had begun before it ended: an answer may start before its question ends."""
    if sentence.speaker != "customer":
        return sentence.start_s
    return max(sentence.start_s, sentence.end_s - EARLY_S) if len(sentence) <= 8 else sentence.start_s


def _may_be_company(sentence: Sentence) -> bool:
    return (
        sentence.speaker in COMPANY_SIDE
        or sentence.speaker == "unknown"
        or sentence.speaker_confidence < UNSURE_SPEAKER
    )


def _may_be_customer(sentence: Sentence) -> bool:
    return sentence.speaker in {"customer", "unknown"} or sentence.speaker_confidence < UNSURE_SPEAKER


# ---- the company's side
_YES = re.compile(
    rx(
        "(?:oh |well |so |um |uh |okay |i am afraid |sir |and )*(?:yes|correct|always|absolutely|of course|certainly|it is|we are|we do|you are|i am|they are|that is (?:right|correct)|all of them|every (?:single )?call|it (?:may|might|could) be|definitely|sure is|it does|all calls are|everything is)"
    ).pattern
)
_NO = re.compile(
    rx(
        "(?:oh |well |so |um |uh |okay |sir )*(?:no|not at all|never|it is not|we are not|we do not|you are not|i am not|absolutely not|of course not|not here|not this|they are not|it does not)"
    ).pattern
)
_OFF_BRIEFLY = any_of(
    "(?:it is|that is|it has been|all) (?:<~2>)(?:off|stopped|turned off|switched off|disabled)(?: now)?",
    "(?:turned|switched|shut|took) (?:it|that|this) off",
    "done(?= it is off)",
)
_IT_OFF = rx("(?:turned|switched|shut|turning|switching) (?:it|that|this) off")
_REAL_QUESTION = re.compile(
    r"^(?:and |so |okay |now |thanks? |great )*(?:may|can|could|what|who|where|when|how|which|is|are|do|does|did|would|will|have|has)\b"
)


def _hear_company(
    sentence: Sentence, floor: Floor, approved: tuple[scripts.Script, ...], likely: learned.Likelihoods
) -> None:
    words = set(sentence.text.split())
    found: list[Said] = []
    recent = floor.notice if sentence.start_s - floor.notice_s <= QUESTION_S else frozenset()
    offers, asks = requests.Offered(), requests.Asked()
    if words & requests.TRIGGERS:
        offers = requests.hear_offers(sentence, notice=_since(floor, sentence))
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
    if sentence.start_s - floor.elsewhere_s <= CARRY_S and scope.of_elsewhere(sentence):
        found = [s for s in found if s.kind != "recording_denied"]
    if scope.elsewhere_said(sentence.text):
        floor.elsewhere_s = sentence.end_s
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
        found += _reply_about_recording(sentence, floor)
    heard_widely = _widely(sentence, likely, {s.kind for s in (*found, *asks.said)})
    if "opt_out_offered" in heard_widely and not asks.said:
        offered = heard_widely.pop("opt_out_offered")
        offers = requests.Offered((offered,), (*offers.masks, offered.range))
        found.append(offered)
    notice = frozenset(_TOPICS[s.kind] for s in (*found, *heard_widely.values()) if s.kind in _TOPICS)
    if not asks.said and (notice or recent):
        asks = requests.hear_requests(sentence, notice=notice or recent)
    asked = heard_widely.get("consent_request")
    if asked and not asks.said and (asked.confidence > learned.OPEN or (recent and sentence.question)):
        asks = requests.asked_loosely(asked, notice or recent)
    found = [*_agreed((*found, *(s for s in asks.said if s is not asked)), likely), *heard_widely.values()]
    floor.said += found
    if "transfer" in likely:
        floor.joins[id(sentence)] = likely["transfer"]
    _company_spoke(sentence, floor, asks, notice, offered=bool(offers.said))


def _widely(
    sentence: Sentence, likely: learned.Likelihoods, have: Collection[DisclosureKind]
) -> dict[DisclosureKind, Said]:
    """What the learned ear hears in a sentence, of kinds that the grammar has not heard."""
    found: dict[DisclosureKind, Said] = {}
    for kind, how in likely.items():
        other = _OPPOSITE.get(kind)
        if kind in have or other in have or kind == "transfer":
            continue
        confidence = learned.confidence_of(kind, how.probability)
        if confidence > 0.0 and (other is None or other not in likely or likely[other].probability < how.probability):
            found[kind] = said(kind, sentence, how.at, confidence)
    return found


_OPPOSITE: Mapping[DisclosureKind, DisclosureKind] = {
    "recording": "recording_denied",
    "recording_denied": "recording",
    "consent_granted": "consent_refused",
    "consent_refused": "consent_granted",
}


def _agreed(found: Iterable[Said], likely: learned.Likelihoods) -> list[Said]:
    """What the grammar heard, less surely where the learned ear finds it unlikely."""
    return [
        replace(s, confidence=learned.second_opinion(s.confidence, likely[s.kind].probability))
        if s.kind in likely
        else s
        for s in found
    ]


def _of_the_other_side(sentence: Sentence, likely: learned.Likelihoods) -> list[Said]:
    """What would plainly be the other side's words, where the speaker is not quite sure: a person should listen."""
    others = learned.CUSTOMER_KINDS if sentence.speaker in COMPANY_SIDE else learned.COMPANY_KINDS
    plain = {k: how for k, how in likely.items() if k in others and k != "transfer" and how.probability >= learned.SURELY}
    return [said(kind, sentence, how.at, learned.OPEN) for kind, how in plain.items()]


def _since(floor: Floor, sentence: Sentence) -> frozenset[str]:
    return floor.notice if sentence.start_s - floor.notice_s <= NOTICE_S else frozenset()


def _reply_about_recording(sentence: Sentence, floor: Floor) -> list[Said]:
    """“Yes, it is” to “is this recorded?”; “it's off” to “turn it off”."""
    whole = Range(0, min(len(sentence), 6))
    if (
        sentence.start_s - floor.stop_s <= 20
        and _OFF_BRIEFLY.search(sentence.text)
        and not rx("can|will|not|if").search(sentence.text)
    ):
        return [said("recording_denied", sentence, whole, 0.8)]
    if not -0.5 <= sentence.start_s - floor.question_s <= QUESTION_S:
        return []
    if len(sentence) <= 2 and not (_YES.match(sentence.text) or _NO.match(sentence.text)):
        return []
    floor.question_s = -1e9
    if sentence.question:
        return []
    if _NO.match(sentence.text):
        return [said("recording_denied", sentence, whole, 0.8)]
    if _YES.match(sentence.text):
        denies = floor.question_denies and rx("correct|that is right|nobody|not").search(sentence.text)
        return [said("recording_denied" if denies else "recording", sentence, whole, 0.8)]
    return []


def _company_spoke(
    sentence: Sentence, floor: Floor, asks: requests.Asked, notice: frozenset[str], *, offered: bool
) -> None:
    if asks.said:
        floor.asked, floor.asked_s, floor.minding, floor.replies = asks.about, asks.said[0].end_s, asks.minding, 0
        tail = sentence.right(asks.said[0].end, 30)
        if len(tail.split()) > 8:
            floor.asked_s = -1e9 if _REAL_QUESTION.match(tail) else floor.asked_s
    elif sentence.start_s > floor.asked_s and (len(sentence) > 6 or _is_question(sentence)):
        floor.asked_s = -1e9
    if notice:
        floor.notice, floor.notice_s, floor.at_once = notice, sentence.end_s, True
    elif sentence.start_s > floor.notice_s and _is_question(sentence) and not asks.said and not offered:
        floor.other_question_s = sentence.end_s
    if not notice and len(sentence) > 3 and not asks.said and not offered:
        floor.at_once = False
    if offered:
        floor.offered_s = sentence.end_s
    if requests.REC_TOPIC.search(sentence.text):
        floor.topic_s = sentence.end_s


def _is_question(sentence: Sentence) -> bool:
    return sentence.question or bool(_REAL_QUESTION.match(sentence.text))


# ---- the customer's side
_ASKS_ABOUT = any_of(
    "(?:is|are|am|will|was not|is not) (?:<~2>)(?:<call>|this|it|i|we|you|us|calls|everything|these|somebody|someone|anyone|anybody) (?:<~4>)(?:recorded|recording|taped|taping|monitored|record)",
    "(?:do|does|will|are|did) (?:you|they|this company|your company) (?:<~3>)(?:record|tape|recording|taping)(?: (?:<call>|this|these|me|everything|us|it|all))?(?: or not| too| here)?$",
    "(?:you|we|i|this|it|nobody|somebody) (?:are|am|is) (?:<~3>)(?:recording|recorded|taping|taped|on a recorded line)",
    "(?:this|it|call|line) (?:is )?(?:<~2>)recorded",
    "^(?:so |and |wait |hey )*you (?:<~1>)(?:recording|taping)(?: (?:this|me|us|it))?",
)
_ASKS_FIRST = re.compile(
    r"(?:(?:so|and|wait|um|hey|oh|okay|hold on|but|hi|hello|sorry|before we start|just|quick question) )*(?:is|are|am|do|does|will|you|this|it|we)\b"
)
_TAGGED = re.compile(r"(?:is it|are you|am i|right|do you|is this|are we|correct)$")
_NOT_ABOUT = rx(
    "was|were|did|had|last|previous|<device>|payments?|warranty|my account|yesterday|on my (?:account|file|deed)|meter|reading|they"
)


def _hear_customer(sentence: Sentence, floor: Floor, likely: learned.Likelihoods) -> None:
    words = set(sentence.text.split())
    found: list[Said] = []
    if words & customer.TRIGGERS:
        found += customer.hear_customer(sentence)
    if words & spanish.TRIGGERS:
        found += spanish.hear_spanish(sentence, company=False)[0]
    answered = _answer(sentence, floor, found)
    found += answered
    if not any(s.kind in {"consent_refused", "consent_granted"} for s in found):
        found += _objection(sentence, floor, found)
    if (
        not any(s.kind == "opt_out_requested" for s in found)
        and words & {"opt", "opting"}
        and customer.opts_out_plainly(sentence)
        and sentence.start_s - max(floor.notice_s, floor.offered_s, floor.asked_s) <= 2 * NOTICE_S
    ):
        found.append(said("opt_out_requested", sentence, Range(0, min(len(sentence), 8)), 0.8))
    found = [*_agreed(found, likely), *_widely(sentence, likely, {s.kind for s in found}).values()]
    if not found and customer.consents_plainly(sentence) and sentence.start_s - floor.other_question_s > ANSWER_S:
        found.append(said("consent_granted", sentence, Range(0, min(len(sentence), 6)), 0.55))
    if any(s.kind in {"consent_refused", "opt_out_requested"} for s in found):
        floor.stop_s = sentence.end_s
    if words & _RECORDING_WORDS and _asks_about_recording(sentence):
        floor.question_s = sentence.end_s
        floor.question_denies = bool(rx("nobody|not").search(sentence.text)) and not re.match(
            r"(?:is|are) not", sentence.text
        )
    if words & _RECORDING_WORDS:
        floor.topic_s = max(floor.topic_s, sentence.end_s)
    floor.said += found


_RECORDING_WORDS = frozenset("record recorded recording tape taped taping recorder records monitored".split())


def _asks_about_recording(sentence: Sentence) -> bool:
    if not _ASKS_ABOUT.search(sentence.text) or _NOT_ABOUT.search(sentence.text):
        return False
    return sentence.question or bool(_ASKS_FIRST.match(sentence.text)) or bool(_TAGGED.search(sentence.text))


def _answer(sentence: Sentence, floor: Floor, explicit: list[Said]) -> list[Said]:
    """A bare answer to a request of the other side, within its window."""
    if not -2 * EARLY_S <= sentence.start_s - floor.asked_s <= ANSWER_S or floor.replies >= 3:
        return []
    floor.replies += 1
    answer, confidence = customer.answer_of(sentence, minding=floor.minding)
    kinds = {s.kind for s in explicit}
    at = Range(0, min(len(sentence), 8))
    if not answer:
        return []
    floor.asked_s = -1e9
    if answer == "yes":
        return (
            []
            if kinds & {"consent_granted", "consent_refused"}
            else [said("consent_granted", sentence, at, confidence)]
        )
    wanted: list[DisclosureKind] = []
    if "recording" in floor.asked:
        wanted.append("consent_refused")
    if "ai" in floor.asked:
        wanted.append("opt_out_requested")
    if "consent_granted" in kinds:
        return []
    if kinds == {"opt_out_requested"} and not re.match(r"(?:no|nope)\b", sentence.text):
        return []
    return [said(kind, sentence, at, confidence) for kind in wanted if kind not in kinds]


def _objection(sentence: Sentence, floor: Floor, found: list[Said]) -> list[Said]:
    """“I'm not comfortable with that”, “then turn it off” after a notice."""
    objects, turn_off, confidence = customer.objection_of(sentence, at_once=floor.at_once)
    if not objects:
        return []
    at = Range(0, min(len(sentence), 10))
    have = {s.kind for s in found}
    near = sentence.start_s - floor.notice_s <= NOTICE_S or sentence.start_s - floor.asked_s <= ANSWER_S
    if near and floor.other_question_s <= floor.notice_s:
        kinds: list[DisclosureKind] = (
            ["consent_refused"] if "recording" in (floor.notice | floor.asked) else ["opt_out_requested"]
        )
        if turn_off:
            kinds.append("opt_out_requested")
        return [said(kind, sentence, at, confidence) for kind in dict.fromkeys(kinds) if kind not in have]
    if turn_off and rx("not (?:comfortable|okay|agree|consent)").search(sentence.text):
        return [said("consent_refused", sentence, at, 0.55), said("opt_out_requested", sentence, at, 0.55)]
    return []


# ---- facts
def _once(found: Iterable[Said]) -> list[Said]:
    """One of each kind per clause: the surer of two that meet."""
    kept: list[Said] = []
    for new in sorted(found, key=lambda s: -s.confidence):
        if not any(k.kind == new.kind and k.sentence is new.sentence and k.range.meets(new.range) for k in kept):
            kept.append(new)
    return kept


def _speaker(heard: Said) -> Speaker:
    """The speaker; `unknown` where the words fit the other side only and the speaker was unsure."""
    company_kind = heard.kind not in {"consent_granted", "consent_refused", "opt_out_requested"}
    by = heard.sentence.speaker
    if by == "unknown" or company_kind == (by in COMPANY_SIDE):
        return by
    return "unknown"


def _disclosure(heard: Said, basis: Basis) -> Disclosure:
    sentence = heard.sentence
    return Disclosure(
        kind=heard.kind,
        speaker=_speaker(heard),
        start_s=heard.start_s,
        end_s=heard.end_s,
        confidence=round(heard.confidence * (0.8 + 0.2 * sentence.probability), 3),
        basis=basis,
        speaker_confidence=round(sentence.speaker_confidence, 3),
    )


def _event(happened: Happened) -> CallEvent:
    times = happened.sentence.times[happened.first : happened.end]
    return CallEvent(
        kind=happened.kind,
        speaker=happened.sentence.speaker,
        start_s=times[0][0],
        end_s=max(end for _, end in times),
        confidence=round(happened.confidence * (0.8 + 0.2 * happened.sentence.probability), 3),
    )
