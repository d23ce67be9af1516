"""What a command costs: processor time, wall time and memory, its children included."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

_LOOK_S = 0.05
_SAMPLE_S = 0.5


class Failed(Exception):
    """A command that did not do its work; the last lines of what it said."""


@dataclass(frozen=True, slots=True)
class Cost:
    """`cpu_s`: user and system time; `peak_mb`: the most memory that all its processes held together."""

    cpu_s: float
    wall_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several runs, and the ends between which they lie."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Of at least one value."""
        return cls(median(values), min(values), max(values))


def measure(command: Sequence[str], *, environment: Mapping[str, str], log: Path) -> Cost:
    """Run a command in a process of its own until it ends, its output in `log`; raises Failed when that is not well."""
    with log.open("wb") as out:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
        peak = 0
        sampled = began
        while True:
            # the system counts for a process that has ended what it used, and its children for which it waited
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            now = time.perf_counter()
            if pid:
                break
            if now - sampled > _SAMPLE_S:
                peak, sampled = max(peak, _memory_of_tree(process.pid)), now
            time.sleep(_LOOK_S)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = log.read_text(errors="replace").strip().splitlines()[-8:]
        raise Failed(f"exit code {process.returncode}: {' | '.join(last)}")
    return Cost(usage.ru_utime + usage.ru_stime, now - began, max(peak, _largest(usage)) / 1e6)


def _largest(usage: resource.struct_rusage) -> int:
    """Bytes of the largest process."""
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _memory_of_tree(pid: int) -> int:
    """Bytes that a process and its children hold; a page that several share counts for each. 0 if unknown."""
    return sum(_memory_of(p) for p in _tree(pid))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))
    except OSError:
        return  # it has ended meanwhile


def _memory_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def machine() -> dict[str, Any]:
    """What it is measured on, and how busy that is otherwise."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = "unknown"
    return {"processor": model, "cores": os.cpu_count(), "load": [round(x, 2) for x in os.getloadavg()]}
