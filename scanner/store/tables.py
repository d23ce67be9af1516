"""The tables of an output folder: parts go in, the newest state of each recording comes out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from scanner.errors import OutputError
from scanner.store.filesystem import Folder, plain
from scanner.store.rows import Row, StoredCall, call_row, finding_rows, stored_call
from scanner.store.schema import CALLS, FINDINGS

T = TypeVar("T")

TableName = Literal["calls", "findings"]
_SCHEMAS = {"calls": CALLS, "findings": FINDINGS}
_STATE = ["recording_uri", "moved_from", "scanned_at"]
_ROW_GROUP = 1000
"""Rows that are read together: whoever opens one call reads no more than its group."""
_PART = re.compile(r"^part-[\w.-]+\.parquet$")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a table; `key`, its folder and file name, is shared by the calls and the findings of one write."""

    path: str
    key: str


class Store:
    """The Parquet tables of one output folder.

    A call counts when its row is in a part of `calls`: findings are written first, so that a crash between the two
    leaves findings without calls, which no reader here sees, and never a call without its findings.
    """

    def __init__(self, out: str) -> None:
        self.out = out
        self.folder = Folder.at(out)

    def prepare(self) -> None:
        """Make the folder, and show that it can be written. Raises OutputError."""
        try:
            self.folder.system.create_dir(self.folder.root, recursive=True)
            probe = self.folder.path("_writable")
            self.folder.write_bytes(probe, b"")
            self.folder.delete(probe)
        except (OSError, pa.ArrowException) as error:
            raise OutputError(f"{self.out}: cannot be written ({plain(error)})") from error

    def write_part(self, calls: Sequence[StoredCall], *, name: str, scan_date: date) -> None:
        """Write calls and their findings as one part of each table: findings first, calls last.

        `name` makes the file `part-NAME.parquet`; it must be new. Raises OutputError when the folder takes no more.
        """
        if not calls:
            return
        self.write_rows(
            pa.Table.from_pylist([call_row(c) for c in calls], schema=CALLS),
            pa.Table.from_pylist([r for c in calls for r in finding_rows(c)], schema=FINDINGS),
            name=name,
            scan_date=scan_date,
        )

    def write_rows(self, calls: pa.Table, findings: pa.Table, *, name: str, scan_date: date) -> None:
        """Write rows as `write_part` does."""
        for table, rows in (("findings", findings), ("calls", calls)):
            path = self.folder.path(table, _key(name, scan_date))
            try:
                self.folder.write(path, _parquet_writer(self.folder, rows))
            except (OSError, pa.ArrowIOError) as error:
                raise OutputError(f"{self.out}: cannot be written ({plain(error)})") from error

    def parts(self, table: TableName) -> list[Part]:
        """The parts of a table, by date and name."""
        root = self.folder.path(table) + "/"
        found = (i.path for i in self.folder.files(table, ending=".parquet"))
        return [Part(p, p.removeprefix(root)) for p in found if _PART.match(p.rsplit("/", 1)[-1])]

    def exists(self) -> bool:
        """Whether anything was ever scanned into this folder."""
        return bool(self.parts("calls"))

    def drop_uncommitted(self, *, containing: str = "part-") -> int:
        """Remove findings whose calls were never written, left by a crash; only for whoever holds the folder's lock.

        `containing` narrows it to parts in whose names it occurs. Returns how many files were removed.
        """
        committed = {p.key for p in self.parts("calls")}
        orphans = [p for p in self.parts("findings") if p.key not in committed and containing in p.key]
        for part in orphans:
            self.folder.delete(part.path)
        if self.folder.local and containing == "part-":
            for info in self.folder.files("_writing"):
                self.folder.delete(info.path)
            with suppress(OSError):
                Path(self.folder.path("_writing")).rmdir()
        return len(orphans)

    def calls(self, columns: Sequence[str] | None = None) -> pa.Table:
        """The newest row of each recording, with the columns asked for (all by default)."""
        wanted = list(columns) if columns is not None else CALLS.names
        tables = [t for _, t in self._read("calls", list(dict.fromkeys([*wanted, *_STATE])))]
        if not tables:
            return CALLS.empty_table().select(wanted)
        table = pa.concat_tables(tables)
        return table.take(pa.array(_newest(table))).select(wanted)

    def newest(self, columns: Sequence[str], make: Callable[..., T]) -> dict[str, T]:
        """What `make` makes of the columns of the newest row of each recording, by its URI.

        A part at a time, so that memory holds the recordings and not the history of their rows.
        """
        kept: dict[str, tuple[datetime, T]] = {}
        moves: list[tuple[str, datetime]] = []
        seen: dict[object, object] = {}  # most values are those of the row before: held once
        for _, table in self._read("calls", list(dict.fromkeys([*columns, *_STATE]))):
            values = [[seen.setdefault(v, v) for v in table[c].to_pylist()] for c in columns]
            state = zip(*(table[c].to_pylist() for c in _STATE), *values, strict=True)
            for uri, moved_from, at, *row in state:
                if uri not in kept or kept[uri][0] <= at:
                    kept[uri] = (at, make(*row))
                if moved_from is not None:
                    moves.append((moved_from, at))
        for uri, at in moves:
            if uri in kept and kept[uri][0] < at:
                del kept[uri]
        return {uri: made for uri, (_, made) in kept.items()}

    def findings(self, columns: Sequence[str] | None = None) -> pa.Table:
        """The findings of the newest row of each recording."""
        wanted = list(columns) if columns is not None else FINDINGS.names
        key = ["scan_id", "recording_uri"]
        current = self.calls(key)
        committed = {p.key for p in self.parts("calls")}
        needed = list(dict.fromkeys([*wanted, *key]))
        tables = [t for part, t in self._read("findings", needed) if part.key in committed]
        if not tables:
            return FINDINGS.empty_table().select(wanted)
        table = pa.concat_tables(tables)
        marked = table.append_column("_position", pa.array(range(len(table)), pa.int64()))
        kept = marked.select([*key, "_position"]).join(current, keys=key, join_type="left semi")["_position"]
        return table.take(kept.take(pc.sort_indices(kept))).select(wanted)

    def stored_calls(self, wanted: Callable[[str], bool] = lambda _uri: True) -> Iterator[StoredCall]:
        """The newest state of each recording whose URI is wanted, with facts and findings, a part at a time."""
        findings = {p.key: p for p in self.parts("findings")}
        for part, positions, uris in self.current():
            kept = [p for p, uri in zip(positions, uris, strict=True) if wanted(uri)]
            if kept:
                yield from self._stored_of_part(part, findings.get(part.key), kept)

    def current(self) -> Iterator[tuple[Part, list[int], list[str]]]:
        """The parts that hold newest rows: where in them these are, and the URIs of their recordings."""
        parts = self.parts("calls")
        if not parts:
            return
        states = [self._read_part(p, "calls", _STATE) for p in parts]
        newest = _newest(pa.concat_tables(states))
        first = at = 0
        for part, state in zip(parts, states, strict=True):
            end = bisect_left(newest, first + len(state), at)
            if end > at:
                positions = [position - first for position in newest[at:end]]
                yield part, positions, state["recording_uri"].take(pa.array(positions)).to_pylist()
            first, at = first + len(state), end

    def rows(self, part: Part, positions: Sequence[int], columns: Sequence[str] | None = None) -> pa.Table:
        """Some rows of a part of calls, by ascending positions, with the columns asked for (all by default)."""
        table = self._read_part(part, "calls", CALLS.names if columns is None else columns)
        return table if len(positions) == len(table) else table.take(pa.array(positions))

    def history(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """All rows of calls, old and new, a part at a time."""
        for _, table in self._read("calls", columns):
            yield table

    def _stored_of_part(self, part: Part, findings: Part | None, kept: Sequence[int]) -> Iterator[StoredCall]:
        by_call: dict[tuple[str, str], list[Row]] = {}
        if findings is not None:
            for row in self._read_part(findings, "findings", FINDINGS.names).to_pylist():
                by_call.setdefault((row["scan_id"], row["recording_uri"]), []).append(row)
        for row in self._read_part(part, "calls", CALLS.names).take(pa.array(kept)).to_pylist():
            yield stored_call(row, by_call.get((row["scan_id"], row["recording_uri"]), ()))

    def written(self, *, name: str, scan_date: date) -> list[StoredCall]:
        """The calls of one part, without their findings; none when it was never written."""
        key = _key(name, scan_date)
        rows = [self._read_part(p, "calls", CALLS.names).to_pylist() for p in self.parts("calls") if p.key == key]
        return [stored_call(row) for part in rows for row in part]

    def _read(self, table: TableName, columns: Sequence[str]) -> Iterator[tuple[Part, pa.Table]]:
        for part in self.parts(table):
            yield part, self._read_part(part, table, columns)

    def _read_part(self, part: Part, table: TableName, columns: Sequence[str]) -> pa.Table:
        """The columns of one part in today's schema; what an older file lacks is null."""
        schema = pa.schema([_SCHEMAS[table].field(c) for c in columns])
        try:
            with self.folder.system.open_input_file(part.path) as file, pq.ParquetFile(file) as parquet:
                names = set(parquet.schema_arrow.names)
                there = [c for c in columns if c in names]
                found = parquet.read(columns=there, use_threads=False)
        except (OSError, pa.ArrowException) as error:
            raise OutputError(f"{part.path}: cannot be read ({plain(error)})") from error
        arrays = [found[f.name].cast(f.type) if f.name in there else pa.nulls(len(found), f.type) for f in schema]
        return pa.Table.from_arrays(arrays, schema=schema)


def _key(name: str, scan_date: date) -> str:
    return f"scan_date={scan_date:%Y-%m-%d}/part-{name}.parquet"


def _newest(table: pa.Table) -> list[int]:
    """Positions of the newest row of each recording; one that has moved since is represented by the row that says so."""
    order = pc.sort_indices(table["scanned_at"]).to_pylist()
    uris, moved = table["recording_uri"].to_pylist(), table["moved_from"].to_pylist()
    newest: dict[str, int] = {}
    for i in order:
        if moved[i] is not None:
            newest.pop(moved[i], None)
        newest[uris[i]] = i
    return sorted(newest.values())


def _parquet_writer(folder: Folder, rows: pa.Table) -> Callable[[str], None]:
    def write(path: str) -> None:
        pq.write_table(rows, path, filesystem=folder.system, compression="zstd", row_group_size=_ROW_GROUP)

    return write
