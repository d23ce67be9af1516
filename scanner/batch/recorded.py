"""What all runs into a folder have in common: they hold it, and what they did is written down however they end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from scanner.batch.lock import Lock, hold
from scanner.batch.record import RunRecord
from scanner.errors import OutputError, UserError
from scanner.store import Store

Ended = Callable[[RunRecord], None]


def tell_nobody(_record: RunRecord) -> None:
    """When nobody wants to know that a run ended."""


@contextmanager
def recorded(
    record: RunRecord, store: Store, *, now: Callable[[], datetime], stop: Callable[[], bool], ended: Ended
) -> Iterator[Lock]:
    """Hold the folder for a run, clear what a killed one left, and keep its record from the beginning to the end.

    `ended` is told what was done once the folder is free again, also when the run broke off, but not when it never began.
    Raises OutputError when another run is writing or the folder takes no more.
    """
    try:
        with hold(store, scan_id=record.scan_id, now=now()) as lock:
            store.drop_uncommitted()
            record.write(store)
            with _closed(record, store, now=now, stop=stop):
                yield lock
    finally:
        if record.ended_at is not None:
            ended(record)


@contextmanager
def _closed(
    record: RunRecord, store: Store, *, now: Callable[[], datetime], stop: Callable[[], bool]
) -> Iterator[None]:
    try:
        yield
        record.state = "stopped" if stop() else "finished"
    except BaseException as error:
        record.state = "broken"
        record.error = str(error) if isinstance(error, UserError) else type(error).__name__
        raise
    finally:
        record.ended_at = now()
        record.left = record.found - sum(record.verdicts.values()) - record.purged_before
        try:
            record.write(store)
        except OutputError:
            if record.state != "broken":  # else the error that ended the run is the one to see: a full disk, perhaps
                raise
