"""What judging yields: findings, the verdict, whether a recording may train AI; and what makes two findings the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, get_args

from scanner.detections import NOTHING, MaskedText, Sensitivity
from scanner.transcript import Speaker

RuleName = Literal[
    "missing_recording_disclosure",
    "late_recording_disclosure",
    "personal_data_before_disclosure",
    "missing_third_party_disclosure",
    "missing_ai_analysis_disclosure",
    "missing_ai_training_disclosure",
    "missing_redisclosure_after_transfer",
    "consent_refused_recording_continued",
    "false_denial_of_recording",
    "card_number_recorded",
    "card_security_code_recorded",
    "personal_data_recorded",
    "unsupported_language",
    "no_speech",
    "poor_audio",
]
RULES: tuple[RuleName, ...] = get_args(RuleName)

Category = Literal["consent", "personal_data", "quality"]
Status = Literal["violation", "needs_review", "observation"]
Severity = Literal["none", "low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From the least to the most serious; a finding is never `none`."""
Verdict = Literal["compliant", "violation", "needs_review", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of one rule in one call; start_s and end_s are None when something never happened."""

    rule: RuleName
    category: Category
    status: Status
    severity: Severity
    confidence: float
    explanation: str
    reference: str
    speaker: Speaker = "unknown"
    start_s: float | None = None
    end_s: float | None = None
    entity_type: str | None = None
    value_hmac: str | None = None
    excerpt: MaskedText = NOTHING


@dataclass(frozen=True, slots=True)
class Judgement:
    """A call as one policy judges it."""

    verdict: Verdict
    severity: Severity
    findings: tuple[Finding, ...]
    jurisdiction: str
    jurisdiction_source: Literal["metadata", "phone_number", "default"]
    uncovered_s: float
    sensitivity: Sensitivity
    training_eligible: bool
    training_ineligible_reasons: tuple[str, ...]


def finding_ids(recording_sha256: str, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """An id for each finding that a rescan of the same recording gives again.

    It hashes what makes two findings the same: recording, rule, entity type and the keyed hash of the value, or else
    the ordinal in time among the findings of that rule and type. Seconds are not in it, because they move with the
    speech model; nor is an unkeyed hash of a value, because all card numbers of a bank can be tried in minutes.
    """
    ids: list[str] = [""] * len(findings)
    seen: dict[tuple[str, str, str], int] = {}
    for i in sorted(
        range(len(findings)), key=lambda i: (findings[i].start_s is not None, findings[i].start_s or 0.0, i)
    ):
        f = findings[i]
        key = (f.rule, f.entity_type or "", f.value_hmac or "")
        ordinal = seen[key] = seen.get(key, -1) + 1
        text = "\x1f".join((recording_sha256, *key, str(ordinal)))
        ids[i] = hashlib.sha256(text.encode()).hexdigest()[:32]
    return tuple(ids)
