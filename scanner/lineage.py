"""Every judgement that an output folder keeps of each recording, for telling what may train AI and what to take back.

Rows are read with their history: what is eligible now, what ever was, and whose it is. Callers are keyed hashes throughout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from scanner.detections import Disclosure
from scanner.errors import OutputError
from scanner.masking import HashKey
from scanner.store import CALLS, Store, disclosures_in, read_purges
from scanner.training import OptOut, TrainingRecord, ever_eligible, known_caller, opt_outs_heard

_COLUMNS = [
    "call_id",
    "recording_uri",
    "recording_sha256",
    "caller_hmac",
    "value_hmac_key_id",
    "started_at",
    "scanned_at",
    "training_eligible",
    "policy_id",
    "policy_sha256",
    "model_id",
    "detector_id",
    "metadata_hmac",
    "opted_out_at",
    "moved_from",
    "verdict",
]


@dataclass(frozen=True, slots=True)
class Lineage:
    """The judgements of each recording that was eligible at any time, and all opt-outs that the archive shows."""

    records: tuple[TrainingRecord, ...]
    opt_outs: tuple[OptOut, ...]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Recordings that were eligible and cannot be compared with a caller's number.

    `other_keys`: how many have their callers hashed with each other key, by its id. `unknown`: whose caller is not known.
    """

    other_keys: dict[str, int]
    unknown: int


def caller_of(number: str, key: HashKey) -> str:
    """A caller as records name one: keyed hash of the number (E.164) with the key's id, since keys may change."""
    return _caller(key.key_id, key.hash(number))


def read_lineage(store: Store, *, at_least: float) -> Lineage:
    """What the whole archive says. Opt-outs heard in calls count from a confidence of `at_least`, as newly heard.

    Metadata that named an opt-out once counts for good, and so does what calls said whose rows were purged since: their
    records have no name, and end with the purge. Raises OutputError.
    """
    purges = read_purges(store)
    if not store.exists() and not purges:
        raise OutputError(f"{store.out}: nothing was scanned into this folder")
    rows, asked = read_rows(store)
    found = lineage_of_rows(rows, asked, at_least=at_least)
    records = list(found.records)
    opt_outs = dict.fromkeys(found.opt_outs)
    for purge in purges:
        records += purge.training
        last = {r.recording_sha256: r for r in sorted(purge.training, key=lambda r: r.judged_at)}
        records += [replace(r, judged_at=purge.purged_at, eligible=False) for r in last.values() if r.eligible]
        opt_outs |= dict.fromkeys(purge.opt_outs)
    return Lineage(tuple(records), tuple(opt_outs))


def read_rows(store: Store, more: Sequence[str] = ()) -> tuple[pa.Table, list[tuple[Disclosure, ...]]]:
    """All rows, with more columns than the lineage needs, and who asked to opt out in each. Raises OutputError."""
    return store.steadily(lambda: _history(store, list(dict.fromkeys([*_COLUMNS, *more]))))


def lineage_of_rows(
    rows: pa.Table, asked: Sequence[tuple[Disclosure, ...]], *, at_least: float, only: frozenset[int] | None = None
) -> Lineage:
    """What the rows say; `only` narrows it to what the rows with these numbers say."""
    columns = {name: _values(rows[name]) for name in _COLUMNS}
    records: list[TrainingRecord] = []
    opt_outs: dict[OptOut, None] = {}
    for uri, own in rows_of_recordings(columns).items():
        told = own if only is None else [i for i in own if i in only]
        if any(columns["training_eligible"][i] for i in told):
            bytes_told = {columns["recording_sha256"][i] for i in told}
            records += [r for r in _records(uri, own, columns) if r.recording_sha256 in bytes_told]
        heard_last = [i for i in own if columns["verdict"][i] != "failed"][-1:]
        for i in told:
            caller = _caller_in(columns, i)
            disclosures = asked[i] if i in heard_last else ()
            opted_out_at, started_at = columns["opted_out_at"][i], columns["started_at"][i]
            for opt_out in opt_outs_heard(caller, started_at, opted_out_at, disclosures, at_least=at_least):
                opt_outs[opt_out] = None
    return Lineage(tuple(records), tuple(opt_outs))


def unmatched(records: Sequence[TrainingRecord], key: HashKey) -> Unmatched:
    """What cannot be told whose it is with this key."""
    other_keys: dict[str, int] = {}
    unknown = 0
    for history in ever_eligible(records):
        caller = known_caller(history)
        if caller is None:
            unknown += 1
        elif (key_id := caller.partition(":")[0]) != key.key_id:
            other_keys[key_id] = other_keys.get(key_id, 0) + 1
    return Unmatched(other_keys, unknown)


def _history(store: Store, columns: list[str]) -> tuple[pa.Table, list[tuple[Disclosure, ...]]]:
    """All rows, and who asked to opt out in each."""
    tables: list[pa.Table] = [CALLS.empty_table().select(columns)]
    asked: list[tuple[Disclosure, ...]] = []
    for rows in store.history([*columns, "disclosures"]):
        asked += _asked_to_opt_out(rows)
        tables.append(rows.select(columns))
    return pa.concat_tables(tables), asked


def _values(column: pa.ChunkedArray) -> list[Any]:
    """The column's values, each that recurs held once: a recording has as many rows as it was judged."""
    coded = column.combine_chunks().dictionary_encode()
    known = [*coded.dictionary.to_pylist(), None]
    return [known[i] for i in pc.fill_null(coded.indices, len(known) - 1).to_pylist()]


def _caller(key_id: str, hashed: str) -> str:
    return f"{key_id}:{hashed}"


def _caller_in(columns: dict[str, list[Any]], row: int) -> str | None:
    hashed = columns["caller_hmac"][row]
    return _caller(columns["value_hmac_key_id"][row] or "", hashed) if hashed is not None else None


def _asked_to_opt_out(rows: pa.Table) -> list[tuple[Disclosure, ...]]:
    """The disclosures of each row in which somebody asked to opt out; of all others none."""
    lists = rows["disclosures"].combine_chunks()
    asks = pc.equal(pc.struct_field(lists.flatten(), "kind"), "opt_out_requested")
    asking = pc.unique(pc.list_parent_indices(lists).filter(asks))
    found: list[tuple[Disclosure, ...]] = [()] * len(rows)
    for row, disclosures in zip(asking.to_pylist(), disclosures_in(rows.take(asking)), strict=True):
        found[row] = disclosures
    return found


def rows_of_recordings(columns: dict[str, list[Any]]) -> dict[str, list[int]]:
    """The rows of each recording, oldest first, by where it lies now: a move takes its history along."""
    uris, moved_from, at = columns["recording_uri"], columns["moved_from"], columns["scanned_at"]
    rows_of: dict[str, list[int]] = {}
    for i in sorted(range(len(uris)), key=at.__getitem__):
        rows = rows_of.setdefault(uris[i], [])
        if moved_from[i] is not None:
            rows += rows_of.pop(moved_from[i], [])
            rows.sort(key=lambda row: at[row])
        rows.append(i)
    return rows_of


def _records(uri: str, rows: Sequence[int], columns: dict[str, list[Any]]) -> Iterator[TrainingRecord]:
    """A record for each row of one place; other bytes there end the eligibility of those that were there before.

    A row without a hash is of a recording that could not be read: whatever was there is eligible no more.
    """
    known: dict[str, TrainingRecord] = {}
    for i in rows:
        sha256 = columns["recording_sha256"][i]
        judged_at: datetime = columns["scanned_at"][i]
        for other, record in known.items():
            if other != sha256 and record.eligible:
                known[other] = replace(record, judged_at=judged_at, eligible=False)
                yield known[other]
        if sha256 is None:
            continue
        known[sha256] = TrainingRecord(
            call_id=columns["call_id"][i],
            recording_sha256=sha256,
            caller=_caller_in(columns, i),
            started_at=columns["started_at"][i],
            judged_at=judged_at,
            eligible=bool(columns["training_eligible"][i]),
            policy_id=columns["policy_id"][i],
            recording_uri=uri,
            policy_sha256=columns["policy_sha256"][i],
            heard_as="|".join(columns[name][i] or "" for name in ("model_id", "detector_id", "metadata_hmac")),
        )
        yield known[sha256]
