"""One run at a time writes to an output folder; who it is can be read, and a dead run holds nothing."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scanner.errors import OutputError
from scanner.store import Store

_LOCAL = "_lock"
_REMOTE = "_lock.json"
STALE_AFTER = timedelta(minutes=10)
"""A lock in object storage that was not renewed for so long is nobody's."""


class Lock:
    """A held lock; `renew` says that its holder is alive, where the system cannot see that itself."""

    def __init__(self, store: Store, holder: dict[str, str | int]) -> None:
        self._store = store
        self._holder = holder
        self._renewed_at: datetime | None = None

    def renew(self, now: datetime) -> None:
        """Write down that the holder is alive, once a minute, in object storage only."""
        if self._store.folder.local or (self._renewed_at and now - self._renewed_at < timedelta(minutes=1)):
            return
        self._renewed_at = now
        content = json.dumps({**self._holder, "renewed_at": now.isoformat()}).encode()
        self._store.folder.write_bytes(self._store.folder.path(_REMOTE), content)


@contextlib.contextmanager
def hold(store: Store, *, scan_id: str, now: datetime) -> Iterator[Lock]:
    """Hold the folder for one run. Raises OutputError that says who holds it, when another run does.

    On disk the kernel holds the lock with the process, so it goes with the process however that ends. In object storage
    an object says who holds it and since when it was last renewed.
    """
    holder: dict[str, str | int] = {
        "scan_id": scan_id,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "process_started": _process_started(os.getpid()),
        "since": now.isoformat(timespec="seconds"),
    }
    held = _hold_locally(store, holder) if store.folder.local else _hold_remotely(store, holder, now)
    with held as lock:
        yield lock


def holder(store: Store) -> dict[str, object] | None:
    """What is written of whoever holds the folder; None when nobody is known to."""
    try:
        found = _parsed(store.folder.read(_LOCAL if store.folder.local else _REMOTE))
    except (FileNotFoundError, OSError):
        return None
    died = found is not None and _is_dead(found) and found.get("pid") != os.getpid()
    return None if died else found


@contextlib.contextmanager
def _hold_locally(store: Store, holder: dict[str, str | int]) -> Iterator[Lock]:
    path = Path(store.folder.path(_LOCAL))
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(store, path.read_bytes()) from None
        except OSError:  # a network drive without locks: what is written in the file must do
            other = _parsed(path.read_bytes())
            if other and not _is_dead(other):
                raise _busy(store, path.read_bytes()) from None
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        yield Lock(store, holder)
        os.truncate(descriptor, 0)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _hold_remotely(store: Store, holder: dict[str, str | int], now: datetime) -> Iterator[Lock]:
    other = _read_remotely(store)
    if other and not _is_dead(other) and not _is_stale(other, now):
        raise _busy(store, json.dumps(other).encode())
    lock = Lock(store, holder)
    lock.renew(now)
    if (winner := _read_remotely(store)) is not None and winner.get("scan_id") != holder["scan_id"]:
        raise _busy(store, json.dumps(winner).encode())
    try:
        yield lock
    finally:
        store.folder.delete(store.folder.path(_REMOTE))


def _read_remotely(store: Store) -> dict[str, object] | None:
    try:
        return _parsed(store.folder.read(_REMOTE))
    except (FileNotFoundError, OSError):
        return None


def _parsed(content: bytes) -> dict[str, object] | None:
    try:
        read = json.loads(content)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def _is_dead(holder: dict[str, object]) -> bool:
    """Whether the holder ran on this machine and does no more; a new process may have its old number."""
    if holder.get("host") != socket.gethostname() or not isinstance(pid := holder.get("pid"), int):
        return False
    return pid == os.getpid() or _process_started(pid) != holder.get("process_started")


def _is_stale(holder: dict[str, object], now: datetime) -> bool:
    try:
        renewed = datetime.fromisoformat(str(holder.get("renewed_at")))
    except ValueError:
        return True
    return now.astimezone(UTC) - renewed > STALE_AFTER


def _process_started(pid: int) -> str:
    """When a process of this machine began, as the kernel counts; empty when there is none or it does not say."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _busy(store: Store, content: bytes) -> OutputError:
    who = _parsed(content) or {}
    known = f"process {who.get('pid')} on {who.get('host')} since {who.get('since')}" if who else "another run"
    return OutputError(f"{store.out}: is being written by {known}; wait for it to end, or end it")
