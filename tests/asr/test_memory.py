"""What the model frees stays with the process, to be used again."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

TAKE_TWICE = """
import ctypes, resource
from scanner.asr.memory import keep_freed_memory

keep_freed_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p

def take(size):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    block = ctypes.c_void_p(libc.malloc(ctypes.c_size_t(size)))
    ctypes.memset(block, 1, size)
    libc.free(block)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

print(take(200 << 20), take(200 << 20))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries decide for themselves")
def test_memory_is_cleared_by_the_system_once() -> None:
    """A block as large as the encoder's costs page faults the first time that it is taken, and then no more."""
    done = subprocess.run([sys.executable, "-c", TAKE_TWICE], capture_output=True, text=True, check=True)
    first, second = map(int, done.stdout.split())
    assert first >= 50
    assert second < first / 3
