"""What a clause says of recording, whichever of its words says so."""

from __future__ import annotations

from typing import NamedTuple

from scanner.detect.hearing.heard import Range


class Verdict(NamedTuple):
    """What a clause says of recording: that it happens or (`denied`) that it does not, where, and how surely."""

    denied: bool
    at: Range
    confidence: float
