"""A stored call and its two kinds of rows: calls become rows here, and rows become calls again, facts and all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from scanner.calls import CallInfo
from scanner.detections import (
    AudioProblem,
    CallEvent,
    Disclosure,
    MaskedText,
    PersonalData,
    RecordingFacts,
    SensitiveMatter,
    SpeechSpan,
)
from scanner.findings import Finding, Judgement, finding_ids
from scanner.masking import MaskedTurn
from scanner.transcript import Span

Row = dict[str, Any]
"""One row as Arrow takes and gives it; no dictionary leaves the store."""

FailureKind = Literal["missing", "unreadable", "undecodable", "metadata", "timeout", "killed", "error"]
"""Why a call failed. The same bytes cannot be decoded tomorrow either; all others may go away by themselves."""

AgentChannelSource = Literal["metadata", "words", "unknown"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """A recording as it lay in storage when it was scanned; None where it could not be seen."""

    uri: str
    sha256: str | None = None
    size: int | None = None
    mtime_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What was found in a call, and what heard it; no word in it is unmasked.

    `channels` and `sample_rate` are None where the words are those of a transcript and nobody knows the sound.
    """

    channels: int | None
    sample_rate: int | None
    speech_s: float
    facts: RecordingFacts
    transcript: tuple[MaskedTurn, ...]
    agent_channel: int | None
    agent_channel_source: AgentChannelSource
    model_id: str
    detector_id: str
    value_hmac_key_id: str
    caller_hmac: str | None = None
    model_compute: str | None = None

    @property
    def has_sound(self) -> bool:
        """Whether it was heard in a recording, which can be played, and not read in a transcript."""
        return self.channels is not None


@dataclass(frozen=True, slots=True)
class Scan:
    """By what, under which rules and when a call was scanned or judged again."""

    scan_id: str
    scanned_at: datetime
    scanner_version: str
    policy_id: str
    policy_sha256: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a recording could not be scanned; `reason` carries no spoken word."""

    kind: FailureKind
    reason: str


@dataclass(frozen=True, slots=True)
class StoredCall:
    """One row of the calls table with its findings: heard and judged, or failed.

    `metadata_hmac`: keyed hash of the metadata that it was judged with. `copy_of`: where the same bytes were heard.
    `moved_from`: the same, when the recording is there no more; this row then takes the place of that one.
    """

    call_id: str
    recording: RecordingFile
    info: CallInfo
    scan: Scan
    heard: Heard | None = None
    judgement: Judgement | None = None
    failure: Failure | None = None
    metadata_hmac: str | None = None
    copy_of: str | None = None
    moved_from: str | None = None

    def __post_init__(self) -> None:
        judged = self.heard is not None and self.judgement is not None
        if judged == (self.failure is not None):
            raise ValueError("a call is either heard and judged, or failed")


def call_row(call: StoredCall) -> Row:
    """The call as a row of the calls table."""
    info, heard, judged = call.info, call.heard, call.judgement
    row: Row = {
        "call_id": call.call_id,
        "recording_uri": call.recording.uri,
        "recording_sha256": call.recording.sha256,
        "file_size": call.recording.size,
        "file_mtime_ns": call.recording.mtime_ns,
        "copy_of": call.copy_of,
        "moved_from": call.moved_from,
        "metadata_hmac": call.metadata_hmac,
        "started_at": info.started_at,
        "agent_id": info.agent_id,
        "queue": info.queue,
        "caller_state": info.caller_state,
        "caller_region": info.caller_region,
        "agent_channel_named": info.agent_channel,
        "agent_channel": info.agent_channel,
        "agent_channel_source": "unknown" if info.agent_channel is None else "metadata",
        "third_party": info.third_party,
        "ai_analysis": info.ai_analysis,
        "ai_training": info.ai_training,
        "consent_on_file": sorted(info.consent_on_file),
        "consent_on_file_at": info.consent_on_file_at,
        "opted_out_at": info.opted_out_at,
        **_columns(call.scan),
        "verdict": "failed",
        "severity": "none",
        "coverage": "unknown",
        "training_eligible": False,
        "training_ineligible_reasons": ["not scanned"],
        **{name: [] for name in _LISTS_OF_FACTS},
        "transcript": [],
    }
    if call.failure is not None:
        row |= {"error": call.failure.reason, "failure": call.failure.kind}
    if heard is not None:
        row |= _heard_columns(heard)
    if judged is not None:
        row |= {
            "verdict": judged.verdict,
            "severity": judged.severity,
            "jurisdiction": judged.jurisdiction,
            "jurisdiction_source": judged.jurisdiction_source,
            "uncovered_s": judged.uncovered_s,
            "sensitivity": judged.sensitivity,
            "training_eligible": judged.training_eligible,
            "training_ineligible_reasons": list(judged.training_ineligible_reasons),
        }
    return row


def finding_rows(call: StoredCall) -> list[Row]:
    """The call's findings as rows of the findings table."""
    if call.judgement is None or call.heard is None:
        return []
    findings = call.judgement.findings
    common = {
        "call_id": call.call_id,
        "recording_uri": call.recording.uri,
        "recording_sha256": call.recording.sha256,
        "scan_id": call.scan.scan_id,
        "scanned_at": call.scan.scanned_at,
        "value_hmac_key_id": call.heard.value_hmac_key_id,
    }
    ids = finding_ids(call.recording.sha256 or "", findings)
    return [{**_columns(f), **common, "finding_id": i} for f, i in zip(findings, ids, strict=True)]


def stored_call(row: Mapping[str, Any], findings: Sequence[Mapping[str, Any]] = ()) -> StoredCall:
    """The call that a row was made from; the caller's number, which is never stored, is unknown."""
    failed = row["verdict"] == "failed"
    return StoredCall(
        call_id=row["call_id"],
        recording=RecordingFile(row["recording_uri"], row["recording_sha256"], row["file_size"], row["file_mtime_ns"]),
        info=_info(row),
        scan=_from(Scan, row),
        heard=None if failed else _heard(row),
        judgement=None if failed else _judgement(row, findings),
        failure=Failure(row["failure"] or "error", row["error"] or "unknown") if failed else None,
        metadata_hmac=row["metadata_hmac"],
        copy_of=row["copy_of"],
        moved_from=row["moved_from"],
    )


_LISTS_OF_FACTS: dict[str, type[Any]] = {
    "speech": SpeechSpan,
    "disclosures": Disclosure,
    "events": CallEvent,
    "personal_data": PersonalData,
    "matters": SensitiveMatter,
    "audio_problems": AudioProblem,
}


def _heard_columns(heard: Heard) -> Row:
    facts = heard.facts
    return {
        **{name: [_columns(f) for f in getattr(facts, name)] for name in _LISTS_OF_FACTS},
        "duration_s": facts.duration_s,
        "language": facts.language,
        "language_confidence": facts.language_confidence,
        "coverage": facts.coverage,
        "transcript": [_columns(t) for t in heard.transcript],
        **{
            n: getattr(heard, n)
            for n in ("channels", "sample_rate", "speech_s", "agent_channel", "agent_channel_source")
        },
        **{
            n: getattr(heard, n)
            for n in ("model_id", "model_compute", "detector_id", "value_hmac_key_id", "caller_hmac")
        },
    }


def _heard(row: Mapping[str, Any]) -> Heard:
    lists = {name: tuple(_fact(made, r) for r in row[name] or ()) for name, made in _LISTS_OF_FACTS.items()}
    facts = RecordingFacts(
        duration_s=row["duration_s"],
        language=row["language"],
        language_confidence=row["language_confidence"] or 0.0,
        coverage=row["coverage"],
        **lists,  # each list holds what its name says
    )
    return Heard(
        channels=row["channels"],
        sample_rate=row["sample_rate"],
        speech_s=row["speech_s"],
        facts=facts,
        transcript=tuple(_fact(MaskedTurn, r) for r in row["transcript"] or ()),
        agent_channel=row["agent_channel"],
        agent_channel_source=row["agent_channel_source"] or "unknown",
        model_id=row["model_id"],
        detector_id=row["detector_id"],
        value_hmac_key_id=row["value_hmac_key_id"],
        caller_hmac=row["caller_hmac"],
        model_compute=row["model_compute"],
    )


def _info(row: Mapping[str, Any]) -> CallInfo:
    return CallInfo(
        call_id=row["call_id"],
        started_at=row["started_at"],
        agent_id=row["agent_id"],
        queue=row["queue"],
        caller_state=row["caller_state"],
        caller_region=row["caller_region"],
        agent_channel=row["agent_channel_named"],
        third_party=row["third_party"],
        ai_analysis=row["ai_analysis"],
        ai_training=row["ai_training"],
        consent_on_file=frozenset(row["consent_on_file"] or ()),
        consent_on_file_at=row["consent_on_file_at"],
        opted_out_at=row["opted_out_at"],
    )


def _judgement(row: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> Judgement:
    return Judgement(
        verdict=row["verdict"],
        severity=row["severity"],
        findings=tuple(_fact(Finding, f) for f in findings),
        jurisdiction=row["jurisdiction"],
        jurisdiction_source=row["jurisdiction_source"],
        uncovered_s=row["uncovered_s"],
        sensitivity=row["sensitivity"],
        training_eligible=row["training_eligible"],
        training_ineligible_reasons=tuple(row["training_ineligible_reasons"] or ()),
    )


def _fact(made: type[T], row: Mapping[str, Any]) -> T:
    """A fact of its columns; what an older file lacks takes its default, and stored words were masked when written."""
    values = dict(row)
    for name in ("excerpt", "text"):
        if values.get(name) is not None:
            values[name] = MaskedText(values[name])
    if "parts" in values:
        values["parts"] = tuple(Span(p["start_s"], p["end_s"]) for p in values["parts"] or ())
    return _from(made, values)


def _columns(fact: Any) -> Row:
    """A fact as its columns; `dataclasses.asdict` copies each value and takes four times as long."""
    row = {name: getattr(fact, name) for name in fact.__slots__}
    if "parts" in row:
        row["parts"] = [_columns(span) for span in row["parts"]]
    return row


def _from(made: type[T], row: Mapping[str, Any]) -> T:
    names = made.__slots__  # type: ignore[attr-defined]  # all are slots dataclasses
    return made(**{n: row[n] for n in names if row.get(n) is not None})
