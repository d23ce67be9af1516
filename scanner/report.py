"""An output folder in numbers: by verdict, rule, jurisdiction and agent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scanner.findings import SEVERITIES
from scanner.store import Store

VERDICTS = ("violation", "needs_review", "failed", "compliant")
"""In the order in which somebody has to do something about them."""

_CALLS = ["verdict", "jurisdiction", "agent_id", "duration_s", "failure", "training_eligible", "scanned_at"]
_FINDINGS = ["rule", "status", "severity", "entity_type", "recording_uri", "scan_id"]


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule was met: findings and calls with that status, and the highest severity among them."""

    rule: str
    status: str
    severity: str
    findings: int
    calls: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What an output folder says now: the newest state of each recording. Verdict counts are in the order of VERDICTS."""

    calls: int
    audio_s: float
    training_eligible: int
    verdicts: Counter[str]
    rules: tuple[RuleCount, ...]
    jurisdictions: dict[str, Counter[str]]
    agents: dict[str, Counter[str]]
    failures: Counter[str]


@dataclass(frozen=True, slots=True)
class Section:
    """A table to show: a heading, the names of its columns, its rows."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def summarize(store: Store) -> Summary:
    """Count the newest state of each recording. Raises OutputError when the tables cannot be read."""
    calls: list[dict[str, Any]] = store.calls(_CALLS).to_pylist()
    jurisdictions: dict[str, Counter[str]] = {}
    agents: dict[str, Counter[str]] = {}
    for call in calls:
        jurisdictions.setdefault(call["jurisdiction"] or "not judged", Counter())[call["verdict"]] += 1
        agents.setdefault(call["agent_id"] or "unknown", Counter())[call["verdict"]] += 1
    return Summary(
        calls=len(calls),
        audio_s=sum(c["duration_s"] or 0.0 for c in calls),
        training_eligible=sum(bool(c["training_eligible"]) for c in calls),
        verdicts=Counter(c["verdict"] for c in calls),
        rules=_rule_counts(store.findings(_FINDINGS).to_pylist()),
        jurisdictions=jurisdictions,
        agents=agents,
        failures=Counter(c["failure"] or "error" for c in calls if c["verdict"] == "failed"),
    )


def sections(summary: Summary, *, most_agents: int = 20) -> tuple[Section, ...]:
    """The summary as tables; of the agents, those with the most calls to do something about."""
    made = [
        Section(
            "Verdicts",
            ("verdict", "calls", "share"),
            tuple((v, str(n), _share(n, summary.calls)) for v in VERDICTS if (n := summary.verdicts[v])),
        ),
        Section(
            "Rules",
            ("rule", "status", "severity", "findings", "calls"),
            tuple((r.rule, r.status, r.severity, str(r.findings), str(r.calls)) for r in summary.rules),
        ),
        _by_verdict("Jurisdictions", "jurisdiction", summary.jurisdictions, len(summary.jurisdictions)),
        _by_verdict("Agents", "agent", summary.agents, most_agents),
        Section("Failures", ("reason", "calls"), tuple((k, str(n)) for k, n in summary.failures.most_common())),
    ]
    return tuple(s for s in made if s.rows)


def _rule_counts(findings: Iterable[dict[str, Any]]) -> tuple[RuleCount, ...]:
    counted: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for finding in findings:
        counted.setdefault((finding["rule"], finding["status"]), []).append(finding)
    counts = [
        RuleCount(
            rule,
            status,
            max((f["severity"] for f in found), key=SEVERITIES.index),
            len(found),
            len({(f["scan_id"], f["recording_uri"]) for f in found}),
        )
        for (rule, status), found in counted.items()
    ]
    order = {"violation": 0, "needs_review": 1, "observation": 2}
    return tuple(sorted(counts, key=lambda c: (order[c.status], -SEVERITIES.index(c.severity), -c.calls, c.rule)))


def _by_verdict(heading: str, name: str, counts: dict[str, Counter[str]], most: int) -> Section:
    urgent = sorted(counts, key=lambda k: (*(-counts[k][v] for v in VERDICTS), k))
    rows = [(k, str(counts[k].total()), *(str(counts[k][v]) for v in VERDICTS)) for k in urgent[:most]]
    if len(urgent) > most:
        rest = sum((counts[k] for k in urgent[most:]), Counter[str]())
        rows.append((f"{len(urgent) - most} more", str(rest.total()), *(str(rest[v]) for v in VERDICTS)))
    return Section(heading, (name, "calls", *VERDICTS), tuple(rows))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"
