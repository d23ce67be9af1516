"""What is known about a call besides its sound: metadata from manifests and sidecars."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from scanner.detections import DisclosureKind


@dataclass(frozen=True, slots=True)
class CallInfo:
    """Metadata of one call, as in the output contract; None is unknown.

    `caller_number` is personal data: it is not shown and not stored. `caller_region` is the ISO 3166-2 code of the
    number's area code, a hint only. `consent_on_file_at` says since when the consent on file holds. Times are UTC.
    """

    call_id: str | None = None
    started_at: datetime | None = None
    agent_id: str | None = None
    queue: str | None = None
    caller_number: str | None = field(default=None, repr=False)
    caller_state: str | None = None
    caller_region: str | None = None
    agent_channel: int | None = None
    third_party: str | None = None
    ai_analysis: bool | None = None
    ai_training: bool | None = None
    consent_on_file: frozenset[DisclosureKind] = frozenset()
    consent_on_file_at: datetime | None = None
    opted_out_at: datetime | None = None
