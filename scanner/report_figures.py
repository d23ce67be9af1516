"""The figures of a report: counted once here, shown as HTML, written as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from scanner.detections import SENSITIVITIES
from scanner.errors import OutputError
from scanner.findings import SEVERITIES
from scanner.store import Store

VERDICTS = ("violation", "needs_review", "failed", "compliant")
TIMES_S = (0, 5, 10, 15, 20, 25, 30, 45, 60, 90, 120, 300)
"""Where the steps of the time-to-disclosure distribution begin; the last one is open."""
FIRST_CALLS = 25
_MOST = 12

_CALLS = (
    "call_id recording_uri verdict severity sensitivity jurisdiction agent_id queue duration_s speech_s uncovered_s "
    "started_at scanned_at coverage disclosures training_eligible training_ineligible_reasons policy_id policy_sha256 "
    "model_id model_compute scanner_version error"
).split()
_FINDINGS = "recording_uri rule category status severity entity_type".split()


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """Which calls a report is about; None is all. Days are those of the call, else of its scan, both included."""

    since: date | None = None
    until: date | None = None
    queue: str | None = None
    agent: str | None = None
    policy: str | None = None

    def lets_through(self, call: dict[str, Any]) -> bool:
        day = _day(call)
        return (
            (self.since is None or day >= self.since)
            and (self.until is None or day <= self.until)
            and (self.queue is None or call["queue"] == self.queue)
            and (self.agent is None or call["agent_id"] == self.agent)
            and (self.policy is None or call["policy_id"] == self.policy)
        )


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the figures rest on. `found`, `left` and `outside` are the last run's, None when no run is recorded."""

    calls: int
    scanned: int
    failed: int
    not_determinable: int
    audio_h: float
    found: int | None
    left: int | None
    outside: int | None
    last_run: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """One cell of a table of counts: `name`, broken down by `by`."""

    name: str
    by: str
    calls: int


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls of a group in which a rule was violated or open, of all scanned calls of the group."""

    rule: str
    group: str
    calls: int
    of: int


@dataclass(frozen=True, slots=True)
class FirstCall:
    """A call to look at early."""

    call_id: str
    verdict: str
    severity: str
    sensitivity: str
    rules: tuple[str, ...]
    agent: str | None
    queue: str | None
    jurisdiction: str | None
    day: str
    uncovered_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a report, ready to be shown; orders are those in which they are shown."""

    made_at: str
    filter: dict[str, str]
    coverage: Coverage
    verdicts: tuple[Count, ...]
    by_day: tuple[Count, ...]
    rules: tuple[Count, ...]
    by_queue: tuple[Rate, ...]
    by_agent: tuple[Rate, ...]
    jurisdictions: tuple[Count, ...]
    time_to_disclosure: tuple[Count, ...]
    without_disclosure: int
    personal_data: tuple[Count, ...]
    training_eligible: int
    training_reasons: tuple[Count, ...]
    first_calls: tuple[FirstCall, ...]
    rests_on: tuple[Count, ...]


def collect(store: Store, wanted: ReportFilter, *, made_at: datetime) -> Figures:
    """Count the newest state of each recording that the filter lets through. Raises OutputError."""
    calls = [c for c in store.calls(_CALLS).to_pylist() if wanted.lets_through(c)]
    uris = {c["recording_uri"] for c in calls}
    findings = [f for f in store.findings(_FINDINGS).to_pylist() if f["recording_uri"] in uris]
    asking = [f for f in findings if f["status"] != "observation"]
    scanned = [c for c in calls if c["verdict"] != "failed"]
    times = [_first_disclosure_s(c) for c in scanned]
    shown = {k: str(v) for k, v in asdict(wanted).items() if v is not None}
    return Figures(
        made_at=made_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        filter=shown,
        coverage=_coverage(store, calls),
        verdicts=_counts(((c["verdict"], "") for c in calls), order=VERDICTS),
        by_day=tuple(sorted(_counts((str(_day(c)), c["verdict"]) for c in calls), key=lambda n: (n.name, n.by))),
        rules=_counts((f["rule"], f["severity"]) for f in asking),
        by_queue=_rates(scanned, asking, "queue"),
        by_agent=_rates(scanned, asking, "agent_id"),
        jurisdictions=_counts((c["jurisdiction"] or "unknown", c["verdict"]) for c in scanned),
        time_to_disclosure=_histogram([t for t in times if t is not None]),
        without_disclosure=sum(t is None for t in times),
        personal_data=_counts(
            (f["entity_type"] or f["rule"], "") for f in findings if f["category"] == "personal_data"
        ),
        training_eligible=sum(bool(c["training_eligible"]) for c in scanned),
        training_reasons=_counts((r, "") for c in scanned for r in c["training_ineligible_reasons"] or ()),
        first_calls=_first(calls, asking),
        rests_on=_rests_on(calls),
    )


def as_json(figures: Figures) -> str:
    """The figures as one JSON object."""
    return json.dumps(asdict(figures), indent=1, ensure_ascii=False) + "\n"


def as_csv(figures: Figures) -> str:
    """The figures as one table of four columns: section, name, by, value."""
    rows: list[tuple[str, str, str, object]] = [("coverage", k, "", v) for k, v in asdict(figures.coverage).items()]
    for section in ("verdicts", "by_day", "rules", "jurisdictions", "time_to_disclosure", "personal_data", "training_reasons", "rests_on"):  # fmt: skip
        counts: tuple[Count, ...] = getattr(figures, section)
        rows += [(section, n.name, n.by, n.calls) for n in counts]
    for section in ("by_queue", "by_agent"):
        rates: tuple[Rate, ...] = getattr(figures, section)
        rows += [(section, r.rule, r.group, r.calls) for r in rates]
    rows += [
        ("training_eligible", "", "", figures.training_eligible),
        ("without_disclosure", "", "", figures.without_disclosure),
    ]
    rows += [("first_calls", c.call_id, c.severity, " ".join(c.rules)) for c in figures.first_calls]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("section", "name", "by", "value"))
    writer.writerows((_plain(s), _plain(n), _plain(b), "" if v is None else _plain(v)) for s, n, b, v in rows)
    return text.getvalue()


def _plain(value: object) -> object:
    """A cell that no spreadsheet takes for a formula: names in it come from other people's metadata."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def _day(call: dict[str, Any]) -> date:
    moment: datetime = call["started_at"] or call["scanned_at"]
    return moment.astimezone(UTC).date()


def _counts(pairs: Iterable[tuple[str, str]], *, order: Sequence[str] = ()) -> tuple[Count, ...]:
    """Counts by name and breakdown: names by how often, or in the order given; breakdowns by severity or name."""
    counted = Counter(pairs)
    totals: Counter[str] = Counter()
    for (name, _), n in counted.items():
        totals[name] += n
    names = [*(n for n in order if n in totals), *(n for n, _ in totals.most_common() if n not in order)]
    rank = {s: i for i, s in enumerate((*reversed(SEVERITIES), *VERDICTS))}
    by = sorted({b for _, b in counted}, key=lambda b: (rank.get(b, len(rank)), b))
    return tuple(Count(n, b, counted[n, b]) for n in names for b in by if counted[n, b])


def _rates(calls: list[dict[str, Any]], asking: list[dict[str, Any]], column: str) -> tuple[Rate, ...]:
    """For the groups with the most findings: how many of their calls have each rule."""
    group_of = {c["recording_uri"]: c[column] for c in calls if c[column]}
    sizes = Counter(group_of.values())
    met: dict[tuple[str, str], set[str]] = defaultdict(set)
    for f in asking:
        if group := group_of.get(f["recording_uri"]):
            met[f["rule"], group].add(f["recording_uri"])
    by_group: Counter[str] = Counter()
    by_rule: Counter[str] = Counter()
    for (rule, group), uris in met.items():
        by_group[group] += len(uris)
        by_rule[rule] += len(uris)
    return tuple(
        Rate(rule, group, len(met[rule, group]), sizes[group])
        for rule, _ in by_rule.most_common(_MOST)
        for group, _ in by_group.most_common(_MOST)
    )


def _first_disclosure_s(call: dict[str, Any]) -> float | None:
    starts = [d["start_s"] for d in call["disclosures"] or () if d["kind"] == "recording"]
    return min(starts, default=None)


def _histogram(times: Sequence[float]) -> tuple[Count, ...]:
    ends = [*TIMES_S[1:], None]
    return tuple(
        Count(f"{start} to {end} s" if end else f"{start} s and later", "", sum(start <= t and (end is None or t < end) for t in times))
        for start, end in zip(TIMES_S, ends, strict=True)
    )  # fmt: skip


def _first(calls: list[dict[str, Any]], asking: list[dict[str, Any]]) -> tuple[FirstCall, ...]:
    """Severity times sensitivity, then the longest without a notice."""
    rules: dict[str, list[str]] = defaultdict(list)
    for f in sorted(asking, key=lambda f: -SEVERITIES.index(f["severity"])):
        if f["rule"] not in rules[f["recording_uri"]]:
            rules[f["recording_uri"]].append(f["rule"])

    def weight(call: dict[str, Any]) -> tuple[int, float, int, float]:
        severity, matter = SEVERITIES.index(call["severity"]), SENSITIVITIES.index(call["sensitivity"] or "none")
        return (severity * (matter + 1), severity, matter, call["uncovered_s"] or 0.0)

    ordered = sorted((c for c in calls if c["recording_uri"] in rules), key=weight, reverse=True)
    return tuple(
        FirstCall(
            c["call_id"], c["verdict"], c["severity"], c["sensitivity"] or "none", tuple(rules[c["recording_uri"]]),
            c["agent_id"], c["queue"], c["jurisdiction"], str(_day(c)), round(c["uncovered_s"] or 0.0, 1),
        )
        for c in ordered[:FIRST_CALLS]
    )  # fmt: skip


def _rests_on(calls: list[dict[str, Any]]) -> tuple[Count, ...]:
    pairs: list[tuple[str, str]] = []
    for c in calls:
        pairs.append(("policy", f"{c['policy_id']} {(c['policy_sha256'] or '')[:12]}".strip()))
        pairs.append(("scanner", c["scanner_version"] or "unknown"))
        if c["model_id"]:
            pairs.append(("speech model", c["model_id"]))
        if c["model_compute"]:
            pairs.append(("computed on", c["model_compute"]))
    return _counts(pairs, order=("policy", "speech model", "computed on", "scanner"))


def _coverage(store: Store, calls: list[dict[str, Any]]) -> Coverage:
    failed = sum(c["verdict"] == "failed" for c in calls)
    run = _last_run(store)
    return Coverage(
        calls=len(calls),
        scanned=len(calls) - failed,
        failed=failed,
        not_determinable=sum(c["verdict"] == "needs_review" for c in calls),
        audio_h=round(sum(c["duration_s"] or 0.0 for c in calls) / 3600, 2),
        found=run.get("found"),
        left=run.get("left"),
        outside=run.get("outside"),
        last_run=run.get("started_at"),
    )


def _last_run(store: Store) -> dict[str, Any]:
    """The record of the newest run that finished; empty when there is none."""
    try:
        for info in reversed(store.folder.files("runs", ending=".json")):
            record: dict[str, Any] = json.loads(store.folder.read("runs", info.path.rpartition("/")[2]))
            if record.get("state") != "running":
                return record
    except (OSError, ValueError) as error:
        raise OutputError(f"{store.out}: a run record cannot be read") from error
    return {}
