"""The same workers on many machines: a Ray Data actor pool whose actors may die, with a run that waits for all they were given."""

from __future__ import annotations

import logging
import os
import pickle
import queue
import signal
import socket
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

from scanner.batch.batches import Limits, Task, Worker, aftermath, failure, next_batch, waiting
from scanner.batch.items import Item, Outcome
from scanner.batch.processes import memory_in_use
from scanner.batch.worker import StopWork, where_it_went_wrong
from scanner.errors import ScannerError, UserError
from scanner.store import Failure

_TICK_S = 0.25
_LOOK_EVERY_S = 1.0
_ROUNDS_WITHOUT_A_START = 3
_ANSWERS_WITHIN_S = 10.0
_OBJECT_STORE_BYTES = 100 << 20
"""Of a cluster that is started for one run: items and outcomes are small, and no audio passes through it."""


@dataclass(slots=True)
class _Batch:
    part: str
    tasks: list[Task]
    timed_out: bool = False


@dataclass(slots=True)
class RayWorkers:
    """Runs items through actors of a Ray cluster: an `Engine`.

    `address`: of a running cluster; None starts one on this machine. `workers`: how many actors; 0 is one for each core
    of the cluster. `device`: "cuda" asks for a GPU for each actor, and so does "auto" where the cluster has any; there are
    no more actors than GPUs then, and cores without one stay idle. OUT and the recordings must be reachable from every
    node under one name, and the scanner with its models be installed there.
    """

    make_worker: Callable[[], Worker]
    workers: int
    limits: Limits
    part_prefix: str
    committed: Callable[[str], Sequence[Outcome]]
    given_up: Callable[[Item, Failure], Outcome]
    address: str | None = None
    device: Literal["auto", "cpu", "cuda"] = "auto"

    @property
    def count(self) -> int:
        return self.workers

    def run(self, items: Sequence[Item], *, stop: Callable[[], bool], tick: Callable[[], None]) -> Iterator[Outcome]:
        """As `Workers.run` says. What a round leaves, since its actor died, goes into the next one; a suspect goes alone."""
        todo = waiting(items)
        idle = 0
        with _cluster(self.address, self.workers) as ray:
            gpus = _gpus(ray, self.device)
            self.workers = actors = min(self.workers or gpus, gpus) if gpus else self.workers or _cores(ray)
            number = 0
            while todo and not stop():
                number += 1
                batches = list(_batches(todo, actors, self.limits, f"{self.part_prefix}-{number}"))
                a_round = _Round(ray, self, batches, actors, on_gpus=gpus > 0)
                yield from a_round.run(stop, tick)
                if stop():
                    return
                idle = 0 if a_round.started else idle + 1
                if idle >= _ROUNDS_WITHOUT_A_START:
                    raise UserError("actors end while they load the models")
                for batch in batches:
                    yield from self._buried(batch, a_round.at.get(batch.part), todo)

    def _buried(self, batch: _Batch, at: int | None, todo: deque[Task]) -> Iterator[Outcome]:
        """What becomes of a batch that no answer came of."""
        if not batch.tasks:
            return
        written = self.committed(batch.part)
        if at is None and not written:
            todo.extendleft(reversed(batch.tasks))  # it waited behind one that died
            return
        after = aftermath(batch.tasks, at=at, written=written, retries=self.limits.retries)
        todo.extendleft(reversed(after.again))
        todo.extend(after.suspects)
        yield from after.known
        for task in after.hopeless:
            why = failure(task, limits=self.limits, timed_out=batch.timed_out, how="its actor or machine died")
            yield self.given_up(task.item, why)


class _Round:
    """Some batches through one pool of actors; each is answered once or not at all."""

    def __init__(self, ray: Any, workers: RayWorkers, batches: list[_Batch], actors: int, *, on_gpus: bool) -> None:
        self._ray = ray
        self._workers = workers
        self._batches = {b.part: b for b in batches}
        self._actors = min(actors, len(batches))
        self._each: dict[str, float] = {"num_gpus": 1} if on_gpus else {"num_cpus": 1}  # both is experimental in Ray
        self._answers: queue.Queue[tuple[str, Any]] = queue.Queue()
        here = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
            ray.get_runtime_context().get_node_id(), soft=False
        )
        self._board = ray.remote(num_cpus=0, scheduling_strategy=here)(_Board).remote()
        self.at: dict[str, int] = {}
        self.started = False

    def run(self, stop: Callable[[], bool], tick: Callable[[], None]) -> Iterator[Outcome]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # how restarts are limited is about to get another name
            rows = self._dataset()
        consumer = threading.Thread(target=self._consume, args=(rows,), name="scanner-ray", daemon=True)
        consumer.start()
        try:
            yield from self._follow(stop, tick)
        finally:
            if consumer.is_alive():  # it must not speak to Ray while that is shut down
                self._board.stop.remote()
                consumer.join(self._workers.limits.stop_s)

    def _follow(self, stop: Callable[[], bool], tick: Callable[[], None]) -> Iterator[Outcome]:
        """The outcomes as they come, until all batches are answered or nobody waits for more."""
        begun = look_at = time.monotonic()
        ends_at: float | None = None
        while ends_at is None or (time.monotonic() < ends_at and any(b.tasks for b in self._in_hand())):
            try:
                what, said = self._answers.get(timeout=_TICK_S)
            except queue.Empty:
                what, said = "nothing", None
            if what == "over":
                self._look()
                return
            if what == "error":
                raise UserError(f"Ray ended the run ({said})")
            if what == "answer":
                self.started = True
                yield from self._understand(*said)
            if time.monotonic() - look_at > _LOOK_EVERY_S:
                look_at = time.monotonic()
                self._look()
                if not self.started and look_at - begun > self._workers.limits.start_s:
                    raise UserError(f"no actor was ready within {self._workers.limits.start_s:g} s")
            tick()
            if ends_at is None and stop():
                self._look()
                self._board.stop.remote()
                ends_at = time.monotonic() + self._workers.limits.stop_s
        for batch in self._in_hand():
            yield from self._workers.committed(batch.part)

    def _in_hand(self) -> list[_Batch]:
        return [self._batches[part] for part in self.at if self._batches[part].tasks]

    def _consume(self, rows: Any) -> None:
        """Ray's own loop, in a thread, since the run must tick and stop meanwhile."""
        try:
            for row in rows.iter_rows():
                self._answers.put(("answer", (row["part"], pickle.loads(row["said"]))))  # noqa: S301 - written by our own actors
            self._answers.put(("over", None))
        except Exception as error:  # noqa: BLE001 - of whatever kind, the run ends with it
            self._answers.put(("error", type(error).__name__))

    def _dataset(self) -> Any:
        data = self._ray.data
        context = data.DataContext.get_current()
        context.enable_progress_bars = False
        context.max_errored_blocks = -1  # whose actor died is tried again by us, who know which call it was at
        rows = [{"part": b.part, "items": pickle.dumps([t.item for t in b.tasks])} for b in self._batches.values()]
        return data.from_items(rows, override_num_blocks=len(rows)).map(
            _Scanning,
            fn_constructor_kwargs={
                "make_worker": self._workers.make_worker,
                "board": self._board,
                "memory_bytes": self._workers.limits.memory_bytes,
            },
            compute=data.ActorPoolStrategy(size=self._actors, max_tasks_in_flight_per_actor=1),
            **self._each,
            max_restarts=-1,
            max_task_retries=0,
        )

    def _understand(self, part: str, said: list[Outcome] | ScannerError) -> Iterator[Outcome]:
        if isinstance(said, ScannerError):
            raise said
        self._batches[part].tasks.clear()
        yield from said

    def _look(self) -> None:
        """Where each actor is; one that is too long at a call is ended."""
        try:
            seen = self._ray.get(self._board.look.remote(), timeout=10)
        except self._ray.exceptions.GetTimeoutError:
            return
        self.at, running = seen
        self.started = self.started or bool(self.at)
        for part, seconds, actor in running:
            batch = self._batches[part]
            if batch.tasks and not batch.timed_out and seconds > self._workers.limits.call_timeout_s:
                batch.timed_out = True
                self._ray.kill(actor, no_restart=False)


class _Board:
    """Where actors say what they are at, and where they read whether to stop."""

    def __init__(self) -> None:
        self._at: dict[str, int] = {}
        self._running: dict[str, tuple[str, float, Any]] = {}
        self._stop = False

    def starting(self, part: str, at: int, actor_id: str, actor: Any) -> bool:
        self._at[part] = at
        self._running[actor_id] = (part, time.monotonic(), actor)
        return self._stop

    def idle(self, actor_id: str) -> None:
        """An actor begins anew, after it died perhaps, or is done with a part."""
        self._running.pop(actor_id, None)

    def look(self) -> tuple[dict[str, int], list[tuple[str, float, Any]]]:
        """(index that each part came to, parts in hand with seconds at their call and who has them)."""
        now = time.monotonic()
        return self._at, [(part, now - since, actor) for part, since, actor in self._running.values()]

    def stop(self) -> None:
        self._stop = True


class _Scanning:
    """In an actor: the models, loaded once, and what scans with them. It never raises: an error is an answer.

    An actor that holds too much memory ends its process instead of beginning with a part, which goes into the next round;
    Ray starts another in its place.
    """

    def __init__(self, make_worker: Callable[[], Worker], board: Any, memory_bytes: int) -> None:
        import ray  # noqa: PLC0415 - only where it is installed

        self._me = ray.get_runtime_context().get_actor_id() or ""
        self._board = board
        ray.get(board.idle.remote(self._me))
        self._memory_bytes = memory_bytes
        self._has_worked = False
        self._said: ScannerError | None = None
        try:
            self._worker = make_worker()
        except ScannerError as error:
            self._said = error
        except Exception as error:  # noqa: BLE001 - said in one line, without what it quotes
            self._said = UserError(where_it_went_wrong(error))

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        if self._has_worked and memory_in_use() > self._memory_bytes:
            os._exit(1)  # sys.exit is meant to be for good: Ray would not restart it
        self._has_worked = True
        return {"part": row["part"], "said": pickle.dumps(self._said or self._scan(row["part"], row["items"]))}

    def _scan(self, part: str, pickled: bytes) -> list[Outcome] | ScannerError:
        import ray  # noqa: PLC0415 - as above

        items: list[Item] = pickle.loads(pickled)  # noqa: S301 - written by our own run
        me = ray.get_runtime_context().current_actor

        def starting(index: int) -> None:
            stop = ray.get(self._board.starting.remote(part, index, self._me, me))
            if stop and index < len(items):
                raise StopWork

        try:
            return self._worker(items, part=part, starting=starting)
        except ScannerError as error:
            return error
        except Exception as error:  # noqa: BLE001 - as above
            return UserError(where_it_went_wrong(error))
        finally:
            ray.get(self._board.idle.remote(self._me))


def _batches(todo: deque[Task], actors: int, limits: Limits, prefix: str) -> Iterator[_Batch]:
    number = 0
    while todo:
        number += 1
        yield _Batch(f"{prefix}-{number}", next_batch(todo, workers=actors, limits=limits))


def _cores(ray: Any) -> int:
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def _gpus(ray: Any, device: str) -> int:
    """How many GPUs the actors may have, each one; 0 where they hear on CPUs. Raises UserError when there are none."""
    gpus = 0 if device == "cpu" else int(ray.cluster_resources().get("GPU", 0))
    if device == "cuda" and not gpus:
        raise UserError("--device cuda: no machine of the cluster has a GPU")
    return gpus


def _answers(address: str | None) -> None:
    """Raise UserError when nobody listens at HOST:PORT; Ray itself tries for minutes, and then ends the process."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return  # "auto", "local": Ray finds out by itself
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWERS_WITHIN_S).close()
    except OSError as error:
        raise UserError(f"--ray-address {address}: no cluster answers there ({error.strerror or error})") from error


@contextmanager
def _cluster(address: str | None, workers: int) -> Iterator[Any]:
    """Ray, connected to a cluster; what Ray logs is not shown, and nothing is reported to anybody."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ENABLE_AUTO_CONNECT", "0")  # else a call after the end joins the cluster anew
    try:
        import ray  # noqa: PLC0415 - heavy, and only for who asks for it
        import ray.data  # noqa: PLC0415
        import ray.util.scheduling_strategies  # noqa: PLC0415
    except ImportError as error:
        raise UserError("--engine ray needs Ray: pip install 'call-compliance-scanner[ray]'") from error
    logging.getLogger("ray").setLevel(logging.CRITICAL)
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    address = address or os.environ.get("RAY_ADDRESS") or None
    ours = threading.current_thread() is threading.main_thread()
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    _answers(address)
    try:
        ray.init(
            address=address or "local",
            include_dashboard=None if address else False,
            log_to_driver=False,
            logging_level=logging.CRITICAL,
            num_cpus=None if address else workers or None,
            object_store_memory=None if address else _OBJECT_STORE_BYTES,
        )
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise UserError(
            f"--ray-address {address or 'local'}: no cluster answers there ({type(error).__name__})"
        ) from error
    try:
        if ours:  # Ray takes them for itself
            for number, handler in before.items():
                with suppress(TypeError, ValueError):
                    signal.signal(number, handler)
        yield ray
    finally:
        ray.shutdown()
