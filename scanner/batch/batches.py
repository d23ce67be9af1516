"""What is given to one worker at a time, and what becomes of it when the worker dies: the same for every engine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from scanner.batch.items import Item, Outcome
from scanner.store import Failure


@dataclass(frozen=True, slots=True)
class Limits:
    """When to give up, start afresh and write.

    `call_timeout_s`: seconds for one call. `retries`: how often a call is tried again whose process died. `start_s`:
    seconds to load the models. `memory_bytes`: a process that holds more is replaced. `part_calls`, `part_audio_s`: at
    most so many calls, and about so many seconds of audio, are written at once; so much is lost at most.
    """

    call_timeout_s: float = 3600.0
    retries: int = 1
    start_s: float = 600.0
    memory_bytes: int = 2 << 30
    part_calls: int = 50
    part_audio_s: float = 1200.0
    stop_s: float = 8.0


class Worker(Protocol):
    """What a process does: see `scanner.batch.worker.ScanWorker`."""

    def __call__(self, items: Sequence[Item], *, part: str, starting: Callable[[int], None]) -> list[Outcome]: ...


class Workers(Protocol):
    """Many workers, wherever they are."""

    @property
    def count(self) -> int:
        """How many there are, as far as that is known."""

    def run(self, items: Sequence[Item], *, stop: Callable[[], bool], tick: Callable[[], None]) -> Iterator[Outcome]:
        """Outcomes as they come, longest recordings first; `stop` ends the work early, with what is finished kept.

        `tick` is called about four times a second. Raises UserError when the run cannot go on.
        """


class Engine(Protocol):
    """Makes the workers of a run.

    `make_worker` is called in each process and must be picklable. `committed` tells what a part that a process wrote
    before it died says, since it may have died right after writing. `given_up` is told of each call that is not tried
    again and returns its outcome.
    """

    def __call__(
        self,
        make_worker: Callable[[], Worker],
        *,
        workers: int,
        limits: Limits,
        part_prefix: str,
        committed: Callable[[str], Sequence[Outcome]],
        given_up: Callable[[Item, Failure], Outcome],
    ) -> Workers: ...


@dataclass(slots=True)
class Task:
    """An item that waits for a worker, and how many died of it."""

    item: Item
    attempts: int = 0


def waiting(items: Sequence[Item]) -> deque[Task]:
    """The longest recordings come first: one at the end would keep all other workers waiting."""
    return deque(Task(i) for i in sorted(items, key=lambda i: i.expected_s, reverse=True))


def next_batch(queue: deque[Task], *, workers: int, limits: Limits) -> list[Task]:
    """The next tasks for one process; near the end fewer, so that all finish together; a suspect goes alone."""
    most = max(1, min(limits.part_calls, len(queue) // (2 * workers)))
    batch: list[Task] = []
    audio_s = 0.0
    while queue and len(batch) < most:
        task = queue[0]
        if batch and (task.attempts or audio_s + task.item.expected_s > limits.part_audio_s):
            break
        batch.append(queue.popleft())
        audio_s += task.item.expected_s
        if task.attempts:
            break
    return batch


@dataclass(slots=True)
class Aftermath:
    """What becomes of a batch whose process died: outcomes that are known, and tasks that wait again or are given up."""

    known: list[Outcome] = field(default_factory=list)
    again: list[Task] = field(default_factory=list)
    suspects: list[Task] = field(default_factory=list)
    hopeless: list[Task] = field(default_factory=list)


def aftermath(batch: Sequence[Task], *, at: int | None, written: Sequence[Outcome], retries: int) -> Aftermath:
    """What a process had written counts, the call that it was `at` is suspect, all others wait again.

    `at` is an index into the batch, its length while the process wrote, or None when nobody knows.
    """
    if written:
        kept = {o.uri for o in written}
        left = [t.item for t in batch if t.item.uri not in kept]
        # those that are still being written, or they would be among them
        return Aftermath([*written, *(Outcome(i.uri, i.call_id, None) for i in left)])
    suspects = batch if at is None or at >= len(batch) else [batch[at]]
    # who died with several calls in hand, writing them, proves nothing against one of them
    allowed = retries if len(suspects) == 1 else max(1, retries)
    after = Aftermath(again=[t for t in batch if t not in suspects])
    for task in suspects:
        task.attempts += 1
        (after.suspects if task.attempts <= allowed else after.hopeless).append(task)
    return after


def failure(task: Task, *, limits: Limits, timed_out: bool, how: str) -> Failure:
    """Why a call is given up; `how` its process ended."""
    times = "" if task.attempts == 1 else f", {task.attempts} times"
    if timed_out:
        return Failure("timeout", f"not scanned within {limits.call_timeout_s:g} s{times}")
    return Failure("killed", f"the process that scanned it ended ({how}){times}")
