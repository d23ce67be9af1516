"""Rows of calls that are past their time, removed; recordings are never touched."""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from scanner.batch.lock import Lock, hold
from scanner.errors import OutputError, UserError
from scanner.lineage import lineage_of_rows, read_rows
from scanner.masking import HashKey
from scanner.retention import KnownRow, expired
from scanner.store import (
    CALLS,
    Part,
    Purge,
    PurgedRecording,
    Store,
    TableName,
    plain,
    read_purges,
    write_purge,
)

_KEY = ["recording_uri", "scan_id"]
_GONE = "(purged)"


@dataclass(frozen=True, slots=True)
class Purging:
    """What to purge, when and as what. `held` are call ids and SHA-256 of recordings; `now` is the clock."""

    purge_id: str
    before: datetime
    scanner_version: str
    key: HashKey = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)
    held: frozenset[str] = frozenset()
    unknown_may_be_held: bool = False
    only_say: bool = False


@dataclass(frozen=True, slots=True)
class Purged:
    """What was removed, or would be: recordings, rows of both tables, calls by the month in which they began.

    `log` is where it is written down; None when nothing was removed. `unknown`: held and not in the archive.
    """

    recordings: int
    calls: int
    findings: int
    months: Counter[str]
    on_hold: int
    unknown: tuple[str, ...]
    log: str | None = None


def purge(store: Store, purging: Purging, *, at_least: float) -> Purged:
    """Remove all rows of calls that began before a moment and that nobody holds, and write down that it was done.

    At every moment a reader sees each call as it was or not at all. What a call said about AI training outlives it in the
    log: opt-outs heard in calls count from a confidence of `at_least`. Raises UserError when something is to be held that
    the archive does not know, and OutputError when another run is writing or the folder takes no more.
    """
    if not store.exists():
        raise OutputError(f"{store.out}: nothing was scanned into this folder")
    with hold(store, scan_id=purging.purge_id, now=purging.now()) as lock:
        if not purging.only_say:
            store.drop_uncommitted()
        rows, asked = read_rows(store, ["scan_id", "file_size", "file_mtime_ns"])
        known = [KnownRow(**row) for row in rows.select(list(KnownRow.__slots__)).to_pylist()]
        found = expired(known, before=purging.before, held=purging.held)
        going = sorted({i for step in found.steps for i in step})
        keys = [{(known[i].recording_uri, known[i].scan_id) for i in step} for step in found.steps]
        summary = Purged(
            recordings=len(found.recordings),
            calls=len(going),
            findings=_count_findings(store, set().union(*keys)) if keys else 0,
            months=Counter(_month(known, chain) for chain in found.recordings),
            on_hold=found.on_hold,
            unknown=found.unknown,
        )
        if purging.only_say:
            return summary
        if found.unknown and not purging.unknown_may_be_held:
            raise UserError(
                f"{len(found.unknown)} of what is on hold is not in the archive, so nothing was purged: {found.unknown[0]}"
                " (a mistyped id would cost the call that it means; --allow-unknown-holds purges all the same)"
            )
        if not going:
            return summary
        left = lineage_of_rows(rows, asked, only=frozenset(going), at_least=at_least)
        log = Purge(
            purge_id=purging.purge_id,
            purged_at=purging.now(),
            before=purging.before,
            host=socket.gethostname(),
            scanner_version=purging.scanner_version,
            state="running",
            key_id=purging.key.key_id,
            calls=summary.calls,
            findings=summary.findings,
            on_hold=summary.on_hold,
            recordings=tuple(_purged(rows, chain[-1], purging.key) for chain in found.recordings),
            training=left.records,
            opt_outs=left.opt_outs,
        )
        path = write_purge(store, log)
        _Removal(store, purging, lock).do(keys)
        _forget_in_runs(store, {known[i].recording_uri for chain in found.recordings for i in chain})
        write_purge(store, replace(log, state="finished"))
        return replace(summary, log=path)


class PurgedBefore:
    """Recordings that were purged: a scan leaves them alone."""

    def __init__(self, purges: list[Purge], key: HashKey, sha256_of: Callable[[str], str | None]) -> None:
        self._key = key
        self._sha256_of = sha256_of
        recordings = [r for p in purges for r in p.recordings]
        self._empty_places = {r.place for r in recordings}
        self._places = {(r.place, r.file_size, r.file_mtime_ns) for r in recordings}
        self._sha256s = {r.recording_sha256 for r in recordings} - {None}
        self._sizes = {r.file_size for r in recordings}

    @classmethod
    def of(cls, store: Store, key: HashKey, sha256_of: Callable[[str], str | None]) -> PurgedBefore:
        """What the folder's logs say. Raises OutputError."""
        return cls(read_purges(store), key, sha256_of)

    def __call__(self, uri: str, size: int | None, mtime_ns: int | None) -> bool:
        """Whether it is one of them: unchanged where it lay, gone from there, or the same bytes elsewhere."""
        if size is None:
            return _place(uri, self._key) in self._empty_places
        if size not in self._sizes:
            return False
        return (_place(uri, self._key), size, mtime_ns) in self._places or self._sha256_of(uri) in self._sha256s


@dataclass(frozen=True, slots=True)
class _Removal:
    store: Store
    purging: Purging
    lock: Lock

    def do(self, steps: list[set[tuple[str, str]]]) -> None:
        """Remove the rows with these URIs and scans, one step after the other."""
        number = 0
        for keys in steps:
            for part in self.store.parts("calls"):
                self.lock.check()
                here = self.store.columns_at(part.path, _KEY)
                if not any(_going(here, keys)):
                    continue
                if unknown := set(self.store.footer(part).columns) - set(CALLS.names):
                    raise OutputError(
                        f"{part.path}: was written by a newer scanner ({min(unknown)}), which must purge it"
                    )
                number += 1
                self.store.replace([part], self._rows(part, keys), name=f"{self.purging.purge_id}-{number}")

    def _rows(self, part: Part, keys: set[tuple[str, str]]) -> Callable[[TableName], Iterator[pa.Table]]:
        def rows(table: TableName) -> Iterator[pa.Table]:
            found = self.store.read(part if table == "calls" else self.store.findings_of(part), table)
            left = found.filter(pc.invert(pa.array(_going(found, keys), pa.bool_())))
            if len(left):
                yield left

        return rows


def _going(rows: pa.Table, keys: set[tuple[str, str]]) -> list[bool]:
    """Which rows are to go."""
    return [pair in keys for pair in zip(*(rows[name].to_pylist() for name in _KEY), strict=True)]


def _count_findings(store: Store, keys: set[tuple[str, str]]) -> int:
    return sum(sum(_going(store.read(store.findings_of(p), "findings"), keys)) for p in store.parts("calls"))


def _month(rows: list[KnownRow], chain: tuple[int, ...]) -> str:
    began = next((rows[i].started_at for i in reversed(chain) if rows[i].started_at is not None), None)
    return f"{began or rows[chain[0]].scanned_at:%Y-%m}"


def _purged(rows: pa.Table, newest: int, key: HashKey) -> PurgedRecording:
    row: dict[str, Any] = rows.slice(newest, 1).to_pylist()[0]
    return PurgedRecording(
        _place(row["recording_uri"], key), row["recording_sha256"], row["file_size"], row["file_mtime_ns"]
    )


def _place(uri: str, key: HashKey) -> str:
    return key.hash(f"place {uri}")[:32]


def _forget_in_runs(store: Store, uris: set[str]) -> None:
    """A run's error may name a recording."""
    for info in store.folder.files("runs", ending=".json"):
        name = info.path.rsplit("/", 1)[-1]
        try:
            content = json.loads(store.folder.read("runs", name))
            error = content.get("error") or ""
            named = [uri for uri in uris if uri in error] if error else []
            for uri in sorted(named, key=len, reverse=True):
                content["error"] = content["error"].replace(uri, _GONE)
            if named:
                text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
                store.folder.write_bytes(info.path, text.encode())
        except (OSError, ValueError, AttributeError) as error:
            raise OutputError(f"{info.path}: cannot be changed ({plain(error)})") from error
