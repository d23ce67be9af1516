"""What a scan keeps: Parquet tables of calls and findings, parts in, newest state out."""

from scanner.store.columns import disclosures_in, facts_in, finding_rows_of, judged_rows
from scanner.store.encryption import ParquetKey, load_parquet_key
from scanner.store.filesystem import Folder, is_uri, plain
from scanner.store.folding import ROWS_AT_MOST, Folded, fold
from scanner.store.purges import Purge, PurgedRecording, read_purges, write_purge
from scanner.store.rows import Failure, FailureKind, Heard, RecordingFile, Scan, StoredCall, call_row, finding_rows
from scanner.store.schema import CALLS, FINDINGS
from scanner.store.tables import Part, Store, TableName

__all__ = [
    "CALLS",
    "FINDINGS",
    "ROWS_AT_MOST",
    "Failure",
    "FailureKind",
    "Folded",
    "Folder",
    "Heard",
    "ParquetKey",
    "Part",
    "Purge",
    "PurgedRecording",
    "RecordingFile",
    "Scan",
    "Store",
    "StoredCall",
    "TableName",
    "call_row",
    "disclosures_in",
    "facts_in",
    "finding_rows",
    "finding_rows_of",
    "fold",
    "is_uri",
    "judged_rows",
    "load_parquet_key",
    "plain",
    "read_purges",
    "write_purge",
]
