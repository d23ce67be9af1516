"""Metadata files: manifests (CSV, JSON Lines, Parquet) and sidecars, read into `CallInfo`.

No message shows a value, since any column may hold personal data; it names file, line and column.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import math
import os
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import phonenumbers

from scanner.calls import CallInfo
from scanner.detections import DISCLOSURE_KINDS, DisclosureKind
from scanner.errors import ManifestError
from scanner.jurisdiction import phone_number, region_of_number, region_of_state
from scanner.storage import is_uri, open_file

_WITHHELD = frozenset({"anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld"})
"""What telephone systems write where there is no number."""


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One row: the recording it names (an absolute path or URI; None when it names only a call_id), and what it says."""

    uri: str | None
    info: CallInfo
    line: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest's rows in their order, found again by recording, or by call_id where no recording is named."""

    place: str
    entries: tuple[ManifestEntry, ...]
    by_uri: Mapping[str, ManifestEntry]
    by_call_id: Mapping[str, ManifestEntry]

    def entry_for(self, uri: str) -> ManifestEntry | None:
        """The row of a recording; None when the manifest does not name it."""
        return self.by_uri.get(_normal(uri)) or self.by_call_id.get(PurePosixPath(uri).stem)


def read_manifest(place: str | Path) -> Manifest:
    """The manifest at a path or URI, by its ending: `.csv`, `.jsonl` or `.ndjson`, `.parquet`.

    `file` is relative to the manifest's folder. Raises ManifestError.
    """
    shown = str(place)
    folder = _folder(shown)
    entries: list[ManifestEntry] = []
    by_uri: dict[str, ManifestEntry] = {}
    by_call_id: dict[str, ManifestEntry] = {}
    call_ids: dict[str, int] = {}
    for line, fields in _rows(shown):
        where = f"{shown}: line {line}"
        info = call_info(fields, where=where)
        named = _text(fields.get("file"))
        if named is None and info.call_id is None:
            raise ManifestError(f"{where}: file: missing, and there is no call_id either")
        entry = ManifestEntry(_beside(folder, named) if named is not None else None, info, line)
        call_id = info.call_id or PurePosixPath(named or "").stem
        if entry.uri is not None and entry.uri in by_uri:
            raise ManifestError(f"{where}: file: named before, in line {by_uri[entry.uri].line}")
        if call_id in call_ids:
            raise ManifestError(f"{where}: call_id: given before, in line {call_ids[call_id]}")
        call_ids[call_id] = line
        (by_call_id if entry.uri is None else by_uri)[entry.uri or call_id] = entry
        entries.append(entry)
    return Manifest(shown, tuple(entries), MappingProxyType(by_uri), MappingProxyType(by_call_id))


def read_sidecar(place: str | Path) -> CallInfo:
    """The metadata in a `NAME.json` beside a recording: one JSON object. Raises ManifestError."""
    shown = str(place)
    return call_info(_json_object(_decoded(shown, _read(shown)), where=shown), where=shown)


def read_opt_outs(place: str | Path) -> tuple[tuple[str, datetime], ...]:
    """(caller's number as E.164, time of the opt-out) of each row of a file with the two columns of those names.

    `caller_number` and `opted_out_at`, in CSV, JSON Lines or Parquet. Raises ManifestError.
    """
    shown = str(place)
    found: list[tuple[str, datetime]] = []
    for line, fields in _rows(shown):
        info = call_info(fields, where=f"{shown}: line {line}")
        if info.caller_number is None or info.opted_out_at is None:
            missing = "caller_number" if info.caller_number is None else "opted_out_at"
            raise ManifestError(f"{shown}: line {line}: {missing}: missing")
        found.append((info.caller_number, info.opted_out_at))
    return tuple(found)


def call_info_of_pairs(pairs: Iterable[str]) -> CallInfo:
    """The metadata in `key=value` texts, as the command line takes them. Raises ManifestError."""
    fields: dict[str, object] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ManifestError("--set: expected key=value")
        if key.strip() in fields:
            raise ManifestError(f"--set: {_shown_column(key.strip())}: given twice")
        fields[key.strip()] = value
    return call_info(fields, where="--set")


def call_info(fields: Mapping[str, object], *, where: str) -> CallInfo:
    """The metadata in one row's columns; empty is unknown. Raises ManifestError that begins with `where`.

    States become ISO 3166-2 codes, numbers E.164 (with the area code's region), times UTC (a time without a zone is taken
    as UTC, a date as its midnight).
    """
    for column in fields:
        if column not in COLUMNS:
            close = difflib.get_close_matches(column, COLUMNS, n=1)
            hint = f" (did you mean {close[0]}?)" if close else f"; known are {', '.join(COLUMNS)}"
            raise ManifestError(f"{where}: {_shown_column(column)}: unknown column{hint}")
    read: dict[str, Any] = {}
    for column, value in fields.items():
        if column == "file" or _empty(value):
            continue
        try:
            read[column] = _COLUMN_READERS[column](value)
        except _Unreadable as problem:
            raise ManifestError(f"{where}: {column}: {problem}") from None
    if read.get("caller_number"):
        read["caller_region"] = region_of_number(read["caller_number"])
    return CallInfo(**read)


# ------------------------------------------------------------------ columns


class _Unreadable(Exception):
    """A value is not what its column takes; says what it takes, never the value."""


def _empty(value: object) -> bool:
    if isinstance(value, float):
        return math.isnan(value)  # what a missing number becomes in a table of floats
    return value is None or (isinstance(value, str) and not value.strip()) or value == []


def _text(value: object) -> str | None:
    if _empty(value):
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise _Unreadable("expected a text")
    return str(value).strip()


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    answer = known.get(str(value).strip().lower()) if isinstance(value, (str, int)) else None
    if answer is None:
        raise _Unreadable("expected true or false")
    return answer


def _channel(value: object) -> int:
    if isinstance(value, float) and value in {0.0, 1.0}:
        return int(value)
    if not isinstance(value, bool) and isinstance(value, (str, int)) and str(value).strip() in {"0", "1"}:
        return int(value)
    raise _Unreadable("expected 0 or 1")


def _moment(value: object) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            value = None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime):
        raise _Unreadable("expected a time such as 2026-08-23T19:49:00Z")
    return (value if value.tzinfo is not None else value.replace(tzinfo=UTC)).astimezone(UTC)


def _state(value: object) -> str | None:
    text = _text(value) or ""
    if text.lower() in _WITHHELD:
        return None
    region = region_of_state(text)
    if region is None:
        raise _Unreadable("expected a state such as CA, US-CA or California")
    return region


def _number(value: object) -> str | None:
    text = _text(value) or ""
    if text.lower() in _WITHHELD:
        return None
    number = phone_number(text)
    if number is None:
        raise _Unreadable("expected a telephone number such as +14155550123")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _kinds(value: object) -> frozenset[DisclosureKind]:
    parts = value.split(";") if isinstance(value, str) else value
    if not isinstance(parts, (list, tuple)):
        raise _Unreadable("expected disclosure kinds with ; between them")
    named = {p.strip() for p in parts if isinstance(p, str) and p.strip()}
    known = frozenset(kind for kind in DISCLOSURE_KINDS if kind in named)
    if len(known) != len(named) or any(not isinstance(p, str) for p in parts):
        raise _Unreadable(f"expected disclosure kinds with ; between them: {', '.join(DISCLOSURE_KINDS)}")
    return known


_COLUMN_READERS: dict[str, Callable[[object], object]] = {
    "call_id": _text,
    "file": _text,
    "started_at": _moment,
    "agent_id": _text,
    "queue": _text,
    "caller_number": _number,
    "caller_state": _state,
    "agent_channel": _channel,
    "third_party": _text,
    "ai_analysis": _truth,
    "ai_training": _truth,
    "consent_on_file": _kinds,
    "consent_on_file_at": _moment,
    "opted_out_at": _moment,
}
COLUMNS = tuple(_COLUMN_READERS)
"""The columns of a manifest and the keys of a sidecar; each may be left out."""


def _shown_column(column: str) -> str:
    """A column's name, unless it may be a value: a file without a header puts its first row there."""
    return column if re.fullmatch(r"[a-z][a-z_]{0,30}", column) else "a column whose name is none"


# ------------------------------------------------------------------ files

Rows = Iterator[tuple[int, dict[str, object]]]


def _rows(shown: str) -> Rows:
    reader = _READERS.get(PurePosixPath(shown).suffix.lower())
    if reader is None:
        raise ManifestError(f"{shown}: expected a file that ends in {', '.join(_READERS)}")
    return reader(shown, _read(shown))


def _csv_rows(shown: str, content: bytes) -> Rows:
    reader = csv.reader(io.StringIO(_decoded(shown, content), newline=""), strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for values in reader:
            if header is None:
                header = [name.strip() for name in values]
                twice = next((name for name in header if header.count(name) > 1), None)
                if twice is not None:
                    raise ManifestError(f"{shown}: line 1: {_shown_column(twice)}: column given twice")
                call_info(dict.fromkeys(header), where=f"{shown}: line 1")  # unknown columns, though there be no row
            elif any(v.strip() for v in values):
                if len(values) != len(header):
                    raise ManifestError(f"{shown}: line {line}: {len(values)} values for {len(header)} columns")
                yield line, dict(zip(header, values, strict=True))
            line = reader.line_num + 1
    except csv.Error:
        raise ManifestError(f"{shown}: line {line}: not CSV") from None


def _json_rows(shown: str, content: bytes) -> Rows:
    for line, text in enumerate(_decoded(shown, content).split("\n"), 1):
        if text.strip():
            yield line, _json_object(text, where=f"{shown}: line {line}")


def _parquet_rows(shown: str, content: bytes) -> Rows:
    import pyarrow as pa  # noqa: PLC0415  # half a second that other manifests need not pay
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        table = pq.read_table(pa.BufferReader(content))
        for i, field in enumerate(table.schema):
            if pa.types.is_timestamp(field.type):  # nanoseconds have no place in a datetime
                seconds = pa.timestamp("us", tz=field.type.tz)
                table = table.set_column(i, field.name, table.column(i).cast(seconds, safe=False))
    except (pa.ArrowException, OSError):
        raise ManifestError(f"{shown}: not Parquet") from None
    call_info(dict.fromkeys(table.column_names), where=f"{shown}: line 0")
    yield from enumerate(table.to_pylist(), 1)


_READERS: dict[str, Callable[[str, bytes], Rows]] = {
    ".csv": _csv_rows,
    ".jsonl": _json_rows,
    ".ndjson": _json_rows,
    ".parquet": _parquet_rows,
}


def _json_object(text: str, *, where: str) -> dict[str, object]:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise ManifestError(f"{where}: {_shown_column(twice)}: given twice")
        return dict(pairs)

    try:
        read = json.loads(text, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        raise ManifestError(f"{where}: not JSON") from None
    if not isinstance(read, dict):
        raise ManifestError(f"{where}: expected one JSON object")
    return read


def _decoded(shown: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ManifestError(f"{shown}: not UTF-8") from None


def _read(shown: str) -> bytes:
    try:
        if is_uri(shown):
            with open_file(shown) as file:
                return file.read()
        return Path(_local(shown)).read_bytes()
    except FileNotFoundError:
        raise ManifestError(f"{shown}: no such file") from None
    except OSError as error:
        reason = error.strerror or str(error).split("\n")[0] or type(error).__name__
        raise ManifestError(f"{shown}: cannot be read: {reason}") from None


def _local(place: str) -> str:
    return str(Path(place.removeprefix("file://")).expanduser())


def _normal(place: str) -> str:
    """One name for one place: an absolute path without detours, or the URI as it is."""
    return place if is_uri(place) else os.path.abspath(_local(place))  # noqa: PTH100  # keeps links as they are


def _folder(place: str) -> str:
    return _normal(place).rpartition("/")[0]


def _beside(folder: str, file: str) -> str:
    if is_uri(file) or file.startswith(("file://", "/", "~")):
        return _normal(file)
    if not is_uri(folder):
        return _normal(f"{folder}/{file}")
    scheme, _, path = folder.partition("://")  # an object's name may hold anything else, but ".." is meant
    above = file.startswith("../")
    return f"{scheme}://{posixpath.normpath(f'{path}/{file}')}" if above else f"{folder}/{file.removeprefix('./')}"
