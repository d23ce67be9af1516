"""How often reviewers agree with the machine: per rule, over time, and by how sure the machine was."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from scanner.review.decisions import Decision, in_force

REAL = frozenset({"confirmed", "fixed"})
"""Decisions that say that the machine was right; `needs_legal` says nothing yet."""
CONFIDENCE_STEPS = (0.0, 0.5, 0.7, 0.9)
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Agreement:
    """Decisions about the findings of one rule, one month or one range of confidence."""

    name: str
    right: int
    wrong: int
    open_questions: int
    by_month: tuple[tuple[str, int, int], ...] = ()
    """(month, right, wrong), in order."""

    @property
    def judged(self) -> int:
        return self.right + self.wrong

    @property
    def share(self) -> float | None:
        """The part of judged findings that were real; None when none were judged."""
        return self.right / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval of the share: what so few decisions allow to say."""
        if not self.judged:
            return None
        n, p = self.judged, self.right / self.judged
        middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2)) / (1 + _Z**2 / n)
        return max(0.0, middle - half), min(1.0, middle + half)


def standing(entries: Iterable[Decision]) -> list[Decision]:
    """The decision in force for each finding that has one, by time."""
    by_finding: dict[str, list[Decision]] = defaultdict(list)
    for entry in entries:
        by_finding[entry.finding_id].append(entry)
    found = (in_force(e) for e in by_finding.values())
    return sorted((d for d in found if d is not None), key=lambda d: d.id)


def by_rule(decisions: Sequence[Decision]) -> list[Agreement]:
    """One for each rule that was decided about, the most judged first."""
    return sorted(_grouped(decisions, lambda d: d.rule), key=lambda a: (-a.judged, a.name))


def by_confidence(decisions: Sequence[Decision]) -> list[Agreement]:
    """One for each range of the machine's confidence: of what it marks 0.9, nine in ten should be real."""

    def step(decision: Decision) -> str:
        low = max(s for s in CONFIDENCE_STEPS if s <= max(0.0, decision.machine_confidence) + 1e-6)
        high = next((s for s in CONFIDENCE_STEPS if s > low), 1.0)
        return f"{low:.1f} to {high:.1f}"

    return sorted(_grouped(decisions, step), key=lambda a: a.name)


def _grouped(decisions: Sequence[Decision], name: Callable[[Decision], str]) -> list[Agreement]:
    groups: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        groups[name(decision)].append(decision)
    return [_agreement(n, group) for n, group in groups.items()]


def _agreement(name: str, decisions: Sequence[Decision]) -> Agreement:
    months: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    right = wrong = questions = 0
    for d in decisions:
        if d.decision in REAL:
            right += 1
            months[d.at[:7]][0] += 1
        elif d.decision == "false_alarm":
            wrong += 1
            months[d.at[:7]][1] += 1
        else:
            questions += 1
    return Agreement(name, right, wrong, questions, tuple((m, r, w) for m, (r, w) in sorted(months.items())))
