"""How typed phrasings are heard: cases/phrasings/BY_WHOM/MANNER_KIND.yaml, text -> kinds. Near misses outnumber hits."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml

from scanner.detect.disclosures import hear_disclosures
from scanner.detect.fitting import fit_sums
from scanner.detect.hearing.learned import shipped
from scanner.detect.learning import Phrasing, lessons_of, read_phrasings
from scanner.detections import DISCLOSURE_KINDS
from scanner.dialogue import parse_dialogue

CASES = Path(__file__).parent.parent / "cases"
ALL = read_phrasings(CASES / "phrasings")
HELD_OUT = [p for p in ALL if p.table.endswith("held_out")]
LEARNED = [p for p in ALL if not p.table.endswith("held_out")]
EXPECTED_OF_ALL = 0.92  # a new phrasing may be added before it is heard; reference.yaml must be heard whole
EXPECTED_OF_HELD_OUT = 0.8
BLIND = "by_others/"  # people who had not seen the rules, and wrote what is rare
EXPECTED_PRECISION_OF_BLIND, EXPECTED_RECALL_OF_BLIND = 0.87, 0.7
COUNTS = 0.6  # from this confidence on a hearing counts, by the default policy


_SURE: dict[tuple[str, ...], dict[str, float]] = {}


def sure_of(phrasing: Phrasing) -> dict[str, float]:
    """The kinds heard in the last line, and how surely; heard once for all tests."""
    if phrasing.dialogue not in _SURE:
        _SURE[phrasing.dialogue] = _heard(phrasing)
    return _SURE[phrasing.dialogue]


def _heard(phrasing: Phrasing) -> dict[str, float]:
    before = phrasing.dialogue[:-1]
    last_line_s = parse_dialogue("\n".join(before)).words[-1].end_s if before else -1.0
    heard = hear_disclosures(parse_dialogue("\n".join(phrasing.dialogue)), vocabulary=phrasing.vocabulary)
    sure: dict[str, float] = {}
    for d in heard.disclosures:
        if d.end_s > last_line_s + 1e-6:
            sure[d.kind] = max(d.confidence, sure.get(d.kind, 0.0))
    return sure


def heard_in(phrasing: Phrasing) -> set[str]:
    """The kinds that count as heard in the last line."""
    return {kind for kind, confidence in sure_of(phrasing).items() if confidence >= COUNTS}


def scores(phrasings: list[Phrasing], kind: str) -> tuple[Counter[str], list[str]]:
    """How often a kind is heard rightly, missed, and heard where it is not; and those lines."""
    counts = Counter[str]()
    wrong = []
    for p in phrasings:
        if kind in p.perhaps:
            continue
        heard = kind in heard_in(p)
        counts["right"] += heard and kind in p.kinds
        counts["missed"] += kind in p.kinds and not heard
        counts["false"] += heard and kind not in p.kinds
        if heard != (kind in p.kinds):
            wrong.append(" >> ".join(p.dialogue))
    return counts, wrong


def of_all_kinds(phrasings: list[Phrasing]) -> Counter[str]:
    """How often any kind is heard rightly, missed, and heard where it is not."""
    return sum((scores(phrasings, kind)[0] for kind in DISCLOSURE_KINDS), Counter[str]())


@pytest.mark.parametrize(
    "phrasing", [p for p in ALL if p.table == "by_us/reference"], ids=lambda p: " >> ".join(p.dialogue)
)
def test_reference_phrasing(phrasing: Phrasing) -> None:
    """Each phrasing and hard negative of the reference is heard as the reference says."""
    assert set(sure_of(phrasing)) >= phrasing.kinds
    assert heard_in(phrasing) <= phrasing.kinds | phrasing.perhaps


@pytest.mark.parametrize("kind", DISCLOSURE_KINDS)
def test_precision_and_recall(kind: str) -> None:
    """Of a kind's phrasings nearly all are heard, and nearly all that is heard as this kind is this kind."""
    counts, wrong = scores([p for p in LEARNED if not p.table.startswith(BLIND)], kind)
    assert counts["right"] >= 40, counts
    assert counts["right"] / (counts["right"] + counts["false"]) >= EXPECTED_OF_ALL, wrong
    assert counts["right"] / (counts["right"] + counts["missed"]) >= EXPECTED_OF_ALL, wrong


def test_wording_never_learned_from() -> None:
    """Of wording that no weight was learned from most is heard, and most that is heard was said."""
    counts = of_all_kinds([p for p in HELD_OUT if not p.table.startswith(BLIND)])
    assert counts["right"] > 300, counts
    assert counts["right"] / (counts["right"] + counts["false"]) >= EXPECTED_OF_HELD_OUT, counts
    assert counts["right"] / (counts["right"] + counts["missed"]) >= EXPECTED_OF_HELD_OUT, counts


def test_wording_of_people_who_have_not_seen_the_rules() -> None:
    """Of the rarest wording that others could think of most is heard, and little is heard that was not said."""
    counts = of_all_kinds([p for p in HELD_OUT if p.table.startswith(BLIND)])
    assert counts["right"] > 600, counts
    assert counts["right"] / (counts["right"] + counts["false"]) >= EXPECTED_PRECISION_OF_BLIND, counts
    assert counts["right"] / (counts["right"] + counts["missed"]) >= EXPECTED_RECALL_OF_BLIND, counts


@pytest.mark.slow
def test_weights_come_from_the_tables() -> None:
    """The weights that the package brings are those that the tables teach, but for a line or two added since."""
    lessons, brought = lessons_of(CASES), shipped()
    learned = fit_sums(lessons)
    assert np.corrcoef(learned.places.ravel(), brought.sums.places.ravel())[0, 1] > 0.97
    some = slice(None, None, 7)
    says, counts = lessons.says[some] > 0.0, lessons.counts[some] > 0.0
    for part in (brought.bag, brought.network):
        hears = np.array([part.odds(r) > 0.0 for r in lessons.readings[some]])
        assert (hears & says & counts).sum() / (says & counts).sum() > 0.85
        assert (hears & says & counts).sum() / (hears & counts).sum() > 0.9


def test_near_misses_outnumber_hits() -> None:
    """The tables hold more near misses than hits."""
    hits = sum(1 for p in ALL if p.kinds)
    assert len(ALL) - hits > 1.15 * hits


def test_high_confidence_is_earned() -> None:
    """Of what is marked 0.9 or more, at least nine in ten are right."""
    sure = right = 0
    for p in ALL:
        for kind, confidence in sure_of(p).items():
            if confidence >= 0.9:
                sure += 1
                right += kind in p.kinds | p.perhaps
    assert sure > 200
    assert right / sure >= 0.9


def test_whole_calls_never_learned_from() -> None:
    """Of the kinds that are said in calls by people who had not seen the rules most are heard, and few others."""
    counts = Counter[str]()
    for case in yaml.safe_load((CASES / "talks/whole_calls_held_out.yaml").read_text(encoding="utf-8")):
        noted = {kind for kind, _ in case["says"]}
        heard = {d.kind for d in hear_disclosures(parse_dialogue(case["call"])).disclosures if d.confidence >= COUNTS}
        counts["right"] += len(heard & noted)
        counts["missed"] += len({k for k in noted if not k.endswith("?")} - heard)
        counts["false"] += len(heard - {k.rstrip("?") for k in noted})
    assert counts["right"] > 40, counts
    assert counts["right"] / (counts["right"] + counts["false"]) >= EXPECTED_OF_HELD_OUT, counts
    assert counts["right"] / (counts["right"] + counts["missed"]) >= EXPECTED_OF_HELD_OUT, counts
