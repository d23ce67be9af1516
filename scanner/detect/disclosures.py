"""Hears what is disclosed in a call: who said what about recording, consent, AI, outsiders and transfers, and when.

Each sentence is heard by a grammar, which is sure and narrow, and by an ear that learned from tables of phrasings, which is
wide (`scanner.detect.hearing`). Both follow the talk: a bare "yes" means something only after a request, "it's off" only
after recording was spoken of, and "yes, it is" only after the customer asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanner.detect.hearing import denials, events, learned, scripts, transfers
from scanner.detect.hearing.caller import hear_caller
from scanner.detect.hearing.company import hear_company
from scanner.detect.hearing.floor import EARLY_S, REFUSED_S, Floor
from scanner.detect.hearing.heard import Happened, Said
from scanner.detect.hearing.meaning import SentenceMeaning, examples_of, hear_meaning
from scanner.detect.hearing.names import names_of, with_names
from scanner.detect.hearing.sentences import Sentence, sentences_of
from scanner.detect.hearing.two_ears import of_the_other_side
from scanner.detect.vocabulary import Vocabulary
from scanner.detections import CUSTOMER_KINDS, Basis, CallEvent, Disclosure
from scanner.transcript import COMPANY_SIDE, Speaker, Transcript

UNSURE_SPEAKER = 0.6
"""Below this the words are read as either side's."""
SURE_SPEAKER = 0.8
"""Below this, words that only the other side would say are looked at."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in a call, each ordered by start."""

    disclosures: tuple[Disclosure, ...] = ()
    events: tuple[CallEvent, ...] = ()


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
        if denials.names_a_device(sentence):
            floor.device_s = sentence.end_s
        if _may_be_company(sentence):
            hear_company(sentence, floor, approved, ear(sentence, context=context, kinds=learned.COMPANY_KINDS))
            happened += events.hear_events(sentence, refused=sentence.start_s - floor.stop_s <= REFUSED_S)
        if _may_be_customer(sentence):
            hear_caller(sentence, floor, ear(sentence, context=context, kinds=CUSTOMER_KINDS))
        if sentence.speaker_confidence < SURE_SPEAKER:
            floor.said += of_the_other_side(sentence, ear(sentence, context=context, kinds=learned.KINDS))
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


def _once(found: Iterable[Said]) -> list[Said]:
    """One of each kind per clause: the surer of two that meet."""
    kept: list[Said] = []
    for new in sorted(found, key=lambda s: -s.confidence):
        if not any(k.kind == new.kind and k.sentence is new.sentence and k.range.meets(new.range) for k in kept):
            kept.append(new)
    return kept


def _speaker(heard: Said) -> Speaker:
    """The speaker; `unknown` where the words fit the other side only and the speaker was unsure."""
    company_kind = heard.kind not in CUSTOMER_KINDS
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
