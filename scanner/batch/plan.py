"""What is left to do: recordings that are done are not heard again, and what only has to be judged again is not either."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from scanner.batch.items import Item, Outcome
from scanner.store import Store
from scanner.transcripts.identity import is_from, reads

_PERMANENT = frozenset({"undecodable"})
"""Failures that the same bytes give again."""

_COLUMNS = [
    "recording_uri",
    "call_id",
    "recording_sha256",
    "file_size",
    "file_mtime_ns",
    "model_id",
    "detector_id",
    "policy_sha256",
    "metadata_hmac",
    "agent_channel_named",
    "scanner_version",
    "verdict",
    "failure",
    "error",
]


@dataclass(frozen=True, slots=True)
class KnownCall:
    """What the tables say of a recording, as far as recognising it needs it."""

    recording_uri: str
    call_id: str
    recording_sha256: str | None
    file_size: int | None
    file_mtime_ns: int | None
    model_id: str | None
    detector_id: str | None
    policy_sha256: str
    metadata_hmac: str | None
    agent_channel_named: int | None
    scanner_version: str
    verdict: str
    failure: str | None
    error: str | None

    def outcome(self) -> Outcome:
        """The outcome as it stands since then."""
        verdict, kind = self.verdict, self.failure
        return Outcome(self.recording_uri, self.call_id, verdict, 0.0, kind, self.error)  # type: ignore[arg-type]  # as written


@dataclass(frozen=True, slots=True)
class Again:
    """A recording whose stored facts are judged again: those of `known_uri`, which holds, or held, the same bytes."""

    item: Item
    known_uri: str
    copied: bool = False
    moved: bool = False


@dataclass(slots=True)
class Plan:
    """What to do with each item: hear it, judge it again, note why it cannot be looked at, or nothing.

    Nothing is done with what is done, nor with what was purged: its rows went after their time.
    """

    hear: list[Item] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)
    unreadable: list[Item] = field(default_factory=list)
    done: list[Outcome] = field(default_factory=list)
    purged: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Current:
    """By what calls are scanned and judged now. `metadata_hmac` gives the keyed hash of an item's metadata."""

    model_id: str
    detector_id: str
    policy_sha256: str
    scanner_version: str
    metadata_hmac: Callable[[Item], str]


def known_calls(store: Store) -> dict[str, KnownCall]:
    """The newest state of each recording by its URI."""
    return store.newest(_COLUMNS, KnownCall)


def plan_run(
    items: Iterable[Item],
    known: dict[str, KnownCall],
    *,
    current: Current,
    sha256_of: Callable[[str], str | None],
    exists: Callable[[str], bool],
    rescan: bool = False,
    retry_failed: bool = False,
    purged: Callable[[Item], bool] = lambda _item: False,
) -> Plan:
    """Decide what to do with each item.

    Size and time of change are compared first; bytes are read only of recordings that changed in time alone, or that are
    new and as long as a known one, which they may be a copy of.
    """
    plan = Plan()
    lookup = _Lookup(known, current, sha256_of, exists)
    for item in items:
        call = known.get(item.uri)
        if item.size is None and call is not None and call.verdict != "failed":
            plan.done.append(call.outcome())  # heard while it was there
        elif call is None and not rescan and purged(item):
            plan.purged.append(item)
        elif item.problem is not None:
            if call is not None and call.error == item.problem and not retry_failed:
                plan.done.append(call.outcome())
            else:
                plan.unreadable.append(item)
        elif rescan:
            plan.hear.append(item)
        else:
            _plan_one(plan, item, call, lookup, retry_failed=retry_failed)
    return plan


class _Lookup:
    """Known calls by their bytes."""

    def __init__(
        self,
        known: dict[str, KnownCall],
        current: Current,
        sha256_of: Callable[[str], str | None],
        exists: Callable[[str], bool],
    ) -> None:
        self.current = current
        self.exists = exists
        self._sha256_of = sha256_of
        self._sizes = {c.file_size for c in known.values() if c.file_size}
        self._by_sha256: dict[str, list[KnownCall]] = {}
        for call in known.values():
            if call.recording_sha256 is not None and call.verdict != "failed":
                self._by_sha256.setdefault(call.recording_sha256, []).append(call)

    def twin(self, item: Item) -> KnownCall | None:
        """A call with the same bytes, heard as it would be heard now: the recording's own row, else any."""
        if item.size not in self._sizes or (sha256 := self._sha256_of(item.uri)) is None:
            return None
        twins = [c for c in self._by_sha256.get(sha256, ()) if self.heard_alike(c, item)]
        return next((c for c in twins if c.recording_uri == item.uri), twins[0] if twins else None)

    def heard_alike(self, call: KnownCall, item: Item) -> bool:
        """Whether hearing it again would use the same ear; which channel is the agent's is part of it."""
        ear = (call.detector_id, call.agent_channel_named)
        same = ear == (self.current.detector_id, item.info.agent_channel)
        return same and is_from(call.model_id, self.current.model_id)


def _plan_one(plan: Plan, item: Item, call: KnownCall | None, lookup: _Lookup, *, retry_failed: bool) -> None:
    current = lookup.current
    if call is not None and (call.file_size, call.file_mtime_ns) == (item.size, item.mtime_ns):
        if call.verdict == "failed":
            as_before = call.scanner_version == current.scanner_version and not reads(current.model_id)
            hopeless = call.failure in _PERMANENT and as_before  # no recording that can be heard may be a transcript
            if hopeless and not retry_failed:
                plan.done.append(call.outcome())
            else:
                plan.hear.append(item)
        elif not lookup.heard_alike(call, item):
            plan.hear.append(item)
        elif (call.policy_sha256, call.metadata_hmac) == (current.policy_sha256, current.metadata_hmac(item)):
            plan.done.append(call.outcome())
        else:
            plan.again.append(Again(item, item.uri))
        return
    twin = lookup.twin(item)
    if twin is None:
        plan.hear.append(item)
    elif twin.recording_uri == item.uri:
        plan.again.append(Again(item, item.uri))
    else:
        gone = not lookup.exists(twin.recording_uri)
        plan.again.append(Again(item, twin.recording_uri, copied=not gone, moved=gone))
