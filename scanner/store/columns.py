"""Facts straight out of Arrow columns, and judgements straight into them.

Judging an archive again needs the facts of each call and none of its words: transcripts, and all else that does not change,
go from the old part to the new one as they are. A row at a time it would take five times as long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields
from itertools import pairwise
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from scanner.calls import CallInfo
from scanner.detections import (
    AudioProblem,
    CallEvent,
    Disclosure,
    PersonalData,
    RecordingFacts,
    SensitiveMatter,
    SpeechSpan,
)
from scanner.findings import Finding, Judgement, finding_ids
from scanner.store.rows import Scan
from scanner.store.schema import CALLS, FINDINGS
from scanner.transcript import Span

_LISTS: Final[dict[str, type[Any]]] = {
    "speech": SpeechSpan,
    "disclosures": Disclosure,
    "events": CallEvent,
    "personal_data": PersonalData,
    "matters": SensitiveMatter,
    "audio_problems": AudioProblem,
}
_INFO = {
    "call_id": "call_id",
    "started_at": "started_at",
    "agent_id": "agent_id",
    "queue": "queue",
    "caller_state": "caller_state",
    "caller_region": "caller_region",
    "agent_channel": "agent_channel_named",
    "third_party": "third_party",
    "ai_analysis": "ai_analysis",
    "ai_training": "ai_training",
    "consent_on_file_at": "consent_on_file_at",
    "opted_out_at": "opted_out_at",
}
"""Metadata and the columns it is kept in; the caller's number is in none."""
_JUDGED = (
    "jurisdiction",
    "jurisdiction_source",
    "uncovered_s",
    "sensitivity",
    "verdict",
    "severity",
    "training_eligible",
    "training_ineligible_reasons",
)
_OF_FINDING = tuple(f.name for f in fields(Finding))


def facts_in(calls: pa.Table) -> Iterator[tuple[CallInfo, RecordingFacts]]:
    """What is known of each call and what was heard in it; the rows are of calls that did not fail."""
    infos = [calls[column].to_pylist() for column in _INFO.values()]
    consents = calls["consent_on_file"].to_pylist()
    lists = [_of_each_row(calls[name], made) for name, made in _LISTS.items()]
    alone = [calls[name].to_pylist() for name in ("duration_s", "language", "language_confidence", "coverage")]
    for info, consent, known, heard in zip(
        zip(*infos, strict=True), consents, zip(*alone, strict=True), zip(*lists, strict=True), strict=True
    ):
        duration_s, language, confidence, coverage = known
        yield (
            CallInfo(**dict(zip(_INFO, info, strict=True)), consent_on_file=frozenset(consent or ())),
            RecordingFacts(
                duration_s=duration_s,
                language=language,
                language_confidence=confidence or 0.0,
                coverage=coverage,
                **dict(zip(_LISTS, heard, strict=True)),
            ),
        )


def disclosures_in(calls: pa.Table) -> list[tuple[Disclosure, ...]]:
    """What was disclosed in each call."""
    return _of_each_row(calls["disclosures"], Disclosure)


def judged_rows(calls: pa.Table, judgements: Sequence[Judgement], scan: Scan) -> pa.Table:
    """The same calls, judged so: rows that a scan would write that heard the same."""
    changed = {name: [getattr(j, name) for j in judgements] for name in _JUDGED}
    changed |= {name: [getattr(scan, name)] * len(judgements) for name in Scan.__slots__}
    changed["moved_from"] = [None] * len(judgements)  # the row before this one says so
    arrays = [pa.array(changed[f.name], f.type) if f.name in changed else calls[f.name] for f in CALLS]
    return pa.Table.from_arrays(arrays, schema=CALLS)


def finding_rows_of(calls: pa.Table, judgements: Sequence[Judgement], scan: Scan) -> pa.Table:
    """The findings of calls judged so."""
    found = [f for j in judgements for f in j.findings]
    of_row = [i for i, j in enumerate(judgements) for _ in j.findings]
    sha256s = calls["recording_sha256"].to_pylist()
    columns: dict[str, Any] = {name: [getattr(f, name) for f in found] for name in _OF_FINDING}
    columns |= {
        "finding_id": [i for s, j in zip(sha256s, judgements, strict=True) for i in finding_ids(s or "", j.findings)],
        "scan_id": [scan.scan_id] * len(found),
        "scanned_at": [scan.scanned_at] * len(found),
    }
    for name in ("call_id", "recording_uri", "recording_sha256", "value_hmac_key_id"):
        values = calls[name].to_pylist()
        columns[name] = [values[i] for i in of_row]
    return pa.Table.from_arrays([pa.array(columns[f.name], f.type) for f in FINDINGS], schema=FINDINGS)


def _of_each_row(column: pa.ChunkedArray, made: type[Any]) -> list[tuple[Any, ...]]:
    """The facts of a column of lists, row by row."""
    lists = column.combine_chunks()
    facts = _facts(lists.flatten(), made)
    return [facts[start:end] for start, end in _bounds(lists)]


def _bounds(lists: pa.ListArray) -> Iterator[tuple[int, int]]:
    """Where each list begins and ends in what they hold together."""
    return pairwise([0, *pc.cumulative_sum(pc.fill_null(pc.list_value_length(lists), 0)).to_pylist()])


def _facts(structs: pa.StructArray, made: type[Any]) -> tuple[Any, ...]:
    """A fact for each struct; what an older file lacks takes its default."""
    columns = dict(zip((f.name for f in structs.type), structs.flatten(), strict=True))
    values = []
    for field in fields(made):
        column = columns[field.name]
        if field.name == "parts":
            spans = list(map(Span, *(c.to_pylist() for c in column.flatten().flatten())))
            values.append([tuple(spans[start:end]) for start, end in _bounds(column)])
            continue
        if column.null_count and field.default is not MISSING and field.default is not None:
            column = pc.fill_null(column, field.default)
        values.append(_values(column))
    return tuple(map(made, *values))


def _values(column: pa.Array) -> list[Any]:
    """The Python values; of words that recur each is held once, and numbers do not pass through a scalar each."""
    if pa.types.is_string(column.type):
        words = column.dictionary_encode()
        known = [*words.dictionary.to_pylist(), None]
        return [known[i] for i in pc.fill_null(words.indices, len(known) - 1).to_numpy(zero_copy_only=False).tolist()]
    if pa.types.is_floating(column.type) and not column.null_count:
        return list(column.to_numpy(zero_copy_only=False).tolist())
    return list(column.to_pylist())
