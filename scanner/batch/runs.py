"""The runs that an output folder remembers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from scanner.batch.lock import holder
from scanner.errors import OutputError
from scanner.store import Store, plain


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run as it was written down.

    `state` is `running`, `finished`, `stopped`, `broken`, or `killed` when the record says running and nobody runs.
    `content` is the record itself; a count that an older record lacks is unknown.
    """

    file: str
    state: str
    content: dict[str, Any]

    @property
    def started_at(self) -> datetime | None:
        return _moment(self.content.get("started_at"))

    def count(self, name: str) -> int | None:
        """One of its counts."""
        value = self.content.get(name)
        return value if isinstance(value, int) else None


def read_runs(store: Store) -> list[PastRun]:
    """All runs, the oldest first. Raises OutputError when a record cannot be read."""
    held_by = holder(store)
    running = held_by.scan_id if held_by is not None else None
    runs = []
    try:
        records = store.folder.files("runs", ending=".json")
    except OSError as error:
        raise OutputError(f"{store.out}: cannot be read ({plain(error)})") from error
    for info in records:
        try:
            content = json.loads(store.folder.read("runs", info.path.rsplit("/", 1)[-1]))
        except (OSError, pa.ArrowException) as error:
            raise OutputError(f"{info.path}: cannot be read ({plain(error)})") from error
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise OutputError(f"{info.path}: is no run record")
        state = str(content.get("state"))
        if state == "running" and content.get("scan_id") != running:
            state = "killed"
        runs.append(PastRun(info.path, state, content))
    return runs


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
