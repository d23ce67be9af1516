"""One Parquet file: its columns in today's schema, its rows written in groups, what its footer says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from scanner.store.encryption import ParquetKey
from scanner.store.filesystem import Folder

ROW_GROUP = 1000
"""Rows that are read together: whoever opens one call reads no more than its group."""
_ENCRYPTED = b"PARE"
_REPLACES = b"scanner.replaces"


@dataclass(frozen=True, slots=True)
class Footer:
    """How many rows a file has, of which columns, and the keys of the parts in whose place it has come."""

    rows: int
    columns: tuple[str, ...]
    replaces: tuple[str, ...]
    encrypted: bool


@contextmanager
def opened(folder: Folder, path: str, key: ParquetKey | None) -> Iterator[pq.ParquetFile]:
    """The file, open to be read: decrypted where it is encrypted, as it is where not."""
    with (
        folder.opened(path) as file,
        pq.ParquetFile(file, decryption_properties=_to_read(key)) as parquet,
    ):
        yield parquet


def read_footer(folder: Folder, path: str, key: ParquetKey | None) -> Footer:
    """What a file says about itself, without its rows."""
    with opened(folder, path, key) as parquet:
        schema = parquet.schema_arrow
        replaces = json.loads((schema.metadata or {}).get(_REPLACES, b"[]"))
        return Footer(parquet.metadata.num_rows, tuple(schema.names), tuple(replaces), is_encrypted(folder, path))


def read_columns(folder: Folder, path: str, schema: pa.Schema, key: ParquetKey | None) -> pa.Table:
    """These columns; what an older file lacks is null."""
    with opened(folder, path, key) as parquet:
        names = set(parquet.schema_arrow.names)
        there = [name for name in schema.names if name in names]
        found = parquet.read(columns=there, use_threads=False)
    arrays = [found[f.name].cast(f.type) if f.name in names else pa.nulls(len(found), f.type) for f in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def read_row(folder: Folder, path: str, at: int, schema: pa.Schema, key: ParquetKey | None) -> dict[str, Any]:
    """One row, from the row group that holds it."""
    with opened(folder, path, key) as parquet:
        group = 0
        while at >= (size := parquet.metadata.row_group(group).num_rows):
            at, group = at - size, group + 1
        (row,) = parquet.read_row_group(group, use_threads=False).slice(at, 1).to_pylist()
    return {name: row.get(name) for name in schema.names}


def read_where(
    folder: Folder, path: str, these: list[tuple[str, str, Any]], key: ParquetKey | None
) -> list[dict[str, Any]]:
    """The rows of which all this is true."""
    with folder.opened(path) as file:
        found: list[dict[str, Any]] = pq.read_table(
            file, filters=these, use_threads=False, decryption_properties=_to_read(key)
        ).to_pylist()
    return found


def write_tables(
    file: pa.NativeFile,
    tables: Iterable[pa.Table],
    schema: pa.Schema,
    *,
    replaces: Sequence[str] = (),
    key: ParquetKey | None = None,
) -> None:
    """Write tables of one schema into one open file, a group of rows at a time, so that memory holds no more than that."""
    told = schema.with_metadata({_REPLACES: json.dumps(list(replaces))}) if replaces else schema
    encryption = None if key is None else key.to_write()
    with pq.ParquetWriter(file, told, compression="zstd", encryption_properties=encryption) as writer:
        for group in _groups(tables):
            writer.write_table(group, row_group_size=ROW_GROUP)


def is_encrypted(folder: Folder, path: str) -> bool:
    """Whether a file says of itself that one needs a key to read it."""
    with folder.opened(path) as file:
        size = file.size()
        file.seek(max(0, size - len(_ENCRYPTED)))
        return bool(file.read() == _ENCRYPTED)


def _to_read(key: ParquetKey | None) -> Any:
    return None if key is None else key.to_read()


def _groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows in tables of whole groups, the last one excepted."""
    waiting: list[pa.Table] = []
    rows = 0
    for table in tables:
        waiting.append(table)
        rows += len(table)
        if rows >= ROW_GROUP:
            together = pa.concat_tables(waiting)
            whole = rows - rows % ROW_GROUP
            yield together.slice(0, whole)
            waiting, rows = [together.slice(whole)], rows - whole
    if rows:
        yield pa.concat_tables(waiting)
