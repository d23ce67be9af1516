"""The lock of an output folder in object storage, where no kernel knows who is alive.

Runs are numbered: OUT/_locks/000007.json belongs to the seventh. A run begins by making the object of the next number, which
the storage lets only one of several do (a conditional write: `If-None-Match` on S3), and only when the run before has ended,
is known to be dead, or has not renewed its object for long. No number is used twice: that a run was taken for dead, it learns
from a number above its own.
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from scanner.batch.holder import Holder, busy
from scanner.errors import OutputError
from scanner.store import Store, plain

STALE_AFTER = timedelta(minutes=10)
"""A lock that was not renewed for so long is nobody's; clocks of machines must not differ by more."""

RENEWED_EVERY_S = 60.0
_FOLDER = "_locks"


@dataclass(frozen=True, slots=True)
class _Held:
    """The newest lock as it was read; `holder` is None when it cannot be read as one."""

    number: int
    holder: Holder | None = None
    renewed_at: datetime | None = None
    ended: bool = False

    def is_free(self, now: datetime) -> bool:
        stale = self.renewed_at is None or now - self.renewed_at > STALE_AFTER
        return self.ended or stale or (self.holder is not None and self.holder.is_dead)


class RemoteLock:
    """Held from `with` on, renewed by a thread of its own. Raises OutputError when another run holds the folder."""

    def __init__(self, store: Store, holder: Holder, now: datetime) -> None:
        self._store = store
        self._holder = holder
        self._begun = (now, time.monotonic())
        self._number = 0
        self._lost: str | None = None
        self._renewed = time.monotonic()
        self._over = threading.Event()
        self._renewing = threading.Thread(target=self._renew, name="scanner-lock", daemon=True)

    def __enter__(self) -> Self:
        try:
            self._take()
        except OSError as error:
            raise OutputError(f"{self._store.out}: cannot be locked ({plain(error)})") from error
        self._renewing.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._over.set()
        self._renewing.join()
        if self._lost is None:
            with suppress(OSError):  # it goes stale by itself; what ended the run is the error to see
                self._write(ended_at=self._now().isoformat())

    def check(self) -> None:
        """Raise OutputError when another run took the lock, or when it could not be renewed for so long that one may."""
        if self._lost is not None:
            raise OutputError(f"{self._store.out}: {self._lost}; what is written stays: run it again to complete it")

    def _take(self) -> None:
        held = _newest(self._store)
        if held is not None and not held.is_free(self._now()):
            raise busy(self._store.out, held.holder)
        self._number = held.number + 1 if held is not None else 1
        made = self._store.folder.create(self._path(self._number), self._content())
        now_held = _newest(self._store)
        if (
            now_held is None or now_held.holder != self._holder
        ):  # unless an answer was lost, and the one there is our own
            raise busy(self._store.out, now_held.holder if now_held is not None else None)
        if made and held is not None:
            for path in _paths(self._store):
                if path < self._path(self._number):
                    self._store.folder.delete(path)

    def _renew(self) -> None:
        while not self._over.wait(RENEWED_EVERY_S):
            try:
                newest = max(_paths(self._store), default="")
                if newest > self._path(self._number):
                    self._lost = "another run took it over, since this one was not heard of for long"
                    return
                self._write()
                self._renewed = time.monotonic()
            except OSError as error:
                if time.monotonic() - self._renewed > STALE_AFTER.total_seconds() - 2 * RENEWED_EVERY_S:
                    self._lost = f"its lock could not be renewed ({plain(error)})"
                    return

    def _path(self, number: int) -> str:
        return self._store.folder.path(_FOLDER, f"{number:06}.json")

    def _write(self, **more: str) -> None:
        self._store.folder.write_bytes(self._path(self._number), self._content(**more))

    def _content(self, **more: str) -> bytes:
        return self._holder.as_bytes(renewed_at=self._now().isoformat(), **more)

    def _now(self) -> datetime:
        now, then = self._begun
        return now + timedelta(seconds=time.monotonic() - then)


def remote_holder(store: Store) -> Holder | None:
    """Who holds the folder, as far as that can be read; it may have died on another machine."""
    try:
        held = _newest(store)
    except OSError:
        return None
    return None if held is None or held.ended else held.holder


def _newest(store: Store) -> _Held | None:
    while (path := max(_paths(store), default=None)) is not None:
        name = path.rpartition("/")[2]
        with suppress(FileNotFoundError):  # the next run has removed it: look again
            return _read(int(name.partition(".")[0]), store.folder.read(_FOLDER, name))
    return None


def _paths(store: Store) -> list[str]:
    names = (i.path for i in store.folder.files(_FOLDER, ending=".json"))
    return [path for path in names if path.rpartition("/")[2].partition(".")[0].isdecimal()]


def _read(number: int, content: bytes) -> _Held:
    holder = Holder.read(content)
    if holder is None:
        return _Held(number)
    known = json.loads(content)
    with suppress(ValueError, TypeError):
        return _Held(number, holder, datetime.fromisoformat(known.get("renewed_at")), "ended_at" in known)
    return _Held(number, holder)
