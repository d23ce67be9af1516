"""Many small parts made into few large ones, which a reader cannot tell from before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pyarrow as pa

from scanner.store.schema import CALLS
from scanner.store.tables import Part, Store, TableName

ROWS_AT_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Folded:
    """How many parts each table had, and has; `left`: parts of a newer scanner, whose columns this one does not know."""

    before: int
    after: int
    left: int = 0


def fold(
    store: Store, *, name: str, rows_at_most: int = ROWS_AT_MOST, alive: Callable[[], None] = lambda: None
) -> Folded:
    """Fold the small parts of each day into parts of at most so many rows; only for whoever holds the folder's lock.

    All rows stay, old ones too. A part of more than half the rows is large enough and stays as it is. `alive` is called
    between parts. Raises OutputError; what was folded until then is.
    """
    parts = store.parts("calls")
    known: list[tuple[Part, int]] = []
    for part in parts:
        footer = store.footer(part)
        if set(footer.columns) <= set(CALLS.names):
            known.append((part, footer.rows))
    after = len(parts)
    for number, group in enumerate(_groups(known, rows_at_most), 1):

        def rows(table: TableName, group: Sequence[Part] = group) -> Iterator[pa.Table]:
            for part in group:
                alive()
                yield store.read(part if table == "calls" else store.findings_of(part), table)

        store.replace(group, rows, name=f"{name}-{number}")
        after -= len(group) - 1
    return Folded(len(parts), after, len(parts) - len(known))


def _groups(parts: Iterable[tuple[Part, int]], rows_at_most: int) -> Iterator[list[Part]]:
    """Small parts of one day that become one, in their order."""
    for _, of_day in groupby(parts, key=lambda p: p[0].key.rpartition("/")[0]):
        group: list[Part] = []
        total = 0
        for part, rows in of_day:
            if rows > rows_at_most / 2:
                continue
            if total + rows > rows_at_most:
                if len(group) > 1:
                    yield group
                group, total = [], 0
            group.append(part)
            total += rows
        if len(group) > 1:
            yield group
