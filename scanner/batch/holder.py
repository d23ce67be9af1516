"""Who holds an output folder: as it is written down, and whether it is still alive."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

from scanner.errors import OutputError


@dataclass(frozen=True, slots=True)
class Holder:
    """A run, by its process. `machine` tells machines and containers apart that go by the same host name."""

    scan_id: str
    host: str
    machine: str
    pid: int
    process_started: str
    since: str

    @classmethod
    def this_process(cls, scan_id: str, now: datetime) -> Holder:
        pid = os.getpid()
        since = now.isoformat(timespec="seconds")
        return cls(scan_id, socket.gethostname(), _machine(), pid, _process_started(pid), since)

    @classmethod
    def read(cls, content: bytes) -> Holder | None:
        """The holder that some bytes name; None when they name none."""
        try:
            known = json.loads(content)
            return cls(**{f.name: known[f.name] for f in fields(cls)})
        except (ValueError, KeyError, TypeError):
            return None

    def as_bytes(self, **more: str) -> bytes:
        """As it is written down."""
        return json.dumps({**asdict(self), **more}).encode()

    @property
    def is_dead(self) -> bool:
        """Whether it ran on this machine and does no more; a new process may have its old number."""
        if not self.machine or (self.host, self.machine) != (socket.gethostname(), _machine()):
            return False
        return self.pid == os.getpid() or _process_started(self.pid) != self.process_started


def busy(out: str, holder: Holder | None) -> OutputError:
    """That the folder is held, and by whom."""
    known = f"process {holder.pid} on {holder.host} since {holder.since}" if holder else "another run"
    return OutputError(f"{out}: is being written by {known}; wait for it to end, or end it")


def _machine() -> str:
    """Names this start of this machine and, in a container, its own numbering of processes; empty where no kernel tells."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115 - it names no file
    except OSError:
        return ""


def _process_started(pid: int) -> str:
    """When a process of this machine began, as the kernel counts; empty when there is none or it does not say."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
