"""How right the scanner is on labelled calls: precision and recall with confidence intervals, and the calls it got wrong."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.errors import UserError
from scanner.transcript import COMPANY_SIDE, Span, merge_spans

DISCLOSURE_TOLERANCE_S = 2.0
DATA_TOLERANCE_S = 0.5
COVERED_SHARE = 0.5
CALL_COLUMNS = ("call_id", "scan_id", "recording_uri", "verdict", "training_eligible", "disclosures")
FINDING_COLUMNS = "scan_id recording_uri rule category status entity_type speaker start_s end_s".split()
_TRUTH_COMPANY_SIDE = COMPANY_SIDE | {"agent2"}


@dataclass(frozen=True, slots=True)
class LabelledSpan:
    """Something that is in a recording: a disclosure (label is its kind) or a value (label is its entity type).

    `optional` items count neither as missed nor as false. `speaker` is `company` for agents and IVR alike.
    """

    label: str
    speaker: str
    span: Span
    optional: bool = False


@dataclass(frozen=True, slots=True)
class LabelledCall:
    """What is true of a call (from people), or what a scan says of it: the same shape, so that they can be compared."""

    call_id: str
    verdict: str
    violations: frozenset[str]
    training_eligible: bool | None
    disclosures: tuple[LabelledSpan, ...]
    personal_data: tuple[LabelledSpan, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts on both sides: `found` of `truths` for recall, `right` of `detections` for precision."""

    truths: int = 0
    found: int = 0
    detections: int = 0
    right: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.truths + other.truths,
            self.found + other.found,
            self.detections + other.detections,
            self.right + other.right,
        )

    @property
    def precision(self) -> float | None:
        return self.right / self.detections if self.detections else None

    @property
    def recall(self) -> float | None:
        return self.found / self.truths if self.truths else None

    @property
    def f1(self) -> float | None:
        precision, recall = self.precision, self.recall
        if precision is None or recall is None:
            return None
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass(frozen=True, slots=True)
class WrongCall:
    """A call that was judged otherwise than it is labelled."""

    call_id: str
    expected: str
    verdict: str
    missed_rules: tuple[str, ...]
    false_rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of a scan against labelled calls."""

    calls: int
    absent: tuple[str, ...]
    verdicts_right: int
    violating_called_compliant: tuple[str, ...]
    compliant_called_violation: tuple[str, ...]
    needs_review: int
    training_right: int
    ineligible_called_eligible: tuple[str, ...]
    rules: Mapping[str, Score]
    disclosures: Mapping[str, Score]
    personal_data: Mapping[str, Score]
    wrong: tuple[WrongCall, ...]


def wilson(right: int, total: int) -> tuple[float, float] | None:
    """The 95 % confidence interval of a share (Wilson 1927, which stays honest for few calls); None without any."""
    if not total:
        return None
    z = 1.959964
    share = right / total
    middle = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    # rounding may put an end a hair inside the share itself
    return max(0.0, min(share, (middle - spread) / scale)), min(1.0, max(share, (middle + spread) / scale))


def read_truths(folder: Path) -> tuple[LabelledCall, ...]:
    """The labelled calls of all `*.truth.json` under a folder; raises UserError that names the file and key."""
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder")
    paths = sorted(folder.rglob("*.truth.json"))
    if not paths:
        raise UserError(f"{folder}: no *.truth.json in it")
    return tuple(_read_truth(path) for path in paths)


def _read_truth(path: Path) -> LabelledCall:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        expected = raw["expected"]
        return LabelledCall(
            call_id=raw["call_id"],
            verdict=expected["verdict"],
            violations=frozenset(expected["violations"]),
            training_eligible=expected.get("training_eligible"),
            disclosures=tuple(_truth_span(d, "kind") for d in raw.get("disclosures", ())),
            personal_data=tuple(_truth_span(d, "entity_type") for d in raw.get("personal_data", ())),
        )
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not JSON") from error
    except KeyError as error:
        raise UserError(f"{path}: {error.args[0]}: missing") from error
    except (TypeError, AttributeError, ValueError) as error:
        raise UserError(f"{path}: not in the truth format") from error


def _truth_span(raw: Mapping[str, Any], label: str) -> LabelledSpan:
    return LabelledSpan(
        raw[label], _side(raw["speaker"]), Span(float(raw["start_s"]), float(raw["end_s"])), bool(raw.get("optional"))
    )


def scanned_calls(rows: Iterable[Mapping[str, Any]], findings: Iterable[Mapping[str, Any]]) -> dict[str, LabelledCall]:
    """What a scan says of each call, by call_id, from rows with CALL_COLUMNS and FINDING_COLUMNS."""
    mine: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for finding in findings:
        mine[finding["scan_id"], finding["recording_uri"]].append(finding)
    return {row["call_id"]: scanned_call(row, mine[row["scan_id"], row["recording_uri"]]) for row in rows}


def scanned_call(row: Mapping[str, Any], findings: Iterable[Mapping[str, Any]]) -> LabelledCall:
    """What a scan says of a call, from its row and its findings as the output contract names them."""
    mine = list(findings)
    data = {
        (f["entity_type"], f["start_s"], f["end_s"]): LabelledSpan(
            f["entity_type"], _side(f["speaker"]), Span(f["start_s"], f["end_s"])
        )
        for f in mine
        if f["category"] == "personal_data" and f["entity_type"] and f["start_s"] is not None
    }
    return LabelledCall(
        call_id=row["call_id"],
        verdict=row["verdict"],
        violations=frozenset(f["rule"] for f in mine if f["status"] == "violation"),
        training_eligible=row["training_eligible"],
        disclosures=tuple(
            LabelledSpan(d["kind"], _side(d["speaker"]), Span(d["start_s"], d["end_s"]))
            for d in row["disclosures"] or ()
        ),
        personal_data=tuple(data.values()),
    )


def evaluate(truths: Sequence[LabelledCall], scanned: Mapping[str, LabelledCall]) -> Evaluation:
    """Compare a scan with the truth.

    A disclosure is right when kind and side agree and it comes within 2 s of the true span. A value is found when the
    findings of its type, widened by 0.5 s, cover half of it together; a finding is right when it shares half of the
    shorter of the two with a true value. Rules are compared per call.
    """
    rules: dict[str, Score] = defaultdict(Score)
    kinds: dict[str, Score] = defaultdict(Score)
    entities: dict[str, Score] = defaultdict(Score)
    heard = [(t, scanned.get(t.call_id)) for t in truths]
    wrong: list[WrongCall] = []
    for truth, said in heard:
        got = said.violations if said else frozenset()
        for rule in truth.violations | got:
            both = int(rule in truth.violations and rule in got)
            rules[rule] += Score(int(rule in truth.violations), both, int(rule in got), both)
        for kind, score in _score_disclosures(truth, said):
            kinds[kind] += score
        for entity, score in _score_personal_data(truth, said):
            entities[entity] += score
        verdict = said.verdict if said else "absent"
        if truth.violations != got or truth.verdict != verdict:
            missed, false = sorted(truth.violations - got), sorted(got - truth.violations)
            wrong.append(WrongCall(truth.call_id, truth.verdict, verdict, tuple(missed), tuple(false)))

    def which(expected: str, verdict: str) -> tuple[str, ...]:
        return tuple(t.call_id for t, s in heard if s and t.verdict == expected and s.verdict == verdict)

    return Evaluation(
        calls=len(truths),
        absent=tuple(t.call_id for t, s in heard if s is None or s.verdict == "failed"),
        verdicts_right=sum(s is not None and t.verdict == s.verdict for t, s in heard),
        violating_called_compliant=which("violation", "compliant"),
        compliant_called_violation=which("compliant", "violation"),
        needs_review=sum(s is not None and s.verdict == "needs_review" for _, s in heard),
        training_right=sum(s is not None and t.training_eligible == s.training_eligible for t, s in heard),
        ineligible_called_eligible=tuple(
            t.call_id for t, s in heard if s and t.training_eligible is False and s.training_eligible
        ),
        rules=dict(sorted(rules.items())),
        disclosures=dict(sorted(kinds.items())),
        personal_data=dict(sorted(entities.items())),
        wrong=tuple(wrong),
    )


def _side(speaker: str) -> str:
    return "company" if speaker in _TRUTH_COMPANY_SIDE else speaker


def _score_disclosures(truth: LabelledCall, said: LabelledCall | None) -> Iterable[tuple[str, Score]]:
    seen_all = said.disclosures if said else ()
    for kind in {d.label for d in (*truth.disclosures, *seen_all)}:
        true = [d for d in truth.disclosures if d.label == kind]
        seen = [d for d in seen_all if d.label == kind]
        found = sum(any(_same_disclosure(t, d) for d in seen) for t in true)
        right = sum(any(_same_disclosure(t, d) for t in true) for d in seen)
        yield kind, Score(len(true), found, len(seen), right)


def _same_disclosure(true: LabelledSpan, seen: LabelledSpan) -> bool:
    start_s, end_s = true.span.start_s - DISCLOSURE_TOLERANCE_S, true.span.end_s + DISCLOSURE_TOLERANCE_S
    return true.speaker == seen.speaker and seen.span.end_s >= start_s and seen.span.start_s <= end_s


def _score_personal_data(truth: LabelledCall, said: LabelledCall | None) -> Iterable[tuple[str, Score]]:
    seen_all = said.personal_data if said else ()
    for entity in {d.label for d in (*truth.personal_data, *seen_all)}:
        true = [d.span for d in truth.personal_data if d.label == entity and not d.optional]
        extra = [d.span for d in truth.personal_data if d.label == entity and d.optional]
        seen = [d.span for d in seen_all if d.label == entity]
        seen = [s for s in seen if any(_hits(s, t) for t in true) or not any(_hits(s, t) for t in extra)]
        found = sum(_covered_share(t, seen) >= COVERED_SHARE for t in true)
        right = sum(any(_hits(s, t) for t in true) for s in seen)
        if true or seen:
            yield entity, Score(len(true), found, len(seen), right)


def _widened(span: Span) -> Span:
    return Span(span.start_s - DATA_TOLERANCE_S, span.end_s + DATA_TOLERANCE_S)


def _hits(seen: Span, true: Span) -> bool:
    return _widened(true).overlap_s(seen) >= COVERED_SHARE * max(min(seen.duration_s, true.duration_s), 0.02)


def _covered_share(true: Span, seen: Sequence[Span]) -> float:
    pieces = merge_spans(_widened(s) for s in seen)
    return sum(p.overlap_s(true) for p in pieces) / max(true.duration_s, 1e-6)
