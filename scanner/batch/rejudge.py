"""A whole archive under another policy, from stored facts: no recording is opened and no model is loaded."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from scanner.batch.items import Outcome
from scanner.batch.lock import hold
from scanner.batch.record import RunRecord
from scanner.errors import OutputError, UserError
from scanner.judge import judge
from scanner.policy import Policy
from scanner.store import Scan, Store, StoredCall

_ROWS_AT_ONCE = 1000
_HEARD_BEFORE = "as heard before"


@dataclass(frozen=True, slots=True)
class Rejudging:
    """When, as what and by what an archive is judged again. `now` is the clock."""

    scan_id: str
    scan_date: date
    scanner_version: str
    policy: Policy
    now: Callable[[], datetime] = field(repr=False)

    def scan(self) -> Scan:
        """What a call that is judged now says about it."""
        return Scan(self.scan_id, self.now(), self.scanner_version, self.policy.id, self.policy.sha256)


def rejudge(
    out: str,
    rejudging: Rejudging,
    *,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] = lambda _count: None,
) -> RunRecord:
    """Judge the newest state of each recording in `out` by another policy, and return what was done.

    Gives the findings that a rescan would, as long as the policy adds nothing to the scanner's ear. What failed stays
    failed, and what is judged by this policy already stays as it is. Raises OutputError.
    """
    store = Store(out)
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
        workers=1,
    )
    with hold(store, scan_id=rejudging.scan_id, now=rejudging.now()) as lock:
        store.drop_uncommitted()
        record.write(store)
        try:
            for number, calls in enumerate(_batches(_judged_again(store, rejudging, record)), 1):
                if stop():
                    break
                store.write_part(calls, name=f"{rejudging.scan_id}-{number}", scan_date=rejudging.scan_date)
                for call in calls:
                    record.count(Outcome.of(call))
                record.judged_again += len(calls)
                lock.renew(rejudging.now())
                progress(len(calls))
            record.state = "stopped" if stop() else "finished"
        except UserError as error:
            record.state, record.error = "broken", str(error)
            raise
        finally:
            record.ended_at = rejudging.now()
            record.left = record.found - sum(record.verdicts.values())
            if record.state != "broken":
                record.write(store)
    return record


def _judged_again(store: Store, rejudging: Rejudging, record: RunRecord) -> Iterator[StoredCall]:
    for stored in store.stored_calls():
        record.found += 1
        if stored.heard is None or stored.scan.policy_sha256 == rejudging.policy.sha256:
            record.done_before += 1
            record.count(Outcome.of(stored))
            continue
        yield replace(
            stored,
            scan=rejudging.scan(),
            judgement=judge(stored.info, stored.heard.facts, rejudging.policy),
            moved_from=None,
        )


def _batches(calls: Iterator[StoredCall]) -> Iterator[list[StoredCall]]:
    while batch := list(itertools.islice(calls, _ROWS_AT_ONCE)):
        yield batch
