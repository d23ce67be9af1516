"""Recordings that somebody is still writing are left for the next run."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import time
from pathlib import Path

from scanner.batch.items import Item
from scanner.storage import file_info, is_uri, size_and_mtime

YOUNG_S = 60.0
"""A recording that was changed less than this before it was found may still be growing."""

LOOKS_APART_S = 2.0
"""So long a growing recording is given to show it."""


def still_being_written(item: Item, *, wait: bool = True) -> bool:
    """Whether a recording changed since it was found, or some process has it open for writing.

    Waits, for young recordings only, until the look that found it is LOOKS_APART_S ago; loading the models has usually
    taken longer. Objects in object storage appear whole, so only after they were heard (not `wait`) is looked whether
    another took their place meanwhile.
    """
    if item.size is None or item.mtime_ns is None:
        return False
    if is_uri(item.uri):
        return not wait and _replaced(item)
    young = item.seen_at_ns - item.mtime_ns < YOUNG_S * 1e9
    if wait and young:
        time.sleep(min(LOOKS_APART_S, max(0.0, LOOKS_APART_S - (time.time_ns() - item.seen_at_ns) / 1e9)))
    try:
        now = Path(item.uri).stat()
    except OSError:
        return False  # gone or out of reach: reading it will say so
    if (now.st_size, now.st_mtime_ns) != (item.size, item.mtime_ns):
        return True
    return wait and young and _open_for_writing(item.uri)


def _replaced(item: Item) -> bool:
    try:
        info = file_info(item.uri)
    except OSError:
        return False  # as below
    return info is not None and size_and_mtime(info) != (item.size, item.mtime_ns)


def _open_for_writing(path: str) -> bool:
    """Whether a process on this machine has the file open for writing, where the system can tell; else False.

    Linux grants a read lease on a file only while nobody has it open for writing.
    """
    if not sys.platform.startswith("linux") or threading.current_thread() is not threading.main_thread():
        return False
    import fcntl  # noqa: PLC0415 - not on every system

    before = signal.signal(signal.SIGIO, signal.SIG_IGN)  # comes when somebody opens it while we hold the lease
    try:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        finally:
            os.close(descriptor)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        signal.signal(signal.SIGIO, before)
    return False
