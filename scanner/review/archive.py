"""What the review page reads of an output folder: the queue's columns in memory, one call's facts from its part on demand."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scanner.detections import SENSITIVITIES
from scanner.findings import SEVERITIES, Finding
from scanner.store import ParquetKey, Store, StoredCall
from scanner.store.rows import stored_call

VERDICTS = ("violation", "needs_review", "failed", "compliant")
"""Most pressing first."""
TO_DECIDE = ("violation", "needs_review")
"""The statuses of findings that ask for a decision; an observation may be decided, but asks for nothing."""

_CALL_COLUMNS = (
    "call_id recording_uri recording_sha256 duration_s agent_id queue jurisdiction sensitivity verdict severity "
    "started_at scanned_at scan_id uncovered_s"
).split()
_FINDING_COLUMNS = "finding_id recording_uri rule status severity entity_type".split()
_LOOK_AGAIN_S = 5.0
_CALLS_KEPT = 64

Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Coded:
    """A text column as codes into its distinct values; -1 is unknown."""

    values: tuple[str, ...]
    codes: Codes

    @classmethod
    def of(cls, column: pa.ChunkedArray | pa.Array, *, order: Sequence[str] = ()) -> Coded:
        """The column coded; `order` gives the codes of values that have a rank, others follow by name."""
        present = [v for v in pc.unique(column).to_pylist() if v is not None]
        values = (*order, *sorted(v for v in present if v not in order))
        codes = pc.fill_null(pc.index_in(column, value_set=pa.array(values, pa.string())), -1)
        return cls(values, np.asarray(codes, dtype=np.int32))

    def equals(self, value: str) -> Mask:
        """Which rows hold the value; none for a value that occurs nowhere."""
        code = self.values.index(value) if value in self.values else -2
        return np.equal(self.codes, code)

    def __getitem__(self, row: int) -> str | None:
        code = int(self.codes[row])
        return self.values[code] if code >= 0 else None

    @property
    def used(self) -> tuple[str, ...]:
        """The values that occur."""
        present = set(np.unique(self.codes).tolist())
        return tuple(v for i, v in enumerate(self.values) if i in present)


@dataclass(frozen=True, slots=True)
class FindingTable:
    """The findings of all calls, ordered by call; `starts[c]:starts[c+1]` are those of call c."""

    ids: pa.Array
    rule: Coded
    status: Coded
    severity: Coded
    entity_type: Coded
    call: Codes
    starts: Codes
    asks: Mask
    """Which of them ask for a decision."""
    rows_of_id: dict[str, tuple[int, ...]]

    def of_call(self, call: int) -> range:
        return range(int(self.starts[call]), int(self.starts[call + 1]))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The newest state of an archive at one moment, as columns; row i of each belongs to call i."""

    parts: tuple[str, ...]
    table: pa.Table
    keys: tuple[str, ...]
    row_of_key: dict[str, int]
    verdict: Coded
    severity: Coded
    sensitivity: Coded
    jurisdiction: Coded
    agent: Coded
    queue: Coded
    day: npt.NDArray[np.int32]
    """Days since 1970 of the call's start, else of its scan."""
    order: Codes
    """Row numbers, most serious first."""
    findings: FindingTable
    where: Codes
    """Shape (calls, 2): number of the part, row in the part."""

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class CallDetail:
    """One call with all its facts, and the ids of its findings in their order."""

    call: StoredCall
    finding_ids: tuple[str, ...]

    @property
    def findings(self) -> tuple[tuple[str, Finding], ...]:
        """(id, finding), the most serious first, then by time; observations last."""
        if self.call.judgement is None:
            return ()
        pairs = list(zip(self.finding_ids, self.call.judgement.findings, strict=True))
        pairs.sort(key=lambda p: (p[1].status == "observation", -SEVERITIES.index(p[1].severity), p[1].start_s or 0.0))
        return tuple(pairs)


def call_key(secret: bytes, recording_uri: str) -> str:
    """What names a call in a URL: keyed, because file names often hold the caller's number."""
    return hmac.new(secret, recording_uri.encode(), hashlib.sha256).hexdigest()[:24]


class Archive:
    """The calls of one output folder; looks for new parts by itself, never writes."""

    def __init__(self, out: str, *, secret: bytes, parquet_key: ParquetKey | None = None) -> None:
        self.store = Store(out, parquet_key)
        self._secret = secret
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._looked_at = 0.0
        self._details: OrderedDict[tuple[str, tuple[str, ...]], CallDetail] = OrderedDict()

    def snapshot(self, *, afresh: bool = False) -> Snapshot:
        """The newest state, at most some seconds old unless `afresh`. Raises OutputError when it cannot be read."""
        now = time.monotonic()
        current = None if afresh else self._snapshot
        if current is not None and now - self._looked_at < _LOOK_AGAIN_S:
            return current
        if current is not None and not self._lock.acquire(blocking=False):
            return current  # somebody else is already reading the new parts
        if current is None:
            self._lock.acquire()
        try:
            self._snapshot = self.store.steadily(self._newest_snapshot)
            self._looked_at = time.monotonic()
            return self._snapshot
        finally:
            self._lock.release()

    def _newest_snapshot(self) -> Snapshot:
        parts = tuple(p.path for p in self.store.parts("calls"))
        if self._snapshot is not None and self._snapshot.parts == parts:
            return self._snapshot
        return load_snapshot(self.store, parts, secret=self._secret)

    def call(self, snapshot: Snapshot, row: int) -> CallDetail:
        """All that is stored about one call. Raises OutputError when its part is gone, as after a compaction."""
        key = (snapshot.keys[row], snapshot.parts)
        known = self._details.get(key)
        if known is not None:
            return known
        part, at = (int(n) for n in snapshot.where[row])
        found = _read_call(self.store, snapshot.parts[part], at)
        self._details[key] = found
        while len(self._details) > _CALLS_KEPT:
            self._details.popitem(last=False)
        return found


def load_snapshot(store: Store, parts: Sequence[str], *, secret: bytes) -> Snapshot:
    """Read the queue's columns of all calls. Raises OutputError."""
    calls = store.calls(_CALL_COLUMNS).combine_chunks()
    uris = calls["recording_uri"].to_pylist()
    keys = tuple(call_key(secret, u) for u in uris)
    severity = Coded.of(calls["severity"], order=SEVERITIES)
    sensitivity = Coded.of(calls["sensitivity"], order=SENSITIVITIES)
    verdict = Coded.of(calls["verdict"], order=VERDICTS)
    moment = pc.coalesce(calls["started_at"], calls["scanned_at"]).cast(pa.int64())
    micros = np.asarray(pc.fill_null(moment, 0), dtype=np.int64)
    order = np.lexsort((-micros, verdict.codes, -sensitivity.codes, -severity.codes)).astype(np.int32)
    return Snapshot(
        parts=tuple(parts),
        table=calls,
        keys=keys,
        row_of_key={k: i for i, k in enumerate(keys)},
        verdict=verdict,
        severity=severity,
        sensitivity=sensitivity,
        jurisdiction=Coded.of(calls["jurisdiction"]),
        agent=Coded.of(calls["agent_id"]),
        queue=Coded.of(calls["queue"]),
        day=(micros // 86_400_000_000).astype(np.int32),
        order=order,
        findings=_finding_table(store, calls),
        where=_places(store, parts, calls),
    )


def _finding_table(store: Store, calls: pa.Table) -> FindingTable:
    findings = store.findings(_FINDING_COLUMNS)
    at = pc.fill_null(pc.index_in(findings["recording_uri"], value_set=calls["recording_uri"].combine_chunks()), -1)
    call = np.asarray(at, dtype=np.int32)
    order = np.argsort(call, kind="stable")
    findings, call = findings.take(pa.array(order)).combine_chunks(), call[order]
    ids = findings["finding_id"].combine_chunks()
    rows: dict[str, tuple[int, ...]] = {}
    for i, finding_id in enumerate(ids.to_pylist()):
        rows[finding_id] = (*rows[finding_id], i) if finding_id in rows else (i,)
    status = Coded.of(findings["status"], order=(*TO_DECIDE, "observation"))
    return FindingTable(
        ids=ids,
        rule=Coded.of(findings["rule"]),
        status=status,
        severity=Coded.of(findings["severity"], order=SEVERITIES),
        entity_type=Coded.of(findings["entity_type"]),
        call=call,
        starts=np.searchsorted(call, np.arange(len(calls) + 1)).astype(np.int32),
        asks=(status.codes >= 0) & (status.codes < len(TO_DECIDE)),
        rows_of_id=rows,
    )


def _places(store: Store, parts: Sequence[str], calls: pa.Table) -> Codes:
    """For each call the number of its part and its row there."""
    where = np.full((len(calls), 2), -1, dtype=np.int32)
    wanted = {
        pair: i
        for i, pair in enumerate(zip(calls["recording_uri"].to_pylist(), calls["scan_id"].to_pylist(), strict=True))
    }
    for number, path in enumerate(parts):
        table = store.columns_at(path, ["recording_uri", "scan_id"])
        for at, pair in enumerate(zip(table["recording_uri"].to_pylist(), table["scan_id"].to_pylist(), strict=True)):
            row = wanted.get(pair)
            if row is not None:
                where[row] = (number, at)
    return where


def _read_call(store: Store, path: str, at: int) -> CallDetail:
    """One row of a part, from the row group that holds it, with its findings from the part of the same name."""
    row, found = store.row_at(path, at)
    return CallDetail(stored_call(row, found), tuple(f["finding_id"] for f in found))
