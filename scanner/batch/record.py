"""What a run did, in numbers: for the summary, and kept as OUT/runs/*.json so that the denominator can be defended."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from scanner.batch.items import Outcome
from scanner.errors import OutputError
from scanner.findings import Verdict
from scanner.store import Store, plain

RunState = Literal["running", "finished", "stopped", "broken"]
RunKind = Literal["scan", "rejudge"]


@dataclass(slots=True)
class RunRecord:
    """Counts of one run; it grows while the run goes on.

    `found`: recordings and manifest rows. Of them `scanned` were heard, `judged_again` judged from stored facts,
    `done_before` left as they are, `purged_before` left alone since their rows were purged, `left` left for the next run
    because they are still being written or because the run was stopped. `verdicts` and `failures` (by reason) count all but those that were left, whenever they were scanned.
    Where all is judged again, `changes` counts verdicts (before, after), `training_changes` likewise whether a recording
    may train AI, and `heard_otherwise` the calls whose facts were heard by another ear than a scan would hear by now.
    `durations_s`: how long each step took. `compute`: how many recordings were heard on which device in which numbers.
    """

    scan_id: str
    started_at: datetime
    host: str
    scanner_version: str
    policy_id: str
    policy_sha256: str
    model_id: str
    detector_id: str
    workers: int
    kind: RunKind = "scan"
    state: RunState = "running"
    ended_at: datetime | None = None
    found: int = 0
    scanned: int = 0
    judged_again: int = 0
    recognised: int = 0
    done_before: int = 0
    purged_before: int = 0
    failed: int = 0
    left: int = 0
    outside: int = 0
    audio_s: float = 0.0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    failed_calls: list[tuple[str, str]] = field(default_factory=list)
    error: str | None = None
    heard_otherwise: int = 0
    changes: Counter[tuple[str, str]] = field(default_factory=Counter)
    training_changes: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    durations_s: dict[str, float] = field(default_factory=dict)
    compute: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def timing(self, step: str, now: Callable[[], datetime]) -> Iterator[None]:
        """Note how long a step takes, however it ends."""
        began = now()
        try:
            yield
        finally:
            self.durations_s[step] = round((now() - began).total_seconds(), 3)

    def count(self, outcome: Outcome) -> None:
        """Add what became of one recording to the verdicts."""
        if outcome.verdict is None:
            return
        if outcome.verdict == "failed":
            self.count_failed(outcome.uri, outcome.kind, outcome.reason)
        else:
            self.verdicts[outcome.verdict] += 1

    def count_failed(self, uri: str, kind: str | None, reason: str | None) -> None:
        """Add a recording that could not be scanned."""
        self.verdicts["failed"] += 1
        self.failed += 1
        self.failures[kind or "error"] += 1
        self.failed_calls.append((uri, reason or "unknown"))

    @property
    def elapsed_s(self) -> float:
        return ((self.ended_at or self.started_at) - self.started_at).total_seconds()

    @property
    def skipped(self) -> dict[str, int]:
        """How many recordings were not looked into, by why."""
        why = {"done before": self.done_before, "purged before": self.purged_before, "left for the next run": self.left}
        return {reason: count for reason, count in why.items() if count}

    def counts(self) -> dict[str, Any]:
        """By what, when and where it ran, and all counts; no name of a call, no place, no text of an error."""
        return {
            "scan_id": self.scan_id,
            "kind": self.kind,
            "state": self.state,
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "elapsed_s": round(self.elapsed_s, 3),
            "durations_s": self.durations_s,
            "host": self.host,
            "workers": self.workers,
            "scanner_version": self.scanner_version,
            "python_version": platform.python_version(),
            "policy_id": self.policy_id,
            "policy_sha256": self.policy_sha256,
            "model_id": self.model_id,
            "detector_id": self.detector_id,
            "compute": dict(sorted(self.compute.items())),
            "found": self.found,
            "scanned": self.scanned,
            "judged_again": self.judged_again,
            "recognised": self.recognised,
            "done_before": self.done_before,
            "purged_before": self.purged_before,
            "skipped": self.skipped,
            "failed": self.failed,
            "left": self.left,
            "outside": self.outside,
            "audio_s": round(self.audio_s, 3),
            "verdicts": dict(sorted(self.verdicts.items())),
            "failures": dict(sorted(self.failures.items())),
        }

    def as_json(self) -> str:
        """All counts, and no word of any call."""
        content = {
            **self.counts(),
            "error": self.error,
            "heard_otherwise": self.heard_otherwise,
            "changes": {f"{before} -> {after}": n for (before, after), n in sorted(self.changes.items())},
        }
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    def write(self, store: Store) -> None:
        """Write the record to OUT/runs; written again at the end, it takes the place of the first. Raises OutputError."""
        name = f"{self.started_at:%Y%m%dT%H%M%SZ}-{self.scan_id}.json"
        try:
            store.folder.write_bytes(store.folder.path("runs", name), self.as_json().encode())
        except OSError as error:
            raise OutputError(f"{store.out}: cannot be written ({plain(error)})") from error
