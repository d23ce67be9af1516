"""The figures of one run, and of several: names are those of the JSON that is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scanner.evaluate import Score, evaluate

from .measuring import Cost, Spread
from .outcome import Outcome
from .truth import Truth

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one system."""

    system: str
    figures: Figures


def figures(cost: Cost, outcome: Outcome, *, audio_s: float, truth: Truth | None) -> dict[str, float]:
    """All that is known of a run; what it does not do, or what nobody knows the truth of, is left out."""
    cpu_s = cost.cpu_s if outcome.cpu_s is None else outcome.cpu_s
    known: dict[str, float] = {"cpu_s": cpu_s, "cpu_s_per_hour": cpu_s * 3600 / audio_s}
    if outcome.cpu_s is None:
        known |= {"wall_s": cost.wall_s, "peak_mb": cost.peak_mb}
    if outcome.windows is not None:
        known["windows"] = outcome.windows
    if truth is not None and outcome.heard is not None:
        heard = truth.compare(outcome.heard)
        known |= {
            "word_error_rate": heard.wrong / max(1, heard.words),
            "word_error_rate_as_written": heard.plain_wrong / max(1, heard.plain_words),
            "words": heard.words,
            "numbers": heard.numbers,
            "numbers_heard": heard.numbers_heard,
        }
    if truth is not None and outcome.judged is not None:
        result = evaluate(truth.labels, outcome.judged)
        known |= {
            "labelled": result.calls,
            "verdicts_right": result.verdicts_right,
            "needs_review": result.needs_review,
            "violating_called_compliant": len(result.violating_called_compliant),
            "compliant_called_violation": len(result.compliant_called_violation),
            "violating": sum(c.verdict == "violation" for c in truth.labels),
        }
        for name in ("rules", "disclosures", "personal_data"):
            score: Score = sum(getattr(result, name).values(), Score())
            shares = {"precision": score.precision, "recall": score.recall, "f1": score.f1}
            known |= {f"{name}_{k}": v for k, v in shares.items() if v is not None}
    return known


def spreads(runs: Iterable[Run]) -> dict[str, dict[str, Spread]]:
    """System by system, in the order of the first runs, each figure over all runs of it."""
    values: dict[str, dict[str, list[float]]] = {}
    for run in runs:
        for name, value in run.figures.items():
            values.setdefault(run.system, {}).setdefault(name, []).append(value)
    return {system: {n: Spread.of(v) for n, v in named.items()} for system, named in values.items()}


def add_floor(known: Sequence[Run]) -> list[Run]:
    """The runs, each with its CPU time as a multiple of the floor's median, where that was measured."""
    floors = [r.figures["cpu_s"] for r in known if r.system == "floor"]
    if not floors:
        return list(known)
    least = Spread.of(floors).median
    return [Run(r.system, {**r.figures, "times_floor": r.figures["cpu_s"] / least}) for r in known]
