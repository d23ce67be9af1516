"""Scanning an archive: what is new, in processes that may die, into tables that are never half written."""

from scanner.batch.batches import Limits
from scanner.batch.items import Item, Outcome
from scanner.batch.record import RunRecord
from scanner.batch.run import RunOptions, Watcher, run_scan
from scanner.batch.worker import Hearing, RunSettings, ScanWorker

__all__ = [
    "Hearing",
    "Item",
    "Limits",
    "Outcome",
    "RunOptions",
    "RunRecord",
    "RunSettings",
    "ScanWorker",
    "Watcher",
    "run_scan",
]
