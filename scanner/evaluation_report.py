"""An evaluation as lines and tables for people, and as plain values for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from scanner.evaluate import Evaluation, Score, wilson
from scanner.report import Section


def headline(result: Evaluation) -> list[str]:
    """The figures that decide whether the scanner can be relied upon."""

    def share(n: int) -> str:
        return f"{n} of {result.calls}{_interval(n, result.calls)}"

    return [
        f"verdicts right               {share(result.verdicts_right)}",
        f"violating called compliant   {_named(result.violating_called_compliant)}",
        f"compliant called violation   {_named(result.compliant_called_violation)}",
        f"needs review                 {share(result.needs_review)}",
        f"training eligibility right   {share(result.training_right)}",
        f"ineligible called eligible   {_named(result.ineligible_called_eligible)}",
        f"failed or not scanned        {_named(result.absent)}",
    ]


def sections(result: Evaluation) -> list[Section]:
    """A table each for rules, disclosures, personal data and the calls judged wrongly."""
    wrong = tuple(
        (w.call_id, w.expected, w.verdict, " ".join(w.missed_rules) or "-", " ".join(w.false_rules) or "-")
        for w in result.wrong
    )
    tables = [
        _scores("Rules", result.rules),
        _scores("Disclosures", result.disclosures),
        _scores("Personal data", result.personal_data),
    ]
    if wrong:
        tables.append(Section("Judged wrongly", ("call", "labelled", "judged", "missed rules", "false rules"), wrong))
    return tables


def as_plain(result: Evaluation) -> dict[str, Any]:
    """The evaluation as dictionaries, lists and numbers, with shares and intervals beside the counts."""
    plain = asdict(result)
    for name in ("rules", "disclosures", "personal_data"):
        scores: Mapping[str, Score] = getattr(result, name)
        plain[name] = {k: _plain_score(s) for k, s in [*scores.items(), ("all", sum(scores.values(), Score()))]}
    return plain


def _plain_score(score: Score) -> dict[str, Any]:
    return {
        **asdict(score),
        "precision": score.precision,
        "precision_interval": wilson(score.right, score.detections),
        "recall": score.recall,
        "recall_interval": wilson(score.found, score.truths),
        "f1": score.f1,
    }


def _scores(heading: str, scores: Mapping[str, Score]) -> Section:
    rows = tuple(
        (
            name,
            _share(s.right, s.detections),
            _share(s.found, s.truths),
            _number(s.f1),
            str(s.truths),
            str(s.detections),
        )
        for name, s in [*scores.items(), ("all", sum(scores.values(), Score()))]
    )
    return Section(heading, ("", "precision", "recall", "F1", "labelled", "detected"), rows)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}{_interval(part, whole)}" if whole else "-"


def _interval(part: int, whole: int) -> str:
    ends = wilson(part, whole)
    return f" ({ends[0]:.2f}-{ends[1]:.2f})" if ends else ""


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _named(calls: tuple[str, ...]) -> str:
    return f"{len(calls)}  {' '.join(calls)}".rstrip()
