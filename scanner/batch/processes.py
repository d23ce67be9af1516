"""Worker processes that may die: one per core, each call tried again or given up on, and the run goes on.

A pool of the standard library is broken by one killed child, or waits for its answer for ever. Here a process that is
killed, runs out of memory, crashes in a decoder or hangs costs the call it was at an attempt, and nothing else.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from scanner.batch.batches import Limits, Task, Worker, aftermath, failure, next_batch, waiting
from scanner.batch.items import Item, Outcome
from scanner.batch.worker import StopWork, where_it_went_wrong
from scanner.errors import ScannerError, UserError
from scanner.store import Failure

_TICK_S = 0.25
_NEVER = float("inf")
_STARTS_TRIED = 3
_STARTS_TRIED_AGAIN = 20
"""So many processes in a row may die while they load: more where it is known that they can load at all."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "CT2_INTER_THREADS")


@dataclass(slots=True)
class _Process:
    number: int
    process: Any
    connection: Connection
    deadline: float
    gpu: str | None = None
    ready: bool = False
    batch: list[Task] = field(default_factory=list)
    part: str = ""
    at: int | None = None
    parts: int = 0
    stopping: bool = False
    timed_out: bool = False


class WorkerProcesses:
    """Runs items through worker processes of this machine: an `Engine`. `clock` is monotonic.

    `gpus`: what each process sees one of, the one with the fewest processes, by the names that CUDA_VISIBLE_DEVICES takes.
    """

    def __init__(
        self,
        make_worker: Callable[[], Worker],
        *,
        workers: int,
        limits: Limits,
        part_prefix: str,
        committed: Callable[[str], Sequence[Outcome]],
        given_up: Callable[[Item, Failure], Outcome],
        gpus: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make_worker = make_worker
        self._workers = workers
        self._limits = limits
        self._prefix = part_prefix
        self._committed = committed
        self._given_up = given_up
        self._gpus = gpus
        self._clock = clock
        self._context = multiprocessing.get_context("spawn")
        self._running: list[_Process] = []
        self._queue: deque[Task] = deque()
        self._numbers = 0
        self._failed_starts = 0
        self._ever_ready = False
        self._cannot_go_on: ScannerError | None = None

    @property
    def count(self) -> int:
        return self._workers

    def run(
        self,
        items: Sequence[Item],
        *,
        stop: Callable[[], bool] = lambda: False,
        tick: Callable[[], None] = lambda: None,
    ) -> Iterator[Outcome]:
        """As `Workers.run` says."""
        self._queue = waiting(items)
        try:
            while self._queue or any(p.batch for p in self._running):
                if stop():
                    yield from self._stop()
                    return
                self._start_missing()
                self._give_work()
                yield from self._listen()
                tick()
                if self._cannot_go_on is not None:
                    yield from self._stop()
                    raise self._cannot_go_on
        finally:
            self._end()

    # --- one turn of the loop

    def _start_missing(self) -> None:
        wanted = min(self._workers, len(self._queue) + sum(bool(p.batch) for p in self._running))
        while sum(not p.stopping for p in self._running) < wanted:
            self._numbers += 1
            ours, theirs = self._context.Pipe()
            process = self._context.Process(
                target=_work,
                args=(theirs, self._make_worker, os.getpid()),
                daemon=True,
                name=f"scanner-{self._numbers}",
            )
            gpu = self._next_gpu()
            with one_thread_each(), set_meanwhile({} if gpu is None else {"CUDA_VISIBLE_DEVICES": gpu}):
                process.start()
            theirs.close()
            deadline = self._clock() + self._limits.start_s
            self._running.append(_Process(self._numbers, process, ours, deadline, gpu))

    def _next_gpu(self) -> str | None:
        taken = [p.gpu for p in self._running]
        return min(self._gpus, key=taken.count, default=None)

    def _listen(self) -> Iterator[Outcome]:
        heard = wait([p.connection for p in self._running], timeout=_TICK_S)
        for running in list(self._running):
            if running.connection in heard:
                yield from self._receive(running)
            elif self._clock() > running.deadline:
                running.timed_out = True
                running.process.kill()
                running.process.join()
                running.deadline = _NEVER

    def _receive(self, running: _Process) -> Iterator[Outcome]:
        try:
            while running.connection.poll():
                yield from self._understand(running, *running.connection.recv())
        except (EOFError, OSError):
            yield from self._buried(running)

    def _understand(self, running: _Process, what: str, said: Any) -> Iterator[Outcome]:
        if what == "ready":
            running.ready = self._ever_ready = True
            running.deadline = _NEVER
            self._failed_starts = 0
        elif what == "starting":
            running.at = said
            running.deadline = self._clock() + self._limits.call_timeout_s
        elif what == "done":
            outcomes, memory_bytes = said
            running.batch, running.at, running.deadline = [], None, _NEVER
            if memory_bytes > self._limits.memory_bytes:
                self._dismiss(running)
            yield from outcomes
        elif what == "cannot go on":
            self._cannot_go_on = said

    def _give_work(self) -> None:
        for running in self._running:
            if not running.ready or running.stopping or running.batch:
                continue
            running.batch = next_batch(self._queue, workers=self._workers, limits=self._limits)
            if not running.batch:
                return
            running.parts += 1
            running.part = f"{self._prefix}-{running.number}-{running.parts}"
            running.deadline = self._clock() + self._limits.call_timeout_s
            with suppress(OSError):  # it died meanwhile: its end is heard of next
                running.connection.send(([t.item for t in running.batch], running.part))

    def _dismiss(self, running: _Process) -> None:
        running.stopping = True
        running.deadline = self._clock() + self._limits.stop_s
        with suppress(OSError):
            running.connection.send(None)

    # --- deaths

    def _buried(self, running: _Process) -> Iterator[Outcome]:
        """A process is gone: what it had written counts, the call that it was at is suspect, all others wait again."""
        self._running.remove(running)
        running.process.join(self._limits.stop_s)
        code = running.process.exitcode
        running.connection.close()
        if not running.ready and not running.stopping:
            self._failed_starts += 1
            if self._failed_starts >= (_STARTS_TRIED_AGAIN if self._ever_ready else _STARTS_TRIED):
                raise UserError(f"worker processes end while they load the models ({_how_it_ended(code)})")
        if not running.batch:
            return
        written = self._committed(running.part)
        after = aftermath(running.batch, at=running.at, written=written, retries=self._limits.retries)
        self._queue.extendleft(reversed(after.again))
        self._queue.extend(after.suspects)
        yield from after.known
        for task in after.hopeless:
            why = failure(task, limits=self._limits, timed_out=running.timed_out, how=_how_it_ended(code))
            yield self._given_up(task.item, why)

    # --- the end

    def _stop(self) -> Iterator[Outcome]:
        """Have each process write what it has finished, for a few seconds at most."""
        for running in self._running:
            running.process.terminate()
            self._dismiss(running)
        until = self._clock() + self._limits.stop_s
        while self._running and self._clock() < until:
            for connection in wait([p.connection for p in self._running], timeout=_TICK_S):
                running = next(p for p in self._running if p.connection is connection)
                try:
                    what, said = running.connection.recv()
                    if what == "done":
                        running.batch = []
                        yield from said[0]
                except (EOFError, OSError):
                    self._running.remove(running)
                    yield from self._committed(running.part) if running.batch else ()

    def _end(self) -> None:
        for running in self._running:
            if not running.batch:
                self._dismiss(running)
        for running in self._running:
            if not running.batch:
                running.process.join(1.0)
            running.process.kill()
            running.process.join()
            running.connection.close()
        self._running.clear()


def _how_it_ended(code: int | None) -> str:
    if code == -signal.SIGKILL:
        return "killed; the machine may be out of memory"
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


def one_thread_each() -> AbstractContextManager[None]:
    """Child processes started meanwhile compute with one thread: a process for each core is faster than threads are."""
    return set_meanwhile(dict.fromkeys(_THREADS, "1"))


@contextmanager
def set_meanwhile(variables: Mapping[str, str]) -> Iterator[None]:
    """Child processes started meanwhile see these variables; this one's environment stays as it was."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


# --- in the worker's process


def _work(connection: Connection, make_worker: Callable[[], Worker], parent: int) -> None:
    """Load, then scan what is sent until nothing more is or the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent says what is to be done
    die_with(parent)
    stop = _StopSignal()
    signal.signal(signal.SIGTERM, stop.received)
    try:
        with stop.may_interrupt():
            worker = make_worker()
        connection.send(("ready", None))
        while not stop.wanted and (task := connection.recv()) is not None:
            items, part = task
            outcomes = worker(items, part=part, starting=_starting(connection, stop, len(items)))
            connection.send(("done", (outcomes, memory_in_use())))
    except (EOFError, BrokenPipeError, StopWork):
        pass
    except ScannerError as error:
        connection.send(("cannot go on", error))
    except Exception as error:  # noqa: BLE001 - said in one line, without what it quotes
        connection.send(("cannot go on", UserError(where_it_went_wrong(error))))
    connection.close()


def _starting(connection: Connection, stop: _StopSignal, count: int) -> Callable[[int], None]:
    def starting(index: int) -> None:
        stop.interruptible = index < count
        connection.send(("starting", index))
        stop.raise_if_wanted()

    return starting


class _StopSignal:
    """The parent's wish to stop: interrupts scanning a call, never writing what is finished."""

    def __init__(self) -> None:
        self.wanted = False
        self.interruptible = False

    def received(self, _number: int, _frame: object) -> None:
        self.wanted = True
        self.raise_if_wanted()

    def raise_if_wanted(self) -> None:
        if self.wanted and self.interruptible:
            self.interruptible = False
            raise StopWork

    @contextmanager
    def may_interrupt(self) -> Iterator[None]:
        self.interruptible = True
        yield
        self.interruptible = False


def die_with(parent: int) -> None:
    """Have the system end this process when the parent ends, however that ends: nobody waits for its parts then."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(1)


def memory_in_use() -> int:
    """Bytes of memory that this process holds now; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - no file, a question to the kernel
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
