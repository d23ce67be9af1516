"""One call in words, as `scanner check` shows it, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from scanner.cli.printing import clock, colored
from scanner.store import CALLS, FINDINGS, call_row, finding_rows

if TYPE_CHECKING:
    from scanner.findings import Finding
    from scanner.policy import Policy
    from scanner.store import StoredCall

_SOURCES = {
    "metadata": "from the metadata",
    "phone_number": "from the caller's number",
    "default": "because the caller's state is unknown",
}


def as_json_text(call: StoredCall) -> str:
    """The call's row with its findings, with the names and units of the tables; times in ISO 8601."""
    row = call_row(call)
    found = [{c: f.get(c) for c in FINDINGS.names} for f in finding_rows(call)]
    content = {**{c: row.get(c) for c in CALLS.names}, "findings": found}
    return json.dumps(content, indent=2, ensure_ascii=False, default=_iso)


def as_text(call: StoredCall, policy: Policy) -> str:
    """The call in lines for people."""
    return "\n".join(_lines(call, policy))


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _lines(call: StoredCall, policy: Policy) -> Iterator[str]:
    heard, judged = call.heard, call.judgement
    if heard is None or judged is None:
        return
    facts = heard.facts
    verdict = colored(judged.verdict, judged.verdict.replace("_", " ").upper())
    worst = f", {colored(judged.severity)}" if judged.severity != "none" else ""
    yield f"{call.call_id}: {verdict}{worst}"
    yield f"  jurisdiction  {judged.jurisdiction}, {_SOURCES[judged.jurisdiction_source]}; judged by {policy.id}"
    language = f"{facts.language} ({facts.language_confidence:.2f})" if facts.language else "no language heard"
    sound = f"{heard.channels} channel{'s' if heard.channels != 1 else ''}, {heard.sample_rate} Hz"
    what, sound = ("recording ", sound) if heard.has_sound else ("transcript", "not heard: " + heard.model_id)
    yield (
        f"  {what}    {clock(facts.duration_s)}, {clock(heard.speech_s)} of it speech; {sound}; {language}; "
        f"coverage {facts.coverage}"
    )
    yield f"  uncovered     {judged.uncovered_s:.1f} s of the customer's speech; most private matter: {judged.sensitivity}"
    reasons = "" if judged.training_eligible else f": {'; '.join(judged.training_ineligible_reasons)}"
    yield f"  AI training   {'eligible' if judged.training_eligible else 'not eligible'}{reasons}"
    problems = sorted({p.kind.replace("_", " ") for p in facts.audio_problems})
    if problems:
        yield f"  audio         {', '.join(problems)}"
    yield ""
    yield "Disclosures" if facts.disclosures else "Disclosures: none heard"
    for d in sorted(facts.disclosures, key=lambda d: d.start_s):
        quoted = f"  “{d.excerpt}”" if d.excerpt else ""
        yield f"  {clock(d.start_s):>7}  {d.speaker:<8}  {d.kind:<17}  {d.confidence:.2f}{quoted}"
    yield ""
    yield "Findings" if judged.findings else "Findings: none"
    for finding in judged.findings:
        yield from _finding_lines(finding)


def _finding_lines(finding: Finding) -> Iterator[str]:
    when = "" if finding.start_s is None else f"  {clock(finding.start_s)}–{clock(finding.end_s)}  {finding.speaker}"
    what = f" ({finding.entity_type})" if finding.entity_type else ""
    status = colored(finding.status, finding.status.replace("_", " "))
    yield f"  {status}  {colored(finding.severity)}  {finding.rule}{what}{when}"
    yield f"      {finding.explanation}"
    if finding.excerpt:
        yield f"      “{finding.excerpt}”"
    if finding.reference:
        yield f"      {finding.reference}"
