"""A policy's own wording tried out: how each script, example and name of its vocabulary is heard, and whether that is as wanted.

Each sentence is typed in as one side of a call would say it, heard as in a scan, and weighed as a rule would weigh it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scanner.detect.disclosures import hear_disclosures
from scanner.detect.hearing.meaning import SentenceMeaning
from scanner.detections import CUSTOMER_KINDS, Disclosure, DisclosureKind
from scanner.dialogue import parse_dialogue
from scanner.policy import Policy

Source = Literal["scripts", "examples", "counter_examples", "vendors", "ai_products"]
"""The key of the policy's vocabulary that a text stands under."""

_ASKED: dict[DisclosureKind, str] = {
    "consent_granted": "0:01 agent: May I record this call?\n",
    "consent_refused": "0:01 agent: May I record this call?\n",
    "opt_out_requested": "0:01 agent: Our AI software analyzes this call, is that okay?\n",
}
"""What comes before a customer's answer."""
_AT_S = 6.0
_NAMED: tuple[tuple[Source, DisclosureKind, str], ...] = (
    ("vendors", "third_party", "{} processes this call."),
    ("ai_products", "ai_analysis", "We use {} on this call."),
)
"""Names disclose nothing by themselves: they are tried in a sentence in which any other name discloses nothing."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One way in which a text is heard; `counts` when a rule takes it for said, else a person has to listen."""

    kind: DisclosureKind
    confidence: float
    basis: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """One text of the vocabulary, what it is to mean (not to mean, for a counter-example), and how it is heard.

    A script and a sentence with a name must count. An example must be heard at least so that a person listens, since
    what is found by meaning never counts. A counter-example must not be heard as its kind at all.
    """

    source: Source
    kind: DisclosureKind
    text: str
    heard: tuple[Heard, ...]

    @property
    def as_wanted(self) -> bool:
        of_kind = [h for h in self.heard if h.kind == self.kind]
        if self.source == "counter_examples":
            return not of_kind
        return bool(of_kind) if self.source == "examples" else any(h.counts for h in of_kind)


def try_out(policy: Policy, meaning: SentenceMeaning | None) -> tuple[Trial, ...]:
    """All texts of the policy's vocabulary in its order; without `meaning` only wording is heard."""
    return tuple(
        Trial(source, kind, text, tuple(_heard(spoken, kind, policy, meaning)))
        for source, kind, text, spoken in _texts(policy)
    )


def _texts(policy: Policy) -> Iterator[tuple[Source, DisclosureKind, str, str]]:
    """(key, kind, the text as written, the text as spoken)."""
    vocabulary = policy.vocabulary
    for source, kind, sentence in _NAMED:
        for name in vocabulary.vendors if source == "vendors" else vocabulary.ai_products:
            yield source, kind, name, sentence.format(name)
    by_kind: tuple[Source, ...] = ("scripts", "examples", "counter_examples")
    for source in by_kind:
        for kind, texts in getattr(vocabulary, source).items():
            yield from ((source, kind, text, text) for text in texts)


def _heard(text: str, kind: DisclosureKind, policy: Policy, meaning: SentenceMeaning | None) -> Iterator[Heard]:
    """What counts, or has a person listen, in a text that the side speaks whose kind it is."""
    speaker = "customer" if kind in CUSTOMER_KINDS else "agent"
    spoken = " ".join(text.split())
    transcript = parse_dialogue(f"{_ASKED.get(kind, '')}0:{_AT_S:02.0f} {speaker}: {spoken}")
    limits = policy.confidence
    best: dict[str, Disclosure] = {}
    for d in hear_disclosures(transcript, vocabulary=policy.vocabulary, meaning=meaning).disclosures:
        if d.start_s >= _AT_S and d.speaker == speaker and d.confidence >= limits.uncertain:
            best[d.kind] = max(best.get(d.kind, d), d, key=lambda d: (d.basis == "wording", d.confidence))
    for d in best.values():
        counts = d.basis == "wording" and d.confidence >= limits.heard
        yield Heard(d.kind, d.confidence, d.basis, counts)
