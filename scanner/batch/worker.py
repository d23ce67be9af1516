"""What scans calls, wherever it runs: loads the models once, takes items, writes its own part, never fails for one call."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

from scanner.batch.find import sha256_of
from scanner.batch.items import Item, Outcome
from scanner.batch.settling import still_being_written
from scanner.errors import (
    MissingRecording,
    RecordingError,
    ScanTimeout,
    UndecodableRecording,
    UserError,
)
from scanner.masking import HashKey
from scanner.store import Failure, FailureKind, Heard, ParquetKey, RecordingFile, Scan, Store, StoredCall

if TYPE_CHECKING:
    from scanner.scan import ScannedCall

_PACKAGE = PurePath(__file__).parents[1]
_KINDS: tuple[tuple[type[RecordingError], FailureKind], ...] = (
    (MissingRecording, "missing"),
    (UndecodableRecording, "undecodable"),
    (ScanTimeout, "timeout"),
    (RecordingError, "unreadable"),
)


class Hearing(Protocol):
    """Scans one recording with models that are loaded; raises RecordingError when it cannot be."""

    def __call__(self, item: Item) -> ScannedCall: ...


@dataclass(frozen=True, slots=True)
class RunSettings:
    """All that the calls of one run have in common; small, and the same in every process.

    `load` loads the models and returns what scans with them. `now` is the clock. With a `parquet_key`, tables are encrypted.
    """

    out: str
    scan_id: str
    scan_date: date
    scanner_version: str
    policy_id: str
    policy_sha256: str
    key: HashKey = field(repr=False)
    load: Callable[[], Hearing]
    now: Callable[[], datetime]
    parquet_key: ParquetKey | None = field(default=None, repr=False)

    def store(self) -> Store:
        """Where it writes to."""
        return Store(self.out, self.parquet_key)

    def scan(self) -> Scan:
        """What a call that is scanned now says about the scan."""
        return Scan(self.scan_id, self.now(), self.scanner_version, self.policy_id, self.policy_sha256)


class ScanWorker:
    """Scans items with models loaded once; local processes and clusters run the same one."""

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings
        self._store = settings.store()
        self._hear = settings.load()

    def __call__(
        self, items: Sequence[Item], *, part: str, starting: Callable[[int], None] = lambda _index: None
    ) -> list[Outcome]:
        """Scan items, write those that are finished as the part `part`, and say what became of each.

        `starting` is told the index of each item before it is begun, and the number of items before they are written.
        StopWork, raised meanwhile, ends the work early: what is finished is written, and the outcomes are of that.
        Raises UserError when the run cannot go on: OUT takes no more, a model is gone.
        """
        finished: list[StoredCall] = []
        left: list[Outcome] = []
        with suppress(StopWork):
            for index, item in enumerate(items):
                starting(index)
                call = self._scan_one(item)
                if call is None:
                    left.append(Outcome(item.uri, item.call_id, None))
                else:
                    finished.append(call)
        starting(len(items))
        self._store.write_part(finished, name=part, scan_date=self._settings.scan_date)
        return [*map(Outcome.of, finished), *left]

    def _scan_one(self, item: Item) -> StoredCall | None:
        """The call, scanned or failed; None when somebody is still writing the recording."""
        if still_being_written(item):
            return None
        call = scan_item(item, self._hear, settings=self._settings)
        return None if still_being_written(item, wait=False) else call


def scan_item(item: Item, hear: Hearing, *, settings: RunSettings) -> StoredCall:
    """The call, scanned, or failed with its reason. Raises UserError, which is about the run and not about the call."""
    try:
        return heard_call(item, hear(item), settings=settings)
    except RecordingError as error:
        kind = next(kind for made, kind in _KINDS if isinstance(error, made))
        sha256 = sha256_of(item.uri) if kind == "undecodable" else None
        return failed_call(item, Failure(kind, str(error)), settings=settings, sha256=sha256)
    except UserError:
        raise
    except MemoryError:
        return failed_call(item, Failure("killed", "not enough memory to scan it"), settings=settings)
    except Exception as error:  # noqa: BLE001 - one call's bug must not end the night; the row says where it is
        return failed_call(item, Failure("error", where_it_went_wrong(error)), settings=settings)


class StopWork(BaseException):
    """Somebody wants the work to end; raised between two steps of scanning a call, which is then not finished."""


def heard_call(item: Item, scanned: ScannedCall, *, settings: RunSettings) -> StoredCall:
    """A scanned call as it is stored."""
    return StoredCall(
        call_id=item.call_id,
        recording=RecordingFile(item.uri, scanned.recording_sha256, item.size, item.mtime_ns),
        info=item.info,
        scan=settings.scan(),
        heard=Heard(
            channels=scanned.channels,
            sample_rate=scanned.sample_rate,
            speech_s=scanned.speech_s,
            facts=scanned.facts,
            transcript=scanned.transcript,
            agent_channel=scanned.agent_channel,
            agent_channel_source=scanned.agent_channel_source,
            model_id=scanned.model_id,
            detector_id=scanned.detector_id,
            value_hmac_key_id=scanned.value_hmac_key_id,
            caller_hmac=scanned.caller_hmac,
            model_compute=scanned.model_compute,
        ),
        judgement=scanned.judgement,
        metadata_hmac=metadata_hmac(item, settings.key),
    )


def failed_call(item: Item, failure: Failure, *, settings: RunSettings, sha256: str | None = None) -> StoredCall:
    """A call that could not be scanned, as it is stored."""
    return StoredCall(
        call_id=item.call_id,
        recording=RecordingFile(item.uri, sha256, item.size, item.mtime_ns),
        info=item.info,
        scan=settings.scan(),
        failure=failure,
        metadata_hmac=metadata_hmac(item, settings.key),
    )


def metadata_hmac(item: Item, key: HashKey) -> str:
    """Keyed hash of all that is known about the call: it tells whether that has changed, and not the caller's number."""
    info = item.info
    known = [
        *(info.call_id, info.started_at, info.agent_id, info.queue, info.caller_number, info.caller_state),
        *(info.caller_region, info.agent_channel, info.third_party, info.ai_analysis, info.ai_training),
        *(sorted(info.consent_on_file), info.consent_on_file_at, info.opted_out_at),
    ]
    return key.hash(repr([str(k) if isinstance(k, datetime) else k for k in known]))[:32]


def where_it_went_wrong(error: BaseException) -> str:
    """Kind and place of an unforeseen error; not its message, which may quote the call."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if PurePath(f.filename).is_relative_to(_PACKAGE)] or frames
    place = f" at {PurePath(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"unexpected {type(error).__name__}{place}: a mistake in the scanner, please report it"
