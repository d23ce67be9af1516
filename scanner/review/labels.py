"""What people read instead of the names in the tables."""

from __future__ import annotations

from datetime import UTC, datetime

from scanner.findings import RuleName

RULE_LABELS: dict[RuleName, str] = {
    "missing_recording_disclosure": "Recording notice not heard",
    "late_recording_disclosure": "Recording notice late",
    "personal_data_before_disclosure": "Personal data before the notice",
    "missing_third_party_disclosure": "Outside company not disclosed",
    "missing_ai_analysis_disclosure": "AI analysis not disclosed",
    "missing_ai_training_disclosure": "AI training not disclosed",
    "missing_redisclosure_after_transfer": "No new notice after transfer",
    "consent_refused_recording_continued": "Refused, recording went on",
    "false_denial_of_recording": "Recording denied",
    "card_number_recorded": "Card number recorded",
    "card_security_code_recorded": "Security code recorded",
    "personal_data_recorded": "Personal data recorded",
    "unsupported_language": "Language not supported",
    "no_speech": "No speech",
    "poor_audio": "Poor audio",
}
_LABELS = {
    "compliant": "Compliant",
    "violation": "Violation",
    "needs_review": "Needs review",
    "failed": "Not scanned",
    "observation": "Observation",
    "confirmed": "Confirmed",
    "false_alarm": "False alarm",
    "needs_legal": "Needs legal",
    "fixed": "Fixed",
    "undone": "Undone",
    "US": "US (state unknown)",
}


def label(name: str | None) -> str:
    """A name from the tables in words: `needs_review` is "Needs review", unknown is a dash."""
    if not name:
        return "–"
    if name in RULE_LABELS:
        return RULE_LABELS[name]
    if name in _LABELS:
        return _LABELS[name]
    return name if not name.islower() else name.replace("_", " ").capitalize()


def clock(seconds: float | None) -> str:
    """Seconds in a call as a player shows them: 0:41, 1:02:03."""
    if seconds is None:
        return "–"
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def when(moment: datetime | str | None) -> str:
    """A moment to the minute, in UTC."""
    if moment is None:
        return "–"
    if isinstance(moment, str):
        return moment[:16].replace("T", " ")
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def percent(share: float | None) -> str:
    """A share of 0 to 1 as whole percent."""
    return "–" if share is None else f"{share * 100:.0f}\u202f%"
