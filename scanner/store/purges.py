"""What was purged, kept as OUT/purges/*.json: hashes and times, no name, no place and no word of any call.

Three things must outlive a call's rows: that a recording was purged, so that a scan does not hear it anew; that it was
eligible to train AI, so that it can be taken back; and that its caller opted out, which counts for other calls as well.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from scanner.errors import OutputError
from scanner.store.filesystem import plain
from scanner.store.tables import Store
from scanner.training import OptOut, TrainingRecord

_UNNAMED = {"call_id": "", "recording_uri": ""}


@dataclass(frozen=True, slots=True)
class PurgedRecording:
    """A recording whose rows are gone; `place` is the keyed hash of where it lay."""

    place: str
    recording_sha256: str | None
    file_size: int | None
    file_mtime_ns: int | None


@dataclass(frozen=True, slots=True)
class Purge:
    """One purge: of calls that began before a moment.

    `calls` and `findings` count rows. `training` has the judgements of recordings that were ever eligible, without their
    names. `key_id` names the key of the hashes.
    """

    purge_id: str
    purged_at: datetime
    before: datetime
    host: str
    scanner_version: str
    state: str
    key_id: str
    calls: int
    findings: int
    on_hold: int
    recordings: tuple[PurgedRecording, ...] = ()
    training: tuple[TrainingRecord, ...] = ()
    opt_outs: tuple[OptOut, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.purged_at:%Y%m%dT%H%M%SZ}-{self.purge_id}.json"


def write_purge(store: Store, purge: Purge) -> str:
    """Write the log, or write it again; returns its path. Raises OutputError."""
    content = asdict(purge)
    for record in content["training"]:
        for name in _UNNAMED:
            del record[name]
    path = store.folder.path("purges", purge.name)
    text = json.dumps(content, indent=1, default=lambda moment: moment.isoformat()) + "\n"
    try:
        store.folder.write_bytes(path, text.encode())
    except OSError as error:
        raise OutputError(f"{store.out}: cannot be written ({plain(error)})") from error
    return path


def read_purges(store: Store) -> list[Purge]:
    """All purges, the oldest first. Raises OutputError when a log cannot be read."""
    found = []
    for info in store.folder.files("purges", ending=".json"):
        try:
            content = json.loads(store.folder.read("purges", info.path.rsplit("/", 1)[-1]))
            found.append(_purge(content))
        except (OSError, pa.ArrowException) as error:
            raise OutputError(f"{info.path}: cannot be read ({plain(error)})") from error
        except (ValueError, TypeError, KeyError) as error:
            raise OutputError(f"{info.path}: is no purge log") from error
    return found


def _purge(content: dict[str, Any]) -> Purge:
    lists = {
        "recordings": tuple(PurgedRecording(**r) for r in content.pop("recordings")),
        "training": tuple(
            TrainingRecord(**{**r, **_UNNAMED, **_moments(r, "started_at", "judged_at")})
            for r in content.pop("training")
        ),
        "opt_outs": tuple(OptOut(**{**o, **_moments(o, "at")}) for o in content.pop("opt_outs")),
    }
    return Purge(**{**content, **_moments(content, "purged_at", "before"), **lists})


def _moments(content: dict[str, Any], *names: str) -> dict[str, datetime | None]:
    return {n: datetime.fromisoformat(content[n]) if content[n] is not None else None for n in names}
