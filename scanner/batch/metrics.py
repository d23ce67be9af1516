"""A run's counts in Prometheus' text format, for node_exporter's textfile collector or any scraper of files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from scanner.batch.record import RunRecord
from scanner.errors import OutputError
from scanner.store import FailureKind, plain

_VERDICTS = ("violation", "needs_review", "failed", "compliant")
_Samples = list[tuple[Mapping[str, str], float]]


def prometheus_text(record: RunRecord) -> str:
    """The run's gauges. Labels name versions, policy, host and reasons, never a call, and all say which kind of run it is.

    So may the files of a nightly scan and of a judging again lie side by side.
    """
    recordings = {
        "scanned": record.scanned,
        "judged_again": record.judged_again,
        "done_before": record.done_before,
        "purged_before": record.purged_before,
        "left": record.left,
    }
    failures = {**dict.fromkeys(get_args(FailureKind), 0), **record.failures}  # a reason without calls is told as well
    about = {
        "scan_id": record.scan_id,
        "host": record.host,
        "scanner_version": record.scanner_version,
        "policy_id": record.policy_id,
        "policy_sha256": record.policy_sha256,
        "model_id": record.model_id,
        "detector_id": record.detector_id,
    }
    ended_at = record.ended_at or record.started_at
    families: list[tuple[str, str, _Samples]] = [
        ("scanner_run_info", "What the last run scanned and judged by.", [(about, 1)]),
        (
            "scanner_run_success",
            "1 if the last run came to its end, 0 if it was stopped or broke off.",
            [({}, float(record.state == "finished"))],
        ),
        ("scanner_run_started_timestamp_seconds", "When it began.", [({}, record.started_at.timestamp())]),
        ("scanner_run_ended_timestamp_seconds", "When it ended.", [({}, ended_at.timestamp())]),
        ("scanner_run_duration_seconds", "How long it took.", [({}, record.elapsed_s)]),
        (
            "scanner_run_step_duration_seconds",
            "How long each step of it took.",
            [({"step": step}, took) for step, took in record.durations_s.items()],
        ),
        ("scanner_recordings_found", "Recordings and manifest rows that it found.", [({}, record.found)]),
        (
            "scanner_recordings",
            "Recordings by what it did with them.",
            [({"outcome": outcome}, count) for outcome, count in recordings.items()],
        ),
        (
            "scanner_calls",
            "Recordings by their verdict, whenever they were scanned.",
            [({"verdict": verdict}, record.verdicts[verdict]) for verdict in _VERDICTS],  # type: ignore[index]  # all of them
        ),
        (
            "scanner_failures",
            "Recordings that could not be scanned, by reason.",
            [({"reason": reason}, count) for reason, count in sorted(failures.items())],
        ),
        ("scanner_audio_seconds", "Audio that it heard.", [({}, record.audio_s)]),
    ]
    kind = {"kind": record.kind}
    return "".join(
        _family(name, text, [(kind | dict(own), n) for own, n in samples]) for name, text, samples in families
    )


def write_metrics(file: Path, record: RunRecord) -> None:
    """Write the gauges to a file that a scraper sees whole or not at all. Raises OutputError."""
    aside: str | None = None
    try:
        descriptor, aside = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(prometheus_text(record))
        Path(aside).chmod(0o644)  # whoever scrapes it is another user
        Path(aside).replace(file)
    except OSError as error:
        if aside is not None:
            Path(aside).unlink(missing_ok=True)
        raise OutputError(f"{file}: cannot be written ({plain(error)})") from None


def _family(name: str, text: str, samples: _Samples) -> str:
    lines = [f"# HELP {name} {text}", f"# TYPE {name} gauge"]
    lines += [f"{name}{_labels(labels)} {value:.17g}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    escaped = {k: v.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n") for k, v in labels.items()}
    return "{" + ",".join(f'{k}="{v}"' for k, v in escaped.items()) + "}" if escaped else ""
