"""The tables of an output folder: parts go in, the newest state of each recording comes out.

A part may take the place of others (`replace`): it names them in its footer, and from the moment it appears in `calls`
these count no more, whether or not they are deleted yet. So folding small parts into large ones, and purging rows, change
what a reader sees at one moment, and a crash before or after leaves nothing but files that the next run clears away.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import fs

from scanner.errors import OutputError
from scanner.storage import storage_errors
from scanner.store.encryption import ParquetKey, why_closed
from scanner.store.filesystem import Folder, plain
from scanner.store.parquet import Footer, is_encrypted, read_columns, read_footer, read_row, read_where, write_tables
from scanner.store.rows import Row, StoredCall, call_row, finding_rows, stored_call
from scanner.store.schema import CALLS, FINDINGS

T = TypeVar("T")

TableName = Literal["calls", "findings"]
_SCHEMAS = {"calls": CALLS, "findings": FINDINGS}
_STATE = ["recording_uri", "moved_from", "scanned_at"]
_PART = re.compile(r"^part-[\w.-]+\.parquet$")
_REPLACING = "part-replacing-"
_LOOKS = 7
"""So often a reader begins again when parts are replaced while it reads."""
_PAUSE_S = 0.02
"""Between the first two looks; each pause is twice the one before, since replaced parts go one after another."""


class PartGone(OutputError):
    """A part was replaced since it was listed: whoever reads should begin again."""


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

    def __init__(self, out: str, key: ParquetKey | None = None) -> None:
        """With a key, what is written is encrypted, and what is encrypted can be read; plain parts are read as they are."""
        self.out = out
        self.key = key
        self.folder = Folder.at(out)
        self._replaced_by: dict[str, frozenset[str]] = {}  # by path; parts never change

    def prepare(self) -> None:
        """Make the folder, and show that it can be written. Raises OutputError."""
        try:
            self.folder.make()
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
        self._write("findings", _key(name, scan_date), [findings])
        self._write("calls", _key(name, scan_date), [calls])

    def replace(
        self, parts: Sequence[Part], rows: Callable[[TableName], Iterable[pa.Table]], *, name: str
    ) -> Part | None:
        """Put a new part with these rows in the place of parts of one day; only for whoever holds the folder's lock.

        `rows` is asked for each table, findings first. Where it has no calls, the parts go and none comes. Raises
        OutputError, and then nothing has changed for a reader, or all of it.
        """
        (day,) = {p.key.rpartition("/")[0] for p in parts}
        made = None
        first = next(iter(rows("calls")), None)
        if first is not None:
            key = f"{day}/{_REPLACING}{name}.parquet"
            replaces = [p.key for p in parts]
            self._write("findings", key, rows("findings"))
            self._write("calls", key, rows("calls"), replaces=replaces)
            made = Part(self.folder.path("calls", key), key)
        self._delete(p.key for p in parts)
        return made

    def _write(self, table: TableName, key: str, rows: Iterable[pa.Table], *, replaces: Sequence[str] = ()) -> None:
        path = self.folder.path(table, key)
        try:
            self.folder.write(
                path,
                lambda file: write_tables(file, rows, _SCHEMAS[table], replaces=replaces, key=self.key),
            )
        except (OSError, pa.ArrowIOError) as error:
            raise OutputError(f"{self.out}: cannot be written ({plain(error)})") from error

    def _delete(self, keys: Iterable[str]) -> None:
        """Calls first: findings without calls are seen by nobody."""
        for key in keys:
            for table in ("calls", "findings"):
                try:
                    self.folder.delete(self.folder.path(table, key))
                except OSError as error:
                    raise OutputError(f"{self.out}: cannot be written ({plain(error)})") from error

    def parts(self, table: TableName) -> list[Part]:
        """The parts of a table that count, by date and name."""
        return self.steadily(lambda: self._parts(table))

    def _parts(self, table: TableName) -> list[Part]:
        calls = self._files("calls")
        replaced = self._replaced(calls)
        return [p for p in (calls if table == "calls" else self._files(table)) if p.key not in replaced]

    def footer(self, part: Part) -> Footer:
        """What a part says about itself. Raises OutputError."""
        return self._reading(part.path, lambda: read_footer(self.folder, part.path, self.key))

    def _replaced(self, calls: Sequence[Part]) -> set[str]:
        """The keys of parts in whose place others have come."""
        replaced: set[str] = set()
        for part in calls:
            if part.key.rpartition("/")[2].startswith(_REPLACING):
                if part.path not in self._replaced_by:
                    self._replaced_by[part.path] = frozenset(self.footer(part).replaces)
                replaced |= self._replaced_by[part.path]
        return replaced

    def _files(self, table: TableName) -> list[Part]:
        root = self.folder.path(table) + "/"
        try:
            found = [i.path for i in self.folder.files(table, ending=".parquet")]
        except OSError as error:
            raise OutputError(f"{self.out}: cannot be read ({plain(error)})") from error
        return [Part(p, p.removeprefix(root)) for p in found if _PART.match(p.rsplit("/", 1)[-1])]

    def exists(self) -> bool:
        """Whether anything was ever scanned into this folder."""
        return bool(self.parts("calls"))

    def drop_uncommitted(self, *, containing: str = "part-") -> int:
        """Remove what a crash left: findings whose calls were never written, and parts whose place others have taken.

        Only for whoever holds the folder's lock. `containing` narrows it to parts in whose names it occurs. Returns how
        many parts of findings were removed that nobody could see.
        """
        calls = self._files("calls")
        replaced = self._replaced(calls)
        self._delete(p.key for p in calls if p.key in replaced and containing in p.key)
        committed = {p.key for p in calls} - replaced
        orphans = [p for p in self._files("findings") if p.key not in committed and containing in p.key]
        self._delete(p.key for p in orphans)
        if self.folder.local and containing == "part-":
            for info in self.folder.files("_writing"):
                self.folder.delete(info.path)
            with suppress(OSError):
                Path(self.folder.path("_writing")).rmdir()
        return len(orphans)

    def steadily(self, read: Callable[[], T]) -> T:
        """What `read` reads, from one state of the folder: it begins again when parts are replaced under it."""
        for look in range(_LOOKS - 1):
            with suppress(PartGone):
                return read()
            time.sleep(_PAUSE_S * 2**look)
        return read()

    def calls(self, columns: Sequence[str] | None = None) -> pa.Table:
        """The newest row of each recording, with the columns asked for (all by default)."""
        return self.steadily(lambda: self._calls(columns, self.parts("calls")))

    def _calls(self, columns: Sequence[str] | None, parts: Sequence[Part]) -> pa.Table:
        wanted = list(columns) if columns is not None else CALLS.names
        needed = list(dict.fromkeys([*wanted, *_STATE]))
        tables = [self._read_part(part, "calls", needed) for part in parts]
        if not tables:
            return CALLS.empty_table().select(wanted)
        table = pa.concat_tables(tables)
        return table.take(pa.array(_newest(table))).select(wanted)

    def newest(self, columns: Sequence[str], make: Callable[..., T]) -> dict[str, T]:
        """What `make` makes of the columns of the newest row of each recording, by its URI.

        A part at a time, so that memory holds the recordings and not the history of their rows.
        """
        return self.steadily(lambda: self._newest_of_each(columns, make))

    def _newest_of_each(self, columns: Sequence[str], make: Callable[..., T]) -> dict[str, T]:
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
        return self.steadily(lambda: self._findings(columns))

    def _findings(self, columns: Sequence[str] | None) -> pa.Table:
        wanted = list(columns) if columns is not None else FINDINGS.names
        key = ["scan_id", "recording_uri"]
        parts = self.parts("calls")
        current = self._calls(key, parts)
        needed = list(dict.fromkeys([*wanted, *key]))
        tables = [self._read_part(self.findings_of(part), "findings", needed) for part in parts]
        if not tables:
            return FINDINGS.empty_table().select(wanted)
        table = pa.concat_tables(tables)
        marked = table.append_column("_position", pa.array(range(len(table)), pa.int64()))
        kept = marked.select([*key, "_position"]).join(current, keys=key, join_type="left semi")["_position"]
        return table.take(kept.take(pc.sort_indices(kept))).select(wanted)

    def findings_of(self, part: Part) -> Part:
        """The findings of the calls of one part."""
        return Part(self.folder.path("findings", part.key), part.key)

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
        """All rows of calls, old and new, a part at a time; to be read within `steadily`."""
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

    def read(self, part: Part, table: TableName) -> pa.Table:
        """All rows of one part. Raises OutputError."""
        return self._read_part(part, table, _SCHEMAS[table].names)

    def columns_at(self, path: str, columns: Sequence[str]) -> pa.Table:
        """Some columns of all rows in a part of calls. Raises OutputError."""
        schema = pa.schema([CALLS.field(c) for c in columns])
        return self._reading(path, lambda: read_columns(self.folder, path, schema, self.key))

    def row_at(self, path: str, at: int) -> tuple[Row, list[Row]]:
        """One row in a part of calls, and its findings; no more of the part is read than must be. Raises OutputError."""
        row = self._reading(path, lambda: read_row(self.folder, path, at, CALLS, self.key))
        key = path.removeprefix(self.folder.path("calls") + "/")
        here = [("recording_uri", "=", row["recording_uri"]), ("scan_id", "=", row["scan_id"])]
        findings = self.folder.path("findings", key)
        return row, self._reading(findings, lambda: read_where(self.folder, findings, here, self.key))

    def _read_part(self, part: Part, table: TableName, columns: Sequence[str]) -> pa.Table:
        """The columns of one part in today's schema; what an older file lacks is null."""
        schema = pa.schema([_SCHEMAS[table].field(c) for c in columns])
        return self._reading(part.path, lambda: read_columns(self.folder, part.path, schema, self.key))

    def _reading(self, path: str, read: Callable[[], T]) -> T:
        try:
            return read()
        except (OSError, pa.ArrowException) as error:
            if isinstance(error, FileNotFoundError) or self._is_gone(path):
                raise PartGone(f"{path}: cannot be read (it is gone)") from error
            why = why_closed(self.key) if self._is_encrypted(path) else plain(error)
            raise OutputError(f"{path}: cannot be read ({why})") from error

    def _is_encrypted(self, path: str) -> bool:
        try:
            return is_encrypted(self.folder, path)
        except (OSError, pa.ArrowException):
            return False

    def _is_gone(self, path: str) -> bool:
        try:
            with storage_errors():
                return bool(self.folder.system.get_file_info(path).type == fs.FileType.NotFound)
        except (OSError, pa.ArrowException):
            return False


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
