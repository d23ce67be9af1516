"""How typed phrasings are heard: cases/phrasings/KIND.yaml, text -> kinds. Near misses outnumber hits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from scanner.detect.disclosures import hear_disclosures
from scanner.detect.vocabulary import Vocabulary
from scanner.detections import DISCLOSURE_KINDS
from scanner.dialogue import parse_dialogue

TABLES = sorted((Path(__file__).parent.parent / "cases" / "phrasings").glob("*.yaml"))
SPEAKERS = ("agent", "customer", "system", "unknown")
EXPECTED_OF_ALL = 0.93  # a new phrasing may be added before it is heard; reference.yaml must be heard whole


@dataclass(frozen=True)
class Phrasing:
    table: str
    text: str
    kinds: frozenset[str]
    perhaps: frozenset[str]
    vocabulary: Vocabulary
    dialogue: tuple[str, ...]

    def heard(self) -> set[str]:
        """The kinds heard in the last line."""
        before = self.dialogue[:-1]
        last_line_s = parse_dialogue("\n".join(before)).words[-1].end_s if before else -1.0
        heard = hear_disclosures(parse_dialogue("\n".join(self.dialogue)), vocabulary=self.vocabulary)
        return {d.kind for d in heard.disclosures if d.end_s > last_line_s + 1e-6}


def phrasings() -> list[Phrasing]:
    found = []
    for path in TABLES:
        table = yaml.safe_load(path.read_text())
        words = Vocabulary(tuple(table.get("vendors", ())), tuple(table.get("ai_products", ())))
        for section, default in (("hits", [table["kind"]]), ("misses", [])):
            for entry in table[section]:
                text, *kinds = [entry, *default] if isinstance(entry, str) else entry
                lines = tuple(
                    line if line.split(": ")[0] in SPEAKERS else f"{table['speaker']}: {line}"
                    for line in text.split(" >> ")
                )
                sure = frozenset(k for k in kinds if not k.endswith("?"))
                perhaps = frozenset(k[:-1] for k in kinds if k.endswith("?"))
                assert sure | perhaps <= set(DISCLOSURE_KINDS), text
                found.append(Phrasing(path.stem, text, sure, perhaps, words, lines))
    return found


ALL = phrasings()


@pytest.mark.parametrize("phrasing", [p for p in ALL if p.table == "reference"], ids=lambda p: p.text)
def test_reference_phrasing(phrasing: Phrasing) -> None:
    """Each phrasing and hard negative of the reference is heard as the reference says."""
    assert phrasing.heard() - phrasing.perhaps == phrasing.kinds - phrasing.perhaps


@pytest.mark.parametrize("kind", DISCLOSURE_KINDS)
def test_precision_and_recall(kind: str) -> None:
    """Of a kind's phrasings nearly all are heard, and nearly all that is heard as this kind is this kind."""
    counts = Counter[str]()
    wrong = []
    for p in ALL:
        heard = p.heard()
        if kind in p.perhaps:
            continue
        counts["right"] += kind in heard and kind in p.kinds
        counts["missed"] += kind in p.kinds and kind not in heard
        counts["false"] += kind in heard and kind not in p.kinds
        if (kind in heard) != (kind in p.kinds):
            wrong.append(p.text)
    assert counts["right"] >= 40, counts
    assert counts["right"] / (counts["right"] + counts["false"]) >= EXPECTED_OF_ALL, wrong
    assert counts["right"] / (counts["right"] + counts["missed"]) >= EXPECTED_OF_ALL, wrong


def test_near_misses_outnumber_hits() -> None:
    """The tables hold more near misses than hits."""
    hits = sum(1 for p in ALL if p.kinds)
    assert len(ALL) - hits > 1.3 * hits


def test_high_confidence_is_earned() -> None:
    """Of what is marked 0.9 or more, at least nine in ten are right."""
    sure = right = 0
    for p in ALL:
        before = p.dialogue[:-1]
        last_line_s = parse_dialogue("\n".join(before)).words[-1].end_s if before else -1.0
        for d in hear_disclosures(parse_dialogue("\n".join(p.dialogue)), vocabulary=p.vocabulary).disclosures:
            if d.end_s > last_line_s and d.confidence >= 0.9:
                sure += 1
                right += d.kind in p.kinds | p.perhaps
    assert sure > 200
    assert right / sure >= 0.9
