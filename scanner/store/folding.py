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

    All rows stay, old ones too. A part of more than half the rows is large enough and stays as it is, unless it is plain
    and the store has a key: then it is written again, encrypted. `alive` is called between parts. Raises OutputError; what was folded until then is.
    """
    parts = store.parts("calls")
    known: list[_Known] = []
    for part in parts:
        footer = store.footer(part)
        if set(footer.columns) <= set(CALLS.names):
            known.append(_Known(part, footer.rows, plain=store.key is not None and not _encrypted(store, part)))
    after = len(parts)
    for number, group in enumerate(_groups(known, rows_at_most), 1):

        def rows(table: TableName, group: Sequence[Part] = group) -> Iterator[pa.Table]:
            for part in group:
                alive()
                yield store.read(part if table == "calls" else store.findings_of(part), table)

        store.replace(group, rows, name=f"{name}-{number}")
        after -= len(group) - 1
    return Folded(len(parts), after, len(parts) - len(known))


@dataclass(frozen=True, slots=True)
class _Known:
    """A part of so many rows; `plain`: it should be encrypted, and one of its files is not."""

    part: Part
    rows: int
    plain: bool


def _encrypted(store: Store, part: Part) -> bool:
    return store.footer(part).encrypted and store.footer(store.findings_of(part)).encrypted


def _groups(parts: Iterable[_Known], rows_at_most: int) -> Iterator[list[Part]]:
    """Small parts of one day that become one, in their order; a plain one is written anew even alone."""
    for _, of_day in groupby(parts, key=lambda p: p.part.key.rpartition("/")[0]):
        group: list[_Known] = []
        for known in of_day:
            if known.rows > rows_at_most / 2:
                if known.plain:
                    yield [known.part]
                continue
            if sum(k.rows for k in group) + known.rows > rows_at_most:
                yield from _worth_it(group)
                group = []
            group.append(known)
        yield from _worth_it(group)


def _worth_it(group: Sequence[_Known]) -> Iterator[list[Part]]:
    if len(group) > 1 or any(k.plain for k in group):
        yield [k.part for k in group]
