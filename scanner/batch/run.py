"""One run over an archive: find, skip what is done, judge again what only needs that, hear the rest, write down what was done."""

from __future__ import annotations

import itertools
import socket
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from scanner.audio import AUDIO_ENDINGS
from scanner.batch.batches import Engine, Limits
from scanner.batch.find import Search, absolute, exists, find_recordings, sha256_of
from scanner.batch.items import Item, Outcome
from scanner.batch.lock import Lock
from scanner.batch.plan import Again, Current, Plan, known_calls, plan_run
from scanner.batch.processes import WorkerProcesses
from scanner.batch.purge import PurgedBefore
from scanner.batch.record import RunRecord
from scanner.batch.recorded import Ended, recorded, tell_nobody
from scanner.batch.worker import RunSettings, ScanWorker, failed_call, metadata_hmac
from scanner.calls import CallInfo
from scanner.errors import ManifestError, UserError
from scanner.judge import judge
from scanner.manifest import Manifest, read_sidecar
from scanner.policy import Policy
from scanner.store import Failure, FailureKind, RecordingFile, Store, StoredCall

_ROWS_AT_ONCE = 500
_NOTHING_KNOWN = CallInfo()
_NOT_THERE = "named in the manifest, but not there"


class Watcher(Protocol):
    """Who is told how a run gets on."""

    def planned(self, plan: Plan) -> None: ...

    def judged_again(self, count: int) -> None: ...

    def finished(self, outcome: Outcome) -> None: ...

    def tick(self) -> None: ...


class Nobody:
    """Watches nothing."""

    def planned(self, plan: Plan) -> None: ...

    def judged_again(self, count: int) -> None: ...

    def finished(self, outcome: Outcome) -> None: ...

    def tick(self) -> None: ...


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run goes about it.

    `rescan`: hear all again. `retry_failed`: also what failed for good. `endings`: of what is looked for in folders.
    `engine`: where it hears.
    """

    workers: int = 1
    rescan: bool = False
    retry_failed: bool = False
    limits: Limits = field(default_factory=Limits)
    endings: frozenset[str] = AUDIO_ENDINGS
    engine: Engine = WorkerProcesses


def run_scan(
    inputs: Sequence[str],
    *,
    settings: RunSettings,
    policy: Policy,
    model_id: str,
    detector_id: str,
    manifest: Manifest | None = None,
    options: RunOptions | None = None,
    watcher: Watcher | None = None,
    stop: Callable[[], bool] = lambda: False,
    ended: Ended = tell_nobody,
) -> RunRecord:
    """Scan what the inputs lead to into `settings.out`, and return what was done.

    Every recording, and every recording that the manifest names and that is not there, has a row afterwards. `stop` is
    asked a few times a second; when it says so, what is finished is kept and the rest is left for the next run. `ended` is
    told what was done once the folder is free again, also when the run broke off. Raises UserError when nothing can be
    scanned, and OutputError when another run is writing or the folder takes no more.
    """
    options = options or RunOptions()
    record = RunRecord(
        scan_id=settings.scan_id,
        started_at=settings.now(),
        host=socket.gethostname(),
        scanner_version=settings.scanner_version,
        policy_id=settings.policy_id,
        policy_sha256=settings.policy_sha256,
        model_id=model_id,
        detector_id=detector_id,
        workers=options.workers,
    )
    run = _Run(settings, policy, options, watcher or Nobody(), stop, settings.store(), record)
    with record.timing("find", settings.now):
        items, record.outside = items_of(inputs, manifest, endings=options.endings)
    record.found = len(items)
    run.store.prepare()
    with recorded(record, run.store, now=settings.now, stop=stop, ended=ended) as lock:
        run.do(items, lock)
    return record


@dataclass(frozen=True, slots=True)
class _Run:
    """What the steps of one run share."""

    settings: RunSettings
    policy: Policy
    options: RunOptions
    watcher: Watcher
    stop: Callable[[], bool]
    store: Store
    record: RunRecord

    def do(self, items: Sequence[Item], lock: Lock) -> None:
        with self.record.timing("plan", self.settings.now):
            plan = self._plan(items)
        self.watcher.planned(plan)
        self.record.done_before, self.record.purged_before = len(plan.done), len(plan.purged)
        for outcome in plan.done:
            self.record.count(outcome)
        self._write(list(map(self._unreadable, plan.unreadable)), part="unreadable")
        with self.record.timing("judge", self.settings.now):
            self._judge_again(plan)
        with self.record.timing("hear", self.settings.now):
            self._hear(plan, lock)

    def _plan(self, items: Sequence[Item]) -> Plan:
        purged = PurgedBefore.of(self.store, self.settings.key, sha256_of)
        return plan_run(
            items,
            known_calls(self.store),
            current=Current(
                model_id=self.record.model_id,
                detector_id=self.record.detector_id,
                policy_sha256=self.settings.policy_sha256,
                scanner_version=self.settings.scanner_version,
                metadata_hmac=lambda item: metadata_hmac(item, self.settings.key),
            ),
            sha256_of=sha256_of,
            exists=exists,
            rescan=self.options.rescan,
            retry_failed=self.options.retry_failed,
            purged=lambda item: purged(item.uri, item.size, item.mtime_ns),
        )

    def _unreadable(self, item: Item) -> StoredCall:
        """What is not there, or has metadata that cannot be read, fails unheard."""
        kind: FailureKind = "missing" if item.size is None else "metadata"
        return failed_call(item, Failure(kind, item.problem or _NOT_THERE), settings=self.settings)

    def _judge_again(self, plan: Plan) -> None:
        """Rows for what is judged again from stored facts, some hundred at a time."""
        waiting: dict[str, list[Again]] = {}
        for again in plan.again:
            waiting.setdefault(again.known_uri, []).append(again)
        calls = (
            (restated(stored, again, settings=self.settings, policy=self.policy), again)
            for stored in (self.store.stored_calls(waiting.__contains__) if waiting else ())
            for again in waiting[stored.recording.uri]
        )
        for number in itertools.count(1):
            judged = list(itertools.islice(calls, _ROWS_AT_ONCE))
            if not judged or self.stop():
                return
            self._write([call for call, _ in judged], part=f"judged-{number}")
            self.record.judged_again += len(judged)
            self.record.recognised += sum(again.copied or again.moved for _, again in judged)
            self.watcher.judged_again(len(judged))

    def _hear(self, plan: Plan, lock: Lock) -> None:
        if not plan.hear or self.stop():
            return

        def tick() -> None:
            lock.check()
            self.watcher.tick()

        workers = self.options.engine(
            _MakeWorker(self.settings),
            workers=self.options.workers,
            limits=self.options.limits,
            part_prefix=self.settings.scan_id,
            committed=self._committed,
            given_up=self._given_up,
        )
        for outcome in workers.run(plan.hear, stop=self.stop, tick=tick):
            self.record.count(outcome)
            if outcome.verdict is not None:
                self.record.scanned += 1
                self.record.audio_s += outcome.duration_s
            if outcome.compute is not None:
                self.record.compute[outcome.compute] += 1
            self.watcher.finished(outcome)
        self.record.workers = workers.count

    def _committed(self, part: str) -> list[Outcome]:
        """What a process wrote before it died; findings whose calls it did not come to write are removed."""
        calls = self.store.written(name=part, scan_date=self.settings.scan_date)
        if not calls:
            self.store.drop_uncommitted(containing=f"part-{part}.parquet")
        return [Outcome.of(c) for c in calls]

    def _given_up(self, item: Item, failure: Failure) -> Outcome:
        call = failed_call(item, failure, settings=self.settings)
        name = f"{self.settings.scan_id}-given-up-{uuid.uuid4().hex[:8]}"
        self.store.write_part([call], name=name, scan_date=self.settings.scan_date)
        return Outcome.of(call)

    def _write(self, calls: list[StoredCall], *, part: str) -> None:
        name = f"{self.settings.scan_id}-{part}"
        self.store.write_part(calls, name=name, scan_date=self.settings.scan_date)
        for call in calls:
            self.record.count(Outcome.of(call))


def items_of(
    inputs: Sequence[str], manifest: Manifest | None, *, endings: frozenset[str] = AUDIO_ENDINGS
) -> tuple[list[Item], int]:
    """(recordings with what is known of each, how many recordings of the manifest lie outside the inputs).

    Without inputs it is the recordings that the manifest names. Raises UserError when there is nothing to scan.
    """
    named = [e.uri for e in manifest.entries if e.uri is not None] if manifest is not None else []
    search = find_recordings(inputs or list(dict.fromkeys(named)), endings=endings)
    known_absent = {absolute(i) for i in search.missing}
    strangers = [i for i in search.missing if absolute(i) not in set(named)]
    if strangers:
        raise UserError(f"{strangers[0]}: no such file or folder")
    items = [_item(search, uri, manifest) for uri in search.found]
    outside = 0
    if manifest is not None:
        met = {e.line for uri in search.found if (e := manifest.entry_for(uri)) is not None}
        for entry in manifest.entries:
            if entry.line in met:
                continue
            if entry.uri is None:
                items.append(Item(f"{manifest.place}#{entry.info.call_id}", entry.info, problem=_NOT_THERE))
            elif (search.covers(entry.uri) or entry.uri in known_absent) and not exists(entry.uri):
                items.append(Item(entry.uri, entry.info, problem=_NOT_THERE))
            elif search.covers(entry.uri):  # there, but with no ending that folders are searched for
                one = find_recordings([entry.uri])
                items += [_item(one, uri, manifest) for uri in one.found]
            else:
                outside += 1
    if not items:
        raise UserError(f"{', '.join(inputs)}: no recordings there")
    return items, outside


def _item(search: Search, uri: str, manifest: Manifest | None) -> Item:
    found = search.found[uri]
    info, problem = _NOTHING_KNOWN, None
    entry = manifest.entry_for(uri) if manifest is not None else None
    if entry is not None:
        info = entry.info
    elif found.sidecar is not None:
        try:
            info = read_sidecar(found.sidecar)
        except ManifestError as error:
            problem = str(error)
    return Item(uri, info, found.size, found.mtime_ns, found.seen_at_ns, problem)


def restated(stored: StoredCall, again: Again, *, settings: RunSettings, policy: Policy) -> StoredCall:
    """A call judged from its stored facts as it would be if it were heard again now."""
    if stored.heard is None:
        raise ValueError("a failed call has no facts to judge")
    item, heard = again.item, stored.heard
    caller_hmac = None
    if item.info.caller_number and settings.key.key_id == heard.value_hmac_key_id:
        caller_hmac = settings.key.hash(item.info.caller_number)
    return StoredCall(
        call_id=item.call_id,
        recording=RecordingFile(item.uri, stored.recording.sha256, item.size, item.mtime_ns),
        info=item.info,
        scan=settings.scan(),
        heard=replace(heard, caller_hmac=caller_hmac),
        judgement=judge(item.info, heard.facts, policy),
        metadata_hmac=metadata_hmac(item, settings.key),
        copy_of=again.known_uri if again.copied else stored.copy_of if again.known_uri == item.uri else None,
        moved_from=again.known_uri if again.moved else None,
    )


@dataclass(frozen=True, slots=True)
class _MakeWorker:
    settings: RunSettings

    def __call__(self) -> ScanWorker:
        return ScanWorker(self.settings)
