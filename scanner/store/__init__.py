"""What a scan keeps: Parquet tables of calls and findings, parts in, newest state out."""

from scanner.store.columns import disclosures_in, facts_in, finding_rows_of, judged_rows
from scanner.store.filesystem import Folder, is_uri, plain
from scanner.store.rows import Failure, FailureKind, Heard, RecordingFile, Scan, StoredCall, call_row, finding_rows
from scanner.store.schema import CALLS, FINDINGS
from scanner.store.tables import Part, Store

__all__ = [
    "CALLS",
    "FINDINGS",
    "Failure",
    "FailureKind",
    "Folder",
    "Heard",
    "Part",
    "RecordingFile",
    "Scan",
    "Store",
    "StoredCall",
    "call_row",
    "disclosures_in",
    "facts_in",
    "finding_rows",
    "finding_rows_of",
    "is_uri",
    "judged_rows",
    "plain",
]
