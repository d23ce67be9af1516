"""A whole archive under another policy, from stored facts: no recording is opened and no model is loaded."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import socket
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from scanner.batch.lock import Lock
from scanner.batch.processes import die_with, one_thread_each
from scanner.batch.record import RunRecord
from scanner.batch.recorded import Ended, recorded, tell_nobody
from scanner.errors import OutputError, UserError
from scanner.judge import judge
from scanner.policy import Policy
from scanner.store import ParquetKey, Part, Scan, Store, facts_in, finding_rows_of, judged_rows

_ROWS_AT_ONCE = 1000
_WORTH_A_PROCESS = 2000
"""So many calls take about as long to judge as a process takes to start."""
_HEARD_BEFORE = "as heard before"
_STATE = ["recording_uri", "verdict", "policy_sha256", "scanner_version", "detector_id", "failure", "error"]


@dataclass(frozen=True, slots=True)
class Rejudging:
    """When, as what and by what an archive is judged again. `now` is the clock.

    `detector_id` is what a scan with this policy would hear by now; calls heard by another one are judged and counted.
    """

    scan_id: str
    scan_date: date
    scanner_version: str
    policy: Policy
    now: Callable[[], datetime] = field(repr=False)
    detector_id: str | None = None
    workers: int = 1
    parquet_key: ParquetKey | None = field(default=None, repr=False)


def rejudge(
    out: str,
    rejudging: Rejudging,
    *,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    ended: Ended = tell_nobody,
) -> RunRecord:
    """Judge the newest state of each recording in `out` by another policy, and return what was done.

    Gives the rows that a rescan would, as long as the scan would hear by the same detectors and vocabulary. What failed
    stays failed, and what this version has judged by this policy stays as it is, so that a run that was ended is completed
    by the next. `progress` is told how many calls of how many are dealt with, and `ended` what was done, as of a scan.
    Raises OutputError.
    """
    store = Store(out, rejudging.parquet_key)
    if not store.exists():
        raise OutputError(f"{out}: nothing was scanned into this folder")
    record = RunRecord(
        scan_id=rejudging.scan_id,
        started_at=rejudging.now(),
        host=socket.gethostname(),
        scanner_version=rejudging.scanner_version,
        policy_id=rejudging.policy.id,
        policy_sha256=rejudging.policy.sha256,
        model_id=_HEARD_BEFORE,
        detector_id=_HEARD_BEFORE,
        workers=rejudging.workers,
        kind="rejudge",
    )
    now = rejudging.now
    with recorded(record, store, now=now, stop=stop, ended=ended) as lock, record.timing("judge", now):
        _Run(store, rejudging, record, lock, stop, progress).do()
    return record


@dataclass(frozen=True, slots=True)
class _Task:
    """Rows of some parts that are judged and written together, a thousand at a time."""

    number: int
    rows: tuple[tuple[Part, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of the calls of one task: how often a verdict, and whether it may train AI, went from one to another."""

    verdicts: Counter[tuple[str, str]]
    training: Counter[tuple[bool, bool]]


@dataclass(frozen=True, slots=True)
class _Run:
    store: Store
    rejudging: Rejudging
    record: RunRecord
    lock: Lock
    stop: Callable[[], bool]
    progress: Callable[[int, int], None]

    def do(self) -> None:
        current = [(part, positions) for part, positions, _ in self.store.current()]
        self.record.found = total = sum(len(positions) for _, positions in current)
        tasks = self._tasks(current)
        workers = min(self.rejudging.workers, -(-total // _WORTH_A_PROCESS))
        judged = self._here(tasks) if workers <= 1 else self._in_processes(tasks, workers)
        for done in judged:
            for (before, after), count in done.verdicts.items():
                self.record.verdicts[after] += count  # type: ignore[index]  # as written
                self.record.changes[before, after] += count
            for training, count in done.training.items():
                self.record.training_changes[training] += count
            self.record.judged_again += done.verdicts.total()
            self.lock.check()
            self.progress(self.record.judged_again + self.record.done_before, total)

    def _tasks(self, current: Iterable[tuple[Part, list[int]]]) -> Iterator[_Task]:
        """What is to be judged, some parts at a time, read as it is needed; all else is counted."""
        waiting: list[tuple[Part, tuple[int, ...]]] = []
        number = 1
        for part, positions in current:
            rows = tuple(self._to_judge(part, positions))
            if rows:
                waiting.append((part, rows))
            if sum(len(r) for _, r in waiting) >= _ROWS_AT_ONCE:
                yield _Task(number, tuple(waiting))
                waiting, number = [], number + 1
        if waiting:
            yield _Task(number, tuple(waiting))

    def _to_judge(self, part: Part, positions: list[int]) -> Iterator[int]:
        by_now = (self.rejudging.policy.sha256, self.rejudging.scanner_version)
        state = zip(*(c.to_pylist() for c in self.store.rows(part, positions, _STATE).columns), strict=True)
        for position, (uri, verdict, policy, version, detector, failure, error) in zip(positions, state, strict=True):
            if verdict == "failed":
                self.record.count_failed(uri, failure, error)
            elif (policy, version) == by_now:
                self.record.verdicts[verdict] += 1
            if verdict != "failed" and self.rejudging.detector_id not in {None, detector}:
                self.record.heard_otherwise += 1
            if verdict == "failed" or (policy, version) == by_now:
                self.record.done_before += 1
            else:
                yield position

    def _here(self, tasks: Iterator[_Task]) -> Iterator[_Done]:
        judging = _Judging(self.rejudging, self.store)
        for task in tasks:
            if self.stop():
                return
            yield judging(task)

    def _in_processes(self, tasks: Iterator[_Task], workers: int) -> Iterator[_Done]:
        """A few tasks ahead of the workers and no more, so that memory does not grow with the archive."""
        running: deque[Future[_Done]] = deque()
        pool = ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=partial(_begin, self.rejudging, self.store.out, os.getpid()),
        )
        try:
            with one_thread_each():
                for task in tasks:
                    if self.stop():
                        break
                    running.append(pool.submit(_judge_task, task))
                    if len(running) > 2 * workers:
                        yield running.popleft().result()
                while running:
                    yield running.popleft().result()
        except BrokenProcessPool as error:
            raise UserError(
                "a process that judges calls was killed; what is written stays: run it again to complete it"
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Judging:
    """Judges the calls of a task and writes them."""

    rejudging: Rejudging
    store: Store

    def __call__(self, task: _Task) -> _Done:
        done = _Done(Counter(), Counter())
        rows = pa.concat_tables([self.store.rows(part, positions) for part, positions in task.rows])
        at_once = -(-len(rows) // max(1, len(rows) // _ROWS_AT_ONCE))
        for n, start in enumerate(range(0, len(rows), at_once), 1):
            self._judge(rows.slice(start, at_once).combine_chunks(), f"{task.number}-{n}", done)
        return done

    def _judge(self, calls: pa.Table, part: str, done: _Done) -> None:
        told = self.rejudging
        with _without_cycle_collection():
            judgements = [judge(info, facts, told.policy) for info, facts in facts_in(calls)]
        known_at = pc.max(calls["scanned_at"]).as_py()
        now = max(told.now(), known_at + timedelta(microseconds=1))  # the newest row counts, whoever's clock was ahead
        scan = Scan(told.scan_id, now, told.scanner_version, told.policy.id, told.policy.sha256)
        self.store.write_rows(
            judged_rows(calls, judgements, scan),
            finding_rows_of(calls, judgements, scan),
            name=f"{told.scan_id}-{part}",
            scan_date=told.scan_date,
        )
        before = calls["verdict"].to_pylist()
        done.verdicts.update(zip(before, (j.verdict for j in judgements), strict=True))
        eligible = calls["training_eligible"].to_pylist()
        done.training.update(zip(map(bool, eligible), (j.training_eligible for j in judgements), strict=True))


@contextmanager
def _without_cycle_collection() -> Iterator[None]:
    """Facts are many and hold no cycles: looking for some takes as long as judging."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


_judging: _Judging | None = None  # of a worker's process


def _begin(rejudging: Rejudging, out: str, parent: int) -> None:
    global _judging  # noqa: PLW0603 - what a pool's process keeps from task to task
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent says what is to be done
    die_with(parent)
    _judging = _Judging(rejudging, Store(out, rejudging.parquet_key))


def _judge_task(task: _Task) -> _Done:
    if _judging is None:
        raise RuntimeError("the process was not begun")
    return _judging(task)
