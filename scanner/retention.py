"""Which rows of an archive are past their time, and in what order they go so that no older one comes to light meanwhile. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scanner.errors import UserError
from scanner.lineage import rows_of_recordings

_DAYS = re.compile(r"^(\d{1,5})\s*d$")


@dataclass(frozen=True, slots=True)
class KnownRow:
    """What decides about one row of the calls table. Times are UTC; `started_at` and `recording_sha256` may be unknown."""

    recording_uri: str
    scan_id: str
    call_id: str
    recording_sha256: str | None
    started_at: datetime | None
    scanned_at: datetime
    moved_from: str | None


@dataclass(frozen=True, slots=True)
class Expired:
    """What is to go.

    `recordings`: for each that goes with all its rows, the numbers of these, oldest first; `older`: rows of bytes that once
    lay where other bytes lie now. `steps`: the numbers of all rows to go, in the order in which they may. `on_hold`: how many
    recordings would go if nobody held them. `unknown`: what is to be held and is nowhere in the archive.
    """

    recordings: tuple[tuple[int, ...], ...]
    older: tuple[int, ...]
    steps: tuple[frozenset[int], ...]
    on_hold: int
    unknown: tuple[str, ...]


def moment_before(text: str, *, now: datetime) -> datetime:
    """The moment that `400d` or a date (2025-01-31, UTC) names. Raises UserError."""
    if days := _DAYS.match(text.strip()):
        return now - timedelta(days=int(days[1]))
    try:
        named = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UserError(
            f"--older-than: {text!r} is neither days, such as 400d, nor a date, such as 2025-01-31"
        ) from None
    return named if named.tzinfo else named.replace(tzinfo=UTC)


def expired(rows: Sequence[KnownRow], *, before: datetime, held: Iterable[str] = ()) -> Expired:
    """What to remove of calls that began before a moment; a call without a known start began when it was first scanned.

    The same bytes are one call, wherever they lie: what is known of the start, or held, counts for all copies. `held` are
    call ids and SHA-256 of recordings; what is held keeps all its rows.
    """
    holds = frozenset(held)
    age = _Ages(rows)
    chains = list(_chains(rows))
    named = {name for row in rows for name in (row.call_id, row.recording_sha256)}
    held_bytes = {
        rows[i].recording_sha256 for chain in chains if any(_names(rows[i]) & holds for i in chain) for i in chain
    } - {None}
    gone: list[tuple[int, ...]] = []
    older: list[int] = []
    on_hold = 0
    for chain in chains:
        is_held = any(_names(rows[i]) & holds or rows[i].recording_sha256 in held_bytes for i in chain)
        if age.of_chain(chain) < before:
            on_hold += is_held
            if not is_held:
                gone.append(tuple(chain))
        elif not is_held:
            older += _overwritten(rows, chain, age, before)
    return Expired(
        recordings=tuple(gone),
        older=tuple(older),
        steps=tuple(_steps(rows, gone, older)),
        on_hold=on_hold,
        unknown=tuple(sorted(holds - named)),
    )


class _Ages:
    """When calls began, as far as any row of the same bytes says."""

    def __init__(self, rows: Sequence[KnownRow]) -> None:
        self._rows = rows
        self._began: dict[str, datetime] = {}
        self._first_seen: dict[str, datetime] = {}
        for row in sorted(rows, key=lambda r: r.scanned_at):
            if row.recording_sha256 is not None:
                self._first_seen.setdefault(row.recording_sha256, row.scanned_at)
                if row.started_at is not None:
                    self._began[row.recording_sha256] = row.started_at

    def of_bytes(self, sha256: str) -> datetime:
        return self._began.get(sha256) or self._first_seen[sha256]

    def of_chain(self, chain: Sequence[int]) -> datetime:
        newest = self._rows[chain[-1]]
        if newest.recording_sha256 is not None:
            return self.of_bytes(newest.recording_sha256)
        return newest.started_at or self._rows[chain[0]].scanned_at


def _chains(rows: Sequence[KnownRow]) -> Iterator[list[int]]:
    """The rows of each recording by where it lies now, oldest first."""
    names = ("recording_uri", "moved_from", "scanned_at")
    yield from rows_of_recordings({name: [getattr(row, name) for row in rows] for name in names}).values()


def _names(row: KnownRow) -> set[str]:
    return {row.call_id} | ({row.recording_sha256} if row.recording_sha256 is not None else set())


def _overwritten(rows: Sequence[KnownRow], chain: Sequence[int], age: _Ages, before: datetime) -> list[int]:
    """Rows of other bytes that lay where a younger recording lies now; what says where something moved to stays."""
    found: dict[str, list[int]] = {}
    for i in chain:
        sha256 = rows[i].recording_sha256
        if sha256 is not None and sha256 != rows[chain[-1]].recording_sha256:
            found.setdefault(sha256, []).append(i)
    return [
        i
        for sha256, own in found.items()
        if age.of_bytes(sha256) < before and not any(rows[j].moved_from is not None for j in own)
        for i in own
    ]


def _steps(rows: Sequence[KnownRow], gone: Sequence[Sequence[int]], older: Sequence[int]) -> Iterator[frozenset[int]]:
    """First what no reader sees, then what says that something moved, in its order, and last the newest row of each.

    So that at every moment each recording is there as it was, or not at all.
    """
    unseen = set(older)
    moves: list[set[int]] = []
    for chain in gone:
        moved = [i for i in chain[:-1] if rows[i].moved_from is not None]
        unseen |= set(chain[:-1]) - set(moved)
        moves += [set() for _ in range(len(moved) - len(moves))]
        for step, i in zip(moves, moved, strict=False):
            step.add(i)
    for rows_of_step in (unseen, *moves, {chain[-1] for chain in gone}):
        if rows_of_step:
            yield frozenset(rows_of_step)
