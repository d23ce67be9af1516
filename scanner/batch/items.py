"""What goes into a run and what comes out of each call: small, so that it travels between processes and machines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from scanner.calls import CallInfo
from scanner.findings import Verdict
from scanner.store import FailureKind, StoredCall

_BYTES_PER_S = {
    ".wav": 16_000,
    ".flac": 8_000,
    ".mp3": 4_000,
    ".ogg": 3_000,
    ".opus": 3_000,
    ".m4a": 6_000,
    ".amr": 1_600,
    ".vtt": 25,
    ".srt": 25,
    ".json": 1_500,
}
_BYTES_PER_S_ELSE = 4_000


@dataclass(frozen=True, slots=True)
class Item:
    """A recording to scan, as it was found: where it lies, what is known of the call, its size and time of change.

    `size` and `mtime_ns` are None when there is nothing at `uri`. `seen_at_ns`: when it was looked at. `problem`: why it
    need not be tried: it is not there, or its metadata cannot be read.
    """

    uri: str
    info: CallInfo
    size: int | None = None
    mtime_ns: int | None = None
    seen_at_ns: int = 0
    problem: str | None = None

    @property
    def call_id(self) -> str:
        """From the metadata, else the file name without its ending."""
        return self.info.call_id or PurePosixPath(self.uri).stem

    @property
    def expected_s(self) -> float:
        """About how many seconds it lasts, by its size: good enough to begin with the longest, and costs no look inside."""
        rate = _BYTES_PER_S.get(PurePosixPath(self.uri).suffix.lower(), _BYTES_PER_S_ELSE)
        return (self.size or 0) / rate


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item.

    `verdict` is None when it was left for the next run because it is still being written. `kind` and `reason` say why
    it failed. `compute`: what the speech model that heard it computed on.
    """

    uri: str
    call_id: str
    verdict: Verdict | None
    duration_s: float = 0.0
    kind: FailureKind | None = None
    reason: str | None = None
    compute: str | None = None

    @classmethod
    def of(cls, call: StoredCall) -> Outcome:
        """The outcome that a stored call shows."""
        if call.failure is not None:
            return cls(call.recording.uri, call.call_id, "failed", 0.0, call.failure.kind, call.failure.reason)
        if call.heard is None or call.judgement is None:
            raise ValueError("a call is either heard and judged, or failed")
        heard = call.heard
        return cls(
            *(call.recording.uri, call.call_id, call.judgement.verdict, heard.facts.duration_s),
            compute=heard.model_compute,
        )
