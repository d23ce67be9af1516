"""Times as subtitles write them."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,9}))?")
_TIME = r"(?:\d{1,3}:)?\d{1,3}:\d{1,2}(?:[.,]\d{1,9})?"
TIMING = re.compile(rf"\s*(?P<start>{_TIME})\s*-{{1,2}}>\s*(?P<end>{_TIME})(?:\s.*)?")
"""A cue's line of times, whatever stands behind them."""


def seconds_of_clock(text: str) -> float | None:
    """`1:02:03.456`, `02:03,456` or `02:03` in seconds; None when it is no time."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + (int(fraction) / 10 ** len(fraction) if fraction else 0.0)
