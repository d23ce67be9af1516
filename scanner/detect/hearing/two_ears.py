"""What the grammar and the learned ear hear together: each may hear what the other does not, and doubt it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from scanner.detect.hearing import learned
from scanner.detect.hearing.heard import Said, said
from scanner.detect.hearing.sentences import Sentence
from scanner.detections import CUSTOMER_KINDS, DisclosureKind
from scanner.transcript import COMPANY_SIDE


def widely(
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


def agreed(found: Iterable[Said], likely: learned.Likelihoods) -> list[Said]:
    """What the grammar heard, less surely where the learned ear finds it unlikely."""
    judged = [
        replace(s, confidence=learned.second_opinion(s.kind, s.confidence, likely[s.kind].probability))
        if s.kind in likely
        else s
        for s in found
    ]
    return [s for s in judged if s.confidence > 0.0]


def of_the_other_side(sentence: Sentence, likely: learned.Likelihoods) -> list[Said]:
    """What would plainly be the other side's words, where the speaker is not quite sure: a person should listen."""
    others = CUSTOMER_KINDS if sentence.speaker in COMPANY_SIDE else learned.COMPANY_KINDS
    plain = {
        k: how for k, how in likely.items() if k in others and k != "transfer" and how.probability >= learned.SURELY
    }
    return [said(kind, sentence, how.at, learned.OPEN) for kind, how in plain.items()]
