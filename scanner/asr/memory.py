"""Keeps the memory of one window for the next: the encoder takes and gives back a hundred megabytes for each."""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8
"""Parameters of glibc's mallopt."""
_LARGEST_KEPT = 256 << 20
"""Bytes; what is larger, such as the samples of a long call, goes back to the system when it is freed."""
_TOP_KEPT = 512 << 20
_GROWN_BY = 64 << 20


def keep_freed_memory() -> None:
    """Have this process hold on to what the model frees.

    Otherwise glibc gives large blocks back at once and asks for them again, and the system clears every page anew: a
    fifth of the CPU time of hearing a call. Elsewhere than on glibc nothing is changed.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is None:
        return
    mallopt(_ARENA_MAX, 1)  # threads with heaps of their own cannot hold such blocks
    mallopt(_MMAP_THRESHOLD, _LARGEST_KEPT)
    mallopt(_TRIM_THRESHOLD, _TOP_KEPT)
    mallopt(_TOP_PAD, _GROWN_BY)
