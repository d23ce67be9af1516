"""What a scan keeps: Parquet tables of calls and findings, parts in, newest state out."""

from scanner.store.filesystem import Folder, is_uri, plain
from scanner.store.rows import Failure, FailureKind, Heard, RecordingFile, Scan, StoredCall, call_row, finding_rows
from scanner.store.schema import CALLS, FINDINGS
from scanner.store.tables import Store

__all__ = [
    "CALLS",
    "FINDINGS",
    "Failure",
    "FailureKind",
    "Folder",
    "Heard",
    "RecordingFile",
    "Scan",
    "Store",
    "StoredCall",
    "call_row",
    "finding_rows",
    "is_uri",
    "plain",
]
