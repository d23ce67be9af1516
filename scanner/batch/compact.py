"""An output folder tidied up: small parts folded into large ones, while nobody else writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from scanner.batch.lock import hold
from scanner.errors import OutputError
from scanner.store import ROWS_AT_MOST, Folded, Store, fold


def compact(
    store: Store, *, run_id: str, now: Callable[[], datetime], rows_at_most: int = ROWS_AT_MOST
) -> tuple[Folded, int]:
    """Fold the small parts of each day, and say how many parts there were and are, and how many rows.

    What an earlier run left when it was killed is cleared away first. Raises OutputError when nothing was scanned into the
    folder, another run is writing to it, or it takes no more.
    """
    if not store.exists():
        raise OutputError(f"{store.out}: nothing was scanned into this folder")
    with hold(store, scan_id=run_id, now=now()) as lock:
        store.drop_uncommitted()
        folded = fold(store, name=run_id, rows_at_most=rows_at_most, alive=lock.check)
        return folded, sum(store.footer(part).rows for part in store.parts("calls"))
