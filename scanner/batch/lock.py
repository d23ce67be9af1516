"""One run at a time writes to an output folder; who it is can be read, and a dead run holds nothing."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from scanner.batch.holder import Holder, busy
from scanner.batch.remote_lock import RemoteLock, remote_holder
from scanner.store import Store

_LOCAL = "_lock"


class Lock(Protocol):
    """A held lock."""

    def check(self) -> None:
        """Raise OutputError when it is held no more, because another run took this one for dead."""


@contextlib.contextmanager
def hold(store: Store, *, scan_id: str, now: datetime) -> Iterator[Lock]:
    """Hold the folder for one run. Raises OutputError that says who holds it, when another run does.

    On disk the kernel holds the lock with the process, so it goes with the process however that ends. In object storage it
    is an object that its holder renews.
    """
    holder = Holder.this_process(scan_id, now)
    if not store.folder.local:
        with RemoteLock(store, holder, now) as remote:
            yield remote
        return
    with _held_by_kernel(store, holder):
        yield _Kernels()


class _Kernels:
    def check(self) -> None:
        """Held as long as the process lives."""


def holder(store: Store) -> Holder | None:
    """Who holds the folder, as it is written down; None when nobody is known to."""
    found = _written(store) if store.folder.local else remote_holder(store)
    died = found is not None and found.is_dead and found.pid != os.getpid()
    return None if died else found


def _written(store: Store) -> Holder | None:
    try:
        return Holder.read(store.folder.read(_LOCAL))
    except OSError:
        return None


@contextlib.contextmanager
def _held_by_kernel(store: Store, holder: Holder) -> Iterator[None]:
    path = Path(store.folder.path(_LOCAL))
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy(store.out, Holder.read(path.read_bytes())) from None
        except OSError:  # a network drive without locks: what is written in the file must do
            other = Holder.read(path.read_bytes())
            if other and not other.is_dead:
                raise busy(store.out, other) from None
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, holder.as_bytes(), 0)
        yield
        os.truncate(descriptor, 0)
    finally:
        os.close(descriptor)
