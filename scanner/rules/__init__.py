"""The rules of the output contract: one pure function each, by the same name, that judges spans and never words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scanner.findings import RuleName
from scanner.rules import consent, notices, personal_data, quality
from scanner.rules.context import CallContext, Rule

__all__ = ["RULE_FUNCTIONS", "CallContext", "Rule"]

RULE_FUNCTIONS: Mapping[RuleName, Rule] = MappingProxyType(
    {
        "missing_recording_disclosure": notices.missing_recording_disclosure,
        "late_recording_disclosure": notices.late_recording_disclosure,
        "personal_data_before_disclosure": notices.personal_data_before_disclosure,
        "missing_third_party_disclosure": notices.missing_third_party_disclosure,
        "missing_ai_analysis_disclosure": notices.missing_ai_analysis_disclosure,
        "missing_ai_training_disclosure": notices.missing_ai_training_disclosure,
        "missing_redisclosure_after_transfer": consent.missing_redisclosure_after_transfer,
        "consent_refused_recording_continued": consent.consent_refused_recording_continued,
        "false_denial_of_recording": consent.false_denial_of_recording,
        "card_number_recorded": personal_data.card_number_recorded,
        "card_security_code_recorded": personal_data.card_security_code_recorded,
        "personal_data_recorded": personal_data.personal_data_recorded,
        "unsupported_language": quality.unsupported_language,
        "no_speech": quality.no_speech,
        "poor_audio": quality.poor_audio,
    }
)
"""In the order in which findings are listed."""
